"""The list of work: views and their counts, the four lists, filters and chips, what a file of it holds."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.spine.work import actions
from tests.faces.office.pages import rows, text
from tests.faces.office.working import accepted, browser, cancelled, closed, issued, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = make(hotels=6, roads=5)
    issued(made)
    accepted(made, cluster="r3")
    reported(made, cluster="r5")
    closed(made, cluster="r4")
    cancelled(made, item="hotel.ho2", cluster="h1")
    issued(made, item="hotel.ho1", cluster="h2")
    return made


def listed(page: str) -> list[str]:
    """The numbers of the rows, in their order."""
    return [attributes["data-item"] for attributes, _cells in rows(page) if "data-item" in attributes]


def views(page: str) -> dict[str, tuple[int, str]]:
    """Each view's count and address."""
    found = re.findall(r'<li><a href="([^"]*)"[^>]*>([^<]+) <b>(\d+)</b></a></li>', page)
    return {word.strip(): (int(count), url.replace("&amp;", "&")) for url, word, count in found}


@pytest.mark.parametrize("query", ["", "?q=hotel", "?safety=1", "?unit=roads", "?light=late", "?type=road&role=any"])
def test_the_count_beside_a_view_is_that_of_its_list(town, query):
    client = browser(town, "office")
    found = views(text(client.get(f"/work/{query}")))
    assert {"all", "open", "to accept", "being fixed", "to re-check", "closed"} <= set(found)
    for count, url in found.values():
        assert len(listed(text(client.get("/work/" + url if url.startswith("?") else url)))) == count, url


def test_what_each_post_sees(town):
    seen = {name: len(listed(text(browser(town, name).get("/work/")))) for name in ("office", "leader", "inspector")}
    assert seen == {"office": 6, "leader": 6, "inspector": 6}
    assert len(listed(text(browser(town, "roads").get("/work/")))) == 4
    assert len(listed(text(browser(town, "tourism").get("/work/")))) == 2
    # A town sees what lies in its territory, whoever leads it; a section sees nothing of the bureau above it.
    assert len(listed(text(browser(town, "east").get("/work/")))) == 3
    assert "Nothing is asked of you now" in text(browser(town, "section").get("/work/"))


@pytest.mark.parametrize(
    ("which", "headings"),
    [
        ("", {"Lead unit", "Site", "Planned", "Points at stake"}), ("problem", {"Criterion", "Class", "Comes from"}),
        ("task", {"Criterion", "Stage", "Planned"}), ("responsibility", {"Territory", "Supporting units", "Person in charge"}),
        ("time", {"Issued", "Planned", "Actual", "Difference"}),
    ],
)  # fmt: skip
def test_four_lists_are_one_record(town, which, headings):
    client = browser(town, "office")
    page = text(client.get("/work/", {"list": which}))
    head = {cell.removesuffix("▲").removesuffix("▼") for cell in rows(page)[0][1]}
    assert headings <= head
    assert listed(page) == listed(text(client.get("/work/")))


def test_a_condition_is_a_chip_that_can_be_taken_away(town):
    client = browser(town, "office")
    page = text(client.get("/work/?type=hotel&safety=1&view=open&sort=points"))
    assert len(listed(page)) == 1
    chips = re.findall(r'<a class="pill pill-neutral" href="([^"]+)">', page)
    assert len(chips) == 2
    wider = [text(client.get("/work/" + chip.replace("&amp;", "&"))) for chip in chips]
    assert sorted(len(listed(one)) for one in wider) == [1, 1]
    assert all("sort=points" in chip and "view=open" in chip for chip in chips)


def test_filters_that_links_set_are_carried_along(town):
    page = text(browser(town, "inspector").get("/work/?special=recheck&check=1.2/site_inspection"))
    assert len(listed(page)) == 1
    assert '<option value="recheck" selected>' in page
    assert "waits for a re-check that you may do" in page
    assert "No item of work matches" in text(browser(town, "inspector").get("/work/?q=nowhere"))


def test_a_unit_in_each_of_its_parts(town):
    client = browser(town, "office")
    counts = {
        role: len(listed(text(client.get(f"/work/?unit=east&role={role}")))) for role in ("lead", "territory", "any")
    }
    assert counts == {"lead": 0, "territory": 3, "any": 3}


def test_the_file_holds_what_is_listed(town):
    client = browser(town, "office")
    answer = client.get("/work/?view=closed&export=csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 1
    line = lines[0]
    today = timezone.localdate()
    assert line["Actual date"] == f"{today:%Y-%m-%d}"
    planned = timezone.localdate() + timedelta(days=-int(line["Days of difference"]))
    assert line["Planned date"] == f"{planned:%Y-%m-%d}"
    assert (line["Lead unit"], line["Site code"], line["Stage"]) == ("roads", "r4", "closed")
    whole = list(csv.reader(io.StringIO(client.get("/work/?export=csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in whole[1:]] == listed(text(client.get("/work/")))
    assert browser(town, "office", "zh-hans").get("/work/?export=xlsx").status_code == 200


def test_lights_say_it_in_words(town):
    late = issued(town, cluster="r1", hours=24 * 20)
    page = text(browser(town, "office").get("/work/?light=late"))
    assert listed(page) == [late.number]
    days = (timezone.localdate() - timezone.localdate(late.deadline)).days
    assert f"{days} day{'s' if days != 1 else ''} late" in page
    assert "pill-late" in page
    soon = issued(town, item="road.r1", outcome="9", cluster="r1")
    actions.set_deadline(
        soon.pk, version=soon.version, by=town["office"], deadline=timezone.now() + timedelta(minutes=20), reason="急"
    )
    page = text(browser(town, "office").get("/work/?light=due"))
    assert listed(page) == [soon.number]
    assert "pill-due" in page
    assert "超期" in text(browser(town, "office", "zh-hans").get("/work/?light=late"))


def test_the_responsibility_list_of_a_unit_holds_only_its_rows(town):
    page = text(browser(town, "office").get("/work/units/roads/"))
    assert len(listed(page)) == 3
    page = text(browser(town, "office").get("/work/units/east/"))
    assert "In its territory, led by others" in page
    # A bureau sees of another unit only what it sees anyhow.
    assert listed(text(browser(town, "tourism").get("/work/units/roads/"))) == []


def test_a_longer_list_takes_no_more_statements():
    few, many = make("few", roads=5), make("many", roads=40)
    for n in range(1, 5):
        issued(few, cluster=f"r{n}")
    for n in range(1, 41):
        issued(many, cluster=f"r{n}")
    counts = []
    for town in (few, many):
        client = browser(town, "office")
        client.get("/work/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/work/").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[1] <= 26


def test_what_a_town_leads_in_its_own_territory_is_printed_once(town):
    item = issued(town, cluster="r1", unit="east", why="指定")
    page = text(browser(town, "office").get("/work/units/east/"))
    assert listed(page).count(item.number) == 1
    assert browser(town, "office").get("/work/units/nowhere/").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "²", "9" * 30, "9" * 5000])
def test_a_page_that_is_none_is_the_first_or_the_last(town, page):
    assert listed(text(browser(town, "office").get("/work/", {"page": page})))
