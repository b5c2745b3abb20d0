"""What is not asked of units, how much is, and how it is looked at."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import choose, count_of, numbers, send
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


def set_limit(page: Page, server: str, most: str) -> None:
    page.goto(f"{server}/work/lightness/settings/")
    page.locator('input[name="requests_a_month"]').fill(most)
    send(page)
    expect(page).to_have_url(f"{server}/work/lightness/")


def ask_for_papers(page: Page, server: str, number: str, words: str) -> None:
    page.goto(f"{server}/work/{number}/note/")
    page.locator('textarea[name="text"]').fill(words)
    page.locator('select[name="asks"]').select_option("papers")
    send(page)


def test_requests_are_counted_and_a_leader_answers_for_those_over_the_limit(browser: Browser, server: str) -> None:
    """Each figure opens the list that it counts; over the limit it takes a leader and a reason, printed on the item."""
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/lightness/")
        figure = office.locator("tr[data-unit] td.num a[href*='month=']").first
        count = int(figure.inner_text())
        figure.click()
        expect(office.locator("tr[data-demand]")).to_have_count(count)

        office.goto(f"{server}/work/?view=open&kind=order")
        number = sorted(numbers(office))[0]
        set_limit(office, server, "1")
        ask_for_papers(office, server, number, "Send the list of bins.")
        expect(office).to_have_url(f"{server}/work/{number}/")
        ask_for_papers(office, server, number, "Send the list of lamps.")
        expect(office.locator("[data-over]")).to_contain_text("1 so far")
        fits(office)
        office.locator('textarea[name="ground_reason"]').fill("The province asks for it by Friday.")
        office.locator('select[name="ground_leader"]').select_option(index=1)
        send(office)
        expect(office.locator(".over-limit")).to_contain_text("The province asks for it by Friday.")
        office.goto(f"{server}/work/lightness/requests/?over=yes")
        expect(office.locator("tr[data-demand]")).to_have_count(1)
        set_limit(office, server, "30")
        # A lead unit sees on the item who answers for it; it sets no limits.
        phone = person("zh-CN", PHONE)
        sign_in(phone, server, "example-liaison")
        phone.goto(f"{server}/work/lightness/")
        expect(phone.locator("main")).not_to_contain_text("设置")
        fits(phone)


def test_classes_are_re_checked_by_photo_with_a_share_on_site(browser: Browser, server: str) -> None:
    """The office lets a class be re-checked by photo; hours stand there, and each figure opens the list that it counts."""
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/lightness/rechecks/")
        code = office.locator("form.filters select option").first.get_attribute("value") or ""
        office.locator('form.filters input[name="share"]').fill("0")
        with office.expect_navigation():
            office.locator("form.filters button").click()
        expect(office.locator(".field-error")).to_contain_text("between 1 and 100")
        office.locator('form.filters input[name="share"]').fill("25")
        with office.expect_navigation():
            office.locator("form.filters button").click()
        row = office.locator(f'tr[data-rule="{code}"]')
        expect(row.locator('input[name="share"]')).to_have_value("25")
        for special in ("lately_site", "lately_photo", "recheck_site", "recheck_photo"):
            office.goto(f"{server}/work/lightness/rechecks/")
            said = int(office.locator(f'a[href*="special={special}"]').inner_text().split()[0])
            assert said == count_of(office, f"{server}/work/?special={special}")
        leader = person("zh-CN", PHONE)
        sign_in(leader, server, "example-leader")
        leader.goto(f"{server}/work/lightness/rechecks/")
        expect(leader.locator(f'tr[data-rule="{code}"]')).to_contain_text("25 %")
        fits(leader)
        office.goto(f"{server}/work/lightness/rechecks/")
        with office.expect_navigation():
            row.locator('button[value="drop"]').click()
        expect(row).to_have_count(0)


def test_an_order_to_a_community_names_power_and_means(browser: Browser, server: str) -> None:
    """Given to a community, an order says what power and means that has for it; they are printed on the item."""
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/?view=to_accept&kind=order")
        number = sorted(numbers(office))[-1]
        office.goto(f"{server}/work/{number}/reassign/")
        choose(office, "unit", "Chuanchang Community")
        office.locator('textarea[name="reason"]').fill("It is inside the estate.")
        send(office)
        expect(office.locator("[data-weak]")).to_contain_text("Chuanchang Community")
        office.locator('input[name="ground_power"]').fill("cleaning of the stairwells")
        office.locator('input[name="ground_means"]').fill("four cleaners")
        send(office)
        expect(office.locator(".over-limit")).to_contain_text("four cleaners")
