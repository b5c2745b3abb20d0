"""People and posts: accounts of their own, slips that are seen once, access that ends at once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Person, Post, Role
from qipan.ground.units.people import (
    PersonEntry,
    PostEntry,
    add_person,
    add_post,
    change_person,
    change_post,
    deactivate,
    end_post,
    make_slips,
    masked,
    password_chosen,
    propose_username,
    reactivate,
)
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="")


def post_of(world: World, role: str = Role.LIAISON, **more: object) -> PostEntry:
    return PostEntry(**({"unit": world.bureau.pk, "role": role, "title": Text("联络员")} | more))  # type: ignore[arg-type]


def test_a_person_gets_a_user_name_and_no_password(world: World) -> None:
    by = world.posts[Role.OFFICE]
    made = add_person(PersonEntry(Text("李 红", "Li Hong"), "13812345678"), post_of(world), by=by)
    assert (made.username, made.full_name_zh, made.must_change_password) == ("bureau-liaison", "李 红", True)
    assert not made.has_usable_password()
    second = add_person(PersonEntry(Text("李红")), post_of(world), by=by)
    assert second.username == "bureau-liaison-2"
    assert propose_username("单位 7", "head") == "7-head"
    told = str(list(AuditEntry.objects.values_list("details", "personal", "thing_label")))
    assert "13812345678" not in told
    assert "李" not in told


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (PersonEntry(Text("")), "name_zh"),
        (PersonEntry(Text("李红"), "电话无"), "phone"),
        (PersonEntry(Text("李红"), "", "head"), "username"),
        (PersonEntry(Text("李红"), "", "a b"), "username"),
    ],
)
def test_what_cannot_be_names_its_field(world: World, person: PersonEntry, field: str) -> None:
    with pytest.raises(RegisterError) as caught:
        add_person(person, post_of(world), by=world.posts[Role.OFFICE])
    assert caught.value.field == field
    assert not Person.objects.filter(full_name_zh="李红").exists()


def test_a_post_is_entered_once_changed_and_ended(world: World) -> None:
    by = world.posts[Role.OFFICE]
    person = add_person(PersonEntry(Text("李红")), post_of(world), by=by)
    with pytest.raises(RegisterError, match="already"):
        add_post(person.pk, post_of(world), by=by)
    more = add_post(person.pk, post_of(world, Role.HEAD, unit=world.office.pk, title=Text("副主任")), by=by)
    assert more is not None
    changed = change_post(
        more.pk, post_of(world, Role.HEAD, unit=world.office.pk, title=Text("主任")), version=1, by=by
    )
    assert changed is not None
    assert (changed.title_zh, changed.version) == ("主任", 2)
    with pytest.raises(Stale):
        end_post(more.pk, TODAY, version=1, by=by)
    assert end_post(more.pk, TODAY, version=2, by=by).valid_to == TODAY
    change_person(person.pk, PersonEntry(Text("李红"), "13812345678"), by=by)
    last = AuditEntry.objects.order_by("-seq").first()
    assert last is not None
    assert (last.details["fields"], last.details["changes"], list(last.personal)) == (
        ["phone"],
        {"phone": ["•••", "•••"]},
        ["phone"],
    )


def test_nobody_gives_up_the_post_they_act_from(world: World) -> None:
    by = world.posts[Role.OFFICE]
    with pytest.raises(RegisterError):
        end_post(by.pk, TODAY, version=1, by=by)
    with pytest.raises(RegisterError):
        change_post(by.pk, post_of(world, Role.HEAD), version=1, by=by)
    with pytest.raises(RegisterError):
        deactivate(by.person_id, by=by)


def test_only_the_office_and_only_its_own_people(world: World) -> None:
    other = make_world("other", example=False, prefix="o-", with_campaign=False)
    for role in Role:
        if role not in {Role.OFFICE, Role.SECURITY}:
            with pytest.raises(PermissionDenied):
                add_person(PersonEntry(Text("李红")), post_of(world), by=world.posts[role])
    with pytest.raises(PermissionDenied):
        make_slips([other.people[Role.HEAD].pk], by=world.posts[Role.OFFICE])
    # Somebody who works for both counties is not reached from one of them.
    make_post(other.people[Role.HEAD], world.bureau, Role.HEAD)
    with pytest.raises(RegisterError, match="another county"):
        make_slips([other.people[Role.HEAD].pk], by=world.posts[Role.OFFICE])
    with pytest.raises(RegisterError, match="another county"):
        deactivate(other.people[Role.HEAD].pk, by=world.posts[Role.OFFICE])


def test_a_slip_is_made_anew_and_kept_nowhere(world: World) -> None:
    by = world.posts[Role.OFFICE]
    person = world.people[Role.HEAD]
    first, second = (make_slips([person.pk], by=by)[0] for _ in range(2))
    person.refresh_from_db()
    assert first.password != second.password
    assert (person.check_password(second.password), person.check_password(first.password)) == (True, False)
    assert person.must_change_password
    assert second.posts == ((Text("住建局", "Housing bureau"), Text("局长", "Head of bureau")),)
    assert second.password not in str(list(AuditEntry.objects.values()))
    password_chosen(person.pk)
    person.refresh_from_db()
    assert not person.must_change_password


def test_the_example_s_people_get_no_password() -> None:
    world = make_world()
    with pytest.raises(RegisterError, match="no password"):
        make_slips([world.people[Role.HEAD].pk], by=world.posts[Role.OFFICE])


def test_a_closed_account_opens_only_with_a_new_slip(world: World) -> None:
    by = world.posts[Role.OFFICE]
    person = make_person("wang")
    make_post(person, world.bureau, Role.HEAD, valid_to=TODAY - timedelta(days=9))
    deactivate(person.pk, by=by)
    with pytest.raises(RegisterError, match="closed"):
        make_slips([person.pk], by=by)
    reactivate(person.pk, by=by)
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (True, False)
    assert make_slips([person.pk], by=by)[0].username == "wang"
    assert Post.objects.filter(person=person).count() == 1


def test_a_phone_is_masked() -> None:
    assert masked("138 1234 5678") == "138****5678"
    assert (masked("0350-47"), masked("")) == ("****", "")
