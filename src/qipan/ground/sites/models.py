"""The register of sites and the units that answer for them."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County, Post, Unit


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


class Sponsor(models.Model):
    """Who sponsors a place (包联), for a time: the holder of a post (包联领导), or a unit (包联单位).

    The place is a site, or a unit that answers for an area: its sponsor sponsors the sites that lie there and have no
    sponsor of their own. A place has at most one leader and one unit at a time.
    """

    county = models.ForeignKey(County, models.CASCADE, related_name="sponsors")
    site = models.ForeignKey(Site, models.CASCADE, null=True, blank=True, related_name="sponsors")
    area = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="area_sponsors")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="sponsored")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="sponsored")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(site=None, area__isnull=False) | models.Q(site__isnull=False, area=None),
                name="sponsor_of_one_place",
            ),
            models.CheckConstraint(
                condition=models.Q(post=None, unit__isnull=False) | models.Q(post__isnull=False, unit=None),
                name="sponsor_is_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.post or self.unit} → {self.site or self.area}"
