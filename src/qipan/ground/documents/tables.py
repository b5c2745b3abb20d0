"""Reading and writing flat tables: CSV in any encoding and separator met in offices, and Parquet."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from qipan.assessment.text import Text
from qipan.ground.documents.encoding import encoding_of
from qipan.ground.documents.problems import FileError, Place, size_within

MAX_CSV = 4 * 1024**3
_SEPARATORS = (",", ";", "\t")
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)*%?")


@dataclass(frozen=True, slots=True)
class Table:
    """A flat table on file; rows stream, each with the number of its line (of its row, in Parquet)."""

    file: str
    columns: tuple[str, ...]
    source: Iterator[tuple[int, list[str]]]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells), the cells as many as the columns; can be run through once."""
        return self.source

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line, {column: cell}); can be run through once."""
        for line, cells in self.source:
            yield line, dict(zip(self.columns, cells, strict=True))


def read_table(path: Path) -> Table:
    """Open a table by the ending of its name: .parquet, else text with a heading line.

    Raises:
        FileError: here or while the rows stream: missing, unreadable, no heading, or a broken line.
    """
    return _read_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else read_csv(path)


def read_csv(path: Path) -> Table:
    """Open a CSV file: UTF-8, UTF-16 or GB18030; comma, semicolon or tab."""
    size_within(path, MAX_CSV)
    encoding = encoding_of(path)
    rows = _csv_rows(path, encoding)
    line, heading = next(rows, (1, []))
    columns = tuple(cell.strip() for cell in heading)
    if not any(columns):
        raise FileError.one(
            path, Text("文件是空的", "the file is empty"), Text("第一行写列名", "the first line names the columns")
        )
    while columns and not columns[-1]:
        columns = columns[:-1]
    for index, name in enumerate(columns):
        if not name or name in columns[:index]:
            raise FileError.one(
                path,
                Text(
                    f"第 {index + 1} 列的列名“{name}”为空或重复",
                    f"column {index + 1} has no name, or one that stands twice: {name!r}",
                ),
                Text("每列一个不同的列名", "give every column a name of its own"),
                Place(line=line),
            )
    return Table(str(path), columns, _fitted(path, rows, len(columns)))


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of a CSV file whatever its first lines are: titles, headings in two rows, notes.

    Raises:
        FileError: here or while the rows stream: missing, unreadable, or a broken line.
    """
    size_within(path, MAX_CSV)
    return _csv_rows(path, encoding_of(path))


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of every line that is not blank."""
    with path.open(encoding=encoding, newline="") as file:
        separator = _separator(file)
        file.seek(0)
        line = 1
        reader = csv.reader(file, delimiter=separator, strict=True)
        try:
            for cells in reader:
                if any(cells):
                    # Looking for an apostrophe in the whole line at once is much cheaper than cell by cell.
                    yield line, [_unguarded(cell) for cell in cells] if "'" in "".join(cells) else cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise FileError.one(
                path,
                Text("这一行的引号或长度有误", f"the line is broken ({error})"),
                Text("引号要成对；引号内的引号写两次", "quotes come in pairs; a quote inside quotes is written twice"),
                Place(line=line),
            ) from None


def _separator(file: IO[str]) -> str:
    """Return the separator that occurs most in the first line that has any text, outside quotes."""
    for line in islice(file, 20):
        if line.strip():
            bare = re.sub(r'"[^"]*"', "", line)
            return max(_SEPARATORS, key=bare.count)
    return ","


def _fitted(path: Path, rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, cells in rows:
        if len(cells) == width:
            yield line, cells
            continue
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        else:
            if any(cells[width:]):
                raise FileError.one(
                    path,
                    Text(
                        f"这一行有 {len(cells)} 格，表头只有 {width} 列",
                        f"the line has {len(cells)} cells, the heading {width}",
                    ),
                    Text("含逗号的内容要用引号括起", "put a text that holds the separator in quotes"),
                    Place(line=line),
                )
            cells = cells[:width]
        yield line, cells


def _read_parquet(path: Path) -> Table:
    size_within(path, MAX_CSV)
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise FileError.one(
            path,
            Text("没有安装 Parquet 支持", "Parquet support is not installed"),
            Text("安装 qipan[parquet]，或改用 CSV", "install qipan[parquet], or use CSV"),
        ) from None
    try:
        file = parquet.ParquetFile(path)
        columns = tuple(str(name) for name in file.schema_arrow.names)
    except (arrow.ArrowException, OSError) as error:
        raise _no_parquet(path, error) from None

    def stream() -> Iterator[tuple[int, list[str]]]:
        number = 0
        try:
            for batch in file.iter_batches(batch_size=10_000):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield number, [_as_text(cell) for cell in cells]
        except (arrow.ArrowException, OSError) as error:
            raise _no_parquet(path, error) from None

    return Table(str(path), columns, stream())


def _no_parquet(path: Path, error: Exception) -> FileError:
    return FileError.one(
        path, Text("这不是完好的 Parquet 文件", f"this is not a sound Parquet file ({str(error)[:120]})")
    )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def guarded(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe.

    A plain number keeps its sign. Reading takes the apostrophe off again.
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def write_csv(out: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that Excel opens rightly: UTF-8 with its mark, CRLF, formulas disarmed."""
    for line in csv_lines(columns, rows):
        out.write(line)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield the same file line by line, for whoever sends it on without holding it."""
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in columns])
    yield b"\xef\xbb\xbf" + lines.take()
    for values in rows:
        writer.writerow([guarded(_as_text(value)) for value in values])
        yield lines.take()


class _Lines:
    """Collects what the CSV writer writes, as bytes."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        """Keep a piece of text."""
        self._parts.append(text)
        return len(text)

    def take(self) -> bytes:
        """Return what was kept, and forget it."""
        text = "".join(self._parts)
        self._parts.clear()
        return text.encode()
