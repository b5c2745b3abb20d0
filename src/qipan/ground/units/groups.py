"""Groups of units are data: 各乡镇, 各有关部门. A group names a rule; which units are in it is asked for a day.

In a group are the units of its types that carry one of its functions (of what is left empty, any), and the listed ones.
What carries a function is known to a room above, which says so here (`carried_by`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit, UnitGroup
from qipan.ground.units.permissions import MANAGE_UNITS
from qipan.ground.units.queries import held
from qipan.ground.units.types import folded

ANY = "*"
"""Any function at all."""
KEY = "group:"
"""How a form names a group where a unit could stand."""
_DEPARTMENTS = ("department", "government_department", "party_department")
_TOWNS, _VILLAGES = ("town", "township"), ("village", "village_committee")
_COMMUNITIES = ("community", "neighbourhood_committee")
_EACH = re.compile(r"^(?:全县|县内|全市|全区|辖区内?)?(?:各|所有|全部|全体)")


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group as it is entered."""

    name: Text
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A group on a day: `units` are the keys of the units in it, in the order of their codes.

    `version` is 0 for one that every county has and that the county has not kept as its own yet.
    """

    code: str
    entry: GroupEntry
    version: int
    units: tuple[int, ...]

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return self.entry.name

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return KEY + self.code


SHIPPED: Mapping[str, GroupEntry] = {
    "townships": GroupEntry(Text("各乡镇", "Each township"), ("各镇乡",), _TOWNS),
    "towns": GroupEntry(Text("各镇", "Each town"), ("各建制镇",), ("town",)),
    "rural-townships": GroupEntry(Text("各乡", "Each rural township"), (), ("township",)),
    "subdistricts": GroupEntry(Text("各街道", "Each subdistrict"), ("各街道办事处", "各街道办"), ("subdistrict",)),
    "townships-subdistricts": GroupEntry(
        Text("各乡镇（街道）", "Each township and subdistrict"), ("各镇街", "各街镇", "各镇街道"), (*_TOWNS, "subdistrict")
    ),
    "communities": GroupEntry(Text("各社区", "Each community"), ("各居委会", "各党群服务中心", "各社区党群服务中心"), _COMMUNITIES),
    "villages": GroupEntry(Text("各村", "Each village"), ("各行政村", "各村委会"), _VILLAGES),
    "villages-communities": GroupEntry(
        Text("各村（社区）", "Each village and community"), ("各村居", "各村社"), (*_VILLAGES, *_COMMUNITIES)
    ),
    "departments": GroupEntry(
        Text("各部门", "Each department"), ("县直部门", "县直各部门", "各县直部门", "县直各单位"), _DEPARTMENTS
    ),
    "departments-concerned": GroupEntry(
        Text("各有关部门", "Departments concerned"), ("各相关部门", "各责任部门"), _DEPARTMENTS, (ANY,)
    ),
    "member-units": GroupEntry(
        Text("各成员单位", "Each member unit"), ("各责任单位", "各有关单位", "各相关单位"), (), (ANY,)
    ),
}  # fmt: skip
"""The groups that every county begins with."""

Carriers = Callable[[int, date], Mapping[str, Iterable[int]]]
_carriers: list[Carriers] = []


def carried_by(carriers: Carriers) -> None:
    """Say who knows which units carry a function: (county, day) -> function -> units. Asked once for all groups."""
    if carriers not in _carriers:
        _carriers.append(carriers)


def unit_groups(county_id: int, on: date) -> list[Group]:
    """Return a county's groups with the units in each on a day (three statements, four where functions are named)."""
    rows = list(UnitGroup.objects.filter(county_id=county_id))
    kept = [(row.code, _entry(row), row.version) for row in rows] or [(code, one, 0) for code, one in SHIPPED.items()]
    return _with_units(county_id, on, kept)


def units_of(group: UnitGroup, on: date) -> list[Unit]:
    """Return the units of a kept group on a day, by code."""
    (found,) = _with_units(group.county_id, on, [(group.code, _entry(group), group.version)])
    return list(Unit.objects.filter(pk__in=found.units).order_by("code"))


def group_of(county_id: int, code: str, on: date) -> Group | None:
    """Return one group of a county, or None."""
    return next((one for one in unit_groups(county_id, on) if one.code == code), None)


def group_codes(county_id: int, key: str, on: date) -> list[str]:
    """Return the codes of the units that a form's key of a group stands for; empty where it stands for none."""
    found = group_of(county_id, key.removeprefix(KEY), on) if key.startswith(KEY) else None
    if found is None:
        return []
    return list(Unit.objects.filter(pk__in=found.units).order_by("code").values_list("code", flat=True))


def by_word(groups: Iterable[Group]) -> dict[str, Group]:
    """Return groups by everything that they are called; the first of two that share a word."""
    found: dict[str, Group] = {}
    for group in groups:
        for word in (group.name.zh, group.name.en, *group.entry.aliases):
            if word:
                found.setdefault(spoken(word), group)
    return found


def spoken(word: str) -> str:
    """Return how a word is compared: without brackets and marks, 所有 and 全县各 as 各."""
    said = folded(re.sub(r"[()（）\[\]【】、/和及与\s]", "", word))
    return _EACH.sub("各", said)


def named_in(text: str, groups: Iterable[Group]) -> Group | None:
    """Return the group that a text names with 各; of several the longest word, then the first in the text."""
    best: tuple[int, int, Group] | None = None
    for group in groups:
        for word in (group.name.zh, *group.entry.aliases):
            at = text.find(word) if word.startswith("各") else -1
            if at >= 0 and (best is None or (-len(word), at) < best[:2]):
                best = (-len(word), at, group)
    return best[2] if best else None


def keep_group(code: str, entry: GroupEntry, *, version: int, by: Post) -> UnitGroup:
    """Add a group (an empty code), or change one; what every county begins with becomes the county's own by it.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it has no name, no rule, or a word that another group has; `Stale` where somebody was faster.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        _take_over(county)
        kept = UnitGroup.objects.filter(county=county, code=code).first() if code else None
        if code and kept is None:
            raise PermissionDenied
        checked = _checked(county, entry, kept)
        values = {
            "name_zh": checked.name.zh, "name_en": checked.name.en, "aliases": list(checked.aliases), "types": list(checked.types),
            "functions": list(checked.functions), "listed": list(checked.listed),
        }  # fmt: skip
        if kept is None:
            last = UnitGroup.objects.filter(county=county).aggregate(last=Max("position"))["last"] or 0
            made = UnitGroup.objects.create(county=county, code=_free_code(county), position=last + 10, **values)
            details = {"version": 1, "changes": differences({}, values)}
            done.note("units.add_group", Thing("unit_group", str(made.pk), made.name_zh), details)
            return made
        was = {name: getattr(kept, name) for name in values}
        if kept.version != max(version, 1) or not UnitGroup.objects.filter(pk=kept.pk, version=kept.version).update(
            **values, version=kept.version + 1
        ):
            raise stale(county.code, "unit_group", kept.pk, version, kept.version)
        kept.refresh_from_db()
        details = {"version": kept.version, "changes": differences(was, values)}
        done.note("units.edit_group", Thing("unit_group", str(kept.pk), kept.name_zh), details)
    return kept


def drop_group(code: str, *, version: int, by: Post) -> None:
    """Remove a group; what was given to its units stays theirs.

    Raises:
        PermissionDenied: the post may not, or there is none.
        RegisterError: `Stale` where somebody was faster.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        _take_over(county)
        kept = UnitGroup.objects.filter(county=county, code=code).first()
        if kept is None:
            raise PermissionDenied
        if kept.version != max(version, 1):
            raise stale(county.code, "unit_group", kept.pk, version, kept.version)
        done.note("units.drop_group", Thing("unit_group", str(kept.pk), kept.name_zh), {"code": kept.code})
        kept.delete()


def _entry(row: UnitGroup) -> GroupEntry:
    return GroupEntry(row.name, tuple(row.aliases), tuple(row.types), tuple(row.functions), tuple(row.listed))


def _with_units(county_id: int, on: date, kept: Sequence[tuple[str, GroupEntry, int]]) -> list[Group]:
    standing = {
        unit.pk: unit for unit in Unit.objects.filter(held(on), county_id=county_id, merged_into=None).order_by("code")
    }
    carried: dict[str, set[int]] = {}
    if any(entry.functions for _, entry, _ in kept):
        for ask in _carriers:
            for function, units in ask(county_id, on).items():
                carried.setdefault(function, set()).update(units)
        carried[ANY] = set().union(*carried.values()) if carried else set()
    now = _successors(county_id) if any(entry.listed for _, entry, _ in kept) else {}
    found = []
    for code, entry, version in kept:
        named = {now.get(listed, "") for listed in entry.listed}
        members = {pk for pk, unit in standing.items() if unit.code in named}
        if entry.types or entry.functions:
            able = (
                set().union(*(carried.get(one, set()) for one in entry.functions)) if entry.functions else set(standing)
            )
            members |= {
                pk for pk, unit in standing.items() if pk in able and (not entry.types or unit.type in entry.types)
            }
        found.append(Group(code, entry, version, tuple(pk for pk in standing if pk in members)))
    return found


def _successors(county_id: int) -> dict[str, str]:
    """Return each unit's code with that of the unit it now is: its own, or the one that it was merged into at last."""
    rows = list(Unit.objects.filter(county_id=county_id).values_list("pk", "code", "merged_into_id"))
    codes, into = {pk: code for pk, code, _ in rows}, {pk: other for pk, _, other in rows if other is not None}
    found = {}
    for pk, code in codes.items():
        at, seen = pk, {pk}
        while at in into and into[at] not in seen:
            at = into[at]
            seen.add(at)
        found[code] = codes[at]
    return found


def _take_over(county: County) -> None:
    """Keep the groups that every county begins with as the county's own, once."""
    if UnitGroup.objects.filter(county=county).exists():
        return
    UnitGroup.objects.bulk_create(
        UnitGroup(
            county=county, code=code, name_zh=one.name.zh, name_en=one.name.en, aliases=list(one.aliases), types=list(one.types),
            functions=list(one.functions), listed=list(one.listed), position=place * 10,
        )
        for place, (code, one) in enumerate(SHIPPED.items(), 1)
    )  # fmt: skip


def _checked(county: County, entry: GroupEntry, kept: UnitGroup | None) -> GroupEntry:
    zh, en = " ".join(entry.name.zh.split()), " ".join(entry.name.en.split())
    if not zh or len(zh) > 40 or len(en) > 80:
        raise RegisterError(
            Text(
                "请填写名称，最多40字，如“各党群服务中心”",
                "give a name of at most 40 characters, such as 各党群服务中心",
            ),
            "name_zh",
        )
    aliases = tuple(
        dict.fromkeys(word for word in (" ".join(one.split())[:40] for one in entry.aliases) if word and word != zh)
    )
    if not (entry.types or entry.functions or entry.listed):
        raise RegisterError(
            Text("请选择单位类型、职能或逐个列出单位，否则组内没有单位", "choose types, functions or single units; without them no unit is in it"),
            "types",
        )  # fmt: skip
    known = set(Unit.objects.filter(county=county).values_list("code", flat=True))
    if set(entry.listed) - known:
        raise RegisterError(Text("列出的单位中有本县没有的", "a listed unit is not one of the county"), "listed")
    for other in UnitGroup.objects.filter(county=county).exclude(pk=kept.pk if kept else 0):
        theirs = {spoken(word) for word in (other.name_zh, *other.aliases)}
        shared = next((word for word in (zh, *aliases) if spoken(word) in theirs), None)
        if shared is not None:
            raise RegisterError(
                Text(f"“{shared}”已是“{other.name_zh}”的名称", f"{shared} is a name of {other.name_en or other.name_zh} already"),
                "name_zh" if shared == zh else "aliases",
            )  # fmt: skip
    return GroupEntry(Text(zh, en), aliases, entry.types, entry.functions, entry.listed)


def _free_code(county: County) -> str:
    used = set(UnitGroup.objects.filter(county=county).values_list("code", flat=True))
    return next(code for number in range(1, len(used) + 2) if (code := f"group-{number}") not in used)


def _may(by: Post, county: County) -> None:
    if not MANAGE_UNITS.allows(by, county):
        raise PermissionDenied
