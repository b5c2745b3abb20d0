"""What each role sees first: every page fits, reads, and opens what it shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import sign_in
from tests.journeys.test_looks import AXE, SERIOUS

FIRST = {
    "example-office": "/",
    "example-leader": "/leader/",
    "example-head": "/mine/",
    "example-liaison": "/welcome/",
}


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_first_page_fits_and_reads(browser: Browser, server: str, language: str, width: int) -> None:
    """Each role comes to its own page; none is wider than its window or has a serious fault of accessibility."""
    faults: list[str] = []
    for account, address in FIRST.items():
        context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
        page = context.new_page()
        sign_in(page, server, account)
        # A liaison is shown around once; another journey may have gone on from there.
        assert page.url.removeprefix(server) in {address, "/mine/" if account == "example-liaison" else address}
        page.goto(server + ("/gaps/" if account == "example-office" else address))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{page.url}: {wide} px wide in a window of {width}")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in found["violations"]:
            if violation["impact"] in SERIOUS:
                where = "; ".join(node["target"][0] for node in violation["nodes"][:3])
                faults.append(f"{page.url}: {violation['id']} ({len(violation['nodes'])}): {where}")
        if width == 1440:
            height = page.locator("header.bar").bounding_box()
            assert height and height["height"] < 70, "the bar is one line"
        context.close()
    assert not faults, "\n".join(faults)


def test_a_gap_leads_to_the_page_that_mends_it(page: Page, server: str) -> None:
    """Each list of gaps has as many rows as its number says, and its first row opens a page."""
    sign_in(page, server)
    page.goto(f"{server}/gaps/")
    kinds = [
        (link.locator("b").inner_text(), link.get_attribute("href")) for link in page.locator(".gap-kinds a").all()
    ]
    assert len(kinds) == 10
    for count, address in kinds:
        page.goto(f"{server}/gaps/{address}")
        rows = page.locator("#list table tbody tr")
        assert rows.count() == min(int(count), 50)
        if int(count) > 50:
            assert count in page.locator(".pager").inner_text()
        if int(count):
            answer = page.goto(server + (rows.first.locator("th a").get_attribute("href") or ""))
            assert answer is not None and answer.status == 200
