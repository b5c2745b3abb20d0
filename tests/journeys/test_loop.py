"""The loop: found by an inspector, handled by a liaison, urged by a leader, seen fixed by someone else; the score moves."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people, photo
from tests.journeys.reading import figure, list_sum

SITE = "community-009"
NUMBER = re.compile(r"/work/(\d{4}-\d{5,})/")


def total_now(page: Page, server: str) -> tuple[Decimal, ...]:
    """Earned, lost, not assessed and possible of everything."""
    page.goto(f"{server}/points/?by=unit")
    return list_sum(page)


def count_of(page: Page, server: str, query: str) -> int:
    """How many items a list of work holds."""
    page.goto(f"{server}/work/?{query}")
    said = int(figure(page.locator(".views a[aria-current] b").inner_text()))
    assert page.locator("tr[data-item]").count() == said, "the count beside the view is that of its list"
    return said


def item_in_order(page: Page, server: str) -> str:
    """The key of an item of the site that was in order at the last look and answers by pass or fail."""
    page.goto(f"{server}/sites/{SITE}/")
    good = page.locator("tr:has(.outcome-good, .outcome.good, [data-good='true'])")
    keys = [key.strip() for key in good.locator("th .code").all_inner_texts()]
    page.goto(f"{server}/record/visit/?site={SITE}")
    return next(key for key in keys if page.locator(f'input[name="o-{key}"][value="fail"]').count())


def test_found_fixed_and_seen_by_someone_else(browser: Browser, server: str) -> None:
    """Four people in two languages, three of them on a phone, take one shortfall all the way round (C30, C31, C08)."""
    with people(browser, forgiven=("403", "409")) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        before = total_now(office, server)

        inspector = person("zh-CN", PHONE)
        sign_in(inspector, server, "example-inspector")
        item = item_in_order(inspector, server)
        fits(inspector)
        fault = inspector.locator(f'fieldset:has(input[name="o-{item}"])')
        fault.locator("label.ask-fail").click()
        fault.locator(f'textarea[name="t-{item}"]').fill("楼道口堆放杂物，占用约两平方米")
        fault.locator('input[type="file"]').set_input_files([photo((150, 60, 40), "before.jpg")])
        inspector.locator('.visit-send button[type="submit"]').first.click()
        inspector.wait_for_url(re.compile(r"/record/visit/[0-9a-f-]{36}/"))
        fits(inspector)
        link = inspector.locator('main a[href^="/work/20"]').first
        found = NUMBER.search(link.get_attribute("href") or "")
        assert found is not None
        work = f"{server}/work/{found[1]}/"
        after_finding = total_now(office, server)
        assert after_finding[0] < before[0], "a finding at a site of a round lowers the score"

        # The liaison of the responsible unit is told, and cannot report before having accepted.
        liaison = person("en-GB", PHONE)
        sign_in(liaison, server, "example-liaison")
        liaison.goto(f"{server}/inbox/")
        expect(liaison.locator("main")).to_contain_text(found[1])
        fits(liaison)
        liaison.goto(f"{work}report/")
        expect(liaison.locator("main")).to_contain_text("Missing stage")
        liaison.goto(work)
        fits(liaison)
        with liaison.expect_navigation():
            liaison.locator('form[action$="/accept/"] button[type="submit"], a[href$="/accept/"]').first.click()
        if liaison.url.endswith("/accept/"):
            liaison.locator("form.work-form .btn-primary").click()
        liaison.wait_for_url(work)

        # A leader says a word from the phone; it stands on top of the item.
        leader = person("zh-CN", PHONE)
        sign_in(leader, server, "example-leader")
        fits(leader)
        leader.goto(f"{work}instruct/")
        leader.locator('textarea[name="text"]').fill("请三日内整改到位，举一反三")
        leader.locator("form.work-form .btn-primary").click()
        leader.wait_for_url(work)
        fits(leader)

        liaison.goto(work)
        expect(liaison.locator("main")).to_contain_text("请三日内整改到位")
        liaison.goto(f"{work}report/")
        liaison.locator('textarea[name="text"]').fill("杂物已清除，并与住户约定不再堆放")
        liaison.locator('input[type="file"]').first.set_input_files([photo((60, 150, 70), "after.jpg")])
        liaison.locator("form.work-form .btn-primary").click()
        liaison.wait_for_url(work)
        assert liaison.locator("main img").count() >= 2, "before and after stand side by side"
        # Who has handled it cannot close it.
        assert liaison.goto(f"{work}recheck/").status == 403  # type: ignore[union-attr]

        open_before = count_of(office, server, f"site={SITE}&view=open")
        office.goto(f"{work}recheck/")
        expect(office.locator("main img").first).to_be_visible()
        office.locator('input[name="outcome"][value="pass"]').check(force=True)
        office.locator("form.work-form .btn-primary").click()
        office.wait_for_url(work)
        expect(office.locator("main")).to_contain_text("沈知远")
        assert count_of(office, server, f"site={SITE}&view=open") == open_before - 1
        after_closing = total_now(office, server)
        assert after_closing == before, "what was put right is as it was, and nothing else has moved"

        # The page says what moved, to the inspector in Chinese too.
        inspector.goto(work)
        for stage in ("交办", "签收", "整改", "反馈", "复查", "销号"):
            expect(inspector.locator("main")).to_contain_text(stage)
        fits(inspector)
