"""How a running job says how far it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.models import Job

#: Not more than two writes a second, however often a job reports.
INTERVAL = 0.5


class LostJob(RuntimeError):
    """The job was given to another worker meanwhile; what this one did must not be kept."""


class Progress:
    """One attempt at a job, as seen by the function that does it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.total = 0
        self.note = Text()
        self.finished = False
        self._written = 0.0

    def _update(self, **fields: Any) -> None:
        """Write to the job's row while the attempt is still ours."""
        mine = Job.objects.filter(pk=self.job.pk, attempts=self.job.attempts, state=Job.State.RUNNING)
        if not mine.update(**fields):
            raise LostJob(f"job {self.job.pk} was given to another worker")

    def __call__(self, done: int, total: int | None = None, note: Text | None = None) -> None:
        """Report how much is done; a new note or total is written at once, the rest not more often than INTERVAL."""
        changed = (note is not None and note != self.note) or (total is not None and total != self.total)
        self.total = self.total if total is None else total
        self.note = self.note if note is None else note
        now = time.monotonic()
        if not changed and now - self._written < INTERVAL:
            return
        self._written = now
        self._update(done=done, total=self.total, note_zh=self.note.zh[:300], note_en=self.note.en[:300])

    def finish(self, result: Mapping[str, Any] | None = None) -> None:
        """Mark the job done; called as the last thing in the transaction of its writes, both are kept or neither."""
        fields: dict[str, Any] = {"done": self.total} if self.total else {}
        self._update(state=Job.State.DONE, ended_at=timezone.now(), result=dict(result) if result else None, **fields)
        self.finished = True
