"""Sending by the queue: once a morning a message is made for every channel, and every minute what is due is sent.

A message is claimed before it is sent, so of several workers one sends it. What fails is tried again, later each time;
what failed for good, or too often, stays on its list with the reason. No robot gets more than twenty a minute.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.notify.channels.composing import DIGESTS, composer, composes
from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.notify.channels.robots import NotSent, speak
from qipan.ground.worktime.queries import clock

logger = logging.getLogger("qipan.channels")

A_MINUTE = 20
"""So many messages one address takes in a minute: what the makers of the robots allow."""
AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
"""How long to wait after the first, second, … try; after the last of them it is given up."""
CLAIMED = timedelta(minutes=10)
"""A message whose worker died in the middle is tried again after this."""
AT_ONCE = 200
KEPT = timedelta(days=90)
TEST = "notify.test"


@composes(TEST)
def test_words(channel: Channel, now: datetime) -> str:
    """Return the words of a trial."""
    words = Text(
        f"【{channel.county.name_zh}创城办】测试消息：本通道“{channel.name}”已接通。",
        f"[{channel.county.name_en or channel.county.name_zh}, campaign office] Test: the channel “{channel.name}” works.",
    )
    return words.into(channel.language)


def prepare(now: datetime) -> int:
    """Make a message of each digest for every channel, on working days; a second time in a day nothing is made."""
    day = timezone.localdate(now)
    rows = []
    for channel in Channel.objects.filter(is_active=True, county__practice_of=None):
        if not clock(channel.county_id).works_on(day):
            continue
        rows += [
            Delivery(channel=channel, kind=kind, key=f"{kind}:{day.isoformat()}", made_at=now, next_at=now)
            for kind in sorted(DIGESTS)
        ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def deliver(now: datetime) -> int:
    """Send what is due, as many as each address takes in a minute; returns how many were sent."""
    # What nobody claims for a day speaks of a day that is over.
    old = Delivery.objects.filter(state=Delivery.State.WAITING, made_at__lt=now - timedelta(days=1))
    old.update(state=Delivery.State.GONE, ended_at=now)
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, channel__is_active=True)
    room: dict[str, int] = {}
    sent = 0
    for each in due.select_related("channel__county", "channel__unit").order_by("next_at", "id")[:AT_ONCE]:
        where = each.channel.address or f"dry-{each.channel_id}"
        if where not in room:
            lately = Delivery.objects.filter(
                tried_at__gt=now - timedelta(minutes=1), channel__address=each.channel.address
            )
            room[where] = A_MINUTE - (lately.count() if each.channel.address else 0)
        if room[where] <= 0:
            continue
        claimed = Delivery.objects.filter(pk=each.pk, state=Delivery.State.WAITING, next_at=each.next_at)
        if claimed.update(next_at=now + CLAIMED, attempts=F("attempts") + 1, tried_at=now):
            room[where] -= 1
            each.attempts += 1
            sent += _try(each, now)
    return sent


def _try(each: Delivery, now: datetime) -> int:
    make = composer(each.kind)
    words = make(each.channel, now) if make is not None else ""
    if not words:
        _end(each, Delivery.State.GONE, now)
        return 0
    try:
        _send(each.channel, words)
    except NotSent as error:
        wait = AGAIN[each.attempts - 1] if each.attempts <= len(AGAIN) and not error.lasting else None
        logger.warning("message %s to channel %s was not taken: %s", each.pk, each.channel_id, error)
        if wait is None:
            _end(each, Delivery.State.FAILED, now, words=words, error=str(error)[:300])
        else:
            Delivery.objects.filter(pk=each.pk).update(next_at=now + wait, error=str(error)[:300])
        return 0
    dry = each.channel.kind == Channel.Kind.DRY
    _end(each, Delivery.State.DRY if dry else Delivery.State.SENT, now, words=words)
    return 1


def _end(each: Delivery, state: str, now: datetime, *, words: str = "", error: str = "") -> None:
    Delivery.objects.filter(pk=each.pk).update(state=state, ended_at=now, words=words, error=error)


def _send(channel: Channel, words: str) -> None:
    """Hand words to a channel.

    Raises:
        NotSent: they were not taken.
    """
    if channel.kind == Channel.Kind.DRY:
        return
    if channel.kind != Channel.Kind.MAIL:
        speak(channel.kind, channel.address, channel.secret, words)
        return
    subject, _sep, body = words.partition("\n")
    mail = EmailMessage(subject[:150], body or subject, settings.DEFAULT_FROM_EMAIL, [channel.address])
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused)
        raise NotSent(type(error).__name__, lasting=refused) from None


@recurring("notify.digest", cron="30 8 * * *", title=Text("生成每日消息", "Make the messages of the morning"))
@handles("notify.digest")
def digest(progress: Progress, payload: Mapping[str, Any]) -> dict[str, int]:
    """Make the messages of the morning."""
    return {"made": prepare(timezone.now())}


@recurring("notify.deliver", cron="* * * * *", title=Text("发送消息", "Send messages"))
@handles("notify.deliver")
def run(progress: Progress, payload: Mapping[str, Any]) -> dict[str, int]:
    """Send what is due, and forget what was sent long ago."""
    now = timezone.now()
    Delivery.objects.filter(made_at__lt=now - KEPT).delete()
    return {"sent": deliver(now)}
