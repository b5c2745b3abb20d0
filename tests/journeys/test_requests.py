"""What units ask and what is decided: a return, an extension, an appeal, a co-ordination with two units, a deferral."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import (
    accept,
    choose,
    fault,
    find,
    numbers,
    of_unit,
    report,
    save_visit,
    send,
    start_visit,
    totals,
)
from tests.journeys.conftest import sign_in
from tests.journeys.own_campaign import MARKETS, TOWN, TRADE, Own, enter, new_site
from tests.journeys.people import DESK, PHONE, fits, people, photo

SITE = "community-009"
GREEN = (60, 150, 70)


def in_days(days: int) -> str:
    """A day of the county, as a field for dates takes it."""
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')) + timedelta(days=days):%Y-%m-%d}"


def ask(page: Page, server: str, number: str, what: str, reason: str) -> None:
    """Open the form of a request from the menu of an item, and write why."""
    page.goto(f"{server}/work/{number}/")
    page.locator("details.act-menu summary").click()
    page.locator(f'.act-list a[href$="/{what}/"]').click()
    page.locator('textarea[name="reason"]').fill(reason)


def decide(page: Page, server: str, number: str, answer: str, reason: str) -> None:
    """Come to the form of a decision by the one main button of the item, and choose."""
    page.goto(f"{server}/work/{number}/")
    page.locator(".act-main").click()
    page.locator(f'input[name="upheld"][value="{answer}"]').check(force=True)
    page.locator('textarea[name="reason"]').fill(reason)


def unit_of(page: Page, server: str) -> str:
    """The unit of whoever is signed in."""
    page.goto(f"{server}/mine/")
    return page.locator("h1").inner_text().strip()


def listed(page: Page, server: str, query: str) -> set[str]:
    page.goto(f"{server}/work/?{query}")
    return numbers(page)


def test_returned_extended_disputed_deferred(browser: Browser, server: str) -> None:
    """A unit returns what is not its own, more time goes by its head, a disputed finding is decided by someone else.

    C48, C52, C67.
    """
    with people(browser, forgiven=("403", "409")) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        liaison = person("en-GB", PHONE)
        sign_in(liaison, server, "example-liaison")
        unit = unit_of(liaison, server)
        inspector = person("en-GB", DESK)
        sign_in(inspector, server, "example-inspector")

        before = totals(office, server)
        questions = start_visit(inspector, server, SITE).filter(has=inspector.locator(".ask-proposed", has_text=unit))
        for place in range(3):
            fault(questions.nth(place), f"fault {place + 1}")
        disputed, returned, extended = save_visit(inspector)[:3]
        lost = totals(office, server)
        assert lost[0] < before[0]

        # Returned once; the office gives it to another unit; who had it cannot return it again.
        ask(liaison, server, returned, "return", "The yard belongs to another bureau.")
        fits(liaison)
        send(liaison)
        assert returned in listed(office, server, "special=to_decide")
        decide(office, server, returned, "yes", "It is in their list of duties.")
        box = office.locator('select[name="unit"] option:not([value=""])')
        other = next(words.strip() for words in box.all_inner_texts() if words.strip() != unit)
        choose(office, "unit", other)
        send(office)
        office.goto(f"{server}/work/{returned}/")
        expect(office.locator('section[aria-labelledby="whose-title"]')).to_contain_text(other)
        office.goto(f"{server}/work/requests/")
        row = office.locator("tbody tr", has_text=unit)
        with office.expect_navigation():
            row.locator('a[href*="special=returned_upheld"]').click()
        assert returned in numbers(office)

        # What a liaison asks waits for the head of the unit; what a head asks goes to the office, and the log keeps both
        # intervals.
        ask(liaison, server, extended, "extend", "The part comes next week.")
        liaison.locator('input[name="deadline"]').fill(in_days(40))
        send(liaison)
        expect(liaison.locator(".work-request")).to_contain_text("waits for the head's consent")
        fits(liaison)
        assert extended not in listed(office, server, "special=to_decide")
        head = person("en-GB", DESK)
        sign_in(head, server, "example-head")
        longer = sorted(listed(head, server, "view=fixing&special=handle"))[0]
        ask(head, server, longer, "extend", "The contractor is bound until then.")
        head.locator('input[name="deadline"]').fill(in_days(90))
        send(head)
        decide(office, server, longer, "yes", "The part is on order.")
        send(office)
        expect(office.locator('section[aria-labelledby="log-title"]')).to_contain_text("working days instead of")

        # Disputed: said in words while it is open; upheld by someone who did not record it, the order is gone.
        ask(liaison, server, disputed, "appeal", "It was fixed the day before.")
        liaison.locator('input[type="file"]').first.set_input_files([photo(GREEN, "proof.jpg")])
        send(liaison)
        expect(liaison.locator("h1 .pill")).to_contain_text("disputed")
        fits(liaison)
        open_dispute = totals(office, server)
        assert open_dispute[1] < lost[1] and open_dispute[0] == lost[0], "what is disputed is neither lost nor earned"
        inspector.goto(f"{server}/work/{disputed}/decide/")
        expect(inspector.locator("main")).to_contain_text("someone else has to decide")
        leader = person("en-GB", DESK)
        sign_in(leader, server, "example-leader")
        decide(leader, server, disputed, "yes", "The photo shows it.")
        send(leader)
        assert disputed in listed(office, server, "view=cancelled")
        upheld = totals(office, server)
        assert upheld[1] < lost[1] and upheld[0] > lost[0], "what was no fault costs nothing"
        office.goto(f"{server}/work/{disputed}/")
        assert office.locator(".act-main").count() == 0, "what is cancelled is not proposed to be reopened"

        # A hard problem rests with a leader's approval: listed apart, with its day of review, and late no more.
        office.goto(f"{server}/work/?light=late")
        hard = office.locator("tr[data-item]").first.get_attribute("data-item") or ""
        office.goto(f"{server}/work/{hard}/defer/")
        box = office.locator('select[name="leader"]')
        box.select_option(index=1)
        office.locator('input[name="until"]').fill(in_days(60))
        office.locator('textarea[name="reason"]').fill("The land is in court.")
        send(office)
        expect(office.locator("h1 .pill")).to_contain_text(in_days(60))
        assert hard in listed(office, server, "special=deferred")
        assert hard not in listed(office, server, "light=late")


def test_two_units_handle_one_item(browser: Browser, own: Own) -> None:
    """A unit asks for co-ordination: the clock stands, the office names who helps, and each adds its part (C44, C46)."""
    with people(browser, forgiven=("403", "409", "422")) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        site = new_site(office, own, "桥头市场", MARKETS, TOWN, TRADE)
        number = find(office, own.address, site, "过期食品", TRADE)
        lead = person("zh-CN", PHONE)
        enter(lead, own, "孙丽")
        accept(lead, own.address, number)
        ask(lead, own.address, number, "coordinate", "摊位归属不清，请镇里配合。")
        send(lead)
        expect(lead.locator(".work-request")).to_contain_text("暂停计算")
        fits(lead)

        decide(office, own.address, number, "yes", "由镇配合清理摊位。")
        choose(office, "supports", TOWN)
        office.locator('input[name="deadline"]').fill(f"{in_days(30)}T18:00")
        send(office)
        expect(office.locator('section[aria-labelledby="whose-title"]')).to_contain_text(TOWN)

        # The lead reports when the other part is in, or says why not.
        lead.goto(f"{own.address}/work/{number}/report/")
        expect(lead.locator('textarea[name="without"]')).to_be_visible()
        helper = person("zh-CN", PHONE)
        enter(helper, own, "李红")
        helper.goto(f"{own.address}/work/{number}/")
        helper.locator(".act-main").click()
        helper.locator('textarea[name="text"]').fill("摊位已清理。")
        helper.locator('input[type="file"]').first.set_input_files([photo(GREEN, "part.jpg")])
        send(helper)
        expect(helper.locator('section[aria-labelledby="parts-title"]')).to_contain_text("摊位已清理。")
        fits(helper)
        lead.goto(f"{own.address}/work/{number}/report/")
        assert lead.locator('textarea[name="without"]').count() == 0
        lead.locator('textarea[name="text"]').fill("已下架。")
        lead.locator('input[type="file"]').first.set_input_files([photo(GREEN, "after.jpg")])
        send(lead)
        expect(lead.locator("main")).to_contain_text("已下架。")


def menu(page: Page, server: str, number: str, what: str) -> None:
    """Open the form of an act from the menu of an item."""
    page.goto(f"{server}/work/{number}/")
    page.locator("details.act-menu summary").click()
    page.locator(f'.act-list a[href$="/{what}/"]').click()


def test_suspended_merged_withdrawn_and_talked_over(browser: Browser, own: Own) -> None:
    """What cannot go on rests, what is the same goes on as one, a request is taken back, units talk it over (C66)."""
    with people(browser, forgiven=("403", "409", "422")) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        site = new_site(office, own, "河西市场", MARKETS, TOWN, TRADE)
        questions = of_unit(start_visit(office, own.address, site), TRADE)
        fault(questions.nth(0), "过期食品")
        fault(questions.nth(1), "过期食品同一摊位")
        first, second = save_visit(office)[:2]
        lead = person("zh-CN", PHONE)
        enter(lead, own, "孙丽")
        accept(lead, own.address, first)

        # Suspended with a reason: listed apart, nothing can be reported; taken up again it is where it was.
        menu(office, own.address, first, "suspend")
        office.locator('textarea[name="reason"]').fill("   ")
        send(office)
        expect(office.locator("#error-reason")).to_be_visible()
        office.locator('textarea[name="reason"]').fill("市场停业改造。")
        send(office)
        expect(office.locator("h1 .pill").first).to_contain_text("已中止")
        assert first in listed(office, own.address, "view=suspended")
        lead.goto(f"{own.address}/work/{first}/report/")
        expect(lead.locator("main")).to_contain_text("已中止")
        fits(lead)
        office.goto(f"{own.address}/work/{first}/")
        office.locator(".act-main").click()
        office.locator('textarea[name="reason"]').fill("市场恢复营业。")
        send(office)
        expect(office.locator("h1 .pill").first).not_to_contain_text("已中止")

        # A request is taken back while nobody has decided it.
        ask(lead, own.address, first, "coordinate", "摊位归属不清。")
        send(lead)
        menu(lead, own.address, first, "withdraw")
        send(lead)
        assert lead.locator(".work-request").count() == 0
        assert first not in listed(office, own.address, "special=to_decide")

        # The same thing twice: one goes on as the other, and out again while nothing has happened.
        menu(office, own.address, second, "merge")
        expect(office.locator("main")).to_contain_text(first)
        office.locator('input[name="into"]').fill(first)
        office.locator('textarea[name="reason"]').fill("同一摊位同一问题。")
        send(office)
        expect(office.locator('section[aria-labelledby="merged-title"]')).to_contain_text(first)
        menu(office, own.address, second, "unmerge")
        send(office)
        assert second in listed(office, own.address, "view=open")
        menu(office, own.address, second, "merge")
        office.locator('input[name="into"]').fill(first)
        office.locator('textarea[name="reason"]').fill("同一摊位同一问题。")
        send(office)
        office.goto(f"{own.address}/work/{first}/")
        expect(office.locator('section[aria-labelledby="absorbed-title"]')).to_contain_text(second)

        # A question and an answer on the item; the other side finds it among its messages.
        lead.goto(f"{own.address}/work/{first}/")
        lead.locator("#talk-text").fill("清场由谁负责？")
        send(lead, lead.locator('form[action$="/note/"]'))
        expect(lead.locator('section[aria-labelledby="talk-title"]')).to_contain_text("清场由谁负责？")
        fits(lead)
        office.goto(f"{own.address}/inbox/")
        expect(office.locator("main")).to_contain_text("清场由谁负责？")
        report(lead, own.address, first, "已下架。")
        inspector = person("zh-CN", PHONE)
        enter(inspector, own, "周敏")
        inspector.goto(f"{own.address}/work/{first}/recheck/")
        assert inspector.locator("main fieldset:has(input[type='radio'])").count() == 2, "both are looked at"
