"""What becomes of a request, a dispute or a deferral that the item itself has outrun: reported, reassigned or cancelled."""

from __future__ import annotations

from datetime import datetime

from qipan.ground.units.models import Post
from qipan.spine.work.disputes import take_back
from qipan.spine.work.holding import resumed
from qipan.spine.work.models import LogEntry, Request, Step, WorkItem
from qipan.spine.work.writing import entry


def open_request(item: WorkItem) -> Request | None:
    """Return the request of an item that someone still has to answer."""
    if not item.request:
        return None
    return item.requests.filter(state__in=(Request.State.CONSENT, Request.State.OPEN)).first()


def lapse(item: WorkItem, by: Post, now: datetime) -> tuple[list[LogEntry], dict[str, object]]:
    """End what is open beside the chain because the item goes another way; an open dispute is taken back.

    Returns the steps to log and the changes of the item: its clock goes on.
    """
    changes = resumed(item, now)
    deferred = item.deferred_until is not None
    asked = open_request(item)
    written = [entry(item, Step.RESUMED, by, now)] if deferred else []
    if asked is not None:
        take_back(item, asked, by, now)
        Request.objects.filter(pk=asked.pk).update(state=Request.State.LAPSED, decided_at=now)
        written.append(entry(item, Step.LAPSED, by, now, data={"kind": asked.kind}))
        changes["request"] = ""
    return written, changes
