"""What can happen to a county's calendar. Every change raises its version, so that of two people one is told.

A changed calendar touches only deadlines that are counted later: what is written in an order stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import uuid4

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.ground.units.permissions import MANAGE_CALENDAR
from qipan.ground.worktime.models import Calendar, CalendarYear, SpecialDay
from qipan.ground.worktime.yearbook import FIRST_YEAR, LAST_YEAR, Day, shipped_calendar, wrong


class CalendarError(ValueError):
    """Something that cannot be entered; nothing was changed. `field` names the entry of the form."""

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.en)
        self.words = words
        self.field = field


class StaleCalendar(CalendarError):
    """Someone else has changed the calendar since it was read."""

    def __init__(self, version: int) -> None:
        super().__init__(
            Text(
                "其他人已先修改了日历，您的修改尚未保存",
                "somebody else has changed the calendar in the meantime; yours is not saved yet",
            )
        )
        self.version = version


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours in minutes after midnight."""

    morning_from: int = 480
    morning_to: int = 720
    afternoon_from: int = 840
    afternoon_to: int = 1080

    @property
    def minutes(self) -> int:
        """The working time of a day."""
        return self.morning_to - self.morning_from + self.afternoon_to - self.afternoon_from

    def edges(self) -> tuple[int, int, int, int]:
        """Return the four in their order."""
        return self.morning_from, self.morning_to, self.afternoon_from, self.afternoon_to


def seed(county: County, *, by: Post | None = None) -> int:
    """Give a county a calendar, and the years of the pack that it lacks; a year that is on file stays as it is.

    Args:
        county: whose calendar.
        by: who asks; None for the program itself.

    Returns:
        How many years were added.
    """
    if by is not None:
        _may(county, by)
    with act(actor(by, county)) as going:
        calendar, _ = Calendar.objects.get_or_create(county=county)
        known = set(calendar.years.values_list("year", flat=True))
        new = [year for year in shipped_calendar() if year.year not in known]
        for year in new:
            _put(calendar, year.year, year.days, year.source.zh)
        if new:
            _raise(calendar, calendar.version)
            going.note("calendar.seed", _thing(county), {"years": [year.year for year in new]})
    return len(new)


def set_day(county: County, day: date, kind: str, name: Text, *, version: int, by: Post) -> int:
    """Say that a day is a holiday, or a working day; returns the calendar's new version.

    Raises:
        PermissionDenied: the post may not.
        CalendarError: the day cannot be that.
        StaleCalendar: the calendar has another version by now.
    """
    _may(county, by)
    if kind not in SpecialDay.Kind.values:
        raise CalendarError(Text("请选择放假或上班", "choose holiday or working day"), "kind")
    _checked(Day(day, kind, name), day.year)
    with act(actor(by)) as going:
        calendar = _taken(county, version)
        before = calendar.days.filter(date=day).first()
        SpecialDay.objects.update_or_create(
            calendar=calendar, date=day, defaults={"kind": kind, "name_zh": name.zh, "name_en": name.en}
        )
        _note_day(going, county, version, day, before.kind if before else "", kind)
    return version + 1


def remove_day(county: County, day: date, *, version: int, by: Post) -> int:
    """Let a day go by its weekday again; returns the calendar's new version.

    Raises:
        PermissionDenied: the post may not.
        StaleCalendar: the calendar has another version by now.
    """
    _may(county, by)
    with act(actor(by)) as going:
        calendar = _taken(county, version)
        before = calendar.days.filter(date=day).first()
        if before is not None:
            _note_day(going, county, version, day, before.kind, "")
            before.delete()
    return version + 1


def set_hours(county: County, hours: Hours, *, version: int, by: Post) -> int:
    """Change the working hours; returns the calendar's new version. A morning or an afternoon may be empty.

    Raises:
        PermissionDenied: the post may not.
        CalendarError: the hours are not in order, or there are none.
        StaleCalendar: the calendar has another version by now.
    """
    _may(county, by)
    edges = hours.edges()
    if not edges[0] >= 0 or not edges[-1] <= 24 * 60 or any(before > after for before, after in pairwise(edges)):
        raise CalendarError(
            Text("四个时间应依次在后，例如 08:00、12:00、14:00、18:00",
                 "the four times come one after the other, such as 08:00, 12:00, 14:00, 18:00"),
            "hours",
        )  # fmt: skip
    if hours.minutes <= 0:
        raise CalendarError(Text("一天至少要有一段工作时间", "a working day needs some working time"), "hours")
    with act(actor(by)) as going:
        calendar = _taken(county, version)
        was = (calendar.morning_from, calendar.morning_to, calendar.afternoon_from, calendar.afternoon_to)
        Calendar.objects.filter(pk=calendar.pk).update(
            morning_from=edges[0], morning_to=edges[1], afternoon_from=edges[2], afternoon_to=edges[3]
        )
        going.note(
            "calendar.hours",
            _thing(county),
            {"version": version + 1, "changes": {"hours": [_clocks(was), _clocks(edges)]}},
        )
    return version + 1


def add_year(county: County, year: int, days: Sequence[Day], *, source: str = "", version: int, by: Post) -> int:
    """Put a year on file with all its special days, in the place of what was entered for it before.

    Returns:
        The calendar's new version.

    Raises:
        PermissionDenied: the post may not.
        CalendarError: a day does not fit, or there is none.
        StaleCalendar: the calendar has another version by now.
    """
    _may(county, by)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(
            Text(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间", f"a year from {FIRST_YEAR} to {LAST_YEAR}"), "year"
        )
    if not any(day.kind == SpecialDay.Kind.HOLIDAY for day in days):
        raise CalendarError(
            Text("没有一天放假；请按公布的安排录入", "not one holiday; enter the arrangement as announced"), "days"
        )
    for day in days:
        _checked(day, year)
    with act(actor(by)) as going:
        calendar = _taken(county, version)
        before = calendar.days.filter(date__year=year).count()
        _put(calendar, year, days, source)
        going.note(
            "calendar.year",
            _thing(county),
            {
                "version": version + 1,
                "year": year,
                "days": len(days),
                "changes": {"days": [str(before), str(len(days))]},
            },
        )
    return version + 1


def confirm_year(county: County, year: int, *, source: str = "", version: int, by: Post) -> int:
    """Say that the days entered one by one are all special days of a year; returns the calendar's new version.

    Raises:
        PermissionDenied: the post may not.
        CalendarError: no holiday of the year was entered.
        StaleCalendar: the calendar has another version by now.
    """
    known = SpecialDay.objects.filter(calendar__county=county, date__year=year)
    days = [Day(day.date, day.kind, Text(day.name_zh, day.name_en)) for day in known]
    return add_year(county, year, days, source=source, version=version, by=by)


def take_off_file(county: County, year: int, *, version: int, by: Post) -> int:
    """Take a year off the file with all its special days; returns the calendar's new version.

    Raises:
        PermissionDenied: the post may not.
        StaleCalendar: the calendar has another version by now.
    """
    _may(county, by)
    with act(actor(by)) as going:
        calendar = _taken(county, version)
        gone, _ = calendar.days.filter(date__year=year).delete()
        calendar.years.filter(year=year).delete()
        going.note("calendar.year_off", _thing(county), {"version": version + 1, "year": year, "days": gone})
    return version + 1


def _may(county: County, by: Post) -> None:
    if not MANAGE_CALENDAR.allows(by, county):
        raise PermissionDenied


def _checked(day: Day, year: int) -> None:
    fault = wrong(day.date, day.kind, year)
    if fault is not None:
        raise CalendarError(fault, "date")
    if max(len(day.name.zh), len(day.name.en)) > 40:
        raise CalendarError(Text("名称最多40个字", "a name has at most 40 characters"), "name")


def _taken(county: County, version: int) -> Calendar:
    """Return the calendar with its version raised, if it still has the one that was read; 0 makes one."""
    calendar, made = Calendar.objects.get_or_create(county=county, defaults={"version": version})
    if not made and calendar.version != version:
        raise StaleCalendar(calendar.version)
    _raise(calendar, version)
    return calendar


def _raise(calendar: Calendar, version: int) -> None:
    taken = Calendar.objects.filter(pk=calendar.pk, version=version)
    if not taken.update(version=version + 1, stamp=uuid4()):
        calendar.refresh_from_db(fields=["version"])
        raise StaleCalendar(calendar.version)


def _put(calendar: Calendar, year: int, days: Iterable[Day], source: str) -> None:
    """Make some days the special days of a year."""
    calendar.days.filter(date__year=year).delete()
    SpecialDay.objects.bulk_create(
        [
            SpecialDay(calendar=calendar, date=day.date, kind=day.kind, name_zh=day.name.zh, name_en=day.name.en)
            for day in days
        ]
    )
    CalendarYear.objects.update_or_create(calendar=calendar, year=year, defaults={"source": source[:200]})


def _note_day(going: Act, county: County, version: int, day: date, was: str, now: str) -> None:
    going.note(
        "calendar.day",
        _thing(county),
        {"version": version + 1, "day": day.isoformat(), "changes": {"kind": [was, now]}},
    )


def _thing(county: County) -> Thing:
    return Thing("calendar", str(county.pk), county.name_zh)


def _clocks(edges: Sequence[int]) -> str:
    return " ".join(f"{edge // 60:02d}:{edge % 60:02d}" for edge in edges)
