"""Hard problems: on the list with an owner, out of it by a plan, and never forgotten."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import choose, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import PHONE, fits, people

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def ahead(days: int) -> str:
    """A day ahead, as a field takes it."""
    return (date.today() + timedelta(days=days)).isoformat()


def press(page: Page, form: Locator) -> None:
    """Send a form and wait for the answer."""
    with page.expect_navigation():
        form.locator('button[type="submit"]').first.click()


def test_a_hard_problem_is_planned_deferred_and_solved(browser: Browser, server: str) -> None:
    """Put one on the list, give a step as a task, let it rest with its owner: it stands apart, and is not solved while open."""
    with people(browser, forgiven=("422",)) as person:
        office, leader = person("zh-CN", {"width": 1440, "height": 900}), person("zh-CN", PHONE)
        sign_in(office, server)
        office.goto(f"{server}/plan/hard/")
        forgotten = office.locator("tr", has_text="架空线")
        expect(forgotten.locator(".pill-late")).to_contain_text("超期")
        office.get_by_role("link", name="列入难点问题").click()
        office.locator('input[name="title_zh"]').fill("城中村消防通道堵塞")
        office.locator('textarea[name="why"]').fill("私搭乱建时间长，涉及户数多")
        choose(office, "lead", "住房和城乡建设局")
        choose(office, "owner", "陆怀山")
        office.locator('input[name="review_on"]').fill(ahead(30))
        send(office)
        problem = office.url
        expect(office.locator("h1 .pill-on_plan")).to_be_visible()
        # A step of the plan is given as a task; the two lead to each other.
        step = office.locator("#plan ~ form")
        step.locator('input[name="text"]').fill("逐户登记，签订自拆承诺")
        step.locator('select[name="unit"]').select_option(
            label=office.locator("#new-unit option", has_text="青石镇").first.inner_text()
        )
        step.locator('input[name="due"]').fill(ahead(20))
        press(office, step)
        office.get_by_role("link", name="交办为任务").click()
        assert office.locator('input[name="title"]').input_value() == "逐户登记，签订自拆承诺"
        send(office)
        number = re.search(r"/work/(\d{4}-\d{5,})/", office.url)
        assert number
        with office.expect_navigation():
            office.get_by_role("link", name="城中村消防通道堵塞").click()
        assert office.url.startswith(problem)
        expect(office.locator(".hard-steps")).to_contain_text(number[1])
        office.locator("summary", has_text="销号").click()
        expect(office.locator(".hard-decide[open]")).to_contain_text(number[1])
        # Its owner sees it on the phone, lets it rest until a day; it stands apart and is not overdue.
        sign_in(leader, server, "example-leader")
        fits(leader)
        with leader.expect_navigation():
            leader.locator('section[aria-labelledby="hard-title"]').get_by_role(
                "link", name="城中村消防通道堵塞"
            ).click()
        fits(leader)
        leader.locator("summary", has_text="复核").click()
        form = leader.locator(".hard-decide[open] form")
        form.locator("textarea").fill("等改造规划批复")
        form.locator('input[name="review_on"]').fill(date.today().isoformat())
        form.locator('input[name="rests"]').check()
        press(leader, form)
        expect(leader.get_by_role("alert").first).to_contain_text("晚于今天")
        assert form.locator("textarea").input_value() == "等改造规划批复"
        form.locator('input[name="review_on"]').fill(ahead(60))
        press(leader, form)
        expect(leader.locator("h1 .pill-deferred")).to_contain_text(ahead(60))
        office.goto(f"{server}/plan/hard/")
        row = office.locator("tr", has_text="城中村消防通道堵塞")
        expect(row.locator(".pill-deferred")).to_be_visible()
        with office.expect_navigation():
            row.locator("a", has_text=re.compile("^1$")).click()
        expect(office.locator("main")).to_contain_text(number[1])
        office.goto(f"{server}/plan/hard/ledger/")
        expect(office.locator("tbody tr", has_text="城中村消防通道堵塞")).to_contain_text("挂账")
