"""What can be asked of the workbooks on their way to an edition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from qipan.assessment.catalogue import Catalogue
from qipan.assessment.text import Text
from qipan.spine.standards.formats import Pack
from qipan.spine.standards.models import OfficeBook
from qipan.spine.standards.office_book.asking import About, about
from qipan.spine.standards.office_book.making import pack_of
from qipan.spine.standards.office_book.reading import Book, book_of
from qipan.spine.standards.shipped import shipped


@dataclass(frozen=True, slots=True)
class BookLine:
    """A workbook in the list."""

    pk: int
    name: str
    begun_at: datetime
    begun_by: str
    saved_at: datetime
    edition: str
    contents: int
    missing: int
    assumed: int


@dataclass(frozen=True, slots=True)
class BookPage:
    """A workbook with everything that is known of it."""

    pk: int
    name: str
    book: Book
    about: About
    edition: str
    begun_at: datetime
    saved_at: datetime
    saved_by: str
    seen: Mapping[str, str]
    """Of the head and of every section: what its answers were when they were read."""
    answers: Mapping[str, Any]


def site_types() -> dict[str, Text]:
    """Return the kinds of site that the checklists on file know, by code."""
    out: dict[str, Text] = {}
    for pack in shipped():
        if isinstance(pack.value, Catalogue):
            out |= {code: one.title for code, one in pack.value.types.items()}
    return out


def find(county_id: int, pk: int) -> OfficeBook | None:
    """Return a county's workbook."""
    return OfficeBook.objects.filter(county_id=county_id, pk=pk).first()


def books(county_id: int) -> list[BookLine]:
    """Return the workbooks of a county, the newest first."""
    out = []
    for row in OfficeBook.objects.filter(county_id=county_id)[:50]:
        known = _about(row)
        out.append(
            BookLine(
                row.pk, row.name, row.begun_at, row.begun_by, row.saved_at, row.edition, len(known.contents()),
                known.count("missing"), known.count("assumed"),
            )
        )  # fmt: skip
    return out


def book_page(county_id: int, pk: int) -> BookPage | None:
    """Return a workbook with what is known of it; None where the county has none of this number."""
    row = find(county_id, pk)
    if row is None:
        return None
    book = book_of(row.content)
    parts = ["head", *(section.code for section in book.sections)]
    return BookPage(
        row.pk, row.name, book, _about(row, book), row.edition, row.begun_at, row.saved_at, row.saved_by,
        {part: part_seen(row, part) for part in parts}, row.answers,
    )  # fmt: skip


def pack_from(page: BookPage) -> Pack:
    """Return the standard that a workbook and its answers make.

    Raises:
        FileError: something is missing or wrong, each with its cell.
    """
    return pack_of(page.about, site_types(), page.name, page.book.sheet, timezone.localdate(page.begun_at))


def with_answers(page: BookPage, section: str, answers: Mapping[str, Any]) -> BookPage:
    """Return a page as it would be with these answers of a section; nothing is kept."""
    now = merged(page.answers, section, answers)
    title = page.name.rsplit(".", 1)[0]
    return replace(page, about=about(page.book, now, site_types(), title, timezone.localdate(page.begun_at).year))


def merged(answers: Mapping[str, Any], part: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all answers with those of one part put in."""
    if part == "head":
        return {**answers, "head": dict(given)}
    return {
        **answers,
        "sections": {**answers.get("sections", {}), part: dict(given.get("section", {}))},
        "contents": {**answers.get("contents", {}), **given.get("contents", {})},
    }


def _about(row: OfficeBook, book: Book | None = None) -> About:
    title = row.name.rsplit(".", 1)[0]
    return about(book or book_of(row.content), row.answers, site_types(), title, timezone.localdate(row.begun_at).year)


def part_of(answers: Mapping[str, Any], part: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of one part, flat: the head's by name, or a section's by content."""
    if part == "head":
        return dict(answers.get("head", {}))
    section = next((one for one in book_of(content).sections if one.code == part), None)
    codes = [one.code for one in section.all_contents()] if section else []
    given = answers.get("contents", {})
    return {"": answers.get("sections", {}).get(part, {}), **{code: given.get(code, {}) for code in codes}}


def part_seen(row: OfficeBook, part: str) -> str:
    """Return a word for what a part's answers are, by which it is seen later whether they have changed."""
    said = json.dumps(part_of(row.answers, part, row.content), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
