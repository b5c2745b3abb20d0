"""What can happen in an inbox: a message is sent with the act that it tells of, and it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to some posts that is ready to be sent; `send` says what its parts are."""

    posts: tuple[Post, ...]
    kind: str
    words: Text
    link: str = ""
    thing: tuple[str, str] = ("", "")
    key: str | None = None


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
    send_all([Notice(tuple(posts), kind, words, link, thing, key)], at=at)


def send_all(notices: Iterable[Notice], *, at: datetime | None = None) -> None:
    """Put several messages into inboxes at once, as `send` does with one (one statement, or two).

    Raises:
        TransactionManagementError: no transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a message is written in the transaction of the act it tells of")
    moment = at or timezone.now()
    rows: dict[bool, list[Message]] = {False: [], True: []}
    for each in notices:
        told = {post.pk: post for post in each.posts}
        rows[each.key is not None] += [
            Message(
                post=post,
                kind=each.kind[:40],
                words_zh=_short(each.words.zh or each.words.en),
                words_en=_short(each.words.en),
                link=each.link,
                thing_kind=each.thing[0][:40],
                thing_id=each.thing[1][:80],
                key=each.key,
                created_at=moment,
            )
            for post in told.values()
        ]
    # Only a message with a key can meet another one; nothing else is passed over.
    for keyed, messages in rows.items():
        if messages:
            Message.objects.bulk_create(messages, ignore_conflicts=keyed, batch_size=500)


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
