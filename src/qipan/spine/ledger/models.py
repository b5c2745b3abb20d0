"""What was seen (append-only), and what it adds up to (kept in the transaction that records it)."""

from __future__ import annotations

from django.db import models

from qipan.ground.units.models import County
from qipan.spine.campaigns.models import CampaignYear


class Selection(models.TextChoices):
    """How a thing came to be looked at. Set by the room that recorded it, never edited."""

    DRAWN = "drawn"
    CENSUS = "census"
    CHOSEN = "chosen"


class Ledger(models.Model):
    """One county's ledger. `version` rises with every record; taking it makes writers of a county wait their turn."""

    county = models.OneToOneField(County, models.PROTECT, primary_key=True, related_name="ledger")
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.county} v{self.version}"


class Round(models.Model):
    """One planned pass of inspection, review or survey, as a census or a recorded draw."""

    county = models.ForeignKey(County, models.PROTECT, related_name="rounds")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    selection = models.CharField(max_length=8, choices=Selection)
    seed = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True, help_text="the day by which it is to be closed")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("opened_at", "id")
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="round_code_in_county"),)

    def __str__(self) -> str:
        return self.name_zh


class Listing(models.Model):
    """A cluster on a round's list: until it is seen, its outcomes are missing."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="listings")
    stratum = models.CharField(max_length=40)
    cluster = models.CharField(max_length=40)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("round", "stratum", "cluster"), name="listed_once"),)

    def __str__(self) -> str:
        return f"{self.round_id}: {self.cluster}"


class Observation(models.Model):
    """A fact about an item at a cluster. Recorded once; a correction supersedes it, nothing edits or deletes it.

    `seq` is the order of recording. `by_…` are values, not keys, so that the record outlives posts and units.
    """

    seq = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True)
    county = models.ForeignKey(County, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=80)
    stratum = models.CharField(max_length=40)
    cluster = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, blank=True)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    selection = models.CharField(max_length=8, choices=Selection)
    outcome = models.CharField(max_length=60)
    weight = models.PositiveIntegerField(default=1)
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)
    own = models.BooleanField(default=False, help_text="a look by the unit that owns the points")
    source = models.CharField(max_length=80, blank=True)
    supersedes = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("seq",)
        indexes = (
            models.Index(fields=("county", "year", "cluster", "item"), name="observation_cell"),
            models.Index(fields=("county", "year", "item"), name="observation_item"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("supersedes",), condition=models.Q(supersedes__isnull=False), name="superseded_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}@{self.cluster}={self.outcome}"


class Reading(models.Model):
    """One check at one cluster, as it was found, as it is now, or as one round left it.

    The integers are those of `qipan.assessment.reading.Reading`.
    """

    class Level(models.IntegerChoices):
        """Which reading it is."""

        NOW = 0
        FOUND = 1

    campaign_year = models.ForeignKey(CampaignYear, models.CASCADE, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(choices=Level)
    check_key = models.CharField(max_length=120)
    stratum = models.CharField(max_length=40)
    cluster = models.CharField(max_length=40)
    enters = models.BooleanField()
    value = models.BigIntegerField()
    weight = models.BigIntegerField()
    num = models.BigIntegerField()
    den = models.BigIntegerField()
    faults = models.BigIntegerField()
    unknown = models.BigIntegerField()
    y = models.IntegerField()
    low = models.IntegerField()
    high = models.IntegerField()
    na = models.IntegerField()
    not_seen = models.IntegerField()
    refused = models.IntegerField()
    lost = models.IntegerField()
    disputed = models.IntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign_year", "level", "check_key", "stratum", "cluster"), name="one_reading"
            ),
        )
        indexes = (models.Index(fields=("campaign_year", "cluster"), name="reading_cluster"),)

    def __str__(self) -> str:
        return f"{self.check_key}@{self.cluster}"


class Tally(models.Model):
    """The sums of the readings of one check and stratum that enter it, for found and now."""

    campaign_year = models.ForeignKey(CampaignYear, models.CASCADE, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(choices=Reading.Level)
    check_key = models.CharField(max_length=120)
    stratum = models.CharField(max_length=40)
    clusters = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    sum_y = models.BigIntegerField(default=0)
    sum_y2 = models.BigIntegerField(default=0)
    sum_low = models.BigIntegerField(default=0)
    sum_high = models.BigIntegerField(default=0)
    num = models.BigIntegerField(default=0)
    den = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    na = models.BigIntegerField(default=0)
    not_seen = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("campaign_year", "level", "check_key", "stratum"), name="one_tally"),
        )

    def __str__(self) -> str:
        return f"{self.check_key} {self.stratum}"


class RoundFigure(models.Model):
    """What a closed round published, check by check; it stays, and a later correction stands beside it."""

    campaign_year = models.ForeignKey(CampaignYear, models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="figures")
    check_key = models.CharField(max_length=120)
    stratum = models.CharField(max_length=40)
    clusters = models.BigIntegerField()
    seen = models.BigIntegerField()
    sum_y = models.BigIntegerField()
    amended_at = models.DateTimeField(null=True, blank=True, help_text="empty for the figure published at closing")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.round_id} {self.check_key}"


# Django looks for the models of a room here.
from qipan.spine.ledger.imports import Import  # noqa: E402, F401
