"""Which units a cell of an office's table means: one or several, groups, other names that the office has explained."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from qipan.assessment.text import Text
from qipan.ground.units.groups import KEY, Group, by_word, spoken, unit_groups
from qipan.ground.units.models import County, Unit
from qipan.ground.units.naming import UnitNames, unit_names
from qipan.ground.units.queries import held
from qipan.ground.units.types import folded, type_by_word, unit_types

_BETWEEN = re.compile(r"[、,，;；/\n]+|(?:\s{2,})")
_LEADS = re.compile(r"[(（\[【]\s*(?:牵头|牵头单位|主办|lead)\s*[)）\]】]|★|\*", re.IGNORECASE)
_PART = re.compile(r"(牵头|主办|主责|责任|配合|协办|支持)(?:单位|部门)?\s*[:：]")
_EACH = re.compile(r"^(?:全县|县内)?(?:各|所有|全部|全体)")
_HELPING = {"配合", "协办", "支持"}


@dataclass(frozen=True, slots=True)
class Meant:
    """The units of a cell: those that lead, those that support, and the words that mean none."""

    leads: tuple[int, ...] = ()
    each: bool = False
    """Whether every unit of `leads` gets an item of its own, since the cell names a group."""
    supports: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class UnitWords:
    """The units of a county by everything that tables call them."""

    names: UnitNames
    by_type: Mapping[str, list[int]]
    types: Mapping[str, str]
    explained: Mapping[str, Sequence[str]]
    """What the office has said that other words mean: word -> codes of units or keys of groups, none to leave it out."""
    groups: Mapping[str, Group] = field(default_factory=dict)
    """The county's groups, by everything that they are called."""
    _bare: dict[str, list[int]] = field(default_factory=dict)
    _known: dict[str, tuple[list[int], bool] | None] = field(default_factory=dict)

    def find(self, word: str) -> tuple[list[int], bool] | None:
        """Return the units that a word means, and whether it names a group; None where it means nothing here."""
        if word not in self._known:
            self._known[word] = self._find(word)
        return self._known[word]

    def _find(self, word: str) -> tuple[list[int], bool] | None:
        if word in self.explained:
            found = list(dict.fromkeys(pk for code in self.explained[word] for pk in self._of_code(code)))
            return found, len(found) > 1
        one = self.names.find(word) or self._bare.get(_bare(word), [])
        if len(one) == 1:
            return one, False
        group = self.groups.get(spoken(word))
        if group is not None and group.units:
            return sorted(group.units), True
        each = _EACH.match(word)
        if each is not None and (of_type := self._of_type(word[each.end() :])):
            return of_type, True
        return None

    def _of_code(self, code: str) -> Sequence[int]:
        """Return the unit of a code, or the units of a group's key."""
        if code.startswith(KEY):
            return next((one.units for one in self.groups.values() if one.key == code), ())
        return (self.names.by_code[code],) if code in self.names.by_code else ()

    def _of_type(self, word: str) -> list[int]:
        kind = self.types.get(folded(re.sub(r"[()（）\[\]【】、/和及与\s]", "", word)), "")
        return sorted(self.by_type.get(kind, ()))

    def near(self, word: str) -> list[tuple[str, Text]]:
        """Return the units that a word may be short for: its characters stand in their names in this order."""
        wanted = _bare(word)
        close = [pk for pk, name in self.names.names.items() if wanted and _in_order(wanted, folded(name.zh))]
        return [(self.names.codes[pk], self.names.names[pk]) for pk in close[:8]]


def unit_words(county: County, on: date, explained: Mapping[str, Sequence[str]]) -> UnitWords:
    """Return the words for a county's units and groups (nine statements)."""
    names = unit_names(county.pk, on)
    by_type: dict[str, list[int]] = {}
    for pk, kind in Unit.objects.filter(held(on), county=county, merged_into=None).values_list("pk", "type"):
        by_type.setdefault(kind, []).append(pk)
    bare: dict[str, list[int]] = {}
    for word, pks in names.by_name.items():
        for plain in {_bare(word), _bare(word.removeprefix(folded(county.name_zh)))} - {word}:
            bare.setdefault(plain, []).extend(pk for pk in pks if pk not in bare.get(plain, ()))
    groups = by_word(unit_groups(county.pk, on))
    return UnitWords(names, by_type, type_by_word(unit_types(county.pk)), explained, groups, bare)


def _bare(word: str) -> str:
    """Return a name without the level before it: 县城管局, 城管局."""
    return re.sub(r"^(?:县直|市直|区直|县|市|区)(?=..)", "", folded(_LEADS.sub("", word)))


def _in_order(wanted: str, name: str) -> bool:
    letters = iter(name)
    return all(sign in letters for sign in wanted)


def cell_units(cell: str, words: UnitWords, *, only_support: bool = False) -> Meant:
    """Return the units of a cell: the marked or first one leads, the rest support; a group leads each for itself."""
    leads: list[int] = []
    supports: list[int] = []
    unknown: list[str] = []
    each = False
    for helping, part in _parts(cell):
        words_here = [word for word in (one.strip() for one in _BETWEEN.split(part)) if word]
        if words.find(part.strip()) is not None:
            words_here = [part.strip()]
        marked = next((word for word in words_here if _LEADS.search(word)), None)
        for word in words_here:
            plain = _LEADS.sub("", word).strip()
            found = words.find(plain)
            if found is None:
                unknown.append(plain)
                continue
            units, group = found
            if only_support or helping or (leads and word != marked):
                supports += units
            else:
                if marked is not None and word != marked:
                    supports += units
                    continue
                leads, each = list(units), group
    leads = list(dict.fromkeys(leads))
    return Meant(
        tuple(leads), each and len(leads) > 1, tuple(pk for pk in dict.fromkeys(supports) if pk not in leads),
        tuple(dict.fromkeys(unknown)),
    )  # fmt: skip


def _parts(cell: str) -> list[tuple[bool, str]]:
    """Return the parts of a cell that says itself who leads and who supports (牵头：…；配合：…); else the whole."""
    marks = list(_PART.finditer(cell))
    if not marks:
        return [(False, cell)]
    out = [(False, cell[: marks[0].start()])] if cell[: marks[0].start()].strip() else []
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        out.append((mark[1] in _HELPING, cell[mark.end() : after.start() if after else None]))
    return out
