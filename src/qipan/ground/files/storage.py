"""Files on the disk, each under the SHA-256 of its content: `files/ab/abcd…` in the data directory.

A file is written aside, brought to the disk, renamed into place and its folder brought to the disk before any row
names it, so that a file whose row was committed survives a power cut. Writers and the sweep share a lock, and the sweep
leaves alone what was written lately: a file whose row is about to be committed is never taken away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

FOLDER = "files"
_CHUNK = 1 << 20


def folder() -> Path:
    """Return the folder of this installation's files."""
    return Path(settings.DATA) / FOLDER


def path_of(digest: str) -> Path:
    """Return where a file of a hash is kept."""
    return folder() / digest[:2] / digest


def put(content: bytes) -> str:
    """Keep a file and return its hash; when this returns, the file is on the disk for good.

    What is there already is written anew: it may be damaged, and a fresh date keeps the sweep away.
    """
    digest = hashlib.sha256(content).hexdigest()
    place = path_of(digest)
    make(place.parent)
    with _lock(fcntl.LOCK_SH):
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
                os.replace(draft.name, place)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
        sync_folder(place.parent)
    return digest


def discard(digest: str, older_than: float) -> bool:
    """Take a file away that no row names, unless it was written after a moment (seconds since the epoch)."""
    place = path_of(digest)
    with _lock(fcntl.LOCK_EX):
        try:
            if place.stat().st_mtime >= older_than:
                return False
            place.unlink()
        except FileNotFoundError:
            return False
    return True


def names() -> Iterator[str]:
    """Return the hashes of all files that are kept."""
    for below in sorted(folder().glob("[0-9a-f][0-9a-f]")):
        for each in sorted(below.iterdir()):
            if len(each.name) == 64 and each.name.startswith(below.name):
                yield each.name


def leavings(older_than: float) -> Iterator[Path]:
    """Return what an interrupted write left behind before a moment."""
    for each in folder().glob("[0-9a-f][0-9a-f]/.new-*"):
        if each.stat().st_mtime < older_than:
            yield each


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, read in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def sync_folder(place: Path) -> None:
    """Bring a folder's list of names to the disk."""
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(place: Path) -> None:
    """Make a folder, its owner's alone, with those above it; each is brought to the disk with the one it lies in."""
    if place.is_dir():
        return
    make(place.parent)
    place.mkdir(mode=0o700, exist_ok=True)
    sync_folder(place.parent)


@contextmanager
def kept_from_sweeping() -> Iterator[None]:
    """Have every file stay that is there, while a backup reads them; others can add files meanwhile."""
    make(folder())
    with _lock(fcntl.LOCK_SH):
        yield


@contextmanager
def _lock(kind: int) -> Iterator[None]:
    """Hold the lock of the folder: writers together, the sweep alone."""
    handle = os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)
