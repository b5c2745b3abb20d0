"""Tasks: deadlines in the office's words, a task of one's own, what it rests on, dates a unit sets itself."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import NUMBER, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, fits, people


def first_open(page: Page, server: str) -> str:
    """The number of an item that is being fixed."""
    page.goto(f"{server}/work/?view=fixing&sort=-deadline")
    found = NUMBER.search(page.locator("table.work-list tbody th a").first.get_attribute("href") or "")
    assert found
    return found.group(1)


def set_deadline(page: Page, server: str, number: str, words: str) -> None:
    page.goto(f"{server}/work/{number}/deadline/")
    page.locator('input[name="deadline"]').fill(words)
    page.locator('textarea[name="reason"]').fill("The office agreed on it.")


def test_deadlines_keep_their_words(browser: Browser, server: str) -> None:
    """Words become a date while one types; the item keeps both; what has no end has no light; what names no day says so.

    C61.
    """
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        number = first_open(office, server)

        set_deadline(office, server, number, "尽快")
        expect(office.locator("#when-deadline")).to_contain_text("No date follows")
        send(office)
        expect(office.locator('input[name="deadline"]')).to_have_value("尽快")

        set_deadline(office, server, number, "2027年3月底前")
        expect(office.locator("#when-deadline")).to_contain_text("31 Mar 2027, 23:59")
        send(office)
        expect(office.locator("main")).to_contain_text("written: 2027年3月底前")
        expect(office.locator("main")).to_contain_text("31 Mar 2027")
        fits(office)

        set_deadline(office, server, number, "长期坚持")
        expect(office.locator("#when-deadline")).to_contain_text("no end; reviewed on this day")
        send(office)
        expect(office.locator("h1 .pill")).to_have_text("ongoing")
        office.goto(f"{server}/work/?light=standing")
        expect(office.locator("table.work-list tbody")).to_contain_text(number)
