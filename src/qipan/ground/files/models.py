"""Files, each kept once under its hash, and the photos made of them."""

from __future__ import annotations

import uuid

from django.db import models

from qipan.ground.units.models import County


class StoredFile(models.Model):
    """A file under the SHA-256 of its content. The content lies in the data directory, written before this row."""

    hash = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.hash[:12]


class Photo(models.Model):
    """A photo. The original stays under restricted access; pages show the copies, which carry no EXIF.

    `taken_at` and the position are what the camera wrote, as a claim; `added_by_…` are values.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    original = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    shown = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    width = models.PositiveIntegerField(help_text="pixels of the shown copy")
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by_person = models.CharField(max_length=150, blank=True, help_text="user name, as a value")
    added_by_unit = models.CharField(max_length=80, blank=True)
    used = models.BooleanField(default=False, help_text="hangs on a record; what nobody used is swept after a day")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("used", "added_at"), name="photo_unused"),)

    def __str__(self) -> str:
        return str(self.uid)
