"""What is kept of a highlight: what was done, how it is shown, who wrote it and how it was decided."""

from __future__ import annotations

from typing import Any

from django.db import models

from qipan.ground.files.models import Photo
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.models import Campaign


class Highlight(models.Model):
    """Something that a unit did well. It is listed for all only once the office has approved it."""

    class Kind(models.TextChoices):
        """What it is."""

        HIGHLIGHT = "highlight"
        INNOVATION = "innovation"

    class State(models.TextChoices):
        """Where it stands."""

        WRITTEN = "written"
        CONSENTED = "consented"
        APPROVED = "approved"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="highlights")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="highlights")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.HIGHLIGHT)
    title_zh = models.CharField(max_length=120)
    text = models.TextField(help_text="what was done")
    measured = models.CharField(max_length=500, blank=True, help_text="what was measured, and how")
    check_key = models.CharField(max_length=80, blank=True, help_text="key of a check of the standard")
    site = models.CharField(max_length=80, blank=True, help_text="code of a site")
    first = models.DateField()
    last = models.DateField()
    photos: models.ManyToManyField[Photo, Any] = models.ManyToManyField(Photo, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State)
    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    consented_by = models.CharField(max_length=120, blank=True, help_text="the head who consented to a liaison's words")
    decided_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="why it was returned or withdrawn")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title_zh
