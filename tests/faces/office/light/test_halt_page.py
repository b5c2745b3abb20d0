"""The page of a stop: the rule is quoted, the form is kept with its photos, and it goes on from there."""

from __future__ import annotations

import re
import uuid

import pytest

from qipan.spine.work.lightness.models import Override
from qipan.spine.work.models import LogEntry
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, issued, jpeg
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db

SHUT = "迎检期间沿街商铺一律关门。"


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    main = page[page.index('class="work-form"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main))


def test_an_instruction_is_stopped_and_goes_out_with_a_reason(town):
    item = issued(town)
    client = browser(town, "leader")
    token = str(uuid.uuid4())
    sent = {"text": SHUT, "uid": token, "version": item.version}
    answer = client.post(f"/work/{item.number}/instruct/", sent)
    assert answer.status_code == 422
    page = text(answer)
    assert "No shop or market may be told to close" in page
    assert SHUT in page
    assert not LogEntry.objects.filter(step="instructed").exists()
    # Too short a reason: stopped again, with what was written.
    again = {**fields(page), "text": SHUT, "ground_override": "急"}
    assert again["uid"] == token
    answer = client.post(f"/work/{item.number}/instruct/", again)
    assert answer.status_code == 422
    assert "too short for a reason" in text(answer)
    answer = client.post(
        f"/work/{item.number}/instruct/", {**again, "ground_override": "停水停电抢修，商户已同意关门一小时"}
    )
    assert answer.status_code == 302
    assert Override.objects.get().thing_id == item.number
    page = text(client.get("/work/lightness/rules/"))
    assert "停水停电抢修" in page
    # A unit reads the rules, and not who went over them.
    page = text(browser(town, "roads").get("/work/lightness/rules/"))
    assert "No vendor is chased away" in page
    assert "停水停电抢修" not in page


def test_a_note_with_photos_keeps_them_over_the_stop(town):
    item = issued(town)
    client = browser(town, "office")
    answer = client.post(f"/work/{item.number}/note/", form(version=item.version, text=SHUT, photos=jpeg()))
    assert answer.status_code == 422
    kept = fields(text(answer))
    assert kept["photos_kept"]
    answer = client.post(f"/work/{item.number}/note/", {**kept, "text": "请商户做好门前三包"})
    assert answer.status_code == 302
    written = LogEntry.objects.get(step="noted")
    assert [str(photo.uid) for photo in written.photos.all()] == [kept["photos_kept"]]
    assert not Override.objects.exists()


def test_from_the_leaders_page_too(town):
    item = issued(town)
    answer = browser(town, "leader", "zh-hans").post(f"/leader/{item.number}/instruct/", {"text": SHUT, "uid": ""})
    assert answer.status_code == 422
    assert "不得为迎接检查、测评要求商户、市场关门停业" in text(answer)
