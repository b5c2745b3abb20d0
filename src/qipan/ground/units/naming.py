"""Which unit a word of a list means: its code, its name in either language, or what it was merged into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from qipan.assessment.text import Text
from qipan.ground.units.models import Unit
from qipan.ground.units.types import folded

_BETWEEN = re.compile(r"[、,，;；/\n]+")
_MARKS = re.compile(r"[(（]\s*(牵头|lead)\s*[)）]|★")


@dataclass(slots=True)
class UnitNames:
    """The units of a county by the words that lists use for them."""

    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    names: dict[int, Text] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    mapped: Mapping[str, str] = field(default_factory=dict)
    """What the office says that other words mean: word -> code of a unit."""

    def find(self, word: str) -> list[int]:
        """Return the units that a word may mean: none, one, or several of one name."""
        code = self.mapped.get(word.strip(), word.strip())
        if code in self.by_code:
            return [self.by_code[code]]
        return self.by_name.get(folded(_MARKS.sub("", code)), [])

    def near(self, word: str) -> Text:
        """Return a remedy that names what was perhaps meant."""
        close = get_close_matches(folded(word), list(self.by_name), n=3, cutoff=0.5)
        names = list(dict.fromkeys(self.names[self.by_name[key][0]].zh for key in close))
        if not names:
            return Text(
                "先建立这个单位，或在预览页指定对应的单位", "add the unit first, or say below which unit is meant"
            )
        return Text(f"可能是：{'、'.join(names)}", f"perhaps {', '.join(names)}")

    def problem(self, word: str, found: list[int]) -> tuple[Text, Text]:
        """Return what is wrong with a word that means none or several, and what would be right."""
        if found:
            codes = "、".join(self.codes[pk] for pk in found[:5])
            return (
                Text(f"有 {len(found)} 个单位叫“{word}”", f"{len(found)} units are called {word}"),
                Text(f"请改填编号：{codes}", f"write a code instead: {codes}"),
            )
        return Text(f"没有名为“{word}”的单位", f"no unit is called {word}"), self.near(word)


def unit_names(county_id: int, on: date, mapped: Mapping[str, str] | None = None) -> UnitNames:
    """Return the words for a county's units (one statement).

    A unit that ended is known by its code only; the name of a merged one means the unit that took its place.
    """
    found = UnitNames(mapped=dict(mapped or {}))
    rows = list(Unit.objects.filter(county_id=county_id).order_by("id"))
    into = {row.pk: row.merged_into_id for row in rows if row.merged_into_id is not None}
    late: list[tuple[str, int]] = []
    for row in rows:
        found.by_code[row.code] = row.pk
        found.names[row.pk] = row.name
        found.codes[row.pk] = row.code
        ended = row.valid_to is not None and row.valid_to < on
        for word in {folded(row.name_zh), folded(row.name_en)} - {""}:
            if not ended:
                found.by_name.setdefault(word, []).append(row.pk)
            elif row.pk in into:
                late.append((word, _last(row.pk, into)))
    for word, pk in late:
        found.by_name.setdefault(word, [pk])
    return found


def _last(pk: int, into: Mapping[int, int]) -> int:
    seen: set[int] = set()
    while pk in into and pk not in seen:
        seen.add(pk)
        pk = into[pk]
    return pk


def split_units(cell: str) -> list[str]:
    """Return the units that a cell names."""
    return [word for word in (_MARKS.sub("", part).strip() for part in _BETWEEN.split(cell)) if word]
