"""Pages of a site, a criterion and a unit lead to the work that hangs on them, with counts that equal the lists."""

from __future__ import annotations

import re

import pytest

from tests.faces.office.pages import rows, text
from tests.faces.office.working import browser, cancelled, closed, issued
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = make(hotels=4, roads=5)
    issued(made, cluster="r3")
    issued(made, cluster="r3", item="road.r1", outcome="9")
    closed(made, cluster="r5")
    cancelled(made, cluster="r4")
    return made


def counted(page: str) -> list[tuple[str, int]]:
    """The addresses of the two lists, with their counts."""
    part = re.search(r'<p class="work-here">(.*?)</p>', page, re.DOTALL)
    if part is None:
        return []
    found = re.findall(r'href="([^"]+)">(\d+)', part.group(1))
    return [(url.replace("&amp;", "&"), int(count)) for url, count in found]


@pytest.mark.parametrize(
    ("address", "counts"),
    [("/sites/r3/", [2]), ("/standard/1.2/", [2, 1]), ("/standard/1/", [2, 1]), ("/units/roads/", [2, 1]),
     ("/units/east/", [2, 1]), ("/sites/r4/", []), ("/units/west/", [])],
)  # fmt: skip
def test_counts_equal_the_lists_that_they_open(town, address, counts):
    client = browser(town, "office")
    found = counted(text(client.get(address)))
    assert [count for _url, count in found] == counts
    for url, count in found:
        listed = [row for row, _cells in rows(text(client.get(url))) if "data-item" in row]
        assert len(listed) == count, url


def test_others_see_only_their_own(town):
    assert counted(text(browser(town, "west").get("/units/roads/"))) == []
    assert [count for _url, count in counted(text(browser(town, "east").get("/units/roads/")))] == [2, 1]
