"""A merged township: what it answered for is the other's from the day on, and its own before."""

from datetime import date, timedelta

import pytest

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.sites.registry import SiteEntry, edit_site
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.registry import end_unit, merge_unit
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear, FunctionDuty
from qipan.spine.scorecards.queries import forget, standing
from tests.faces.office import county
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
BEFORE = ON - timedelta(days=1)


@pytest.fixture
def world() -> World:
    made = make_world()
    for code, zh in (("east", "东乡"), ("west", "西镇"), ("north", "北镇")):
        Unit.objects.create(county=made.county, code=code, name_zh=zh, type="town")
    return made


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def year(world: World) -> CampaignYear:
    assert world.campaign is not None
    return CampaignYear.objects.get(campaign=world.campaign, year=2026)


def test_duties_on_both_sides_of_the_day(world: World) -> None:
    assert world.campaign is not None
    east, west = unit("east"), unit("west")
    Site.objects.filter(pk=world.site.pk).update(territory=east)
    SiteDuty.objects.create(site=world.site, function="", unit=east)
    SiteDuty.objects.create(site=world.site, function="greening", unit=east, valid_from=ON)
    FunctionDuty.objects.create(campaign=world.campaign, function="townships", unit=east)
    FunctionDuty.objects.create(campaign=world.campaign, function="townships", unit=west)
    FunctionDuty.objects.create(campaign=world.campaign, function="culture", unit=east)
    now = year(world)
    AnsweringLead.objects.create(campaign_year=now, check_key="c", unit=east, chosen_by="x")
    merge_unit(east.pk, west.pk, ON, version=1, by=world.posts[Role.OFFICE], today=ON)
    old, new = duties(now, BEFORE), duties(now, ON)
    assert old.territory == {"S1": east.pk}
    assert new.territory == {"S1": west.pk}
    assert old.site_duties == {("S1", ""): east.pk}
    assert new.site_duties == {("S1", ""): west.pk, ("S1", "greening"): west.pk}
    assert old.carried == {"townships": (east.pk, west.pk), "culture": (east.pk,)}
    assert new.carried == {"townships": (west.pk,), "culture": (west.pk,)}
    assert (old.chosen, new.chosen) == ({"c": east.pk}, {"c": west.pk})
    assert year(world).duties_version > now.duties_version


def test_two_mergers_in_a_row(world: World) -> None:
    east, west, north = unit("east"), unit("west"), unit("north")
    Site.objects.filter(pk=world.site.pk).update(territory=east)
    now = year(world)
    AnsweringLead.objects.create(campaign_year=now, check_key="c", unit=east, chosen_by="x")
    by = world.posts[Role.OFFICE]
    merge_unit(east.pk, west.pk, ON, version=1, by=by, today=ON)
    later = ON + timedelta(days=2)
    merge_unit(west.pk, north.pk, later, version=1, by=by, today=later)
    days = [BEFORE, ON, ON + timedelta(days=1), later]
    assert [duties(now, day).territory["S1"] for day in days] == [east.pk, west.pk, west.pk, north.pk]
    assert [duties(now, day).chosen["c"] for day in days] == [east.pk, west.pk, west.pk, north.pk]


def test_what_an_ended_unit_carried_is_nobody_s(world: World) -> None:
    assert world.campaign is not None
    east = unit("east")
    Site.objects.filter(pk=world.site.pk).update(territory=east)
    SiteDuty.objects.create(site=world.site, function="", unit=east)
    FunctionDuty.objects.create(campaign=world.campaign, function="culture", unit=east)
    end_unit(east.pk, BEFORE, version=1, by=world.posts[Role.OFFICE])
    old, new = duties(year(world), BEFORE), duties(year(world), ON)
    assert (old.territory, old.carried) == ({"S1": east.pk}, {"culture": (east.pk,)})
    assert (new.territory, new.carried, new.site_duties) == ({}, {}, {})


def test_the_question_stays_as_cheap(world: World, django_assert_num_queries) -> None:
    now = CampaignYear.objects.select_related("campaign").get(pk=year(world).pk)
    duties(now, ON)
    with django_assert_num_queries(3):
        duties(now, ON)


def test_the_standing_follows_a_duty_and_a_merger() -> None:
    forget()
    made = county.make()
    by = Post.objects.select_related("unit__county", "person").get(person=made.office)
    site = Site.objects.filter(code="main_road-1").get()
    day = date(county.YEAR, 11, 24)

    def owners() -> set[int | None]:
        now = CampaignYear.objects.select_related("campaign").get(pk=made.year.pk)
        return {part.answer.unit for part in standing(now, day).parts if part.cluster == site.code}

    towns = list(Unit.objects.filter(type="town", county=made.county).order_by("pk")[:2])
    entry = SiteEntry(Text("大街"), site.type, site.code, territory=site.territory_id, duties={"": towns[0].pk})
    edit_site(site.pk, entry, version=1, since=day, types=(), by=by)
    assert towns[0].pk in owners()
    merge_unit(towns[0].pk, towns[1].pk, day, version=1, by=by, today=day)
    after = owners()
    assert towns[1].pk in after
    assert towns[0].pk not in after
