"""Working time, as arithmetic: from a moment and a limit to a deadline. No table, no file, no clock on the wall.

Four units of a limit:

* an urgent hour runs day and night;
* a working hour runs only inside the county's hours, on working days;
* a working day is as many working hours as a day has (8 by default): Thursday 10:00 and two working days is Monday 10:00;
* a calendar day ends at midnight of the so-manieth day after, and is kept as the last second of that day (23:59:59),
  so that the deadline's date is the day that people name, and one second later it is late.

A deadline is the first moment at which the time is used up: eight working hours from 08:00 end at 18:00, not at 08:00
of the next day. What starts outside working hours starts to count when they begin.

A year without a calendar on file is counted by weekdays alone, and a deadline that touches such a year says so (`gap`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

URGENT_HOUR = "urgent_hour"
WORKING_HOUR = "working_hour"
WORKING_DAY = "working_day"
CALENDAR_DAY = "calendar_day"
UNITS = (URGENT_HOUR, WORKING_HOUR, WORKING_DAY, CALENDAR_DAY)

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Minutes after midnight: 08:00–12:00 and 14:00–18:00.
USUAL_HOURS = ((480, 720), (840, 1080))
#: The longest limit that is counted: what is longer is a date, not a limit.
LONGEST = 10_000

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """So much time, in one of the four units."""

    amount: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"a limit is stated in one of {', '.join(UNITS)}, not in {self.unit!r}")
        if not 0 <= self.amount <= LONGEST:
            raise ValueError(f"a limit lies between 0 and {LONGEST}, not {self.amount}")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends. `gap`: it was counted through a year whose holidays are not on file."""

    at: datetime
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A county's working time.

    Args:
        hours: spans of a working day in minutes after midnight, in order.
        special: days that are not what their weekday says; True is a working day, False a holiday.
        years: the years whose holidays are on file.
        zone: where the county's clocks show the time.
    """

    hours: tuple[tuple[int, int], ...] = USUAL_HOURS
    special: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))
    years: frozenset[int] = frozenset()
    zone: ZoneInfo = SHANGHAI

    def __post_init__(self) -> None:
        ends = [edge for span in self.hours for edge in span]
        if any(not 0 <= edge <= 24 * 60 for edge in ends) or any(before > after for before, after in pairwise(ends)):
            raise ValueError(f"working hours lie in one day, one after the other, not {self.hours}")
        if not self.working_day:
            raise ValueError("a working day has no working hours")

    @property
    def working_day(self) -> timedelta:
        """The working time of one day."""
        return timedelta(minutes=sum(to - since for since, to in self.hours))

    def works_on(self, day: date) -> bool:
        """Whether a day is a working day."""
        said = self.special.get(day)
        return day.weekday() < _SATURDAY if said is None else said

    def is_working(self, at: datetime) -> bool:
        """Whether a moment lies in working hours; the end of a span no longer does."""
        local = self._local(at)
        return any(since <= local < to for since, to in self._spans(local.date()))

    def deadline(self, start: datetime, limit: Limit) -> Deadline:
        """Return when a limit that starts at a moment ends."""
        local = self._local(start)
        if limit.unit == URGENT_HOUR:
            # Hours are real time: they are added where no clock is put forward or back.
            return Deadline((start + timedelta(hours=limit.amount)).astimezone(self.zone))
        if limit.unit == CALENDAR_DAY:
            last = local.date() + timedelta(days=limit.amount)
            return Deadline(self._aware(datetime.combine(last, time(23, 59, 59))))
        one = timedelta(hours=1) if limit.unit == WORKING_HOUR else self.working_day
        return self._after(local, limit.amount * one)

    def later(self, at: datetime, length: timedelta) -> Deadline:
        """Return the moment that lies so much working time after another."""
        return self._after(self._local(at), length)

    def before(self, at: datetime, working_days: int) -> datetime:
        """Return the last moment from which so many working days run until `at`."""
        local = self._local(at)
        left = working_days * self.working_day
        if left <= _NOTHING:
            return self._aware(local)
        day = local.date()
        while True:
            for since, to in reversed(self._spans(day)):
                ends = min(to, local)
                if ends - since >= left:
                    return self._aware(ends - left)
                left -= max(ends - since, _NOTHING)
            day -= _DAY

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two moments; negative when the end lies before the start."""
        since, until = self._local(start), self._local(end)
        if since > until:
            return -self.working_time(end, start)
        found = _NOTHING
        for day in _days(since.date(), until.date()):
            for opens, closes in self._spans(day):
                found += max(min(closes, until) - max(opens, since), _NOTHING)
        return found

    def working_days_between(self, start: datetime, end: datetime) -> Fraction:
        """Return the working time between two moments in working days; negative when the end lies before the start."""
        second = timedelta(microseconds=1)
        return Fraction(self.working_time(start, end) // second, self.working_day // second)

    def lacks(self, since: date, until: date) -> bool:
        """Whether a year from one day to another is not on file."""
        return any(year not in self.years for year in range(since.year, until.year + 1))

    def _after(self, local: datetime, left: timedelta) -> Deadline:
        """Return when so much working time has passed since a moment (local, naive)."""
        began = day = local.date()
        if left <= _NOTHING:
            return Deadline(self._aware(local), self.lacks(began, began))
        while True:
            for since, to in self._spans(day):
                begins = max(since, local)
                if to - begins >= left:
                    return Deadline(self._aware(begins + left), self.lacks(began, day))
                left -= max(to - begins, _NOTHING)
            day += _DAY

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the working hours of a day as moments (local, naive)."""
        if not self.works_on(day):
            return ()
        midnight = datetime.combine(day, time())
        return tuple(
            (midnight + timedelta(minutes=since), midnight + timedelta(minutes=to)) for since, to in self.hours
        )

    def _local(self, at: datetime) -> datetime:
        """Return what a moment is called on the county's clocks, without its zone."""
        if at.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return at.astimezone(self.zone).replace(tzinfo=None)

    def _aware(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone)


def _days(since: date, until: date) -> Iterator[date]:
    """Every day from one to another, both included."""
    day = since
    while day <= until:
        yield day
        day += _DAY
