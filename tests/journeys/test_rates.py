"""Rates and the ladder: a figure is the count of its list, and what is late is urged by the office, not by a machine."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import count_of
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people
from tests.journeys.reading import figure

FORMULA = re.compile(r"^(.+?) (\d+) ÷ (.+?) (\d+) = (—|\d+\.\d%)$")


def follow(page: Page, server: str, figures: list[tuple[str, str]]) -> int:
    """Follow every count of some rates to its list, and see that it holds so many; return how many were followed."""
    followed = 0
    for count, address in figures:
        assert count_of(page, f"{server}{address}") == int(count), address
        followed += 1
    return followed


def counts(page: Page, place: str) -> list[tuple[str, str]]:
    """The counts of the rates somewhere on the page, each with the list that it opens."""
    links = page.locator(f"{place} .rate-of a").all()
    return [(link.inner_text(), link.get_attribute("href") or "") for link in links]


def test_a_rate_says_its_formula_and_its_counts_are_those_of_its_lists(browser: Browser, server: str) -> None:
    """Pointing at a rate gives numerator, denominator and formula; each opens the list that counts exactly it (C51)."""
    with people(browser) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/")
        office.locator(".head-menu summary").click()
        with office.expect_navigation():
            office.locator('a[href="/work/rates/"]').click()
        rates = office.locator(".rate-figures li[title*='÷']").all()[:6]
        assert len(rates) == 6
        for rate in rates:
            said = FORMULA.match(rate.get_attribute("title") or "")
            assert said is not None
            upper, lower = int(said[2]), int(said[4])
            assert [int(figure(link.inner_text())) for link in rate.locator(".rate-of a").all()] == [
                n for n in (upper, lower) if n
            ]
            share = f"{100 * upper / lower:.1f}%" if lower else "—"
            assert rate.locator("b").inner_text() == said[5]
            assert abs(float(said[5].rstrip("%")) - float(share.rstrip("%"))) <= 0.1
        whole = counts(office, ".rate-figures")
        first_unit = counts(office, ".rate-table tr[data-row] >> nth=0")
        assert follow(office, server, sorted({*whole, *first_unit})) >= 6
        # Words instead of a pointer: the formulas stand on the page too, and no page compares persons.
        office.goto(f"{server}/work/rates/?by=group")
        expect(office.locator(".formula-list")).to_contain_text("÷ due to be handled")

        head = person("zh-CN", PHONE)
        sign_in(head, server, "example-head")
        head.goto(f"{server}/mine/")
        head.locator('a[href^="/work/rates/"]').click()
        expect(head.locator("h1")).to_contain_text("办理指标")
        fits(head)
        own = counts(head, ".rate-figures")
        assert follow(head, server, own) == len(own)


def test_what_is_late_is_urged_by_the_office_and_the_unit_sees_why(browser: Browser, server: str) -> None:
    """The days propose the rung, an officer confirms it, the unit sees it with the reason (C65)."""
    with people(browser) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        liaison = person("zh-CN", PHONE)
        sign_in(liaison, server, "example-liaison")
        liaison.goto(f"{server}/mine/")
        unit = re.search(r"/units/([^/]+)/", liaison.locator('a[href^="/units/"]').first.get_attribute("href") or "")
        assert unit is not None

        office.goto(f"{server}/work/ladder/")
        mine = office.locator(f'.ladder-unit[data-unit="{unit[1]}"]')
        section = mine if mine.count() else office.locator(".ladder-unit").first
        proposed = section.locator("li[data-item]").all()
        assert proposed, "something is late in the example"
        number = proposed[0].get_attribute("data-item") or ""
        rung = proposed[0].locator(".pill").first.inner_text()
        days = int(figure(re.search(r"(\d+) days? over", proposed[0].inner_text())[0]))  # type: ignore[index]
        limits = [int(figure(text)) for text in office.locator(".rungs .muted").all_inner_texts()]
        words = office.locator(".rungs b").all_inner_texts()
        # The highest rung that the days reach, of those that go by the days alone.
        assert (
            rung == max((limit, word) for limit, word in list(zip(limits, words, strict=True))[:3] if limit <= days)[1]
        )
        section.locator("textarea").fill("请于本周内办结")
        with office.expect_navigation():
            section.locator('button[value="confirm"]').click()
        if "/slips/" in office.url:
            expect(office.locator(".paper")).to_contain_text("Draft, to be approved")
            expect(office.locator(".paper")).to_contain_text(number)

        office.goto(f"{server}/work/ladder/")
        assert office.locator(f'li[data-item="{number}"]').count() == 0
        expect(office.locator(f'tr[data-decision="{number}"]').first).to_contain_text("confirmed")
        office.goto(f"{server}/work/{number}/")
        expect(office.locator(".work-log")).to_contain_text(f"{days} days over the deadline")
        if mine.count() or section is mine:
            liaison.goto(f"{server}/work/{number}/")
            expect(liaison.locator(".work-log")).to_contain_text(f"已超时{days}天")
            fits(liaison)
            liaison.goto(f"{server}/inbox/")
            expect(liaison.locator("main")).to_contain_text("请于本周内办结")
