"""What becomes of a request, a dispute or a deferral that the item itself has outrun: reported, reassigned or cancelled."""

from __future__ import annotations

from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.spine.work.disputes import take_back
from qipan.spine.work.errors import WorkError
from qipan.spine.work.holding import resumed
from qipan.spine.work.models import LogEntry, Request, Step, WorkItem
from qipan.spine.work.writing import entry


def open_request(item: WorkItem) -> Request | None:
    """Return the request of an item that someone still has to answer."""
    if not item.request:
        return None
    return item.requests.filter(state__in=(Request.State.CONSENT, Request.State.OPEN)).first()


def lapse(item: WorkItem, by: Post | None, now: datetime) -> tuple[list[LogEntry], dict[str, object]]:
    """End what is open beside the chain because the item goes another way; an open dispute is taken back.

    Returns the steps to log and the changes of the item: its clock goes on.
    """
    changes = resumed(item, now)
    deferred = item.deferred_until is not None
    asked = open_request(item)
    written = [entry(item, Step.RESUMED, by, now)] if deferred else []
    if asked is not None:
        if by is not None:
            take_back(item, asked, by, now)
        elif asked.kind == Request.Kind.APPEAL:
            # Taking a dispute back is a record of the ledger, and those have an author.
            raise WorkError(
                Text(
                    "该事项的异议正在裁定，须由单位账号或创城办代录反馈。",
                    "A dispute of this item waits for its decision: report from the unit's account, or by the office.",
                )
            )
        Request.objects.filter(pk=asked.pk).update(state=Request.State.LAPSED, decided_at=now)
        written.append(entry(item, Step.LAPSED, by, now, data={"kind": asked.kind}))
        changes["request"] = ""
    return written, changes
