"""Posts in their time, and the example's accounts."""

from datetime import date, timedelta

import pytest

from qipan.assessment.text import Text
from qipan.ground.units.models import County, Post, Role
from qipan.ground.units.queries import (
    ExampleAccount,
    current_posts,
    example_accounts,
    example_is_active,
    example_person,
    head_of,
    liaison_of,
    posts_of,
)
from tests.world import make_person, make_post, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_a_post_is_held_from_its_first_to_its_last_day() -> None:
    world = make_world()
    person = make_person("wang")
    post = make_post(person, world.bureau, Role.HEAD, valid_from=TODAY, valid_to=TODAY)
    assert current_posts(person.pk, TODAY) == [post]
    for other in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        assert current_posts(person.pk, other) == []


def test_a_person_may_hold_several_posts(django_assert_num_queries) -> None:
    world = make_world()
    person = make_person("wang")
    posts = [make_post(person, unit, Role.HEAD) for unit in (world.bureau, world.office)]
    with django_assert_num_queries(1):
        found = current_posts(person.pk, TODAY)
        assert found == posts
        assert [post.unit.county.code for post in found] == ["qinghe", "qinghe"]


def test_the_example_is_active_while_no_real_county_is_there() -> None:
    assert not example_is_active()
    make_world()
    assert example_is_active()
    County.objects.create(code="real", name_zh="真县")
    assert not example_is_active()


def test_a_real_county_alone_is_no_example() -> None:
    make_world(example=False)
    assert not example_is_active()


def test_one_account_is_offered_for_each_role() -> None:
    world = make_world()
    spare = make_person("example-office-2", password=None)
    make_post(spare, world.office, Role.OFFICE)
    found = example_accounts(TODAY)
    assert [(account.role, account.username) for account in found] == [(role, f"example-{role}") for role in Role]
    assert (found[0].unit.zh, found[0].title.en, found[0].person.zh) == ("创城办", "Campaign officer", "测试人员")


def test_a_post_names_its_unit_once() -> None:
    def post(title: Text, unit: Text) -> Text:
        return ExampleAccount("x", Role.HEAD, Text(), title, unit).post

    assert post(Text("局长", "Head"), Text("住建局", "Housing bureau")) == Text("住建局局长", "Head, Housing bureau")
    assert post(Text("住建局局长", "Head, Housing bureau"), Text("住建局", "Housing bureau")) == Text(
        "住建局局长", "Head, Housing bureau"
    )


@pytest.mark.parametrize("fault", ["password", "inactive", "name", "no post", "post is over", "real county"])
def test_no_other_account_is_entered_without_a_password(fault: str) -> None:
    world = make_world(example=fault != "real county")
    person = world.people[Role.OFFICE]
    post = world.posts[Role.OFFICE]
    if fault == "password":
        person.set_password("something else 1")
    elif fault == "inactive":
        person.is_active = False
    elif fault == "name":
        person.username = "office"
    elif fault == "no post":
        post.delete()
    elif fault == "post is over":
        post.valid_to = TODAY - timedelta(days=1)
        post.save()
    person.save()
    assert Role.OFFICE not in {account.role for account in example_accounts(TODAY)}
    assert example_person(person.username, TODAY) is None


def test_the_person_behind_an_offered_account_is_found() -> None:
    world = make_world()
    assert example_person("example-head", TODAY) == world.people[Role.HEAD]
    assert example_person("nobody", TODAY) is None


def test_posts_of_units_come_by_role_then_age(django_assert_num_queries) -> None:
    world = make_world()
    unit = world.bureau
    Post.objects.filter(unit=unit).delete()
    deputy, head, gone, signed_off = (make_person(name) for name in ("li", "wang", "zhao", "qian"))
    signed_off.is_active = False
    signed_off.save()
    liaison = make_post(deputy, unit, Role.LIAISON)
    first = make_post(head, unit, Role.HEAD)
    second = make_post(deputy, unit, Role.HEAD)
    make_post(gone, unit, Role.HEAD, valid_to=TODAY - timedelta(days=1))
    make_post(signed_off, unit, Role.HEAD)
    with django_assert_num_queries(1):
        assert posts_of([unit.pk], [Role.LIAISON, Role.HEAD], TODAY) == [first, second, liaison]
    assert head_of(unit.pk, TODAY) == first
    assert liaison_of(unit.pk, TODAY) == liaison
    assert head_of(world.office.pk, TODAY) is None
