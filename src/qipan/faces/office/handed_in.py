"""A small file that came with a form: laid down for as long as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError

LARGEST = 10 * 1024 * 1024
ENDINGS = (".xlsx", ".xlsm", ".csv", ".txt")


@contextmanager
def handed_in(file: UploadedFile) -> Iterator[tuple[Path, str]]:
    """Give the path of a table that was handed in, under a name of our own, and the name that it came with.

    Raises:
        FileError: it is too large, or of a kind that is no table.
    """
    name = Path(file.name or "").name[:120]
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise FileError.one(
            name,
            Text("不支持这种文件", "this kind of file is not read"),
            Text("请用 .xlsx 或 .csv", "hand in .xlsx or .csv"),
        )
    if (file.size or 0) > LARGEST:
        raise FileError.one(
            name,
            Text(f"文件超过 {LARGEST >> 20} MB", f"the file is larger than {LARGEST >> 20} MB"),
            Text("删去图片和多余的工作表", "leave out pictures and sheets that are not needed"),
        )
    with tempfile.TemporaryDirectory(prefix="qipan-table-") as folder:
        path = Path(folder) / f"table{ending}"
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        yield path, name
