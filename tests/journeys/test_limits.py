"""The county's own limits: laxer ones are refused, stricter ones open orders, and the score stays that of the standard."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import save_visit, start_visit, totals
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people

ITEM, SITE = "commercial_street.cs1", "commercial_street-000"


def look(page: Page, server: str, number: str) -> list[str]:
    """Record a number at the site; return the orders that it opened."""
    start_visit(page, server, SITE)
    expect(page.locator(f'fieldset.ask:has(input[name="v-{ITEM}"]) .ask-rule')).to_contain_text(
        "county's own limit ≥ 8"
    )
    page.locator(f'input[name="v-{ITEM}"]').fill(number)
    fits(page)
    return save_visit(page)


def test_a_county_is_stricter_than_the_standard_and_never_laxer(browser: Browser, server: str) -> None:
    """A limit under the official one is refused; what meets the official one only opens an order without points (C63)."""
    with people(browser, forgiven=("422",)) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/setup/limits/")
        row = office.locator(f'tr[data-item="{ITEM}"]')
        expect(row).to_contain_text("≥ 5")
        row.locator("input").fill("4")
        office.get_by_role("button", name="保存").click()
        expect(row.locator(".field-error")).to_contain_text("只能更严，不能更宽")
        expect(row.locator("input")).to_have_value("4")
        fits(office)
        row.locator("input").fill("8")
        office.get_by_role("button", name="保存").click()
        expect(office.locator(".message").first).to_contain_text("已修改1项本县标准")
        expect(row.locator("input")).to_have_value("8")

        inspector = person("en-GB", PHONE)
        sign_in(inspector, server, "example-inspector")
        assert look(inspector, server, "9") == []
        before = totals(office, server)
        (number,) = look(inspector, server, "6")
        assert totals(office, server) == before, "the score knows the standard's limit only"
        office.goto(f"{server}/work/{number}/")
        expect(office.locator("main")).to_contain_text("未达本县标准≥8（测评标准≥5），现场6")
