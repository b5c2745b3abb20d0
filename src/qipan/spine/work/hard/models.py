"""What is kept of hard problems: the problem, the steps of its plan, and what was said and decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.models import Campaign

if TYPE_CHECKING:
    from qipan.spine.work.models import WorkItem


class HardProblem(models.Model):
    """A problem that no single order settles.

    While it is unsolved it has a day of review: on that day somebody says where it stands and sets the next one.
    `deferred_why` says that it rests until then with the owner's approval; empty while it is worked on.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="hard_problems")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    text = models.TextField(blank=True, help_text="what it is")
    why = models.TextField(help_text="why it is hard")
    owner = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+", help_text="the leader who owns it")
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="hard_problems")
    supports = models.ManyToManyField(Unit, blank=True, related_name="+")
    sites = models.JSONField(default=list, blank=True, help_text="codes of sites")
    checks = models.JSONField(default=list, blank=True, help_text="keys of checks of the standard")
    items: models.ManyToManyField[WorkItem, Any] = models.ManyToManyField(
        "WorkItem", blank=True, related_name="hard_problems"
    )
    review_on = models.DateField()
    deferred_why = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title_zh

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)


class HardStep(models.Model):
    """A step of the plan. The task that it was given as, if it was, has it as its origin and ends it."""

    problem = models.ForeignKey(HardProblem, models.CASCADE, related_name="steps")
    text = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    due = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=500, blank=True, help_text="what came of it")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("due", "id")

    def __str__(self) -> str:
        return self.text


class HardEntry(models.Model):
    """What was done about a problem as a whole, in the order in which it happened; nothing is taken away."""

    class Kind(models.TextChoices):
        """What was done."""

        BEGUN = "begun"
        REVIEWED = "reviewed"
        DEFERRED = "deferred"
        SOLVED = "solved"
        REOPENED = "reopened"

    problem = models.ForeignKey(HardProblem, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by_post = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    review_on = models.DateField(null=True, blank=True, help_text="the day of review that was set")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.problem_id}: {self.kind}"
