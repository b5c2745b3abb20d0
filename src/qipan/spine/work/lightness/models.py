"""What is kept of lightness: each override of a guard rail, each request to a unit, and what is re-checked by photo."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County, Unit


class Override(models.Model):
    """A guard rail that somebody went over, with the reason. The rule and the sentence are kept as they were quoted."""

    county = models.ForeignKey(County, models.CASCADE, related_name="guard_overrides")
    rule = models.CharField(max_length=20)
    rule_zh = models.CharField(max_length=300)
    rule_en = models.CharField(max_length=300, blank=True)
    sentence = models.TextField(help_text="what breaks the rule, as written")
    reason = models.TextField()
    thing_kind = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80, blank=True)
    thing_label = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rule} {self.at}"

    @property
    def words(self) -> Text:
        """The rule as it was quoted."""
        return Text(self.rule_zh, self.rule_en)


class Demand(models.Model):
    """One request to a unit: something it has to write, collect or answer. An order from an observed fault is none.

    Those over the limit of the month carry why, and which leader answers for it.
    """

    class Kind(models.TextChoices):
        """What asks the unit."""

        TASK = "task"
        SUPPORT = "support"
        DOCUMENT = "document"
        INSTRUCTION = "instruction"
        PAPERS = "papers"

    county = models.ForeignKey(County, models.CASCADE, related_name="demands")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="demands")
    work_item = models.ForeignKey("work.WorkItem", models.CASCADE, related_name="demands")
    kind = models.CharField(max_length=12, choices=Kind)
    month = models.CharField(max_length=7, help_text="2026-11")
    at = models.DateTimeField()
    reason = models.TextField(blank=True, help_text="why it goes over the limit of the month")
    leader = models.CharField(max_length=160, blank=True, help_text="who answers for going over it")
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("county", "month", "unit"), name="demand_of_month"),
            models.Index(fields=("work_item",), name="demand_of_item"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.month} {self.unit_id}"


class PhotoRule(models.Model):
    """A class whose reports may be re-checked by photo, but for a share that is drawn for a look on site."""

    work_class = models.OneToOneField("work.WorkClass", models.CASCADE, primary_key=True, related_name="photo_rule")
    share = models.PositiveSmallIntegerField(default=20, help_text="per cent that are drawn for a look on site")

    def __str__(self) -> str:
        return f"{self.work_class_id} {self.share}%"
