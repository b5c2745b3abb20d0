"""Who acts, as the journal writes it: the values of a post."""

from __future__ import annotations

from qipan.ground.audit.journal import Actor
from qipan.ground.units.models import County, Post


def actor(post: Post | None, county: County | None = None) -> Actor:
    """Return a post's person, title, unit and county as values.

    Args:
        post: who acts; None for the program itself.
        county: whose chain it is written to, where no post says so.
    """
    if post is None:
        return Actor(county=county.code if county else "")
    return Actor(
        person=post.person.get_username(), post=post.title_zh, unit=post.unit.code, county=post.unit.county.code
    )
