"""What a year came to when it was closed: a record that never changes."""

from __future__ import annotations

from django.db import models


class YearRecord(models.Model):
    """The record of a year as it stood at a closing. A year that was reopened gets another at its next closing.

    `content` is the canonical JSON that `digest` is the SHA-256 of; neither is ever written again. `carried` lists what
    went on in the next year: the key of each item, and the version that it had after that.
    """

    campaign_year = models.ForeignKey("campaigns.CampaignYear", models.PROTECT, related_name="records")
    serial = models.PositiveSmallIntegerField(help_text="1 for the first closing")
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=160, help_text="person, post and unit, as values")
    note = models.TextField(blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    carried = models.JSONField(default=list, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=160, blank=True)
    reason = models.TextField(blank=True, help_text="why the year was reopened")

    class Meta:
        ordering = ("campaign_year", "serial")
        constraints = (models.UniqueConstraint(fields=("campaign_year", "serial"), name="year_record_once"),)

    def __str__(self) -> str:
        return f"{self.campaign_year_id} #{self.serial}"
