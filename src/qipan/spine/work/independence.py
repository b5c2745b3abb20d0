"""Nobody closes what they had a hand in: who has handled an item, and who is free to re-check it.

Free is who took no handling step (accepted, fixed, reported), in any handling round, and who holds no post today, with
whatever role, in the lead unit, a supporting unit or a unit that took a handling step, nor in a unit below one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.ground.units.queries import current_posts
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.lifecycle import HANDLING
from qipan.spine.work.models import LogEntry, WorkItem


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who has handled an item: the numbers of the people, and the units."""

    people: frozenset[int]
    units: frozenset[int]


def handlers(item: WorkItem, tree: Branches, log: Iterable[LogEntry] | None = None) -> Handlers:
    """Return who has handled an item.

    Args:
        item: the item.
        tree: the county's units.
        log: the item's log, where it is at hand.
    """
    steps = [entry for entry in (item.log.all() if log is None else log) if entry.step in HANDLING]
    units = {tree.codes[entry.by_unit] for entry in steps if entry.by_unit in tree.codes}
    units |= {unit.pk for unit in item.supports.all()}
    if item.lead_id is not None:
        units.add(item.lead_id)
    # Where a unit was merged, its successor carries on.
    units |= {tree.now(unit) for unit in units}
    return Handlers(frozenset(entry.person for entry in steps if entry.person is not None), frozenset(units))


def standing_in(post: Post, tree: Branches) -> set[int]:
    """Return every unit that a person's posts of today bind them to: theirs, and all above."""
    own = {one.unit_id for one in current_posts(post.person_id, timezone.localdate())} | {post.unit_id}
    return tree.all_above(unit for unit in own if unit in tree.over)


def objection(
    post: Post, item: WorkItem, tree: Branches | None = None, log: Iterable[LogEntry] | None = None
) -> Text | None:
    """Return why a person is not free to re-check an item; None where they are."""
    tree = tree or branches(item.county_id)
    who = handlers(item, tree, log)
    if post.person_id in who.people:
        return Text(
            "您经办过这件事项，不能由本人复查销号。", "You handled this item yourself; someone else has to re-check it."
        )
    if standing_in(post, tree) & who.units:
        return Text(
            "您在承办（或配合）单位或其下属单位任职，须由其他单位的人员复查销号。",
            "You hold a post in a unit that handled or supported this item, or below one; someone from outside has to "
            "re-check it.",
        )
    return None


def may_recheck(post: Post, item: WorkItem, tree: Branches | None = None) -> bool:
    """Whether a person is free to re-check an item."""
    return objection(post, item, tree) is None


def recheckable(post: Post, tree: Branches | None = None) -> Q:
    """Return the condition of the items that a person is free to re-check."""
    tree = tree or branches(post.unit.county_id)
    bound = standing_in(post, tree)
    bound |= {unit for unit in tree.successor if tree.now(unit) in bound}
    codes = [code for code, unit in tree.codes.items() if unit in bound]
    helped = WorkItem.supports.through.objects.filter(workitem_id=OuterRef("pk"), unit_id__in=bound)
    handled = LogEntry.objects.filter(work_item_id=OuterRef("pk"), step__in=HANDLING).filter(
        Q(person=post.person_id) | Q(by_unit__in=codes)
    )
    # A lead that is not there is no unit of anybody's.
    return (Q(lead_id=None) | ~Q(lead_id__in=bound)) & ~Q(Exists(helped)) & ~Q(Exists(handled))
