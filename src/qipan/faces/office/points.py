"""The list of points that a figure opens: its rows add up to the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import Parts, total
from qipan.faces.office.moments import as_of, bounds
from qipan.ground.units.permissions import READ
from qipan.overview.board import sections, type_title
from qipan.overview.points import (
    BY_RULE,
    GROUPINGS,
    UNOWNED,
    Points,
    UnitName,
    Wanted,
    Whose,
    listed,
    site_names,
    unit_names,
)
from qipan.spine.scorecards.queries import Standing, standing

PAGE = 50
KINDS = ("possible", "earned", "lost", "unassessed")
BY_WORDS = {
    "check": gettext_lazy("by check"),
    "site": gettext_lazy("by site"),
    "unit": gettext_lazy("by unit"),
    "part": gettext_lazy("by check and site"),
}


@dataclass(frozen=True, slots=True)
class PointsRow:
    """A row as the page shows it."""

    code: str
    title: Text
    url: str
    note: Text
    site: Text
    site_url: str
    unit: Text
    unit_url: str
    points: Points
    parts: Parts
    open_url: str


@requires(READ)
def points(request: HttpRequest) -> HttpResponse:
    """Show which checks, sites and units make up a number of points."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    day = as_of(request, desk)
    now = standing(desk.year, timezone.localdate(), as_of=day)
    first, last = bounds(desk)
    units = unit_names(desk.county.pk)
    wanted, whose = _wanted(request, units)
    by = next((name for name in GROUPINGS if name == request.GET.get("by")), GROUPINGS[0])
    sort = request.GET.get("sort", "-lost")
    rows = _sorted(listed(now, wanted, by), sort)
    shown = [Parts(row.earned, row.lost, row.unassessed) for row in rows]
    whole = total(shown)
    sites = site_names(desk.county.pk, {row.cluster for row in rows if row.cluster})
    made = [_row(row, parts, now, units, sites, request) for row, parts in zip(rows, shown, strict=True)]
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("points"), _headings(), [_exported(row) for row in made])
    page = Paginator(made, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "by": by,
        "groupings": [(name, BY_WORDS[name], _again(request, by=name)) for name in GROUPINGS],
        "sort": sort,
        "whole": whole,
        "said": _said(now, wanted, whose, units, sites),
        "filters": _filters(request, now, units),
        "keep": [
            ("by", by),
            ("sort", sort),
            *((n, request.GET[n]) for n in ("node", "check", "cluster", "on") if request.GET.get(n)),
        ],
        "exports": exports.links(request),
        "reset_url": reverse("points") + (f"?on={day.isoformat()}" if day else ""),
        "as_of": day,
        "day_first": first,
        "day_last": last,
        "now_url": _again(request, on=""),
        "as_of_keep": [(name, value) for name, value in request.GET.items() if name not in {"on", "page"}],
        "assumed": now.book.weights_assumed,
        "explain_url": reverse("assumptions") + "#how",
    }
    return render(request, "office/points.html", context)


def _wanted(request: HttpRequest, units: dict[int, UnitName]) -> tuple[Wanted, str]:
    given = {name: request.GET.get(name, "") for name in ("section", "node", "check", "side", "cluster")}
    asked = request.GET.get("whose", "")
    whose: Whose = None
    if asked in {UNOWNED, BY_RULE}:
        whose = UNOWNED if asked == UNOWNED else BY_RULE
    elif asked:
        # A unit that is not of this county has no points here: an empty list, not everybody's.
        whose = next((pk for pk, unit in units.items() if unit.code == asked), -1)
    return Wanted(whose=whose, stratum=request.GET.get("type", ""), **given), asked


def _sorted(rows: list[Points], sort: str) -> list[Points]:
    name = sort.removeprefix("-")
    if name not in KINDS:
        return rows
    return sorted(rows, key=lambda row: getattr(row, name), reverse=sort.startswith("-"))


def _again(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _row(
    row: Points,
    parts: Parts,
    now: Standing,
    units: dict[int, UnitName],
    sites: dict[str, Text],
    request: HttpRequest,
) -> PointsRow:
    code, title, url, note = "", Text(), "", Text()
    if row.rule is not None:
        code, title, note = row.rule.id, row.rule.title, row.rule.words
    elif row.check:
        line = now.book.lines[row.check]
        node = now.book.nodes[line.node]
        code, title, url = node.code, node.title, reverse("criterion", args=[node.key])
        note = METHODS[line.check.method]
    elif row.node:
        node = now.book.nodes[row.node]
        code, title, url = node.code, node.title, reverse("criterion", args=[node.key])
        note = Text("条文未收录", "no criteria on file")
    if row.stratum and row.stratum != "-":
        kind = type_title(now, row.stratum)
        note = Text(f"{note.zh} · {kind.zh}", f"{note.en} · {kind.en}") if note else kind
    site = sites.get(row.cluster, Text(row.cluster, row.cluster)) if row.cluster not in {"", "-"} else Text()
    unit = units.get(row.unit) if isinstance(row.unit, int) else None
    names = {UNOWNED: Text("无责任单位", "unowned"), BY_RULE: Text("按规则增减", "by rule")}
    return PointsRow(
        code=code,
        title=title,
        url=url,
        note=note,
        site=site,
        site_url=reverse("site", args=[row.cluster]) if row.cluster in sites else "",
        unit=unit.name if unit else names.get(row.unit, Text()) if isinstance(row.unit, str) else Text(),
        unit_url=reverse("unit", args=[unit.code]) if unit else "",
        points=row,
        parts=parts,
        open_url=_deeper(row, request, units),
    )


def _deeper(row: Points, request: HttpRequest, units: dict[int, UnitName]) -> str:
    """Return the address of the parts that a grouped row adds up."""
    if row.rule is not None or ((row.check or row.node) and row.cluster):
        return ""
    changes = {"by": "part"}
    if row.check:
        changes["check"] = row.check
    elif row.node:
        changes["node"] = row.node
    elif row.cluster:
        changes |= {"cluster": row.cluster, "type": row.stratum}
    elif row.unit:
        changes["whose"] = units[row.unit].code if isinstance(row.unit, int) else row.unit
    return _again(request, **changes)


def _said(now: Standing, wanted: Wanted, whose: str, units: dict[int, UnitName], sites: dict[str, Text]) -> list[Text]:
    """Say what the list is restricted to."""
    said: list[Text] = []
    if whose:
        unit = units.get(wanted.whose) if isinstance(wanted.whose, int) else None
        names = {UNOWNED: Text("无责任单位", "unowned"), BY_RULE: Text("按规则增减", "by rule")}
        said.append(unit.name if unit else names.get(whose, Text(whose, whose)))
    for key in (wanted.section, wanted.node):
        node = now.book.nodes.get(key)
        if node:
            said.append(Text(f"{node.code} {node.title.zh}", f"{node.code} {node.title.en}"))
    if wanted.check in now.book.lines:
        line = now.book.lines[wanted.check]
        node = now.book.nodes.get(line.node)
        method = METHODS[line.check.method]
        if node:
            said.append(
                Text(f"{node.code} {node.title.zh}（{method.zh}）", f"{node.code} {node.title.en} ({method.en})")
            )
    if wanted.side:
        said.append(Text("硬件", "hardware") if wanted.side == "hardware" else Text("软件", "software"))
    if wanted.stratum:
        said.append(type_title(now, wanted.stratum))
    if wanted.cluster:
        said.append(sites.get(wanted.cluster, Text(wanted.cluster, wanted.cluster)))
    return said


def _filters(request: HttpRequest, now: Standing, units: dict[int, UnitName]) -> list[dict[str, object]]:
    language = get_language() or "en"
    everybody: Sequence[tuple[str, object]] = [("", _("all")), (UNOWNED, _("unowned")), (BY_RULE, _("by rule"))]
    carriers = {part.answer.unit for part in now.parts}
    named = sorted((unit.code, unit.name.into(language)) for pk, unit in units.items() if pk in carriers)
    strata = {part.stratum for part in now.parts if part.stratum not in {"", "-"}}
    types = sorted((type_title(now, code).into(language), code) for code in strata)
    return [
        _select(request, "whose", _("Unit"), [*everybody, *named]),
        _select(
            request,
            "section",
            _("Section"),
            [("", _("all")), *((s.key, (s.short or s.title).into(language)) for s in sections(now))],
        ),
        _select(request, "side", _("Side"), [("", _("all")), ("hardware", _("hardware")), ("software", _("software"))]),
        _select(request, "type", _("Type"), [("", _("all")), *((code, title) for title, code in types)]),
    ]


def _select(request: HttpRequest, name: str, label: str, options: Sequence[tuple[str, object]]) -> dict[str, object]:
    return {"name": name, "label": label, "kind": "select", "value": request.GET.get(name, ""), "options": options}


def _headings() -> list[str]:
    return [
        _("Code"), _("Title"), _("Note"), _("Site"), _("Unit"), pgettext("points", "Earned"),
        pgettext("points", "Lost"), _("Not assessed"), pgettext("points", "Possible"),
    ]  # fmt: skip


def _exported(row: PointsRow) -> list[str | int | float | None]:
    language = get_language() or "en"
    parts = row.parts
    return [
        row.code, row.title.into(language), row.note.into(language), row.site.into(language), row.unit.into(language),
        *(value / POINT for value in (parts.earned, parts.lost, parts.unassessed, parts.possible)),
    ]  # fmt: skip
