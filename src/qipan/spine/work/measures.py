"""Measures of time, as arithmetic: which counts an item enters, the published rates over them, and places with ties.

No table and no clock on the wall. Every count has a twin in `counted`, so that each figure opens the list it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from django.db.models import F, Q

from qipan.ground.worktime.clock import Clock
from qipan.spine.work.models import VOID, State

REPORTED = (State.REPORTED, State.CLOSED)
UNREPORTED = (State.ISSUED, State.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Case:
    """What the measures need to know of an item."""

    state: str
    issued_at: datetime
    deadline: datetime
    reported_at: datetime | None = None
    closed_at: datetime | None = None
    handling_round: int = 1
    rests: bool = False
    """Deferred with approval, or its clock stands while a dispute or a co-ordination request is open."""

    @property
    def handled_at(self) -> datetime | None:
        """The report that stands; what was closed without one counts from its closing."""
        if self.state not in REPORTED:
            return None
        return self.reported_at or self.closed_at

    @property
    def in_time(self) -> bool:
        """Whether the report that stands came by the deadline."""
        return self.handled_at is not None and self.handled_at <= self.deadline


COUNTS: dict[str, Callable[[Case, datetime], bool]] = {
    "owed": lambda case, now: (
        case.state in REPORTED or (case.state in UNREPORTED and case.deadline < now and not case.rests)
    ),
    "handled": lambda case, now: case.state in REPORTED,
    "on_time": lambda case, now: case.in_time,
    "late_open": lambda case, now: case.state in UNREPORTED and case.deadline < now and not case.rests,
    "to_close": lambda case, now: (
        case.state == State.CLOSED or (case.state not in VOID and case.deadline < now and not case.rests)
    ),
    "closed": lambda case, now: case.state == State.CLOSED,
    "closed_on_time": lambda case, now: case.state == State.CLOSED and case.in_time,
    "rework": lambda case, now: COUNTS["to_close"](case, now) and case.handling_round > 1,
}
"""What is counted. What was cancelled or merged is in none of them; what rests is owed by nobody for as long as it does."""


def counted(name: str, now: datetime) -> Q:
    """Return the condition of the items in a count; it says what `COUNTS` says. An unknown count is empty."""
    reported, unreported = Q(state__in=REPORTED), Q(state__in=UNREPORTED)
    late = Q(deadline__lt=now, held_since=None, deferred_until=None)
    in_time = Q(reported_at__lte=F("deadline")) | Q(reported_at=None, closed_at__lte=F("deadline"))
    closed = Q(state=State.CLOSED)
    to_close = closed | (~Q(state__in=VOID) & late)
    match name:
        case "owed":
            return reported | (unreported & late)
        case "handled":
            return reported
        case "on_time":
            return reported & in_time
        case "late_open":
            return unreported & late
        case "to_close":
            return to_close
        case "closed":
            return closed
        case "closed_on_time":
            return closed & in_time
        case "rework":
            return to_close & Q(handling_round__gt=1)
    return Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Rate:
    """A published rate: what is counted, out of what. `more` says whether more of it is better."""

    name: str
    numerator: str
    denominator: str
    more: bool = True


RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("handling", "handled", "owed"),
        Rate("on_time_handling", "on_time", "owed"),
        Rate("closure", "closed", "to_close"),
        Rate("on_time_closure", "closed_on_time", "to_close"),
        Rate("rework", "rework", "to_close", more=False),
        Rate("overdue_open", "late_open", "owed", more=False),
    )
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many; no share where there is nothing to count."""

    numerator: int
    denominator: int

    @property
    def share(self) -> Fraction | None:
        """The exact share; None for an empty denominator, which is neither 0 nor 100 per cent."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def percent(self) -> str:
        """Print it with one decimal, half up; "—" where nothing counts. Only all of it is 100, only nothing is 0."""
        share = self.share
        if share is None:
            return "—"
        tenths = int(share * 1000 + Fraction(1, 2))
        if share not in {0, 1}:
            tenths = min(max(tenths, 1), 999)
        return f"{tenths // 10}.{tenths % 10}%"


@dataclass(slots=True)
class Tally:
    """The counts of some items, and the working time that the handled ones took from issue to report."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    time: timedelta = timedelta(0)

    def add(self, case: Case, now: datetime, meter: Meter) -> None:
        """Count one more item."""
        for name, belongs in COUNTS.items():
            self.counts[name] += belongs(case, now)
        if case.handled_at is not None:
            self.time += meter.between(case.issued_at, case.handled_at)

    def ratio(self, rate: Rate) -> Ratio:
        """Return a rate of these items."""
        return Ratio(self.counts[rate.numerator], self.counts[rate.denominator])

    @property
    def average(self) -> timedelta | None:
        """The average working time from issue to the report that stands; None where nothing was handled."""
        return self.time / self.counts["handled"] if self.counts["handled"] else None


class Meter:
    """A county's working time between many pairs of moments: its days are walked once, not for every item."""

    def __init__(self, clock: Clock, since: date, until: date) -> None:
        self._clock = clock
        self._before: dict[date, timedelta] = {}
        total, day = timedelta(0), since - timedelta(days=1)
        while day <= until + timedelta(days=1):
            self._before[day] = total
            total += clock.working_day if clock.works_on(day) else timedelta(0)
            day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two moments; negative when the end lies before the start."""
        return self._until(end) - self._until(start)

    def _until(self, at: datetime) -> timedelta:
        local = at.astimezone(self._clock.zone)
        day, found = local.date(), self._before[local.date()]
        if self._clock.works_on(day):
            gone = timedelta(
                hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            for since, to in self._clock.hours:
                found += max(min(timedelta(minutes=to), gone) - timedelta(minutes=since), timedelta(0))
        return found


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a group of units; several units with the same share have the same place."""

    number: int
    tied: bool


def places(shares: Mapping[Key, Fraction | None], *, more: bool = True) -> dict[Key, Place]:
    """Return the places of some shares, best first: 1, 2, 2, 4. Who has no share has no place.

    Args:
        shares: exact shares, so that only what is equal is a tie.
        more: whether more is better.
    """
    known = {key: share for key, share in shares.items() if share is not None}
    values = list(known.values())
    return {
        key: Place(1 + sum((one > share) if more else (one < share) for one in values), values.count(share) > 1)
        for key, share in known.items()
    }


def meter_for(clock: Clock, cases: Iterable[Case]) -> Meter:
    """Return a meter that reaches from the first issue to the last report of some items."""
    days = [
        at.astimezone(clock.zone).date()
        for case in cases
        for at in (case.issued_at, case.handled_at)
        if at is not None and case.handled_at is not None
    ]
    return Meter(clock, min(days), max(days)) if days else Meter(clock, date(2000, 1, 1), date(2000, 1, 1))
