"""What the pages of work ask beside the items themselves: who is free to re-check one, and what is open somewhere."""

from __future__ import annotations

from datetime import date

from qipan.ground.units.models import Post
from qipan.ground.units.permissions import EYES
from qipan.ground.units.queries import held
from qipan.spine.work.branches import branches
from qipan.spine.work.independence import handlers
from qipan.spine.work.models import WorkItem


def free_eyes(pk: int, on: date) -> list[Post]:
    """Return the posts whose holders could re-check an item: they look for the county and had no part in handling it.

    Inspectors come first, then the office, then leaders (five statements).
    """
    item = WorkItem.objects.get(pk=pk)
    tree = branches(item.county_id)
    who = handlers(item, tree)
    posts = list(
        Post.objects.filter(held(on), unit__county_id=item.county_id, person__is_active=True)
        .select_related("unit", "person")
        .order_by("id")
    )
    bound: dict[int, set[int]] = {}
    for post in posts:
        bound.setdefault(post.person_id, set()).update(tree.above(post.unit_id))
    order = {"inspector": 0, "office": 1, "leader": 2}
    free = [
        post
        for post in posts
        if post.role in EYES and post.person_id not in who.people and not bound[post.person_id] & who.units
    ]
    return sorted(free, key=lambda post: (order.get(post.role, 9), post.pk))
