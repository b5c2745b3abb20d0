"""What a county knows by name, for what is recognised in pasted text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q

from qipan.ground.sites.models import Site
from qipan.ground.units.models import Unit
from qipan.ground.units.queries import held
from qipan.ground.worktime.queries import clock
from qipan.ground.worktime.words import Meaning, meant
from qipan.spine.work.limits import settings_of


def sites_by_name(county_id: int, on: date) -> dict[str, str]:
    """Return the sites of a day by their names and codes; a name that several bear is none (one statement)."""
    found: dict[str, str] = {}
    several: set[str] = set()
    rows = Site.objects.filter(held(on), county_id=county_id).values_list("code", "name_zh", "name_en")
    for code, zh, en in rows:
        for name in {zh, en} - {""}:
            if name in found:
                several.add(name)
            found[name] = code
    return {name: code for name, code in found.items() if name not in several}


def units_by_name(county_id: int, on: date) -> dict[str, tuple[str, ...]]:
    """Return the units of a day with the names that they go by (one statement)."""
    rows = Unit.objects.filter(held(on), Q(merged_into=None), county_id=county_id)
    return {
        code: tuple(name for name in (zh, en, code) if name)
        for code, zh, en in rows.values_list("code", "name_zh", "name_en")
    }


def dates(county_id: int, now: datetime) -> Callable[[str], bool]:
    """Return what says whether some words are a deadline in a county (two statements, whatever is asked)."""
    counted, days = clock(county_id), settings_of(county_id).at_once_days

    def dated(words: str) -> bool:
        return meant(words, now, counted, at_once_days=days).kind != Meaning.UNKNOWN

    return dated
