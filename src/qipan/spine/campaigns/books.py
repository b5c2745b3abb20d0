"""The rulebook of a campaign year: its pinned editions, read once and kept by their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from qipan.assessment import Rulebook
from qipan.assessment.catalogue import Function
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.standards import queries as standards
from qipan.spine.standards.models import Edition

Kind = Edition.Kind


@lru_cache(maxsize=16)
def _book(standard: str, pins: tuple[tuple[str, str], ...], equal: bool) -> Rulebook:
    lists = [digest for digest, kind in pins if kind in {Kind.CHECKLISTS, Kind.QUESTIONNAIRES}]
    subs = [standards.standard(digest) for digest, kind in pins if kind == Kind.STANDARD]
    return Rulebook(standards.standard(standard), subs, standards.catalogue(*lists), equal=equal)


def rulebook(year: CampaignYear, *, equal: bool = False) -> Rulebook:
    """Return the book by which a campaign year is scored (one statement; more when it is first read).

    Args:
        year: the campaign year.
        equal: let every check weigh the same: the comparison beside assumed weights.
    """
    return _book(year.standard_id, year.pins, equal)


def book_of(standard: str, pins: tuple[tuple[str, str], ...]) -> Rulebook:
    """Return the book that editions would make, each companion with its kind, in the order of their hashes."""
    return _book(standard, pins, False)


def functions(year: CampaignYear) -> Mapping[str, Function]:
    """Return the functions that the year's packs know, by code (one statement)."""
    return functions_of(year.pins)


def functions_of(pins: tuple[tuple[str, str], ...]) -> Mapping[str, Function]:
    """Return the functions that some packs know, by code."""
    found: dict[str, Function] = {}
    for digest, kind in pins:
        if kind == Kind.FUNCTIONS:
            found |= standards.functions(digest)
    return found
