"""Keeping a file that was handed in: under its hash, whole on the disk before anything else knows of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError


def keep(
    folder: Path, name: str, chunks: Iterable[bytes], *, largest: int, kind_of: Callable[[bytes, Path], str]
) -> tuple[str, str, int]:
    """Write a file to its place under its hash; return hash, kind and size.

    Args:
        folder: where such files are kept.
        name: what it is called in messages.
        chunks: its content.
        largest: how many bytes it may have.
        kind_of: says from its first bytes and from where it lies what it is, or refuses it.

    Raises:
        FileError: it is too large, or refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="coming-")
    hashed, size, head = hashlib.sha256(), 0, b""
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > largest:
                    raise FileError.one(
                        name,
                        Text(f"文件超过{largest >> 20} MB", f"the file has more than {largest >> 20} MB"),
                        Text("拆成几个文件", "split it into several files"),
                    )
                head = head or chunk[:512]
                hashed.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        kind = kind_of(head, Path(temporary))
        place = kept(folder, hashed.hexdigest(), kind)
        place.parent.mkdir(exist_ok=True)
        Path(temporary).replace(place)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return hashed.hexdigest(), kind, size


def kept(folder: Path, digest: str, kind: str) -> Path:
    """Return where a file is kept."""
    return folder / digest[:2] / f"{digest}.{kind}"
