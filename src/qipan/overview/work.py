"""What the pages of work ask beside the items themselves: who is free to re-check one, and what is open somewhere."""

from __future__ import annotations

from datetime import date

from qipan.ground.units.models import Post
from qipan.spine.work.independence import free_posts
from qipan.spine.work.models import WorkItem


def free_eyes(pk: int, on: date) -> list[Post]:
    """Return the posts whose holders could re-check an item, inspectors first (six statements)."""
    return free_posts(WorkItem.objects.get(pk=pk), on)
