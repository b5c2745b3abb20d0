"""Documents that tasks rest on, and where a task cites one."""

from __future__ import annotations

from django.db import models

from qipan.ground.units.models import County


class BasisDocument(models.Model):
    """A document of a superior body or of the county: its title, its number (文号), who issued it and when."""

    county = models.ForeignKey(County, models.CASCADE, related_name="basis_documents")
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80, blank=True, help_text="文号")
    issuer = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"《{self.title}》{self.number}"

    @property
    def cited_as(self) -> str:
        """The document as a paper cites it."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


class Citation(models.Model):
    """A task rests on a document, at a clause."""

    document = models.ForeignKey(BasisDocument, models.PROTECT, related_name="citations")
    work_item = models.ForeignKey("work.WorkItem", models.CASCADE, related_name="citations")
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("work_item", "document", "clause"), name="work_citation_once"),)

    def __str__(self) -> str:
        return f"{self.document} {self.clause}"
