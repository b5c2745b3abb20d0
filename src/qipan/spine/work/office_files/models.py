"""What is kept of an office's file on its way into the work: the file, what its words mean, what became of its rows."""

from __future__ import annotations

from django.db import models

from qipan.ground.jobs.models import Job
from qipan.ground.units.models import County


class OfficeFile(models.Model):
    """A task table or fault register that was handed in. The file itself is kept under its hash.

    `choices` is what the office has settled for this file; `summary` what reading it found, as plain data. `by_…` are
    values, as in the log.
    """

    class State(models.TextChoices):
        """Where a file stands."""

        READING = "reading"
        READY = "ready"
        UNREADABLE = "unreadable"
        RECORDING = "recording"
        RECORDED = "recorded"
        DISCARDED = "discarded"
        UNDONE = "undone"

    county = models.ForeignKey(County, models.PROTECT, related_name="office_files")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, help_text="the file's name as it was handed in")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    kind = models.CharField(max_length=8, help_text="xlsx, xls, docx or csv")
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    choices = models.JSONField(default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    by_person = models.CharField(max_length=80)
    by_post = models.CharField(max_length=120)
    by_unit = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=160, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("county", "year"), name="office_file_year"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class ImportedRow(models.Model):
    """A row that opened an item or joined one. By its identity the same row is known again in any file.

    `said` is what the row said of unit and deadline then; `version` that of the item after the import, by which it is
    seen whether anybody has acted on it since.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    file = models.ForeignKey(OfficeFile, models.CASCADE, related_name="rows")
    identity = models.CharField(max_length=64)
    place = models.CharField(max_length=120, blank=True)
    work_item = models.ForeignKey("work.WorkItem", models.CASCADE, related_name="+")
    sighting = models.ForeignKey("work.Sighting", models.SET_NULL, null=True, blank=True, related_name="+")
    joined = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    said = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("county", "identity"), name="imported_row_once"),)

    def __str__(self) -> str:
        return f"{self.file_id} {self.place}"


class OfficeWord(models.Model):
    """What the office has said that a word of its tables means, remembered for the next file."""

    class Kind(models.TextChoices):
        """A heading of a column, or a word for units."""

        HEADING = "heading"
        UNIT = "unit"

    county = models.ForeignKey(County, models.CASCADE, related_name="office_words")
    kind = models.CharField(max_length=8, choices=Kind)
    word = models.CharField(max_length=120)
    means = models.JSONField(default=list, help_text="a field, or codes of units; empty to leave it out")

    class Meta:
        ordering = ("kind", "word")
        constraints = (models.UniqueConstraint(fields=("county", "kind", "word"), name="office_word_once"),)

    def __str__(self) -> str:
        return f"{self.word} → {self.means}"
