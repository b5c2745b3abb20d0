"""An address that only takes what a form sends says so on a page of ours, and leads back to the thing."""

from __future__ import annotations

import pytest
from django.test import Client

from qipan.faces.office.errors import above
from qipan.ground.units.models import Role
from tests.faces.office.pages import text
from tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    world = make_world(example=False, prefix="", with_campaign=False)
    client.force_login(world.people[Role.OFFICE])
    return client


@pytest.mark.parametrize(("language", "words"), [("en", "cannot be opened by itself"), ("zh-hans", "不能单独打开")])
def test_opening_an_address_of_a_form_says_what_happened(office: Client, language: str, words: str) -> None:
    answer = office.get("/work/2026-00001/accept/", headers={"accept-language": language})
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert words in text(answer) and 'href="/work/2026-00001/"' in text(answer)


def test_sending_a_form_to_a_page_leads_to_the_page(office: Client) -> None:
    answer = office.post("/setup/journal/", headers={"accept-language": "en"})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
    assert 'href="/setup/journal/"' in text(answer)


def test_what_is_above_an_address() -> None:
    assert above("/standard/editions/office/7/drop/") == "/standard/editions/office/7/"
    assert above("/nowhere/") == ""
