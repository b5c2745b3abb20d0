"""The archive: a ZIP of tables as JSON lines, files under their hash, the secret, and a manifest that names them all.

An archive is written aside and read back whole before it gets its name. Reading it trusts nothing: every member is
named in the manifest and has a name of a known form, its size and its SHA-256; nothing more is in the archive.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError

FORMAT = "qipan-backup/1"
MANIFEST = "manifest.json"
SECRET = "secret-key"  # noqa: S105 - the name of the file
MEMBER = re.compile(
    r"tables/[a-z_]+\.[a-z0-9_]+\.jsonl|files/(?P<f>[0-9a-f]{2})/(?P=f)[0-9a-f]{62}"
    r"|imports/(?P<i>[0-9a-f]{2})/(?P=i)[0-9a-f]{62}\.[a-z]{2,8}|secret-key"
)
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the archive: its columns in the order of each line's values, and how many lines there are."""

    model: str
    member: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and of what."""

    version: str
    made_at: str
    database: str
    migrations: dict[str, list[str]]
    tables: list[Table]
    members: dict[str, Member]
    chains: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def written(manifest: Manifest) -> bytes:
    """Return a manifest as it stands in the archive."""
    data = {
        "format": FORMAT, "version": manifest.version, "made_at": manifest.made_at, "database": manifest.database,
        "migrations": manifest.migrations, "chains": manifest.chains, "missing": manifest.missing,
        "tables": [{"model": t.model, "member": t.member, "columns": t.columns, "rows": t.rows} for t in manifest.tables],
        "members": {name: {"size": m.size, "sha256": m.sha256} for name, m in manifest.members.items()},
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _manifest(content: bytes) -> Manifest:
    data = json.loads(content)
    if data["format"] != FORMAT:
        raise KeyError(data["format"])
    return Manifest(
        version=str(data["version"]), made_at=str(data["made_at"]), database=str(data["database"]),
        migrations={str(app): [str(name) for name in names] for app, names in data["migrations"].items()},
        tables=[
            Table(str(t["model"]), str(t["member"]), tuple(map(str, t["columns"])), int(t["rows"])) for t in data["tables"]
        ],
        members={str(name): Member(int(m["size"]), str(m["sha256"])) for name, m in data["members"].items()},
        chains=list(data["chains"]), missing=[str(name) for name in data["missing"]],
    )  # fmt: skip


# ---- writing -----------------------------------------------------------------------------------------------------


class Writer:
    """Writes members, and keeps count of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> Member:
        """Write a member in pieces; what is compressed already is not packed again."""
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        size, digest = 0, hashlib.sha256()
        with self._archive.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        member = Member(size, digest.hexdigest())
        if name != MANIFEST:
            self.members[name] = member
        return member


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Return a file in pieces."""
    while chunk := file.read(_CHUNK):
        yield chunk


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive aside; it takes its name when all went well, whatever was there before stays until then."""
    draft = path.parent / f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        # It holds the secret and everybody's password hashes: for its owner's eyes only, from the first byte.
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        verify(draft)
        os.replace(draft, path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- reading -----------------------------------------------------------------------------------------------------


def damaged(path: Path, zh: str, en: str) -> FileError:
    """Return the refusal of an archive that is not as it was written."""
    return FileError.one(
        path, Text(zh, en), Text("改用另一份备份；什么都没有改动", "use another backup; nothing was changed")
    )


def verify(path: Path) -> Manifest:
    """Read an archive to its last byte, and return its manifest.

    Raises:
        FileError: it is no backup, or not as it was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _known(path, archive)
            for name, member in manifest.members.items():
                _whole(path, archive, name, member)
            for table in manifest.tables:
                _lines(path, archive, table)
    except FileNotFoundError:
        raise FileError.one(
            path, Text("没有这个文件", "there is no such file"), Text("检查路径", "check the path")
        ) from None
    except OSError as error:
        raise FileError.one(path, Text("无法读取文件", f"the file cannot be read: {error.strerror}")) from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        if isinstance(error, FileError):
            raise
        raise damaged(
            path, "这不是完整的备份文件，可能被截断或改动", "this is no whole backup: it was cut or changed"
        ) from None
    return manifest


def _known(path: Path, archive: zipfile.ZipFile) -> Manifest:
    """Return the manifest, if it names exactly what is in the archive."""
    names = [entry.filename for entry in archive.infolist()]
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise damaged(path, "不是棋盘的备份：没有清单", "this is no backup of Qipan: it has no manifest")
    try:
        manifest = _manifest(archive.read(MANIFEST))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise damaged(
            path, "清单无法读取，或不是本程序认识的备份格式", "its manifest cannot be read, or is of another format"
        ) from None
    for name in names:
        if name != MANIFEST and (name not in manifest.members or not MEMBER.fullmatch(name)):
            raise damaged(path, f"备份里有不该有的文件“{name}”", f"it holds {name!r}, which does not belong there")
    if len(names) != len(set(names)):
        raise damaged(path, "备份里有重名的文件", "it holds two files of one name")
    for name in manifest.members:
        if name not in set(names):
            raise damaged(path, f"备份里缺少“{name}”", f"{name!r} is missing from it")
    tables = [table.member for table in manifest.tables]
    if sorted(tables) != sorted(name for name in manifest.members if name.startswith("tables/")):
        raise damaged(path, "清单与表不符", "its manifest and its tables do not agree")
    return manifest


def _whole(path: Path, archive: zipfile.ZipFile, name: str, member: Member) -> None:
    size, digest = 0, hashlib.sha256()
    with archive.open(name) as file:
        for chunk in pieces(file):
            digest.update(chunk)
            size += len(chunk)
            if size > member.size:
                break
    found = digest.hexdigest()
    own = name.rsplit("/", 1)[-1].partition(".")[0]
    if (size, found) != (member.size, member.sha256) or (name.startswith(("files/", "imports/")) and own != found):
        raise damaged(path, f"“{name}”的内容已被改动", f"the content of {name!r} was changed")


def _lines(path: Path, archive: zipfile.ZipFile, table: Table) -> None:
    count = 0
    for values in rows(archive, table):
        if len(values) != len(table.columns):
            raise damaged(
                path, f"“{table.member}”第 {count + 1} 行残缺", f"line {count + 1} of {table.member!r} is not whole"
            )
        count += 1
    if count != table.rows:
        raise damaged(
            path, f"“{table.member}”应有 {table.rows} 行，实有 {count} 行",
            f"{table.member!r} should have {table.rows} lines and has {count}",
        )  # fmt: skip


def rows(archive: zipfile.ZipFile, table: Table) -> Iterator[list[Any]]:
    """Return the lines of a table."""
    with archive.open(table.member) as file:
        for line in file:
            values = json.loads(line)
            if not isinstance(values, list):
                raise ValueError("a line that is no list")
            yield values
