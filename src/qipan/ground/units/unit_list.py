"""Lists of units: pasted, from a spreadsheet, or from a unit pack; first what they would do, then doing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents.lists import Change, Line, ListRead, Plan, Planned, problem, read_day
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.documents.workbook import Column, SheetToWrite
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit
from qipan.ground.units.registry import (
    UnitEntry,
    check_days,
    check_words,
    free_code,
    may_manage,
    write_change,
    write_new,
)
from qipan.ground.units.types import TypeRow, folded, seed_unit_types, type_by_word, unit_types

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("单位名称", "单位", "名称", "单位全称", "部门名称", "机构名称", "Chinese name", "Unit", "Name"),
    "name_en": ("英文名称", "英文名", "English name"),
    "type": ("单位类型", "类型", "类别", "单位类别", "单位性质", "Type"),
    "parent": ("上级单位", "上级", "隶属单位", "主管单位", "所属单位", "所属乡镇", "Under", "Above it", "Parent"),
    "code": ("单位编码", "编码", "代码", "单位代码", "编号", "Code"),
    "parent_code": ("上级编码", "上级代码", "Code of the unit above", "Parent code"),
    "valid_from": ("启用日期", "成立日期", "设立日期", "First day", "Valid from"),
    "valid_to": ("停用日期", "撤销日期", "Last day", "Valid to"),
}
ORDER = ("name", "type", "parent", "code", "name_en")
"""Columns of pasted lines without a heading."""
FIELDS = {
    "code": Text("编号", "code"), "name_zh": Text("中文名称", "Chinese name"), "name_en": Text("英文名称", "English name"),
    "type": Text("类型", "type"), "parent": Text("上级单位", "stands under"), "valid_from": Text("启用日期", "first day"),
    "valid_to": Text("停用日期", "last day"),
}  # fmt: skip
UNIT_PACKS = Path(__file__).parent.parent.parent / "packs"
FORMAT = "qipan-units/1"
TOWNS = frozenset({"town", "township", "subdistrict", "statistical_unit"})
COMMITTEES = frozenset({"village", "village_committee", "community", "neighbourhood_committee"})


@dataclass(slots=True)
class _Known:
    """The register as a list is held against it; new units join while the list is gone through."""

    county: County
    types: Sequence[TypeRow]
    words: dict[str, str]
    units: dict[int, Unit]
    codes: dict[str, int]
    names: dict[str, list[int]]
    fresh: dict[str, str]
    """Folded name of a unit that the list adds -> its code, also one made up here."""

    @classmethod
    def of(cls, county: County) -> _Known:
        types = unit_types(county.pk)
        units = {unit.pk: unit for unit in Unit.objects.filter(county=county).order_by("id")}
        names: dict[str, list[int]] = {}
        for unit in units.values():
            for word in {folded(unit.name_zh), folded(unit.name_en)} - {""}:
                names.setdefault(word, []).append(unit.pk)
        codes = {unit.code: unit.pk for unit in units.values()}
        return cls(county, types, type_by_word(types), units, codes, names, {})

    def type_title(self, code: str) -> str:
        return next((row.name.zh for row in self.types if row.code == code), code)


REFUSED = "\0"
"""In place of the code of a unit above whose line is refused: what stands under it cannot be placed."""


def plan_units(read: ListRead, county: County) -> Plan:
    """Say what each line of a list of units would do (three statements).

    A line is a unit that is there if it has its code, else if it has its name (and, where several have it, its unit
    above). What a list does not say stays as it is.
    """
    known = _Known.of(county)
    lines: list[Planned] = []
    above: list[tuple[int, str]] = []
    taken = set(known.codes) | {line["code"] for line in read.lines if line["code"]}
    seen: dict[str, Place] = {}
    for line in read.lines:
        while above and above[-1][0] >= line.indent:
            above.pop()
        planned = _plan(line, read, known, above[-1][1] if above else "", taken, seen)
        lines.append(planned)
        above.append((line.indent, REFUSED if planned.state == "refused" else str(planned.values["code"])))
    return Plan(tuple(lines), unknown_columns=read.unknown)


def _plan(
    line: Line, read: ListRead, known: _Known, indented_under: str, taken: set[str], seen: dict[str, Place]
) -> Planned:  # fmt: skip
    problems: list[FileProblem] = []

    def refuse(column: str, message: Text, remedy: Text = Text()) -> None:
        problems.append(problem(line, column, message, remedy))

    if indented_under == REFUSED:
        refuse(
            "name",
            Text("上级单位所在的一行未被采用", "the line of the unit above is not taken"),
            Text("先改正上级单位那一行", "mend that line first"),
        )
        indented_under = ""
    parent = _parent(line, known, indented_under, refuse)
    kept = _unit_of(line, known, parent, refuse)
    kind = _type(line, kept, known, refuse)
    days: dict[str, date | None] = {}
    for column in ("valid_from", "valid_to"):
        day = read_day(line[column])
        if day is None:
            refuse(
                column,
                Text(f"“{line[column]}”不是日期", f"{line[column]} is no day"),
                Text("写成 2026-11-30", "write it as 2026-11-30"),
            )
        days[column] = date.fromisoformat(day) if day else None
    name = line["name"] or (kept.name_zh if kept else "")
    code = line["code"] or (kept.code if kept else "")
    try:
        check_words(name, line["name_en"], code)
        check_days(days["valid_from"], days["valid_to"])
    except RegisterError as error:
        refuse({"name_zh": "name"}.get(error.field, error.field), error.words)
    if not code and not problems:
        # Without a code, a new unit is its name and the unit above it: the same line twice is one unit.
        twin = f"{folded(name)}\0{parent or indented_under}"
        if twin in seen:
            code = twin
        else:
            code = free_code(known.county, taken)
            taken.add(code)
            seen[twin] = line.place
    if code in seen:
        first = seen[code].words()
        refuse(
            "code" if line["code"] else "name", Text(f"与{first.zh}是同一个单位", f"the same unit stands in {first.en}")
        )
    elif code:
        seen[code] = line.place
    if problems:
        return Planned(line, "refused", name, problems=tuple(problems))
    known.fresh.setdefault(folded(name), code)
    said: dict[str, Any] = {"code": code, "name_zh": name, "type": kind}
    if line["name_en"]:
        said["name_en"] = line["name_en"]
    if parent is not None:
        said["parent"] = parent
    elif {"parent", "parent_code"} & read.columns and kept is not None and not line["parent"] and not indented_under:
        # The column is there and empty: the unit stands at the top. A list without the column says nothing.
        said["parent"] = "" if "parent_code" in read.columns else _parent_code(kept, known)
    said |= {column: days[column] for column in days if column in read.columns}
    if kept is None:
        return Planned(line, "new", name, values=said)
    was = _said_of(kept, known)
    changes = tuple(
        Change(FIELDS[key], _shown(key, was[key], known), _shown(key, value, known))
        for key, value in said.items()
        if value != was[key]
    )
    return Planned(line, "changed" if changes else "unchanged", name, changes, values=said | {"pk": kept.pk})


def _parent_code(kept: Unit, known: _Known) -> str:
    return known.units[kept.parent_id].code if kept.parent_id else ""


def _said_of(kept: Unit, known: _Known) -> dict[str, Any]:
    return {
        "code": kept.code, "name_zh": kept.name_zh, "name_en": kept.name_en, "type": kept.type,
        "parent": _parent_code(kept, known), "valid_from": kept.valid_from, "valid_to": kept.valid_to,
    }  # fmt: skip


def _shown(key: str, value: Any, known: _Known) -> str:
    if key == "parent" and value in known.codes:
        return known.units[known.codes[value]].name_zh
    return known.type_title(value) if key == "type" else "" if value is None else str(value)


def _parent(line: Line, known: _Known, indented_under: str, refuse: Any) -> str | None:
    """Return the code of the unit above; None where the line says nothing of it."""
    code, word = line["parent_code"], line["parent"]
    if code:
        if code in known.codes or code in known.fresh.values():
            return code
        if code == known.county.code:
            return ""
        refuse(
            "parent_code",
            Text(f"没有编号为“{code}”的上级单位", f"no unit has the code {code}"),
            Text("上级单位写在下级之前", "list a unit before those under it"),
        )
        return None
    if not word:
        return indented_under or None
    if folded(word) in {folded(known.county.name_zh), folded(known.county.name_en)}:
        return ""
    found = [pk for pk in known.names.get(folded(word), ()) if known.units[pk].merged_into_id is None]
    fresh = known.fresh.get(folded(word))
    if word in known.codes:
        return word
    if len(found) == 1:
        return known.units[found[0]].code
    if not found and fresh:
        return fresh
    if found:
        codes = "、".join(known.units[pk].code for pk in found[:5])
        refuse(
            "parent",
            Text(f"有 {len(found)} 个单位叫“{word}”", f"{len(found)} units are called {word}"),
            Text(f"请改填编号：{codes}", f"write a code instead: {codes}"),
        )
    else:
        refuse(
            "parent",
            Text(f"没有名为“{word}”的上级单位", f"no unit is called {word}"),
            Text("上级单位写在下级之前", "list a unit before those under it"),
        )
    return None


def _unit_of(line: Line, known: _Known, parent: str | None, refuse: Any) -> Unit | None:
    """Return the unit that a line means, if it is there already."""
    if line["code"]:
        pk = known.codes.get(line["code"])
        return known.units[pk] if pk else None
    found = [known.units[pk] for pk in known.names.get(folded(line["name"]), ()) if line["name"]]
    current = [unit for unit in found if unit.valid_to is None] or found
    if len(current) > 1 and parent is not None:
        current = [unit for unit in current if _parent_code(unit, known) == parent]
    if len(current) > 1:
        codes = "、".join(unit.code for unit in current[:5])
        refuse(
            "name",
            Text(f"有 {len(current)} 个单位叫“{line['name']}”", f"{len(current)} units are called {line['name']}"),
            Text(f"加上编号或上级单位（{codes}）", f"add a code or the unit above ({codes})"),
        )
        return None
    return current[0] if current else None


def _type(line: Line, kept: Unit | None, known: _Known, refuse: Any) -> str:
    word = line["type"]
    if not word:
        if kept is not None:
            return kept.type
        guessed = _guess(line["name"], known)
        if guessed:
            return guessed
        refuse(
            "type",
            Text("没有写单位类型", "the type is missing"),
            Text(f"如：{_some(known)}", f"such as {_some(known)}"),
        )
        return ""
    found = known.words.get(folded(word))
    if found is None:
        refuse(
            "type",
            Text(f"没有“{word}”这种单位类型", f"there is no type {word}"),
            Text(f"改用：{_some(known)}；或先添加这个类型", f"use {_some(known)}; or add the type first"),
        )
    return found or ""


_ENDS = (
    ("村民委员会", "village_committee"), ("村委会", "village_committee"), ("居民委员会", "neighbourhood_committee"),
    ("居委会", "neighbourhood_committee"), ("社区", "community"), ("街道办事处", "subdistrict"), ("街道", "subdistrict"),
    ("镇", "town"), ("乡", "township"), ("村", "village"), ("指挥部", "headquarters"), ("公司", "enterprise"),
    ("法院", "judicial_body"), ("检察院", "judicial_body"), ("委办公室", "party_department"), ("组织部", "party_department"),
    ("宣传部", "party_department"), ("统战部", "party_department"), ("政法委", "party_department"), ("局", "department"),
)  # fmt: skip


def _guess(name: str, known: _Known) -> str:
    """Return the type that a name's ending tells, where the county has it."""
    codes = {row.code for row in known.types}
    return next((code for end, code in _ENDS if name.endswith(end) and code in codes), "")


def _some(known: _Known) -> str:
    return "、".join(row.name.zh for row in known.types[:6])


def apply_units(read: ListRead, *, by: Post) -> Plan:
    """Do what a list says, in one transaction; refused lines are left out.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the tree would run in a circle.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        seed_unit_types(county)
        plan = plan_units(read, county)
        keys = dict(Unit.objects.filter(county=county).values_list("code", "pk"))
        for one in plan.lines:
            if one.state == "new":
                made = write_new(_entry(one.values, None, keys), county, done)
                keys[made.code] = made.pk
        for one in plan.lines:
            if one.state == "changed":
                kept = Unit.objects.get(county=county, pk=cast("int", one.values["pk"]))
                write_change(kept, _entry(one.values, kept, keys), kept.version, county, done)
        _no_circle(county)
        counts = {state: plan.count(state) for state in ("new", "changed", "unchanged", "refused")}
        if plan.does_something:
            done.note("units.import", Thing("county", str(county.pk), read.name[:200]), counts)
    return plan


def _entry(said: Mapping[str, Any], kept: Unit | None, keys: Mapping[str, int]) -> UnitEntry:
    parent = said.get("parent", None)
    pk = keys.get(parent) if parent else None
    return UnitEntry(
        Text(said["name_zh"], said.get("name_en", kept.name_en if kept else "")), said["type"], said["code"],
        kept.parent_id if parent is None and kept else pk,
        said.get("valid_from", kept.valid_from if kept else None), said.get("valid_to", kept.valid_to if kept else None),
    )  # fmt: skip


def _no_circle(county: County) -> None:
    parents = dict(Unit.objects.filter(county=county).values_list("pk", "parent_id"))
    for start in parents:
        seen: set[int] = set()
        at: int | None = start
        while at is not None:
            if at in seen:
                name = Unit.objects.get(pk=at).name_zh
                raise RegisterError(Text(f"上级关系成了圈：{name}", f"the units above {name} lead back to it"))
            seen.add(at)
            at = parents.get(at)


def unit_sheet(county: County, language: str) -> SheetToWrite:
    """Return the register as a sheet that reads back without a change."""
    zh = language.startswith("zh")
    types = {row.code: row.name.into(language) for row in unit_types(county.pk)}
    columns = [
        Column(next(word for word in HEADINGS[key] if word.isascii() != zh), width)
        for key, width in (
            ("code", 18), ("name", 30), ("name_en", 34), ("type", 16), ("parent", 26), ("parent_code", 18),
            ("valid_from", 12), ("valid_to", 12),
        )
    ]  # fmt: skip
    rows = [
        [
            unit.code, unit.name_zh, unit.name_en, types.get(unit.type, unit.type),
            unit.parent.name_zh if unit.parent else "", unit.parent.code if unit.parent else "",
            unit.valid_from.isoformat() if unit.valid_from else "", unit.valid_to.isoformat() if unit.valid_to else "",
        ]
        for unit in _tree_order(list(Unit.objects.filter(county=county).select_related("parent").order_by("code")))
    ]  # fmt: skip
    return SheetToWrite("单位名录" if zh else "units", columns, rows, frozen_columns=2)


def _tree_order(units: list[Unit]) -> list[Unit]:
    """Return the units with those above before those below."""
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)
    found: list[Unit] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        unit = waiting.pop()
        found.append(unit)
        waiting += reversed(below.get(unit.pk, []))
    return found


@dataclass(frozen=True, slots=True)
class PackUnit:
    """A unit of a pack as the office chooses it; `group` is "town", "committee" or "department"."""

    code: str
    name: Text
    type: str
    type_title: Text
    parent: str
    group: str
    is_typical: bool


@dataclass(frozen=True, slots=True)
class UnitPack:
    """A unit pack that comes with the product."""

    file: str
    title: Text
    note: Text
    units: tuple[PackUnit, ...]
    types: Mapping[str, Text]


def unit_packs() -> list[UnitPack]:
    """Return the unit packs that come with the product."""
    found = []
    for path in sorted([*UNIT_PACKS.glob("*-departments.yaml"), *UNIT_PACKS.glob("*-units.yaml")]):
        data = read_yaml(path).data
        if data.get("format") == FORMAT:
            found.append(read_unit_pack(data, path.name))
    return found


def read_unit_pack(data: Any, file: str) -> UnitPack:
    """Return a unit pack.

    Raises:
        FileError: it is none.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise FileError.one(
            file,
            Text("这不是单位包", "this is no unit pack"),
            Text(f"首行应为 format: {FORMAT}", f"it begins with format: {FORMAT}"),
        )
    types = {each["code"]: _text(each["title"]) for each in data["types"]}
    units = tuple(
        PackUnit(
            str(each["code"]), _text(each["name"]), each["type"], types.get(each["type"], Text(each["type"])),
            "" if each["parent"] == data["county"]["code"] else str(each["parent"]),
            "town" if each["type"] in TOWNS else "committee" if each["type"] in COMMITTEES else "department",
            each.get("basis") == "typical",
        )
        for each in data["units"]
    )  # fmt: skip
    return UnitPack(file, _text(data["title"]), _text(data.get("note", {})), units, types)


def _text(data: Mapping[str, str]) -> Text:
    return Text(data.get("zh", ""), data.get("en", ""))


def pack_lines(pack: UnitPack, chosen: Collection[str]) -> ListRead:
    """Return the chosen units of a pack as a list; one whose unit above was not chosen stands at the top."""
    lines = []
    for number, unit in enumerate(pack.units, 1):
        if unit.code in chosen:
            cells = {
                "code": unit.code, "name": unit.name.zh, "name_en": unit.name.en, "type": unit.type,
                "parent_code": unit.parent if unit.parent in chosen else "",
            }  # fmt: skip
            lines.append(Line(Place(line=number), cells))
    return ListRead(pack.file, tuple(lines), frozenset({"code", "name", "name_en", "type", "parent_code"}))
