"""Responsibilities: what nobody answers for falls to a unit by a choice, and every figure follows."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.conftest import sign_in
from tests.journeys.reading import added_up, figure, list_sum


def test_an_unowned_check_gets_its_answering_lead(page: Page, server: str) -> None:
    """The office chooses a lead: the points leave the unowned row and stand on the unit; withdrawn, they go back."""
    sign_in(page, server)
    page.goto(f"{server}/points/?whose=unowned&by=check")
    before = list_sum(page)
    page.goto(f"{server}/responsibilities/")
    form = page.locator("details.choose-lead").first
    form.locator("summary").click()
    check = form.locator('input[name="check"]').get_attribute("value") or ""
    unit = form.locator("option[value]:not([value=''])").first.get_attribute("value") or ""
    page.goto(f"{server}/points/?whose={unit}&by=check")
    held = list_sum(page)
    page.goto(f"{server}/points/?whose=unowned&check={check}")
    moving = list_sum(page)
    assert moving[3] > 0

    page.goto(f"{server}/responsibilities/")
    form = page.locator("details.choose-lead").filter(has=page.locator(f'input[value="{check}"]')).first
    form.locator("summary").click()
    form.locator("select").select_option(unit)
    form.locator("button.btn-primary").click()
    page.locator(".message.success").wait_for()

    page.goto(f"{server}/points/?whose=unowned&by=check")
    assert list_sum(page) == tuple(a - b for a, b in zip(before, moving, strict=True))
    page.goto(f"{server}/points/?whose={unit}&by=check")
    assert list_sum(page) == tuple(a + b for a, b in zip(held, moving, strict=True)) == added_up(page)
    page.goto(f"{server}/")
    row = page.locator("table.chessboard tr.row-unowned td.sum-possible")
    assert figure(row.inner_text()) == before[3] - moving[3]

    code = check.rpartition("/")[0]
    page.goto(f"{server}/standard/{code}/")
    form = page.locator("details.choose-lead").filter(has=page.locator(f'input[value="{check}"]')).first
    form.locator("summary").click()
    form.locator('button[name="withdraw"]').click()
    page.locator(".message.success").wait_for()
    page.goto(f"{server}/points/?whose=unowned&by=check")
    assert list_sum(page) == before


def test_only_the_office_chooses(page: Page, server: str) -> None:
    """An inspector sees who answers, and has no button to change it."""
    sign_in(page, server, "example-inspector")
    page.goto(f"{server}/responsibilities/")
    assert page.locator("details.choose-lead").count() == 0
    assert page.locator("table").count() > 0
