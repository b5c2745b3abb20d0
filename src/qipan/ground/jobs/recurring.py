"""Jobs that come round by themselves: declared beside their handlers, queued by the workers' beat.

Whoever finds a time due moves the row on and queues the job in one transaction, and only where the row still says the
time that was found: of several workers one does it. A time that was missed because no worker was at work is made up
for once when one is back, however many times were missed. What runs must be idempotent: a time may be run late, and a
job whose worker died is begun anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError
from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.kinds import Handler, handles, kind
from qipan.ground.jobs.models import Job, Schedule
from qipan.ground.jobs.progress import Progress

logger = logging.getLogger("qipan.jobs")

#: So long after its time a schedule counts as overdue: several beats of every worker have passed it by.
OVERDUE_AFTER = timedelta(minutes=5)
KEEP_DONE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that comes round."""

    kind: str
    cron: str
    title: Text

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time after a moment, by the clocks of the installation's time zone."""
        local = moment.astimezone(timezone.get_default_timezone())
        return next(CronSim(self.cron, local)).astimezone(UTC)


_DECLARED: dict[str, Recurring] = {}


def recurring(name: str, *, cron: str, title: Text | None = None) -> Callable[[Handler], Handler]:
    """Declare that a kind of job comes round; written above or below `@handles(name)`.

    Args:
        name: the kind of job; its payload is empty.
        cron: minute, hour, day of month, month, day of week, in the installation's time zone: "*/10 * * * *".
        title: what it is called in a list of jobs.

    Raises:
        ValueError: the times cannot be read, or the kind was declared with others.
    """
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise ValueError(f"{cron!r} is no cron expression") from None
    declared = Recurring(name, cron, title or Text(f"定时任务：{name}", f"Recurring: {name}"))

    def register(handler: Handler) -> Handler:
        known = _DECLARED.get(name)
        if known is not None and known != declared:
            raise ValueError(f"the job {name!r} comes round by two declarations")
        _DECLARED[name] = declared
        return handler

    return register


def synchronise(now: datetime | None = None) -> None:
    """Make the rows follow the declarations: new ones begin at their next time, changed ones anew, old ones go."""
    moment = now or timezone.now()
    for each in _DECLARED.values():
        if kind(each.kind) is None:
            raise LookupError(f"no function handles the job {each.kind!r}")
        row, made = Schedule.objects.get_or_create(
            name=each.kind, defaults={"cron": each.cron, "next_at": each.next_after(moment)}
        )
        if not made and row.cron != each.cron:
            changed = Schedule.objects.filter(name=each.kind, cron=row.cron)
            changed.update(cron=each.cron, next_at=each.next_after(moment))
    Schedule.objects.exclude(name__in=_DECLARED).delete()


def queue_due(now: datetime | None = None) -> list[str]:
    """Queue what is due, each once even when several workers look at the same moment; returns the kinds queued."""
    moment = now or timezone.now()
    queued = []
    for row in Schedule.objects.filter(next_at__lte=moment, name__in=_DECLARED):
        each = _DECLARED[row.name]
        with transaction.atomic():
            ours = Schedule.objects.filter(name=row.name, next_at=row.next_at)
            if not ours.update(next_at=each.next_after(moment), last_at=moment):
                continue
            if Job.objects.filter(kind=row.name, state=Job.State.WAITING, county=None).exists():
                # One that still waits does the work of this time too.
                continue
            enqueue(row.name, {}, title=each.title, by=None)
        queued.append(row.name)
    return queued


def overdue(now: datetime | None = None) -> list[Schedule]:
    """Return the schedules whose time has passed without being queued."""
    moment = now or timezone.now()
    return list(Schedule.objects.filter(next_at__lt=moment - OVERDUE_AFTER))


@recurring("jobs.tidy", cron="40 3 * * *", title=Text("清理已完成的定时任务记录", "Tidy the records of recurring jobs"))
@handles("jobs.tidy")
def tidy(progress: Progress, payload: object) -> None:
    """Delete the records of recurring jobs that were done long ago; failures stay."""
    old = Job.objects.filter(
        kind__in=_DECLARED, county=None, owner="", state=Job.State.DONE, ended_at__lt=timezone.now() - KEEP_DONE
    )
    with transaction.atomic():
        old.exclude(pk=progress.job.pk).delete()
        progress.finish()
