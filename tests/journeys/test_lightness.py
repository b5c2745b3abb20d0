"""What is not asked of units, how much is, and how it is looked at."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.journeys.acts import numbers, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people

SHUT = "检查当天，沿街商户一律关门，把流动摊贩赶走。"
REASON = "自来水抢修，商户已同意停水时段歇业，与检查无关。"


def test_an_order_to_shut_shops_is_stopped_and_reported_when_it_goes_out(browser: Browser, server: str) -> None:
    """The rule is quoted, the text is kept; rewritten it passes; with a reason the office is told and the page lists it."""
    with people(browser, forgiven=("422",)) as person:
        leader = person("zh-CN", PHONE)
        sign_in(leader, server, "example-leader")
        leader.goto(f"{server}/work/")
        number = sorted(numbers(leader))[0]
        leader.goto(f"{server}/work/{number}/instruct/")
        leader.locator('textarea[name="text"]').fill(SHUT)
        send(leader)
        expect(leader.locator("[data-rule]")).to_have_count(2)
        expect(leader.locator('[data-rule="shut"]')).to_contain_text("不得为迎接检查、测评要求商户、市场关门停业")
        expect(leader.locator('textarea[name="text"]')).to_have_value(SHUT)
        fits(leader)
        leader.locator("details.halt-override summary").click()
        leader.locator('textarea[name="ground_override"]').fill(REASON)
        send(leader)
        expect(leader.locator("main")).to_contain_text(SHUT)

        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/lightness/rules/")
        row = office.locator("[data-override]", has_text=REASON)
        expect(row).to_have_count(2)
        expect(row.first).to_contain_text(number)
        office.goto(f"{server}/inbox/")
        expect(office.locator("main")).to_contain_text("A guard rail was gone over")

        # The same order without the show goes out as it is.
        leader.goto(f"{server}/work/{number}/instruct/")
        leader.locator('textarea[name="text"]').fill("占道经营已劝导，请商户做好门前三包。")
        send(leader)
        expect(leader).to_have_url(f"{server}/work/{number}/")
