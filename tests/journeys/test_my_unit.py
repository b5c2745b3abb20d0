"""What units, heads and leaders see of the work: their own lists, numbers that are those of their lists, gaps mended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import accept, count_of, find, numbers, recheck, send, start_visit, switch
from tests.journeys.conftest import sign_in
from tests.journeys.own_campaign import (
    MARKETS,
    OTHER_TOWN,
    TOWN,
    TRADE,
    Own,
    add_post,
    enter,
    new_site,
    paste,
    unit_code,
)
from tests.journeys.people import DESK, PHONE, fits, people
from tests.journeys.reading import figure

CLOSED_OF = re.compile(r"(\d+)\s*(?:of|/)\s*(\d+)")


def today() -> datetime:
    """The day of the county."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def opens_its_list(page: Page, server: str, link: str, said: int) -> None:
    """A number opens a list of as many items."""
    assert count_of(page, f"{server}{link}") == said, f"{link} does not hold {said}"


def all_numbers(page: Page, address: str) -> set[str]:
    """The numbers of the items of a list, over all its pages."""
    page.goto(address)
    found = numbers(page)
    while page.locator('.pager a[rel="next"]').count():
        with page.expect_navigation():
            page.locator('.pager a[rel="next"]').click()
        found |= numbers(page)
    return found


def test_one_person_in_two_posts(browser: Browser, own: Own) -> None:
    """The switch of posts changes the lists; territory and trade unit each see the same item in the same state.

    C07, C10, C45.
    """
    with people(browser, forgiven=("403", "404")) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        add_post(office, own, "李红", OTHER_TOWN, "liaison", "石桥镇兼职联络员")
        site = new_site(office, own, "河口市场", MARKETS, TOWN, TRADE)
        of_town = find(office, own.address, site, "垃圾未清运", TOWN)
        of_trade = find(office, own.address, site, "过期食品", TRADE)

        both = person("zh-CN", PHONE)
        enter(both, own, "李红")
        both.goto(f"{own.address}/work/")
        assert numbers(both) >= {of_town}
        switch(both, "post", "石桥镇兼职联络员")
        both.goto(f"{own.address}/mine/")
        expect(both.locator("h1")).to_contain_text(OTHER_TOWN)
        fits(both)
        both.goto(f"{own.address}/work/")
        assert not numbers(both) & {of_town, of_trade}
        assert both.goto(f"{own.address}/work/{of_trade}/").status in {403, 404}  # type: ignore[union-attr]
        switch(both, "post", "镇创城办联络员")

        # The order of the trade unit lies in the town's territory: each finds it in its list.
        code = unit_code(office, own, TOWN)
        both.goto(f"{own.address}/work/?unit={code}&role=territory")
        assert of_trade in numbers(both)
        trade = person("en-GB", PHONE)
        enter(trade, own, "孙丽")
        accept(trade, own.address, of_trade)
        trade.goto(f"{own.address}/work/?view=fixing")
        assert of_trade in numbers(trade) and of_town not in numbers(trade)
        for page in (office, both, trade):
            page.goto(f"{own.address}/work/{of_trade}/")
        stage = office.locator('.chain-stone[aria-current="step"]').inner_text()
        assert both.locator('.chain-stone[aria-current="step"]').inner_text() == stage
        for page in (office, both):
            whose = page.locator('section[aria-labelledby="whose-title"]')
            expect(whose).to_contain_text(TOWN)
            expect(whose).to_contain_text(TRADE)
        # What only the lead may do is not offered to the territory.
        assert both.locator(".act-main").count() == 0 and trade.locator(".act-main").count() == 1


def test_gaps_are_mended_and_leave_the_list(browser: Browser, own: Own) -> None:
    """A unit without head, deputy in charge and liaison is flagged to the office, and leaves the list when it has them (C09, C25)."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        unit = "县教育科技局"

        def listed() -> tuple[int, bool]:
            office.goto(f"{own.address}/gaps/?kind=people")
            said = int(figure(office.locator('.gap-kinds a[aria-current="true"] b').inner_text()))
            return said, office.locator("#list tbody tr", has_text=unit).count() == 1

        before = listed()
        assert before[1]
        assert before[0] == office.locator("#list tbody tr").count() or office.locator(".pager").count()
        paste(office, own, "people", f"陈思，{unit}，局长，负责人\n何苗，{unit}，办公室联络员，联络员")
        assert listed() == (before[0], True), "nobody is in charge below the head yet"
        paste(office, own, "people", f"吴桐，{unit}，副局长，负责人")
        assert listed() == (before[0] - 1, False)


def test_an_instruction_stands_on_top(browser: Browser, server: str) -> None:
    """A leader instructs from the phone, with words that are ready and with a new deadline; the unit sees both (C08)."""
    with people(browser) as person:
        liaison = person("en-GB", PHONE)
        sign_in(liaison, server, "example-liaison")
        liaison.goto(f"{server}/work/?special=handle")
        number = sorted(numbers(liaison))[0]

        leader = person("zh-CN", PHONE)
        sign_in(leader, server, "example-leader")
        fits(leader)
        assert leader.locator("ol.risks > li").count() == 3
        risk = leader.locator("ol.risks > li").first
        words = risk.locator("button.ready-words").first.inner_text()
        with leader.expect_navigation():
            risk.locator("button.ready-words").first.click()
        expect(leader.locator('section[aria-labelledby="said-title"] .said').first).to_contain_text(words)

        day = (today() + timedelta(days=40)).date()
        leader.goto(f"{server}/work/{number}/instruct/")
        leader.locator('textarea[name="text"]').fill("请镇长包抓，按期销号")
        leader.locator('input[name="deadline"]').fill(day.isoformat())
        send(leader, leader.locator("form.work-form"))

        liaison.goto(f"{server}/work/{number}/")
        top = liaison.locator("main section").first
        expect(top).to_contain_text("请镇长包抓，按期销号")
        expect(top).to_contain_text(f"{day.day} {day:%b %Y}")
        expect(liaison.locator('section[aria-labelledby="clock-title"]')).to_contain_text(f"{day.day} {day:%b %Y}")
        fits(liaison)


def test_a_head_sees_what_is_the_units(browser: Browser, server: str) -> None:
    """The head's three numbers open lists of as many; no item of another unit is among them, on paper either.

    C09, C27, C43.
    """
    with people(browser, forgiven=("403", "404")) as person:
        head = person("en-GB", DESK)
        sign_in(head, server, "example-head")
        head.goto(f"{server}/mine/")
        three = head.locator("ul.counts-big li")
        assert three.count() == 3
        asked = [
            (each.locator("a").get_attribute("href") or "", int(figure(each.locator("b").inner_text())))
            for each in three.all()
        ]
        for link, said in asked:
            opens_its_list(head, server, link, said)
        assert asked[0][1] > 0
        mine = all_numbers(head, f"{server}/work/?unit=qs-urban-management&role=any")
        everything = all_numbers(head, f"{server}/work/")
        assert mine and everything == mine, "no item in which the unit has no part"

        # The printed list holds what the unit leads, and nothing that another leads in its first part.
        led = all_numbers(head, f"{server}/work/?unit=qs-urban-management&view=open")
        head.goto(f"{server}/work/units/qs-urban-management/")
        rows = head.locator('section[aria-labelledby="part-lead"] tr[data-item]')
        assert {row.get_attribute("data-item") for row in rows.all()} == led

        liaison = person("zh-CN", PHONE)
        sign_in(liaison, server, "example-liaison")
        foreign = sorted(led - all_numbers(liaison, f"{server}/work/"))
        assert foreign, "the town does not see all of the bureau's work"
        assert liaison.goto(f"{server}/work/{foreign[0]}/").status in {403, 404}  # type: ignore[union-attr]


def test_numbers_of_the_board_are_those_of_their_lists(browser: Browser, server: str) -> None:
    """Each number of the sheet of work opens a list of as many; hardware and software add up (C23, C32)."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/")
        sheet = office.locator(".work-sheet")
        asked = [
            (each.get_attribute("href") or "", int(figure(each.locator("b").inner_text())))
            for each in sheet.locator("ul.counts a").all()
        ]
        sides = []
        for side in sheet.locator("ul.work-sides li").all():
            links = [
                (each.get_attribute("href") or "", int(figure(each.inner_text()))) for each in side.locator("a").all()
            ]
            percent = float(side.locator("meter").get_attribute("value") or -1)
            closed, still_open = (count for _link, count in links)
            assert abs(percent - 100 * closed / (closed + still_open)) <= 1
            sides.append(links)
        assert len(asked) == 5 and len(sides) == 2, "hardware beside software"
        for link, said in [*asked, *sides[0], *sides[1]]:
            opens_its_list(office, server, link, said)


def test_closed_one_by_one(browser: Browser, server: str) -> None:
    """Closing an item moves n of m at its criterion by one; reopening needs a reason, and both are logged (C30)."""
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/?special=recheck&kind=order")
        for number in sorted(numbers(office)):
            office.goto(f"{server}/work/{number}/recheck/")
            if office.locator('input[name="outcome"][value="pass"]').count():
                break
        work = f"{server}/work/{number}/"
        office.goto(work)
        criterion = office.locator('section[aria-labelledby="whose-title"] a[href^="/standard/"]').first
        address = f"{server}{criterion.get_attribute('href')}"

        def closed() -> tuple[int, int]:
            office.goto(address)
            found = CLOSED_OF.search(office.locator(".work-here").inner_text())
            assert found is not None
            return int(found[1]), int(found[2])

        before = closed()
        recheck(office, server, number)
        assert closed() == (before[0] + 1, before[1])
        office.goto(f"{work}reopen/")
        office.locator('textarea[name="reason"]').fill("   ")
        send(office, office.locator("form.work-form"))
        expect(office.locator("#error-reason")).to_be_visible()
        office.locator('textarea[name="reason"]').fill("The litter is back")
        send(office, office.locator("form.work-form"))
        expect(office.locator(".work-log")).to_contain_text("The litter is back")
        assert closed() == before


def test_tasks_have_a_lead_and_a_day(browser: Browser, server: str) -> None:
    """No task is issued without a lead and a deadline; the list shows planned, actual and days (C24, C43)."""
    with people(browser, forgiven=("422",)) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/decompose/")
        assert office.locator('input[name="check"]').count() == 0, "nothing is offered before there is a deadline"
        day = (today() + timedelta(days=30)).date()
        office.goto(f"{server}/work/decompose/?deadline={day.isoformat()}")
        plans = office.locator("table.plan-table tbody tr")
        assert plans.count() > 0
        for cell in plans.locator("td:nth-child(3)").all():
            assert cell.inner_text().strip(), "each has a lead"
        without = office.locator('section[aria-labelledby="blocked-title"] tbody tr')
        for cell in without.locator("td").first.all():
            assert cell.inner_text().strip(), "what has none says why"
        plan = plans.first
        title = plan.locator("th a").inner_text()
        office.locator("input[data-tick-all]").uncheck()
        assert office.locator('input[name="check"]:checked').count() == 0
        plan.locator('input[name="check"]').check()
        with office.expect_navigation():
            office.locator(".plan-bar .btn-primary").click()
        with office.expect_navigation():
            office.locator('section[role="status"] a.btn-primary').click()
        row = office.locator("tr[data-item]", has_text=title)
        number = row.first.get_attribute("data-item") or ""
        assert number in numbers(office)

        # Four lists are four views of the one record.
        for view in ("problem", "task", "responsibility", "time"):
            office.goto(f"{server}/work/?list={view}&number={number}")
            assert numbers(office) == {number}
        office.goto(f"{server}/work/?list=time&view=closed")
        cells = office.locator("tr[data-item]").first.locator("td")
        planned, actual, difference = (cells.nth(place).inner_text() for place in (-3, -2, -1))
        assert re.search(r"\d", planned) and re.search(r"\d", actual) and difference.strip()


def test_a_class_proposes_the_unit(browser: Browser, server: str) -> None:
    """A fault is proposed to the unit of its class; another unit needs a reason, which the order shows (C71)."""
    with people(browser, forgiven=("422",)) as person:
        inspector = person("zh-CN", PHONE)
        sign_in(inspector, server, "example-inspector")
        questions = start_visit(inspector, server, "community-009")
        fits(inspector)
        proposed = questions.locator(".ask-proposed b:last-of-type")
        assert proposed.count() == questions.count()
        question = questions.last
        question.locator("label.ask-fail").click()
        question.locator('textarea[name^="t-"]').fill("机动车占用消防通道")
        question.locator("details.ask-other summary").click()
        question.locator('input[name^="u-"]').fill("县公安局交警大队")
        with inspector.expect_navigation():
            inspector.locator('.visit-send button[type="submit"]').first.click()
        expect(inspector.locator(".ask-wrong")).to_have_count(1)
        inspector.locator(".ask-wrong").locator('input[name^="w-"]').fill("车辆由交警拖移")
        with inspector.expect_navigation():
            inspector.locator('.visit-send button[type="submit"]').first.click()
        link = inspector.locator('.seen-order a[href^="/work/"]').first
        expect(inspector.locator(".seen-order").first).to_contain_text("县公安局交警大队")
        with inspector.expect_navigation():
            link.click()
        expect(inspector.locator("main")).to_contain_text("车辆由交警拖移")
