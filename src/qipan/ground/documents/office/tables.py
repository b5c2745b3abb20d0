"""Reading the tables of an office's file, whatever program wrote it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qipan.assessment.text import Text
from qipan.ground.documents.archive import DOCUMENT, MEGA, Limits, column_letter, inspect
from qipan.ground.documents.office.pictures import Picture, pictures_of
from qipan.ground.documents.office.word import Span, tables_of
from qipan.ground.documents.problems import FileError, Place, size_within
from qipan.ground.documents.tables import read_rows
from qipan.ground.documents.workbook import Cell

OFFICE_LIMITS = Limits(file=100 * MEGA, unpacked=300 * MEGA, entries=6_000, rows=20_000, columns=200, cells=1_000_000)
"""A register with photos is heavier than one without; a longer one is imported in parts."""
_MOST_XLS = 30 * MEGA
KINDS = ("xlsx", "xls", "docx", "csv")


@dataclass(frozen=True, slots=True)
class OfficeTable:
    """A table: its rows from the first on, its merged ranges, its pictures by cell; counted from 0."""

    name: str
    rows: list[list[Cell]]
    merges: tuple[Span, ...] = ()
    pictures: Mapping[tuple[int, int], tuple[Picture, ...]] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    """Lines of the text that the rows stood on; empty where they are as they are counted."""
    is_sheet: bool = True

    def place(self, row: int, column: int | None = None) -> Place:
        """Return the place of a cell or a row, as whoever opens the file finds it."""
        if self.is_sheet:
            return Place(line=row + 1, sheet=self.name, cell=f"{column_letter(column or 0)}{row + 1}")
        return Place(line=self.lines[row] if self.lines else row + 1, sheet=self.name)


def read_tables(path: Path, kind: str, limits: Limits = OFFICE_LIMITS) -> list[OfficeTable]:
    """Read every table of a file.

    Args:
        path: where it lies.
        kind: one of KINDS.
        limits: how large it may be.

    Raises:
        FileError: it is missing, too large, protected, or not what it should be.
    """
    match kind:
        case "docx":
            return _document(path, limits)
        case "csv":
            return [_text(path, limits)]
        case _:
            return _workbook(path, kind, limits)


def kind_of(head: bytes, path: Path | None = None) -> str:
    """Return what a file is by its content; the name may say anything. Empty where it is nothing of the kind."""
    if head.startswith(b"PK\x03\x04"):
        if path is None:
            return "xlsx"
        try:
            with zipfile.ZipFile(path) as archive:
                return "docx" if DOCUMENT in archive.NameToInfo else "xlsx"
        # NotImplementedError is what `zipfile` says of an archive of a later version of the format than it knows.
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            return "xlsx"  # reading it will say what is wrong
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if head.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG")):
        return ""
    return "csv" if head.strip() else ""


def _workbook(path: Path, kind: str, limits: Limits) -> list[OfficeTable]:
    shown: dict[str, dict[tuple[int, int], tuple[Picture, ...]]] = {}
    if kind == "xlsx":
        inspect(path, limits)
        with zipfile.ZipFile(path) as archive:
            shown = pictures_of(archive)
    else:
        size_within(path, _MOST_XLS)
    # Imported here: the command must start fast where it reads no workbook.
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            out = []
            for name in book.sheet_names:
                found = book.get_sheet_by_name(name)
                if found.total_height > limits.rows or found.total_width > limits.columns:
                    raise FileError.one(
                        path,
                        Text("工作表太大", "the sheet is too large"),
                        Text(f"每张表不超过{limits.rows}行、{limits.columns}列", f"at most {limits.rows} rows and {limits.columns} columns"),
                        Place(sheet=name),
                    )  # fmt: skip
                rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
                merges = tuple(_sound(one) for one in found.merged_cell_ranges or ())
                out.append(OfficeTable(name, rows, merges, shown.get(name, {})))
            return out
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError.one(
            path,
            Text("工作簿无法读取，可能有密码", f"the workbook cannot be read; it may have a password ({error})"),
            Text("用表格软件打开后另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx"),
        ) from None


def _sound(span: tuple[tuple[int, int], tuple[int, int]]) -> Span:
    (top, left), (bottom, right) = span
    return (int(top), int(left)), (int(bottom), int(right))


def _document(path: Path, limits: Limits) -> list[OfficeTable]:
    inspect(path, limits, DOCUMENT)
    with zipfile.ZipFile(path) as archive:
        found = tables_of(archive)
    if not found:
        raise FileError.one(
            path,
            Text("文档里没有表格", "the document holds no table"),
            Text("内容要放在表格里", "put what is to be read into a table"),
        )
    return [
        OfficeTable(f"表格{number}", [list(row) for row in one.rows], tuple(one.merges), one.pictures, is_sheet=False)
        for number, one in enumerate(found, 1)
    ]


def _text(path: Path, limits: Limits) -> OfficeTable:
    size_within(path, limits.file)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    for line, cells in read_rows(path):
        if len(rows) >= limits.rows:
            raise FileError.one(
                path,
                Text(f"超过 {limits.rows} 行", f"more than {limits.rows} rows"),
                Text("分几次导入", "import it in parts"),
            )
        rows.append(list(cells[: limits.columns]))
        lines.append(line)
    return OfficeTable("", rows, lines=tuple(lines), is_sheet=False)
