"""Tasks from a pasted speech and orders from a pasted chat: recognised, confirmed, issued together or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, hidden, jpeg
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db
SPEECH = "一、整治背街小巷。重点是老城区。\n二、规范农贸市场。"


@pytest.fixture
def town() -> Town:
    return make()


def recognise(town: Town, words: str, kind: str = "speech") -> Any:
    return browser(town, "office").post("/work/paste/", form(kind=kind, text=words, do="preview"))


def test_points_of_a_speech_are_issued_with_lead_and_date_or_not_at_all(town):
    page = text(recognise(town, SPEECH))
    assert 'value="整治背街小巷"' in page and 'value="规范农贸市场"' in page
    assert not WorkItem.objects.exists()
    sent = {
        "kind": "speech", "do": "issue", "source": "动员会讲话", "uid": hidden(page, "uid"), "text": SPEECH,
        "title-0": "整治背街小巷", "text-0": "整治背街小巷。", "label-0": "一", "unit-0": "roads", "pick-0": "1",
        "title-1": "规范农贸市场", "text-1": "规范农贸市场。", "label-1": "二", "unit-1": "", "pick-1": "1", "deadline-1": "5天内",
    }  # fmt: skip
    client = browser(town, "office")
    refused = client.post("/work/paste/", form(**sent))
    assert refused.status_code == 422 and not WorkItem.objects.exists()
    assert "Choose a lead unit." in text(refused) and "Write a deadline, here or for all" in text(refused)
    assert 'value="5天内"' in text(refused)
    sent |= {"unit-1": "tourism", "deadline": "30天内"}
    assert client.post("/work/paste/", form(**sent)).status_code == 302
    assert client.post("/work/paste/", form(**sent)).status_code == 302
    items = {item.title_zh: item for item in WorkItem.objects.select_related("lead")}
    assert {title: (item.lead.code if item.lead else "", item.deadline_text) for title, item in items.items()} == {
        "整治背街小巷": ("roads", "30天内"), "规范农贸市场": ("tourism", "5天内"),
    }  # fmt: skip


def test_lines_of_a_chat_are_recognised_and_take_photos(town):
    page = text(recognise(town, "路2 垃圾未清 @城东镇 3天内", "chat"))
    assert '<option value="r2" selected' in page and '<option value="east" selected' in page
    assert 'value="3天内"' in page and 'value="路2 垃圾未清"' in page
    sent = {
        "kind": "chat", "do": "issue", "uid": hidden(page, "uid"), "title-0": "路2 垃圾未清", "text-0": "原文", "site-0": "r2",
        "unit-0": "east", "deadline-0": "3天内", "pick-0": "1", "photos-0": jpeg(),
    }  # fmt: skip
    assert browser(town, "office").post("/work/paste/", form(**sent)).status_code == 302
    item = WorkItem.objects.get()
    assert (item.cluster, item.deadline_text) == ("r2", "3天内")
    assert item.sightings.get().photos.count() == 1


def test_what_cannot_be_read_says_so(town):
    for words, kind in (("没有编号的话", "speech"), ("", "speech"), ("[图片]", "chat")):
        assert recognise(town, words, kind).status_code == 422
    answer = browser(town, "office").post("/work/paste/", form(kind="speech", do="issue", **{"title-0": "甲"}))
    assert answer.status_code == 422 and "tick at least one" in text(answer)
