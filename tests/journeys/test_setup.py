"""Starting one's own campaign: from an empty installation to a first score, practice, new types of units, mergers."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import (
    accept,
    choose,
    fault,
    find,
    of_unit,
    open_census,
    save_visit,
    send,
    start_visit,
    switch,
    totals,
)
from tests.journeys.own_campaign import (
    MARKETS,
    OTHER_TOWN,
    TOWN,
    TRADE,
    TRADE_EN,
    Own,
    enter,
    new_site,
    site_code,
    step,
    unit_code,
)
from tests.journeys.people import DESK, PHONE, fits, people
from tests.journeys.reading import figure, list_sum

SQUARES = "公园、公共广场"


def markets_seen(page: Page) -> tuple[int, int]:
    """How many of the markets were looked at, and how many there are, as the board says."""
    cell = page.locator("table.types-list tbody tr", has_text=MARKETS).locator("td.num").first
    seen, sites = re.findall(r"\d+", cell.inner_text())
    return int(seen), int(sites)


def test_from_empty_to_a_first_score(browser: Browser, own: Own) -> None:
    """A round is opened, an inspector with a slip looks at a market on a phone, and the board shows a score (C01)."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        market = new_site(office, own, "南市场", MARKETS, TOWN, TRADE)
        office.goto(f"{own.address}/")
        _looks, sites = markets_seen(office)
        before = totals(office, own.address)
        code = open_census(office, own.address, MARKETS, "第一轮")
        assert office.locator("table.round-sites tbody tr").count() == sites

        inspector = person("en-GB", PHONE)
        enter(inspector, own, "周敏")
        inspector.goto(f"{own.address}/record/")
        fits(inspector)
        # What the round waits for is at hand without a search.
        assert inspector.locator(f'a.go[href*="site={market}"]').count() == 1
        questions = start_visit(inspector, own.address, market)
        fits(inspector)
        questions.locator("label.ask-pass").evaluate_all("labels => labels.forEach(label => label.click())")
        fault(of_unit(questions, TRADE_EN).first, "公平秤损坏")
        (number,) = save_visit(inspector)
        fits(inspector)

        after = totals(office, own.address)
        assert after[0] > before[0] and after[1] > before[1] and after[2] < before[2] and after[3] == before[3]
        office.goto(f"{own.address}/")
        looks, still = markets_seen(office)
        assert looks >= 1 and still == sites
        office.goto(f"{own.address}/record/rounds/{code}/")
        expect(office.locator("table.round-sites")).to_contain_text("周敏")
        assert "setup-done" in (step(office, own, "/record/").get_attribute("class") or "")

        # What was made under one year is not in the next year's list.
        office.goto(f"{own.address}/work/")
        assert office.locator(f'tr[data-item="{number}"]').count() == 1
        switch(office, "year", str(own.year + 1))
        assert office.locator("tr[data-item]").count() == 0
        office.goto(f"{own.address}/work/")
        assert office.locator("tr[data-item]").count() == 0
        switch(office, "year", str(own.year))
        assert office.locator(f'tr[data-item="{number}"]').count() == 1


def test_practice_does_not_count(browser: Browser, own: Own) -> None:
    """What is recorded in the practice county leaves the real score, list and inbox as they are."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        real = totals(office, own.address)
        office.goto(f"{own.address}/work/")
        work = office.locator("tr[data-item]").count()
        market = site_code(office, own, "东市场")

        office.goto(f"{own.address}/setup/practice/")
        send(office)
        expect(office.locator(".practice-note")).to_be_visible()
        untouched = totals(office, own.address)
        assert untouched[0] == untouched[1] == 0 and untouched[3] == real[3], "the same standard, and nothing seen"
        open_census(office, own.address, MARKETS, "试查")
        number = find(office, own.address, market, "试填的问题", TRADE)
        tried = totals(office, own.address)
        assert tried[1] > 0 and tried[2] < untouched[2], "what is tried there counts there"
        office.goto(f"{own.address}/work/")
        assert office.locator(f'tr[data-item="{number}"]').count() == 1

        office.goto(f"{own.address}/setup/practice/")
        with office.expect_navigation():
            office.locator('form[action$="/practice/leave/"] button').click()
        expect(office.locator(".practice-note")).to_have_count(0)
        assert totals(office, own.address) == real
        office.goto(f"{own.address}/work/")
        assert office.locator("tr[data-item]").count() == work

        # The liaison of the unit heard nothing of it.
        liaison = person("zh-CN", PHONE)
        enter(liaison, own, "孙丽")
        liaison.goto(f"{own.address}/inbox/")
        expect(liaison.locator("main")).not_to_contain_text("试填的问题")
        fits(liaison)


def test_a_new_type_of_unit(browser: Browser, own: Own) -> None:
    """A type of unit is added, a unit of it answers for a site, is given an order and bears points (C11)."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        office.goto(f"{own.address}/setup/units/types/")
        add = office.locator('form:has(input[name="do"][value="add"])')
        add.locator('input[name="name_zh"]').fill("党群服务中心")
        add.locator('input[name="is_territorial"]').check()
        send(office, add)
        office.goto(f"{own.address}/setup/units/new/")
        office.locator('input[name="name_zh"]').fill("东关党群服务中心")
        choose(office, "type", "党群服务中心")
        choose(office, "parent", TOWN)
        send(office)
        code = unit_code(office, own, "东关党群服务中心")
        office.goto(f"{own.address}/units/{code}/")
        assert figure(office.locator(".unit-figures b").last.inner_text()) == 0, "nothing falls to it yet"

        site = new_site(office, own, "东关广场", SQUARES, "东关党群服务中心", "东关党群服务中心")
        open_census(office, own.address, SQUARES, "广场普查")
        number = find(office, own.address, site, "广场地面污损", "东关党群服务中心")
        office.goto(f"{own.address}/work/?unit={code}")
        assert office.locator(f'tr[data-item="{number}"]').count() == 1
        office.goto(f"{own.address}/units/{code}/")
        assert figure(office.locator(".unit-figures b").last.inner_text()) > 0, "points fall to it"
        office.goto(f"{own.address}/points/?whose={code}&by=check")
        _earned, lost, _unassessed, possible = list_sum(office)
        assert 0 < lost <= possible, "it bears what is lost there"


def test_a_merged_township_keeps_its_past(browser: Browser, own: Own) -> None:
    """A township is merged into another: its sites change hands, what was found in it stays with its name (C10, C11)."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        town = "柳沟乡"
        office.goto(f"{own.address}/setup/units/new/")
        office.locator('input[name="name_zh"]').fill(town)
        choose(office, "type", "乡")
        send(office)
        code = unit_code(office, own, town)
        site = new_site(office, own, "柳沟集市", MARKETS, town)
        number = find(office, own.address, site, "公益广告缺失", town)

        office.goto(f"{own.address}/setup/units/?q={town}")
        office.locator("tbody tr th a", has_text=town).click()
        office.locator('a[href$="/merge/"]').click()
        choose(office, "into", OTHER_TOWN)
        send(office)
        office.goto(f"{own.address}/units/{code}/")
        expect(office.locator("main")).to_contain_text(OTHER_TOWN)
        office.goto(f"{own.address}/work/{number}/")
        expect(office.locator(".work-log")).to_contain_text(town)
        # The site is the new town's, and so is what was still open: its head finds it, and accepts it.
        office.goto(f"{own.address}/setup/sites/?q={site}")
        expect(office.locator("tbody tr").first).to_contain_text(OTHER_TOWN)
        head = person("zh-CN", DESK)
        enter(head, own, "吴江")
        head.goto(f"{own.address}/work/")
        assert head.locator(f'tr[data-item="{number}"]').count() == 1
        accept(head, own.address, number)
        expect(head.locator(".work-log")).to_contain_text("吴江")
