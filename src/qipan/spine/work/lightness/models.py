"""What is kept of lightness: each override of a guard rail."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County


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
