"""What can be asked about the inbox of a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post

PAGE = 50
ALL, UNREAD, READ = "all", "unread", "read"
SHOWN = (ALL, UNREAD, READ)


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a list shows it."""

    pk: int
    kind: str
    words: Text
    link: str
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of an inbox."""

    lines: tuple[Line, ...]
    page: int
    pages: int
    total: int
    unread: int
    newest: int


def unread(post: Post) -> int:
    """Return how many messages of a post are unread."""
    return Message.objects.filter(post=post, read_at=None).count()


def inbox(post: Post, *, shown: str = ALL, room: str = "", page: int = 1, size: int = PAGE) -> Inbox:
    """Return a page of a post's messages, unread ones first and in each part the newest first: two statements.

    Args:
        post: whose inbox.
        shown: all, unread or read.
        room: only messages whose kind begins with this room ("work" for work.issued and work.late).
        page: which page, from 1; one beyond the last gives the last.
        size: messages on a page.
    """
    found = Message.objects.filter(post=post)
    if room:
        found = found.filter(kind__startswith=f"{room}.")
    listed = Q(read_at=None) if shown == UNREAD else Q(read_at__isnull=False) if shown == READ else Q()
    counts = found.aggregate(total=Count("pk", filter=listed or None), unread=Count("pk", filter=Q(read_at=None)))
    total = counts["total"]
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    # Not the moment of reading orders them: a message that was just read must not jump to the top.
    was_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    rows = found.filter(listed).annotate(was_read=was_read).order_by("was_read", "-id")[(page - 1) * size : page * size]
    lines = tuple(Line(row.pk, row.kind, row.words, row.link, row.created_at, row.read_at is not None) for row in rows)
    return Inbox(lines, page, pages, total, counts["unread"], max((line.pk for line in lines), default=0))
