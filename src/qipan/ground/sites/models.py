"""The register of sites and the units that answer for them."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County, Unit


class Site(models.Model):
    """A place that is inspected, or a survey zone; its code is the cluster of the ledger.

    `type` is the stratum: a site type of a checklist pack, or a respondent group. Positions are WGS84.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="sites")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    type = models.CharField(max_length=40, db_index=True)
    address = models.CharField(max_length=160, blank=True)
    territory = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="territory_sites")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="site_code_in_county"),)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class SiteDuty(models.Model):
    """The unit that answers for a site in one function (empty = for everything else there), for a time."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="duties")
    function = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="site_duties")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("site", "function"), name="duty_site_function"),)

    def __str__(self) -> str:
        return f"{self.site} {self.function or '*'} → {self.unit}"


class FormerTerritory(models.Model):
    """The unit in whose territory a site lay up to a day; `Site.territory` says where it lies since.

    A township that was merged, or a border that moved, leaves the past as it was.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="former")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="former_sites")
    until = models.DateField(help_text="its last day there")

    class Meta:
        ordering = ("until", "id")

    def __str__(self) -> str:
        return f"{self.site} ≤ {self.until} {self.unit}"
