"""What people do on the pages again and again: record a visit, accept, report, re-check, count a list."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page

from tests.journeys.people import photo
from tests.journeys.reading import figure, list_sum

VISIT = re.compile(r"/record/visit/[0-9a-f-]{36}/")
NUMBER = re.compile(r"/work/(\d{4}-\d{5,})/")
RED, GREEN = (150, 60, 40), (60, 150, 70)


def send(page: Page, form: Locator | None = None) -> None:
    """Press the first button of a form, which sends it, and wait for the answer."""
    button = (form or page.locator("main form.fields, main form.work-form")).locator('button[type="submit"]').first
    with page.expect_navigation():
        button.click()


def choose(page: Page, select: str, words: str) -> None:
    """Choose the option of a list by what it says."""
    box = page.locator(f'select[name="{select}"]').first
    box.select_option(value=box.locator("option", has_text=words).first.get_attribute("value"))


def switch(page: Page, select: str, words: str) -> None:
    """Choose another year or post in the bar; the page comes anew."""
    value = page.locator(f'.bar select[name="{select}"] option', has_text=words).first.get_attribute("value")
    with page.expect_navigation():
        page.locator(f'.bar select[name="{select}"]').select_option(value=value)


def totals(page: Page, server: str) -> tuple[Decimal, ...]:
    """Earned, lost, not assessed and possible of everything."""
    page.goto(f"{server}/points/?by=unit")
    return list_sum(page)


def open_census(page: Page, server: str, kind: str, name: str) -> str:
    """Open a round over every site of one type; return its code."""
    page.goto(f"{server}/record/rounds/new/?kind=census")
    page.locator('input[name="name_zh"]').fill(name)
    code = page.locator('input[name="code"]').input_value()
    boxes = page.locator('table.type-list input[type="checkbox"]')
    boxes.evaluate_all("boxes => boxes.forEach(box => { box.checked = false })")
    row = page.locator("table.type-list tr").filter(
        has=page.locator("label", has_text=re.compile(rf"^{re.escape(kind)}$"))
    )
    row.locator('input[type="checkbox"]').check()
    with page.expect_navigation():
        page.locator('button[value="preview"]').click()
    with page.expect_navigation():
        page.locator('button[value="open"]').click()
    assert f"/record/rounds/{code}/" in page.url
    return code


def start_visit(page: Page, server: str, site: str) -> Locator:
    """Open the checklist of a site; return its questions of yes or no."""
    page.goto(f"{server}/record/visit/?site={site}")
    return page.locator('fieldset.ask:has(input[value="fail"])')


def of_unit(questions: Locator, unit: str) -> Locator:
    """Those questions of which a fault goes to a unit, as the form says."""
    return questions.filter(has=questions.page.locator(".ask-proposed", has_text=unit))


def fault(question: Locator, words: str) -> None:
    """Answer a question with a fault: what is to be seen, and a photo."""
    question.locator("label.ask-fail").click()
    question.locator('textarea[name^="t-"]').fill(words)
    question.locator('input[type="file"]').set_input_files([photo(RED, "before.jpg")])


def save_visit(page: Page) -> list[str]:
    """Send a visit; return the numbers of the orders that it opened."""
    with page.expect_navigation():
        page.locator('.visit-send button[type="submit"]').first.click()
    assert VISIT.search(page.url), page.locator("main").inner_text()[:1500]
    links = page.locator('.seen-order a[href^="/work/"]').evaluate_all("links => links.map(link => link.href)")
    return [found[1] for link in links if (found := NUMBER.search(link))]


def find(page: Page, server: str, site: str, words: str, unit: str) -> str:
    """Record one fault at a site of what a unit answers for; return the number of its order."""
    fault(of_unit(start_visit(page, server, site), unit).first, words)
    return save_visit(page)[0]


def accept(page: Page, server: str, number: str) -> None:
    """Accept an item with the one tap of its page."""
    page.goto(f"{server}/work/{number}/")
    with page.expect_navigation():
        page.locator('form[action$="/accept/"] button.act-main').click()
    assert page.locator('form[action$="/accept/"]').count() == 0


def report(page: Page, server: str, number: str, words: str) -> None:
    """Report an item as fixed, with a photo of how it looks now."""
    page.goto(f"{server}/work/{number}/report/")
    page.locator('textarea[name="text"]').fill(words)
    page.locator('input[type="file"]').first.set_input_files([photo(GREEN, "after.jpg")])
    send(page, page.locator("form.work-form"))


def recheck(page: Page, server: str, number: str, outcome: str = "pass", words: str = "") -> None:
    """Say what a re-check saw."""
    page.goto(f"{server}/work/{number}/recheck/")
    page.locator(f'input[name="outcome"][value="{outcome}"]').check(force=True)
    if words:
        page.locator('textarea[name="text"]').fill(words)
    send(page, page.locator("form.work-form"))


def count_of(page: Page, address: str) -> int:
    """How many items a list of work holds; what its view says is what it shows."""
    page.goto(address)
    said = int(figure(page.locator(".views a[aria-current] b").inner_text()))
    rows = page.locator("tr[data-item]").count()
    assert rows == said or page.locator(".pager").count(), f"{address}: {said} said, {rows} shown"
    return said


def numbers(page: Page) -> set[str]:
    """The numbers of the items on a page of work."""
    return set(page.locator("tr[data-item]").evaluate_all("rows => rows.map(row => row.dataset.item)"))
