"""A table of seven columns through its pages: read, asked for, left and resumed, looked at, stored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from qipan.spine.standards.models import Edition, OfficeBook
from tests.faces.office.pages import text
from tests.spine.standards.test_office_book import table
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
LIST = "/standard/editions/office/"


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="", with_campaign=False)


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(world.people[Role.OFFICE])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def begun(office: Client, tmp_path: Path) -> str:
    """Hand the table in and return the address of its page."""
    path = tmp_path / "t.xlsx"
    # Written once: a workbook holds the second in which it was made.
    content = (path if path.exists() else table(path)).read_bytes()
    sent = office.post(LIST, {"file": SimpleUploadedFile("测评体系.xlsx", content)})
    assert sent.status_code == 302
    return str(sent["Location"])


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return found.group(1)


def answers(office: Client, address: str, **more: object) -> dict[str, object]:
    return {"seen": seen(text(office.get(address))), "do": "next", **more}


def test_a_table_becomes_an_edition_that_says_what_was_assumed(office: Client, tmp_path: Path) -> None:
    address = begun(office, tmp_path)
    page = text(office.get(address))
    assert "<b>4</b>contents read" in page and "<b>1</b>answers missing" in page
    # The missing answer refuses the edition, by its cell.
    refused = office.get(f"{address}look/")
    assert refused.status_code == 422 and "cell G6" in text(refused)
    part = f"{address}part/1/"
    sent = office.post(
        part, answers(office, part, **{"points": "60", "points_sure": "1", "t-2": ["market"], "sure-2": ["types"], "r-0": "all", "sure-0": ["rule"]})
    )  # fmt: skip
    assert sent.status_code == 302 and sent["Location"] == f"{address}part/2/"
    # Left and taken up again: what was answered is there.
    page = text(office.get(part))
    assert re.search(r'name="points" value="60"', page) and 'value="all" selected' in page
    office.post(f"{address}part/2/", answers(office, f"{address}part/2/", do="sure", **{"m-0": ["site_inspection"], "t-0": ["community"], "points": "40"}))  # fmt: skip
    looked = text(office.get(f"{address}look/"))
    assert "assumed and not confirmed" in looked and "The first edition of this pack" in looked
    stored = office.post(f"{address}look/", follow=True)
    assert "The edition is stored" in text(stored)
    edition = Edition.objects.get(name="office-" + str(OfficeBook.objects.get().begun_at.year))
    assert OfficeBook.objects.get().edition == edition.hash
    assert '"points":60' in edition.content and "创城办工作簿" in edition.content
    # It is made: the questions are closed, the page leads to the edition.
    assert office.get(f"{address}look/")["Location"].endswith(f"{edition.hash}/")
    # The same edition as seven columns again.
    again = office.get(f"/standard/editions/{edition.hash}/", {"download": "office"})
    assert again.status_code == 200 and again.content.startswith(b"PK")
    verbs = list(AuditEntry.objects.filter(verb__startswith="standards.").values_list("verb", flat=True))
    assert verbs == ["standards.begin_book", "standards.answer_book", "standards.answer_book", "standards.store"]


def test_two_people_on_one_section_do_not_overwrite_each_other(office: Client, tmp_path: Path) -> None:
    address = begun(office, tmp_path)
    part = f"{address}part/1/"
    mine = answers(office, part, **{"t-2": ["market"], "r-0": "all"})
    office.post(part, answers(office, part, **{"t-2": ["community"]}))
    late = office.post(part, mine)
    assert late.status_code == 409
    page = text(late)
    assert "Someone else has changed this meanwhile" in page and 'value="all" selected' in page and "Ⅲ-3: " in page
    # The form that came back may be sent.
    assert office.post(part, {**mine, "seen": seen(page)}).status_code == 302
    assert OfficeBook.objects.get().answers["contents"]["Ⅲ-3"]["types"] == ["market"]


def test_the_head_is_answered_and_wrong_words_are_named(office: Client, tmp_path: Path) -> None:
    address = begun(office, tmp_path)
    first = {"seen": seen(text(office.get(address))), "title": "本县测评体系", "id": "Our Own", "spread": "methods"}
    assert office.post(address, first).status_code == 302
    page = text(office.get(address))
    assert "use lower-case letters" in page and "Points of: Documents" in page
    office.post(address, {**first, "seen": seen(page), "id": "our-own", "total": "1000", "sure": ["total"]})
    page = text(office.get(address))
    assert 'value="1000"' in page and "use lower-case letters" not in page


def test_the_same_file_twice_is_one_and_can_be_put_aside(office: Client, tmp_path: Path) -> None:
    address = begun(office, tmp_path)
    assert begun(office, tmp_path) == address
    assert "测评体系.xlsx" in text(office.get(LIST))
    assert office.post(f"{address}drop/").status_code == 302
    assert not OfficeBook.objects.exists() and office.get(address).status_code == 404


def test_what_is_no_such_table_is_refused(office: Client) -> None:
    assert office.post(LIST).status_code == 422
    refused = office.post(LIST, {"file": SimpleUploadedFile("a.csv", "序号,存在问题\n1,破损\n".encode())})
    assert refused.status_code == 422 and "heading of a standard was not found" in text(refused)
    assert office.post(LIST, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")}).status_code == 422
