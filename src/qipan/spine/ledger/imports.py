"""Files of observations that were handed in: what was found in each, and whether it was recorded."""

from __future__ import annotations

from django.db import models

from qipan.ground.jobs.models import Job
from qipan.ground.units.models import County


class Import(models.Model):
    """One file of observations on its way into the ledger.

    The file itself is kept under its hash. `summary` is what reading and checking it found (see `intake.Summary`);
    nothing is recorded before someone has confirmed that preview. `by_…` are values, as everywhere in the ledger.
    """

    class State(models.TextChoices):
        """Where a file stands."""

        CHECKING = "checking"
        READY = "ready"
        REFUSED = "refused"
        RECORDING = "recording"
        RECORDED = "recorded"
        DISCARDED = "discarded"

    county = models.ForeignKey(County, models.PROTECT, related_name="imports")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, help_text="the file's name as it was handed in")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    kind = models.CharField(max_length=8, help_text="csv, xlsx or parquet")
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    summary = models.JSONField(default=dict, blank=True)
    by_person = models.CharField(max_length=80)
    by_post = models.CharField(max_length=120)
    by_unit = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("county", "year"), name="import_year"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
