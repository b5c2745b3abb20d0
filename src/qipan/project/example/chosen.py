"""Looks that nobody drew: re-checks after a fix, units' own checks, residents' reports, a leader's walk, disputes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from qipan.assessment.reading import WITHDRAWN
from qipan.project.example import calendar
from qipan.project.example.chance import fraction, identity
from qipan.project.example.people import LEADER, OFFICE, PostPlan, own_voice
from qipan.project.example.sites import NEVER_INSPECTED, SitePlan
from qipan.project.example.world import World
from qipan.spine.ledger.actions import Fact

FAULTS = frozenset({"fail"})
SELF_CHECKED = 0.42
REPORTED_TYPES = frozenset(
    {"main_road", "back_lane", "residential_compound", "market", "crossing", "commercial_street"}
)
WALKED = ("main_road-003", "market-000", "residential_compound-004", "park_square-001", "commercial_street-002")


def _failed(world: World, facts: Iterable[Fact]) -> list[tuple[SitePlan, str]]:
    """Return what stood as a fault after the second round."""
    last: dict[tuple[str, str], str] = {}
    for fact in facts:
        if fact.cluster in world.sites and not fact.subject:
            last[fact.cluster, fact.item] = fact.outcome
    return [(world.sites[site], item) for (site, item), outcome in last.items() if outcome in FAULTS]


def rechecks(world: World, seen: Iterable[Fact]) -> Iterator[Fact]:
    """Yield re-checks: more often where the fault is gone, since units ask for one when they have fixed it."""
    opens, closes = calendar.FIXES
    for site, item in _failed(world, seen):
        fixed = world.in_order(site, item, 2)
        if fraction(world.seed, "re-check", site.code, item) >= (0.5 if fixed else 0.1):
            continue
        share = opens + (closes - opens) * fraction(world.seed, "re-check day", site.code)
        at = world.calendar.moment(share, fraction(world.seed, "re-check hour", site.code, item))
        yield world.fact(
            "re-check", world.inspector("re-check", site.code), item, site.type, site.code,
            "pass" if fixed else "fail", at, at + timedelta(minutes=2), f"re-check/{site.code}",
        )  # fmt: skip


def self_checks(world: World) -> Iterator[Fact]:
    """Yield what units say of their own sites: rosier than what others find, and honest now and then."""
    opens, closes = calendar.CHOSEN_LOOKS
    for site in world.sites.values():
        items = world.items(site.type)
        if site.type in {"residents", "pupils", "parents", "hotline", *NEVER_INSPECTED} or not items:
            continue
        if fraction(world.seed, "self-check", site.code) >= SELF_CHECKED:
            continue
        share = opens + (closes - opens) * fraction(world.seed, "self-check day", site.code)
        of_day = fraction(world.seed, "self-check hour", site.code)
        for number, item in enumerate(items):
            yield from _self_check(world, site, item, world.calendar.moment(share, of_day, minutes=2.0 * number))


def _self_check(world: World, site: SitePlan, item: str, at: datetime) -> Iterator[Fact]:
    owner = world.owner(site, item)
    if owner is None or world.line(item).values[item].kind != "pass_fail":
        return
    honest = fraction(world.seed, "honest", site.code, item) < 0.18
    outcome = "pass" if not honest or world.in_order(site, item, 1) else "fail"
    voice = own_voice(owner.code) or PostPlan("", "", "", owner.code, "", f"{owner.zh}自查员", "")
    yield world.fact(
        "self-check", voice, item, site.type, site.code, outcome, at, at + timedelta(minutes=30),
        f"self-check/{owner.code}/{site.code}", own=True,
    )  # fmt: skip


def reports(world: World) -> Iterator[Fact]:
    """Yield what residents reported: single faults, mostly where things are bad."""
    resident = PostPlan("", "", "", "", "", "居民反映", "Resident's report")
    opens, closes = calendar.CHOSEN_LOOKS
    for site in world.sites.values():
        if site.type not in REPORTED_TYPES:
            continue
        for item in world.items(site.type):
            bad = not world.in_order(site, item, 1)
            if world.line(item).values[item].kind != "pass_fail":
                continue
            if fraction(world.seed, "report", site.code, item) >= (0.3 if bad else 0.006):
                continue
            share = opens + (closes - opens) * fraction(world.seed, "report day", site.code, item)
            at = world.calendar.moment(share, fraction(world.seed, "report hour", site.code, item))
            yield world.fact(
                "report", resident, item, site.type, site.code, "fail", at, at + timedelta(minutes=25),
                f"report/{site.code}/{item}",
            )  # fmt: skip


def walk(world: World) -> Iterator[Fact]:
    """Yield what a leader saw on a walk through the town."""
    for number, code in enumerate(WALKED):
        site = world.sites[code]
        for item in world.items(site.type)[:4]:
            if world.line(item).values[item].kind == "pass_fail":
                at = world.calendar.moment(0.93, 0.1, minutes=20.0 * number)
                outcome = "pass" if world.in_order(site, item, 2) else "fail"
                yield world.fact(
                    "walk", LEADER, item, site.type, code, outcome, at, at + timedelta(hours=2), "walk/1"
                )  # fmt: skip


def disputes(world: World, seen: Iterable[Fact]) -> Iterator[Fact]:
    """Yield disputes of faults that the second round found; until decided they count as disputed, not as lost."""
    faults = [fact for fact in seen if fact.outcome in FAULTS and fact.source.startswith("round-2/")]
    faults.sort(key=lambda fact: fraction(world.seed, "dispute", fact.uid))
    for number, fact in enumerate(faults[:5]):
        at = world.calendar.moment(0.90 + 0.01 * number, 0.3)
        yield world.fact(
            "dispute", OFFICE, fact.item, fact.stratum, fact.cluster, "disputed", at, at + timedelta(minutes=10),
            f"dispute/{number + 1}",
        )  # fmt: skip


def corrections(world: World, seen: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return corrections made while the first round was open, and those that came after the second had closed.

    The later ones leave an amendment beside the published figures; one record is withdrawn.
    """
    known = list(seen)
    early = _corrected(world, _pick(world, known, "round-1/", "fail", "early")[:2], "pass", 0.385)
    late = _corrected(
        world, _pick(world, known, "round-2/main_road", "pass", "late")[:1], "fail", calendar.LATE_CORRECTION
    )
    late += _corrected(
        world,
        _pick(world, known, "round-1/residential_compound", "fail", "gone")[:1],
        WITHDRAWN,
        calendar.LATE_CORRECTION,
    )
    return early, late


def _pick(world: World, known: list[Fact], source: str, outcome: str, word: str) -> list[Fact]:
    found = [fact for fact in known if fact.source.startswith(source) and fact.outcome == outcome]
    return sorted(found, key=lambda fact: fraction(world.seed, word, fact.uid))


def _corrected(world: World, facts: list[Fact], outcome: str, share: float) -> list[Fact]:
    at = world.calendar.moment(share, 0.7)
    return [
        replace(
            fact, outcome=outcome, supersedes=fact.uid, recorded_at=at, uid=identity(world.seed, "corrected", fact.uid),
            by_person=OFFICE.zh, by_post=OFFICE.title_zh, by_unit=OFFICE.unit,
        )
        for fact in facts
    ]  # fmt: skip
