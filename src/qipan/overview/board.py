"""The board: where a campaign year stands, where its points are lost, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.utils import timezone

from qipan.assessment.scorecard import GateState, Scorecard
from qipan.assessment.standard import Cut
from qipan.assessment.text import Basis, Text
from qipan.ground.sites.models import Site
from qipan.overview.points import BY_RULE, UNOWNED, WHOLE, UnitName, Whose, unit_names
from qipan.overview.progress import Progress, progress, sections_of
from qipan.spine.campaigns.models import CampaignYear, TimeNode
from qipan.spine.scorecards.queries import OwnedPart, Standing, equal_card, standing
from qipan.spine.scorecards.titles import at_sites
from qipan.spine.scorecards.titles import type_title as type_title

LARGEST = 10


@dataclass(slots=True)
class Sums:
    """Micro-points; earned + lost + unassessed = possible."""

    possible: int = 0
    earned: int = 0
    lost: int = 0
    unassessed: int = 0

    def add(self, possible: int, earned: int, lost: int, unassessed: int) -> None:
        """Add a part."""
        self.possible += possible
        self.earned += earned
        self.lost += lost
        self.unassessed += unassessed


@dataclass(slots=True)
class UnitRow:
    """What falls to a unit, to nobody or to a rule, in all and by section."""

    whose: Whose
    total: Sums = field(default_factory=Sums)
    sections: dict[str, Sums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A column of the board."""

    key: str
    code: str
    title: Text
    short: Text


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A site type: how many there are, how many have been looked at this year, and its points."""

    stratum: str
    title: Text
    registered: int
    seen: int
    checklist: bool
    sums: Sums


@dataclass(frozen=True, slots=True)
class Loss:
    """A check that loses points: how many, at how many sites, and whose."""

    check: str
    node: str
    code: str
    title: Text
    method: str
    lost: int
    places: int
    owners: tuple[Whose, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A node of the plan, and in how many days it is (0 = today)."""

    name: Text
    on: date
    days: int
    decides: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board; every figure is a sum over `standing.parts` and the adjustments."""

    standing: Standing
    units: dict[int, UnitName]
    sections: tuple[Section, ...]
    rows: tuple[UnitRow, ...]
    unowned: UnitRow | None
    by_rule: UnitRow | None
    sides: dict[str, Sums]
    sides_inferred: bool
    types: tuple[TypeRow, ...]
    losses: tuple[Loss, ...]
    ahead: tuple[Ahead, ...]
    equal: Scorecard | None
    cut: Cut | None
    gates: tuple[GateState, ...]
    progress: Progress | None
    """How the work goes; None on the board of an earlier day, which knows points alone."""

    @property
    def card(self) -> Scorecard:
        """The scorecard."""
        return self.standing.card


def board(year: CampaignYear, on: date, as_of: date | None = None) -> Board:
    """Return the board of a campaign year on a day, or as it stood at the end of an earlier one."""
    now = standing(year, on, as_of=as_of)
    units = unit_names(year.campaign.county_id)
    rows = unit_rows(now)
    by_rule = _by_rule(now)
    return Board(
        standing=now,
        units=units,
        sections=sections(now),
        rows=tuple(row for whose, row in rows.items() if whose != UNOWNED),
        unowned=rows.get(UNOWNED),
        by_rule=by_rule,
        sides=_sums(now.parts, lambda part: now.book.lines[part.check].side if part.check else None),
        sides_inferred=any(line.side_inferred for line in now.book.lines.values() if not line.counter),
        types=tuple(site_types(now)),
        losses=tuple(largest_losses(now)),
        ahead=tuple(nodes_ahead(year, as_of or on)),
        equal=equal_card(now) if now.book.weights_assumed else None,
        cut=cut_of(year, now),
        gates=tuple(now.card.gates),
        progress=None if as_of else progress(year, timezone.now(), sections_of(now)),
    )


def cut_of(year: CampaignYear, now: Standing) -> Cut | None:
    """Return the cut: the campaign's own assumption where it made one, else the standard's; None when there is none."""
    if year.assumed_cut is not None:
        words = Text("由本活动假定，标准未公布分数线", "assumed by this campaign; the standard publishes no cut")
        return Cut(to_exact(year.assumed_cut), Basis("assumed", words))
    return now.book.standard.cut


def to_exact(value: object) -> Fraction:
    """Return a stored decimal as an exact number."""
    return Fraction(str(value))


def sections(now: Standing) -> tuple[Section, ...]:
    """Return the columns: the standard's sections, each sub-standard, and the whole where a rule changed it."""
    found = [Section(node.key, node.code, node.title, node.short) for node in now.book.sections]
    if any(not change.node for change in now.card.adjustments):
        found.append(Section(WHOLE, "", Text("总分", "Total"), Text("总分", "Total")))
    return tuple(found)


def unit_rows(now: Standing) -> dict[Whose, UnitRow]:
    """Return what falls to each unit, and to nobody."""
    rows: dict[Whose, UnitRow] = {}
    for part in now.parts:
        whose: Whose = UNOWNED if part.answer.unit is None else part.answer.unit
        row = rows.setdefault(whose, UnitRow(whose))
        for sums in (row.total, row.sections.setdefault(part.section, Sums())):
            sums.add(part.possible, part.earned, part.lost, part.unassessed)
    return rows


def _by_rule(now: Standing) -> UnitRow | None:
    row = UnitRow(BY_RULE)
    for change in now.card.adjustments:
        section = now.book.nodes[change.node].section if change.node else WHOLE
        for sums in (row.total, row.sections.setdefault(section, Sums())):
            sums.add(0, change.earned, change.lost, change.unassessed)
    return row if row.sections else None


def _sums(parts: Iterable[OwnedPart], key: Callable[[OwnedPart], str | None]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for part in parts:
        name = key(part)
        if name is not None:
            found.setdefault(name, Sums()).add(part.possible, part.earned, part.lost, part.unassessed)
    return found


def site_types(now: Standing) -> list[TypeRow]:
    """Return the site types that the standards look at, with what is registered and seen; blanks are visible."""
    county = now.year.campaign.county_id
    registered = Counter(Site.objects.filter(county_id=county).values_list("type", flat=True))
    seen: dict[str, set[str]] = {}
    for (_, stratum, cluster), reading in now.readings.items():
        if reading.weight:
            seen.setdefault(stratum, set()).add(cluster)
    by_type = _sums(now.parts, lambda part: part.stratum if at_sites(now, part) else None)
    rows = []
    for stratum, sums in by_type.items():
        known = now.book.catalogue.types.get(stratum)
        rows.append(
            TypeRow(
                stratum=stratum,
                title=type_title(now, stratum),
                registered=registered.get(stratum, 0),
                seen=len(seen.get(stratum, ())),
                checklist=known is not None,
                sums=sums,
            )
        )
    return sorted(rows, key=lambda row: (-row.sums.lost, -row.sums.unassessed, row.stratum))


def largest_losses(now: Standing, most: int = LARGEST) -> list[Loss]:
    """Return the checks that lose most, with the units that the losses fall to, largest first."""
    found: dict[str, list[OwnedPart]] = {}
    for part in now.parts:
        if part.lost > 0 and part.check:
            found.setdefault(part.check, []).append(part)
    rows = []
    for key, parts in found.items():
        line = now.book.lines[key]
        node = now.book.nodes[line.node]
        by_unit: Counter[Whose] = Counter()
        for part in parts:
            by_unit[UNOWNED if part.answer.unit is None else part.answer.unit] += part.lost
        owners = tuple(whose for whose, _ in sorted(by_unit.items(), key=lambda pair: (-pair[1], str(pair[0]))))
        lost = sum(part.lost for part in parts)
        places = 0 if line.one_thing else len(parts)
        rows.append(Loss(key, node.key, node.code, node.title, line.check.method, lost, places, owners))
    return sorted(rows, key=lambda row: (-row.lost, row.check))[:most]


def nodes_ahead(year: CampaignYear, on: date, most: int = 6) -> list[Ahead]:
    """Return the next nodes of the plan."""
    found = TimeNode.objects.filter(campaign_id=year.campaign_id, on__gte=on)[:most]
    return [Ahead(node.name, node.on, (node.on - on).days, node.decides) for node in found]
