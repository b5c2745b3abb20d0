"""Writing tables as offices lay them out: a title over the width, a line of who and when, a framed table, A4 lying."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from qipan.ground.documents.workbook import LONGEST_CELL

Value = str | int | float | datetime.date | None


@dataclass(frozen=True, slots=True)
class LaidColumn:
    """A column: its heading, its width in characters; `merged` joins the cells of rows that say the same below each other."""

    heading: str
    width: float = 12
    merged: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class LaidSheet:
    """A sheet: its name, its title, the line under it, the columns and the rows; the serial number is added in front."""

    name: str
    title: str
    line: str
    columns: Sequence[LaidColumn]
    rows: Sequence[Sequence[Value]] = field(default_factory=list)
    serial: str = "序号"
    nothing: str = ""
    """What is said where there is no row."""


def write_laid_out(sheets: Sequence[LaidSheet]) -> bytes:
    """Return a workbook that prints as offices print: headings on every page, pages numbered; the same gives the same.

    Dates are real dates. A text is cut where a cell cannot hold it.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"author": "Qipan", "created": datetime.datetime(2000, 1, 1)})
    framed = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10.5, "font_name": "宋体"}
    title = book.add_format(
        {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter", "font_name": "宋体"}
    )
    line = book.add_format({"font_size": 10.5, "valign": "vcenter", "font_name": "宋体"})
    head = book.add_format({**framed, "bold": True, "align": "center"})
    body, centre = book.add_format(framed), book.add_format({**framed, "align": "center"})
    day = book.add_format({**framed, "align": "center", "num_format": "yyyy-mm-dd"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:31])
        columns = [LaidColumn(sheet.serial, 5, centred=True), *sheet.columns]
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(0.5, 0.5, 0.6, 0.6)
        page.fit_to_pages(1, 0)
        page.repeat_rows(2)
        page.set_footer("&C&P / &N")
        page.freeze_panes(3, 0)
        last = len(columns) - 1
        page.merge_range(0, 0, 0, last, sheet.title, title)
        page.set_row(0, 32)
        page.merge_range(1, 0, 1, last, sheet.line, line)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
            page.write_string(2, index, column.heading, head)
        for index, column in enumerate(columns):
            style = centre if column.centred else body
            for top, values in _runs([_cell(sheet, r, index) for r in range(len(sheet.rows))], column.merged):
                bottom, value = top + len(values) - 1, values[0]
                if bottom > top:
                    page.merge_range(top + 3, index, bottom + 3, index, _text(value), style)
                elif isinstance(value, datetime.date):
                    page.write_datetime(top + 3, index, datetime.datetime.combine(value, datetime.time()), day)
                elif isinstance(value, (int, float)):
                    page.write_number(top + 3, index, value, style)
                else:
                    page.write_string(top + 3, index, _text(value), style)
        if not sheet.rows and sheet.nothing:
            page.merge_range(3, 0, 3, last, sheet.nothing, centre)
    book.close()
    return out.getvalue()


def _cell(sheet: LaidSheet, row: int, column: int) -> Value:
    return row + 1 if column == 0 else sheet.rows[row][column - 1]


def _text(value: Value) -> str:
    return "" if value is None else str(value)[:LONGEST_CELL]


def _runs(values: Sequence[Value], merged: bool) -> list[tuple[int, list[Value]]]:
    """Return the values in runs that stand in one cell: equal texts below each other, where that is wanted."""
    out: list[tuple[int, list[Value]]] = []
    for index, value in enumerate(values):
        if merged and out and isinstance(value, str) and value and out[-1][1][0] == value:
            out[-1][1].append(value)
        else:
            out.append((index, [value]))
    return out
