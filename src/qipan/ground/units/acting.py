"""Who acts, as the journal writes it: the values of a post."""

from __future__ import annotations

from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.units.models import County, Post


def actor(post: Post | None, county: County | None = None) -> Actor:
    """Return a post's person, title, unit and county as values.

    Args:
        post: who acts; None for the program itself.
        county: whose chain it is written to, where no post says so.
    """
    if post is None:
        return Actor(county=county.code if county else "")
    title = post.title_zh
    if post.stands_for is not None:
        # The journal names people by their accounts: the title of a stand-in has the name in it.
        title = f"{post.stands_for.title_zh}（代 {post.stands_for.person.get_username()}）"
    return Actor(person=post.person.get_username(), post=title, unit=post.unit.code, county=post.unit.county.code)


def note_export(*, by: Post) -> None:
    """Note that the journal of a post's county was handed out."""
    with act(actor(by)) as noted:
        noted.note("journal.export", Thing("journal", by.unit.county.code, by.unit.county.name_zh))
