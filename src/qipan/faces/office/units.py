"""The list of units with their points, and the page of one unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import bars, exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import parts_of, points_url
from qipan.faces.office.setup.people_pages import ROLES
from qipan.faces.office.work.here import work_here
from qipan.ground.units.permissions import MANAGE_PEOPLE, MANAGE_UNITS, READ
from qipan.ground.units.registers import unit_life
from qipan.ground.units.types import TypeTitles, type_titles
from qipan.overview.board import Sums, type_title
from qipan.overview.own_targets import targets_of
from qipan.overview.points import BY_RULE, UNOWNED
from qipan.overview.standard import folded
from qipan.overview.units import UnitLine, UnitList
from qipan.overview.units import unit as unit_of
from qipan.overview.units import units as units_of
from qipan.spine.scorecards.queries import standing

PAGE = 100
SITES_SHOWN = 60
ORDERS: dict[str, Callable[[UnitLine], object]] = {
    "name": lambda line: line.unit.code,
    "lost": lambda line: line.sums.lost,
    "unassessed": lambda line: line.sums.unassessed,
    "earned": lambda line: line.sums.earned,
    "possible": lambda line: line.sums.possible,
}


@requires(READ)
def units(request: HttpRequest) -> HttpResponse:
    """Show every unit with its points."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    today = timezone.localdate()
    now = standing(desk.year, today)
    found = units_of(now, today)
    types = type_titles(desk.county.pk)
    special = _special(found)
    sort = request.GET.get("sort", "-lost")
    sort = sort if sort.removeprefix("-") in ORDERS else "-lost"
    rows = _sorted(_filtered(request, found), sort)
    language = get_language() or "en"
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("units"), _headings(), [_exported(row, types, language) for row in rows])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    grouped = request.GET.get("group", "type") == "type" and sort == "-lost"
    context = {
        "page": page,
        "groups": _groups(list(page), types, grouped=grouped),
        "sort": sort,
        "shown": _total(row.sums for row in rows),
        "filtered": len(rows) != len(found.lines),
        "count": len(found.lines),
        "special": special,
        "whole": _total([*(row.sums for row in found.lines), *(sums for _label, sums, _url in special)]),
        "filters": _filters(request, found, types),
        "may_edit": MANAGE_UNITS.allows(desk.post, desk.county),
        "keep": [("sort", sort)],
        "reset_url": reverse("units"),
        "exports": exports.links(request),
        "assumed": now.book.weights_assumed,
        "assumptions_url": reverse("assumptions"),
        "explain_url": reverse("assumptions") + "#whose",
    }
    return render(request, "office/units.html", context)


def _special(found: UnitList) -> list[tuple[str, Sums, str]]:
    """Return what falls to no unit."""
    rest = ((_("Unowned"), found.unowned, UNOWNED), (_("By rule"), found.by_rule, BY_RULE))
    return [
        (label, sums, points_url(whose=whose, by="check", sort="-lost"))
        for label, sums, whose in rest
        if sums is not None
    ]


def _total(rows: Iterable[Sums]) -> Sums:
    whole = Sums()
    for sums in rows:
        whole.add(sums.possible, sums.earned, sums.lost, sums.unassessed)
    return whole


def _filtered(request: HttpRequest, found: UnitList) -> list[UnitLine]:
    words, kind, show = folded(request.GET.get("q", "")), request.GET.get("type", ""), request.GET.get("show", "points")
    return [
        line
        for line in found.lines
        if (not kind or line.unit.type == kind)
        and (not words or any(words in folded(w) for w in (line.unit.name.zh, line.unit.name.en, line.unit.code)))
        and (show == "all" or bool(words) or bool(line.sums.possible or line.sums.lost or line.shared))
    ]


def _sorted(rows: list[UnitLine], sort: str) -> list[UnitLine]:
    name = sort.removeprefix("-")
    down = sort.startswith("-")
    return sorted(rows, key=ORDERS[name], reverse=down)  # type: ignore[arg-type]


def _groups(rows: list[UnitLine], types: TypeTitles, *, grouped: bool) -> list[dict[str, object]]:
    found: dict[str, list[UnitLine]] = {}
    order = list(types)
    for row in rows:
        found.setdefault(row.unit.type if grouped else "", []).append(row)
    return [
        {
            "title": types[kind] if kind else Text(),
            "rows": [{"line": row, "parts": row.sums, "url": reverse("unit", args=[row.unit.code])} for row in members],
            "parts": _total(row.sums for row in members),
        }
        for kind, members in sorted(
            found.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)
        )
    ]


def _filters(request: HttpRequest, found: UnitList, types: TypeTitles) -> list[dict[str, object]]:
    language = get_language() or "en"
    used = {line.unit.type for line in found.lines}
    kinds = [*(code for code in types if code in used), *sorted(used - set(types))]
    return [
        {"name": "q", "label": _("Name or code"), "kind": "search", "value": request.GET.get("q", "")},
        {
            "name": "type", "label": _("Type"), "kind": "select", "value": request.GET.get("type", ""),
            "options": [("", _("all")), *((kind, types[kind].into(language)) for kind in kinds)],
        },
        {
            "name": "show", "label": _("Show"), "kind": "select", "value": request.GET.get("show", "points"),
            "options": [("points", _("with points or in support")), ("all", _("all units"))],
        },
    ]  # fmt: skip


def _headings() -> list[str]:
    return [
        _("Code"), _("Name (Chinese)"), _("Name (English)"), _("Type"), _("Above it"), _("Functions"), _("Checks"),
        _("Sites"), _("Supports"), pgettext("points", "Earned"), pgettext("points", "Lost"), _("Not assessed"),
        pgettext("points", "Possible"),
    ]  # fmt: skip


def _exported(row: UnitLine, types: TypeTitles, language: str) -> list[object]:
    unit, sums = row.unit, row.sums
    return [
        unit.code, unit.name.zh, unit.name.en, types[unit.type].into(language), unit.parent_name.into(language),
        _(", ").join(title.into(language) for title in row.functions), row.checks, row.places, row.shared,
        *(value / POINT for value in (sums.earned, sums.lost, sums.unassessed, sums.possible)),
    ]  # fmt: skip


@requires(READ)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit: what it answers for, by section, check and site, and what it supports."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    today = timezone.localdate()
    now = standing(desk.year, today)
    found = unit_of(desk.year, now, code, today)
    if found is None:
        raise Http404(code)
    nodes = now.book.nodes
    aims = [each for each in targets_of(desk.year, now, found.line.unit.id) if each.own is not None]
    context = {
        "found": found,
        "unit": found.line.unit,
        "targets": len(aims),
        "targets_met": sum(1 for each in aims if each.met),
        "work_here": work_here(desk, unit=code),
        "type": type_titles(desk.county.pk)[found.line.unit.type],
        "life": unit_life(desk.county.pk, code, today, whole_phone=MANAGE_PEOPLE.allows(desk.post, desk.county)),
        "roles": ROLES,
        "may_edit": MANAGE_UNITS.allows(desk.post, desk.county),
        "crumbs": [(_("Units"), reverse("units")), (found.line.unit.name, "")],
        "whole": found.line.sums,
        "urls": {
            name: points_url(whose=code, by="check", sort=f"-{name}") for name in ("lost", "unassessed", "possible")
        },
        "section_bars": bars.layout(
            [
                bars.Bar(
                    section.short or section.title,
                    parts_of(found.row.sections[section.key]),
                    section.code if section.key in now.book.standard.nodes else "",
                    points_url(whose=code, section=section.key, by="check", sort="-lost"),
                )
                for section in found.sections
                if section.key in found.row.sections
            ]
        ),
        "checks": [
            {
                "check": check,
                "node": nodes[check.line.node],
                "method": METHODS[check.line.check.method],
                "parts": check.sums,
                "url": reverse("criterion", args=[check.line.node]) + f"#check-{check.line.check.id}",
                "points_url": points_url(whose=code, check=check.line.key, by="part", sort="-lost"),
            }
            for check in found.checks
        ],
        "shared": [
            {
                "node": nodes[line.node],
                "method": METHODS[line.check.method],
                "url": reverse("criterion", args=[line.node]) + f"#check-{line.check.id}",
                "possible": now.card.checks[line.key].possible,
                "lost": now.card.checks[line.key].lost,
            }
            for line in found.shared
        ],
        "sites": [
            {
                "site": site,
                "type": type_title(now, site.type),
                "parts": site.sums,
                "url": reverse("site", args=[site.code]),
            }
            for site in found.sites[:SITES_SHOWN]
        ],
        "sites_url": reverse("sites") + f"?unit={code}",
        "below": [(one.name, reverse("unit", args=[one.code])) for one in found.below],
        "assumed": now.book.weights_assumed,
        "assumptions_url": reverse("assumptions"),
        "explain_url": reverse("assumptions") + "#whose",
    }
    return render(request, "office/unit.html", context)
