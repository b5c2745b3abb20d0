"""What is learnt at a desk."""

from __future__ import annotations

from django.db import models

from qipan.ground.units.models import County
from qipan.spine.ledger.models import Round


class Review(models.Model):
    """A document review, a declared figure, or an authority's opinion, on one check.

    Its outcomes are observations with the source `review/<uid>`. `uid` comes with the form: sent twice is one review.
    """

    class Kind(models.TextChoices):
        """By which way it was learnt."""

        DOCUMENT = "document_review"
        FIGURE = "declared_figure"
        OPINION = "authority_opinion"

    uid = models.UUIDField(unique=True)
    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    check_key = models.CharField(max_length=120)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="+")
    observed_on = models.DateField()
    recorded_at = models.DateTimeField()
    authority = models.CharField(max_length=120, blank=True, help_text="who declared or gave the opinion")
    document = models.CharField(max_length=200, blank=True, help_text="title and number of what was reviewed")
    note = models.TextField(blank=True)
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("-recorded_at", "-id")
        indexes = (models.Index(fields=("county", "year", "check_key"), name="review_of_check"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.check_key}"
