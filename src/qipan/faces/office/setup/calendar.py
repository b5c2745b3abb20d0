"""The county's calendar: a year at a glance, its special days, the working hours, and the years on file."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.handed_in import handed_in
from qipan.faces.office.templatetags.office import day as day_words
from qipan.ground.documents.problems import FileError, FileProblem
from qipan.ground.units.permissions import MANAGE_CALENDAR, READ
from qipan.ground.worktime import actions, queries
from qipan.ground.worktime.actions import CalendarError, Hours, StaleCalendar
from qipan.ground.worktime.queries import CalendarPage
from qipan.ground.worktime.yearbook import FIRST_YEAR, HOLIDAY, LAST_YEAR, WORKING, Day, read_year_file, read_year_text
from qipan.overview.desk import Desk

#: What the last change is taken back with, kept in the session of whoever made it.
UNDO = "calendar_undo"
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_TIMES = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the year at a glance."""

    number: int
    iso: str
    state: str
    mark: str
    words: str
    is_today: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """A month: its name, and its weeks from Monday on, with gaps where other months stand."""

    name: str
    weeks: tuple[tuple[ShownDay | None, ...], ...]
    working: int


@require_GET
@requires(READ)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year of the calendar, and the form of one day."""
    asked = request.GET.get("day", "")
    chosen = _date(asked)
    year = _year(request.GET.get("year", "")) or (chosen.year if chosen else timezone.localdate().year)
    return _page(request, year, chosen)


def _page(request: HttpRequest, year: int, chosen: date | None, *, status: int = 200, **more: Any) -> HttpResponse:
    desk = at_desk(request)
    found = queries.calendar_page(desk.county.pk, year)
    today = timezone.localdate()
    may_edit = MANAGE_CALENDAR.allows(desk.post, desk.county)
    undo = request.session.get(UNDO)
    lacking = found.lacking(today)
    shown = _months(found, today, chosen)
    context: dict[str, Any] = {
        "year": year,
        "earlier": year - 1,
        "later": year + 1,
        "found": found,
        "months": shown,
        "weekdays": _weekdays(),
        "marks": (_mark(HOLIDAY), _mark(WORKING)),
        "working_days": sum(month.working for month in shown),
        "lacking": lacking,
        "lacks_this_year": today.year in lacking,
        "may_edit": may_edit,
        "chosen": _chosen(found, chosen) if chosen and may_edit else None,
        "hours": _clocks(found.hours),
        "hours_a_day": f"{found.hours.minutes / 60:g}",
        "undo": undo if may_edit and undo and undo.get("version") == found.version else None,
        "given": {},
        "errors": {},
        "problems": (),
        "stale": False,
        "is_entered": bool(found.days) and not found.is_on_file,
    }
    return render(request, "office/setup/calendar.html", context | more, status=status)


@require_POST
@requires(MANAGE_CALENDAR)
def calendar_change(request: HttpRequest) -> HttpResponse:
    """Change a day, the hours or a year, or take the last change back."""
    desk = at_desk(request)
    verb = _VERBS.get(request.POST.get("act", ""))
    version, year = request.POST.get("version", ""), _year(request.POST.get("year", ""))
    chosen = _date(request.POST.get("day", ""))
    if verb is None or not version.isdecimal():
        return HttpResponseBadRequest()
    year = year or (chosen.year if chosen else timezone.localdate().year)
    try:
        said = verb(request, desk, int(version), year)
    except StaleCalendar as stale:
        # What was typed stays in the form, with the version that is now; saving again is a decision.
        return _page(
            request,
            year,
            chosen,
            status=409,
            stale=True,
            given=request.POST,
            error=stale.words,
            act=request.POST["act"],
        )
    except CalendarError as error:
        return _page(
            request, year, chosen, status=422, given=request.POST, errors={error.field: error.words},
            act=request.POST["act"],
        )  # fmt: skip
    except FileError as error:
        return _page(
            request,
            year,
            chosen,
            status=422,
            given=request.POST,
            problems=_told(error.problems),
            act=request.POST["act"],
        )
    messages.success(request, said)
    back = f"{reverse('calendar')}?year={year}"
    return HttpResponseRedirect(f"{back}&day={chosen}" if chosen else back)


# ---- the verbs ------------------------------------------------------------------------------------------------------


def _change_day(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    chosen = _date(request.POST.get("day", ""))
    if chosen is None:
        raise CalendarError(Text("请选择日期", "choose a day"), "date")
    before = queries.calendar_page(desk.county.pk, chosen.year).days.get(chosen)
    kind = request.POST.get("kind", "")
    name = Text(request.POST.get("name_zh", "").strip(), request.POST.get("name_en", "").strip())
    new = _set_day(desk, chosen, kind, name, version)
    request.session[UNDO] = {
        "act": "day", "day": chosen.isoformat(), "kind": before.kind if before else "",
        "name_zh": before.name.zh if before else "", "name_en": before.name.en if before else "", "version": new,
    }  # fmt: skip
    return _("%(day)s is saved: %(state)s.") % {"day": day_words(chosen), "state": _state_word(kind, chosen)}


def _set_day(desk: Desk, chosen: date, kind: str, name: Text, version: int) -> int:
    if not kind:
        return actions.remove_day(desk.county, chosen, version=version, by=desk.post)
    return actions.set_day(desk.county, chosen, kind, name, version=version, by=desk.post)


def _change_hours(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    before = queries.calendar_page(desk.county.pk, year).hours
    wanted = Hours(*(_minutes(request.POST.get(name, "")) for name in _TIMES))
    new = actions.set_hours(desk.county, wanted, version=version, by=desk.post)
    request.session[UNDO] = {"act": "hours", **_clocks(before), "version": new}
    return _("The working hours are saved. They count for deadlines that are set from now on.")


def _add_year(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    file, text = request.FILES.get("file"), request.POST.get("text", "")
    if isinstance(file, UploadedFile):
        with handed_in(file) as (path, name):
            days = read_year_file(path, year, name=name)
    elif text.strip():
        days = read_year_text(text, year)
    else:
        raise CalendarError(Text("请粘贴放假安排，或选择文件", "paste the arrangement, or choose a file"), "days")
    source = request.POST.get("source", "").strip()
    actions.add_year(desk.county, year, days, source=source, version=version, by=desk.post)
    request.session.pop(UNDO, None)
    return _("%(year)s is on file with %(count)s special days.") % {"year": year, "count": len(days)}


def _confirm_year(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    source = request.POST.get("source", "").strip()
    actions.confirm_year(desk.county, year, source=source, version=version, by=desk.post)
    request.session.pop(UNDO, None)
    return _("%(year)s is on file.") % {"year": year}


def _drop_year(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    if request.POST.get("sure") != str(year):
        raise CalendarError(Text(f"请勾选确认移出{year}年", f"tick that {year} is to be taken off"), "sure")
    actions.take_off_file(desk.county, year, version=version, by=desk.post)
    request.session.pop(UNDO, None)
    return _("%(year)s is no longer on file. Deadlines that reach into it are counted by weekdays and say so.") % {
        "year": year
    }


def _seed(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    count = actions.seed(desk.county, by=desk.post)
    request.session.pop(UNDO, None)
    return _("Years that came with the program and are now on file: %(count)s.") % {"count": count}


def _undo(request: HttpRequest, desk: Desk, version: int, year: int) -> str:
    kept = request.session.get(UNDO)
    if not kept or kept.get("version") != version:
        raise StaleCalendar(version)
    if kept["act"] == "hours":
        hours = Hours(*(_minutes(kept[name]) for name in _TIMES))
        actions.set_hours(desk.county, hours, version=version, by=desk.post)
    else:
        name = Text(kept["name_zh"], kept["name_en"])
        _set_day(desk, date.fromisoformat(kept["day"]), kept["kind"], name, version)
    request.session.pop(UNDO, None)
    return _("The last change is taken back.")


_VERBS: Mapping[str, Callable[[HttpRequest, Desk, int, int], str]] = {
    "day": _change_day, "hours": _change_hours, "year": _add_year, "confirm": _confirm_year, "off": _drop_year,
    "seed": _seed, "undo": _undo,
}  # fmt: skip


# ---- what is shown --------------------------------------------------------------------------------------------------


def _months(found: CalendarPage, today: date, chosen: date | None) -> list[ShownMonth]:
    weeks = months.Calendar(firstweekday=0)
    shown = []
    for month in range(1, 13):
        rows = tuple(
            tuple(_shown(found, day, today, chosen) if day.month == month else None for day in week)
            for week in weeks.monthdatescalendar(found.year, month)
        )
        working = sum(
            found.clock.works_on(date(found.year, month, day.number))
            for week in rows
            for day in week
            if day is not None
        )
        shown.append(ShownMonth(str(MONTHS[month]), rows, working))
    return shown


def _shown(found: CalendarPage, day: date, today: date, chosen: date | None) -> ShownDay:
    special = found.days.get(day)
    weekend = day.weekday() > 4
    state = special.kind if special else "weekend" if weekend else "plain"
    name = special.name.into(get_language() or "en") if special else ""
    words = ("，" if str(get_language() or "").startswith("zh") else ", ").join(
        part for part in (day_words(day), _state_word(special.kind if special else "", day), name) if part
    )
    return ShownDay(
        day.day, day.isoformat(), state, _mark(special.kind) if special else "", words, day == today, day == chosen
    )


def _mark(kind: str) -> str:
    """Return the word in the corner of a special day."""
    return pgettext("mark of a day", "off") if kind == HOLIDAY else pgettext("mark of a day", "on")


def _state_word(kind: str, day: date) -> str:
    if kind == HOLIDAY:
        return _("holiday")
    if kind == WORKING:
        return _("made a working day")
    return _("weekend") if day.weekday() > 4 else _("working day")


def _weekdays() -> list[str]:
    return [
        pgettext("day of the week, short", "Mo"), pgettext("day of the week, short", "Tu"),
        pgettext("day of the week, short", "We"), pgettext("day of the week, short", "Th"),
        pgettext("day of the week, short", "Fr"), pgettext("day of the week, short", "Sa"),
        pgettext("day of the week, short", "Su"),
    ]  # fmt: skip


def _chosen(found: CalendarPage, day: date) -> dict[str, Any]:
    special = found.days.get(day) or Day(day, "")
    return {
        "iso": day.isoformat(), "day": day, "kind": special.kind, "name": special.name, "is_weekend": day.weekday() > 4,
        "usual": _("weekend") if day.weekday() > 4 else _("working day"),
    }  # fmt: skip


def _clocks(hours: Hours) -> dict[str, str]:
    return {name: f"{edge // 60:02d}:{edge % 60:02d}" for name, edge in zip(_TIMES, hours.edges(), strict=True)}


def _minutes(written: str) -> int:
    match = _TIME.fullmatch(written.strip())
    if match is None:
        raise CalendarError(Text(f"“{written}”不是时间，写成 08:00", f"{written!r} is no time; write 08:00"), "hours")
    return int(match[1]) * 60 + int(match[2])


def _date(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _year(written: str) -> int | None:
    return int(written) if written.isdecimal() and FIRST_YEAR <= int(written) <= LAST_YEAR else None


def _told(problems: Sequence[FileProblem]) -> list[str]:
    language = get_language() or "en"
    return [problem.words(language) for problem in problems[:50]]
