"""The calendar that working time is counted by. It is data: seeded from a pack, edited by the office."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from qipan.ground.units.models import County


class Calendar(models.Model):
    """A county's working hours, and the version of its calendar, which rises with every change.

    Hours are minutes after midnight: 480–720 and 840–1080 are 08:00–12:00 and 14:00–18:00.
    """

    county = models.OneToOneField(County, models.CASCADE, primary_key=True, related_name="calendar")
    morning_from = models.PositiveSmallIntegerField(default=480)
    morning_to = models.PositiveSmallIntegerField(default=720)
    afternoon_from = models.PositiveSmallIntegerField(default=840)
    afternoon_to = models.PositiveSmallIntegerField(default=1080)
    version = models.PositiveIntegerField(default=1)
    stamp = models.UUIDField(
        default=uuid4, help_text="new with every change; what is kept in memory is found by it, even after a restore"
    )

    def __str__(self) -> str:
        return f"{self.county} v{self.version}"


class CalendarYear(models.Model):
    """A year whose holidays are on file; a deadline that runs into another one says so."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("year",)
        constraints = (models.UniqueConstraint(fields=("calendar", "year"), name="calendar_year_once"),)

    def __str__(self) -> str:
        return str(self.year)


class SpecialDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a weekend day made a working day."""

    class Kind(models.TextChoices):
        """Which of the two."""

        HOLIDAY = "holiday"
        WORKING = "working"

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("date",)
        constraints = (models.UniqueConstraint(fields=("calendar", "date"), name="special_day_once"),)

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
