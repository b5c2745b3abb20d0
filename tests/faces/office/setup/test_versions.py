"""The versions of a record: who changed what, two side by side, to whom they are shown."""

from __future__ import annotations

import pytest
from django.test import Client

from qipan.ground.audit.history import versions
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Role
from qipan.spine.work import actions
from tests.faces.office.pages import text
from tests.spine.work import town as towns
from tests.spine.work.town import at
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = make_world(example=False, prefix="", with_campaign=False)
    for changes in (
        {"name_zh": ["", "城管局"], "type": ["", "department"]}, {"name_zh": ["城管局", "城市管理局"]}, {"type": ["department", "town"]},
    ):  # fmt: skip
        with act(actor(made.posts[Role.OFFICE])) as noted:
            noted.note("units.edit", Thing("unit", str(made.bureau.pk)), {"changes": changes})
    return made


def test_each_version_has_what_the_fields_said_then(world: World) -> None:
    first, second, third = versions(world.county.code, "unit", str(world.bureau.pk))
    assert first.values == {"name_zh": "城管局", "type": "department"}
    assert second.values == {"name_zh": "城市管理局", "type": "department"} and second.changed == ("name_zh",)
    assert third.values == {"name_zh": "城市管理局", "type": "town"}


def test_two_versions_stand_side_by_side_in_words(world: World, client: Client) -> None:
    client.force_login(world.people[Role.OFFICE])
    address = f"/setup/versions/unit/{world.bureau.pk}/"
    page = text(client.get(address, {"from": "1", "to": "3"}, headers={"accept-language": "en"}))
    assert "2 fields differ" in page and "<del>城管局</del>" in page and "differs" in page
    page = text(client.get(address, {"from": "1", "to": "2"}, headers={"accept-language": "zh-hans"}))
    assert "1 个字段不同" in page and "相同" in page
    # Nonsense in the address falls back to the last two.
    assert client.get(address, {"from": "x", "to": "999"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OFFICE, 200), (Role.AUDIT, 200), (Role.HEAD, 403), (Role.LEADER, 403)]
)
def test_who_reads_the_journal_sees_versions(world: World, client: Client, role: Role, status: int) -> None:
    client.force_login(world.people[role])
    assert client.get(f"/setup/versions/unit/{world.bureau.pk}/").status_code == status


def test_what_was_never_changed_says_so(world: World, client: Client) -> None:
    client.force_login(world.people[Role.OFFICE])
    page = client.get(f"/setup/versions/site/{world.site.pk}/", headers={"accept-language": "en"})
    assert page.status_code == 200 and "Nothing was changed yet" in text(page)
    assert client.get("/setup/versions/site/999999/").status_code == 404
    assert client.get("/setup/versions/nothing/1/").status_code == 404


def test_an_item_after_each_step(client: Client) -> None:
    town = towns.make()
    item = towns.accepted(town)
    actions.set_deadline(item.pk, version=item.version, by=town["office"], deadline=at(300), reason="雨季", at=at(3))
    client.force_login(town["roads"].person)
    page = text(client.get(f"/work/{item.number}/versions/", headers={"accept-language": "en"}))
    assert "Version 2 beside version 3" in page and "Deadline" in page and "雨季" in page
    client.force_login(town["tourism"].person)
    assert client.get(f"/work/{item.number}/versions/").status_code == 404
