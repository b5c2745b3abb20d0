"""A unit sets itself an earlier date than it was given (自设时限). It is shown beside the deadline and changes no light:
by the deadline alone a unit is judged, so nobody stands worse for having aimed higher.
"""

from __future__ import annotations

from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work import messages
from qipan.spine.work.acting import item_for, ready, thing
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.limits import ahead
from qipan.spine.work.models import Step, WorkItem
from qipan.spine.work.permissions import HANDLE
from qipan.spine.work.timing.when import When, as_when
from qipan.spine.work.writing import entry, moment, write


def set_own_date(
    pk: int, *, version: int, by: Post, deadline: datetime | When | None, at: datetime | None = None
) -> WorkItem:
    """Set one's own earlier date on an item, or take it away.

    Args:
        pk: the item.
        version: as it was read.
        by: a head or liaison of the lead unit.
        deadline: one's own; None takes it away.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: it is reported or has ended, the date is past, or later than the deadline.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    ready(item, version, Action.OWN_DATE)
    own = as_when(deadline).deadline if deadline is not None else None
    if own is not None:
        ahead(own, now)
        if own > item.deadline:
            until = messages.said(item.deadline)
            raise WorkError(
                Text(
                    f"自设时限只能早于规定时限（{until.zh}），不能晚于规定时限；确需延后，请申请延期。",
                    f"Your own date may be earlier than the deadline ({until.en}), never later. For more time ask for an "
                    "extension.",
                ),
                "deadline",
            )
    if own == item.own_deadline:
        return item
    with act(actor(by), now) as noted:
        data = {"own": own.isoformat()} if own is not None else {}
        write(item, version, [entry(item, Step.OWN_DATE, by, now, data=data)], own_deadline=own)
        noted.note("work.own_date", thing(item), data)
        words = (
            messages.about(item, f"自设时限{messages.said(own).zh}", f"Its own date is {messages.said(own).en}")
            if own is not None
            else messages.about(item, "取消自设时限", "Its own date was taken away")
        )
        messages.tell(item, messages.office(item.county_id, now), "own_date", words, now, by=by)
    return item
