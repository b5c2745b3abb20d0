"""Lists as offices have them: pasted text, one thing a line, or a table from a spreadsheet; each line knows its place."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qipan.assessment.text import Text
from qipan.ground.documents import headings
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.documents.tables import read_csv
from qipan.ground.documents.workbook import Sheet, read_workbook, shown

LONGEST_LIST = 10_000
"""Lines that a list may have."""

_BETWEEN = re.compile(r"[,，;；|｜]")
_SPACE = " \u3000\u00a0"
_FOOT = re.compile(r"(合计|小计|总计|注[:：]|备注[:：]|说明[:：]|填报单位|填表人|审核人|制表)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its cells by the names of the columns, and where it stands."""

    place: Place
    cells: Mapping[str, str]
    indent: int = 0
    places: Mapping[str, Place] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def at(self, column: str) -> Place:
        """Return the place of a cell, or of the line."""
        return self.places.get(column, self.place)


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list that was read: its lines, the columns found, and the headings that nothing is known for."""

    name: str
    lines: tuple[Line, ...]
    columns: frozenset[str]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Grid:
    rows: list[tuple[Place, list[str]]]
    sheet: Sheet | None = None

    def cell(self, row: int, column: int) -> Place:
        place = self.rows[row][0]
        return self.sheet.place(place.line - 1, column) if self.sheet else Place(line=place.line, column=column + 1)


def clean(cell: str) -> str:
    """Return a cell without what people leave in it by accident: odd spaces and line breaks."""
    return " ".join(unicodedata.normalize("NFC", cell).replace("\u3000", " ").replace("\u00a0", " ").split())


def read_list_text(
    text: str, names: Mapping[str, Collection[str]], order: Sequence[str], *, name: str = ""
) -> ListRead:
    """Read pasted text.

    Args:
        text: lines; cells apart by tabs (as a spreadsheet copies them), else by commas or semicolons.
        names: the words that each column is headed by.
        order: the columns of lines without a heading, in their order.
        name: what the list is called in messages.

    Raises:
        FileError: there is nothing in it, or too much.
    """
    tabbed = any("\t" in line.strip("\t ") for line in text.splitlines())
    rows: list[tuple[Place, list[str]]] = []
    indents: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(_SPACE + "\t"):
            continue
        bare = line.rstrip().lstrip("\ufeff")
        indents.append(_indent(bare))
        rows.append((Place(line=number), bare.split("\t") if tabbed else _BETWEEN.split(bare)))
    grid = _Grid(rows)
    found = _find(rows, names, 2)
    if found is None and rows and len(headings.match(rows[0][1], names)) == len(rows[0][1]):
        found = 0, headings.match(rows[0][1], names)
    if found is not None:
        return _under_heading(grid, found, names, name)
    lines = []
    for index, (place, cells) in enumerate(rows):
        while cells and not cells[0].strip(_SPACE):
            cells = cells[1:]
        kept = {column: clean(cell) for column, cell in zip(order, cells, strict=False)}
        lines.append(Line(place, kept, indents[index]))
    return _checked(ListRead(name, tuple(lines), frozenset(order)))


def _find(
    rows: Sequence[tuple[Place, list[str]]], names: Mapping[str, Collection[str]], least: int
) -> tuple[int, dict[str, int]] | None:
    """Return the heading row and its columns; a heading of several words (责任单位/管理单位) is any of them."""
    known = {headings.plain(word) for words in names.values() for word in words}

    def one(cell: str) -> str:
        if "/" not in cell.replace("／", "/") or headings.plain(cell) in known:
            return cell
        parts = cell.replace("／", "/").split("/")
        return next((part for part in parts if headings.plain(part) in known), cell)

    return headings.find([[one(cell) for cell in cells] for _, cells in rows[:8]], names, least=least)


def _indent(line: str) -> int:
    """Return how far a line is set in, in half widths; a tab counts as four."""
    width = 0
    for sign in line:
        if sign == "\t":
            width += 4
        elif sign == "\u3000":
            width += 2
        elif sign in _SPACE:
            width += 1
        else:
            break
    return width


def read_list_file(path: Path, names: Mapping[str, Collection[str]], *, name: str = "") -> ListRead:
    """Read the first sheet with a heading of a workbook, or a CSV file.

    Args:
        path: where it lies; the ending decides.
        names: the words that each column is headed by.
        name: what the file is called in messages.

    Raises:
        FileError: it cannot be read, has no heading that is known, nothing under it, or too much.
    """
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        for sheet in read_workbook(path):
            rows = [
                (Place(line=number, sheet=sheet.name), [shown(cell) for cell in cells])
                for number, cells in enumerate(sheet.rows, 1)
            ]
            found = _find(rows, names, 2)
            if found is not None:
                return _under_heading(_Grid(rows, sheet), found, names, name)
        raise _no_heading(name or path.name, names)
    table = read_csv(path)
    rows = [(Place(line=1), list(table.columns))]
    rows += [(Place(line=number), cells) for number, cells in table.rows()]
    found = _find(rows, names, 2)
    if found is None:
        raise _no_heading(name or path.name, names)
    return _under_heading(_Grid(rows), found, names, name)


def _no_heading(file: str, names: Mapping[str, Collection[str]]) -> FileError:
    known = [next(iter(words)) for words in names.values()]
    return FileError.one(
        file,
        Text("没有找到表头", "no heading was found"),
        Text(f"前 8 行里要有列名，例如：{'、'.join(known[:5])}", f"name the columns in one of the first 8 lines: {', '.join(known[:5])}"),
    )  # fmt: skip


def _under_heading(
    grid: _Grid, found: tuple[int, dict[str, int]], names: Mapping[str, Collection[str]], name: str
) -> ListRead:
    top, columns = found
    heading = grid.rows[top][1]
    taken = set(columns.values())
    unknown = tuple(clean(cell) for index, cell in enumerate(heading) if index not in taken and clean(cell))
    lines = []
    for index in range(top + 1, len(grid.rows)):
        place, cells = grid.rows[index]
        kept = {column: clean(cells[at]) if at < len(cells) else "" for column, at in columns.items()}
        if not any(kept.values()) or _is_foot(cells):
            continue
        lines.append(Line(place, kept, 0, {column: grid.cell(index, at) for column, at in columns.items()}))
    return _checked(ListRead(name, tuple(lines), frozenset(columns), unknown))


def _is_foot(cells: Iterable[str]) -> bool:
    """Whether a line is a sum, a remark or a signature: one cell alone says so."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and len(filled) <= 2 and bool(_FOOT.match(filled[0].strip()))


def _checked(read: ListRead) -> ListRead:
    if not read.lines:
        raise FileError.one(
            read.name, Text("里面没有内容", "there is nothing in it"), Text("至少写一行", "write one line at least")
        )
    if len(read.lines) > LONGEST_LIST:
        raise FileError.one(
            read.name,
            Text(f"有 {len(read.lines)} 行，上限为 {LONGEST_LIST} 行", f"{len(read.lines)} lines; the limit is {LONGEST_LIST}"),
            Text("分几次导入", "import it in parts"),
        )  # fmt: skip
    return read


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a list would change: what it says now, and what it would say."""

    field: Text
    was: str
    will: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a line of a list would do: "new", "changed", "unchanged" or "refused" (with what is wrong)."""

    line: Line
    state: str
    label: str
    changes: tuple[Change, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    note: Text = Text()
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list as a whole would do; `unknown_units` are the names that stand for no unit, each once."""

    lines: tuple[Planned, ...]
    unknown_units: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        """Return how many lines would do so."""
        return sum(1 for one in self.lines if one.state == state)

    @property
    def does_something(self) -> bool:
        """Whether confirming it would change anything."""
        return any(one.state in {"new", "changed"} for one in self.lines)


def problem(line: Line, column: str, message: Text, remedy: Text = Text(), *, file: str = "") -> FileProblem:
    """Return what is wrong with a cell of a line."""
    return FileProblem(file, line.at(column), message, remedy)


def read_day(cell: str) -> str | None:
    """Return a day as ISO text from what people write (2026-11-30, 2026/11/30, 2026.11.30, 20261130, 2026年11月30日).

    Returns:
        "" for an empty cell; None where it is no day.
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return ""
    found = re.fullmatch(r"(\d{4})(?:[-/.年]\s*)(\d{1,2})(?:[-/.月]\s*)(\d{1,2})日?(?:[ T].*)?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
