"""What a link is good for at a moment: every way in which it no longer is has a name, so that its page can say so."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from qipan.spine.work.links.models import HandlingLink
from qipan.spine.work.models import State, WorkItem


class Standing(StrEnum):
    """What the holder of a link can do, or why nothing."""

    ACCEPT = "accept"
    REPORT = "report"
    USED = "used"
    ELSEWHERE = "elsewhere"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    AGAIN = "again"
    CLOSED = "closed"
    CANCELLED = "cancelled"


GOOD = frozenset({Standing.ACCEPT, Standing.REPORT})


def standing_of(link: HandlingLink, item: WorkItem, now: datetime) -> Standing:
    """Return what a link is good for now; what its holder did with it is said before what others did."""
    if link.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if item.state == State.CANCELLED:
        return Standing.CANCELLED
    if item.state == State.CLOSED:
        return Standing.CLOSED
    if item.lead_id != link.unit_id:
        return Standing.MOVED
    if item.handling_round != link.handling_round:
        return Standing.AGAIN
    if item.state == State.REPORTED:
        return Standing.USED if link.reported_at is not None else Standing.ELSEWHERE
    if now >= link.until:
        return Standing.EXPIRED
    return Standing.ACCEPT if item.state == State.ISSUED else Standing.REPORT
