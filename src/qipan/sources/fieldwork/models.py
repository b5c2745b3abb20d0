"""Visits to sites."""

from __future__ import annotations

from django.db import models

from qipan.ground.files.models import Photo
from qipan.ground.sites.models import Site
from qipan.ground.units.models import County
from qipan.spine.ledger.models import Round


class Visit(models.Model):
    """One look at a site by its checklist. What was seen are observations with the source `visit/<uid>`.

    `uid` comes with the form, so that a form sent twice is one visit. `by_…` are values.
    """

    uid = models.UUIDField(unique=True)
    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    site = models.ForeignKey(Site, models.PROTECT, related_name="visits")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="visits")
    visited_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)
    items = models.PositiveSmallIntegerField(default=0)
    faults = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-visited_at", "-id")
        indexes = (models.Index(fields=("county", "year", "visited_at"), name="visit_list"),)

    def __str__(self) -> str:
        return f"{self.site} {self.visited_at:%Y-%m-%d}"


class VisitItem(models.Model):
    """What was written and photographed for one item of a visit; its outcome is the observation's."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="written")
    item = models.CharField(max_length=80)
    observation = models.UUIDField()
    text = models.TextField(blank=True)
    photos = models.ManyToManyField(Photo, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("visit", "item"), name="visit_item_once"),)

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.item}"


class Correction(models.Model):
    """Why a recorded item was corrected or withdrawn. The ledger holds both outcomes; this holds the reason.

    `source` is that of the observations: `visit/<uid>` or `review/<uid>`. `by_…` are values.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    source = models.CharField(max_length=80)
    item = models.CharField(max_length=80)
    observation = models.UUIDField(unique=True, help_text="the record that corrects")
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60)
    reason = models.TextField()
    at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("county", "source"), name="correction_of_source"),)

    def __str__(self) -> str:
        return f"{self.source} {self.item}: {self.before} → {self.after}"
