"""The orders of the year: what the rounds, residents and a leader found, handled by the units and seen by inspectors.

Nothing is closed here that nobody looked at: the re-checks are those of the ledger (`chosen.rechecks`), made by
inspectors of the campaign office, and an order that the office itself would have to handle stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from qipan.assessment.reading import MISSING, NOT_APPLICABLE, WITHDRAWN
from qipan.assessment.scale import SCALE
from qipan.ground.units.models import Post
from qipan.ground.worktime.clock import Clock, Limit
from qipan.ground.worktime.queries import clock
from qipan.project.example import order_words
from qipan.project.example.chance import fraction
from qipan.project.example.people import LEADER, OFFICE, POSTS, own_voice
from qipan.project.example.units import OFFICE as OFFICE_UNIT
from qipan.project.example.world import World
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.actions import Fact
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import WorkItem
from qipan.spine.work.opening import Finding, Responsible, desk_for, draft, number_of, open_key, title_of

TASKS = 16
"""The first numbers belong to the tasks that the office made of the standard before the second round."""
DECOMPOSED = 0.57
"""When it did so. Orders are issued from then on."""
BACKLOG = 0.71
"""When the office hands out what the first round had found and nobody had mended."""
CATCH_UP = 0.985
"""When it hands out what was left of the third round."""
#: Of what was found, so much becomes an order; the rest was put right while the inspector stood there.
SHARES = {"round-2": 0.35, "round-3": 0.8, "report": 0.4, "walk": 1.0}
ROUND_NAMES = {"round-1": "第一轮实地考察", "round-2": "第二轮实地考察", "round-3": "第三轮实地考察"}
_BY_NAME = {plan.zh: plan.username for plan in POSTS}

Place = tuple[str, str]


@dataclass(slots=True)
class OrderPlan:
    """An order: what opened it, who issued it and when, what joined it, and the re-check of the ledger, if any."""

    found: Fact
    origin: tuple[str, str, str]
    by: str
    issued_at: datetime
    item: WorkItem
    who: Responsible
    text: str
    joined: list[Fact] = field(default_factory=list)
    recheck: Fact | None = None

    @property
    def key(self) -> str:
        """What chance knows it by."""
        return str(self.found.uid)


def plan(world: World, year: CampaignYear, facts: Sequence[Fact]) -> list[OrderPlan]:
    """Return the orders of the year in the order of their issue, numbered."""
    found, rechecks = _found(world, facts)
    starts = [
        (place, fact, start)
        for place, several in found.items()
        for fact in several
        if (start := _start(world, fact, several, place in rechecks)) is not None
    ]
    findings = {fact.uid: _finding(world, fact) for _, fact, _ in starts}
    county = year.campaign.county_id
    desk = desk_for(year, list(findings.values()), world.calendar.moment(1.0, 0.5))
    counted, settings = clock(county), settings_of(county)
    plans: list[OrderPlan] = []
    last: dict[Place, OrderPlan] = {}
    for place, fact, (at, origin, by) in sorted(starts, key=lambda one: (one[2][0], str(one[1].uid))):
        standing = last.get(place)
        if standing is not None and _stands(standing, at):
            standing.joined.append(fact)
            continue
        item, who = draft(desk, findings[fact.uid], origin, at, settings, counted)
        made = OrderPlan(fact, origin, by, at, item, who, findings[fact.uid].text)
        if _can_be_rechecked(made, rechecks.get(place), counted):
            made.recheck = rechecks.pop(place)
        plans.append(made)
        last[place] = made
    settings.next_number = TASKS + 1
    for made in plans:
        made.item.number = number_of(made.issued_at, settings)
        made.item.open_key = open_key(county, made.item.cluster, made.item.item)
    return plans


def with_sources(facts: Iterable[Fact], plans: Iterable[OrderPlan]) -> list[Fact]:
    """Return the facts of the year with each re-check naming the order that it was made for."""
    numbers: dict[UUID, str] = {made.recheck.uid: made.item.number for made in plans if made.recheck is not None}
    return [replace(fact, source=f"order/{numbers[fact.uid]}") if fact.uid in numbers else fact for fact in facts]


def _found(world: World, facts: Sequence[Fact]) -> tuple[dict[Place, list[Fact]], dict[Place, Fact]]:
    """Return what was found wrong at each place, in order, and the re-check of a place."""
    dead = {fact.supersedes for fact in facts if fact.supersedes}
    found: dict[Place, list[Fact]] = {}
    rechecks: dict[Place, Fact] = {}
    for fact in facts:
        if fact.cluster not in world.sites or fact.subject or fact.own or fact.supersedes or fact.uid in dead:
            continue
        if fact.source.startswith("re-check/"):
            rechecks[fact.cluster, fact.item] = fact
        elif _is_fault(world, fact):
            found.setdefault((fact.cluster, fact.item), []).append(fact)
    return found, rechecks


def _is_fault(world: World, fact: Fact) -> bool:
    if fact.outcome in MISSING or fact.outcome in {NOT_APPLICABLE, WITHDRAWN}:
        return False
    return world.line(fact.item).worth(fact.item, fact.outcome).value < SCALE


def _start(
    world: World, fact: Fact, several: Sequence[Fact], rechecked: bool
) -> tuple[datetime, tuple[str, str, str], str] | None:
    """Return when, from what and by whom an order was issued for a fault; None where none was."""
    source = fact.source.split("/")[0]
    u = fraction(world.seed, "order", fact.uid)
    at = fact.recorded_at or fact.observed_at
    if source == "round-1":
        later = any(one.source.startswith("round-2/") for one in several)
        if later or not rechecked:
            return None
        return (
            world.calendar.moment(BACKLOG, 0.2 + 0.3 * u),
            ("visit", fact.source, ROUND_NAMES[source]),
            OFFICE.username,
        )
    if u >= SHARES[source] and not (source == "round-2" and rechecked):
        return None
    if source == "report":
        if at < world.calendar.moment(DECOMPOSED, 0.999):
            return None
        return at + timedelta(minutes=50), ("report", fact.source, "居民反映"), OFFICE.username
    if source == "walk":
        return at, ("leader", fact.source, "领导现场走访"), LEADER.username
    if source == "round-3" and u < 0.25:
        share = CATCH_UP + 0.015 * fraction(world.seed, "catch up", fact.uid)
        when = world.calendar.moment(share, 0.2 + 0.6 * fraction(world.seed, "hour of issue", fact.cluster))
        return max(when, at), ("visit", fact.source, ROUND_NAMES[source]), OFFICE.username
    return at, ("visit", fact.source, ROUND_NAMES[source]), _BY_NAME[fact.by_person]


def _finding(world: World, fact: Fact) -> Finding:
    title = title_of(world.book, fact.item, world.line(fact.item))
    code = fact.source.split("/")[0]
    return Finding(
        fact.item, fact.outcome, fact.observed_at, fact.stratum, fact.cluster, text=order_words.fault(fact.item, title.zh),
        observation=fact.uid, round=code if code in ROUND_NAMES else "",
    )  # fmt: skip


def _stands(order: OrderPlan, at: datetime) -> bool:
    """Whether an order is still open at a moment: nothing but a passed re-check ends it."""
    return order.recheck is None or order.recheck.outcome != "pass" or at <= order.recheck.observed_at


def _can_be_rechecked(order: OrderPlan, recheck: Fact | None, counted: Clock) -> bool:
    """Whether a re-check of the ledger can be this order's: there was time to mend it, and someone who could."""
    if recheck is None or order.who.unit is None or not handled_by(order.who.unit.code):
        return False
    return hours_between(counted, order.issued_at, recheck.observed_at) >= 5


def handled_by(unit: str) -> bool:
    """Whether a unit has someone who can handle its orders."""
    return unit != OFFICE_UNIT and own_voice(unit) is not None


def hours_between(counted: Clock, since: datetime, until: datetime) -> int:
    """Return the whole working hours between two moments."""
    return int(counted.working_time(since, until) / timedelta(hours=1))


def later(counted: Clock, since: datetime, hours: float) -> datetime:
    """Return a moment so many working hours later, to the minute, in working hours."""
    whole = int(hours)
    at = counted.deadline(since, Limit(max(whole, 0), "working_hour")).at if whole else since
    more = at + timedelta(minutes=int((hours - whole) * 60))
    return more if counted.is_working(more) else at


def posts_by_unit(posts: Mapping[str, Post]) -> dict[str, list[Post]]:
    """Return who can handle the orders of each unit: the liaison before the head."""
    found: dict[str, list[Post]] = {}
    for post in posts.values():
        if post.role in {"head", "liaison"}:
            found.setdefault(post.unit.code, []).append(post)
    return {unit: sorted(held, key=lambda post: post.role != "liaison") for unit, held in found.items()}
