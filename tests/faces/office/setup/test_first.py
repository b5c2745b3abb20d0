"""An empty installation is set up from this machine freely, from elsewhere with the code of the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from qipan.faces.office.setup import code
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import County, Person, Post, Role, Unit, UnitType
from qipan.spine.campaigns.setup import First, nothing_yet, open_installation
from qipan.spine.work.models import WorkClass
from tests.world import make_world

pytestmark = pytest.mark.django_db
FIRST = "/setup/first/"
HERE: dict[str, Any] = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1"}
ELSEWHERE: dict[str, Any] = {**HERE, "REMOTE_ADDR": "10.0.0.7"}
GIVEN = {
    "county_zh": "青河县", "county_en": "Qinghe County", "county_code": "140999", "office_zh": "县文明办（创城办）",
    "office_en": "", "full_name_zh": "李明", "title_zh": "创城办主任", "username": "liming",
    "password": "three blue bicycles", "again": "three blue bicycles",
}  # fmt: skip


@pytest.fixture
def here() -> Client:
    return Client(**HERE, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def elsewhere() -> Client:
    return Client(**ELSEWHERE, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_every_way_leads_to_the_first_page_while_there_is_nothing(here: Client) -> None:
    assert nothing_yet()
    response = here.get("/", follow=True)
    assert response.redirect_chain[-1][0] == FIRST
    assert "Set up this installation" in response.text


def test_the_first_page_makes_place_office_and_person_and_signs_in(here: Client, folder: Path) -> None:
    code.make(folder)
    response = here.post(FIRST, GIVEN)
    assert (response.status_code, response.headers["Location"]) == (302, "/setup/")
    county, post = County.objects.get(), Post.objects.select_related("unit", "person").get()
    assert (county.code, county.name_zh, county.is_example) == ("140999", "青河县", False)
    assert (post.unit.name_zh, post.role, post.title_zh) == ("县文明办（创城办）", Role.OFFICE, "创城办主任")
    assert post.person.check_password("three blue bicycles")
    assert here.get("/accounts/").status_code == 200
    assert {"town", "department"} <= set(UnitType.objects.filter(county=county).values_list("code", flat=True))
    assert WorkClass.objects.filter(county=county).exists()
    entry = AuditEntry.objects.get(verb="setup.open")
    assert (entry.chain, entry.person, entry.unit) == ("140999", "liming", post.unit.code)
    assert "bicycles" not in str(entry.details)
    assert not code.kept(folder), "the code is gone with the first account"


def test_there_is_no_first_page_once_there_is_a_county(here: Client, folder: Path) -> None:
    make_world(example=False, with_campaign=False)
    code.make(folder)
    assert here.get(FIRST).status_code == here.post(FIRST, GIVEN).status_code == 404
    assert not Person.objects.filter(username="liming").exists()


def test_from_elsewhere_the_code_opens_the_page(elsewhere: Client, folder: Path) -> None:
    assert "no code is in force" in elsewhere.get(FIRST).text
    made = code.make(folder)
    assert made not in (folder / code.FILE).read_text()
    assert (folder / code.FILE).stat().st_mode & 0o077 == 0
    assert "one-time code" in elsewhere.get(FIRST).text
    assert elsewhere.post(FIRST, GIVEN).status_code == 403
    assert not County.objects.exists()
    response = elsewhere.post(FIRST, {"code": made.lower().replace("-", " ")})
    assert (response.status_code, response.headers["Location"]) == (302, FIRST)
    assert elsewhere.post(FIRST, GIVEN).headers["Location"] == "/setup/"


def test_a_new_code_shuts_the_page_that_the_old_one_opened(elsewhere: Client, folder: Path) -> None:
    elsewhere.post(FIRST, {"code": code.make(folder)})
    assert "Your account" in elsewhere.get(FIRST).text
    code.make(folder)
    assert "Your account" not in elsewhere.get(FIRST).text


def test_wrong_codes_wait_ever_longer(elsewhere: Client, folder: Path) -> None:
    right = code.make(folder)
    for _ in range(5):
        assert "This is not the code" in elsewhere.post(FIRST, {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}).text
    response = elsewhere.post(FIRST, {"code": right})
    assert response.status_code == 422
    assert "Too many wrong codes" in response.text


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_FOR", "HTTP_VIA", "HTTP_FORWARDED"])
def test_a_proxy_is_elsewhere(name: str, folder: Path) -> None:
    code.make(folder)
    assert "one-time code" in Client(**{**HERE, name: "127.0.0.1"}, HTTP_ACCEPT_LANGUAGE="en").get(FIRST).text


def test_an_installation_for_others_asks_everyone_for_the_code(here: Client, folder: Path, settings: Any) -> None:
    settings.SERVED_HOSTS = ["board.example.gov.cn"]
    code.make(folder)
    assert "one-time code" in here.get(FIRST).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password", "12345678901", "entirely numeric"),
        ("password", "short", "at least 10"),
        ("again", "another", "The two passwords differ"),
        ("county_code", "14x999", "six digits"),
        ("county_zh", " ", "This field is required"),
    ],
)
def test_what_does_not_do_is_said_at_its_field_and_nothing_is_made(
    here: Client, field: str, value: str, words: str
) -> None:
    changed = {**GIVEN, field: value} | ({"again": value} if field == "password" else {})
    response = here.post(FIRST, changed)
    assert response.status_code == 422
    assert words in response.text
    assert "青河县" in response.text or field == "county_zh", "what was written is kept"
    assert not County.objects.exists()
    assert not Person.objects.exists()


def test_a_place_without_a_code_still_has_a_chain_of_its_own() -> None:
    post = open_installation(First("青河县", "创城办", "主任", "liming", "李明", "three blue bicycles"))
    assert post.unit.county.code == "county"
    assert Unit.objects.get().code == "civilization-office"
