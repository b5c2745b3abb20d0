"""The forms of what units ask and of the answers, and where the pages say that something waits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.spine.work.models import State, WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import accepted, browser, form, issued
from tests.spine.work.town import Town, again, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def main_button(town: Town, item: WorkItem, who: str) -> str:
    page = text(browser(town, who).get(f"/work/{item.number}/"))
    found = re.search(r'class="btn btn-primary act-main"[^>]*>([^<]+)<', page)
    return found.group(1) if found else ""


def send(town: Town, who: str, item: WorkItem, what: str, status: int = 302, **fields: str) -> str:
    """Send a form of an item as it is now; the page of the answer."""
    given = form(version=str(again(item).version), **fields)
    answer = browser(town, who).post(f"/work/{item.number}/{what}/", given)
    assert answer.status_code == status, text(answer)[:3000]
    return text(answer) if status != 302 else ""


def test_a_return_is_decided_by_the_one_main_button_of_the_office(town):
    item = issued(town)
    page = send(town, "roads", item, "return", 422, reason=" ")
    assert "This may not stay empty" in page
    send(town, "roads", item, "return", reason="不归我局")
    assert main_button(town, item, "office") == "Decide"
    assert main_button(town, item, "roads") == "Accept", "the first receiver goes on meanwhile"
    page = text(browser(town, "roads").get(f"/work/{item.number}/"))
    assert "Until it is decided the unit that has it co-ordinates" in page and "不归我局" in page
    page = text(browser(town, "office").get("/work/?special=to_decide"))
    assert f'data-item="{item.number}"' in page and re.search(r'aria-current="page">to decide <b>1</b>', page)
    page = send(town, "office", item, "decide", 422, upheld="yes", reason="属实")
    assert "Choose the unit that leads from now on" in page or "请选择" in page
    send(town, "office", item, "decide", upheld="yes", unit="tourism", reason="属实")
    assert again(item).lead.code == "tourism"
    page = text(browser(town, "office").get("/work/requests/"))
    assert "special=returned_upheld&amp;unit=roads" in page
    page = text(browser(town, "tourism").get(f"/work/{item.number}/return/"))
    assert "returned once" in page and 'class="work-form"' not in page


def test_an_extension_goes_by_the_head(town):
    item = accepted(town)
    day = f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}"
    send(town, "roads", item, "extend", 422, reason="缺料", deadline="soon")
    send(town, "roads", item, "extend", reason="缺料", deadline=day)
    assert main_button(town, item, "roads-head") == "Answer the extension"
    assert main_button(town, item, "office") == ""
    assert "extensions that wait for your consent" in text(browser(town, "roads-head").get("/mine/"))
    send(town, "roads-head", item, "consent", 422, agrees="")
    send(town, "roads-head", item, "consent", 422, agrees="no", reason="")
    send(town, "roads-head", item, "consent", agrees="yes")
    page = text(browser(town, "office").get(f"/work/{item.number}/decide/"))
    offered = re.search(r'name="deadline" value="([^"]+)"', page)
    assert offered and offered.group(1) == f"{day} 23:59"
    send(town, "office", item, "decide", upheld="yes", deadline=offered.group(1), reason="同意")
    assert f"{timezone.localtime(again(item).deadline):%Y-%m-%d %H:%M:%S}" == f"{day} 23:59:59"
    page = text(browser(town, "office").get(f"/work/{item.number}/"))
    assert "working days instead of" in page


def test_a_disputed_finding_is_said_in_words(town):
    item = issued(town, item="free.item", unit="roads", cluster="r3")
    send(town, "roads", item, "appeal", reason="当日已修复")
    page = text(browser(town, "roads").get(f"/work/{item.number}/"))
    assert "pill-disputed" in page and "stands: the finding is disputed" in page
    assert "someone else has to decide" in text(browser(town, "inspector").get(f"/work/{item.number}/decide/"))
    assert main_button(town, item, "inspector-2") == "Decide"
    assert browser(town, "roads").get(f"/work/{item.number}/decide/").status_code == 403
    send(town, "inspector-2", item, "decide", upheld="yes", reason="属实")
    assert again(item).state == State.CANCELLED


def test_deferred_and_taken_up_again(town):
    item = issued(town, hours=24 * 30)
    day = f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}"
    send(town, "office", item, "defer", 422, leader="", until=day, reason="拆迁")
    send(town, "office", item, "defer", 422, leader=str(town["leader"].pk), until="", reason="拆迁")
    send(town, "office", item, "defer", leader=str(town["leader"].pk), until=day, reason="拆迁")
    page = text(browser(town, "office").get(f"/work/{item.number}/"))
    assert "pill-deferred" in page and f"review on {day}" in page and str(town["leader"].person) in page
    assert item.number not in text(browser(town, "office").get("/work/?light=late"))
    assert item.number in text(browser(town, "office").get("/work/?special=deferred"))
    send(town, "office", item, "resume", reason="已解决")
    assert item.number in text(browser(town, "office").get("/work/?light=late"))


def test_the_office_names_who_helps_and_each_adds_its_part(town):
    item = accepted(town)
    send(town, "roads", item, "coordinate", reason="需旅游局配合")
    assert "clock stands" in text(browser(town, "office").get(f"/work/{item.number}/"))
    given = form(version=str(again(item).version), upheld="yes", reason="请配合", supports=["tourism", "east"])
    assert browser(town, "office").post(f"/work/{item.number}/decide/", given).status_code == 302
    assert {unit.code for unit in again(item).supports.all()} == {"tourism", "east"}
    assert main_button(town, item, "tourism") == "Add your part"
    send(town, "tourism", item, "contribute", text="已配合")
    page = text(browser(town, "roads").get(f"/work/{item.number}/report/"))
    assert 'name="without"' in page
    page = text(browser(town, "roads").get(f"/work/{item.number}/"))
    assert "已配合" in page and "has not added its part yet" in page
