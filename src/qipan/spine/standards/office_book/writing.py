"""Writing a standard as offices have it: seven columns, merged groups, A4 landscape. Rules and weights do not fit in."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import LONGEST_CELL
from qipan.spine.standards.formats.canonical import spoken
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.carrying import Carried, Titled, carried
from qipan.spine.standards.office_book.words import is_rule, method_words

_HEADINGS = ("测评项目", "指标名称", "测评内容", "测评标准", "测评方法")
_WIDTHS = (14, 16, 20, 24, 24, 24, 14)
_LINE = 14.5


def office_workbook(data: Mapping[str, Any]) -> bytes:
    """Return a standard's canonical data as a workbook of seven columns.

    Raises:
        FileError: it has what seven columns cannot hold.
    """
    import xlsxwriter

    rows = carried(data)
    title = next(part for part in spoken(data.get("title")) if part)
    for row in rows:
        for one in (row.section, row.indicator, row.content):
            _fits(one)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": title, "author": "Qipan", "created": datetime.datetime(2000, 1, 1)})
    body = book.add_format({"text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"})
    head = book.add_format({"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1})
    top = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    page = book.add_worksheet("测评体系")
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    page.freeze_panes(2, 0)
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    page.merge_range(0, 0, 0, 6, title, top)
    page.set_row(0, 28)
    for column, heading in zip((0, 1, 2, 6), (*_HEADINGS[:3], _HEADINGS[4]), strict=True):
        page.write_string(1, column, heading, head)
    page.merge_range(1, 3, 1, 5, _HEADINGS[3], head)
    for number, row in enumerate(rows, 2):
        standard, method = standard_cell(row), method_cell(row)
        page.write_string(number, 2, "" if row.is_bare else titled(row.content), body)
        page.merge_range(number, 3, number, 5, standard, body)
        page.write_string(number, 6, method, body)
        tall = max(_lines(standard, 66), _lines(titled(row.content), 18), _lines(method, 12), 1)
        page.set_row(number, min(409, tall * _LINE + 4))
    for column, name in ((0, "section"), (1, "indicator")):
        at = 2
        for said, group in groupby(rows, key=lambda row, name=name: _group(row, name)):  # type: ignore[misc]
            count = sum(1 for _ in group)
            if count > 1 and said[1][0]:
                page.merge_range(at, column, at + count - 1, column, titled(said[1]), body)
            else:
                for line in range(at, at + count):
                    page.write_string(line, column, titled(said[1]), body)
            at += count
    book.close()
    return out.getvalue()


def _group(row: Carried, name: str) -> tuple[Titled, Titled]:
    """Return the cell of the first two columns that a row stands beside."""
    if row.is_bare:
        return row.content, row.content if name == "section" else ("", "")
    return row.section, getattr(row, name)


def titled(one: Titled) -> str:
    """Return a code and a title as one cell has them."""
    return "\n".join(part for part in one if part)


def standard_cell(row: Carried) -> str:
    """Return the criteria of a row as one cell has them: numbered, the words beside them before and after.

    Raises:
        FileError: a cell cannot hold so much.
    """
    lines = row.text.split("\n") if row.text else []
    before = [line for line in lines if not is_rule(line)]
    after = [line for line in lines if is_rule(line)]
    cell = "\n".join([*before, *(f"{number}){said}" for number, said in enumerate(row.criteria, 1)), *after])
    if len(cell) > LONGEST_CELL:
        raise FileError.one(
            row.content[0], Text("内容超过一格的容量", "it is too long for a cell"), Text("改用 YAML", "use YAML")
        )
    return cell


def method_cell(row: Carried) -> str:
    """Return the methods of a row as one cell has them: once for all, or numbered as the criteria are."""
    if len(set(row.methods)) == 1:
        return method_words(row.methods[0]).zh or ("" if row.is_bare else "—")
    return "\n".join(f"{number}){method_words(one).zh or '—'}" for number, one in enumerate(row.methods, 1))


def _fits(one: Titled) -> None:
    """Refuse a code that would not be read back from its cell."""
    found = words.named(titled(one))
    if (found.code, found.title) != one:
        raise FileError.one(
            one[0],
            Text(f"七列表格里读不回编号“{one[0]}”", f"the code {one[0]!r} could not be read back from a cell"),
            Text("改用完整工作簿或 YAML", "use the flat workbook or YAML"),
        )


def _lines(text: str, width: int) -> int:
    """Return about how many lines a text takes in a column of so many narrow signs."""
    return sum(-(-sum(1 if sign.isascii() else 2 for sign in line) // width) or 1 for line in text.split("\n"))


__all__: Sequence[str] = ("method_cell", "office_workbook", "standard_cell", "titled")
