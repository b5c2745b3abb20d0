"""What each role may do, inside its county and outside."""

import itertools

import pytest

from qipan.ground.sites.models import Site
from qipan.ground.units.models import Role
from qipan.ground.units.permissions import (
    CHOOSE_ANSWERING_LEADS,
    COUNTY,
    IMPORT_OBSERVATIONS,
    READ,
    STORE_STANDARDS,
    Rule,
)
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.standards.models import Edition
from tests.world import make_world

pytestmark = pytest.mark.django_db
RULES = {
    "read": (READ, set(COUNTY)),
    "import": (IMPORT_OBSERVATIONS, {Role.OFFICE}),
    "leads": (CHOOSE_ANSWERING_LEADS, {Role.OFFICE}),
    "standards": (STORE_STANDARDS, {Role.OFFICE}),
}


def test_each_rule_names_its_roles() -> None:
    world = make_world()
    for (name, (rule, roles)), role in itertools.product(RULES.items(), Role):
        assert rule.allows(world.posts[role], world.county) is (role in roles), (name, role)
        assert rule.allows(world.posts[role]) is (role in roles), (name, role)


def test_no_post_reaches_into_another_county() -> None:
    ours, theirs = make_world(), make_world("linshui", example=False, prefix="real-")
    for (name, (rule, _roles)), role in itertools.product(RULES.items(), Role):
        assert not rule.allows(ours.posts[role], theirs.county), (name, role)


def test_nobody_without_a_post_is_allowed_or_sees_anything() -> None:
    world = make_world()
    for rule, _roles in RULES.values():
        assert not rule.allows(None, world.county)
    assert not Site.objects.filter(READ.visible(None)).exists()


def test_a_list_shows_what_the_rule_allows() -> None:
    ours, theirs = make_world(), make_world("linshui", example=False, prefix="real-")
    for role in Role:
        assert list(Site.objects.filter(READ.visible(ours.posts[role]))) == ([ours.site] if role in COUNTY else [])
        assert list(Site.objects.filter(IMPORT_OBSERVATIONS.visible(theirs.posts[role]))) == (
            [theirs.site] if role == Role.OFFICE else []
        )


def test_a_rule_reaches_the_county_along_a_path() -> None:
    ours, _theirs = make_world(), make_world("linshui", example=False, prefix="real-")
    rule = READ.along("campaign__county")
    found = CampaignYear.objects.filter(rule.visible(ours.posts[Role.HEAD]))
    assert ours.campaign and {year.campaign_id for year in found} == {ours.campaign.pk}
    assert rule.roles == READ.roles and READ.path == "county"


def test_editions_belong_to_all_counties() -> None:
    world = make_world()
    assert Edition.objects.filter(STORE_STANDARDS.visible(world.posts[Role.OFFICE])).count() == 1
    assert Edition.objects.filter(STORE_STANDARDS.visible(world.posts[Role.LEADER])).count() == 0
    assert Edition.objects.filter(Rule(frozenset(Role), path="").visible(world.posts[Role.LEADER])).count() == 1
