"""The example county: made up, the same from every seed, not flattering, and right to the last unit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise

import pytest
from django.db import transaction

from qipan.assessment import Catalogue, Rulebook, Standard, draw, permanent_number
from qipan.assessment.scale import SCALE
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import Person, Role, Unit
from qipan.ground.units.queries import example_accounts, example_is_active
from qipan.project.example.calendar import ZONE, Calendar
from qipan.project.example.loading import COMPANIONS, PACKS, STANDARD, facts, load
from qipan.project.example.rounds import plan_rounds
from qipan.project.example.sites import ABSENT_TYPES, NEVER_INSPECTED, plan_sites
from qipan.project.example.units import DUPLICATE
from qipan.project.example.world import World
from qipan.spine.campaigns.models import CampaignYear, FunctionDuty, TimeNode
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.ledger.models import Listing, Observation, Round, RoundFigure
from qipan.spine.ledger.recompute import verify
from qipan.spine.scorecards.queries import Standing, forget, standing
from qipan.spine.standards.models import Edition

TODAY = date(2026, 11, 24)

# Each test lies in a savepoint of its own, within the one loading that all of them share.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker) -> Iterator[CampaignYear]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(TODAY)
        transaction.set_rollback(True)
    forget()


@pytest.fixture(scope="module")
def now(year) -> Standing:
    return standing(year, TODAY)


# --- from a seed ---


@pytest.fixture(scope="module")
def book() -> Rulebook:
    standard, minors, checklists, questionnaires = (
        read_yaml(PACKS / f"{name}.yaml").data for name in (STANDARD, *COMPANIONS[:3])
    )
    catalogue = Catalogue.from_data(checklists, questionnaires)
    return Rulebook(Standard.from_data(standard), [Standard.from_data(minors)], catalogue)


def made(book: Rulebook, today: date, seed: str = "one") -> list[Fact]:
    world = World(seed, Calendar.before(today), book, {plan.code: plan for plan in plan_sites()})
    return facts(world, {plan.code: number for number, plan in enumerate(plan_rounds(), 1)})


def digest(rows: list[Fact], *, times: bool) -> str:
    plain = [(str(f.uid), f.item, f.cluster, f.subject, f.outcome, f.by_person, str(f.supersedes)) for f in rows]
    moments = [(f.observed_at.isoformat(), str(f.recorded_at)) for f in rows] if times else []
    return sha256(json.dumps([plain if times else sorted(plain), moments]).encode()).hexdigest()


def test_a_seed_makes_the_same_county_again(book):
    assert digest(made(book, TODAY), times=True) == digest(made(book, TODAY), times=True)
    assert digest(made(book, TODAY), times=False) == digest(made(book, date(2031, 2, 7)), times=False)
    assert digest(made(book, TODAY), times=False) != digest(made(book, TODAY, "two"), times=False)


def test_draws_repeat_from_their_seed():
    sites = [f"market-{n:03}" for n in range(25)]
    assert [site[-3:] for site in draw("2026-demo", "market", sites, 5)] == ["014", "017", "013", "001", "002"]
    assert permanent_number("2026-demo", "market", "market-014") / 2**64 == pytest.approx(0.0831924312, abs=1e-10)


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 11, 24), 2026),
        (date(2026, 5, 1), 2026),
        (date(2026, 4, 30), 2025),
        (date(2027, 1, 1), 2026),
        (date(2028, 2, 29), 2027),
        (date(2026, 12, 31), 2026),
        (date(2026, 6, 7), 2026),
        (date(2026, 6, 8), 2026),
    ],
)
def test_everything_lies_in_working_hours_before_today(today, year):
    calendar = Calendar.before(today)
    assert calendar.year == year
    moments = [calendar.moment(n / 200, 0.999, minutes=40) for n in range(201)]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    for moment in moments:
        assert moment.year == year
        assert moment.weekday() < 5
        assert time(8) < moment.time() < time(19)
        assert moment < datetime.combine(today, time(), ZONE)


def test_two_rounds_never_meet_however_short_the_year(book):
    rows = made(book, date(2026, 5, 1))
    first, second, third = ([f for f in rows if f.source.startswith(f"round-{n}/")] for n in (1, 2, 3))
    assert max(f.observed_at for f in first) < min(f.observed_at for f in second)
    assert max(f.observed_at for f in second) < min(f.observed_at for f in third)


# --- how much ---


def test_it_is_as_large_as_promised(year):
    assert 55 <= Unit.objects.count() <= 65
    assert Site.objects.count() == 300
    assert 18_000 <= Observation.objects.count() <= 22_000
    assert Round.objects.filter(code__startswith="round-").count() == 3
    assert Edition.objects.count() == 8
    forms = set(Observation.objects.filter(stratum="residents").values_list("subject", flat=True))
    assert len(forms) == 600


def test_loading_again_does_nothing(year):
    before = Observation.objects.count(), Unit.objects.count(), Person.objects.count()
    assert load(TODAY) == year
    assert (Observation.objects.count(), Unit.objects.count(), Person.objects.count()) == before


def test_every_site_has_a_place_and_most_a_unit(year):
    for site in Site.objects.select_related("territory"):
        assert site.name_zh
        assert site.name_en
        assert site.lon is not None and abs(site.lon - 0.2) < 0.2, site
        assert site.lat is not None and abs(site.lat - 0.1) < 0.2, site
    assert len(set(Site.objects.values_list("lon", "lat"))) > 280
    assert SiteDuty.objects.count() > 300


# --- labelled ---


def test_everything_says_that_it_is_an_example(year):
    assert year.campaign.county.is_example
    assert example_is_active()
    assert "示例" in year.campaign.name_zh
    assert "example" in year.campaign.name_en
    for person in Person.objects.all():
        assert person.username.startswith("example-")
        assert not person.has_usable_password()
        assert person.full_name_zh
        assert person.full_name_en
    phones = Site.objects.filter(type="hotline").values_list("name_zh", flat=True)
    assert all("000-555" in name for name in phones)


def test_one_account_for_each_role(year):
    offered = {account.role: account.username for account in example_accounts(TODAY)}
    assert offered == {role: f"example-{role}" for role in Role}


# --- not flattering ---


def test_types_are_missing(year, now):
    assert set(ABSENT_TYPES) <= {stratum for line in now.book.lines.values() for stratum in line.strata}
    assert not Site.objects.filter(type__in=ABSENT_TYPES).exists()
    for kind in NEVER_INSPECTED:
        assert Site.objects.filter(type=kind).exists()
        assert not Observation.objects.filter(stratum=kind).exists()


def test_the_third_round_is_late(year):
    third = Round.objects.get(code="round-3")
    end = TimeNode.objects.get(name_zh="第三轮实地考察完成")
    assert third.closed_at is None
    assert end.on < TODAY
    listed = set(Listing.objects.filter(round=third).values_list("cluster", flat=True))
    seen = set(Observation.objects.filter(round=third).values_list("cluster", flat=True))
    assert seen < listed
    assert 0.4 < len(seen) / len(listed) < 0.8
    assert TimeNode.objects.filter(on__gt=TODAY, decides=True).count() == 1


def test_records_were_corrected_and_one_withdrawn(year):
    corrected = Observation.objects.filter(supersedes__isnull=False)
    assert corrected.count() >= 3
    assert corrected.filter(outcome="withdrawn").count() == 1
    amended = RoundFigure.objects.filter(amended_at__isnull=False)
    assert amended.count() >= 2
    for figure in amended:
        assert figure.round.closed_at is not None
        assert figure.amended_at is not None
        assert figure.amended_at > figure.round.closed_at


def test_outcomes_of_every_kind(year):
    outcomes = Counter(Observation.objects.values_list("outcome", flat=True))
    for wanted in ("na", "not_seen", "refused", "lost", "disputed", "unclear", "withdrawn", "pass", "fail", "B"):
        assert outcomes[wanted], wanted
    assert Observation.objects.filter(own=True, selection="chosen").count() > 300


def test_duties_are_not_settled(year, now):
    carried = Counter(FunctionDuty.objects.values_list("function", flat=True))
    assert carried["market_regulation"] == 2
    assert Unit.objects.filter(code=DUPLICATE).exists()
    why = Counter(part.answer.why for part in now.parts if part.answer.unit is None)
    assert why["conflict"] > 5
    assert why["no_lead"]
    assert why["unmapped"]


def test_the_picture_is_believable(year, now):
    total = now.card.total
    assert 70_000_000 < total.earned < 80_000_000
    assert 5_000_000 < total.unassessed < 13_000_000
    assert any(check.status == "not_assessed" for check in now.card.checks.values())
    shares = {
        node.key: now.card.nodes[node.key].earned / now.card.nodes[node.key].possible for node in now.book.sections
    }
    assert max(shares.values()) > 0.9
    assert min(shares.values()) < 0.6
    lost = Counter[int]()
    for part in now.parts:
        if part.answer.unit is not None:
            lost[part.answer.unit] += part.lost
    head = Unit.objects.get(code="qs-urban-management")
    assert lost[head.pk] > 500_000


def test_nothing_lies_ahead_of_today(year):
    midnight = datetime.combine(TODAY, time(), ZONE)
    assert not Observation.objects.filter(observed_at__gte=midnight).exists()
    assert not Observation.objects.filter(recorded_at__gte=midnight).exists()
    assert not Round.objects.filter(closed_at__gte=midnight).exists()
    late = Observation.objects.filter(supersedes__isnull=True).values_list("observed_at", "recorded_at")
    assert all(seen <= recorded < seen + timedelta(hours=5) for seen, recorded in late)
    in_order = list(Observation.objects.order_by("seq").values_list("recorded_at", flat=True))
    assert in_order == sorted(in_order)


# --- right ---


def test_running_equals_recomputed(year):
    assert verify() == []


def test_the_parts_add_up_to_the_card(year, now):
    for name in ("possible", "earned", "lost", "unassessed"):
        whole = getattr(now.card.total, name)
        by_rule = sum(getattr(change, name, 0) for change in now.card.adjustments)
        assert sum(getattr(part, name) for part in now.parts) + by_rule == whole, name
    total = now.card.total
    assert total.earned + total.lost + total.unassessed == total.possible == 100_000_000


def _standing_outcomes(item: str) -> dict[str, str]:
    """Read by hand what stands for an item at each site: the last record that was not superseded, owners' looks left out."""
    rows = Observation.objects.filter(item=item, own=False)
    dead = set(rows.filter(supersedes__isnull=False).values_list("supersedes", flat=True))
    alive = [row for row in rows if row.uid not in dead and row.outcome != "withdrawn"]
    alive.sort(key=lambda row: (row.observed_at, row.recorded_at, row.seq))
    return {row.cluster: row.outcome for row in alive}


def test_a_type_counted_by_hand(year, now):
    listed = set(
        Listing.objects.filter(stratum="public_toilet")
        .exclude(round__selection="chosen")
        .values_list("cluster", flat=True)
    )
    outcomes = _standing_outcomes("public_toilet.pt1")
    own = Observation.objects.filter(item="public_toilet.pt1", own=True, outcome="fail")
    for row in own:
        if row.observed_at > max(
            Observation.objects.filter(item=row.item, cluster=row.cluster, own=False).values_list(
                "observed_at", flat=True
            )
        ):
            outcomes[row.cluster] = "fail"
    score = next(s for s in now.card.checks["Ⅲ-56/site_inspection"].strata if s.stratum == "public_toilet")
    known = [outcomes[site] for site in listed if outcomes.get(site) in {"pass", "fail"}]
    assert score.seen == len(known)
    assert Fraction(*score.y) == Fraction(known.count("pass"), len(known))


def test_a_survey_question_counted_by_hand(year, now):
    rows = Counter(Observation.objects.filter(item="survey.Ⅲ-84").values_list("outcome", flat=True))
    good = rows["good"] + rows["fairly_good"]
    asked = good + rows["bad"] + rows["fairly_bad"]
    check = now.card.checks["Ⅲ-84/survey"]
    assert check.answers == asked
    assert Fraction(*check.strata[0].y) == Fraction(good, asked)


def test_a_document_check_counted_by_hand(year, now):
    for key in ("Ⅲ-4/document_review", "Ⅲ-69/document_review"):
        items = now.book.lines[key].strata["-"]
        found = [_standing_outcomes(item)["-"] for item in items]
        tally = now.readings[key, "-", "-"]
        assert tally.y == SCALE * found.count("pass") // len(found)


def test_a_fact_can_be_corrected_once_more(year):
    # What the example leaves is an ordinary ledger: the office goes on from it.
    row = Observation.objects.filter(supersedes__isnull=True, round__code="round-3", outcome="fail").first()
    assert row is not None
    fact = Fact(item=row.item, outcome="pass", observed_at=row.observed_at, supersedes=row.uid)
    record(year.campaign.county_id, year.year, [fact], by=None)
    assert verify() == []
