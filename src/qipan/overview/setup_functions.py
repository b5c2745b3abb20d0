"""Which unit probably carries which function: from the unit lists on file, from names, and from what a type of unit is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from qipan.assessment.catalogue import Function
from qipan.assessment.text import Text
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.units.models import Unit, UnitType
from qipan.ground.units.queries import held
from qipan.overview.setup import OwedFunction
from qipan.spine.standards.shipped import PACKS

Why = Literal["list", "name", "type"]
#: Words before a name that say which place it is of; with or without them it is the same unit.
PLACE_WORDS = ("县委", "县政府", "区委", "市委", "县", "区", "市")
SHORTEST = 3
"""Signs of a word that may stand for a function inside a unit's name; shorter ones fit too much."""
BY_TYPE = {
    "townships": frozenset({"town", "township", "subdistrict", "statistical_unit"}),
    "communities": frozenset({"community", "village", "village_committee", "neighbourhood_committee"}),
}
MOST_OF_TYPE = 60
"""More units than these of one type are not proposed one by one: their sites name them as territory anyway."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a unit carries a function, and what speaks for it."""

    function: str
    title: Text
    unit: str
    name: Text
    why: Why


def proposals(county_id: int, owed: Iterable[OwedFunction], known: Mapping[str, Function], on: date) -> list[Proposal]:
    """Return who could carry the functions that nobody carries yet (two statements).

    Args:
        county_id: whose units.
        owed: the functions that the standard names.
        known: functions with the words for them.
        on: the day whose units count.
    """
    units = list(Unit.objects.filter(held(on), county_id=county_id).order_by("code"))
    territorial = set(UnitType.objects.filter(county_id=county_id, is_territorial=True).values_list("code", flat=True))
    found: list[Proposal] = []
    for each in owed:
        code = each.row.code
        if each.row.units:
            continue
        for unit, why in _carriers(code, known.get(code), units, territorial):
            found.append(Proposal(code, each.row.title, unit.code, unit.name, why))
    return found


def _carriers(code: str, function: Function | None, units: list[Unit], territorial: set[str]) -> list[tuple[Unit, Why]]:
    if code in BY_TYPE:
        # A type that the office added and that answers for an area is a kind of township.
        types = BY_TYPE[code] | (
            territorial - BY_TYPE["communities"] - {"county"} if code == "townships" else frozenset()
        )
        of_type = [unit for unit in units if unit.type in types]
        return [(unit, "type") for unit in of_type] if len(of_type) <= MOST_OF_TYPE else []
    listed = _listed()
    by_list = [
        unit for unit in units if code in listed.get(unit.code, ()) or code in listed.get(_bare(unit.name_zh), ())
    ]
    if by_list:
        return [(unit, "list") for unit in by_list]
    words = {_bare(word) for word in (function.title.zh, *function.aliases)} if function else set()
    named = [
        unit
        for unit in units
        if any(len(word) >= SHORTEST and (word in unit.name_zh or _bare(unit.name_zh) == word) for word in words)
    ]
    # A word that fits many units fits none of them in particular.
    return [(unit, "name") for unit in named] if len(named) <= 2 or (function and function.group) else []


def _bare(name: str) -> str:
    """Return a unit's name without the word for its place, and without what stands in brackets."""
    name = name.partition("（")[0].partition("(")[0].strip()
    for word in PLACE_WORDS:
        if name.startswith(word) and len(name) > len(word) + 1:
            return name.removeprefix(word)
    return name


@cache
def _listed() -> dict[str, frozenset[str]]:
    """Return the functions that the unit lists on file give to a unit, by its code and by its bare name."""
    found: dict[str, set[str]] = {}
    for path in sorted([*PACKS.glob("*-departments.yaml"), *PACKS.glob("*-units.yaml")]):
        data: Any = read_yaml(path).data
        for unit in data["units"]:
            for key in (str(unit["code"]), _bare(unit["name"]["zh"])):
                found.setdefault(key, set()).update(unit.get("functions", ()))
    return {key: frozenset(functions) for key, functions in found.items() if functions}
