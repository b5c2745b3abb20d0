"""On which days a mechanism comes round, and on which working day it is held. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from qipan.ground.worktime.clock import Clock

DAY = timedelta(days=1)
FARTHEST = 30
"""No holiday is longer than this."""


def planned(rhythm: str, day: int, start: date) -> Iterator[date]:
    """Yield the days of a rhythm from a day on."""
    if rhythm == "weekly":
        on = start + timedelta(days=(day - 1 - start.weekday()) % 7)
        while True:
            yield on
            on += 7 * DAY
    step = 3 if rhythm == "quarterly" else 1
    year, month = start.year, start.month
    if step == 3:
        month = (month - 1) // 3 * 3 + 3
    while True:
        on = date(year, month, min(day, monthrange(year, month)[1]))
        if on >= start:
            yield on
        month += step
        if month > 12:
            year, month = year + 1, month - 12


def held_on(clock: Clock, day: date) -> date:
    """Return the working day on which a run is held that is planned for a day: that day, or the next working day."""
    for moved in range(FARTHEST):
        if clock.works_on(day + moved * DAY):
            return day + moved * DAY
    return day


def due_run(clock: Clock, rhythm: str, day: int, since: date, today: date) -> date | None:
    """Return the latest day of the rhythm whose run is held today or was before; None while there is none.

    What was missed because nothing was at work is made up for once, not as often as it was missed.
    """
    found = None
    for on in planned(rhythm, day, max(since, today - timedelta(days=130))):
        if held_on(clock, on) > today:
            break
        found = on
    return found
