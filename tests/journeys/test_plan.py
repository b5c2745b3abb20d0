"""The plan of the campaign: what is due by a node moves only when somebody has seen it and confirmed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import choose, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import fits, people

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FIXED, PUSH = "整改清零", "集中攻坚阶段"


def count(page: Page, where: Locator, word: str) -> int:
    """The number beside a word among some figures; its list, when opened, holds as many."""
    figure = where.locator(".counts li", has_text=word)
    number = int(figure.locator("b").inner_text())
    address = figure.locator("a").get_attribute("href") or ""
    opened = page.context.new_page()
    opened.goto(f"{page.url.split('/plan/')[0]}{address}")
    shown = opened.locator(".view-tabs [aria-current] .count, .work-views [aria-current]").first
    assert str(number) in (shown.inner_text() if shown.count() else opened.locator("main").inner_text())
    opened.close()
    return number


def test_nothing_moves_silently_when_a_phase_is_put_off(page: Page, server: str) -> None:
    """Put a phase off by a week: what hangs on it is listed; only when it is confirmed do node, items and round move."""
    sign_in(page, server)
    page.goto(f"{server}/plan/")
    phase = page.locator("section.plan-phase", has_text=PUSH)
    before = count(page, phase, "未办结")
    page.goto(f"{server}/plan/")
    with page.expect_navigation():
        page.get_by_role("link", name=FIXED).first.click()
    node = page.url
    numbers = page.locator(".work-line .code").all_inner_texts()
    assert len(numbers) > 3
    page.goto(f"{server}/work/{numbers[0]}/")
    deadline = page.locator("dl.facts-list", has_text="时限").first.inner_text()
    expect(page.locator("main").get_by_role("link", name=FIXED)).to_be_visible()
    # What hangs on it is shown; leaving the page moves nothing.
    page.goto(f"{server}/plan/")
    phase.get_by_role("link", name="调整日期").click()
    page.locator('input[name="days"]').fill("7")
    with page.expect_navigation():
        page.locator('form:has(input[name="days"]) button').click()
    assert set(numbers) <= set(page.locator("tbody a.code").all_inner_texts())
    page.goto(f"{server}/work/{numbers[0]}/")
    assert page.locator("dl.facts-list", has_text="时限").first.inner_text() == deadline
    # One item is left out; the others move, with the reason in their logs.
    page.go_back()
    left = page.locator("tr", has_text=numbers[1])
    left.locator("input").uncheck()
    page.locator("#reason").fill("省级测评顺延一周")
    with page.expect_navigation():
        page.locator('form:has(#reason) button[type="submit"]').click()
    expect(page.locator(".message").first).to_contain_text(f"{len(numbers) - 1}件")
    page.goto(f"{server}/work/{numbers[0]}/")
    assert page.locator("dl.facts-list", has_text="时限").first.inner_text() != deadline
    expect(page.locator(".work-log")).to_contain_text("省级测评顺延一周")
    page.goto(f"{server}/work/{numbers[1]}/")
    expect(page.locator(".work-log")).not_to_contain_text("省级测评顺延一周")
    page.goto(node)
    on = re.search(r"(\d{4})年(\d+)月(\d+)日", page.locator(".page-head .reading").inner_text())
    assert on and date(*map(int, on.groups())) >= date.today() + timedelta(days=20)
    page.goto(f"{server}/plan/")
    assert count(page, phase, "未办结") != 0 or before == 0


def test_items_tied_to_a_node_are_counted_there(page: Page, server: str) -> None:
    """Tie two items to a node: its figure rises by two, and the unit is told; untied, it falls again."""
    sign_in(page, server)
    page.goto(f"{server}/plan/")
    with page.expect_navigation():
        page.get_by_role("link", name="数据冻结").first.click()
    node = page.url
    sheet = page.locator('section[aria-labelledby="items-title"]')
    before = int(sheet.locator(".counts b").first.inner_text())
    with page.expect_navigation():
        page.get_by_role("link", name="挂接事项").click()
    for box in page.locator('input[name="item"]').all()[:2]:
        box.check()
    with page.expect_navigation():
        page.locator('main form:has(input[name="item"]) button[type="submit"]').click()
    assert page.url == node
    assert int(sheet.locator(".counts b").first.inner_text()) == before + 2
    with page.expect_navigation():
        page.locator("button", has_text="解除挂接").first.click()
    assert int(sheet.locator(".counts b").first.inner_text()) == before + 1
    sheet.locator(".counts a").first.click()
    expect(page.locator("main")).to_contain_text("数据冻结")


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_pages_fit(browser: Browser, server: str, language: str, width: int) -> None:
    """None of these pages is wider than its window."""
    with people(browser) as person:
        tab = person(language, {"width": width, "height": 900})
        sign_in(tab, server)
        for address in (
            "plan/",
            "plan/phases/new/",
            "plan/actions/",
            "plan/actions/new/",
            "plan/actions/1/",
            "plan/programmes/",
            "plan/programmes/new/",
            "plan/programmes/1/",
        ):
            tab.goto(f"{server}/{address}")
            fits(tab)
        tab.goto(f"{server}/plan/")
        with tab.expect_navigation():
            tab.locator(".plan-nodes a").first.click()
        fits(tab)


def in_list(page: Page, server: str, address: str) -> int:
    """How many items the list of work at an address holds, page by page."""
    page.goto(f"{server}{address}")
    found = set(re.findall(r"/work/(\d{4}-\d{5,})/", page.content()))
    while page.locator('.pager a[rel="next"]').count():
        with page.expect_navigation():
            page.locator('.pager a[rel="next"]').first.click()
        found |= set(re.findall(r"/work/(\d{4}-\d{5,})/", page.content()))
    return len(found)


def figures(page: Page) -> dict[str, tuple[int, str]]:
    """The figures of a special action: number and address of each."""
    out = {}
    for each in page.locator('section[aria-labelledby="figures-title"] .counts li').all():
        number, word = int(each.locator("b").inner_text()), each.locator("span").inner_text()
        out[word] = (number, each.locator("a").get_attribute("href") or "")
    return out


def test_a_special_action_counts_what_was_found_closed_and_came_back(page: Page, server: str) -> None:
    """Each figure of a special action is the length of its list; the sites with what came back stand first."""
    sign_in(page, server)
    page.goto(f"{server}/plan/actions/")
    with page.expect_navigation():
        page.get_by_role("link", name="市容环境集中整治专项行动").click()
    address, shown = page.url, figures(page)
    first = page.locator('section[aria-labelledby="places-title"] tbody tr').first.locator("td").last
    assert shown["复发"][0] > 0 and int(re.sub(r"\D", "", first.inner_text())) > 0
    for number, listed in shown.values():
        assert in_list(page, server, listed) == number
    # A narrower scope counts less at once.
    page.goto(f"{address}edit/")
    page.locator('select[name="site_types"]').select_option(["market"])
    send(page)
    assert page.url == address
    after = figures(page)
    assert 0 < after["发现"][0] < shown["发现"][0]
    assert in_list(page, server, after["发现"][1]) == after["发现"][0]


def test_a_special_action_of_any_name_keeps_its_items_when_it_is_renamed(page: Page, server: str) -> None:
    """Begin one, attach five items, and rename it: its page counts five, before and after."""
    sign_in(page, server)
    page.goto(f"{server}/work/?kind=task")
    numbers = list(dict.fromkeys(re.findall(r"/work/(\d{4}-\d{5,})/", page.content())))[:5]
    page.goto(f"{server}/plan/actions/new/")
    page.locator('input[name="name_zh"]').fill("五查五改")
    page.locator('input[name="first"]').fill(date.today().isoformat())
    page.locator('input[name="last"]').fill((date.today() + timedelta(days=30)).isoformat())
    send(page)
    assert figures(page)["发现"][0] == 0
    page.locator('input[name="numbers"]').fill("、".join(numbers))
    with page.expect_navigation():
        page.locator('form:has(input[name="numbers"]) button').click()
    number, listed = figures(page)["发现"]
    assert (number, in_list(page, server, listed)) == (5, 5)
    page.go_back()
    page.get_by_role("link", name="修改").click()
    page.locator('input[name="name_zh"]').fill("七查七改")
    send(page)
    expect(page.locator("h1")).to_have_text("七查七改")
    assert figures(page)["发现"][0] == 5


def test_a_site_in_two_programmes_is_recorded_once(page: Page, server: str) -> None:
    """Put a site of one programme into another: both list it, with the same open work, and the site names both."""
    sign_in(page, server)
    page.goto(f"{server}/plan/programmes/")
    with page.expect_navigation():
        page.get_by_role("link", name="文明村镇（河口镇）").click()
    town = page.locator("tbody tr").filter(has=page.locator('td a[href*="view=open"]')).first
    code = town.locator("th .code").inner_text().strip()
    number = int(town.locator('td a[href*="view=open"]').inner_text())
    page.goto(f"{server}/plan/programmes/new/")
    page.locator('input[name="name_zh"]').fill("美丽乡村")
    choose(page, "sites", code)
    send(page)
    row = page.locator("tbody tr", has_text=code)
    assert int(row.locator('td a[href*="view=open"]').inner_text()) == number
    listed = page.locator('.page-head a[href*="programme="]').first.get_attribute("href") or ""
    assert in_list(page, server, listed) == number
    page.goto(f"{server}/sites/{code}/")
    for name in ("美丽乡村", "文明村镇（河口镇）"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
