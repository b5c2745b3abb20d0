"""What is kept of special actions beside the work: items that were attached by hand."""

from __future__ import annotations

from django.db import models

from qipan.spine.campaigns.models import SpecialAction


class Attachment(models.Model):
    """An item that was attached to a special action by hand, whether its scope covers it or not."""

    action = models.ForeignKey(SpecialAction, models.CASCADE, related_name="attachments")
    item = models.ForeignKey("WorkItem", models.CASCADE, related_name="attachments")
    at = models.DateTimeField()
    by_post = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("action", "item"), name="attached_once"),)

    def __str__(self) -> str:
        return f"{self.action_id} {self.item_id}"
