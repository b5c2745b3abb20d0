"""Each post opens its own first page, and finds in the menu what it may use."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.faces.office.home.routing import FIRST, first_page
from qipan.ground.units.models import Role
from qipan.ground.units.welcome import mark_welcomed
from qipan.overview.desk import desk
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """A county with one post of each role."""
    return make_world()


def first(world: World, role: Role) -> str:
    """The first page of a role's person."""
    found = desk(world.people[role].pk, timezone.localdate())
    assert found is not None
    return first_page(found)


def test_each_role_has_its_first_page(world: World) -> None:
    assert mark_welcomed(by=world.posts[Role.LIAISON])
    assert {role: first(world, role) for role in Role} == FIRST


def test_a_liaison_is_shown_around_once(world: World) -> None:
    assert first(world, Role.LIAISON) == "welcome"
    assert mark_welcomed(by=world.posts[Role.LIAISON])
    assert first(world, Role.LIAISON) == "mine"
    assert not mark_welcomed(by=world.posts[Role.LIAISON])


def test_an_office_without_a_campaign_sets_one_up() -> None:
    assert first(make_world(with_campaign=False), Role.OFFICE) == "setup"


def test_the_door_and_another_post_lead_home(client: Client, world: World) -> None:
    client.force_login(world.people[Role.OFFICE])
    chosen = client.post(reverse("choose_post"), {"post": str(world.posts[Role.OFFICE].pk)})
    assert chosen.headers["Location"] == reverse("home")
    assert client.get(reverse("home")).headers["Location"] == reverse("board")
