"""The pages of the ledger: filters, struck corrections, exports that can be handed in again, rounds."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.ground.documents.workbook import read_workbook
from qipan.spine.ledger.actions import close_round, open_round, record
from qipan.spine.ledger.intake import take_in
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import forget
from tests.faces.office.pages import rows, text
from tests.little_ledger import FIRST, YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    forget()
    made = little_county()
    census, draw = made.rounds["census"].pk, made.rounds["draw"].pk
    wrong = look("hotel.ho1", "h1", "fail", round=census, selection="census", source="v1")
    record(made.county.pk, YEAR, [
        wrong,
        look("hotel.ho2", "h1", "pass", round=census, selection="census", source="v1"),
        look("road.r1", "r1", "9", round=draw, selection="drawn"),
        look("2.1", "", "B", selection="census"),
        look("hotel.ho1", "", "pass", supersedes=wrong.uid, recorded_at=FIRST + timedelta(days=5)),
    ], by=made.office)  # fmt: skip
    return made


def browser(made: Little, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(made.office.person)
    return client


def sent(answer: Any) -> bytes:
    """What streams to the browser."""
    return b"".join(answer.streaming_content)


def listed(page: str) -> list[tuple[dict[str, str], list[str]]]:
    return [(attributes, cells) for attributes, cells in rows(page) if len(cells) == 8][1:]


def test_corrected_rows_are_struck_and_lead_to_their_correction(little):
    page = text(browser(little).get("/ledger/"))
    found = listed(page)
    assert len(found) == 5
    struck = [cells for attributes, cells in found if attributes.get("class") == "superseded"]
    assert len(struck) == 1
    assert "hotel item 1" in struck[0][1]
    assert "corrected" in struck[0][3]
    correction = Observation.objects.get(supersedes__isnull=False)
    assert f"/ledger/{correction.uid}/" in page
    assert "/sites/h1/" in page
    assert "/standard/1.1/" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?round=draw", 1), ("?type=hotel", 3), ("?cluster=h1&stands=live", 2), ("?item=hotel+item+1", 2),
        ("?check=2.1/document_review", 1), ("?node=1", 4), ("?unit=unowned", 1), ("?unit=nobody", 0),
        ("?selection=drawn", 1), ("?outcome=other", 2), (f"?since={YEAR}-01-04", 0), ("?since=nonsense", 5),
        ("?by=office", 5), ("?page=99", 5), ("?sort=nonsense", 5),
    ],
)  # fmt: skip
def test_filters_by_their_addresses(little, query, count):
    page = text(browser(little).get(f"/ledger/{query}"))
    assert len(listed(page)) == count
    assert f"{count} observation" in page
    assert ("Show all" in page) == (query not in {"?page=99", "?sort=nonsense", "?since=nonsense"})


def test_a_condition_that_came_by_a_link_can_be_taken_away(little):
    page = text(browser(little).get("/ledger/?check=1.1/site_inspection&outcome=fail"))
    assert "1.1 Hotels (site inspection)" in page
    assert 'href="?outcome=fail"' in page
    assert '<input type="hidden" name="check" value="1.1/site_inspection">' in page


def test_the_csv_can_be_handed_in_again_and_changes_nothing(little, tmp_path):
    answer = browser(little).get("/ledger/?sort=seq&export=csv")
    path = tmp_path / "ledger.csv"
    path.write_bytes(sent(answer))
    intake = take_in(path, "csv", little.county.pk, YEAR, timezone.now(), lambda done, total: None)
    assert (intake.rows, intake.known, intake.refused, len(intake.facts)) == (5, 5, 0, 0)


def test_the_csv_holds_the_filtered_rows_with_one_heading(little, monkeypatch):
    many = [look("hotel.ho3", f"h{1 + n % 4}", "pass", source=str(n)) for n in range(4500)]
    record(little.county.pk, YEAR, many, by=little.office)
    answer = browser(little).get("/ledger/?item=hotel.ho3&export=csv")
    lines = list(csv.reader(io.StringIO(sent(answer).decode("utf-8-sig"))))
    assert len(lines) == 4501
    assert sum(1 for each in lines if each[0] == "id") == 1


def test_the_workbook_and_its_limit(little, tmp_path, monkeypatch):
    answer = browser(little).get("/ledger/?export=xlsx")
    (tmp_path / "a.xlsx").write_bytes(answer.content)
    assert len(read_workbook(tmp_path / "a.xlsx")[0].rows) == 6
    monkeypatch.setattr("qipan.faces.office.ledger.MOST_IN_WORKBOOK", 3)
    page = text(browser(little).get("/ledger/?export=xlsx"))
    assert "A workbook holds at most 3 rows here" in page


def test_one_observation_in_full(little):
    row = Observation.objects.get(supersedes__isnull=False)
    page = text(browser(little).get(f"/ledger/{row.uid}/"))
    for said in ("hotel item 1", "Census", str(row.uid), "this record", "Only the last one counts", "counts as 100%"):
        assert said in page, said
    other = little_county(code="other")
    assert browser(other).get(f"/ledger/{row.uid}/").status_code == 404


def test_rounds_say_what_they_published_and_what_is_late(little):
    client = browser(little)
    assert "Figures are published when it closes." in text(client.get("/ledger/rounds/"))
    close_round(little.rounds["census"].pk, FIRST + timedelta(days=10))
    late = look("hotel.ho1", "h2", "fail", round=little.rounds["census"].pk, selection="census",
                recorded_at=FIRST + timedelta(days=12))  # fmt: skip
    record(little.county.pk, YEAR, [late], by=None)
    open_round(little.county.pk, "draw-2", little.county.name, "drawn", timezone.now(), [])
    page = text(client.get("/ledger/rounds/"))
    assert "1 record came in late, after closing" in page
    assert "late: still open after a later round opened" in page
    assert "2 of 4 on its list have been seen, 2 have not." in page
    assert "100.00%" in page, "what it published when it closed"
    assert "50.00%" in page, "what the late record makes of it"
    lines = client.get("/ledger/rounds/?export=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Round,Selection")
    assert len(lines) == 4


def test_an_empty_ledger_says_what_to_do_first():
    forget()
    little = little_county(code="empty", rounds=False)
    page = text(browser(little).get("/ledger/"))
    assert "Nothing has been recorded this year" in page
    assert "/ledger/import/" in page
    assert "No round this year" in text(browser(little).get("/ledger/rounds/"))
    assert "nobody has looked this year" in text(browser(little).get("/sites/"))


def statements(hotels: int) -> list[int]:
    forget()
    little = little_county(hotels, 3, code=f"c{hotels}")
    facts = [look(f"hotel.ho{n}", f"h{h}", "fail") for h in range(1, hotels + 1) for n in (1, 2, 3)]
    uid = record(little.county.pk, YEAR, facts, by=little.office)[0].uid
    client = browser(little)
    client.get("/ledger/")
    counts = []
    for address in ("/ledger/", "/ledger/?unit=unowned", f"/ledger/{uid}/", "/ledger/rounds/"):
        forget()
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    return counts


def test_ten_times_as_many_observations_take_as_many_statements():
    small, large = statements(20), statements(200)
    assert small == large
    assert max(large) <= 25
