"""What people began to write and have not sent: one draft for each form of a post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from qipan.ground.units.models import Draft, Post

#: Fields of a form that are no words of its writer, or that nobody may keep.
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "password1", "password2", "old_password", "draft"})
LONGEST_DRAFT = 200_000
"""Characters that a draft may hold; what is longer is a file, not a draft."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list: which form, when it was kept."""

    form: str
    saved_at: datetime


def keep_draft(post: Post, form: str, content: Mapping[str, Any], at: datetime | None = None) -> datetime | None:
    """Keep what a post has written on a form, instead of what was kept before.

    Args:
        post: whose draft.
        form: kind and thing: "work.report:123".
        content: the fields and their words; passwords and tokens are left out.
        at: when; now unless told otherwise.

    Returns:
        when it was kept; None if there was too much of it.
    """
    kept = {name: value for name, value in content.items() if name not in NEVER_KEPT}
    if sum(len(str(value)) for value in kept.values()) > LONGEST_DRAFT:
        return None
    saved_at = at or timezone.now()
    Draft.objects.update_or_create(post=post, form=form[:120], defaults={"content": kept, "saved_at": saved_at})
    return saved_at


def draft_of(post: Post, form: str) -> dict[str, Any] | None:
    """Return what a post has written on a form, or None."""
    found = Draft.objects.filter(post=post, form=form[:120]).first()
    return dict(found.content) if found else None


def drop_draft(post: Post, form: str) -> None:
    """Forget the draft of a form, when the form was sent or given up."""
    found = Draft.objects.filter(post=post, form=form[:120])
    # Most forms have none, and looking takes no lock: on SQLite a deletion of nothing waits for every writer.
    if found.exists():
        found.delete()


def drafts_of(post: Post) -> list[DraftLine]:
    """Return what a post began, the newest first."""
    rows = Draft.objects.filter(post=post).order_by("-saved_at", "id").values_list("form", "saved_at")
    return [DraftLine(form, saved_at) for form, saved_at in rows[:100]]
