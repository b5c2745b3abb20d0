"""What can be asked about a county's calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from qipan.assessment.text import Text
from qipan.ground.worktime.actions import Hours
from qipan.ground.worktime.clock import Clock
from qipan.ground.worktime.models import Calendar, SpecialDay
from qipan.ground.worktime.yearbook import Day, shipped_calendar

_kept: dict[int, tuple[UUID, Clock]] = {}
_UNKNOWN = Clock()


def clock(county_id: int) -> Clock:
    """Return a county's clock: one statement while its calendar is unchanged.

    A county without a calendar has the usual hours and no year on file, so that every deadline in working time says
    that it was counted by weekdays alone.
    """
    calendar = Calendar.objects.filter(county_id=county_id).first()
    if calendar is None:
        return _UNKNOWN
    known = _kept.get(county_id)
    if known is not None and known[0] == calendar.stamp:
        return known[1]
    special = [Day(day, kind) for day, kind in calendar.days.values_list("date", "kind")]
    found = _clock(calendar, special, calendar.years.values_list("year", flat=True))
    _kept[county_id] = (calendar.stamp, found)
    return found


def _clock(calendar: Calendar, special: Iterable[Day], years: Iterable[int]) -> Clock:
    return Clock(
        hours=((calendar.morning_from, calendar.morning_to), (calendar.afternoon_from, calendar.afternoon_to)),
        special=MappingProxyType({day.date: day.kind == SpecialDay.Kind.WORKING for day in special}),
        years=frozenset(years),
    )


@dataclass(frozen=True, slots=True)
class FiledYear:
    """A year on file, and how many days of it are special."""

    year: int
    source: Text
    holidays: int
    working: int


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A county's calendar as a page shows one year of it. A version of 0: the county has none yet."""

    year: int
    version: int
    hours: Hours
    days: Mapping[date, Day]
    filed: tuple[FiledYear, ...]
    clock: Clock

    @property
    def is_on_file(self) -> bool:
        """Whether the year that is shown is on file."""
        return any(each.year == self.year for each in self.filed)

    def lacking(self, today: date) -> tuple[int, ...]:
        """Return which of this year and the coming one are not on file."""
        known = {each.year for each in self.filed}
        return tuple(year for year in (today.year, today.year + 1) if year not in known)


def calendar_page(county_id: int, year: int) -> CalendarPage:
    """Return a year of a county's calendar (at most four statements)."""
    calendar = Calendar.objects.filter(county_id=county_id).first()
    if calendar is None:
        return CalendarPage(year, 0, Hours(), {}, (), _UNKNOWN)
    special = [
        Day(day.date, day.kind, Text(day.name_zh, day.name_en)) for day in SpecialDay.objects.filter(calendar=calendar)
    ]
    counts = Counter((day.date.year, day.kind) for day in special)
    filed = tuple(
        FiledYear(
            each.year, source_words(each.source), counts[each.year, SpecialDay.Kind.HOLIDAY],
            counts[each.year, SpecialDay.Kind.WORKING],
        )
        for each in calendar.years.all()
    )  # fmt: skip
    hours = Hours(calendar.morning_from, calendar.morning_to, calendar.afternoon_from, calendar.afternoon_to)
    days = {day.date: day for day in special if day.date.year == year}
    return CalendarPage(year, calendar.version, hours, days, filed, _clock(calendar, special, (f.year for f in filed)))


def source_words(source: str) -> Text:
    """Return a year's source in both languages where the pack that comes with the product has them."""
    for year in shipped_calendar():
        if year.source.zh == source:
            return year.source
    return Text(source)
