"""What the journal says of accounts: who came and went, from which post; of a wrong name only its digest."""

import pytest
from django.test import Client

from qipan.ground.audit.journal import digest
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from tests.world import PASSWORD, World, make_post, make_world

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="")


def said() -> list[tuple[str, str, str, str]]:
    rows = AuditEntry.objects.filter(verb__startswith="accounts.").order_by("pk")
    return list(rows.values_list("verb", "chain", "person", "post"))


def test_coming_and_going_are_noted_with_the_post(world: World, client: Client) -> None:
    assert client.post(SIGN_IN, {"username": "office", "password": PASSWORD}).status_code == 302
    client.post("/accounts/sign-out/")
    client.post("/accounts/sign-out/")  # nobody is there any more
    assert said() == [
        ("accounts.sign_in", "qinghe", "office", "创城办专干"), ("accounts.sign_out", "qinghe", "office", "创城办专干"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["office", "my secret password"])
def test_a_failed_sign_in_is_noted_without_the_name_that_was_typed(world: World, client: Client, name: str) -> None:
    assert client.post(SIGN_IN, {"username": name, "password": "wrong"}).status_code == 422
    assert said() == [("accounts.fail_sign_in", "", "", "")]
    entry = AuditEntry.objects.get(verb="accounts.fail_sign_in")
    assert entry.thing_id == digest(name)
    assert entry.personal == {"name": digest(name), "address": digest("127.0.0.1")}
    assert name not in str([entry.thing_id, entry.thing_label, entry.details, entry.personal])


def test_a_name_that_has_to_wait_is_not_noted_again(world: World, client: Client) -> None:
    for _ in range(8):
        client.post(SIGN_IN, {"username": "office", "password": "wrong"})
    assert len(said()) == 5


def test_another_post_is_noted_with_the_one_before(world: World, client: Client) -> None:
    second = make_post(world.people[Role.OFFICE], world.bureau, Role.HEAD)
    client.force_login(world.people[Role.OFFICE])
    client.post("/accounts/post/", {"post": str(world.posts[Role.OFFICE].pk)})  # the one at hand
    client.post("/accounts/post/", {"post": str(second.pk)})
    assert said() == [("accounts.switch_post", "qinghe", "office", "局长")]
    details = AuditEntry.objects.get(verb="accounts.switch_post").details
    assert details == {"before": "创城办专干", "unit_before": "office"}


def test_a_new_password_is_noted_and_nothing_of_it(world: World, client: Client) -> None:
    client.force_login(world.people[Role.LIAISON])
    new = "battery staple horse"
    client.post("/accounts/password/", {"old_password": "wrong", "new_password1": new, "new_password2": new})
    assert said() == []
    client.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert said() == [("accounts.change_password", "qinghe", "liaison", "联络员")]
    assert new not in str(AuditEntry.objects.values())
