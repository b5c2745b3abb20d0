"""The state of things in the county: whether each item at each site was in order when it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qipan.assessment import Rulebook
from qipan.assessment.rulebook import Line
from qipan.project.example.calendar import Calendar
from qipan.project.example.chance import bell, fraction, identity, logistic, pick
from qipan.project.example.duties import unit_for
from qipan.project.example.people import INSPECTORS, PostPlan
from qipan.project.example.sites import SitePlan
from qipan.project.example.units import PLANS, UnitPlan
from qipan.spine.ledger.actions import Fact

#: Log-odds that an item is in order, before the unit and the site: most are, some everyone knows to be hard.
NORMAL, EASY, HARD, HARDEST = 1.75, 3.0, 0.75, -0.1

_HARDEST = frozenset({
    "main_road.mr5", "main_road.mr7", "back_lane.bl3", "residential_compound.rc5", "residential_compound.rc8",
    "community.co9", "market.mk6", "market.mk8", "school_surroundings.ss4", "crossing.cr3", "public_toilet.pt1",
})  # fmt: skip
_HARD = frozenset({
    "main_road.mr2", "main_road.mr4", "main_road.mr8", "main_road.mr9", "main_road.mr11", "back_lane.bl1",
    "back_lane.bl2", "community.co6", "community.co7", "community.co11", "residential_compound.rc2",
    "residential_compound.rc4", "residential_compound.rc9", "residential_compound.rc10", "market.mk1", "market.mk4",
    "market.mk7", "market.mk11", "commercial_street.cs3", "commercial_street.cs6", "crossing.cr1", "crossing.cr2",
    "bus_stop.bs2", "mall_supermarket.ms2", "mall_supermarket.ms4", "hotel.ho3", "hotel.ho4", "hospital.hp2",
    "park_square.pk4", "park_square.pk6", "school_surroundings.ss5", "internet_cafe.ic4", "construction_site.cn1",
    "school.sc5", "hotline.hl1", "main_road.mr1",
})  # fmt: skip
_EASY_TYPES = frozenset({"gov_hall", "school", "culture_venue"})

#: Item and site that do not go together: not applicable, whoever looks.
_SOMETIMES_ABSENT = frozenset({
    "main_road.mr12", "community.co10", "market.mk7", "hospital.hp9", "residential_compound.rc9", "bus_stop.bs4",
    "park_square.pk9",
})  # fmt: skip

#: The largest number that can be counted, by the bound of the rule; above it an answer would not be believed.
_MOST = {99: 100, 95: 100, 3: 5, 5: 8, 30: 52}


@dataclass(slots=True)
class World:
    """The county as the generator knows it."""

    seed: str
    calendar: Calendar
    book: Rulebook
    sites: Mapping[str, SitePlan]
    _lines: dict[str, Line] = field(default_factory=dict)

    def of_type(self, kind: str) -> list[str]:
        """Return the codes of the sites of a type."""
        return [code for code, site in self.sites.items() if site.type == kind]

    def items(self, kind: str) -> list[str]:
        """Return the items that are looked at in a type, in their order."""
        found: dict[str, None] = {}
        for line in self.book.lines.values():
            found.update(dict.fromkeys(line.strata.get(kind, ())))
        return sorted(found, key=lambda item: (len(item), item))

    def line(self, item: str) -> Line:
        """Return the check that an item is first looked at for."""
        found = self._lines.get(item)
        if found is None:
            found = self._lines[item] = self.book.by_item[item][0][0]
        return found

    def owner(self, site: SitePlan, item: str) -> UnitPlan | None:
        """Return the unit that answers for an item at a site."""
        check = self.line(item).check
        return PLANS.get(unit_for(site, check.lead + check.support))

    def in_order(self, site: SitePlan, item: str, look: int) -> bool:
        """Return whether an item is in order: at the first look by chance, later by what it was and who looks after it.

        Args:
            site: where.
            item: what.
            look: 0 in the first round, 1 in the second, 2 after the fixes that followed it.
        """
        owner = self.owner(site, item)
        quality = owner.quality if owner else 0.0
        base = HARDEST if item in _HARDEST else HARD if item in _HARD else NORMAL
        if site.type in _EASY_TYPES:
            base = max(base, NORMAL) + 0.5
        tidy = 0.75 * bell(self.seed, "site", site.code)
        good = fraction(self.seed, "state", site.code, item) < logistic(base + quality + tidy)
        for number in range(1, look + 1):
            u = fraction(self.seed, "change", number, site.code, item)
            good = u < 0.94 + 0.03 * quality if good else u < (owner.diligence if owner else 0.3)
        return good

    def outcome(self, site: SitePlan, item: str, look: int) -> str:
        """Return what an inspector writes down."""
        if item in _SOMETIMES_ABSENT and fraction(self.seed, "na", site.code, item) < 0.12:
            return "na"
        u = fraction(self.seed, "blind", look, site.code, item)
        if u < 0.009:
            return "not_seen"
        if u < 0.0105:
            return "lost"
        good = self.in_order(site, item, look)
        rule = self.line(item).values[item]
        if rule.kind != "count_threshold":
            return "pass" if good else "fail"
        return self._count(int(rule.bound), rule.comparison == "at_least", good, site.code, item, look)  # type: ignore[union-attr]

    def _count(self, bound: int, at_least: bool, good: bool, *words: object) -> str:
        u = fraction(self.seed, "count", *words)
        if at_least:
            most = _MOST.get(bound, bound + 3)
            return str(bound + int(u * (most - bound + 1)) if good else bound - 1 - int(u * u * min(bound, 12)))
        return str(int(u * (bound + 1)) if good else bound + 1 + int(u * u * max(6, bound)))

    def inspector(self, *words: object) -> PostPlan:
        """Return who went."""
        return pick(INSPECTORS, self.seed, "inspector", *words)

    def fact(
        self, name: str, by: PostPlan | None, item: str, stratum: str, cluster: str, outcome: str, at: datetime,
        recorded: datetime, source: str, *, round_id: int | None = None, selection: str = "chosen",
        own: bool = False, subject: str = "",
    ) -> Fact:  # fmt: skip
        """Return a fact; `name` tells it from others of the same item and place."""
        return Fact(
            item=item, outcome=outcome, observed_at=at, stratum=stratum, cluster=cluster, subject=subject,
            round=round_id, selection=selection, own=own, source=source,
            uid=identity(self.seed, name, item, stratum, cluster, subject),
            by_person=by.zh if by else "", by_post=by.title_zh if by else "", by_unit=by.unit if by else "",
            recorded_at=recorded,
        )  # fmt: skip
