"""What can be asked of basis documents: the register, one document with the tasks under it, what an item cites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from qipan.ground.units.models import Post
from qipan.spine.work.basis.models import BasisDocument, Citation
from qipan.spine.work.branches import branches_if_asked
from qipan.spine.work.models import WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.rows import Row, fetched, rows_of

SHOWN = 200
"""So many items stand on the page of a document."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of the register; `tasks` is how many items that the reader sees cite it."""

    pk: int
    title: str
    number: str
    issuer: str
    issued_on: date | None
    version: int
    tasks: int

    @property
    def cited_as(self) -> str:
        """The document as a paper cites it."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


@dataclass(frozen=True, slots=True)
class CitationRow:
    """What an item cites: the citation, the document, the clause."""

    pk: int
    document: int
    cited_as: str
    clause: str


def documents(post: Post, words: str = "", pk: int | None = None) -> list[DocumentRow]:
    """Return the documents of a county, the latest first (two statements).

    Args:
        post: who reads; the tasks that they see are counted.
        words: of the title, the number or the issuer.
        pk: only this one.
    """
    seen = WorkItem.objects.filter(SEE.visible(post, branches_if_asked(post.unit.county_id)))
    found = BasisDocument.objects.filter(county_id=post.unit.county_id, **({"pk": pk} if pk is not None else {}))
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(number__icontains=word) | Q(issuer__icontains=word))
    counts = dict(
        Citation.objects.filter(work_item__in=seen)
        .order_by()
        .values_list("document_id")
        .annotate(n=Count("work_item_id", distinct=True))
    )
    return [
        DocumentRow(
            one.pk, one.title, one.number, one.issuer, one.issued_on, one.version, counts.get(one.pk, 0)
        )
        for one in found
    ]  # fmt: skip


def citations(item: int) -> list[CitationRow]:
    """Return what an item cites (one statement)."""
    found = Citation.objects.filter(work_item_id=item).select_related("document")
    return [CitationRow(one.pk, one.document_id, one.document.cited_as, one.clause) for one in found]


def under(document: int, post: Post, now: datetime) -> list[tuple[str, list[Row]]]:
    """Return the clauses of a document that are cited, each with the items that the reader sees (seven statements).

    Of a document with very many the first `SHOWN` are shown; its list has them all.
    """
    seen = WorkItem.objects.filter(SEE.visible(post, branches_if_asked(post.unit.county_id)))
    pairs = list(
        Citation.objects.filter(document_id=document, work_item__in=seen)
        .order_by("clause", "work_item_id")
        .values_list("clause", "work_item_id")[:SHOWN]
    )
    found = fetched(WorkItem.objects.filter(pk__in=[pk for _clause, pk in pairs]))
    rows = {row.pk: row for row in rows_of(found, now, post.unit.county_id)} if pairs else {}
    out: dict[str, list[Row]] = {}
    for clause, pk in pairs:
        out.setdefault(clause, []).append(rows[pk])
    return list(out.items())
