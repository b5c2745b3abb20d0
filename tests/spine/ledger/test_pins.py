"""By which editions a year is judged: pinned freely before anything is recorded, and then no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Role
from qipan.spine.campaigns.actions import choose_answering_lead
from qipan.spine.campaigns.actions_campaign import CampaignPlan, begin_campaign
from qipan.spine.campaigns.models import AnsweringLead, Campaign, CampaignYear
from qipan.spine.ledger.actions import Fact, open_round, record
from qipan.spine.ledger.pins import Choice, pin, remove_year
from qipan.spine.ledger.recompute import differences
from qipan.spine.scorecards.queries import forget, standing
from qipan.spine.standards.models import Edition
from qipan.spine.standards.shipped import goes_with, shipped
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
PACKS = {pack.name: pack for pack in shipped()}
NATIONAL = PACKS["cn-national-2015"]
WITH_IT = tuple(pack.hash for pack in goes_with(NATIONAL.standard, shipped()))
CHOICE = Choice(NATIONAL.hash, WITH_IT)
LEAMS = Choice(PACKS["street-cleanliness-leams"].hash)
SEEN = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    forget()
    made = make_world(example=False, with_campaign=False)
    plan = CampaignPlan("provincial", 2026, 2028, "office")
    made.campaign = begin_campaign(made.county, plan, by=made.posts[Role.OFFICE])
    return made


def campaign(world: World) -> Campaign:
    assert world.campaign
    return world.campaign


def fetched(world: World, year: int) -> CampaignYear:
    return CampaignYear.objects.select_related("campaign__county").get(campaign=world.campaign, year=year)


def test_what_goes_with_the_national_standard() -> None:
    names = [pack.name for pack in goes_with(NATIONAL.standard, shipped())]
    assert names == ["cn-minors-2016", "cn-questionnaires", "cn-site-checklists", "functions"]
    assert [pack.name for pack in goes_with(PACKS["street-cleanliness-leams"].standard, shipped())] == ["functions"]


def test_pinning_makes_the_years_and_the_standing_is_right_at_once(world: World) -> None:
    made = pin(campaign(world), [2026, 2027], CHOICE, by=world.posts[Role.OFFICE])
    assert [year.year for year in made] == [2026, 2027]
    year = fetched(world, 2026)
    assert {kind for _, kind in year.pins} == {"standard", "checklists", "questionnaires", "functions"}
    card = standing(year).card
    # Nothing was looked at: all 100 points are possible, and none is earned or lost.
    assert (card.total.possible, card.total.earned, card.total.lost) == (100_000_000, 0, 0)
    assert card.total.unassessed == 100_000_000
    assert not standing(year).book.absent_subs
    entries = AuditEntry.objects.filter(verb="campaign.pin").order_by("seq")
    assert [entry.details["year"] for entry in entries] == [2026, 2027]


def test_another_pin_before_anything_is_recorded(world: World) -> None:
    office = world.posts[Role.OFFICE]
    pin(campaign(world), [2026], CHOICE, by=office)
    first = fetched(world, 2026)
    assert standing(first).book.standard.id == "cn-national-2015"
    choose_answering_lead(first, "Ⅲ-9/survey", "office", by=office)
    # A round that is open leaves readings of what is listed, which belong to the old standard's checks.
    open_round(world.county.pk, "r1", Text("第一轮", "First"), "census", SEEN, [("main_road", "S1")])
    pin(campaign(world), [2026], LEAMS, by=office)
    second = fetched(world, 2026)
    now = standing(second)
    assert now.book.standard.id == "street-cleanliness-leams"
    assert set(now.card.checks) == {line.key for line in now.book.lines.values() if not line.counter}
    assert second.duties_version > first.duties_version
    assert list(differences(second)) == []
    assert not AnsweringLead.objects.exists(), "a lead chosen for a check that is no more"


def test_after_the_first_record_the_pin_stays(world: World) -> None:
    office = world.posts[Role.OFFICE]
    pin(campaign(world), [2026, 2027], CHOICE, by=office)
    lines = standing(fetched(world, 2026)).book.lines.values()
    item = next(item for line in lines for item in line.strata.get("main_road", ()))
    record(world.county.pk, 2026, [Fact(item, "pass", SEEN, "main_road", "S1")], by=office)
    with pytest.raises(RegisterError, match="recorded in 2026"):
        pin(campaign(world), [2026, 2027], LEAMS, by=office)
    assert fetched(world, 2027).standard_id == NATIONAL.hash, "all or none"
    pin(campaign(world), [2026], CHOICE, by=office)
    pin(campaign(world), [2027], LEAMS, by=office)
    with pytest.raises(RegisterError):
        remove_year(fetched(world, 2026).pk, by=office)
    assert remove_year(fetched(world, 2027).pk, by=office) == 2027
    assert not CampaignYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    ("years", "choice", "field"),
    [
        ([], CHOICE, "years"),
        ([2025], CHOICE, "years"),
        ([2026], Choice("f" * 64), "standard"),
        ([2026], Choice(PACKS["functions"].hash), "standard"),
    ],
)
def test_what_cannot_be_pinned(world: World, years: list[int], choice: Choice, field: str) -> None:
    with pytest.raises(RegisterError) as refused:
        pin(campaign(world), years, choice, by=world.posts[Role.OFFICE])
    assert refused.value.field == field
    assert not CampaignYear.objects.exists()
    assert not Edition.objects.exists()


def test_only_the_office_pins(world: World) -> None:
    with pytest.raises(PermissionDenied):
        pin(campaign(world), [2026], CHOICE, by=world.posts[Role.LEADER])


def test_a_new_year_begins_with_the_types_that_were_absent_before(world: World) -> None:
    office = world.posts[Role.OFFICE]
    pin(campaign(world), [2026], CHOICE, by=office)
    CampaignYear.objects.filter(year=2026).update(absent_types=["metro"])
    pin(campaign(world), [2028], CHOICE, by=office)
    assert fetched(world, 2028).absent_types == ["metro"]
