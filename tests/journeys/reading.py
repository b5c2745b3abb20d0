"""Reading figures off a page, as a person with a pencil would."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page

MINUS = "\N{MINUS SIGN}"


def figure(text: str) -> Decimal:
    """Return the first number of a text; a true minus sign counts."""
    found = re.search(rf"[+{MINUS}-]?\d+(\.\d+)?", text.replace(",", ""))
    assert found, f"no figure in {text!r}"
    return Decimal(found[0].replace(MINUS, "-").replace("+", ""))


def figures(row: Locator) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return earned, lost, not assessed and possible of a row that ends in these four; lost as a positive number."""
    return _points(row.locator("td.num").all_inner_texts())


def figures_by_id(rows: Locator) -> dict[str, tuple[Decimal, Decimal, Decimal, Decimal]]:
    """Return the four figures of each row that has them, by the row's id; the browser is asked once."""
    read = rows.evaluate_all("rows => rows.map(r => [r.id, [...r.querySelectorAll('td.num')].map(c => c.innerText)])")
    return {name: _points(texts) for name, texts in read if texts}


def list_sum(page: Page) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return what the list of points says that its rows add up to."""
    return figures(page.locator("table.points-list tfoot tr"))


def added_up(page: Page) -> tuple[Decimal, ...]:
    """Add the rows of a list of points up, over all its pages."""
    sums = [Decimal(0)] * 4
    while True:
        rows = page.locator("table.points-list tbody tr")
        read = rows.evaluate_all("rows => rows.map(r => [...r.querySelectorAll('td.num')].map(c => c.innerText))")
        for texts in read:
            sums = [a + b for a, b in zip(sums, _points(texts), strict=True)]
        following = page.locator('.pager a[rel="next"]')
        if not following.count():
            return tuple(sums)
        # By its address: a click returns before the next page is there.
        page.goto(urljoin(page.url, following.get_attribute("href")))


def _points(texts: list[str]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    earned, lost, unassessed, possible = (figure(text) for text in texts[-4:])
    return earned, -lost, unassessed, possible
