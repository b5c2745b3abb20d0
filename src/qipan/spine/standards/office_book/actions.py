"""What can happen to an office's workbook on its way to an edition: begun, answered part by part, stored, put aside."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents.office.tables import kind_of
from qipan.ground.documents.problems import FileError
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import STORE_STANDARDS
from qipan.spine.standards.actions import store_packs
from qipan.spine.standards.formats import Pack
from qipan.spine.standards.models import OfficeBook
from qipan.spine.standards.office_book.queries import find, merged, part_of, part_seen
from qipan.spine.standards.office_book.reading import read_office_book

LARGEST = 30 * 1024 * 1024
HEAD = "head"
_TRIES = 5


def begin(name: str, chunks: Iterable[bytes], *, by: Post, at: datetime | None = None) -> int:
    """Read a file and keep what it says, for the questions; return its number. The same file begun twice is one.

    Raises:
        PermissionDenied: the post may not store editions.
        FileError: it cannot be read, or has not the columns of a standard.
    """
    if not STORE_STANDARDS.allows(by):
        raise PermissionDenied
    with tempfile.TemporaryDirectory(prefix="qipan-") as folder:
        path = Path(folder) / "book"
        hashed, size = hashlib.sha256(), 0
        with path.open("wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise FileError.one(name, Text("文件超过 30 MB", "the file has more than 30 MB"), Text("去掉图片和无关工作表", "leave out pictures and other sheets"))  # fmt: skip
                hashed.update(chunk)
                out.write(chunk)
        named = path.with_suffix(f".{kind_of(path.read_bytes()[:512], path) or 'bin'}")
        path.rename(named)
        content = read_office_book(named, name).plain()
    moment = at or timezone.now()
    with act(actor(by), moment) as noted:
        open_one = OfficeBook.objects.filter(county_id=by.unit.county_id, digest=hashed.hexdigest(), edition="").first()
        if open_one is not None:
            return open_one.pk
        made = OfficeBook.objects.create(
            county=by.unit.county, name=name[:200], digest=hashed.hexdigest(), content=content, begun_at=moment,
            begun_by=_who(by), saved_at=moment, saved_by=_who(by),
        )  # fmt: skip
        noted.note("standards.begin_book", Thing("office_book", str(made.pk), made.name))
    return made.pk


def answer(pk: int, part: str, answers: Mapping[str, Any], *, seen: str, by: Post) -> None:
    """Keep what the office answers of one part of a workbook: the head, or a section.

    Args:
        pk: the workbook.
        part: "head", or the code of a section.
        answers: as `asking` reads them; of a section {"section": …, "contents": {code: …}}.
        seen: what `part_seen` said of the part when the form was made.
        by: who answers.

    Raises:
        Stale: somebody else has answered this part in the meantime.
        RegisterError: an edition was made of it already.
    """
    for _try in range(_TRIES):
        with act(actor(by)) as noted:
            row = _open(pk, by)
            if part_seen(row, part) != seen:
                raise Stale(row.version, ())
            now = merged(row.answers, part, answers)
            was = part_of(row.answers, part, row.content)
            changed = sum(was.get(name) != value for name, value in part_of(now, part, row.content).items())
            kept = OfficeBook.objects.filter(pk=pk, version=row.version).update(
                answers=now, saved_at=timezone.now(), saved_by=_who(by), version=row.version + 1
            )
            if kept:
                noted.note("standards.answer_book", Thing("office_book", str(pk), row.name), {"part": part, "count": changed})  # fmt: skip
                return
    raise Stale(_open(pk, by).version, ())


def store(pk: int, pack: Pack, *, by: Post) -> str:
    """Store the edition that was made of a workbook, and return its hash."""
    with act(actor(by)):
        row = _open(pk, by)
        edition = store_packs([pack], by=by)[0]
        OfficeBook.objects.filter(pk=row.pk).update(
            edition=edition.hash, saved_at=timezone.now(), saved_by=_who(by), version=row.version + 1
        )
    return edition.hash


def put_aside(pk: int, *, by: Post) -> None:
    """Throw a workbook and its answers away; an edition that was made of it stays."""
    if not STORE_STANDARDS.allows(by):
        raise PermissionDenied
    with act(actor(by)) as noted:
        row = find(by.unit.county_id, pk)
        if row is not None:
            noted.note("standards.drop_book", Thing("office_book", str(pk), row.name))
            row.delete()


def _open(pk: int, by: Post) -> OfficeBook:
    if not STORE_STANDARDS.allows(by):
        raise PermissionDenied
    row = find(by.unit.county_id, pk)
    if row is None:
        raise RegisterError(Text("这份工作簿已不在", "this workbook is gone"))
    if row.edition:
        raise RegisterError(Text("已据此建立版本，不能再改", "an edition was made of it; it is not changed any more"))
    return row


def _who(post: Post) -> str:
    return f"{post.person}，{post.title_zh}"[:160]
