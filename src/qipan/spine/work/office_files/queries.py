"""What can be asked about the office's files that were handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.spine.work.office_files.models import OfficeFile, OfficeWord
from qipan.spine.work.permissions import IMPORT_WORK


@dataclass(frozen=True, slots=True)
class Work:
    """How far the work on a file is."""

    state: str
    title: Text
    done: int
    total: int
    note: Text
    error: Text


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as lists and pages show it."""

    id: int
    year: int
    name: str
    digest: str
    kind: str
    size: int
    state: str
    choices: dict[str, Any]
    summary: dict[str, Any]
    by_person: str
    by_post: str
    added_at: datetime
    recorded_by: str
    recorded_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    job: Work | None

    @property
    def is_busy(self) -> bool:
        """Whether it is being worked on."""
        return self.job is not None and self.job.state not in {"done", "failed"}

    @property
    def has_failed(self) -> bool:
        """Whether the work on it broke off, with nothing recorded."""
        return self.state in {"reading", "recording"} and self.job is not None and self.job.state == "failed"


def files_of(post: Post, year: int, limit: int = 100) -> list[FileRow]:
    """Return the newest files of a post's county and year (one statement)."""
    found = OfficeFile.objects.filter(IMPORT_WORK.visible(post), year=year).select_related("job")
    return [_row(one) for one in found[:limit]]


def file_of(post: Post, pk: int) -> FileRow | None:
    """Return a file of a post's county, or None."""
    if pk >= 1 << 63:
        return None  # a key that no database holds
    found = OfficeFile.objects.filter(IMPORT_WORK.visible(post), pk=pk).select_related("job").first()
    return _row(found) if found is not None else None


def remembered(post: Post) -> dict[tuple[str, str], list[str]]:
    """Return what the office has explained: (kind, word) -> what it means (one statement)."""
    rows = OfficeWord.objects.filter(county_id=post.unit.county_id)
    return {(kind, word): means for kind, word, means in rows.values_list("kind", "word", "means")}


def _row(one: OfficeFile) -> FileRow:
    job = one.job
    work = None
    if job is not None:
        work = Work(
            job.state, job.title, job.done, job.total, Text(job.note_zh, job.note_en), Text(job.error_zh, job.error_en)
        )
    return FileRow(
        id=one.pk, year=one.year, name=one.name, digest=one.digest, kind=one.kind, size=one.size, state=one.state,
        choices=one.choices, summary=one.summary, by_person=one.by_person, by_post=one.by_post, added_at=one.added_at,
        recorded_by=one.recorded_by, recorded_at=one.recorded_at, undone_by=one.undone_by, undone_at=one.undone_at,
        job=work,
    )  # fmt: skip
