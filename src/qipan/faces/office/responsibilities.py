"""The page of responsibilities: functions and their units, and what nobody answers for yet."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import points_url
from qipan.ground.units.permissions import CHOOSE_ANSWERING_LEADS, READ
from qipan.overview.points import UNOWNED, UnitName
from qipan.overview.responsibilities import FunctionRow, OpenCheck, Responsibilities
from qipan.overview.responsibilities import responsibilities as responsibilities_of
from qipan.spine.scorecards.queries import standing

UNITS_SHOWN = 4
WHYS = {
    "conflict": Text("多个牵头单位，待选定", "several leads; one must be chosen"),
    "carriers": Text("一项职能由多个单位承担，待选定", "several units carry the lead's function; one must be chosen"),
    "no_lead": Text("标准未列牵头单位", "the standard names no lead"),
    "unmapped": Text("牵头职能未对应到单位", "no unit carries the lead's function"),
    "chosen": Text("已选定", "chosen"),
}


def why_open(row: OpenCheck) -> Text:
    """Return why a check has no answering lead."""
    return WHYS["carriers" if row.answer.why == "conflict" and len(row.leads) == 1 else row.answer.why]


@requires(READ)
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Show who answers for what, and the points that hang on what is open."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = standing(desk.year, timezone.localdate())
    found = responsibilities_of(desk.year, now)
    kind = exports.wanted(request)
    absent = [
        {"title": title, "parts": sums, "url": reverse("criterion", args=[key])} for key, title, sums in found.absent
    ]
    if kind:
        if request.GET.get("list") == "open":
            return exports.export(kind, _("checks without a lead"), _open_headings(), _open_rows(found))
        return exports.export(kind, _("functions and units"), _function_headings(), _function_rows(found))
    may_choose = CHOOSE_ANSWERING_LEADS.allows(desk.post, desk.county)
    language = get_language() or "en"
    minor = {"village_committee", "neighbourhood_committee", "village", "community"}
    context = {
        "functions": [_function(row, found.units) for row in found.functions],
        "unmapped": sum(1 for row in found.functions if not row.units and (row.leads or row.supports)),
        "open": [_open(row, found, may_choose=may_choose) for row in found.open],
        "chosen": [_open(row, found, may_choose=may_choose) for row in found.chosen],
        "absent": absent,
        "whole": found.unowned,
        "points_url": points_url(whose=UNOWNED, by="check", sort="-possible"),
        "exports": [(name.upper(), f"?export={name}") for name in exports.FORMATS],
        "open_exports": [(name.upper(), f"?export={name}&list=open") for name in exports.FORMATS],
        "may_choose": may_choose,
        "unit_options": [
            (unit.code, unit.name.into(language))
            for unit in sorted(found.units.values(), key=lambda unit: unit.code)
            if unit.type not in minor
        ]
        if may_choose
        else [],
        "explain_url": reverse("assumptions") + "#whose",
        "next": request.path,
    }
    return render(request, "office/responsibilities.html", context)


def _named(units: Iterable[int], known: dict[int, UnitName]) -> list[tuple[Text, str]]:
    return [(known[pk].name, reverse("unit", args=[known[pk].code])) for pk in units if pk in known]


def _function(row: FunctionRow, units: dict[int, UnitName]) -> dict[str, object]:
    named = _named(row.units, units)
    return {
        "row": row,
        "units": named[:UNITS_SHOWN],
        "more": named[UNITS_SHOWN:],
        "leads": len(row.leads),
        "supports": len(row.supports),
    }


def _open(row: OpenCheck, found: Responsibilities, *, may_choose: bool) -> dict[str, object]:
    node = found.standing.book.nodes[row.line.node]
    unit = found.units.get(row.answer.unit) if row.answer.unit is not None else None
    return {
        "row": row,
        "key": row.line.key,
        "code": node.code,
        "title": node.title,
        "method": METHODS[row.line.check.method],
        "url": reverse("criterion", args=[node.key]) + f"#check-{row.line.check.id}",
        "points_url": points_url(whose=UNOWNED, check=row.line.key, by="part"),
        "why": why_open(row),
        "leads": row.leads,
        "parts": row.sums,
        "candidates": [found.units[pk] for pk in row.answer.candidates if pk in found.units],
        "may_choose": may_choose,
        "chosen": row.answer.why == "chosen",
        "owner": {"why": row.answer.why, "code": unit.code if unit else ""},
        "unit": (unit.name, reverse("unit", args=[unit.code])) if unit else None,
    }


def _function_headings() -> list[str]:
    return [_("Code"), _("Function"), _("Units"), _("Checks as lead"), _("Checks in support")]


def _function_rows(found: Responsibilities) -> list[list[object]]:
    language = get_language() or "en"
    return [
        [
            row.code,
            row.title.into(language),
            _(", ").join(found.units[pk].name.into(language) for pk in row.units if pk in found.units),
            len(row.leads),
            len(row.supports),
        ]
        for row in found.functions
    ]


def _open_headings() -> list[str]:
    return [_("Code"), _("Title"), _("Method"), _("Why"), _("Leads by the standard"), _("Unowned points")]


def _open_rows(found: Responsibilities) -> list[list[object]]:
    language, nodes = get_language() or "en", found.standing.book.nodes
    made: list[list[object]] = []
    for row in found.open:
        node = nodes[row.line.node]
        made.append([
            node.code, node.title.into(language), METHODS[row.line.check.method].into(language),
            why_open(row).into(language), _(", ").join(title.into(language) for title in row.leads),
            row.sums.possible / POINT,
        ])  # fmt: skip
    return made
