"""Loads the example: the county is made, and its year is then lived through in order, by the ledger's own actions."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

import qipan
from qipan.assessment.reading import Reading
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.units.models import County, Unit
from qipan.ground.worktime.actions import seed as seed_calendar
from qipan.project.example import chosen
from qipan.project.example.calendar import Calendar
from qipan.project.example.chance import SEED
from qipan.project.example.channels import make_channels
from qipan.project.example.duties import choose_leads, make_function_duties, make_site_duties
from qipan.project.example.hard import list_hard_problems, set_up_mechanisms
from qipan.project.example.leadership import make_headquarters, make_sponsors
from qipan.project.example.orders import OrderPlan, with_sources
from qipan.project.example.orders import plan as plan_orders
from qipan.project.example.people import make_people
from qipan.project.example.plan import begin_special_actions, make_plan, make_programmes, tie_tasks
from qipan.project.example.reviews import reviews
from qipan.project.example.rounds import listed, plan_rounds, visits
from qipan.project.example.sites import ABSENT_TYPES, make_sites, plan_sites
from qipan.project.example.survey import answers
from qipan.project.example.units import COUNTY, OFFICE, make_units
from qipan.project.example.work import do_the_work
from qipan.project.example.world import World
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.ledger.actions import Fact, close_round, open_round, record
from qipan.spine.ledger.running import Key, read_keys, rounds_of, stored_readings
from qipan.spine.standards.actions import store
from qipan.spine.standards.models import Edition
from qipan.spine.work.classes import seed_classes

PACKS = Path(qipan.__file__).parent / "packs"
STANDARD = "cn-national-2015"
COMPANIONS = ("cn-minors-2016", "cn-site-checklists", "cn-questionnaires", "functions")
OTHER_PACKS = ("cn-hygiene-county-2021", "litter-index", "street-cleanliness-leams")
CUT = Decimal(84)


def load(today: date | None = None, seed: str = SEED) -> CampaignYear:
    """Load the example campaign in one transaction and return its year; where the county exists, nothing happens.

    Args:
        today: the day that the example is shown on; everything but what is planned lies before it.
        seed: another one makes another county.
    """
    year = CampaignYear.objects.filter(campaign__county__code=COUNTY).select_related("campaign").first()
    if year is not None:
        return year
    with transaction.atomic():
        when = Calendar.before(today or timezone.localdate())
        county = County.objects.create(code=COUNTY, name_zh="青山县", name_en="Qingshan County", is_example=True)
        units = make_units(county)
        posts = make_people(units)
        # Deadlines are counted by the county's calendar and the table of classes that come with the product.
        seed_calendar(county)
        seed_classes(county)
        plans = plan_sites()
        sites = make_sites(county, units, plans)
        year = _campaign(county, units, when.year)
        since = date(year.campaign.first_year, 1, 1)
        make_function_duties(year.campaign, units, since)
        make_site_duties(plans, sites, units, since)
        make_headquarters(year.campaign, posts, when.day(0.5))
        make_sponsors(units, posts, list(sites.values()), since)
        choose_leads(year, units, when.last)
        make_plan(year.campaign, when, today or timezone.localdate())
        world = World(seed, when, rulebook(year), {plan.code: plan for plan in plans})
        orders, since, readings = _live_through(world, year)
        do_the_work(world, year, posts, orders, since, readings)
        end = when.moment(1.0, 0.999)
        tie_tasks(year, posts["example-office"], end)
        begin_special_actions(year, posts, when, end)
        list_hard_problems(year, posts, end)
        set_up_mechanisms(year, posts, end)
        make_programmes(county, units, posts["example-office"])
        make_channels(county, units["qs-qingshi"], timezone.now())
    return year


def _campaign(county: County, units: dict[str, Unit], year: int) -> CampaignYear:
    editions = {name: store_pack(name) for name in (STANDARD, *COMPANIONS, *OTHER_PACKS)}
    first, last = year - 1, year + 1
    campaign = Campaign.objects.create(
        county=county,
        name_zh=f"创建{first}—{last}年省级文明城市（示例：借用全国2015版标准测评）",
        name_en=f"Provincial Civilized City {first}–{last} (example, judged by the national 2015 standard)",
        honour="provincial",
        first_year=first,
        last_year=last,
        office=units[OFFICE],
    )
    made = CampaignYear.objects.create(
        campaign=campaign,
        year=year,
        standard=editions[STANDARD],
        absent_types=list(ABSENT_TYPES),
        assumed_cut=CUT,
    )
    made.companions.set([editions[name] for name in COMPANIONS])
    return made


def store_pack(name: str) -> Edition:
    """Store one of the packs that come with the product."""
    return store(read_yaml(PACKS / f"{name}.yaml").data)


@dataclass(frozen=True, slots=True)
class Closing:
    """A moment up to which facts are recorded together, and the round that closes then, if one does."""

    at: datetime
    code: str = ""


def facts(world: World, rounds: dict[str, int]) -> list[Fact]:
    """Return every fact of the year in the order of recording.

    Args:
        world: the county.
        rounds: the id of each round by its code.
    """
    found: list[Fact] = []
    for plan in plan_rounds():
        match plan.code:
            case "documents":
                found += reviews(world, rounds[plan.code])
            case "survey":
                found += answers(world, rounds[plan.code])
            case _:
                found += visits(world, plan, rounds[plan.code])
    seen = [fact for fact in found if fact.source.startswith(("round-1/", "round-2/"))]
    found += chosen.self_checks(world)
    found += chosen.rechecks(world, seen)
    found += chosen.reports(world)
    found += chosen.walk(world)
    found += chosen.disputes(world, seen)
    for corrected in chosen.corrections(world, seen):
        found += corrected
    return sorted(found, key=_order)


def _order(fact: Fact) -> tuple[datetime, datetime, str, str, str]:
    return fact.recorded_at or fact.observed_at, fact.observed_at, fact.cluster, fact.subject, fact.item


def _live_through(world: World, year: CampaignYear) -> tuple[list[OrderPlan], datetime, dict[Key, Reading]]:
    """Open rounds, then record facts and close rounds, each in its time.

    Returns:
        The orders of the year, the moment before the first of them was re-checked, and the readings at that moment.
    """
    county = year.campaign.county
    rounds: dict[str, int] = {}
    closings: list[Closing] = []
    for plan in plan_rounds():
        # A round opens before the day's first visit and closes after its last.
        opened_at = world.calendar.moment(plan.opens, 0.0)
        rounds[plan.code] = open_round(
            county.pk,
            plan.code,
            plan.name,
            plan.selection,
            opened_at,
            listed(world, plan),
            seed=plan.seed,
            due_on=world.calendar.day(plan.due),
        ).pk
        if plan.closes is not None:
            closings.append(Closing(world.calendar.moment(plan.closes, 0.999), plan.code))
    waiting = facts(world, rounds)
    orders = plan_orders(world, year, waiting)
    waiting = with_sources(waiting, orders)
    corrected = max(fact.recorded_at for fact in waiting if fact.supersedes and fact.recorded_at)
    since = min(fact.recorded_at for fact in waiting if fact.source.startswith("order/") and fact.recorded_at)
    since -= timedelta(seconds=1)
    readings: dict[Key, Reading] = {}
    stops = [
        *closings,
        Closing(since),
        Closing(corrected - timedelta(seconds=1)),
        Closing(corrected),
        Closing(waiting[-1].recorded_at or corrected),
    ]
    start = 0
    for stop in sorted(stops, key=lambda stop: stop.at):
        end = bisect_right(waiting, stop.at, key=lambda fact: _order(fact)[0])
        if end > start:
            record(county.pk, world.calendar.year, waiting[start:end], by=None)
        start = end
        if stop.at == since:
            readings = stored_readings(year.pk) | _before_opening(world, year, since)
        if stop.code:
            close_round(rounds[stop.code], stop.at)
    return orders, since, readings


def _before_opening(world: World, year: CampaignYear, since: datetime) -> dict[Key, Reading]:
    """Return the readings, at a moment, of what rounds that were opened later list: nothing there was missing yet."""
    coming = [plan for plan in plan_rounds() if world.calendar.moment(plan.opens, 0.0) > since]
    keys = {
        (line.key, stratum, cluster): line
        for plan in coming
        for stratum, cluster in listed(world, plan)
        for line in world.book.lines_of_stratum(stratum)
    }
    county = year.campaign.county_id
    rounds = rounds_of(county, year.year, since)
    return {key: both.now for key, both in read_keys(world.book, county, year.year, keys, rounds).items()}
