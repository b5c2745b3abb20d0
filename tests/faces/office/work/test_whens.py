"""Deadlines in words on the pages: what they come to while one types, what is kept, what "at once" gives."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from qipan.spine.work.limits import settings_of
from tests.faces.office.pages import text
from tests.faces.office.working import accepted, browser, form, hidden
from tests.spine.work.town import Town, again, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def shown(town: Town, words: str = "", day: str = "", name: str = "roads") -> str:
    return text(browser(town, name).get("/work/when/?" + urlencode({"deadline": words, "deadline_day": day})))


def test_the_words_are_worked_out_while_one_types(town):
    day = timezone.localdate() + timedelta(days=2)
    assert f"{day.day} {day:%b %Y}, 23:59" in shown(town, day=f"{day:%Y-%m-%d}")
    assert "comes again every month" in shown(town, "每月25日前")
    assert "no end; reviewed on this day" in shown(town, "长期坚持")
    assert "No date follows" in shown(town, "尽快")
    assert "leave one of them out" in shown(town, "明年3月底前", f"{day:%Y-%m-%d}")
    assert "This lies in the past" in shown(town, "2026-01-05")
    assert shown(town).strip() == ""


def test_a_deadline_in_words_is_kept_with_its_date(town):
    item = accepted(town)
    client = browser(town, "office")
    page = text(client.get(f"/work/{item.number}/deadline/"))
    sent = form(deadline="明年3月底前", reason="天冷") | {
        "uid": hidden(page, "uid"),
        "version": hidden(page, "version"),
    }
    assert client.post(f"/work/{item.number}/deadline/", sent).status_code == 302
    changed = again(item)
    assert changed.deadline_text == "明年3月底前"
    assert timezone.localdate(changed.deadline).month == 3
    page = text(client.get(f"/work/{item.number}/"))
    assert "written: 明年3月底前" in page and "new deadline 明年3月底前" in page
    assert "明年3月底前" in text(client.get("/work/"))
    wrong = client.post(f"/work/{item.number}/deadline/", form(deadline="尽快", reason="天冷", version="4"))
    assert wrong.status_code == 422 and 'value="尽快"' in text(wrong)


def test_the_office_sets_what_at_once_gives(town):
    client = browser(town, "office")
    page = text(client.get("/work/when/words/"))
    assert "15个工作日内" in page and "长期坚持" in page
    version = hidden(page, "version")
    assert client.post("/work/when/words/", form(days="2", version=version)).status_code == 302
    assert settings_of(town.county.pk).at_once_days == 2
    assert client.post("/work/when/words/", form(days="99", version="2")).status_code == 422
    assert client.post("/work/when/words/", form(days="5", version=version)).status_code == 409
    assert "set by the office" in text(browser(town, "roads").get("/work/when/words/"))
    assert browser(town, "roads").post("/work/when/words/", form(days="5", version="2")).status_code == 403
