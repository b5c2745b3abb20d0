"""Every page, in both languages, at 1440 and at 360 px: nothing hangs over, nothing is unreadable to a machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import sign_in

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
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
)
SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_page_fits_and_reads(browser: Browser, server: str, language: str, width: int) -> None:
    """No page is wider than its window, speaks a mixed tongue, or has a serious fault of accessibility."""
    context = browser.new_context(
        locale=language, viewport={"width": width, "height": 900}, timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    faults: list[str] = []
    sign_in(page, server)
    for address in PAGES:
        answer = page.goto(server + address)
        assert answer is not None
        if answer.status != 200:
            faults.append(f"{address}: answered {answer.status}")
            continue
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{address}: {wide} px wide in a window of {width}")
        if page.locator("html").get_attribute("lang") != ("zh-CN" if language == "zh-CN" else "en"):
            faults.append(f"{address}: in another language")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in found["violations"]:
            if violation["impact"] in SERIOUS:
                where = "; ".join(node["target"][0] for node in violation["nodes"][:3])
                faults.append(f"{address}: {violation['id']} ({len(violation['nodes'])}): {where}")
    context.close()
    assert not faults, "\n".join(faults)


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
    assert page.locator("button.account-button").count() == 5
