"""What can happen in an inbox: a message is sent with the act that it tells of, and it is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post

LONGEST = 300


def send(
    posts: Iterable[Post], kind: str, words: Text, *, link: str = "", thing: tuple[str, str] = ("", ""),
    key: str | None = None, at: datetime | None = None,
) -> None:  # fmt: skip
    """Put a message into inboxes, in the transaction of the act that it tells of: both are kept or neither.

    Args:
        posts: who is told; each post once.
        kind: room.what, such as "work.issued".
        words: what is said, in both languages; what is longer than 300 characters is cut with an ellipsis.
        link: the address of the page that it is about.
        thing: kind and id of what it is about.
        key: makes a reminder unique: a second message of the same key to the same post is not written.
        at: when; now unless told otherwise.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a message is written in the transaction of the act it tells of")
    moment = at or timezone.now()
    told = {post.pk: post for post in posts}
    Message.objects.bulk_create(
        [
            Message(
                post=post,
                kind=kind[:40],
                words_zh=_short(words.zh or words.en),
                words_en=_short(words.en),
                link=link,
                thing_kind=thing[0][:40],
                thing_id=thing[1][:80],
                key=key,
                created_at=moment,
            )
            for post in told.values()
        ],
        # Only a message with a key can meet another one; nothing else is passed over.
        ignore_conflicts=key is not None,
        batch_size=500,
    )


def mark_read(post: Post, pk: int, *, at: datetime | None = None) -> Message | None:
    """Mark a message of a post as read, and return it; None if the post has no such message."""
    message = Message.objects.filter(post=post, pk=pk).first()
    if message is not None and message.read_at is None:
        message.read_at = at or timezone.now()
        Message.objects.filter(pk=pk, read_at=None).update(read_at=message.read_at)
    return message


def mark_all_read(post: Post, *, up_to: int | None = None, at: datetime | None = None) -> int:
    """Mark every unread message of a post as read; returns how many.

    Args:
        post: whose inbox.
        up_to: the newest message that the reader has seen; what came later stays unread.
        at: when; now unless told otherwise.
    """
    unread = Message.objects.filter(post=post, read_at=None)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=at or timezone.now())


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
