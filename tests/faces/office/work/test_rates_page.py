"""The page of the rates: every figure leads to the list that it counts, a dash where nothing counts, the file of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import rows, text
from tests.faces.office.working import accepted, browser, cancelled, closed, issued, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = make(hotels=6, roads=9)
    issued(made)
    accepted(made, cluster="r3")
    reported(made, cluster="r5")
    closed(made, cluster="r4")
    cancelled(made, item="hotel.ho2", cluster="h1")
    issued(made, item="hotel.ho1", cluster="h2")
    issued(made, cluster="r7", by=made["inspector-roads"])
    WorkItem.objects.filter(cluster="r3").update(deadline=timezone.now() - timedelta(days=2))
    return made


def counted(page: str) -> list[tuple[int, str]]:
    """Every count of the page with the list that it opens."""
    found = re.findall(r'<a href="(/work/\?[^"]*(?:rate|found)=[^"]*)">(\d+)', page)
    return [(int(n), url.replace("&amp;", "&")) for url, n in found]


def listed(client, url: str) -> int:
    return len([1 for attributes, _cells in rows(text(client.get(url))) if "data-item" in attributes])


@pytest.mark.parametrize("query", ["", "?by=kind", "?by=group", "?by=side", "?unit=roads", "?kind=order&side=hardware"])
def test_each_figure_opens_the_list_it_counts(town, query):
    client = browser(town, "office")
    found = counted(text(client.get(f"/work/rates/{query}")))
    assert found or "side" in query
    for n, url in set(found):
        assert listed(client, url) == n, url


def test_a_unit_follows_its_own_figures(town):
    client = browser(town, "roads")
    assert '/work/rates/?unit=roads"' in text(client.get("/mine/"))
    found = counted(text(client.get("/work/rates/?unit=roads")))
    assert found and all(listed(client, url) == n for n, url in set(found))


def test_formulas_stand_in_words_and_with_their_numbers(town):
    page = text(browser(town, "office").get("/work/rates/?unit=roads"))
    assert 'title="handled in time 2 ÷ due to be handled 3 = 66.7%"' in page
    assert "Handled in time ÷ due to be handled." in page
    assert "—" in text(browser(town, "office").get("/work/rates/?unit=tourism"))


def test_a_month_is_a_period(town):
    client = browser(town, "office")
    now = timezone.localtime()
    page = text(client.get(f"/work/rates/?month={now.year + 1}-02"))
    assert "due to be handled 0 = —" in page
    assert client.get("/work/rates/?month=never&since=x&until=2026-99-99").status_code == 200


def test_the_file_holds_both_counts(town):
    answer = browser(town, "office").get("/work/rates/?export=csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    roads = next(line for line in lines if line["due to be handled"] == "3" and line["Group"])
    assert (roads["handled in time"], roads["on-time handling rate"], roads["Found by the unit itself"]) == (
        "2",
        "66.7%",
        "1",
    )


def test_the_list_of_work_says_what_it_was_filtered_by(town):
    page = text(
        browser(town, "office").get("/work/?rate=owed&found=others&group=-&side=-&since=2026-01-01&until=2026-12-31")
    )
    for words in (
        "due to be handled",
        "not found by the unit itself",
        "without a class",
        "deadlines from 2026-01-01 on",
    ):
        assert words in page


def test_the_page_asks_the_same_for_more(town):
    def statements() -> int:
        client = browser(town, "office")
        client.get("/work/rates/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/work/rates/")
        return len(asked)

    few = statements()
    item = WorkItem.objects.get(cluster="h2")
    for number in range(30):
        item.pk, item.number, item.open_key = None, f"2026-8{number:04}", None
        item.save(force_insert=True)
    assert statements() == few
