"""Reminders: before a deadline to the liaison, once; after it to the liaison and the head, on the first, third and
seventh day. Each is sent once, however often the job runs, and nobody gets a second one while the first lies unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.notify.actions import send
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post, Role
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.models import Request, State, WorkItem

KIND = "work.reminders"
TITLE = Text("到期提醒", "Reminders of deadlines")
LATE_ON = (1, 3, 7)
"""Days after the deadline's day on which a late item is spoken of again."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said of an item, and the key that makes it unique."""

    item: WorkItem
    kind: str
    key: str
    words: Text
    step: int


def reminder_of(item: WorkItem, now: datetime) -> Reminder | None:
    """Return what is to be said of an item now; None where nothing is.

    A deadline that was moved, or another handling round, begins anew.
    """
    about = f"{item.number}:{item.handling_round}:{item.deadline.timestamp():.0f}"
    until = messages.said(item.deadline)
    if now <= item.deadline:
        if now < item.due_from:
            return None
        words = messages.about(item, f"临期（时限{until.zh}）", f"Due soon ({until.en})")
        return Reminder(item, "work.due", f"work.due:{about}", words, 0)
    days = (messages.day_of(now) - messages.day_of(item.deadline)).days
    step = max((one for one in LATE_ON if days >= one), default=0)
    if not step and not item.safety:
        # The day is not over yet; danger does not wait for the next one.
        return None
    if not step:
        words = messages.about(item, f"安全隐患已超期（时限{until.zh}）", f"Danger, and late (due {until.en})")
        return Reminder(item, "work.late", f"work.late:{about}:0", words, 0)
    words = messages.about(
        item, f"已超期{days}天（时限{until.zh}）", f"{days} day{'s'[: days > 1]} late (due {until.en})"
    )
    return Reminder(item, "work.late", f"work.late:{about}:{step}", words, step)


def remind(county_id: int, now: datetime) -> int:
    """Send what is due in a county; returns how many messages were sent."""
    found = (
        WorkItem.objects.filter(
            county_id=county_id,
            state__in=(State.ISSUED, State.ACCEPTED),
            due_from__lte=now,
            lead__isnull=False,
            # Nobody is urged while the clock stands or the office has been asked to co-ordinate.
            held_since=None,
        )
        .exclude(request=Request.Kind.COORDINATION)
        .order_by("deadline", "id")
    )
    wanted = [one for one in (reminder_of(item, now) for item in found) if one is not None]
    sent = 0
    for start in range(0, len(wanted), AT_ONCE):
        sent += _send(county_id, wanted[start : start + AT_ONCE], now)
    return sent


def _send(county_id: int, wanted: list[Reminder], now: datetime) -> int:
    tree = branches(county_id)
    recipients = messages.Recipients((one.item.lead_id for one in wanted), messages.day_of(now), tree)
    told = set(Message.objects.filter(key__in=[one.key for one in wanted]).values_list("post_id", "key"))
    unread = set(
        Message.objects.filter(
            kind__in=("work.due", "work.late"), thing_kind="work", read_at=None,
            thing_id__in=[one.item.number for one in wanted], post__unit__county_id=county_id,
        ).values_list("post_id", "thing_id", "kind")
    )  # fmt: skip
    sent = 0
    with transaction.atomic():
        for one in wanted:
            posts = list(_fresh(one, recipients.of(one.item.lead_id, _roles(one)), told, unread))
            if posts:
                link = messages.link(one.item.number)
                send(posts, one.kind, one.words, link=link, thing=("work", one.item.number), key=one.key, at=now)
                sent += len(posts)
    return sent


def _roles(one: Reminder) -> tuple[Role, ...]:
    return messages.LIAISON if one.kind == "work.due" else messages.BOTH


def _fresh(
    one: Reminder, posts: Iterable[Post], told: set[tuple[int, str | None]], unread: set[tuple[int, str, str]]
) -> Iterator[Post]:
    """Yield who has not been told this, and has no earlier word of the same kind about it unread."""
    for post in posts:
        if (post.pk, one.key) not in told and (post.pk, one.item.number, one.kind) not in unread:
            yield post


@recurring(KIND, cron="*/30 * * * *", title=TITLE)
@handles(KIND)
def run(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Send what is due everywhere."""
    now = timezone.now()
    waiting = WorkItem.objects.filter(state__in=(State.ISSUED, State.ACCEPTED), due_from__lte=now).order_by()
    return {"sent": sum(remind(county, now) for county in sorted(set(waiting.values_list("county_id", flat=True))))}
