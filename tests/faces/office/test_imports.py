"""The pages of files: handed in by the office, looked at, confirmed, found again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qipan.ground.documents.workbook import SheetToWrite, read_workbook, write_workbook
from qipan.spine.ledger.imports import Import
from qipan.spine.ledger.intake import take_in
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import forget
from tests.faces.office.pages import number, rows, text
from tests.little_ledger import YEAR, Little, little_county
from tests.spine.ledger.test_imports import BAD, DAY, GOOD, HEAD, rows_of, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def little(settings: Any, tmp_path: Any) -> Little:
    settings.DATA = tmp_path
    forget()
    return little_county()


@pytest.fixture
def client(little: Little) -> Client:
    return browser(little)


def browser(made: Little, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(made.office.person)
    return client


def send(client: Client, content: str | bytes, name: str = "file.csv") -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    return client.post("/ledger/import/new/", {"file": SimpleUploadedFile(name, data)})


def test_from_the_form_to_the_record(client, little):
    answer = send(client, GOOD, "三月检查.csv")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    waiting = text(client.get(address))
    assert f'hx-get="{address}progress/"' in waiting
    assert "You can leave this page" in waiting
    part = client.get(f"{address}progress/", headers={"HX-Request": "true"})
    assert "progress-place" in text(part)
    work()
    ended = client.get(f"{address}progress/", headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"] == address
    page = text(client.get(address))
    assert "Record 2 observations" in page
    assert "What the score would become" in page
    assert "hotel item 1" in page
    assert not Observation.objects.exists()
    client.post(f"{address}confirm/")
    work()
    result = text(client.get(address))
    assert "What was recorded" in result
    assert "/ledger/?round=census" in result
    assert Observation.objects.count() == 2
    listed = text(client.get("/ledger/import/"))
    assert "三月检查.csv" in listed
    assert "recorded" in listed


def test_the_sections_of_the_preview_add_up(client, little):
    address = send(client, GOOD).headers["Location"]
    work()
    found = [cells for _, cells in rows(text(client.get(address))) if len(cells) == 4]
    figures = [[number(cell) for cell in cells[1:]] for cells in found if number(cells[1]) or number(cells[2])]
    *sections, total = figures
    for column in range(3):
        assert sum(row[column] for row in sections) == total[column]
    assert total[1] - total[0] == total[2] > 0


def test_refusals_stand_with_their_lines_and_can_be_taken_along(client, little):
    address = send(client, BAD).headers["Location"]
    work()
    page = text(client.get(address))
    assert "Refused: nothing was recorded" in page
    assert "line 4" in page
    assert "hotel.ho9" in page
    assert "Record 2" not in page
    lines = client.get(f"{address}refusals/").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Place,Column,What is wrong,What would be right"
    assert lines[1].startswith("line 4,item,")
    chinese = browser(little, "zh-hans")
    assert "第 4 行" in text(chinese.get(address))
    before = client.post(f"{address}confirm/")
    assert before.status_code == 302
    assert "nothing was done" in text(client.get(address))


def test_a_file_that_cannot_be_taken_says_why_on_the_form(client, little):
    for content, says in ((b"", "empty"), (b"\xd0\xcf\x11\xe0" + bytes(600), "old kind")):
        answer = send(client, content)
        assert answer.status_code == 422
        assert says in text(answer)
    nothing = client.post("/ledger/import/new/")
    assert nothing.status_code == 422
    assert "No file was chosen." in text(nothing)
    assert not Import.objects.exists()


def test_put_aside_and_check_again(client, little):
    address = send(client, GOOD).headers["Location"]
    work()
    assert client.post(f"{address}check/").status_code == 302
    assert "being checked" in text(client.get(address))
    assert "cannot be put aside" in text(client.post(f"{address}discard/", follow=True))
    work()
    page = text(client.post(f"{address}discard/", follow=True))
    assert "The file was put aside" in page
    assert "put aside" in text(client.get(address))


def test_the_file_can_be_had_back_as_it_was(client, little):
    address = send(client, GOOD, 'a"b\r\n<script>.csv').headers["Location"]
    work()
    answer = client.get(f"{address}file/")
    assert b"".join(answer.streaming_content) == GOOD.encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "<script>" not in text(client.get(address))


def test_a_work_that_broke_off_is_said_with_what_was_kept(client, little, monkeypatch):
    address = send(client, GOOD).headers["Location"]
    monkeypatch.setattr("qipan.spine.ledger.import_actions.take_in", lambda *_: 1 / 0)
    work()
    page = text(client.get(address))
    assert "The work on this file broke off" in page
    assert "Nothing of it was recorded. The file is kept." in page
    assert "Check again" in page
    assert "broke off, nothing recorded" in text(client.get("/ledger/import/"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_template_can_be_filled_in_and_handed_in(little, tmp_path, language):
    answer = browser(little, language).get("/ledger/import/template/")
    (tmp_path / "t.xlsx").write_bytes(answer.content)
    first, sites, items, rounds, _ = read_workbook(tmp_path / "t.xlsx")
    assert {str(row[0]) for row in sites.rows[1:]} == {"h1", "h2", "h3", "h4", "r1", "r2", "r3", "z1"}
    assert {"hotel.ho1", "road.r1", "2.1", "survey.2.2"} <= {str(row[0]) for row in items.rows}
    assert [str(row[0]) for row in rounds.rows[1:]] == ["census", "draw"]
    from qipan.ground.documents.workbook import Column

    columns = [Column(str(cell)) for cell in first.rows[0]]
    filled = ["hotel.ho1", "h1", "", "pass", DAY, "census", *[None] * (len(columns) - 6)]
    (tmp_path / "f.xlsx").write_bytes(write_workbook([SheetToWrite(first.name, columns, [filled])]))
    from django.utils import timezone

    intake = take_in(tmp_path / "f.xlsx", "xlsx", little.county.pk, YEAR, timezone.now(), lambda done, total: None)
    assert not intake.refused
    assert not intake.unknown_columns
    assert [fact.selection for fact in intake.facts] == ["census"]


def test_others_do_not_come_near(little):
    address = send(browser(little), GOOD).headers["Location"]
    other = browser(little_county(code="other"))
    for end in ("", "refusals/", "file/", "progress/"):
        assert other.get(address + end).status_code == 404
    for end in ("confirm/", "check/", "discard/"):
        assert other.post(address + end).status_code == 404
    inspector = Client()
    inspector.force_login(little.inspector.person)
    assert inspector.get("/ledger/import/").status_code == 403
    assert send(inspector, GOOD).status_code == 403
    assert "/ledger/import/" not in text(inspector.get("/ledger/"))


def test_a_file_of_other_counties_sites_tells_nothing_of_them(client, little):
    little_county(9, code="other")
    address = send(client, HEAD + f"hotel.ho1,hotel,h9,pass,{DAY},,\n").headers["Location"]
    work()
    assert "has no &#x27;h9&#x27;" in text(client.get(address))


def statements(client: Client, count: int) -> tuple[int, int]:
    address = send(client, rows_of(count)).headers["Location"]
    work()
    client.get(address)
    with CaptureQueriesContext(connection) as page:
        assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as listed:
        assert client.get("/ledger/import/").status_code == 200
    return len(page), len(listed)


def test_a_preview_takes_as_many_statements_however_large_the_file(settings, tmp_path):
    settings.DATA = tmp_path
    client = browser(little_county(40, code="large"))
    small, large = statements(client, 60), statements(client, 600)
    assert small == large
    assert max(large) <= 16
