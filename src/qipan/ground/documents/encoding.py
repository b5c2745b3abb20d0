"""Which encoding a text file has: UTF-8, UTF-16, or GB18030 as Chinese Windows writes it."""

from __future__ import annotations

import codecs
from pathlib import Path

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError, Place

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK = 1 << 20


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file; the whole file has been seen to be readable in it.

    A byte order mark decides; else UTF-8 when every byte is UTF-8, UTF-16 when every other byte is zero, else GB18030.

    Raises:
        FileError: it is in none of them; names the line of the first bad byte.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            _must_decode(path, encoding)
            return encoding
    zeros = head.count(0)
    if zeros:
        odd = head[1::2].count(0)
        encoding = "utf-16-le" if odd * 2 > zeros else "utf-16-be"
        _must_decode(path, encoding)
        return encoding
    if _first_bad(path, "utf-8") is None:
        return "utf-8"
    _must_decode(path, "gb18030")
    return "gb18030"


def read_text(path: Path) -> str:
    """Return the whole text of a file in whichever encoding it has, line ends as newlines."""
    return path.read_text(encoding=encoding_of(path))


def _first_bad(path: Path, encoding: str) -> int | None:
    """Return the line (from 1) of the first byte that cannot be read, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return lines + chunk[: error.start].count(b"\n")
            if not chunk:
                return None
            lines += chunk.count(b"\n")


def _must_decode(path: Path, encoding: str) -> None:
    bad = _first_bad(path, encoding)
    if bad is not None:
        raise FileError.one(
            path,
            Text("文字编码无法识别", "the encoding of the text is not known"),
            Text("另存为 UTF-8 编码", "save it as UTF-8"),
            Place(line=bad),
        )
