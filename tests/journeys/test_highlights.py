"""A highlight: a head sends it in, the office approves, all read it with the mark of its numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import GREEN, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import PHONE, fits, people, photo

if TYPE_CHECKING:
    from playwright.sync_api import Locator

NAME = "门前收纳箱换位摆放"


def decide(page: Page, word: str, text: str = "") -> Locator:
    """Open a decision and send it."""
    page.locator(".hard-decide summary", has_text=word).click()
    form = page.locator(".hard-decide[open] form")
    if text:
        form.locator("textarea").fill(text)
    send(page, form)
    return page.locator("h1 .pill")


def test_a_highlight_is_sent_in_approved_and_withdrawn(browser: Browser, server: str) -> None:
    with people(browser, forgiven=("422",)) as person:
        unit = person("zh-CN", PHONE)
        sign_in(unit, server, "example-head")
        unit.goto(f"{server}/mine/")
        unit.locator('section[aria-labelledby="highlights-title"]').get_by_role("link", name="报送亮点").click()
        fits(unit)
        unit.locator('input[name="title_zh"]').fill(NAME)
        unit.locator('textarea[name="text"]').fill("收纳箱移到门内侧，人行道不再占用。")
        unit.locator('textarea[name="measured"]').fill("投诉由12件降到3件，按热线记录。")
        unit.locator('input[name="first"]').fill(date.today().isoformat())
        unit.locator('input[name="last"]').fill((date.today() - timedelta(days=3)).isoformat())
        unit.locator('input[name="photos"]').set_input_files([photo(GREEN)])
        send(unit)
        expect(unit.locator(".field-error").first).to_contain_text("止日")
        unit.locator('input[name="last"]').fill(date.today().isoformat())
        send(unit)
        expect(unit.locator("h1 .pill")).to_contain_text("待审核")
        expect(unit.locator("main")).to_contain_text("单位自报")
        expect(unit.locator(".photos img")).to_have_count(1)
        fits(unit)
        page = unit.url
        office = person("zh-CN", {"width": 1440, "height": 900})
        sign_in(office, server)
        office.goto(page)
        expect(decide(office, "通过")).to_contain_text("已通过")
        unit.goto(f"{server}/plan/")
        unit.get_by_role("link", name="亮点", exact=True).click()
        row = unit.locator("li", has_text=NAME)
        expect(row).to_contain_text("单位自报")
        fits(unit)
        # It is taken away again with a reason, which stands where it is listed.
        expect(decide(office, "撤下", "试用期满，改用新办法")).to_contain_text("已撤下")
        unit.reload()
        expect(row).to_contain_text("试用期满，改用新办法")
