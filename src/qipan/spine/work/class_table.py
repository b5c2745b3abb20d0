"""The table of classes as offices have it: a workbook with a heading of two rows, written out and read in again."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from qipan.assessment.catalogue import Function, function_names
from qipan.assessment.text import Text
from qipan.ground.documents import headings
from qipan.ground.documents.lists import clean
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.documents.tables import read_csv
from qipan.ground.documents.workbook import Cell, Sheet, read_workbook, shown
from qipan.ground.worktime.clock import CALENDAR_DAY, URGENT_HOUR, WORKING_DAY, WORKING_HOUR, Limit
from qipan.spine.work.models import WorkClass

LONGEST = 3000
SAMPLE_REMARK = "样例"
#: Heading as it is written: upper row, lower row ("" where one cell spans both), width.
HEADING = (
    ("大类名称", "", 16), ("小类代码", "", 10), ("小类名称", "", 24), ("责任单位", "", 22), ("信息收集阶段", "立案条件", 36),
    ("任务处理阶段", "处置时限", 12), ("核查结案阶段", "结案条件", 36), ("备注", "", 40),
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "group": ("大类名称", "大类", "group"),
    "code": ("小类代码", "代码", "编码", "code"),
    "name": ("小类名称", "小类", "名称", "name"),
    "function": ("责任单位", "责任部门", "主管部门", "function"),
    "opens": ("立案条件", "信息收集阶段立案条件", "opens"),
    "limit": ("处置时限", "任务处理阶段处置时限", "时限", "limit"),
    "closes": ("结案条件", "核查结案阶段结案条件", "closes"),
    "source": ("备注", "依据", "source"),
}
_LIMIT_WORDS = {
    URGENT_HOUR: "紧急工作时", WORKING_HOUR: "工作时", WORKING_DAY: "工作日", CALENDAR_DAY: "自然日",
}  # fmt: skip
_UNITS: Mapping[str, tuple[str, ...]] = {
    URGENT_HOUR: ("紧急工作时", "紧急工作小时", "urgent hour", "urgent hours"),
    WORKING_HOUR: ("工作时", "工作小时", "working hour", "working hours"),
    WORKING_DAY: ("工作日", "working day", "working days"),
    CALENDAR_DAY: ("自然日", "日历日", "calendar day", "calendar days"),
}
_LIMIT = re.compile(r"(\d{1,5})\s*个?\s*(\D+)")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of a table, with what stands in the columns that the table has, and where it stands."""

    number: int
    sheet: str
    cells: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(line=self.number, sheet=self.sheet, cell=f"A{self.number}" if self.sheet else "")

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, to be kept while a person looks at the preview."""
        return {"number": self.number, "sheet": self.sheet, "cells": dict(self.cells)}


def lines_of(kept: Iterable[Mapping[str, Any]]) -> tuple[TableLine, ...]:
    """Return lines that were kept as plain data."""
    return tuple(TableLine(line["number"], line["sheet"], line["cells"]) for line in kept)


def limit_words(limit: Limit) -> str:
    """Return a limit as offices write it: 15工作日."""
    return f"{limit.amount}{_LIMIT_WORDS[limit.unit]}"


def read_limit(written: str) -> Limit | None:
    """Return the limit that a cell names; None where it is none, or a unit that may mean two things (天, 小时)."""
    match = _LIMIT.fullmatch(unicodedata.normalize("NFKC", written).strip().casefold())
    if match is None or int(match[1]) < 1:
        return None
    unit = match[2].strip()
    for name, words in _UNITS.items():
        if unit in words:
            amount = int(match[1])
            return Limit(amount, name) if amount <= 10_000 else None
    return None


def functions_by_name(functions: Iterable[Function]) -> dict[str, str]:
    """Return the code of a function by every word met for it."""
    return {headings.plain(word): code for word, code in function_names(functions).items()}


# ---- writing --------------------------------------------------------------------------------------------------------


def write_table(rows: Sequence[WorkClass], groups: Mapping[str, str], functions: Mapping[str, str]) -> bytes:
    """Return a county's classes as a workbook; the same classes give the same bytes.

    Args:
        rows: the classes, in the order in which they are written.
        groups: the names of the major classes.
        functions: the names of the functions.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    )
    book.set_properties({"author": "Qipan", "created": datetime.datetime(2000, 1, 1)})
    head = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    )
    body = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    page = book.add_worksheet("立案处置结案标准")
    page.freeze_panes(2, 3)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    for column, (upper, lower, width) in enumerate(HEADING):
        page.set_column(column, column, width, body)
        if lower:
            page.write_string(0, column, upper, head)
            page.write_string(1, column, lower, head)
        else:
            page.merge_range(0, column, 1, column, upper, head)
    for number, one in enumerate(rows, start=2):
        for column, value in enumerate(table_cells(one, groups, functions)):
            if value:
                page.write_string(number, column, value, body)
            else:
                page.write_blank(number, column, None, body)
    book.close()
    return out.getvalue()


def table_cells(one: WorkClass, groups: Mapping[str, str], functions: Mapping[str, str]) -> tuple[str, ...]:
    """Return a class as one line of the table."""
    remark = one.source or (SAMPLE_REMARK if one.basis == WorkClass.Basis.SAMPLE else "")
    return (
        groups.get(one.group, one.group), one.code, one.name_zh, functions.get(one.function, one.function),
        one.opens_zh, limit_words(Limit(one.limit, one.limit_unit)), one.closes_zh, remark,
    )  # fmt: skip


# ---- reading --------------------------------------------------------------------------------------------------------


def read_table(path: Path, *, name: str = "") -> tuple[TableLine, ...]:
    """Read a table from a workbook (heading of one or two rows) or a CSV file.

    Raises:
        FileError: it cannot be read, has no heading with codes or names, or nothing under it.
    """
    file = name or path.name
    numbers: list[int] = []
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        sheets = read_workbook(path)
    else:
        table = read_csv(path)
        below = list(islice(table.rows(), LONGEST + 12))
        numbers = [1, *(line for line, _ in below)]
        rows_read: list[list[Cell]] = [list(table.columns)]
        rows_read.extend(list(cells) for _, cells in below)
        sheets = [Sheet("", rows_read)]
    for sheet in sheets:
        rows = [[clean(shown(cell)) for cell in cells] for cells in sheet.rows[: LONGEST + 12]]
        found = _heading(rows)
        if found is not None:
            return _under(file, sheet, rows, numbers or range(1, len(rows) + 1), *found)
    raise FileError.one(
        file,
        Text("没有找到表头", "no heading was found"),
        Text("表头应有“小类代码”和“小类名称”或“处置时限”", "name the columns 小类代码 and 小类名称 or 处置时限 (or code, name, limit)"),
    )  # fmt: skip


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """Return the first row below the heading, and the columns; a heading of two rows counts as one."""
    best: tuple[int, dict[str, int]] | None = None
    for index in range(min(8, len(rows))):
        upper = headings.match(rows[index], COLUMNS)
        lower = headings.match(rows[index + 1], COLUMNS) if index + 1 < len(rows) else {}
        columns, below = dict(upper), index + 1
        # A second row of headings holds nothing else; a line of data may hold one such word by chance.
        if lower and all(not cell or column in lower.values() for column, cell in enumerate(rows[index + 1])):
            taken = set(columns.values())
            columns |= {key: at for key, at in lower.items() if key not in columns and at not in taken}
            below += 1
        if "code" in columns and len(columns) >= 2 and (best is None or len(columns) > len(best[1])):
            best = below, columns
    return best


def _under(
    file: str, sheet: Sheet, rows: Sequence[Sequence[str]], numbers: Sequence[int], top: int, columns: Mapping[str, int]
) -> tuple[TableLine, ...]:
    lines: list[TableLine] = []
    group = ""
    for index in range(top, len(rows)):
        cells = {key: rows[index][at] if at < len(rows[index]) else "" for key, at in columns.items()}
        # The name of a major class often stands in its first row alone.
        group = cells.get("group") or group
        if "group" in cells:
            cells["group"] = group
        if not any(value for key, value in cells.items() if key != "group"):
            continue
        lines.append(TableLine(numbers[index], sheet.name, cells))
    if not lines:
        raise FileError.one(file, Text("表头下面没有内容", "there is nothing below the heading"))
    if len(lines) > LONGEST:
        raise FileError.one(
            file, Text(f"超过{LONGEST}行", f"more than {LONGEST} lines"), Text("分几次导入", "import it in parts")
        )
    return tuple(lines)


def known_code(written: str, known: Collection[str]) -> str:
    """Return a code as it is known: a spreadsheet that took 06010 for a number has dropped its zero."""
    padded = f"0{written}"
    return padded if written not in known and padded in known else written
