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
#: What other posts open: their first pages, and the forms of what they do.
OTHERS = {
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
#: Each language and each width once: what a machine reads differs little between them, and takes the most time.
READ_BY_MACHINE = {("zh-CN", 360), ("en-US", 1440)}


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_page_fits_and_reads(browser: Browser, server: str, language: str, width: int) -> None:
    """No page is wider than its window, speaks a mixed tongue, or has a serious fault of accessibility."""
    faults: list[str] = []
    for account, addresses in ({"example-office": OFFICE} | OTHERS).items():
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": 900}, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        sign_in(page, server, account)
        for address in addresses:
            faults += [f"{account} {address}: {fault}" for fault in _faults(page, server, address, language, width)]
        context.close()
    assert not faults, "\n".join(faults)


def _faults(page: Page, server: str, address: str, language: str, width: int) -> list[str]:
    first, *links = address.split(" > ")
    answer = page.goto(server + first)
    for link in links:
        answer = page.goto(server + str(page.locator(f"main {link}").first.get_attribute("href")))
    assert answer is not None
    if answer.status != 200:
        return [f"answered {answer.status}"]
    faults = []
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        faults.append(f"{wide} px wide in a window of {width}")
    if page.locator("html").get_attribute("lang") != ("zh-CN" if language == "zh-CN" else "en"):
        faults.append("in another language")
    if (language, width) not in READ_BY_MACHINE:
        return faults
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    for violation in found["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(node["target"][0] for node in violation["nodes"][:3])
            faults.append(f"{violation['id']} ({len(violation['nodes'])}): {where}")
    return faults


def test_the_language_follows_the_browser_and_can_be_switched(browser: Browser, server: str) -> None:
    """A Chinese browser gets Chinese, any other English; one press switches and stays."""
    for locale, first, other in (("zh-CN", "zh-CN", "en"), ("en-GB", "en", "zh-CN")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto(f"{server}/accounts/sign-in/")
        assert page.locator("html").get_attribute("lang") == first
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
