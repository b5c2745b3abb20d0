"""Units and their points: every unit of the county in a list, and one unit by section and by check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from qipan.assessment.rulebook import Line
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Unit
from qipan.overview.board import Section, Sums, UnitRow, sections, unit_rows
from qipan.overview.points import UNOWNED
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as it is registered."""

    id: int
    code: str
    name: Text
    type: str
    parent: str
    parent_name: Text
    current: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with the points that fall to it; `places` are the sites where any do, `shared` the checks it supports."""

    unit: UnitFacts
    sums: Sums
    checks: int
    places: int
    shared: int
    functions: tuple[Text, ...]
    twins: tuple[str, ...] = ()
    """Codes of other units of the same name."""


@dataclass(frozen=True, slots=True)
class UnitList:
    """All units, and what falls to none of them; their sums add up to the total."""

    standing: Standing
    lines: tuple[UnitLine, ...]
    unowned: Sums | None
    by_rule: Sums | None


@dataclass(slots=True)
class CheckLine:
    """A check with what of it falls to a unit, and at how many sites."""

    line: Line
    sums: Sums = field(default_factory=Sums)
    places: int = 0


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site where points fall to a unit."""

    code: str
    name: Text
    type: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One unit."""

    standing: Standing
    line: UnitLine
    sections: tuple[Section, ...]
    row: UnitRow
    checks: tuple[CheckLine, ...]
    shared: tuple[Line, ...]
    sites: tuple[SiteLine, ...]
    below: tuple[UnitFacts, ...]


def facts(county_id: int, on: date) -> list[UnitFacts]:
    """Return every unit of a county (one statement)."""
    columns = (
        "id", "code", "name_zh", "name_en", "type", "parent__code", "parent__name_zh", "parent__name_en", "valid_from",
        "valid_to",
    )  # fmt: skip
    rows = Unit.objects.filter(county_id=county_id).order_by("code")
    return [
        UnitFacts(
            pk, code, Text(zh, en), kind, parent or "", Text(parent_zh or "", parent_en or ""),
            (first is None or first <= on) and (last is None or last >= on),
        )
        for pk, code, zh, en, kind, parent, parent_zh, parent_en, first, last in rows.values_list(*columns)
    ]  # fmt: skip


def units(now: Standing, on: date) -> UnitList:
    """Return every unit with its points."""
    known = facts(now.year.campaign.county_id, on)
    rows = unit_rows(now)
    checks, places = _counts(now)
    shared = _shared(now)
    carried = _functions(now)
    names: dict[str, list[str]] = {}
    for unit in known:
        names.setdefault(unit.name.zh, []).append(unit.code)
    lines = []
    for unit in known:
        row = rows.get(unit.id)
        lines.append(
            UnitLine(
                unit=unit,
                sums=row.total if row else Sums(),
                checks=len(checks.get(unit.id, ())),
                places=len(places.get(unit.id, ())),
                shared=len(shared.get(unit.id, ())),
                functions=tuple(carried.get(unit.id, ())),
                twins=tuple(code for code in names[unit.name.zh] if code != unit.code),
            )
        )
    unowned, by_rule = rows.get(UNOWNED), Sums()
    for change in now.card.adjustments:
        by_rule.add(0, change.earned, change.lost, change.unassessed)
    return UnitList(now, tuple(lines), unowned.total if unowned else None, by_rule if now.card.adjustments else None)


def _counts(now: Standing) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Return the checks and the sites of each unit."""
    checks: dict[int, set[str]] = {}
    places: dict[int, set[str]] = {}
    for part in now.parts:
        unit = part.answer.unit
        if unit is not None:
            checks.setdefault(unit, set()).add(part.check)
            if part.cluster not in {"", "-"} and not now.book.lines[part.check].survey:
                places.setdefault(unit, set()).add(part.cluster)
    return checks, places


def _shared(now: Standing) -> dict[int, list[Line]]:
    """Return the checks that each unit supports: it sees their points as shared and carries none of them."""
    found: dict[int, list[Line]] = {}
    for line in now.book.lines.values():
        if not line.counter:
            for unit in now.duties.supports(line):
                found.setdefault(unit, []).append(line)
    return found


def _functions(now: Standing) -> dict[int, list[Text]]:
    found: dict[int, list[Text]] = {}
    for code, carriers in now.duties.carried.items():
        known = now.duties.functions.get(code)
        for unit in carriers:
            found.setdefault(unit, []).append(known.title if known else Text(code, code))
    return found


def unit(year: CampaignYear, now: Standing, code: str, on: date) -> UnitPage | None:
    """Return one unit's page, or None if the county has no such unit."""
    whole = units(now, on)
    line = next((one for one in whole.lines if one.unit.code == code), None)
    if line is None:
        return None
    pk = line.unit.id
    checks: dict[str, CheckLine] = {}
    at_sites: dict[str, Sums] = {}
    for part in now.of_unit(pk):
        found = checks.get(part.check)
        if found is None:
            found = checks[part.check] = CheckLine(now.book.lines[part.check])
        found.sums.add(part.possible, part.earned, part.lost, part.unassessed)
        if part.cluster not in {"", "-"} and not found.line.survey:
            found.places += 1
            at_sites.setdefault(part.cluster, Sums()).add(part.possible, part.earned, part.lost, part.unassessed)
    county = year.campaign.county_id
    sites = [
        SiteLine(site, Text(zh, en), kind, at_sites.get(site, Sums()))
        for site, zh, en, kind in Site.objects.filter(
            Q(code__in=list(at_sites)) | Q(territory_id=pk), county_id=county
        ).values_list("code", "name_zh", "name_en", "type")
    ]
    return UnitPage(
        standing=now,
        line=line,
        sections=sections(now),
        row=unit_rows(now).get(pk, UnitRow(pk)),
        checks=tuple(sorted(checks.values(), key=lambda one: (-one.sums.lost, -one.sums.unassessed, one.line.key))),
        shared=tuple(_shared(now).get(pk, ())),
        sites=tuple(sorted(sites, key=lambda one: (-one.sums.lost, -one.sums.unassessed, one.code))),
        below=tuple(one.unit for one in whole.lines if one.unit.parent == code),
    )
