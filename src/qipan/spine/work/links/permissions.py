"""Who gives a unit a link, and who enters a reply on its behalf."""

from __future__ import annotations

from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import Rule
from qipan.spine.work.models import Step, WorkItem
from qipan.spine.work.permissions import DIRECT

GIVERS = Rule(frozenset({Role.OFFICE, Role.INSPECTOR}))
"""The roles that may give a link at all."""


def may_give(post: Post | None, item: WorkItem) -> bool:
    """Whether a post may give the item's unit a link: the office, or the inspector who found it."""
    if post is None or post.unit.county_id != item.county_id:
        return False
    if DIRECT.allows(post, item):
        return True
    if post.role != Role.INSPECTOR:
        return False
    return item.log.filter(step__in=(Step.ISSUED, Step.JOINED), person=post.person_id).exists()


def may_enter(post: Post | None, item: WorkItem) -> bool:
    """Whether a post may enter what a unit replied by telephone or on paper: the office."""
    return post is not None and DIRECT.allows(post, item)
