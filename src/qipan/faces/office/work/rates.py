"""The page of the rates: published formulas, each figure with the lists that count exactly it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.item import KIND_WORDS, SIDE_WORDS
from qipan.ground.units.permissions import EYES, READ
from qipan.overview.points import unit_names
from qipan.spine.work.class_queries import groups as class_groups
from qipan.spine.work.measures import RATES, Rate, Ratio
from qipan.spine.work.queries import Filters
from qipan.spine.work.rates import BY, RateRow, Rates, rates

if TYPE_CHECKING:
    from datetime import timedelta

    from qipan.overview.desk import Desk

RATE_WORDS = {
    "handling": pgettext_lazy("rate", "handling rate"),
    "on_time_handling": pgettext_lazy("rate", "on-time handling rate"),
    "closure": pgettext_lazy("rate", "closure rate"),
    "on_time_closure": pgettext_lazy("rate", "on-time closure rate"),
    "rework": pgettext_lazy("rate", "rework rate"),
    "overdue_open": pgettext_lazy("rate", "overdue-open rate"),
}
FORMULAS = {
    "handling": gettext_lazy("Handled ÷ due to be handled. Handled is what was reported as fixed and not sent round again. Due to be handled is what was reported, and what is over its deadline."),
    "on_time_handling": gettext_lazy("Handled in time ÷ due to be handled. In time means that the report that stands came by the deadline; what is open and over its deadline counts as not in time."),
    "closure": gettext_lazy("Closed ÷ due to be closed. Due to be closed is what was closed, and what is over its deadline. What waits for a re-check is not closed: this rate speaks of those who look as well."),
    "on_time_closure": gettext_lazy("Closed in time ÷ due to be closed. A unit is judged by the day of its report, not by the day of the re-check."),
    "rework": gettext_lazy("Sent round again ÷ due to be closed. Sent round again is what failed a re-check or was reopened."),
    "overdue_open": gettext_lazy("Open and over the deadline ÷ due to be handled. With the handling rate it makes 100 %."),
}  # fmt: skip
AVERAGE = gettext_lazy(
    "Working time from issue to the report that stands, of all that was handled: the sum ÷ their number. Nights and days off do not count."
)
COUNT_WORDS = {
    "owed": gettext_lazy("due to be handled"), "handled": gettext_lazy("handled"),
    "on_time": gettext_lazy("handled in time"), "late_open": gettext_lazy("open and over the deadline"),
    "to_close": gettext_lazy("due to be closed"), "closed": pgettext_lazy("count", "closed"),
    "closed_on_time": pgettext_lazy("count", "closed in time"), "rework": gettext_lazy("sent round again"),
}  # fmt: skip
"""What a count of the rates is called, on the list that it opens."""
FOUND_WORDS = {
    "others": gettext_lazy("not found by the unit itself"), "own": gettext_lazy("found by the unit itself"),
}  # fmt: skip
BY_WORDS = {
    "unit": pgettext_lazy("rates by", "unit"), "kind": pgettext_lazy("rates by", "kind"),
    "group": pgettext_lazy("rates by", "group of classes"), "side": pgettext_lazy("rates by", "hardware and software"),
}  # fmt: skip
NONE = {"group": gettext_lazy("without a class"), "side": gettext_lazy("neither hardware nor software")}


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate of a row: its per cent, and both counts with the lists they open."""

    word: str
    formula: str
    ratio: Ratio
    percent: str
    upper_url: str
    lower_url: str


@dataclass(frozen=True, slots=True)
class ShownRates:
    """A row of the table."""

    row: RateRow
    name: Text | str
    url: str
    figures: tuple[Figure, ...]
    average: str
    handled_url: str
    own_url: str
    place: str


@require_GET
@requires(READ)
def work_rates(request: HttpRequest) -> HttpResponse:
    """Show the rates of the work of the year."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    by = request.GET.get("by", "")
    by = by if by in BY else "unit"
    filters = _filters_of(request, desk, by)
    found = rates(desk.post, filters, by, now=timezone.now())
    groups = [(each.name, [_shown(row, by, filters, found) for row in each.rows]) for each in found.groups]
    whole = _shown(found.whole, "", filters, found) if found.whole is not None else None
    kind = exports.wanted(request)
    if kind:
        rows = [*([("", whole)] if whole else []), *((name, row) for name, rows in groups for row in rows)]
        return exports.export(kind, _("Rates"), _headings(), [_exported(name, row) for name, row in rows])
    names = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()} if filters.unit else {}
    context: dict[str, Any] = {
        "crumbs": [(_("Work"), reverse("work_list")), (_("Rates"), "")],
        "year": desk.year.year,
        "period": _period_words(filters, desk.year.year),
        "unit": names.get(filters.unit, filters.unit),
        "found": found,
        "whole": whole,
        "groups": groups,
        "by_word": str(BY_WORDS[by]),
        "by": by,
        "headings": [(str(RATE_WORDS[name]), str(FORMULAS[name])) for name in RATES],
        "average_formula": str(AVERAGE),
        "switch": [{"word": str(word), "url": _address(request, by=name), "here": name == by} for name, word in BY_WORDS.items()],
        "filters": _form(request, filters),
        "keep": [(name, request.GET[name]) for name in ("by", "unit") if request.GET.get(name)],
        "reset_url": reverse("rates") if any(value for name, value in request.GET.items() if name != "by") else "",
        "exports": exports.links(request),
    }  # fmt: skip
    return render(request, "office/work/rates.html", context)


def _filters_of(request: HttpRequest, desk: Desk, by: str) -> Filters:
    get = request.GET
    since, until = (_day(get.get(name, "")) for name in ("since", "until"))
    month = get.get("month", "")
    if month and not (since or until):
        since, until = _month(month)
    unit = get.get("unit", "").strip()
    if not unit and by != "unit" and desk.post.role not in EYES:
        # What is not laid out by units is a unit's own: its head sees parts of what others lead.
        unit = desk.post.unit.code
    kind, group, side = (get.get(name, "").strip() for name in ("kind", "group", "side"))
    year = desk.year.year if desk.year is not None else 0
    return Filters(year=year, since=since, until=until, unit=unit, kind=kind, group=group, side=side)


def _day(given: str) -> str:
    """Return a day as it is kept in an address; nothing for what is no day."""
    try:
        return date.fromisoformat(given.strip()).isoformat()
    except ValueError:
        return ""


def _month(given: str) -> tuple[str, str]:
    """Return the first and the last day of a month (2026-03)."""
    try:
        first = date.fromisoformat(f"{given}-01")
    except ValueError:
        return "", ""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.isoformat(), date.fromordinal(following.toordinal() - 1).isoformat()


def _period_words(filters: Filters, year: int) -> str:
    if filters.since and filters.until:
        return _("deadlines from %(since)s to %(until)s") % {"since": filters.since, "until": filters.until}
    if filters.since:
        return _("deadlines from %(since)s on") % {"since": filters.since}
    if filters.until:
        return _("deadlines up to %(until)s") % {"until": filters.until}
    return _("all work of %(year)s") % {"year": year}


def _list_url(filters: Filters, count: str, found: str = "others") -> str:
    """Return the list that a count is of."""
    given = {
        "rate": count, "since": filters.since, "until": filters.until, "unit": filters.unit, "kind": filters.kind,
        "group": filters.group, "side": filters.side, "found": found,
    }  # fmt: skip
    return f"{reverse('work_list')}?{urlencode({name: value for name, value in given.items() if value})}"


def _shown(row: RateRow, by: str, filters: Filters, found: Rates) -> ShownRates:
    changes: dict[str, Any] = {by: row.key} if by else {}
    mine = replace(filters, **changes)
    figures = []
    for name, rate in RATES.items():
        ratio = row.tally.ratio(rate)
        figures.append(
            Figure(
                str(RATE_WORDS[name]), _sentence(rate, ratio), ratio, ratio.percent(),
                _list_url(mine, rate.numerator), _list_url(mine, rate.denominator),
            )
        )  # fmt: skip
    return ShownRates(
        row, _name(row, by), reverse("unit", args=[row.key]) if by == "unit" else "", tuple(figures),
        span_words(row.tally.average, found.working_day), _list_url(mine, "handled"), _list_url(mine, "", "own"),
        _place(row),
    )  # fmt: skip


def _sentence(rate: Rate, ratio: Ratio) -> str:
    """Return the formula with its numbers, for whoever points at the figure."""
    counted = {
        "n": ratio.numerator, "upper": COUNT_WORDS[rate.numerator],
        "m": ratio.denominator, "lower": COUNT_WORDS[rate.denominator], "share": ratio.percent(),
    }  # fmt: skip
    return _("%(upper)s %(n)s ÷ %(lower)s %(m)s = %(share)s") % counted


def _name(row: RateRow, by: str) -> Text | str:
    if row.key == "-" and by in NONE:
        return str(NONE[by])
    match by:
        case "kind":
            return str(KIND_WORDS.get(row.key, row.key))
        case "group":
            known = class_groups()
            return known[row.key].title if row.key in known else row.key
        case "side":
            return SIDE_WORDS.get(row.key, Text(row.key, row.key))
    return row.name if row.name is not None else _("all together")


def _place(row: RateRow) -> str:
    if row.place is None:
        return ""
    words = _("place %(number)s, tied") if row.place.tied else _("place %(number)s")
    return words % {"number": row.place.number}


def span_words(length: timedelta | None, working_day: timedelta) -> str:
    """Return a length of working time in working days with one decimal, half up; "—" for none."""
    if length is None:
        return "—"
    tenths = int(Fraction(length.total_seconds()) / Fraction(working_day.total_seconds()) * 10 + Fraction(1, 2))
    return _("%(days)s working days") % {"days": f"{tenths // 10}.{tenths % 10}"}


def _address(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("export", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _form(request: HttpRequest, filters: Filters) -> list[dict[str, object]]:
    language, get = get_language() or "en", request.GET
    year = filters.year
    months = [(f"{year}-{month:02}", f"{year}-{month:02}") for month in range(1, 13)]
    kinds = [(name, str(word)) for name, word in KIND_WORDS.items()]
    groups = [(code, group.title.into(language)) for code, group in class_groups().items()]
    sides = [(name, word.into(language)) for name, word in SIDE_WORDS.items()]
    chosen: Iterable[tuple[str, str, list[tuple[str, str]], str]] = (
        ("month", _("Month of the deadline"), months, _("the whole year")),
        ("kind", _("Kind"), kinds, _("all")),
        ("group", _("Group of classes"), groups, _("all")),
        ("side", _("Hardware or software"), sides, _("all")),
    )
    selects: list[dict[str, object]] = [
        {"name": name, "label": label, "kind": "select", "value": get.get(name, ""), "options": [("", empty), *options]}
        for name, label, options, empty in chosen
    ]
    return [
        selects[0],
        {"name": "since", "label": _("Deadline from"), "kind": "date", "value": get.get("since", "")},
        {"name": "until", "label": _("Deadline up to"), "kind": "date", "value": get.get("until", "")},
        *selects[1:],
    ]


def _headings() -> list[str]:
    parts = [
        part
        for name, rate in RATES.items()
        for part in (str(RATE_WORDS[name]), str(COUNT_WORDS[rate.numerator]), str(COUNT_WORDS[rate.denominator]))
    ]
    return [
        pgettext("rates", "Group"),
        _("Name"),
        pgettext("rates", "Place"),
        *parts,
        _("Average handling time"),
        _("Found by the unit itself"),
    ]


def _exported(group: Text | str | None, shown: ShownRates) -> list[object]:
    language = get_language() or "en"

    def said(words: Text | str | None) -> str:
        return words.into(language) if isinstance(words, Text) else words or ""

    parts = [
        part for each in shown.figures for part in (each.percent, each.ratio.numerator, each.ratio.denominator)
    ]  # fmt: skip
    return [said(group), said(shown.name), shown.place, *parts, shown.average, shown.row.own]
