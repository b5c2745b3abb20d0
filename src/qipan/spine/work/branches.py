"""The tree of a county's units as rights and independence need it: who stands above whom, merged units with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.utils.functional import SimpleLazyObject

from qipan.ground.units.models import Unit


@dataclass(frozen=True, slots=True)
class Branches:
    """The units that stand directly above each unit: its parent, and the unit that it was merged into."""

    over: dict[int, tuple[int, ...]]
    successor: dict[int, int]
    codes: dict[str, int]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Branches:
        """Return the tree of a county's units, which are at hand in the order of their ids."""
        return _tree((unit.pk, unit.code, unit.parent_id, unit.merged_into_id) for unit in units)

    def above(self, unit: int) -> set[int]:
        """Return a unit and all that stand above it."""
        found: set[int] = set()
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.over.get(one, ())
        return found

    def all_above(self, units: Iterable[int]) -> set[int]:
        """Return some units and all that stand above any of them."""
        return set().union(*(self.above(unit) for unit in units))

    def below(self, unit: int) -> set[int]:
        """Return a unit and all that stand below it, units merged into one of these with them."""
        return {one for one in {*self.over, unit} if unit in self.above(one)}

    def now(self, unit: int) -> int:
        """Return the unit that has taken a merged unit's place; a unit that stands is its own."""
        seen: set[int] = set()
        while unit in self.successor and unit not in seen:
            seen.add(unit)
            unit = self.successor[unit]
        return unit

    def same(self, unit: int) -> set[int]:
        """Return a unit and those that were merged into it."""
        return {unit} | {one for one in self.successor if self.now(one) == unit}


def branches(county_id: int) -> Branches:
    """Return the tree of a county's units (one statement)."""
    rows = Unit.objects.filter(county_id=county_id).order_by("id")
    return _tree(rows.values_list("id", "code", "parent_id", "merged_into_id"))


def branches_if_asked(county_id: int) -> Branches:
    """Return the tree of a county's units, which is asked for when it is first used: many questions never use it."""
    return cast("Branches", SimpleLazyObject(partial(branches, county_id)))


def _tree(rows: Iterable[tuple[int, str, int | None, int | None]]) -> Branches:
    over: dict[int, tuple[int, ...]] = {}
    successor: dict[int, int] = {}
    codes: dict[str, int] = {}
    for unit, code, parent, merged in rows:
        over[unit] = tuple(one for one in (parent, merged) if one is not None)
        codes[code] = unit
        if merged is not None:
            successor[unit] = merged
    return Branches(over, successor, codes)
