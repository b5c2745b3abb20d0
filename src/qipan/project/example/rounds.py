"""Three rounds of inspection: a census of most types, a draw, and a draw that is open, late and half done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from qipan.assessment.sampling import draw
from qipan.assessment.text import Text
from qipan.project.example import calendar
from qipan.project.example.chance import fraction
from qipan.project.example.sites import RESIDENT_ZONES, SCHOOL_ZONES, SitePlan
from qipan.project.example.world import World
from qipan.spine.ledger.actions import Fact
from qipan.spine.ledger.models import Selection

CENSUS_TYPES = (
    "main_road", "back_lane", "community", "residential_compound", "market", "school", "school_surroundings",
    "commercial_street", "park_square", "mall_supermarket", "gov_hall", "hospital", "window_unit", "bus_stop",
    "crossing", "public_toilet", "culture_venue",
)  # fmt: skip
SECOND_DRAW = {
    "main_road": 8, "back_lane": 14, "community": 9, "residential_compound": 20, "market": 4, "school": 9,
    "school_surroundings": 4, "commercial_street": 3, "park_square": 4, "mall_supermarket": 4, "gov_hall": 2,
    "hospital": 3, "window_unit": 4, "bus_stop": 6, "crossing": 6, "public_toilet": 4, "culture_venue": 3, "hotline": 3,
    "hotel": 6, "scenic_spot": 2, "emergency_shelter": 2, "internet_cafe": 3,
}  # fmt: skip
THIRD_DRAW = {
    "main_road": 8, "back_lane": 12, "community": 8, "residential_compound": 18, "market": 4, "school": 8,
    "commercial_street": 3, "park_square": 3, "mall_supermarket": 4, "hospital": 2, "window_unit": 5, "bus_stop": 5,
    "crossing": 5, "public_toilet": 3, "hotel": 4, "internet_cafe": 4, "bus": 4, "emergency_shelter": 3,
}  # fmt: skip
SEEN_IN_THIRD = 0.62
NEVER_REACHED = frozenset({"back_lane-017", "residential_compound-023", "bus_stop-011", "main_road-009"})
"""On the census list, and nobody got there in the first round."""
LOCKED = frozenset({"residential_compound-036"})
"""Somebody got there and found the gate locked."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round as the example has it; `closes` is None for the one that is still open."""

    code: str
    name: Text
    selection: str
    opens: float
    closes: float | None
    seed: str = ""

    @property
    def due(self) -> float:
        """The share of the time passed at which it was to be closed; the third round is past it and still open."""
        return calendar.THIRD_ROUND[1] if self.closes is None else self.closes


def plan_rounds() -> tuple[RoundPlan, ...]:
    """Return the rounds of the year in the order of their opening."""
    return (
        RoundPlan("documents", Text("材料审核", "Document review"), Selection.CENSUS, *calendar.DOCUMENTS),
        RoundPlan("round-1", Text("第一轮实地考察", "First inspection round"), Selection.CENSUS, *calendar.FIRST_ROUND),
        RoundPlan(
            "survey", Text("问卷调查", "Survey"), Selection.DRAWN, *calendar.SURVEY, seed="qingshan-draw-survey"
        ),
        RoundPlan(
            "round-2", Text("第二轮实地考察", "Second inspection round"), Selection.DRAWN, *calendar.SECOND_ROUND,
            seed="qingshan-draw-2",
        ),
        RoundPlan(
            "round-3", Text("第三轮实地考察", "Third inspection round"), Selection.DRAWN, calendar.THIRD_ROUND[0], None,
            seed="qingshan-draw-3",
        ),
    )  # fmt: skip


def _drawn(world: World, seed: str, sizes: dict[str, int]) -> list[tuple[str, str]]:
    return [(kind, code) for kind, size in sizes.items() for code in draw(seed, kind, world.of_type(kind), size)]


def listed(world: World, plan: RoundPlan) -> list[tuple[str, str]]:
    """Return the list of a round: (type, site)."""
    match plan.code:
        case "round-1":
            return [(kind, code) for kind in CENSUS_TYPES for code in world.of_type(kind)]
        case "round-2":
            return _drawn(world, plan.seed, SECOND_DRAW)
        case "round-3":
            return _drawn(world, plan.seed, THIRD_DRAW)
        case "survey":
            zones = {"residents": RESIDENT_ZONES, "pupils": SCHOOL_ZONES, "parents": SCHOOL_ZONES}
            return _drawn(world, plan.seed, zones)
    return []


def seen(world: World, plan: RoundPlan, code: str) -> bool:
    """Return whether a round has reached a site on its list."""
    if plan.code == "round-1":
        return code not in NEVER_REACHED
    return plan.closes is not None or fraction(world.seed, "reached", code) < SEEN_IN_THIRD


def visits(world: World, plan: RoundPlan, round_id: int) -> Iterator[Fact]:
    """Yield what an inspection round saw, site by site."""
    look = int(plan.code[-1]) - 1
    last = plan.closes - 0.02 if plan.closes is not None else 1.0
    for _, code in listed(world, plan):
        if seen(world, plan, code):
            share = plan.opens + 0.01 + (last - plan.opens - 0.01) * fraction(world.seed, plan.code, "day", code)
            yield from visit(world, world.sites[code], plan, round_id, look, share)


def visit(
    world: World, site: SitePlan, plan: RoundPlan, round_id: int, look: int, share: float
) -> Iterator[Fact]:  # fmt: skip
    """Yield what one visit saw: every item of the site's checklist, one after the other."""
    who = world.inspector(plan.code, site.code)
    of_day = fraction(world.seed, plan.code, "hour", site.code)
    # The field device sends what it holds when the visit is over.
    items = world.items(site.type)
    sent = world.calendar.moment(share, of_day, minutes=1.7 * len(items) + 3) + timedelta(seconds=40)
    for number, item in enumerate(items):
        outcome = "not_seen" if site.code in LOCKED and look == 0 else world.outcome(site, item, look)
        yield world.fact(
            plan.code, who, item, site.type, site.code, outcome,
            world.calendar.moment(share, of_day, minutes=1.7 * number), sent, f"{plan.code}/{site.code}",
            round_id=round_id, selection=plan.selection,
        )  # fmt: skip
