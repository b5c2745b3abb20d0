"""Tasks: deadlines in the office's words, a task of one's own, what it rests on, dates a unit sets itself."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import NUMBER, send
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, fits, people


def first_open(page: Page, server: str) -> str:
    """The number of an item that is being fixed."""
    page.goto(f"{server}/work/?view=fixing&sort=-deadline")
    found = NUMBER.search(page.locator("table.work-list tbody th a").first.get_attribute("href") or "")
    assert found
    return found.group(1)


def set_deadline(page: Page, server: str, number: str, words: str) -> None:
    page.goto(f"{server}/work/{number}/deadline/")
    page.locator('input[name="deadline"]').fill(words)
    page.locator('textarea[name="reason"]').fill("The office agreed on it.")


def test_deadlines_keep_their_words(browser: Browser, server: str) -> None:
    """Words become a date while one types; the item keeps both; what has no end has no light; what names no day says so.

    C61.
    """
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        number = first_open(office, server)

        set_deadline(office, server, number, "尽快")
        expect(office.locator("#when-deadline")).to_contain_text("No date follows")
        send(office)
        expect(office.locator('input[name="deadline"]')).to_have_value("尽快")

        set_deadline(office, server, number, "2027年3月底前")
        expect(office.locator("#when-deadline")).to_contain_text("31 Mar 2027, 23:59")
        send(office)
        expect(office.locator("main")).to_contain_text("written: 2027年3月底前")
        expect(office.locator("main")).to_contain_text("31 Mar 2027")
        fits(office)

        set_deadline(office, server, number, "长期坚持")
        expect(office.locator("#when-deadline")).to_contain_text("no end; reviewed on this day")
        send(office)
        expect(office.locator("h1 .pill")).to_have_text("ongoing")
        office.goto(f"{server}/work/?light=standing")
        expect(office.locator("table.work-list tbody")).to_contain_text(number)


def give(page: Page, server: str, title: str, deadline: str, unit: str, *, parent: str = "", helpers: int = 0) -> str:
    """Give a task; return its number."""
    page.goto(f"{server}/work/tasks/new/{'?parent=' + parent if parent else ''}")
    page.locator('input[name="title"]').fill(title)
    page.locator('select[name="unit"]').select_option(label=unit)
    page.locator('input[name="deadline"]').fill(deadline)
    page.locator('input[name="deliverable"]').fill("A list with photos.")
    if helpers:
        options = page.locator('select[name="supports"] option').all_inner_texts()
        page.locator('select[name="supports"]').select_option(label=[one for one in options if one != unit][:helpers])
    send(page)
    found = NUMBER.search(page.url)
    assert found, page.locator("main").inner_text()[:400]
    return found.group(1)


def test_a_task_rests_on_a_document_and_waits_for_its_subtasks(browser: Browser, server: str) -> None:
    """A document is entered, a task cites it by clause, the document lists it; one lead and three supporting units all see
    it, only the lead reports; what is broken down is not closed while a part is open.

    C17, C29.
    """
    with people(browser, forgiven=("403", "422", "409")) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/basis/")
        form = office.locator("form.fields").first
        form.locator('input[name="title"]').fill("County plan of the campaign")
        form.locator('input[name="number"]').fill("No. 3 of 2026")
        send(office, form)

        head = person("en-GB", DESK)
        sign_in(head, server, "example-head")
        unit = head.locator("h1").inner_text().strip()
        number = give(office, server, "Mend the lanes", "2027年3月底前", unit, helpers=3)
        assert office.locator('a[href^="/units/"]').count() >= 4, "the lead and three supporting units"

        office.locator("details", has_text="Cite a document").locator("summary").click()
        office.locator('select[name="document"]').select_option(index=1)
        office.locator('input[name="clause"]').fill("Article 3")
        with office.expect_navigation():
            office.locator("form.cite-form button").click()
        office.locator("section", has_text="What it rests on").get_by_role("link", name="County plan").click()
        expect(office.locator("main")).to_contain_text("Article 3")
        expect(office.locator("main")).to_contain_text(number)
        fits(office)
        # The figure of the document opens the list that it counts.
        office.locator("#tasks-title a").click()
        expect(office.locator("table.work-list tbody tr")).to_have_count(1)
        expect(office.locator("table.work-list tbody")).to_contain_text(number)

        part = give(office, server, "Mend the first lane", "30天内", unit, parent=number)
        office.goto(f"{server}/work/{number}/")
        expect(office.locator("main")).to_contain_text("It cannot be closed while a subtask is open.")
        expect(office.locator("main")).to_contain_text(part)

        # The lead accepts and reports; the office cannot close it, and is told which part is open.
        head.goto(f"{server}/work/{number}/")
        with head.expect_navigation():
            head.locator(".act-main").click()
        head.locator(".act-main").click()
        head.locator('textarea[name="text"]').fill("The lanes are mended.")
        head.locator('textarea[name="without"]').fill("Their part comes later.")
        send(head)
        office.goto(f"{server}/work/{number}/recheck/")
        office.locator('input[name="outcome"][value="pass"]').check(force=True)
        send(office)
        expect(office.locator("main")).to_contain_text("Subtasks are still open")
        expect(office.locator("main")).to_contain_text(part)
        office.goto(f"{server}/work/{part}/cancel/")
        office.locator('textarea[name="reason"]').fill("Done with the others.")
        send(office)
        office.goto(f"{server}/work/{number}/recheck/")
        office.locator('input[name="outcome"][value="pass"]').check(force=True)
        send(office)
        expect(office.locator("main")).to_contain_text("closed")
        # What offices forget: without a unit or a date nothing is saved.
        office.goto(f"{server}/work/tasks/new/")
        office.locator('input[name="title"]').fill("Nobody's task")
        office.evaluate("document.querySelector('select[name=unit]').removeAttribute('required')")
        send(office)
        expect(office.locator("main")).to_contain_text("no task is saved without one")


def test_a_unit_aims_higher_and_looks_for_its_own_faults(browser: Browser, server: str) -> None:
    """Two days earlier is accepted and shown to both; later is refused with the reason. What a unit finds itself is
    counted apart from what others find.

    C15, C49.
    """
    with people(browser, forgiven=("403", "422")) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        head = person("en-GB", DESK)
        sign_in(head, server, "example-head")
        unit = head.locator("h1").inner_text().strip()
        number = give(office, server, "Paint the crossings", "2027-03-31", unit)

        head.goto(f"{server}/work/{number}/own-date/")
        head.locator('input[name="deadline"]').fill("2027-04-02")
        send(head)
        expect(head.locator("main")).to_contain_text("never later")
        head.locator('input[name="deadline"]').fill("2027-03-29")
        send(head)
        for page in (head, office):
            page.goto(f"{server}/work/{number}/")
            expect(page.locator("main")).to_contain_text("Set by the unit itself")
            expect(page.locator("main")).to_contain_text("29 Mar 2027")
        office.goto(f"{server}/work/?number={number}")
        expect(office.locator("table.work-list tbody")).to_contain_text("own date 2027-03-29")

        head.goto(f"{server}/work/")
        head.get_by_role("link", name="Log what your unit found").click()
        head.locator('input[name="title"]').fill("A loose railing at our own gate")
        head.locator('input[name="deadline"]').fill("3天内")
        fits(head)
        send(head)
        found = NUMBER.search(head.url)
        assert found
        own = found.group(1)
        office.goto(f"{server}/work/?found=own&sort=-number")
        expect(office.locator("table.work-list tbody")).to_contain_text(own)
        office.goto(f"{server}/work/?found=others&number={own}")
        expect(office.locator("table.work-list tbody tr")).to_have_count(0)


def test_pasted_text_becomes_work_when_each_has_a_lead_and_a_day(browser: Browser, server: str) -> None:
    """The points of a speech and the lines of a chat become drafts; without a lead and a day nothing is issued. The list
    can follow the points at stake.

    C29-b.
    """
    with people(browser, forgiven=("422",)) as person:
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/work/paste/")
        office.locator('textarea[name="text"]').fill("一、整治背街小巷。重点是老城区。\n二、规范农贸市场。")
        with office.expect_navigation():
            office.locator('button[value="preview"]').click()
        office.locator('input[name="deadline"]').fill("明年3月底前")
        office.locator('select[name="unit-0"]').select_option("qs-urban-management")
        with office.expect_navigation():
            office.locator('button[value="issue"]').click()
        expect(office.locator("main")).to_contain_text("each ticked row needs a lead unit and a deadline")
        office.locator('select[name="unit-1"]').select_option("qs-commerce")
        with office.expect_navigation():
            office.locator('button[value="issue"]').click()
        expect(office.locator("table.work-list tbody tr")).to_have_count(2)
        expect(office.locator("table.work-list tbody")).to_contain_text("明年3月底前")

        office.goto(f"{server}/work/?view=open&sort=points")
        cells = office.locator("table.work-list tbody tr td.num").all_inner_texts()
        points = [float(found.group()) for cell in cells if (found := re.search(r"\d+\.\d+", cell))]
        assert len(points) > 10 and points == sorted(points, reverse=True)


def test_a_task_for_a_group_goes_to_the_units_that_stay_ticked(browser: Browser, server: str) -> None:
    """The form leads on to the units of 各乡镇; one is unticked, the others get a task each; a speech knows the group.

    C11, C17.
    """
    with people(browser) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/setup/units/groups/")
        row = office.locator("tbody tr", has_text="各乡镇").first
        units = int(row.locator("summary").inner_text())
        fits(office)

        office.goto(f"{server}/work/tasks/new/")
        office.locator('input[name="title"]').fill("开展秋季清洁行动")
        office.locator('select[name="unit"]').select_option("group:townships")
        office.locator('input[name="deadline"]').fill("2027年3月底前")
        send(office)
        members = office.locator('input[name="member"]')
        expect(members).to_have_count(units)
        members.first.uncheck()
        with office.expect_navigation():
            office.locator('button[value="group"]').click()
        expect(office.locator("tr[data-item]")).to_have_count(units - 1)
        expect(office.locator("tr[data-item]").first).to_contain_text("开展秋季清洁行动")

        office.goto(f"{server}/work/paste/")
        office.locator('textarea[name="text"]').fill("一、各乡镇要加强巡查。\n二、住建局牵头修补路面。")
        with office.expect_navigation():
            office.locator('button[value="preview"]').click()
        expect(office.locator('select[name="unit-0"]')).to_have_value("group:townships")
        expect(office.locator('select[name="unit-1"]')).to_have_value("")
