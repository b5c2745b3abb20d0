"""What a unit replied by telephone, on paper or in a chat, entered by the office on its behalf (代录).

The word is the unit's: the log names it, and the unit stays the one that has handled the item. Whoever entered it
answers for the entry and does not re-check the item; the office as a unit has handled nothing, so a colleague may.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work.acting import item_for, ready
from qipan.spine.work.errors import WorkError
from qipan.spine.work.handling import BEHALF, Hand, put_right, take_on
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.links.permissions import may_enter
from qipan.spine.work.models import State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.writing import moment


class Channel(models.TextChoices):
    """How a reply came."""

    PHONE = "phone"
    PAPER = "paper"
    CHAT = "chat"
    PERSON = "person"


def enter_reply(
    pk: int, *, version: int, by: Post, said_by: str, said_at: datetime, channel: str, fixed: bool, text: str = "",
    fixed_at: datetime | None = None, photos: Collection[Photo] = (), without: str = "", at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Enter a unit's reply on its behalf: that it takes the item on, or that it is fixed (taking it on first).

    Args:
        pk: the item.
        version: as it was read.
        by: a post of the office.
        said_by: who spoke for the unit.
        said_at: when they did.
        channel: how.
        fixed: whether they reported it as fixed.
        text: what they said.
        fixed_at: when it was fixed.
        photos: how it looks now.
        without: why it is reported without the part of a supporting unit.
        at: when it is entered; now unless told otherwise.

    Raises:
        PermissionDenied: only the office enters replies.
        StageMissing, Stale, WorkError: it cannot be entered so, now.
    """
    now = moment(at)
    item = item_for(pk, SEE, by)
    if not may_enter(by, item):
        raise PermissionDenied
    ready(item, version, Action.ACCEPT if item.state == State.ISSUED or not fixed else Action.REPORT)
    if item.lead is None:
        raise WorkError(Text("请先指定牵头单位。", "Give it to a unit first."))
    who = said_by.strip()
    if not who:
        raise WorkError(Text("请填写由谁答复。", "Say who replied."), "said_by")
    if channel not in Channel.values:
        raise WorkError(Text("请选择答复方式。", "Choose how the reply came."), "channel")
    if said_at > now:
        raise WorkError(Text("答复时间不能晚于现在。", "The reply cannot lie ahead."), "said_at")
    if said_at < item.issued_at.replace(second=0, microsecond=0):
        raise WorkError(Text("答复时间不能早于交办时间。", "The reply cannot lie before the issue."), "said_at")
    data = {"channel": channel, "said_at": said_at.isoformat(), "entered_by": by.title_zh, "office": by.unit.code}
    hand = Hand(actor(by), by.person_id, who, "", item.lead.code, BEHALF, data, by)
    with act(actor(by), now):
        if item.state == State.ISSUED:
            take_on(item, version, hand, now, text="" if fixed else text)
        if fixed:
            if fixed_at is None:
                raise WorkError(Text("请填写整改时间。", "Say when it was fixed."), "fixed_at")
            put_right(item, item.version, hand, now, text=text, fixed_at=fixed_at, photos=photos, without=without)
    return item
