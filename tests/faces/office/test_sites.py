"""The pages of sites: what is printed adds up, exports hold what is listed, the map shows the same sites."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qipan.ground.documents.workbook import read_workbook
from qipan.spine.ledger.actions import record
from qipan.spine.scorecards.queries import forget
from tests.faces.office.pages import number, rows, text
from tests.little_ledger import YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    forget()
    made = little_county(7, 4)
    census, draw = made.rounds["census"].pk, made.rounds["draw"].pk
    facts = [
        look(f"hotel.ho{n}", f"h{h}", "fail" if (n + h) % 3 else "pass", round=census, selection="census")
        for h in range(1, 7)
        for n in (1, 2, 3)
    ]
    facts += [
        look("road.r1", "r1", "9", round=draw, selection="drawn"),
        look("road.r1", "r3", "9"),
        look("2.1", "", "C"),
    ]
    record(made.county.pk, YEAR, facts, by=made.office)
    return made


def browser(made: Little, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(made.office.person)
    return client


def body(page: str) -> list[list[str]]:
    """The rows of the list: those that name a site."""
    return [cells for attributes, cells in rows(page) if "data-site" in attributes]


def foot(page: str) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    found = {}
    for attributes, cells in rows(page):
        if "data-site" not in attributes and len(cells) == 4:
            found[cells[0].split(" (")[0]] = tuple(number(cell) for cell in cells[1:])
    return found  # type: ignore[return-value]


def figures(cells: list[str]) -> tuple[Decimal, Decimal, Decimal]:
    return tuple(number(cell) for cell in cells[-3:])  # type: ignore[return-value]


def added(found: list[tuple[Decimal, Decimal, Decimal]]) -> tuple[Decimal, ...]:
    return tuple(sum(column, Decimal(0)) for column in zip(*found, strict=True)) if found else (Decimal(0),) * 3


def test_the_list_and_what_is_not_listed_add_up_to_the_total(little):
    client = browser(little)
    for query in ("", "?type=hotel", "?state=lost", "?unit=east&sort=name", "?q=h1"):
        page = text(client.get(f"/sites/{query}"))
        sums = foot(page)
        total = sums.pop("Total")
        assert total[2] == 100
        assert added(list(sums.values())) == total, query
        assert added([figures(cells) for cells in body(page)]) == sums["Sites listed"], query
        assert ("Other sites" in sums) == bool(query)


def test_a_site_prints_the_same_figures_wherever_it_is_listed(little):
    client = browser(little)
    one = {cells[0]: figures(cells) for cells in body(text(client.get("/sites/?sort=name")))}
    two = {cells[0]: figures(cells) for cells in body(text(client.get("/sites/?type=hotel&sort=-lost")))}
    assert two
    assert all(one[name] == value for name, value in two.items())
    page = text(client.get("/sites/h2/"))
    lost = next(cells for cells in body(text(client.get("/sites/?q=h2"))))[-3].removeprefix("Lost ")
    assert f">{lost}</a>" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 12), ("?type=road", 4), ("?state=never", 2), ("?state=chosen", 1), ("?q=hotel+3", 1), ("?q=宾馆", 7),
        ("?unit=west", 5), ("?unit=-", 0), ("?type=nothing", 0),
    ],
)  # fmt: skip
def test_filters(little, query, count):
    page = text(browser(little).get(f"/sites/{query}"))
    assert len(body(page)) == count
    features = browser(little).get(f"/sites.geojson{query}").json()["features"]
    assert len(features) == count, "the map shows what is listed"
    if not count:
        assert "No site matches" in page


def test_blanks_of_the_register_can_be_seen(little):
    page = text(browser(little).get("/sites/"))
    assert "Nobody has looked at 2 of them this year." in page
    assert "nobody has looked this year" in page


def test_exports_hold_all_that_is_listed(little):
    client = browser(little)
    answer = client.get("/sites/?type=hotel&sort=name&export=csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 8
    assert lines[0][:3] == ["Code", "Site", "Type"]
    shown = {cells[0].split("h")[0]: figures(cells) for cells in body(text(client.get("/sites/?type=hotel&sort=name")))}
    assert len(shown) <= 7
    lost = sum(Decimal(line[8]) for line in lines[1:])
    assert -lost == foot(text(client.get("/sites/?type=hotel")))["Sites listed"][0]


def test_the_workbook_opens(little, tmp_path):
    answer = browser(little, "zh-hans").get("/sites/?export=xlsx")
    (tmp_path / "sites.xlsx").write_bytes(answer.content)
    (sheet,) = read_workbook(tmp_path / "sites.xlsx")
    assert len(sheet.rows) == 13
    assert isinstance(sheet.rows[1][8], float)


def test_marks_of_the_map(little):
    features = browser(little).get("/sites.geojson").json()["features"]
    states = {feature["properties"]["id"]: feature["properties"]["state"] for feature in features}
    assert states["r1"] == "lost"
    assert states["r4"] == states["h7"] == states["z1"] == "open"
    assert features[0]["geometry"]["coordinates"] == [0.201, 0.1005]
    assert features[0]["properties"]["url"] == "/sites/h1/"


def test_a_site_s_page_says_what_is_open(little):
    page = text(browser(little).get("/sites/h1/"))
    assert "Danger: does not wait for points" in page
    assert "hotel item 1" in page
    assert "/ledger/?cluster=h1" in page
    chosen = text(browser(little).get("/sites/r3/"))
    assert "enters no score" in chosen
    assert browser(little).get("/sites/nowhere/").status_code == 404


def statements(hotels: int) -> tuple[int, int, int]:
    forget()
    little = little_county(hotels, 3, code=f"c{hotels}")
    facts = [look("hotel.ho1", f"h{n}", "fail", selection="census") for n in range(1, hotels + 1)]
    record(little.county.pk, YEAR, facts, by=little.office)
    client = browser(little)
    client.get("/sites/")
    counts = []
    for address in ("/sites/", "/sites.geojson", "/sites/h1/"):
        forget()
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    return counts[0], counts[1], counts[2]


def test_ten_times_as_many_sites_take_as_many_statements():
    small, large = statements(8), statements(80)
    assert small == large
    assert max(large) <= 26
