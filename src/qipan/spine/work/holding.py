"""When an item's clock stands, and how it goes on: while a dispute or a co-ordination is open, and while it is deferred.

The clock that stood gives its time back: the deadline moves on by as much time as the clock stood, in the time in which
the item's limit is stated.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from qipan.ground.worktime.clock import Limit
from qipan.ground.worktime.queries import clock
from qipan.spine.work.limits import STANDING, due, due_by, settings_of
from qipan.spine.work.models import LimitUnit, Request, State, WorkItem

ONE_DAY = timedelta(days=1)


def anew(item: WorkItem, now: datetime) -> dict[str, object]:
    """Return the changes that let an item's limit begin anew; a deadline that was set by hand and lies ahead stays."""
    if item.limit is None or not item.limit_unit:
        if item.deadline > now:
            return {}
        limit = Limit(5, LimitUnit.WORKING_DAY.value)
    else:
        limit = Limit(item.limit, item.limit_unit)
    until = due(clock(item.county_id), now, limit, settings_of(item.county_id), None)
    found = {"deadline": until.deadline, "due_from": until.due_from, "calendar_gap": until.gap}
    # Words that name a day say no longer what counts; those that state the limit still do.
    return found if item.limit is not None else {**found, "deadline_text": "", "cadence": ""}


def stands_for(kind: str, county_id: int) -> bool:
    """Whether an item's clock stands while a request of a kind is open; of a co-ordination the county's settings say it."""
    if kind == Request.Kind.COORDINATION:
        return settings_of(county_id).coordination_pauses
    return kind == Request.Kind.APPEAL


def resumed(item: WorkItem, now: datetime) -> dict[str, object]:
    """Return the changes by which the clock of an item goes on; none where it runs."""
    if item.held_since is None:
        return {}
    deadline = _moved_on(item, item.held_since, now)
    until = due_by(
        clock(item.county_id), item.issued_at, deadline, settings_of(item.county_id), standing=item.cadence == STANDING
    )  # fmt: skip
    return {
        "held_since": None, "deferred_until": None, "deadline": deadline, "due_from": until.due_from,
        "calendar_gap": until.gap,
    }  # fmt: skip


def _moved_on(item: WorkItem, since: datetime, now: datetime) -> datetime:
    """Return a deadline after the clock has stood from one moment to another."""
    if item.limit_unit == LimitUnit.CALENDAR_DAY:
        # Calendar days end at midnight: a part of a day is given back as a whole one.
        return item.deadline + -(-(now - since) // ONE_DAY) * ONE_DAY
    if item.limit_unit == LimitUnit.URGENT_HOUR:
        return item.deadline + (now - since)
    counted = clock(item.county_id)
    return counted.later(item.deadline, counted.working_time(since, now)).at


def held_anew(item: WorkItem, now: datetime) -> dict[str, object]:
    """Return the changes of an item whose deadline is set while its clock stands: it stands from now on."""
    return {} if item.held_since is None else {"held_since": now}


def unreported(item: WorkItem) -> bool:
    """Whether its unit still has to report it."""
    return item.state in {State.ISSUED, State.ACCEPTED}
