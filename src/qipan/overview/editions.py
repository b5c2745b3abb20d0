"""Editions of packs: which are stored, which years use them, and how two of them differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.core.exceptions import PermissionDenied

from qipan.assessment.standard import Completeness
from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import STORE_STANDARDS
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.standards import queries
from qipan.spine.standards.actions import store_packs
from qipan.spine.standards.diff import Difference, compare
from qipan.spine.standards.formats import Pack, load
from qipan.spine.standards.formats.canonical import spoken
from qipan.spine.standards.models import Edition


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """A stored edition; `years` are those of the county that are judged by it."""

    hash: str
    kind: str
    name: str
    title: Text
    edition: Text
    nodes: int
    checks: int
    stored_at: datetime
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EditionPage:
    """One stored edition, with what it says of its source and its completeness."""

    row: StoredEdition
    source: Text
    completeness: Completeness | None
    others: tuple[StoredEdition, ...]
    """Other editions of the same name, the newest first."""


def editions(county_id: int) -> list[StoredEdition]:
    """Return the stored editions without their contents, by kind, those that judge a year first (three statements)."""
    years: dict[str, set[int]] = {}
    pinned = CampaignYear.objects.filter(campaign__county_id=county_id)
    for pairs in (pinned.values_list("standard_id", "year"), pinned.values_list("companions__hash", "year")):
        for digest, year in pairs:
            if digest:
                years.setdefault(digest, set()).add(year)
    order = {kind: n for n, kind in enumerate(Edition.Kind.values)}
    columns = (
        "hash", "kind", "name", "title_zh", "title_en", "edition_zh", "edition_en", "nodes", "checks", "stored_at",
    )  # fmt: skip
    rows = [
        StoredEdition(
            h,
            kind,
            name,
            edition_title(kind, name, Text(t_zh, t_en)),
            Text(e_zh, e_en),
            nodes,
            checks,
            at,
            tuple(sorted(years.get(h, ()))),
        )
        for h, kind, name, t_zh, t_en, e_zh, e_en, nodes, checks, at in Edition.objects.values_list(*columns)
    ]
    return sorted(rows, key=lambda row: (order.get(row.kind, 9), not row.years, row.name, -row.stored_at.timestamp()))


def edition_title(kind: str, name: str, title: Text) -> Text:
    """Return an edition's title; a list of functions that has none is named by what it is."""
    untitled = kind == Edition.Kind.FUNCTIONS and title in {Text(), Text(name, name), Text(name, "")}
    return Text("职能表", "List of functions") if untitled else title


def edition(county_id: int, digest: str) -> EditionPage | None:
    """Return one edition's page, or None if there is none of this hash."""
    rows = editions(county_id)
    found = next((row for row in rows if row.hash == digest), None)
    if found is None:
        return None
    said = told([digest])[digest]
    return EditionPage(
        row=found,
        source=said.source,
        completeness=said.completeness,
        others=tuple(row for row in rows if row.name == found.name and row.kind == found.kind and row.hash != digest),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a pack says of itself: its source, and how much of the published text it holds."""

    source: Text
    completeness: Completeness | None


_told: dict[str, Told] = {}
"""What packs say of themselves, by hash; kept, since a content never changes."""


def told(digests: Iterable[str]) -> dict[str, Told]:
    """Return what stored packs say of themselves (one statement for those that were not asked for before)."""
    wanted = list(digests)
    fresh = [digest for digest in wanted if digest not in _told]
    if fresh:
        for digest, content in Edition.objects.filter(hash__in=fresh).values_list("hash", "content"):
            data = json.loads(content)
            _told[digest] = Told(Text(*spoken(data.get("source"))), _completeness(data))
    return {digest: _told[digest] for digest in wanted}


def _completeness(data: Mapping[str, Any]) -> Completeness | None:
    said = data.get("completeness")
    if not isinstance(said, Mapping):
        return None
    status: Literal["complete", "partial"] = "complete" if said.get("status") == "complete" else "partial"
    return Completeness(status, Text(*spoken(said.get("note"))), tuple(str(code) for code in said.get("missing", ())))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a standard differs from another edition."""

    old: StoredEdition
    new: StoredEdition
    differences: tuple[Difference, ...]


def comparison(county_id: int, old: str, new: str) -> Comparison | None:
    """Return how two stored standards differ, or None where one is not there or is no standard."""
    rows = {row.hash: row for row in editions(county_id)}
    one, two = rows.get(old), rows.get(new)
    if one is None or two is None or one.kind != "standard" or two.kind != "standard":
        return None
    return Comparison(one, two, tuple(compare(queries.pack(old).data, queries.pack(new).data)))


@dataclass(frozen=True, slots=True)
class Preview:
    """An uploaded pack that has been read: what it holds, and how it differs from what the county has."""

    pack: Pack
    title: Text
    edition: Text
    nodes: int
    checks: int
    stored: bool
    """The same content is stored already."""
    against: StoredEdition | None
    differences: tuple[Difference, ...]


def preview(county_id: int, path: Path) -> Preview:
    """Read an uploaded file and say what storing it would bring; nothing is stored.

    A standard is compared with the edition of its name that the county's latest year uses, else with the newest.

    Raises:
        FileError: with every problem found, each with its line, or its sheet and cell.
    """
    return preview_of(county_id, load(path))


def preview_of(county_id: int, pack: Pack) -> Preview:
    """Say what storing a pack would bring; nothing is stored."""
    rows = editions(county_id)
    same = [row for row in rows if row.name == pack.name and row.kind == pack.kind]
    against = max(same, key=lambda row: (max(row.years, default=0), row.stored_at), default=None)
    differences: tuple[Difference, ...] = ()
    if against is not None and pack.kind == "standard" and against.hash != pack.hash:
        differences = tuple(compare(queries.pack(against.hash).data, pack.data))
    standard = pack.standard if pack.kind == "standard" else None
    return Preview(
        pack=pack,
        title=Text(*spoken(pack.data.get("title"))),
        edition=Text(*spoken(pack.data.get("edition"))),
        nodes=len(standard.nodes) if standard else 0,
        checks=sum(1 for _ in standard.checks()) if standard else 0,
        stored=any(row.hash == pack.hash for row in rows),
        against=against,
        differences=differences,
    )


def keep(path: Path, *, by: Post) -> str:
    """Store an uploaded pack as an edition and return its hash; the same content gives the edition that is there.

    Raises:
        PermissionDenied: the post may not store editions.
        FileError: the file cannot be used; nothing is stored.
    """
    if not STORE_STANDARDS.allows(by):
        raise PermissionDenied
    return store_packs([load(path)], by=by)[0].hash
