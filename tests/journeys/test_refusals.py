"""What is refused on the way round: a skipped stage, one's own fix, an old version, a false photo, a wrong password."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.journeys.acts import (
    accept,
    find,
    of_unit,
    recheck,
    report,
    send,
    start_visit,
    switch,
)
from tests.journeys.own_campaign import MARKETS, PASSWORD, TOWN, TRADE, Own, add_post, enter, new_site
from tests.journeys.people import DESK, PHONE, fits, people, photo

#: Sends what stands in a form twice at once, as an impatient tap does; the statuses.
TWICE = """async form => {
  const twice = [new FormData(form), new FormData(form)].map(body => fetch(form.action, {method: "POST", body}));
  return (await Promise.all(twice)).map(answer => answer.status);
}"""


def log_lines(page: Page, words: str) -> int:
    """How many lines of an item's log hold some words."""
    return page.locator(".work-log > li", has_text=words).count()


def test_no_stage_is_skipped(browser: Browser, own: Own) -> None:
    """Stages have their order, a photo is one by its content, and what is sent twice is one record (C31)."""
    with people(browser, forgiven=("422", "409")) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        site = new_site(office, own, "北市场", MARKETS, TOWN, TRADE)
        number = find(office, own.address, site, "过期食品未下架", TRADE)
        work = f"{own.address}/work/{number}/"

        liaison = person("en-GB", PHONE)
        enter(liaison, own, "孙丽")
        liaison.goto(f"{work}report/")
        expect(liaison.locator("main")).to_contain_text("Missing stage: accept")
        assert liaison.locator("form.work-form").count() == 0
        office.goto(f"{work}recheck/")
        expect(office.locator("main")).to_contain_text("签收")
        assert office.locator("form.work-form").count() == 0
        accept(liaison, own.address, number)
        office.goto(f"{work}recheck/")
        expect(office.locator("main")).to_contain_text("反馈")

        # A text that calls itself a photo is refused by what it holds; the words stay, and so does a good photo.
        liaison.goto(f"{work}report/")
        fits(liaison)
        liaison.locator('textarea[name="text"]').fill("The goods are off the shelves")
        text = b"This is a letter, not a picture.\n" * 40
        false: FilePayload = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": text}
        liaison.locator('input[type="file"]').first.set_input_files([photo((60, 150, 70), "good.jpg"), false])
        send(liaison, liaison.locator("form.work-form"))
        expect(liaison.locator("#photos-photos-error")).to_contain_text("after.jpg")
        expect(liaison.locator('textarea[name="text"]')).to_have_value("The goods are off the shelves")
        assert liaison.locator('input[name="photos_kept"]').count() == 1
        fits(liaison)
        assert set(liaison.locator("form.work-form").evaluate(TWICE)) <= {200, 409}
        liaison.goto(work)
        assert log_lines(liaison, "The goods are off the shelves") == 1
        liaison.goto(f"{work}note/")
        liaison.locator('textarea[name="text"]').fill("Staff were told again")
        liaison.locator("form.work-form").evaluate(TWICE)
        liaison.goto(work)
        assert log_lines(liaison, "Staff were told again") == 1

        # A visit that is sent twice is one visit.
        question = of_unit(start_visit(office, own.address, site), TRADE).last
        question.locator("label.ask-fail").click()
        question.locator('textarea[name^="t-"]').fill("重复提交的一次检查")
        assert set(office.locator("form.visit-form").evaluate(TWICE)) <= {200, 409}
        office.goto(f"{own.address}/record/list/")
        assert office.locator("tbody tr", has_text="北市场").count() == 2, "the first visit, and this one"


def test_nobody_closes_what_their_unit_handled(browser: Browser, own: Own) -> None:
    """Neither the liaison who fixed it nor an inspector with a post in the same unit closes it; someone else does."""
    with people(browser, forgiven=("403", "409", "422")) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        site = new_site(office, own, "南市场", MARKETS, TOWN, TRADE)

        inspector = person("zh-CN", PHONE)
        enter(inspector, own, "周敏")
        number = find(inspector, own.address, site, "亮证经营不全", TRADE)
        work = f"{own.address}/work/{number}/"
        liaison = person("en-GB", PHONE)
        enter(liaison, own, "孙丽")
        accept(liaison, own.address, number)
        report(liaison, own.address, number, "All traders show their licences")
        assert liaison.goto(f"{work}recheck/").status == 403  # type: ignore[union-attr]

        # The inspector is now liaison of that unit too; from neither post may the fix be closed.
        add_post(office, own, "周敏", TRADE, "liaison", "市场监管局兼职联络员")
        inspector.goto(f"{work}recheck/")
        expect(inspector.locator("main [role=alert]")).to_contain_text("创城办主任")
        assert inspector.locator('input[name="outcome"]').count() == 0
        fits(inspector)
        switch(inspector, "post", "市场监管局兼职联络员")
        assert inspector.goto(f"{work}recheck/").status == 403  # type: ignore[union-attr]

        recheck(office, own.address, number, "fail", "仍有两户未亮证")
        expect(office.locator("main")).to_contain_text("仍有两户未亮证")
        liaison.goto(work)
        report(liaison, own.address, number, "The last two do as well")
        recheck(office, own.address, number)
        assert log_lines(office, "仍有两户未亮证") == 1
        expect(office.locator(".page-head")).to_contain_text(re.compile("销号|已办结|closed"))


def test_an_old_version_is_told_what_changed(browser: Browser, own: Own) -> None:
    """Of two who act at once one succeeds; the other keeps the text, is told what changed, and may send it again."""
    with people(browser, forgiven=("409",)) as person:
        first, second = person("zh-CN", DESK), person("en-GB", DESK)
        enter(first, own, "李明")
        enter(second, own, "李明")
        site = new_site(first, own, "新市场", MARKETS, TOWN, TRADE)
        number = find(first, own.address, site, "灭火器过期", TRADE)
        address = f"{own.address}/work/{number}/deadline/"
        for page in (first, second):
            page.goto(address)
        first.locator('textarea[name="reason"]').fill("节前完成")
        first.locator('input[name="deadline"]').fill(f"{own.year + 1}-01-20T18:00")
        send(first, first.locator("form.work-form"))
        second.locator('textarea[name="reason"]').fill("The bureau asked for more time")
        second.locator('input[name="deadline"]').fill(f"{own.year + 1}-02-20T18:00")
        send(second, second.locator("form.work-form"))
        told = second.locator('section[aria-labelledby="stale-title"]')
        expect(told).to_contain_text("李明")
        expect(told).to_contain_text("节前完成")
        expect(second.locator('textarea[name="reason"]')).to_have_value("The bureau asked for more time")
        expect(second.locator('input[name="deadline"]')).to_have_value(f"{own.year + 1}-02-20T18:00")
        send(second, second.locator("form.work-form"))
        first.goto(f"{own.address}/work/{number}/")
        assert log_lines(first, "节前完成") == log_lines(first, "The bureau asked for more time") == 1


def test_wrong_passwords_wait(browser: Browser, own: Own) -> None:
    """After five wrong passwords the right one waits too, and the page says how long; another name does not wait."""
    with people(browser, forgiven=("422",)) as person:
        page = person("en-GB", PHONE)
        username = own.slips["赵刚"][0]
        for attempt in range(6):
            page.goto(f"{own.address}/accounts/sign-in/")
            page.locator('input[name="username"]').fill(username)
            page.locator('input[name="password"]').fill(f"not the password {attempt}" if attempt < 5 else PASSWORD)
            send(page, page.locator(".sign-in form.fields"))
        expect(page.locator("[role=alert]")).to_contain_text("Try again in 1 minute")
        fits(page)
        enter(page, own, "李明")
