"""Editions: a standard, checklists, questionnaires or a list of functions, as they were published."""

from __future__ import annotations

from typing import Any

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import County


class Edition(models.Model):
    """One immutable content. It is named by its hash; a change is another edition.

    The content is kept whole, in canonical JSON, and read into a value that is cached by the hash (see
    `docs/decisions`): nothing about a standard is stored twice.
    """

    class Kind(models.TextChoices):
        """Which format the content has."""

        STANDARD = "standard"
        CHECKLISTS = "checklists"
        QUESTIONNAIRES = "questionnaires"
        FUNCTIONS = "functions"

    hash = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=80, db_index=True, help_text="the id that the pack gives itself")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    edition_zh = models.CharField(max_length=120, blank=True)
    edition_en = models.CharField(max_length=120, blank=True)
    nodes = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)
    content = models.TextField(help_text="canonical JSON")
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "stored_at", "hash")

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new edition.

        Raises:
            TypeError: it is stored already; an edition never changes.
        """
        if not self._state.adding:
            raise TypeError(f"edition {self.hash} is stored and cannot be changed; another wording is another edition")
        super().save(*args, **kwargs)

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)


class OfficeBook(models.Model):
    """A standard in an office's seven columns, on its way to an edition: what was read, and what the office has answered.

    `content` is what the columns say, `answers` what else was asked, as `office_book.asking` reads it; `by` are values.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="office_books")
    name = models.CharField(max_length=200, help_text="the file's name as it was handed in")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    content = models.JSONField()
    answers = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=160)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=160)
    edition = models.CharField(max_length=64, blank=True, help_text="hash of the edition that was made of it")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
