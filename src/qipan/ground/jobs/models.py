"""Work that takes longer than a page may, with its progress, and the workers that do it."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County


class Job(models.Model):
    """One piece of background work.

    `attempts` is also the fence: a worker that was taken for dead and comes back finds another number, and its writes
    match no row. `owner` is a value, so that a job outlives the account.
    """

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    county = models.ForeignKey(County, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.CharField(max_length=150, blank=True, help_text="user name, as a value")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="0 while unknown")
    note_zh = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, blank=True)
    error_zh = models.TextField(blank=True)
    error_en = models.TextField(blank=True)
    trace = models.TextField(blank=True, help_text="for the person who runs the server")
    attempts = models.PositiveSmallIntegerField(default=0)
    task = models.CharField(max_length=40, blank=True, help_text="the queue's entry for the next or current attempt")
    worker = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state",), name="job_state"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def title(self) -> Text:
        """What the job does, in both languages."""
        return Text(self.title_zh, self.title_en)

    @property
    def note(self) -> Text:
        """What it is at, in both languages."""
        return Text(self.note_zh, self.note_en)

    @property
    def error(self) -> Text:
        """Why it failed, in both languages."""
        return Text(self.error_zh, self.error_en)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {self.State.DONE, self.State.FAILED}


class Worker(models.Model):
    """A process that runs jobs. It writes `beat_at` while it lives; its row goes when it leaves in good order."""

    name = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} on {self.host}"


class Schedule(models.Model):
    """When a recurring job is queued next. Rows follow what the rooms declare (`recurring.py`)."""

    name = models.CharField(max_length=60, primary_key=True, help_text="the kind of job")
    cron = models.CharField(max_length=60)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at}"
