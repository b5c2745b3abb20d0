"""Where the heading of an office's table stands, in one row or two, and which column says what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qipan.ground.documents import headings
from qipan.ground.documents.office.tables import OfficeTable
from qipan.ground.documents.workbook import Cell, shown

_LOOKED_AT = 10
_BETWEEN = "/"
_PARTS = re.compile(r"[/、]")
_BRACKETS = re.compile(r"[()（）\[\]【】]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that was found: its last row, and for each column its words and the field that they mean."""

    last: int
    words: tuple[str, ...]
    """What the heading says over each column; two rows are joined as 上/下; empty where it says nothing."""
    fields: Mapping[int, str]
    """Column -> field, each field once."""

    def unknown(self) -> tuple[str, ...]:
        """Return the words that no field is known for."""
        return tuple(word for column, word in enumerate(self.words) if word and column not in self.fields)


def find_heading(
    table: OfficeTable, names: Mapping[str, Collection[str]], chosen: Mapping[str, str], *, least: int = 2
) -> Heading | None:
    """Return the heading among the first rows that knows most columns; None where fewer than `least` are known.

    Args:
        table: the table.
        names: the words of each field.
        chosen: what the office says that other words mean: word -> field ("" for a column nothing is taken from).
        least: how many known columns make a heading.
    """
    known = {headings.plain(word): field for field, words in names.items() for word in words}
    best: tuple[int, int, Heading] | None = None
    for row in range(min(_LOOKED_AT, len(table.rows))):
        for words, last in ((_one(table, row), row), (_two(table, row), row + 1)):
            if words is None:
                continue
            fields = _fields(words, known, chosen)
            told = sum(1 for word in words if word)
            # More known columns win; of equals the heading that stands in fewer rows, and the upper one.
            rank = len(fields) * 10 - (last - row)
            if len(fields) >= least and len(fields) * 3 >= min(told, 9) and (best is None or rank > best[0]):
                best = rank, row, Heading(last, tuple(words), fields)
    return best[2] if best is not None else None


def filled(table: OfficeTable) -> list[list[Cell]]:
    """Return the rows with every merged cell filled: its value stands in each row that it covers, in its first column."""
    rows = [list(row) for row in table.rows]
    for (top, left), (bottom, _) in table.merges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[row]) and rows[row][left] == "":
                rows[row][left] = value
    return rows


def covering(table: OfficeTable) -> dict[tuple[int, int], tuple[int, int]]:
    """Return, of each cell that a merge covers downwards, the cell whose value it shows."""
    out = {}
    for (top, left), (bottom, _) in table.merges:
        for row in range(top + 1, min(bottom + 1, len(table.rows))):
            out[row, left] = (top, left)
    return out


def _said(cell: Cell) -> str:
    return re.sub(r"\s+", "", shown(cell)) if cell != "" else ""


def _one(table: OfficeTable, row: int) -> list[str] | None:
    words = [_said(cell) for cell in table.rows[row]]
    return words if sum(1 for word in words if word) >= 2 else None


def _two(table: OfficeTable, row: int) -> list[str] | None:
    """Return what two rows say together; None where they are no heading: nothing is merged in them."""
    if row + 1 >= len(table.rows):
        return None
    width = max(len(table.rows[row]), len(table.rows[row + 1]))
    upper, lower = (
        [_said(cell) for cell in [*table.rows[one], *[""] * (width - len(table.rows[one]))]] for one in (row, row + 1)
    )
    merged = False
    for (top, left), (bottom, right) in table.merges:
        if top != row or left >= width:
            continue
        if bottom == row and right > left:
            merged = True
            for column in range(left, min(right + 1, width)):
                upper[column] = upper[left]
        elif bottom == row + 1:
            merged = True
            lower[left] = ""
    if not merged or not any(lower):
        return None
    return [_BETWEEN.join(part for part in (a, b) if part) for a, b in zip(upper, lower, strict=True)]


def _fields(words: Sequence[str], known: Mapping[str, str], chosen: Mapping[str, str]) -> dict[int, str]:
    taken: dict[int, str] = {}
    for column, word in enumerate(words):
        if not word:
            continue
        usual = next((known[plain] for plain in _ways(word) if plain in known), "")
        field = chosen.get(word, usual)
        if field and field not in taken.values():
            taken[column] = field
    return taken


def _ways(word: str) -> Iterator[str]:
    """Yield the plain forms by which a heading may be known: with what stands in brackets, whole, its lower row, its
    upper row, one of its words.
    """
    yield headings.plain(_BRACKETS.sub("", word))
    yield headings.plain(word)
    for part in reversed(_PARTS.split(word)):
        yield headings.plain(part)
