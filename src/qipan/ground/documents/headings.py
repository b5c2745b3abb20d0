"""Finding the heading row of a table whoever made it, and matching its columns to names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

_LOOKED_AT = 8
_BRACKETS = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
_NOISE = re.compile(r"[\s*:_\-·/“”\"']+")


def plain(heading: object) -> str:
    """Return a heading without what people decorate it with: space, line breaks, width, brackets, a star."""
    text = unicodedata.normalize("NFKC", str(heading)).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", text))


def match(cells: Sequence[object], names: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return for each name the column whose heading is one of its words; the first such column counts."""
    known = {plain(word): key for key, words in names.items() for word in words}
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        key = known.get(plain(cell)) if cell not in (None, "") else None
        if key is not None:
            found.setdefault(key, column)
    return found


def find(
    rows: Sequence[Sequence[object]], names: Mapping[str, Collection[str]], *, least: int = 1
) -> tuple[int, dict[str, int]] | None:
    """Return the index of the heading row among the first rows, and its columns; None when there is none.

    The row with the most known headings counts; a title or a remark above the heading is passed over.
    """
    best: tuple[int, dict[str, int]] | None = None
    for index, cells in enumerate(rows[:_LOOKED_AT]):
        columns = match(cells, names)
        if len(columns) >= least and (best is None or len(columns) > len(best[1])):
            best = index, columns
    return best
