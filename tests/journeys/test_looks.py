"""Every page, in both languages, at 1440 and at 360 px: nothing hangs over, nothing is unreadable to a machine.

A page whose address nobody knows beforehand, such as that of an item, is reached by the first link that fits.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from qipan.ground.units.models import Role
from tests.journeys.conftest import sign_in

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
OFFICE = (
    "/",
    "/points/?by=part&sort=-lost",
    "/points/?by=unit",
    "/standard/",
    "/standard/Ⅲ-57/",
    "/standard/Ⅲ-84/",
    "/standard/editions/",
    "/standard/editions/new/",
    "/units/",
    "/units/qs-urban-management/",
    "/sites/",
    "/ledger/",
    "/ledger/rounds/",
    "/ledger/import/",
    "/responsibilities/",
    "/assumptions/",
    "/accounts/",
    "/inbox/",
    "/gaps/",
    "/work/",
    "/work/?list=tasks",
    "/work/?view=closed > tbody th a",
    "/work/?view=to_accept > tbody th a",
    "/work/units/qs-urban-management/",
    "/work/decompose/",
    "/work/classes/",
    "/work/classes/GEN/",
    "/record/",
    "/record/list/",
    "/record/review/document/",
    "/record/rounds/new/",
    "/record/rounds/round-3/",
    "/record/rounds/round-3/close/",
    "/setup/",
    "/setup/campaign/",
    "/setup/campaign/ > td a[href*='/campaign/']",
    "/setup/standard/",
    "/setup/functions/",
    "/setup/nodes/",
    "/setup/units/",
    "/setup/units/types/",
    "/setup/units/import/",
    "/setup/units/ > tbody th a",
    "/setup/people/",
    "/setup/people/new/",
    "/setup/people/ > tbody th a",
    "/setup/sites/",
    "/setup/sites/new/",
    "/setup/calendar/",
    "/setup/practice/",
    "/setup/journal/",
    "/headquarters/",
    "/headquarters/members/new/",
    "/headquarters/groups/new/",
    "/sponsors/",
    "/sponsors/ > .sponsor-lines a",
    "/sponsors/set/",
)
#: By the one-click account: what the office opens; of others their first pages, and the forms of what they do.
PAGES = {
    "example-office": OFFICE,
    "example-leader": ("/leader/",),
    "example-head": (
        "/mine/",
        "/work/?view=fixing&unit=qs-urban-management&role=lead > tbody th a > .act-bar a.act-main",
    ),
    "example-liaison": ("/mine/",),
    "example-inspector": (
        "/record/visit/ > a.go",
        "/work/?view=to_recheck > tbody th a > .act-bar a.act-main",
    ),
}
SERIOUS = {"serious", "critical"}
WIDE, NARROW = 1440, 360
#: At which width a machine reads the pages of a language: it takes the most time, and finds little else at the other.
READ_AT = {"zh-CN": NARROW, "en-US": WIDE}


@pytest.mark.parametrize("account", [*PAGES])
@pytest.mark.parametrize("language", [*READ_AT])
def test_every_page_fits_and_reads(browser: Browser, server: str, language: str, account: str) -> None:
    """No page is wider than its window, speaks a mixed tongue, or has a serious fault of accessibility."""
    context = browser.new_context(locale=language, viewport={"width": WIDE, "height": 900}, timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    # Put into every page as it opens, which asks nothing of the server and is not held up by the page's own rules.
    context.add_init_script(path=AXE)
    page = context.new_page()
    sign_in(page, server, account)
    faults = [f"{address}: {fault}" for address in PAGES[account] for fault in _faults(page, server, address, language)]
    context.close()
    assert not faults, "\n".join(faults)


def _faults(page: Page, server: str, address: str, language: str) -> list[str]:
    first, *links = address.split(" > ")
    answer = page.goto(server + first)
    for link in links:
        answer = page.goto(server + str(page.locator(f"main {link}").first.get_attribute("href")))
    assert answer is not None
    if answer.status != 200:
        return [f"answered {answer.status}"]
    faults = []
    if page.locator("html").get_attribute("lang") != ("zh-CN" if language == "zh-CN" else "en"):
        faults.append("in another language")
    # From the width at hand to the other, so that each page changes its window once.
    window = page.viewport_size
    assert window is not None
    for width in sorted((WIDE, NARROW), reverse=window["width"] == WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{wide} px wide in a window of {width}")
        if width == READ_AT[language]:
            faults += _read_by_machine(page)
    return faults


def _read_by_machine(page: Page) -> list[str]:
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({len(violation['nodes'])}): {'; '.join(n['target'][0] for n in violation['nodes'][:3])}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
    ]


def test_the_language_follows_the_browser_and_can_be_switched(browser: Browser, server: str) -> None:
    """A Chinese browser gets Chinese, any other English; one press switches and stays."""
    for locale, first, other in (("zh-CN", "zh-CN", "en"), ("en-GB", "en", "zh-CN")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto(f"{server}/accounts/sign-in/")
        assert page.locator("html").get_attribute("lang") == first
        with page.expect_navigation():
            page.locator(".language button").click()
        assert page.locator("html").get_attribute("lang") == other
        sign_in(page, server)
        assert page.locator("html").get_attribute("lang") == other
        assert page.locator(".example").count() == 1
        context.close()


def test_by_keyboard(page: Page, server: str) -> None:
    """The first tab stop leads to the content; a stone is reached, shows what it stands for, and opens its list."""
    sign_in(page, server)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('stone')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.tip')).visibility") == "visible"
    page.keyboard.press("Enter")
    page.wait_for_url("**/points/**")


def test_only_a_visitor_of_this_machine_enters_the_example(page: Page, server: str) -> None:
    """The one-click accounts are on the sign-in page; without signing in, every page leads there."""
    page.goto(f"{server}/standard/")
    assert "/accounts/sign-in/" in page.url
    assert page.locator("button.account-button").count() == len(Role)
