"""The rows of an office's tables: what each says by its columns, and which are no rows of work at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qipan.assessment.text import Text
from qipan.ground.documents.headings import plain
from qipan.ground.documents.office.heading import Heading, covering, filled, find_heading
from qipan.ground.documents.office.pictures import Picture
from qipan.ground.documents.office.tables import OfficeTable
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.documents.workbook import Cell, shown
from qipan.spine.work.office_files.columns import WORDS, about

_SUM = re.compile(r"^(?:合计|小计|总计|共计)")
_NOTE = re.compile(r"^(?:注|备注|说明|填报单位|填报人|填表人|审核人|审核|制表|联系电话|报送单位|单位负责人)[:：]")
_DISPIMG = re.compile(r"^=?(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """A row: where it stands, what its columns say, its pictures before and after."""

    place: Place
    kind: str
    cells: Mapping[str, Cell]
    before: tuple[Picture, ...] = ()
    after: int = 0
    passed_over: Text = field(default_factory=Text)
    """Why it is no row of work (a sum, a note); empty for one that is."""

    def words(self, name: str) -> str:
        """Return what a column says as text, without what people leave in cells by accident."""
        cell = self.cells.get(name, "")
        text = shown(cell) if cell != "" else ""
        if _DISPIMG.match(text):
            return ""
        lines = (" ".join(line.replace("\u3000", " ").replace("\u00a0", " ").split()) for line in text.splitlines())
        return "\n".join(line for line in lines if line)

    def line(self, name: str) -> str:
        """Return what a column says in one line."""
        return self.words(name).replace("\n", " ")


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table with its heading, and its rows."""

    name: str
    kind: str
    """"problem" or "task"; empty where no column says either."""
    heading: Heading
    rows: tuple[OfficeRow, ...]


def read_rows(tables: Sequence[OfficeTable], chosen: Mapping[str, str], name: str) -> list[ReadTable]:
    """Return the tables that have a heading, with their rows.

    Raises:
        FileError: none has one, or there is too much.
    """
    out = []
    for table in tables:
        heading = find_heading(table, WORDS, chosen)
        if heading is not None:
            settled = _settled(heading)
            out.append(ReadTable(table.name, about(settled.fields.values()), settled, tuple(_rows(table, settled))))
    if not out:
        raise FileError.one(
            name,
            Text("没有找到表头", "no heading was found"),
            Text("前 10 行里要有列名，例如：存在问题、点位名称、责任单位、整改时限，或重点任务、牵头单位、完成时限", "name the columns in one of the first 10 rows, such as Problem, Site, Responsible unit, Deadline"),
        )  # fmt: skip
    count = sum(len(one.rows) for one in out)
    if count > MOST_ROWS:
        raise FileError.one(
            name,
            Text(f"有 {count} 行，上限为 {MOST_ROWS} 行", f"{count} rows; the limit is {MOST_ROWS}"),
            Text("分几次导入", "import it in parts"),
        )
    return out


def _settled(heading: Heading) -> Heading:
    """Return a heading in which “responsible unit” means what it does there: beside a lead unit it supports."""
    fields = dict(heading.fields)
    taken = set(fields.values())
    for column, name in heading.fields.items():
        if name == "responsible":
            fields[column] = "lead" if "lead" not in taken else "support" if "support" not in taken else "responsible"
    return Heading(heading.last, heading.words, fields)


def _rows(table: OfficeTable, heading: Heading) -> Iterator[OfficeRow]:
    rows, over = filled(table), covering(table)
    kind = about(heading.fields.values())
    shown_at = _by_row(table)
    first = min(heading.fields, default=0)
    repeated = {plain(word) for word in heading.words if word}
    for number in range(heading.last + 1, len(rows)):
        cells = rows[number]
        own = [cell for column, cell in enumerate(cells) if cell != "" and (number, column) not in over]
        pictures = shown_at.get(number, {})
        if not any(_text(cell) for cell in own) and not pictures:
            continue
        place = table.place(number, first)
        said = {name: cells[column] for column, name in heading.fields.items() if column < len(cells)}
        why = _no_work(cells, repeated)
        before = [one for column, some in pictures.items() if heading.fields.get(column) != "after" for one in some]
        after = sum(len(some) for column, some in pictures.items() if heading.fields.get(column) == "after")
        yield OfficeRow(place, kind, said, tuple(before), after, why)


def _by_row(table: OfficeTable) -> dict[int, dict[int, tuple[Picture, ...]]]:
    out: dict[int, dict[int, tuple[Picture, ...]]] = {}
    for (row, column), some in table.pictures.items():
        out.setdefault(row, {})[column] = some
    return out


def _text(cell: Cell) -> str:
    return shown(cell).strip(" \u3000\u00a0\n\t")


def _no_work(cells: Iterable[Cell], heading: set[str]) -> Text:
    """Return why a row is none of work: a sum, a note or signature, the heading once more."""
    filled_cells = [text for cell in cells if (text := _text(cell))]
    if not filled_cells:
        return Text()
    head = re.sub(r"\s+", "", filled_cells[0])
    if _SUM.match(head):
        return Text("合计行", "a sum")
    if _NOTE.match(head) and len(filled_cells) <= 4:
        return Text("说明或签字行", "a note or signature")
    if len(filled_cells) >= 3 and all(plain(text) in heading for text in filled_cells):
        return Text("重复的表头", "the heading once more")
    return Text()
