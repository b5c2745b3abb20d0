"""Who leads on which day, who sponsors which places, and a post that goes from one holder to the next."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import choose, send
from tests.journeys.conftest import sign_in
from tests.journeys.own_campaign import OFFICE, enter, paste
from tests.journeys.people import DESK, PHONE, fits, people

if TYPE_CHECKING:
    from tests.journeys.own_campaign import Own

LEFT, CAME = "骆远帆", "贺云川"


def test_the_headquarters_of_a_past_day_names_the_people_of_that_day(page: Page, server: str) -> None:
    """The list of today and of a day before the change differ in one person; a change can be taken back."""
    sign_in(page, server)
    page.goto(f"{server}/headquarters/")
    deputies = page.locator(".hq-part", has_text="常务，主持日常工作")
    expect(deputies).to_contain_text(CAME)
    expect(deputies).not_to_contain_text(LEFT)
    newest = page.locator(".hq-days a").first.get_attribute("href") or ""
    changed = date.fromisoformat(newest.removeprefix("?on="))
    page.goto(f"{server}/headquarters/?on={changed - timedelta(days=1)}")
    expect(deputies).to_contain_text(LEFT)
    expect(deputies).not_to_contain_text(CAME)
    # On paper stands the list and its day, and nothing to press.
    page.emulate_media(media="print")
    expect(page.locator(".page-head .reading")).to_contain_text(f"{changed - timedelta(days=1):%Y}")
    for hidden in (".hq-tools", ".hq-day", ".hq-do >> nth=0", "header.bar"):
        expect(page.locator(hidden)).to_be_hidden()
    page.emulate_media(media="screen")
    # A successor from tomorrow on leaves today's list as it is; taking the change back leaves tomorrow's as well.
    tomorrow = date.today() + timedelta(days=2)
    page.goto(f"{server}/headquarters/")
    page.locator("tr", has_text=CAME).locator('a[href*="instead="]').click()
    page.locator('input[name="person_zh"]').fill("新来人")
    page.locator('input[name="valid_from"]').fill(tomorrow.isoformat())
    send(page)
    expect(deputies).to_contain_text(CAME)
    page.goto(f"{server}/headquarters/?on={tomorrow}")
    expect(deputies).to_contain_text("新来人")
    expect(deputies).not_to_contain_text(CAME)
    with page.expect_navigation():
        page.locator(".message.undo button").click()
    page.goto(f"{server}/headquarters/?on={tomorrow}")
    expect(deputies).to_contain_text(CAME)
    expect(deputies).not_to_contain_text("新来人")


def test_a_deputy_acts_while_the_head_is_away(browser: Browser, server: str) -> None:
    """The office names a deputy for a head; the deputy acts from the head's post, named as such; ended, the switch is gone."""
    with people(browser, forgiven=("403",)) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server)
        office.goto(f"{server}/absences/")
        choose(office, "of", "江水生")
        with office.expect_navigation():
            office.locator('form[action$="/absences/new/"] button').click()
        choose(office, "deputy", "温小荷")
        office.locator('input[name="last"]').fill((date.today() + timedelta(days=3)).isoformat())
        send(office)
        expect(office.locator("tbody tr", has_text="温小荷")).to_contain_text("离岗中")

        deputy = person("zh-CN", PHONE)
        sign_in(deputy, server, "example-liaison")
        assert deputy.goto(f"{server}/absences/").status == 403  # type: ignore[union-attr]
        deputy.goto(f"{server}/accounts/")
        deputy.locator("button.account-button", has_text="代江水生").click()
        deputy.goto(f"{server}/absences/")
        expect(deputy.locator("h1")).to_be_visible()
        expect(deputy.locator('.bar select[name="post"] option:checked')).to_contain_text("镇长（代江水生）")
        fits(deputy)

        with office.expect_navigation():
            office.locator("tbody tr", has_text="温小荷").locator("button").click()
        deputy.goto(f"{server}/accounts/")
        expect(deputy.locator("button.account-button")).to_have_count(1)


def codes(page: Page) -> set[str]:
    """The codes of the sites in the list on the page."""
    return {code.strip() for code in page.locator("tbody th .code").all_inner_texts()}


def test_a_sponsors_page_lists_exactly_the_sites_of_the_filter(page: Page, server: str) -> None:
    """Filter by sponsor, open the sponsor's page: the same sites; a site leads there, and the leader sees them first."""
    sign_in(page, server, "example-leader")
    page.goto(f"{server}/leader/")
    own = page.locator('section[aria-labelledby="own-title"]')
    assert own.locator("tbody tr").count() > 0
    with page.expect_navigation():
        own.locator(".sheet-head > a").click()
    theirs = codes(page)
    key = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{server}/sites/?sponsor={key}")
    listed = codes(page)
    while page.locator('.pager a[rel="next"]').count():
        with page.expect_navigation():
            page.locator('.pager a[rel="next"]').click()
        listed |= codes(page)
    assert theirs == listed
    page.goto(f"{server}/sites/{sorted(theirs)[0]}/")
    with page.expect_navigation():
        page.locator(f'a[href="/sponsors/{key}/"]').click()
    assert codes(page) == theirs


def test_the_office_sets_a_sponsor_for_many_sites_at_once(page: Page, server: str) -> None:
    """Filter, choose, look at what changes, set: the sponsor's page has these sites."""
    sign_in(page, server)
    page.goto(f"{server}/sponsors/set/?sponsor=-&q=" + "中学")
    boxes = page.locator('input[name="place"]')
    count = boxes.count()
    assert count > 0 and page.locator('input[name="place"]:checked').count() == count
    choose(page, "who", "单位：县教育")
    with page.expect_navigation():
        page.locator('button[value="preview"]').click()
    assert page.locator("tbody tr").count() == count
    with page.expect_navigation():
        page.locator('button[value="set"]').click()
    assert re.search(r"/sponsors/[pu]\d+/$", page.url)
    assert len(codes(page)) == count


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_pages_fit(browser: Browser, server: str, language: str, width: int) -> None:
    """None of these pages is wider than its window."""
    with people(browser) as person:
        tab = person(language, {"width": width, "height": 900})
        sign_in(tab, server)
        for address in (
            "headquarters/",
            "headquarters/members/new/",
            "headquarters/groups/new/",
            "sponsors/",
            "sponsors/set/",
        ):
            tab.goto(f"{server}/{address}")
            fits(tab)
        tab.goto(f"{server}/sponsors/")
        with tab.expect_navigation():
            tab.locator(".sponsor-lines a").first.click()
        fits(tab)


OLD, NEW = "郑离任", "冯接任"


def test_a_post_is_handed_over_with_two_signatures(browser: Browser, own: Own) -> None:
    """The holder signs the list, the successor sees it first after sign-in and signs; the office sees both names."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        enter(office, own, "李明")
        paste(office, own, "people", f"{OLD}，{OFFICE}，督查员，督查员\n{NEW}，{OFFICE}，督查员，督查员")
        office.goto(f"{own.address}/setup/people/")
        with office.expect_navigation():
            office.locator('form:has(input[name="all"][value="slip"]) button').click()
        for slip in office.locator("article.slip").all():
            username, password = slip.locator(".slip-word").all_inner_texts()
            own.slips[slip.locator("h2").inner_text().strip()] = (username.strip(), password.strip())

        old = person("zh-CN", DESK)
        enter(old, own, OLD)
        old.goto(f"{own.address}/accounts/")
        old.locator('a[href*="/handover/new/"]').click()
        choose(old, "new", NEW)
        old.locator('textarea[name="notes"]').fill("西市场的钥匙在门卫处")
        send(old)
        assert re.search(r"/handover/\d+/$", old.url)
        with old.expect_navigation():
            old.locator('button[value="give"]').click()

        new = person("zh-CN", PHONE)
        enter(new, own, NEW)
        new.goto(f"{own.address}/home/")
        assert re.search(r"/handover/\d+/$", new.url), "the list comes before everything else"
        expect(new.locator("main")).to_contain_text("西市场的钥匙在门卫处")
        fits(new)
        with new.expect_navigation():
            new.locator('button[value="take"]').click()
        signed = new.locator(".hand-signed dd")
        expect(signed.nth(0)).to_contain_text(OLD)
        expect(signed.nth(1)).to_contain_text(NEW)
        new.goto(f"{own.address}/home/")
        assert "/handover/" not in new.url

        office.goto(new.url if "/handover/" in new.url else old.url)
        expect(office.locator(".hand-signed")).to_contain_text(NEW)
