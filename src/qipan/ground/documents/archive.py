"""Looking into a ZIP file before anything opens it: how large it becomes, and whether it tells the truth about it."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError, Place, size_within

MEGA = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be."""

    file: int = 30 * MEGA
    unpacked: int = 300 * MEGA
    entries: int = 2_000
    ratio: int = 400
    rows: int = 300_000
    columns: int = 400
    cells: int = 6_000_000


LIMITS = Limits()

WORKBOOK = "xl/workbook.xml"
DOCUMENT = "word/document.xml"
"""The part that makes an archive a workbook, or a text document."""

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_CHUNK = 1 << 16
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# The cell reference and the row number in a sheet's XML; nothing else there has an attribute of this name.
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"'<>]{0,40})""")
_CELL = re.compile(rb"([A-Z]{1,3})?([0-9]{1,7})")
_OVERLAP = 64


def inspect(path: Path, limits: Limits, part: str = WORKBOOK) -> None:
    """Refuse a file that is no plain workbook (or document, by `part`) or would become too large.

    Every entry is unpacked once, counted and thrown away, since what an entry says of its own size may be a lie; the
    sheets are searched for the cell farthest out, since readers allot memory for the whole rectangle.

    Raises:
        FileError: with the limit that is met, or what to do instead.
    """
    size = size_within(path, limits.file)
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            _entries(path, archive, size, limits, part)
            total = 0
            for entry in archive.infolist():
                farthest = [0, 0]
                tail = b""
                sheet = bool(_SHEET.fullmatch(entry.filename))
                for chunk in _unpacked(path, entry, raw):
                    total += len(chunk)
                    if total > limits.unpacked:
                        raise _too_large(path, limits)
                    if sheet:
                        _look_for_cells(path, tail + chunk, farthest)
                        tail = chunk[-_OVERLAP:]
                _bounded(path, entry.filename, farthest, limits)
    # NotImplementedError is what `zipfile` says of an archive of a later version of the format than it knows.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise _unsound(path, part) from None


def _unsound(path: Path, part: str) -> FileError:
    if part == DOCUMENT:
        return FileError.one(
            path,
            Text("这不是完好的 DOCX 文档", "this is not a sound DOCX document"),
            Text("用文字处理软件打开后另存为 .docx", "open it in a word processor and save it as .docx"),
        )
    return FileError.one(
        path,
        Text("这不是完好的 XLSX 工作簿", "this is not a sound XLSX workbook"),
        Text("用表格软件打开后另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx"),
    )


def _too_large(path: Path, limits: Limits) -> FileError:
    mega = limits.unpacked // MEGA
    return FileError.one(
        path,
        Text(f"解压后超过 {mega} MB，可能是压缩炸弹", f"unpacked it is larger than {mega} MB; it may be a zip bomb"),
        Text("只保留需要的工作表，另存后再导入", "keep only the sheets that are needed and save it again"),
    )


def _entries(path: Path, archive: zipfile.ZipFile, size: int, limits: Limits, part: str) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > limits.entries or len(names) < len(entries):
        raise FileError.one(
            path,
            Text(
                f"内含 {len(entries)} 个部件，过多或重名",
                f"it holds {len(entries)} parts, too many or with equal names",
            ),
            Text(f"上限为 {limits.entries}", f"the limit is {limits.entries}"),
        )
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.unpacked or (declared > 10 * MEGA and declared > limits.ratio * max(size, 1)):
        raise _too_large(path, limits)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileError.one(
            path, Text("工作簿有密码", "the workbook has a password"), Text("取消密码后另存", "save it without one")
        )
    if part not in names:
        if part == DOCUMENT:
            raise _unsound(path, part)
        raise FileError.one(
            path,
            Text("这不是 XLSX 工作簿", "this is not an XLSX workbook"),
            Text("用表格软件另存为 .xlsx", "save it as .xlsx in a spreadsheet program"),
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileError.one(
            path,
            Text("工作簿带有宏，不予读取", "the workbook holds macros and is not read"),
            Text("另存为“Excel 工作簿（.xlsx）”", "save it as “Excel workbook (.xlsx)”"),
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise FileError.one(
            path,
            Text("工作簿引用了其他文件", "the workbook refers to other files"),
            Text("在“数据－编辑链接”中断开链接后另存", "break the links (Data, Edit links) and save it"),
        )


def _unpacked(path: Path, entry: zipfile.ZipInfo, raw: BinaryIO) -> Iterator[bytes]:
    """Yield the unpacked bytes of an entry, read to the end of its stream whatever size it declares."""
    raw.seek(entry.header_offset)
    signature, name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    raw.seek(name + extra, 1)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (chunk := raw.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"compression {entry.compress_type} is not one that workbooks use")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not inflate.eof:
        packed = raw.read(min(_CHUNK, left))
        if not packed:
            raise EOFError
        left -= len(packed)
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK * 16)
            packed = inflate.unconsumed_tail
    while not inflate.eof and (rest := inflate.decompress(b"", _CHUNK * 16)):
        yield rest
    if not inflate.eof:
        raise EOFError


def _look_for_cells(path: Path, xml: bytes, farthest: list[int]) -> None:
    """Note the largest row and column that a piece of a sheet's XML names."""
    letters: set[bytes] = set()
    for word in set(_REFERENCE.findall(xml)):
        found = _CELL.fullmatch(word)
        if found is None:
            continue
        farthest[0] = max(farthest[0], int(found[2]))
        if found[1]:
            letters.add(found[1])
    for word in letters:
        farthest[1] = max(farthest[1], column_number(word.decode()))
    if b"&#" in xml and re.search(rb"""\sr\s*=\s*["'][^"'<>]*&""", xml):
        raise zipfile.BadZipFile("a cell reference in disguise")


def _bounded(path: Path, name: str, farthest: list[int], limits: Limits) -> None:
    rows, columns = farthest
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        cell = f"{column_letter(max(columns, 1) - 1)}{rows}"
        raise FileError.one(
            path,
            Text(f"工作表伸展到 {cell}，太大", f"the sheet reaches to {cell}, which is too large"),
            Text(
                f"最多 {limits.rows} 行、{limits.columns} 列、{limits.cells} 格；删去空白区域里的零散内容",
                f"at most {limits.rows} rows, {limits.columns} columns, {limits.cells} cells; delete what is far out",
            ),
            Place(sheet=name),
        )


def column_letter(index: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number, from 1, of a column's letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
