"""Reading and writing XLSX workbooks."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qipan.assessment.text import Text
from qipan.ground.documents.archive import LIMITS, Limits, column_letter, inspect
from qipan.ground.documents.problems import FileError, Place

LONGEST_CELL = 32_767
_MAX_FILLED = 200_000

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as rows of cells from A1 on; an empty cell is ""."""

    name: str
    rows: list[list[Cell]]

    def place(self, row: int, column: int | None = None) -> Place:
        """Return the place of a cell (row and column counted from 0), or of a row's first cell."""
        return Place(line=row + 1, sheet=self.name, cell=f"{column_letter(column or 0)}{row + 1}")


def read_workbook(path: Path, limits: Limits = LIMITS) -> list[Sheet]:
    """Read every sheet of a workbook; a merged cell fills the column downwards inside the merge.

    Raises:
        FileError: it is missing, too large, protected, or not an XLSX workbook.
    """
    inspect(path, limits)
    # Imported here: the command must start fast where it reads no workbook.
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            sheets = []
            for name in book.sheet_names:
                found = book.get_sheet_by_name(name)
                rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
                _fill_down(rows, found.merged_cell_ranges or [])
                sheets.append(Sheet(name, rows))
            return sheets
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileError.one(
            path,
            Text("工作簿无法读取", f"the workbook cannot be read ({error})"),
            Text("用表格软件打开后另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx"),
        ) from None


def _fill_down(rows: list[list[Cell]], merges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    filled = 0
    for (top, column), (bottom, _) in merges:
        if top >= len(rows) or column >= len(rows[top]):
            continue
        value = rows[top][column]
        for row in rows[top + 1 : bottom + 1]:
            filled += 1
            if filled > _MAX_FILLED:
                return
            if column < len(row) and row[column] == "":
                row[column] = value


def shown(cell: Cell) -> str:
    """Return what a cell says as text: whole numbers without a point, yes and no as true and false, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return (
            cell.isoformat(sep=" ", timespec="minutes") if cell.time() != datetime.time() else cell.date().isoformat()
        )
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)


@dataclass(frozen=True, slots=True)
class Column:
    """One column to be written: its heading, its width in characters, and the words that may be chosen in it."""

    heading: str
    width: float = 14
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SheetToWrite:
    """One sheet to be written: headings, and rows of texts and numbers (None leaves a cell empty)."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | int | float | None]] = field(default_factory=list)
    frozen_columns: int = 0


_NO_SURPRISES: Mapping[str, bool] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def write_workbook(sheets: Sequence[SheetToWrite], *, title: str = "") -> bytes:
    """Return a workbook: headings frozen and filtered, columns as text so that typed codes stay as typed.

    The same sheets give the same bytes.

    Raises:
        ValueError: a text is longer than a cell can hold.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, dict(_NO_SURPRISES))
    book.set_properties({"title": title, "author": "Qipan", "created": datetime.datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top", "border": 1})
    body = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "General", "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, sheet.frozen_columns)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width, body)
            page.write_string(0, index, column.heading, head)
            if column.choices:
                listed = ",".join(column.choices)
                if len(listed) <= 255:
                    rule = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                    page.data_validation(1, index, max(len(sheet.rows), 1) + 200, index, rule)
        for r, row in enumerate(sheet.rows, start=1):
            for c, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    if len(value) > LONGEST_CELL:
                        raise ValueError(f"{sheet.name}!{column_letter(c)}{r + 1}: {len(value)} characters")
                    page.write_string(r, c, value, body)
                else:
                    page.write_number(r, c, value, number)
        page.autofilter(0, 0, max(len(sheet.rows), 1), max(len(sheet.columns) - 1, 0))
    book.close()
    return out.getvalue()
