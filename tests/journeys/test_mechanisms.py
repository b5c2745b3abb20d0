"""Mechanisms that come round: the agenda is there on its day, and what is decided becomes work."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import Browser, expect

from tests.journeys.acts import send
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people


def test_a_weekly_dispatch_prepares_itself_and_its_decision_is_a_task(browser: Browser, server: str) -> None:
    """Set one up; its agenda comes from the record; a decision becomes a task that leads back; the leader reads it."""
    with people(browser) as person:
        office, leader = person("zh-CN", DESK), person("zh-CN", PHONE)
        sign_in(office, server)
        office.goto(f"{server}/plan/mechanisms/")
        expect(office.locator("section", has_text="季考评").first).to_contain_text("下次")
        office.get_by_role("link", name="建立工作机制").click()
        office.locator('input[name="name_zh"]').fill("专班周调度")
        send(office)
        sheet = office.locator("section.sheet", has_text="专班周调度")
        expect(sheet).to_contain_text("每周五")
        with office.expect_navigation():
            sheet.get_by_role("button", name="立即准备").click()
        run = office.url
        late = office.locator("li[id^=point-]", has_text="超期事项")
        count = int(late.locator(".hard-step .muted").first.inner_text())
        page = office.context.new_page()
        page.goto(f"{server}/work/?light=late")
        expect(page.locator("main")).to_contain_text(str(count))
        page.close()
        # A point is dropped with a reason, another one is added.
        first = office.locator("li[id^=point-]").last
        first.locator("summary").click()
        first.locator('input[name="why"]').fill("上次已研究")
        with office.expect_navigation():
            first.locator('button[value="drop"], details button').last.click()
        expect(office.locator("li.dropped")).to_contain_text("上次已研究")
        decision = office.locator("form", has=office.locator("#text"))
        decision.locator("#text").fill("冬季扫雪责任段划分到单位")
        decision.locator("#unit").select_option(
            label=office.locator("#unit option", has_text="城市管理局").first.inner_text()
        )
        decision.locator("#due").fill((date.today() + timedelta(days=20)).isoformat())
        with office.expect_navigation():
            decision.locator("button").click()
        with office.expect_navigation():
            office.locator(".run-close button").click()
        office.locator("#decisions ~ ol a.code").click()
        assert re.search(r"/work/\d{4}-\d{5,}/", office.url)
        office.locator("main").get_by_role("link", name=re.compile("专班周调度")).click()
        assert office.url.split("#")[0] == run
        sign_in(leader, server, "example-leader")
        leader.goto(run)
        fits(leader)
        expect(leader.locator("main")).to_contain_text("冬季扫雪责任段划分到单位")
        expect(leader.locator(".run-close")).to_have_count(0)
