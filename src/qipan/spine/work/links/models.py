"""A link by which a unit accepts and reports one item without an account."""

from __future__ import annotations

import uuid

from django.db import models

SALT = "qipan.work.links"
"""Of the tokens of these links."""


class HandlingLink(models.Model):
    """A link for one unit, one item, one handling round. The token is not kept: only its digest, to know it again.

    Who issued it is kept as values; `person` answers for what comes in by it and does not re-check the item.
    """

    uid = models.UUIDField(
        unique=True, default=uuid.uuid4, help_text="what the token is made from, with the secret key"
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    work_item = models.ForeignKey("work.WorkItem", models.CASCADE, related_name="links")
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    handling_round = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    until = models.DateTimeField()
    person = models.PositiveBigIntegerField()
    by_person = models.CharField(max_length=80)
    by_post = models.CharField(max_length=120)
    by_unit = models.CharField(max_length=80)
    accepted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)
    window_from = models.DateTimeField(help_text="since when tries are counted")
    tries = models.PositiveSmallIntegerField(default=0, help_text="forms sent since then")

    class Meta:
        app_label = "work"
        ordering = ("-id",)
        indexes = (models.Index(fields=("work_item", "withdrawn_at"), name="link_of_item"),)

    def __str__(self) -> str:
        return f"{self.work_item_id} → {self.unit_id}"
