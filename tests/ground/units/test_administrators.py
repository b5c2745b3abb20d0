"""The three administrators are three persons, none of them of the office; who gives their posts, and whose accounts they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units import people
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.locks import lift, locks
from qipan.ground.units.models import Person, Post, Role, SignInFailures
from qipan.ground.units.people import PostEntry
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db
TRIO = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)


@pytest.fixture
def world() -> World:
    return make_world(example=False, with_campaign=False)


def give(world: World, person: Person, role: Role, by: Role, **dates: date) -> Post:
    entry = PostEntry(world.bureau.pk, role, Text("岗位", "post"), **dates)
    made = people.add_post(person.pk, entry, by=world.posts[by])
    assert made is not None
    return made


@pytest.mark.parametrize("first", [*TRIO, Role.OFFICE])
@pytest.mark.parametrize("second", [*TRIO, Role.OFFICE])
def test_no_person_is_two_of_them_or_of_the_office(world: World, first: Role, second: Role) -> None:
    person = make_person("someone")
    make_post(person, world.bureau, first)
    if first == second:
        assert give(world, person, second, Role.SECURITY).role == second
        return
    with pytest.raises(RegisterError):
        give(world, person, second, Role.SECURITY)
    # The post of a unit stands beside any of them.
    assert give(world, person, Role.LIAISON, Role.SECURITY).role == Role.LIAISON


def test_one_after_the_other_is_another_matter(world: World) -> None:
    person, today = make_person("someone"), timezone.localdate()
    make_post(person, world.bureau, Role.SYSTEM, valid_to=today)
    assert give(world, person, Role.AUDIT, Role.SECURITY, valid_from=today + timedelta(days=1)).role == Role.AUDIT


def test_once_there_is_a_security_administrator_only_that_post_gives_these(world: World) -> None:
    person = make_person("someone")
    make_post(person, world.bureau, Role.LIAISON)
    for role in (*TRIO, Role.OFFICE):
        with pytest.raises(RegisterError):
            give(world, person, role, Role.OFFICE)
    assert give(world, person, Role.INSPECTOR, Role.OFFICE).role == Role.INSPECTOR
    kept = world.posts[Role.AUDIT]
    with pytest.raises(RegisterError):
        people.end_post(kept.pk, timezone.localdate(), version=kept.version, by=world.posts[Role.OFFICE])
    Post.objects.filter(role=Role.SECURITY).delete()
    assert give(world, person, Role.SECURITY, Role.OFFICE).role == Role.SECURITY, "the first one comes from the office"


def test_nobody_gives_such_a_post_to_themselves(world: World) -> None:
    with pytest.raises(RegisterError):
        give(world, world.people[Role.SECURITY], Role.SECURITY, Role.SECURITY)


def test_the_office_takes_over_no_administrator_s_account(world: World) -> None:
    audit, office = world.people[Role.AUDIT], world.posts[Role.OFFICE]
    assert people.make_slips([audit.pk], by=office), "before it was ever used, a slip may be printed"
    Person.objects.filter(pk=audit.pk).update(last_login=timezone.now())
    with pytest.raises(RegisterError):
        people.make_slips([audit.pk], by=office)
    with pytest.raises(RegisterError):
        people.deactivate(audit.pk, by=office)
    assert people.make_slips([audit.pk], by=world.posts[Role.SECURITY])


def test_locks_are_lifted_by_the_security_administrator(world: World) -> None:
    now = timezone.now()
    SignInFailures.objects.create(key="a", count=6, last_at=now, until=now + timedelta(minutes=2))
    SignInFailures.objects.create(key="b", count=1, last_at=now, until=now)
    assert [row.count for row in locks(now)] == [6]
    with pytest.raises(PermissionDenied):
        lift(by=world.posts[Role.OFFICE], now=now)
    assert lift(by=world.posts[Role.SECURITY], now=now) == 1
    assert not locks(now)
