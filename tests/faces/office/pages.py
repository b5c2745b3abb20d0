"""Reading pages in tests: cells, figures."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any


def text(response: Any) -> str:
    """Return a page as it was sent."""
    return str(response.content.decode())


def number(words: str) -> Decimal:
    """Return the number that a cell shows."""
    return Decimal(re.sub(r"[^0-9.\u2212-]", "", words).replace("\u2212", "-") or "0")


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[dict[str, str], list[str]]] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append(({name: value or "" for name, value in attrs}, []))
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1][1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in = False

    def handle_data(self, data: str) -> None:
        if self._in and self.rows and self.rows[-1][1]:
            self.rows[-1][1][-1] += data


def rows(page: str) -> list[tuple[dict[str, str], list[str]]]:
    """Return every table row: its attributes and the words of its cells."""
    reader = _Rows()
    reader.feed(page)
    return [(attributes, [" ".join(cell.split()) for cell in cells]) for attributes, cells in reader.rows]


def figures(cells: list[str]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return earned, lost, not assessed and possible from the last four cells of a row; a loss is above zero."""
    earned, lost, unassessed, possible = (number(cell) for cell in cells[-4:])
    return earned, -lost, unassessed, possible
