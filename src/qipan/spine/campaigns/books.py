"""The rulebook of a campaign year: its pinned editions, read once and kept by their hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from qipan.assessment import Catalogue, Rulebook, Standard
from qipan.assessment.catalogue import Function, read_functions
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.standards.models import Edition

Kind = Edition.Kind


@lru_cache(maxsize=32)
def _content(digest: str) -> object:
    # Editions never change, so what a hash stands for can be kept for as long as the process lives.
    return json.loads(Edition.objects.values_list("content", flat=True).get(hash=digest))


@lru_cache(maxsize=16)
def _book(standard: str, pins: tuple[tuple[str, str], ...], equal: bool) -> Rulebook:
    catalogue = Catalogue.from_data(
        *(_content(digest) for digest, kind in pins if kind in {Kind.CHECKLISTS, Kind.QUESTIONNAIRES})
    )
    subs = [Standard.from_data(_content(digest)) for digest, kind in pins if kind == Kind.STANDARD]
    return Rulebook(Standard.from_data(_content(standard)), subs, catalogue, equal=equal)


def _pins(year: CampaignYear) -> tuple[tuple[str, str], ...]:
    return tuple(year.companions.order_by("hash").values_list("hash", "kind"))


def rulebook(year: CampaignYear, *, equal: bool = False) -> Rulebook:
    """Return the book by which a campaign year is scored (one statement; more when it is first read).

    Args:
        year: the campaign year.
        equal: let every check weigh the same: the comparison beside assumed weights.
    """
    return _book(year.standard_id, _pins(year), equal)


@lru_cache(maxsize=16)
def _functions(pins: tuple[tuple[str, str], ...]) -> Mapping[str, Function]:
    found: dict[str, Function] = {}
    for digest, kind in pins:
        if kind == Kind.FUNCTIONS:
            found |= read_functions(_content(digest))
    return found


def functions(year: CampaignYear) -> Mapping[str, Function]:
    """Return the functions that the year's packs know, by code (one statement)."""
    return _functions(_pins(year))
