"""Reading the seven columns: a tree of sections, indicators and contents, each with the cell that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.documents.archive import column_letter
from qipan.ground.documents.headings import plain
from qipan.ground.documents.office.heading import Heading, filled, find_heading
from qipan.ground.documents.office.tables import OfficeTable, kind_of, read_tables
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.documents.workbook import Cell, shown
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.words import HEADINGS, LEVELS

_FOOT = re.compile(r"^(?:注|备注|说明|填报单位|填报人|制表|审核|合计|小计|总计)(?:[:：]|$)")
_LEVEL_CODES = {"section": "Ⅰ", "indicator": "Ⅱ", "content": "Ⅲ"}
_GRADES = frozenset("ABCD")
MOST_CONTENTS = 2_000


@dataclass(slots=True)
class Criterion:
    """One numbered criterion, and the methods that the office names for it."""

    code: str
    text: str
    cell: str
    methods: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Content:
    """A content (测评内容): what is assessed. Its criteria, the words beside them, its methods and their cell."""

    code: str
    title: str
    cell: str
    text: str = ""
    criteria: list[Criterion] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    """Those of the whole content, where it has no criteria."""
    method_cell: str = ""
    unknown: list[str] = field(default_factory=list)
    """Words in the method's cell that name no method."""

    def all_methods(self) -> list[str]:
        """Return every method that the cell names for it."""
        return words.in_order([*self.methods, *(method for one in self.criteria for method in one.methods)])


@dataclass(slots=True)
class Branch:
    """A section or an indicator, with what stands below it."""

    code: str
    title: str
    cell: str
    branches: list[Branch] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)

    def all_contents(self) -> Iterator[Content]:
        """Yield every content below it, in the order of the sheet."""
        for branch in self.branches:
            yield from branch.all_contents()
        yield from self.contents


@dataclass(slots=True)
class Book:
    """What the seven columns say."""

    title: str
    sheet: str
    sections: list[Branch]
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What was done to read it, in both languages: cells filled down, columns left out."""

    def contents(self) -> Iterator[Content]:
        """Yield every content."""
        for section in self.sections:
            yield from section.all_contents()

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, for keeping."""
        return asdict(self)


def book_of(data: Mapping[str, Any]) -> Book:
    """Return what was kept as plain data."""

    def branch(one: Mapping[str, Any]) -> Branch:
        contents = [
            Content(**{**below, "criteria": [Criterion(**each) for each in below["criteria"]]})
            for below in one["contents"]
        ]
        return Branch(one["code"], one["title"], one["cell"], [branch(each) for each in one["branches"]], contents)

    notes = [(zh, en) for zh, en in data["notes"]]
    return Book(data["title"], data["sheet"], [branch(one) for one in data["sections"]], notes)


def read_office_book(path: Path, name: str) -> Book:
    """Read the table of an office's file that has the columns of a standard; several are read one after the other.

    Args:
        path: where the file lies.
        name: what it is called in messages.

    Raises:
        FileError: it cannot be read, or has no such columns; with the cell where one is to blame.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(512), path)
    if not kind:
        raise FileError.one(
            name,
            Text("这个文件里没有表格", "this kind of file holds no table"),
            Text("用 .xlsx、.xls、.docx 或 .csv", "use .xlsx, .xls, .docx or .csv"),
        )
    return read_book(read_tables(path, kind), name)


def read_book(tables: Sequence[OfficeTable], name: str) -> Book:
    """Return what tables say; those without the columns of a standard are passed over.

    Raises:
        FileError: none has them, or nothing stands below them.
    """
    reading = _Reading(name)
    for table in tables:
        heading = find_heading(table, HEADINGS, {})
        if heading is not None and {"standard", "method", "content"} & set(heading.fields.values()) and any(
            level in heading.fields.values() for level in LEVELS
        ):  # fmt: skip
            reading.table(table, heading)
        elif any(any(cell != "" for cell in row) for row in table.rows):
            reading.left_out.append(table.name)
    if not reading.read:
        raise FileError.one(
            name,
            Text("没有找到测评体系的表头", "the heading of a standard was not found"),
            Text("前 10 行里要有列名：测评项目、指标名称、测评内容、测评标准、测评方法", "name the columns in one of the first 10 rows: 测评项目, 指标名称, 测评内容, 测评标准, 测评方法"),
        )  # fmt: skip
    return reading.book()


class _Reading:
    """One pass over the tables."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read: list[str] = []
        self.left_out: list[str] = []
        self.sections: list[Branch] = []
        self.title = ""
        self.filled_down = 0
        self.unread: list[str] = []
        self.here: dict[str, Branch | Content | None] = dict.fromkeys(LEVELS)
        self.last: dict[str, int] = dict.fromkeys(LEVELS, 0)
        self.count = 0

    def book(self) -> Book:
        if not self.count:
            raise FileError.one(
                self.name,
                Text("表头下面没有任何测评内容", "nothing stands below the heading"),
                Text("每行写一项测评内容", "write one content in each row"),
                Place(sheet=self.read[0]),
            )
        notes = []
        if self.filled_down:
            notes.append((
                f"{self.filled_down} 行的项目或指标栏为空，按上一行归入。",
                f"{self.filled_down} rows have no section or indicator; they went with the row above.",
            ))  # fmt: skip
        if self.unread:
            named = "、".join(dict.fromkeys(self.unread))
            notes.append((f"未读取的列：{named}。", f"Columns that were not read: {named}."))
        if self.left_out:
            named = "、".join(self.left_out)
            notes.append((f"未读取的工作表：{named}。", f"Sheets that were not read: {named}."))
        return Book(self.title, "、".join(self.read), self.sections, notes)

    def table(self, table: OfficeTable, heading: Heading) -> None:
        self.read.append(table.name)
        self.title = self.title or _title(table, heading)
        columns = {name: column for column, name in heading.fields.items()}
        spread = _spread(heading, columns.get("standard"))
        known = {*heading.fields, *spread}
        self.unread += [word for column, word in enumerate(heading.words) if word and column not in known]
        levels = [level for level in LEVELS if level in columns]
        repeated = {plain(word) for word in heading.words if word}
        last = _last(table, heading)
        labels = {column: _said(table.rows[last][column]) for column in spread if column < len(table.rows[last])}
        for number, row in enumerate(filled(table)):
            if number <= last or not any(_said(cell) for cell in row):
                continue
            told = [_said(cell) for cell in row if _said(cell)]
            if _FOOT.match("".join(told[0].split())[:4]) or all(plain(one) in repeated for one in told):
                continue
            self._row(table, number, row, columns, spread, levels, labels)

    def _row(
        self, table: OfficeTable, number: int, row: Sequence[Cell], columns: Mapping[str, int], spread: Sequence[int],
        levels: Sequence[str], labels: Mapping[int, str],
    ) -> None:  # fmt: skip
        def cell(name: str) -> str:
            column = columns.get(name)
            return _said(row[column]) if column is not None and column < len(row) else ""

        for depth, level in enumerate(levels):
            said = cell(level)
            if not said:
                # A group cell stands in its first row only.
                if any(cell(below) for below in levels[depth + 1 :]) and self.here[level] is not None:
                    self.filled_down += 1
                continue
            self._level(level, levels, depth, words.named(said), _place(table, number, columns[level]))
        content = self.here[levels[-1]]
        if not isinstance(content, Content):
            return
        told = {column: said for column in spread if column < len(row) and (said := _said(row[column]))}
        lines = [
            # Side by side under A, B and C, a column says what its grade asks.
            f"{labels[column]}：{said}" if len(told) > 1 and labels.get(column, "") in _GRADES else said
            for column, said in told.items()
        ]
        standard = "\n".join(dict.fromkeys(lines))
        place = _place(table, number, spread[0]) if spread else content.cell
        method_cell = _place(table, number, columns["method"]) if "method" in columns else ""
        self._standard(content, standard, cell("method"), place, method_cell)

    def _level(self, level: str, levels: Sequence[str], depth: int, found: words.Named, cell: str) -> None:
        now = self.here[level]
        same = now is not None and (
            (found.code and found.code == now.code and found.title in ("", now.title))
            or (not found.code and found.title == now.title)
        )
        if same:
            return
        self.last[level] += 1
        code = found.code or f"{_LEVEL_CODES[level]}-{self.last[level]}"
        tail = re.search(r"(\d+)$", code)
        if found.code and tail and code.startswith(_LEVEL_CODES[level]):
            self.last[level] = max(self.last[level], int(tail[1]))
        title = found.title or code
        for below in levels[depth:]:
            self.here[below] = None
        above = next((one for name in reversed(levels[:depth]) if isinstance(one := self.here[name], Branch)), None)
        made: Branch | Content
        if depth == len(levels) - 1:
            self.count += 1
            if self.count > MOST_CONTENTS:
                raise FileError.one(
                    self.name,
                    Text(f"测评内容超过 {MOST_CONTENTS} 项", f"more than {MOST_CONTENTS} contents"),
                    Text("分成几个标准", "make several standards of it"),
                )
            made = Content(code, title, cell)
            if above is None:
                # Without a column of sections every content is one.
                above = Branch(code, title, cell)
                made.code = f"{code}.0"
                self.sections.append(above)
            above.contents.append(made)
        else:
            made = Branch(code, title, cell)
            (above.branches if above else self.sections).append(made)
        self.here[level] = made

    def _standard(self, content: Content, standard: str, method: str, cell: str, method_cell: str) -> None:
        found = words.criteria(standard)
        first = len(content.criteria)
        points = list(found.points)
        text = found.text
        going_on = bool(content.criteria or content.text)
        if not points and going_on and found.before:
            # A row for each criterion, without numbers: the first one stood as the content's text until now.
            if content.text and not content.criteria:
                moved, content.text = content.text, ""
                content.criteria.append(Criterion("", moved, content.cell, list(content.methods)))
                content.methods = []
                first = 1
            points, text = [words.joined("\n".join(found.before))], "\n".join(found.rules)
        content.criteria += [Criterion("", point, cell) for point in points]
        content.text = "\n".join(part for part in (content.text, text) if part)
        for place, one in enumerate(content.criteria, 1):
            one.code = f"{content.code}.{place}"
        content.method_cell = content.method_cell or method_cell
        fresh = content.criteria[first:]
        for which, said in words.method_lines(method):
            known, unknown = words.methods_in(said)
            content.unknown += [word for word in unknown if word not in content.unknown]
            numbered = which is not None and 1 <= which <= len(fresh)
            if not content.criteria:
                content.methods = words.in_order([*content.methods, *known])
            for one in [fresh[which - 1]] if numbered and which else fresh:
                one.methods = words.in_order([*one.methods, *known])


def _said(cell: Cell) -> str:
    return (shown(cell) if cell != "" else "").strip(" \u3000\u00a0\n\t\r")


def _place(table: OfficeTable, row: int, column: int) -> str:
    if table.is_sheet:
        return f"{table.name}!{column_letter(column)}{row + 1}"
    return f"{table.name}!{table.lines[row] if table.lines else row + 1}"


def place_of(cell: str) -> Place:
    """Return a kept cell as the place of a message."""
    sheet, _mark, name = cell.rpartition("!")
    digits = re.search(r"(\d+)$", name)
    return Place(line=int(digits[1]) if digits else 0, sheet=sheet, cell="" if name.isdecimal() else name)


def _spread(heading: Heading, column: int | None) -> list[int]:
    """Return the columns that the standard's heading lies over: its own, and those beside it without a heading of their own."""
    if column is None:
        return []
    upper = heading.words[column].split("/")[0]
    out = [column]
    for beside in range(column + 1, len(heading.words)):
        word = heading.words[beside]
        if beside in heading.fields or (word and not word.startswith(f"{upper}/") and word != upper):
            break
        out.append(beside)
    return out


def _last(table: OfficeTable, heading: Heading) -> int:
    """Return the last row of the heading: cells of it that are merged downwards make it two rows tall."""
    bottoms = [bottom for (top, left), (bottom, _) in table.merges if top == heading.last and left in heading.fields]
    return min(max([heading.last, *bottoms]), heading.last + 1, len(table.rows) - 1)


def _title(table: OfficeTable, heading: Heading) -> str:
    """Return what stands above the heading: the longest line that is no remark."""
    found = ""
    for row in table.rows[: max(heading.last, 0)]:
        told = [words.joined(_said(cell)) for cell in row if _said(cell)]
        if len(told) == 1 and not _FOOT.match(told[0][:5]) and len(told[0]) > len(found):
            found = told[0]
    return found
