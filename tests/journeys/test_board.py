"""The board: every figure opens the list that it sums, and no two figures contradict each other."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page

from tests.journeys.conftest import sign_in
from tests.journeys.reading import added_up, figure, figures, list_sum


def test_figures_open_their_lists(page: Page, server: str) -> None:
    """The total, stones, unit rows, the unowned row and the columns open lists that add up to them."""
    sign_in(page, server)
    rows = page.locator("table.chessboard .row-unit, table.chessboard .row-unowned")
    seen: dict[str, Decimal] = {}
    for stone in page.locator("table.chessboard a.stone").all()[:8]:
        address = stone.get_attribute("href") or ""
        lost = stone.locator(".tip-lost").text_content() or ""
        seen[address] = -figure(lost) if lost.strip().startswith(("\N{MINUS SIGN}", "+")) else Decimal(0)
    assert rows.count() > 12
    assert len(seen) == 8
    sums = page.locator("table.chessboard tfoot tr.row-sum").first
    whole = -figure(sums.locator("td.sum-lost").inner_text())
    unowned = -figure(page.locator("tr.row-unowned td.sum-lost").inner_text())
    unowned_url = page.locator("tr.row-unowned th a").get_attribute("href") or ""
    for address, expected in {**seen, unowned_url: unowned, "/points/?by=unit": whole}.items():
        page.goto(server + address)
        stated = list_sum(page)
        assert stated[1] == expected, address
        assert added_up(page) == stated, address
        assert sum(stated[:3]) == stated[3], address


def test_every_grouping_adds_up_to_the_total(page: Page, server: str) -> None:
    """By check, by site, by unit and part by part, the list of all points is the headline's total."""
    sign_in(page, server)
    headline = figure(page.locator(".headline-score .big").inner_text())
    totals = set()
    for by in ("check", "site", "unit"):
        page.goto(f"{server}/points/?by={by}&sort=-lost")
        totals.add(list_sum(page))
        assert added_up(page) == next(iter(totals))
    assert len(totals) == 1
    earned, lost, unassessed, possible = totals.pop()
    assert round(earned, 1) == headline
    assert earned + lost + unassessed == possible == 100


def test_hardware_and_software_side_by_side(page: Page, server: str) -> None:
    """Hardware, software and what rules changed add up to the total; each opens its list."""
    sign_in(page, server)
    table = page.locator('section[aria-labelledby="bars-sides"] table')
    rows = {row.locator("th a").get_attribute("href"): figures(row) for row in table.locator("tbody tr").all()}
    assert len(rows) >= 2
    total = figures(table.locator("tfoot tr"))
    assert tuple(sum(column) for column in zip(*rows.values(), strict=True)) == total
    for address, expected in rows.items():
        page.goto(server + (address or ""))
        assert list_sum(page) == expected


def test_sections_as_the_standard_has_them(page: Page, server: str) -> None:
    """The sections stand in the standard's order with its codes, and agree with the board's columns and the tree."""
    sign_in(page, server)
    table = page.locator('section[aria-labelledby="bars-sections"] table')
    rows = table.locator("tbody tr").all()
    codes = [row.locator(".code").inner_text().strip() for row in rows if row.locator(".code").count()]
    assert codes[:11] == ["Ⅰ-1", "Ⅰ-2", "Ⅰ-3", "Ⅰ-4", "Ⅰ-5", "Ⅰ-6", "Ⅰ-7", "Ⅰ-9", "Ⅰ-10", "Ⅰ-11", "Ⅰ-12"]
    columns = page.locator("table.chessboard tfoot tr.row-sum").first.locator("td.point").all_inner_texts()
    assert [figures(row)[1] for row in rows] == [-figure(text) for text in columns]
    page.goto(f"{server}/standard/")
    for code, row in zip(codes, [figures(page.locator(f"[id='node-{code}']")) for code in codes], strict=True):
        page.goto(f"{server}/points/?node={code}")
        assert list_sum(page) == row, code
        page.goto(f"{server}/standard/")


def test_coverage_shows_blanks(page: Page, server: str) -> None:
    """A site type that nobody has looked at, or that has no checklist, is a visible blank and not a zero."""
    sign_in(page, server)
    rows = page.locator("table.types-list tbody tr")
    blanks = [row for row in rows.all() if row.locator(".pill-not_assessed").count()]
    assert len(blanks) >= 3
    for row in blanks:
        earned, lost, unassessed, possible = figures(row)
        assert earned == lost == 0
        assert unassessed == possible > 0
    assert page.locator("table.chessboard .ring-unassessed").count() > 0


def test_the_board_of_an_earlier_day(page: Page, server: str) -> None:
    """As of a past day the board shows less, says so, and its stones open lists of the same day; back to now is one press."""
    sign_in(page, server)
    now = figure(page.locator(".headline-score .big").inner_text())
    first = page.locator("#as-of-day").get_attribute("min") or ""
    page.goto(f"{server}/?on={first[:4]}-03-31")
    assert page.locator("p.message.warning").count() == 1
    then = figure(page.locator(".headline-score .big").inner_text())
    assert then != now
    address = page.locator("table.chessboard a.stone").first.get_attribute("href") or ""
    lost = page.locator("table.chessboard a.stone").first.locator(".tip-lost").text_content() or ""
    assert "on=" in address
    page.goto(server + address)
    expected = -figure(lost) if lost.strip().startswith(("\N{MINUS SIGN}", "+")) else Decimal(0)
    assert list_sum(page)[1] == expected == added_up(page)[1]
    page.goto(f"{server}/?on={first[:4]}-03-31")
    page.locator(".as-of a").click()
    page.wait_for_url(f"{server}/")
    assert figure(page.locator(".headline-score .big").inner_text()) == now
