"""What is posted to a chat group: the words, the plan of the picture, and what is not in them."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from qipan.ground.units.models import Person
from qipan.spine.work.models import WorkItem
from tests.faces.office.working import browser, issued, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def plan(page: str) -> Any:
    found = re.search(r'<script id="share-plan" type="application/json">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def text(page: str) -> str:
    found = re.search(r'<textarea id="share-text"[^>]*>(.*?)</textarea>', page, re.S)
    assert found is not None
    return unescape(found[1])


def test_an_item_says_what_where_whose_and_until_when(town: Town) -> None:
    item = issued(town)
    page = browser(town, "office", "zh-CN").get(f"/work/{item.number}/share/").text
    words = text(page)
    for part in (
        item.number,
        "路2",
        "坏了",
        town.units["roads"].name_zh,
        "时限",
        f"http://testserver/work/{item.number}/",
    ):
        assert part in words
    assert plan(page)["lines"] == words.splitlines()[2:-1]


def test_no_person_is_named(town: Town) -> None:
    Person.objects.update(full_name_zh="欧阳某某")
    item = reported(town)
    WorkItem.objects.filter(pk=item.pk).update(person=town["roads"].person)
    office = browser(town, "office", "zh-CN")
    for address in (f"/work/{item.number}/share/", "/work/share/", "/share/"):
        page = office.get(address)
        assert page.status_code == 200
        assert "欧阳某某" not in text(page.text) and "欧阳某某" not in json.dumps(plan(page.text), ensure_ascii=False)


def test_a_list_keeps_its_conditions_and_counts_what_it_leaves_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = issued(town), issued(town, cluster="r3")
    office = browser(town, "office")
    both = office.get("/work/share/?view=open").text
    assert first.number in text(both) and second.number in text(both)
    assert plan(both)["figures"][0] == {"value": "2", "word": "items"}
    one = office.get("/work/share/?view=open&site=r3").text
    assert first.number not in text(one) and "http://testserver/work/?view=open&site=r3" in text(one)
    monkeypatch.setattr("qipan.faces.office.work.share.MOST", 1)
    cut = office.get("/work/share/?view=open").text
    assert len(plan(cut)["entries"]) == 1 and "and 1 more" in text(cut)
    # What a unit does not see is not in what it shares.
    assert first.number not in text(browser(town, "tourism").get("/work/share/").text)
