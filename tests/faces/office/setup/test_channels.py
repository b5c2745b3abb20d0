"""The pages of channels: entered, tried, changed, and no address on any of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qipan.ground.notify.channels.delivering import deliver
from qipan.ground.notify.channels.models import Channel
from qipan.ground.units.models import Role
from tests.faces.office.working import form
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
WEBHOOK = "https://oapi.dingtalk.com/robot/send?access_token=TOPSECRET"


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="", with_campaign=False)


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(world.people[Role.OFFICE])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def given(**more: Any) -> dict[str, Any]:
    return form(**{"kind": "dry", "name": "Roads", "unit": "bureau", "language": "en", "active": "1", **more})


def test_a_dry_run_shows_what_would_be_sent(office: Client) -> None:
    assert office.post("/setup/channels/", given()).status_code == 302
    made = Channel.objects.get()
    assert made.unit is not None and made.unit.code == "bureau"
    sent = form()
    for _ in range(2):  # an impatient finger
        assert office.post(f"/setup/channels/{made.pk}/try/", sent).status_code == 302
    assert "waits" in office.get("/setup/channels/sent/").text
    assert deliver(timezone.now()) == 1
    page = office.get("/setup/channels/sent/?state=dry").text
    assert "the channel “Roads” works" in page and page.count("data-delivery") == 1
    assert "Nothing was sent yet" in office.get("/setup/channels/sent/?state=failed").text


def test_an_address_is_never_shown_again_not_even_in_a_refused_form(office: Client) -> None:
    refused = office.post("/setup/channels/", given(kind="dingtalk", address=WEBHOOK, name=""))
    assert refused.status_code == 422 and "TOPSECRET" not in refused.text and "Give it a name" in refused.text
    assert office.post("/setup/channels/", given(kind="dingtalk", address=WEBHOOK)).status_code == 302
    made = Channel.objects.get()
    address = f"/setup/channels/{made.pk}/"
    for page in ("/setup/channels/", address, "/setup/channels/sent/", "/setup/journal/"):
        assert "TOPSECRET" not in office.get(page).text
    assert "One is kept and is not shown" in office.get(address).text
    assert office.post(address, given(version=1, name="Roads bureau", active="")).status_code == 302
    made.refresh_from_db()
    assert made.address == WEBHOOK and made.name == "Roads bureau" and not made.is_active
    stale = office.post(address, given(version=1, name="Other"))
    assert stale.status_code == 409 and "Someone changed it" in stale.text and "Other" in stale.text


def test_another_county_s_channel_is_not_there(office: Client) -> None:
    other = make_world("elsewhere", example=False, prefix="there-", with_campaign=False)
    strange = Channel.objects.create(county=other.county, kind="dry", name="x", entered_at=timezone.now())
    assert office.get(f"/setup/channels/{strange.pk}/").status_code == 404
    assert office.post(f"/setup/channels/{strange.pk}/try/").status_code == 404
