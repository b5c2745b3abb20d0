"""Keeping basis documents, and citing them on items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work.acting import item_for, thing
from qipan.spine.work.basis.models import BasisDocument, Citation
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import WorkItem
from qipan.spine.work.permissions import DIRECT, KEEP_BASIS
from qipan.spine.work.writing import moment

CLAUSE_MOST = 80


@dataclass(frozen=True, slots=True)
class Cited:
    """A document as a task is to cite it: its number in the register, and the clause."""

    document: int
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is entered of a document."""

    title: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None


def keep_document(
    given: Paper, *, by: Post, pk: int | None = None, version: int = 0, at: datetime | None = None
) -> BasisDocument:
    """Enter a document, or change one.

    Args:
        given: title, number, issuer and day.
        by: of the office.
        pk: the document to change; a new one when None.
        version: of that document, as it was read.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office keeps the register, or there is no such document.
        WorkError: no title, a number that is entered already, or someone else changed it meanwhile (no field).
    """
    county = by.unit.county
    if not KEEP_BASIS.allows(by, county):
        raise PermissionDenied
    paper = Paper(given.title.strip().strip("《》"), given.number.strip(), given.issuer.strip(), given.issued_on)
    _check(paper)
    with act(actor(by), moment(at)) as noted:
        same = (
            BasisDocument.objects.filter(county=county, title=paper.title, number=paper.number)
            .exclude(pk=pk or 0)
            .first()
        )
        if same is not None:
            raise WorkError(
                Text(f"此文件已登记：{same.cited_as}。", f"This document is entered already: {same.cited_as}."), "title"
            )
        values = {
            "title": paper.title, "number": paper.number, "issuer": paper.issuer, "issued_on": paper.issued_on,
        }  # fmt: skip
        if pk is None:
            document = BasisDocument.objects.create(county=county, **values)
        else:
            held = BasisDocument.objects.select_for_update().filter(pk=pk, county=county).first()
            if held is None:
                raise PermissionDenied
            if held.version != version or not BasisDocument.objects.filter(pk=pk, version=version).update(
                version=version + 1, **values
            ):
                raise WorkError(
                    Text(
                        f"您打开页面后，已有人修改此文件，现为{held.cited_as}。请核对后再保存。",
                        f"Someone changed it after you opened the page; it is {held.cited_as} now. See, then save again.",
                    )
                )
            document = BasisDocument.objects.get(pk=pk)
        noted.note("basis.keep", Thing("basis", str(document.pk), document.title), {"number": document.number})
    return document


def _check(paper: Paper) -> None:
    if not paper.title:
        raise WorkError(Text("请填写文件标题。", "Enter the title of the document."), "title")
    for field, most in (("title", 200), ("number", 80), ("issuer", 120)):
        if len(getattr(paper, field)) > most:
            raise WorkError(Text(f"最多{most}字。", f"At most {most} characters."), field)


def cite(pk: int, cited: Cited, *, by: Post, at: datetime | None = None) -> Citation:
    """Let an item cite a document at a clause; a second time changes nothing.

    Raises:
        PermissionDenied: only the office does.
        WorkError: there is no such document, or the clause is too long.
    """
    item = item_for(pk, DIRECT, by)
    with act(actor(by), moment(at)) as noted:
        return cite_in(noted, item, cited)


def cite_in(noted: Act, item: WorkItem, cited: Cited) -> Citation:
    """Let an item cite a document, within an act."""
    document = BasisDocument.objects.filter(pk=cited.document, county_id=item.county_id).first()
    clause = cited.clause.strip()
    if document is None:
        raise WorkError(Text("没有登记此文件。", "There is no such document."), "document")
    if len(clause) > CLAUSE_MOST:
        raise WorkError(Text(f"最多{CLAUSE_MOST}字。", f"At most {CLAUSE_MOST} characters."), "clause")
    found, made = Citation.objects.get_or_create(document=document, work_item=item, clause=clause)
    if made:
        noted.note("work.cite", thing(item), {"document": document.cited_as, "clause": clause})
    return found


def uncite(pk: int, citation: int, *, by: Post, at: datetime | None = None) -> None:
    """Take a citation from an item.

    Raises:
        PermissionDenied: only the office does, or the item has no such citation.
    """
    item = item_for(pk, DIRECT, by)
    with act(actor(by), moment(at)) as noted:
        found = Citation.objects.filter(pk=citation, work_item=item).select_related("document").first()
        if found is None:
            raise PermissionDenied
        noted.note("work.uncite", thing(item), {"document": found.document.cited_as, "clause": found.clause})
        found.delete()
