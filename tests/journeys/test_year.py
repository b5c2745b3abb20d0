"""A year comes to its end: the next one begun from it, closed with a frozen score, carried over, opened again."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.journeys.acts import NUMBER, choose, send, switch
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people


def test_a_year_is_closed_and_what_is_open_goes_on(browser: Browser, server: str) -> None:
    """Begin the next year from this one, close this one, find an open task in the next, open the year again.

    It is done in the practice county, which is thrown away at the end: the example is left as it was.
    """
    with people(browser) as person:
        page = person("zh-CN", DESK)
        sign_in(page, server)
        page.goto(f"{server}/setup/practice/")
        send(page)
        expect(page.locator(".practice-note")).to_be_visible()
        page.goto(f"{server}/year/")
        this = int(page.locator("tr[data-year]").first.get_attribute("data-year") or 0)
        year = page.locator(f'tr[data-year="{this}"]')
        page.goto(f"{server}/work/tasks/new/")
        page.locator('input[name="title"]').fill("年终收尾")
        choose(page, "unit", "住房和城乡建设局")
        page.locator('input[name="deadline"]').fill(f"{this + 1}-03-31")
        page.locator('input[name="deliverable"]').fill("收尾清单")
        send(page)
        number = NUMBER.search(page.url)
        assert number, page.locator("main").inner_text()[:400]

        # What is open needs a year to go on in; what goes along into it is listed before it is begun.
        page.goto(f"{server}/year/")
        with page.expect_navigation():
            year.get_by_role("link", name="归档").click()
        expect(page.locator(".danger")).to_contain_text("1件在办事项")
        with page.expect_navigation():
            page.get_by_role("link", name="启动下一年度").click()
        expect(page.locator("[data-part=functions]")).to_contain_text("继续有效")
        expect(page.locator("[data-part=plan]")).to_contain_text("不沿用")
        send(page, page.locator("form:has(input[name=version])"))
        expect(page.locator(".message").first).to_contain_text(f"{this + 1}年度已启动")

        with page.expect_navigation():
            year.get_by_role("link", name="归档").click()
        score = page.locator(".headline-score .big").inner_text()
        page.locator("#close-note").fill("演练")
        send(page, page.locator("form:has(#close-note)"))
        expect(page.locator(".message").first).to_contain_text("1件在办事项转入下一年度")
        expect(page.locator("main")).to_contain_text("第1号归档记录")
        assert page.locator(".headline-score .big").inner_text() == score
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        fits(page)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        with page.expect_download() as download:
            page.locator(".export a").first.click()
        assert download.value.suggested_filename.endswith(".xlsx")

        # The closed year stays readable under its band; its open task stands in the next, with where it comes from.
        switch(page, "year", f"{this}年")
        expect(page.locator(".year-closed")).to_contain_text("得分已封存")
        page.goto(f"{server}/work/")
        expect(page.locator("tr[data-item]")).to_have_count(0)
        switch(page, "year", f"{this + 1}年")
        page.goto(f"{server}/work/?from_year={this}")
        expect(page.locator(f'tr[data-item="{number[1]}"]')).to_contain_text(f"由{this}年度结转")

        page.goto(f"{server}/year/")
        with page.expect_navigation():
            year.get_by_role("link", name="撤销归档").click()
        page.locator("#reopen-reason").fill("漏记一次检查")
        send(page, page.locator("form:has(#reopen-reason)"))
        expect(page.locator(".message").first).to_contain_text("1件事项随之转回")
        expect(year).to_contain_text("漏记一次检查")

        page.goto(f"{server}/setup/practice/remove/")
        send(page)
        expect(page.locator(".practice-note")).to_have_count(0)


def test_in_upkeep_a_round_is_smaller_and_what_came_back_stands_first(browser: Browser, server: str) -> None:
    """Go into upkeep, see the proposal get smaller and a place with a recurrence on top, end upkeep again."""
    with people(browser) as person:
        page = person("zh-CN", DESK)
        sign_in(page, server)
        page.goto(f"{server}/sites/")
        expect(page.locator("tr[data-site] .back-count")).to_have_count(0)

        page.goto(f"{server}/year/")
        with page.expect_navigation():
            page.get_by_role("link", name="转入常态巩固").click()
        page.locator("#upkeep-reason").fill("已获命名")
        send(page)
        expect(page.locator(".upkeep-note")).to_contain_text("常态巩固：自")
        expect(page.locator("#upkeep")).to_contain_text("已获命名")

        page.goto(f"{server}/record/rounds/new/?kind=drawn")
        proposed = page.locator("table.type-list tr:has(.usual-number)")
        expect(proposed.first.locator(".usual-number")).to_contain_text("平时")
        for words, given in proposed.evaluate_all(
            "all => all.map(e => [e.querySelector('.usual-number').innerText, e.querySelector('.type-number').value])"
        ):
            usual = int("".join(each for each in words if each.isdigit()))
            assert int(given) == -(-usual // 2), (words, given)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        fits(page)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]

        page.goto(f"{server}/sites/")
        top = page.locator("tr[data-site]").first.locator(".back-count")
        count = int(top.inner_text().split("个")[0])
        with page.expect_navigation():
            top.click()
        expect(page.locator("tr[data-item]")).to_have_count(count)

        page.goto(f"{server}/year/")
        with page.expect_navigation():
            page.get_by_role("link", name="结束常态巩固").click()
        page.locator("#upkeep-reason").fill("演练完毕")
        send(page)
        expect(page.locator(".upkeep-note")).to_have_count(0)
