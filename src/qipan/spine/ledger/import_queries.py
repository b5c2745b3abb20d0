"""What can be asked about files of observations that were handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import IMPORT_OBSERVATIONS
from qipan.spine.ledger.imports import Import


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the work on a file is."""

    id: int
    state: str
    title: Text
    done: int
    total: int
    note: Text
    error: Text

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {"done", "failed"}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A file of observations as lists and pages show it."""

    id: int
    year: int
    name: str
    digest: str
    kind: str
    size: int
    state: str
    rows: int
    new: int
    refused: int
    by_person: str
    by_post: str
    by_unit: str
    added_at: datetime
    recorded_by: str
    recorded_at: datetime | None
    summary: dict[str, Any]
    job: JobState | None

    @property
    def is_busy(self) -> bool:
        """Whether it is being worked on."""
        return self.job is not None and not self.job.has_ended

    @property
    def has_failed(self) -> bool:
        """Whether the work on it broke off, with nothing recorded."""
        return self.state in {"checking", "recording"} and self.job is not None and self.job.state == "failed"


_COLUMNS = (
    "id", "year", "name", "digest", "kind", "size", "state", "by_person", "by_post", "by_unit", "added_at",
    "recorded_by", "recorded_at", "summary", "job__id", "job__state", "job__title_zh", "job__title_en", "job__done",
    "job__total", "job__note_zh", "job__note_en", "job__error_zh", "job__error_en",
)  # fmt: skip


def imports_of(post: Post, year: int, limit: int = 100) -> list[ImportRow]:
    """Return the newest files of a post's county and year (one statement)."""
    found = Import.objects.filter(IMPORT_OBSERVATIONS.visible(post), year=year)[:limit]
    return [_row(row) for row in found.values(*_COLUMNS)]


def import_of(post: Post, pk: int) -> ImportRow | None:
    """Return a file that a post may see: one of its county (one statement)."""
    row = Import.objects.filter(IMPORT_OBSERVATIONS.visible(post), pk=pk).values(*_COLUMNS).first()
    return _row(row) if row else None


def _row(row: dict[str, Any]) -> ImportRow:
    summary = row["summary"] or {}
    job = None
    if row["job__id"] is not None:
        job = JobState(
            row["job__id"], row["job__state"], Text(row["job__title_zh"], row["job__title_en"]), row["job__done"],
            row["job__total"], Text(row["job__note_zh"], row["job__note_en"]),
            Text(row["job__error_zh"], row["job__error_en"]),
        )  # fmt: skip
    return ImportRow(
        id=row["id"], year=row["year"], name=row["name"], digest=row["digest"], kind=row["kind"], size=row["size"],
        state=row["state"], rows=summary.get("rows", 0), new=summary.get("new", 0),
        refused=summary.get("refused", 0) or len(summary.get("unreadable", ())), by_person=row["by_person"],
        by_post=row["by_post"], by_unit=row["by_unit"], added_at=row["added_at"], recorded_by=row["recorded_by"],
        recorded_at=row["recorded_at"], summary=summary, job=job,
    )  # fmt: skip
