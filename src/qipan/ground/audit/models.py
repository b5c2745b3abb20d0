"""The journal of acts. Rows hold values and no foreign keys, so that it outlives what it tells of."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(TypeError):
    """Someone tried to change or delete an entry of the journal."""


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Entries can be read and added; nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("entries of the journal are never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("entries of the journal are never deleted")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("entries of the journal are never changed")


class AuditEntry(models.Model):
    """One act. `hash` covers the row and the hash before it in the same chain (one chain a county, "" for all)."""

    chain = models.CharField(max_length=40, help_text="code of the county, or empty for the installation")
    seq = models.PositiveBigIntegerField(help_text="place in the chain, from 1")
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    person = models.CharField(max_length=150, blank=True, help_text="user name, as a value")
    post = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    thing_kind = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80)
    thing_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    personal = models.JSONField(default=dict, help_text="personal fields as keyed digests, never as they are")
    before = models.CharField(max_length=64, blank=True, help_text="hash of the entry before; empty for the first")
    hash = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=8, default="sha256", help_text="by which it is hashed: sha256 or sm3")

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ("chain", "seq")
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="audit_place_once"),)
        indexes = (models.Index(fields=("thing_kind", "thing_id"), name="audit_thing"),)

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry; an old one stays as it is."""
        if self.pk is not None and not self._state.adding:
            raise AppendOnlyError("an entry of the journal is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an entry of the journal is never deleted")


class AuditHead(models.Model):
    """The end of a chain. Taking it makes writers of a chain wait their turn; a cut-off chain does not reach it."""

    chain = models.CharField(max_length=40, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    algorithm = models.CharField(max_length=8, default="sha256", help_text="of the entry at the end")

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq}"
