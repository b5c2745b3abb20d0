"""Campaigns, functions and nodes: what may be entered, what is refused, what the journal says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Role
from qipan.spine.campaigns.actions_campaign import CampaignPlan, begin_campaign, change_campaign, set_year
from qipan.spine.campaigns.functions import (
    Mapping,
    end_function,
    function_duties,
    map_function,
    map_functions,
    unmap_function,
)
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty, TimeNode
from qipan.spine.campaigns.nodes import NodePlan, add_node, change_node, nodes, remove_node
from qipan.spine.campaigns.setup_honours import HONOURS, proposed_name
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
PLAN = CampaignPlan("provincial", 2026, 2028, "office")


@pytest.fixture
def bare() -> World:
    return make_world(example=False, with_campaign=False)


@pytest.fixture
def world() -> World:
    return make_world(example=False)


def versions(campaign: Campaign | None) -> list[int]:
    return list(
        CampaignYear.objects.filter(campaign=campaign).order_by("year").values_list("duties_version", flat=True)
    )


# ---- campaigns


def test_a_campaign_without_a_name_is_named_after_honour_and_years(bare: World) -> None:
    campaign = begin_campaign(bare.county, PLAN, by=bare.posts[Role.OFFICE])
    assert campaign.name_zh == "创建2026—2028年省级文明城市"
    assert campaign.name_en == "Provincial Civilized City 2026–2028"
    entry = AuditEntry.objects.get(verb="campaign.begin")
    assert (entry.chain, entry.details["changes"]["honour"]) == ("qinghe", ["", "provincial"])


def test_one_year_is_no_range() -> None:
    assert proposed_name("national", 2026, 2026).zh == "创建2026年全国文明城市"
    assert {honour.code for honour in HONOURS} >= {"national", "provincial", "municipal", "municipal_county_town"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_begins_a_campaign(bare: World, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        begin_campaign(bare.county, PLAN, by=bare.posts[role])


def test_the_office_of_another_county_may_not(bare: World) -> None:
    other = make_world("other", example=False, prefix="other-", with_campaign=False)
    with pytest.raises(PermissionDenied):
        begin_campaign(bare.county, PLAN, by=other.posts[Role.OFFICE])


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (CampaignPlan("", 2026, 2028, "office"), "honour"),
        (CampaignPlan("provincial", 26, 2028, "office"), "first_year"),
        (CampaignPlan("provincial", 2026, 2025, "office"), "last_year"),
        (CampaignPlan("provincial", 2026, 2040, "office"), "last_year"),
        (CampaignPlan("provincial", 2026, 2028, "nobody"), "office"),
    ],
)
def test_what_does_not_do_names_its_field(bare: World, plan: CampaignPlan, field: str) -> None:
    with pytest.raises(RegisterError) as refused:
        begin_campaign(bare.county, plan, by=bare.posts[Role.OFFICE])
    assert refused.value.field == field
    assert not Campaign.objects.exists()


def test_a_second_campaign_waits_until_the_first_is_over(bare: World) -> None:
    office = bare.posts[Role.OFFICE]
    begin_campaign(bare.county, PLAN, by=office)
    with pytest.raises(RegisterError, match="2028"):
        begin_campaign(bare.county, PLAN, by=office)
    begin_campaign(bare.county, CampaignPlan("national", 2029, 2031, "office"), by=office)


def test_a_change_says_what_changed_and_an_old_version_is_refused(bare: World) -> None:
    office = bare.posts[Role.OFFICE]
    campaign = begin_campaign(bare.county, PLAN, by=office)
    later = CampaignPlan("provincial", 2026, 2029, "bureau", campaign.name_zh, campaign.name_en)
    changed = change_campaign(campaign.pk, later, version=1, by=office)
    assert changed == {"last_year": ["2028", "2029"], "office": ["创城办", "住建局"]}
    with pytest.raises(Stale) as stale:
        change_campaign(campaign.pk, PLAN, version=1, by=office)
    assert stale.value.version == 2
    fields = [(one.field, one.was, one.now) for change in stale.value.changes for one in change.fields]
    assert ("last_year", "2028", "2029") in fields
    campaign.refresh_from_db()
    assert campaign.last_year == 2029


def test_a_cycle_keeps_the_years_that_have_a_standard(world: World) -> None:
    assert world.campaign
    with pytest.raises(RegisterError, match="2025") as refused:
        plan = CampaignPlan("provincial", 2026, 2027, "office")
        change_campaign(world.campaign.pk, plan, version=1, by=world.posts[Role.OFFICE])
    assert refused.value.field == "first_year"


def test_a_year_has_a_cut_and_absent_types_of_its_own(world: World) -> None:
    assert world.campaign
    year = world.campaign.years.get(year=2026)
    office = world.posts[Role.OFFICE]
    changed = set_year(year.pk, cut=Decimal("84.50"), absent_types=["metro", "airport"], version=1, by=office)
    assert changed == {"cut 2026": ["", "84.50"], "absent 2026": ["", "airport、metro"]}
    with pytest.raises(Stale):
        set_year(year.pk, cut=None, absent_types=[], version=1, by=office)
    with pytest.raises(RegisterError) as refused:
        set_year(year.pk, cut=Decimal(-1), absent_types=[], version=2, by=office)
    assert refused.value.field == "cut"
    year.refresh_from_db()
    assert (year.assumed_cut, year.absent_types) == (Decimal("84.50"), ["airport", "metro"])


# ---- functions


def test_a_function_mapped_raises_the_version_of_every_year(world: World) -> None:
    assert world.campaign
    duty = map_function(world.campaign, Mapping("housing", "bureau"), by=world.posts[Role.OFFICE])
    assert duty.unit == world.bureau
    assert versions(world.campaign) == [1, 1, 1]
    gone = unmap_function(duty.pk, by=world.posts[Role.OFFICE])
    assert (gone, versions(world.campaign)) == (Mapping("housing", "bureau"), [2, 2, 2])
    map_functions(world.campaign, [gone], by=world.posts[Role.OFFICE])
    assert [(row.function, row.unit) for row in function_duties(world.campaign.pk)] == [("housing", "bureau")]
    verbs = AuditEntry.objects.filter(verb__startswith="function.").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["function.map", "function.unmap", "function.map"]


def test_several_units_carry_one_function_and_none_carries_it_twice_at_once(world: World) -> None:
    assert world.campaign
    office = world.posts[Role.OFFICE]
    map_function(world.campaign, Mapping("housing", "bureau", None, date(2026, 6, 30)), by=office)
    map_function(world.campaign, Mapping("housing", "office"), by=office)
    map_function(world.campaign, Mapping("housing", "bureau", date(2026, 7, 1)), by=office)
    with pytest.raises(RegisterError):
        map_function(world.campaign, Mapping("housing", "bureau", date(2026, 6, 30)), by=office)
    assert FunctionDuty.objects.count() == 3


def test_proposals_accepted_twice_are_entered_once(world: World) -> None:
    assert world.campaign
    pairs = [Mapping("housing", "bureau"), Mapping("publicity", "office"), Mapping("housing", "bureau")]
    assert len(map_functions(world.campaign, pairs, by=world.posts[Role.OFFICE])) == 2
    assert map_functions(world.campaign, pairs, by=world.posts[Role.OFFICE]) == []
    assert versions(world.campaign) == [1, 1, 1]


def test_a_function_ends_on_a_day(world: World) -> None:
    assert world.campaign
    office = world.posts[Role.OFFICE]
    duty = map_function(world.campaign, Mapping("housing", "bureau", date(2026, 3, 1)), by=office)
    with pytest.raises(RegisterError):
        end_function(duty.pk, date(2026, 2, 1), by=office)
    assert end_function(duty.pk, date(2026, 9, 30), by=office).valid_to == date(2026, 9, 30)


def test_units_of_another_county_carry_nothing_here(world: World) -> None:
    assert world.campaign
    make_world("other", example=False, prefix="other-")
    with pytest.raises(RegisterError):
        map_function(world.campaign, Mapping("housing", "nobody"), by=world.posts[Role.OFFICE])
    with pytest.raises(PermissionDenied):
        map_function(world.campaign, Mapping("housing", "bureau"), by=world.posts[Role.HEAD])


# ---- nodes


def test_a_node_is_added_changed_taken_out_and_put_back(world: World) -> None:
    assert world.campaign
    office = world.posts[Role.OFFICE]
    node = add_node(world.campaign, NodePlan("省级测评", date(2026, 12, 1), decides=True), by=office)
    assert add_node(world.campaign, NodePlan("省级测评", date(2026, 12, 1), decides=True), by=office) == node, (
        "sent twice"
    )
    other = NodePlan("省级年度测评", date(2026, 12, 8), decides=True)
    with pytest.raises(RegisterError) as unseen:
        change_node(node.pk, other, version=1, by=office)
    assert unseen.value.field == "on", "its day moves by the page that shows what hangs on it"
    change_node(node.pk, other, version=1, by=office, moving=True)
    with pytest.raises(Stale) as stale:
        change_node(node.pk, NodePlan("测评", date(2026, 12, 8)), version=1, by=office)
    assert sorted(one.field for change in stale.value.changes for one in change.fields) == ["name_zh", "on"]
    (row,) = nodes(world.campaign.pk, date(2026, 12, 1))
    assert (row.name.zh, row.days, row.decides) == ("省级年度测评", 7, True)
    gone = remove_node(node.pk, by=office)
    assert not TimeNode.objects.exists()
    add_node(world.campaign, gone, by=office)
    assert TimeNode.objects.get().name_zh == "省级年度测评"


@pytest.mark.parametrize(
    ("plan", "field"), [(NodePlan(" ", date(2026, 1, 1)), "name_zh"), (NodePlan("测评", None), "on")]
)
def test_a_node_needs_a_name_and_a_day(world: World, plan: NodePlan, field: str) -> None:
    assert world.campaign
    with pytest.raises(RegisterError) as refused:
        add_node(world.campaign, plan, by=world.posts[Role.OFFICE])
    assert refused.value.field == field
