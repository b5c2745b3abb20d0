"""How the installation runs, for the person who looks after it: workers, jobs, accounts, backups. Nothing of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q

from qipan.assessment.text import Text
from qipan.ground.jobs.models import Job
from qipan.ground.jobs.queries import live_workers
from qipan.ground.jobs.recurring import overdue
from qipan.ground.units.models import County, Person

SHOWN = 20
LAST_BACKUP = "last-backup"
"""The file that `qipan backup` leaves in the data directory: when, and under which name."""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed, and what it said."""

    title: Text
    at: datetime | None
    error: Text


@dataclass(frozen=True, slots=True)
class Installation:
    """What is at work, what waits, what failed, how accounts stand, and when a backup was last made."""

    workers: tuple[str, ...]
    waiting: int
    running: int
    failed: int
    failures: tuple[FailedJob, ...]
    overdue: tuple[str, ...]
    accounts: int
    closed: int
    without_password: int
    first_sign_in: int
    backup: str
    backup_at: datetime | None


def installation(county: County) -> Installation:
    """Return how the installation runs, and how the accounts of a county stand (a few statements)."""
    states = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state=Job.State.WAITING)), running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        failed=Count("pk", filter=Q(state=Job.State.FAILED)),
    )  # fmt: skip
    failures = Job.objects.filter(state=Job.State.FAILED).order_by("-id")[:SHOWN]
    # A password that cannot be used begins with this sign.
    unusable = {"password__startswith": UNUSABLE_PASSWORD_PREFIX}
    people = Person.objects.filter(posts__unit__county=county).distinct()
    accounts = people.aggregate(
        all=Count("pk", distinct=True), closed=Count("pk", filter=Q(is_active=False), distinct=True),
        without=Count("pk", filter=Q(is_active=True, **unusable), distinct=True),
        first=Count(
            "pk", filter=Q(is_active=True, must_change_password=True) & ~Q(**unusable), distinct=True
        ),
    )  # fmt: skip
    name, at = _last_backup()
    return Installation(
        workers=tuple(live_workers()), waiting=states["waiting"], running=states["running"], failed=states["failed"],
        failures=tuple(FailedJob(job.title, job.ended_at, job.error) for job in failures),
        overdue=tuple(row.name for row in overdue()), accounts=accounts["all"], closed=accounts["closed"],
        without_password=accounts["without"], first_sign_in=accounts["first"],
        backup=name, backup_at=at,
    )  # fmt: skip


def _last_backup() -> tuple[str, datetime | None]:
    try:
        moment, _tab, name = (settings.DATA / LAST_BACKUP).read_text("utf-8").strip().partition("\t")
        return name, datetime.fromisoformat(moment)
    except (OSError, ValueError):
        return "", None
