"""What can be asked of stored editions. A content is read into its value once per process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from qipan.assessment.catalogue import Catalogue, Function, read_functions
from qipan.assessment.standard import Standard, content_hash
from qipan.assessment.text import Text
from qipan.spine.standards.formats import Kind, Pack, accept
from qipan.spine.standards.models import Edition


class UnknownEdition(LookupError):
    """There is no stored edition of this name or hash."""


class ChangedContent(ValueError):
    """A stored content is no longer what its hash names: someone has changed the table by hand."""


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition as lists show it."""

    hash: str
    kind: str
    name: str
    title: Text
    edition: Text
    nodes: int
    checks: int


def editions(kind: Kind | None = None) -> list[EditionRow]:
    """Return the stored editions without their contents, by name, the newest of a name first."""
    rows = Edition.objects.order_by("name", "-stored_at", "hash")
    if kind:
        rows = rows.filter(kind=kind)
    columns = ("hash", "kind", "name", "title_zh", "title_en", "edition_zh", "edition_en", "nodes", "checks")
    return [
        EditionRow(h, k, name, Text(title_zh, title_en), Text(edition_zh, edition_en), nodes, checks)
        for h, k, name, title_zh, title_en, edition_zh, edition_en, nodes, checks in rows.values_list(*columns)
    ]


def edition(hash: str) -> Edition:
    """Return a stored edition.

    Raises:
        UnknownEdition: there is none.
    """
    try:
        return Edition.objects.get(hash=hash)
    except Edition.DoesNotExist:
        raise UnknownEdition(hash) from None


def latest(name: str, kind: Kind | None = None) -> Edition:
    """Return the edition of a name that was stored last.

    Raises:
        UnknownEdition: there is none.
    """
    rows = Edition.objects.filter(name=name)
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.order_by("-stored_at", "-hash").first()
    if found is None:
        raise UnknownEdition(name)
    return found


def find(word: str) -> Edition:
    """Return the edition that a word names: a hash, the beginning of one (8 signs or more), or the id of a pack.

    Raises:
        UnknownEdition: there is none, or the beginning fits several.
    """
    by_name = Edition.objects.filter(name=word).order_by("-stored_at", "-hash").first()
    if by_name is not None:
        return by_name
    if len(word) >= 8:
        fitting = list(Edition.objects.filter(hash__startswith=word.lower())[:2])
        if len(fitting) == 1:
            return fitting[0]
    raise UnknownEdition(word)


@lru_cache(maxsize=64)
def pack(hash: str) -> Pack:
    """Return the content of an edition, read; kept in the process, since a content never changes.

    Raises:
        UnknownEdition: there is none.
        ChangedContent: the stored content does not have this hash.
    """
    found = edition(hash)
    data: Any = json.loads(found.content)
    if content_hash(data) != hash:
        raise ChangedContent(f"the stored content of edition {hash} has been changed")
    return accept(data)


def standard(hash: str) -> Standard:
    """Return the standard of an edition."""
    return pack(hash).standard


@lru_cache(maxsize=64)
def catalogue(*hashes: str) -> Catalogue:
    """Return the checklists and questionnaires of some editions, read together."""
    return Catalogue.from_data(*(pack(hash).data for hash in hashes))


def functions(hash: str) -> dict[str, Function]:
    """Return the functions of an edition by code."""
    found = pack(hash)
    return cast("dict[str, Function]", found.value) if found.kind == "functions" else read_functions(found.data)


def changed_contents() -> list[str]:
    """Return the hashes of the editions whose stored content is no longer what the hash names, read one by one."""
    rows = Edition.objects.values_list("hash", "content").iterator(chunk_size=20)
    return [name for name, content in rows if content_hash(json.loads(content)) != name]
