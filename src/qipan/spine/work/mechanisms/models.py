"""What is kept of recurring mechanisms: the mechanism, its runs, the points of an agenda, and what was decided."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.models import Campaign


class Mechanism(models.Model):
    """Something that comes round: its name, its rhythm, who chairs it, whom it concerns, what it looks at.

    `day` is 1 (Monday) to 7 in a week, 1 to 31 in a month, or in the last month of a quarter; in a shorter month its
    last day.
    """

    class Rhythm(models.TextChoices):
        """How often it comes round."""

        WEEKLY = "weekly"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mechanisms")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    day = models.PositiveSmallIntegerField()
    chair = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    units = models.ManyToManyField(Unit, blank=True, related_name="+", help_text="whom it concerns; none: all")
    looks = models.JSONField(default=list, help_text="what it looks at")
    since = models.DateField(help_text="the first day on which it may come round")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class Run(models.Model):
    """One time that a mechanism came round. One without findings has closed itself, and asks nobody for anything."""

    class State(models.TextChoices):
        """What it waits for."""

        PREPARED = "prepared"
        CLOSED = "closed"
        NOTHING = "nothing"

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="runs")
    planned_on = models.DateField(help_text="the day by the rhythm")
    on = models.DateField(help_text="the working day it is held on")
    next_on = models.DateField(help_text="the next run")
    as_of = models.DateTimeField(help_text="the moment of the record that its agenda shows")
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    closed_at = models.DateTimeField(null=True, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-on", "-id")
        constraints = (models.UniqueConstraint(fields=("mechanism", "planned_on"), name="run_once"),)

    def __str__(self) -> str:
        return f"{self.mechanism} {self.on}"


class AgendaPoint(models.Model):
    """A point of an agenda: from the record (`look`), or the office's own. A dropped one says why."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="points")
    place = models.PositiveSmallIntegerField()
    look = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=200, blank=True, help_text="of the office's own points")
    count = models.PositiveIntegerField(default=0)
    lines = models.JSONField(default=list, help_text="[{zh, en, url}], as of the moment of the run")
    dropped_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("place", "id")

    def __str__(self) -> str:
        return self.title or self.look


class RunDecision(models.Model):
    """What was decided, who leads it, until when. It becomes a task when the run is closed; the task has it as its origin."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="decisions")
    text = models.CharField(max_length=200)
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    due = models.DateField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text
