"""Lists of sites (点位台账): pasted or from a spreadsheet; first what they would do, then doing it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents.lists import Change, Line, ListRead, Plan, Planned, problem, read_day
from qipan.ground.documents.problems import FileProblem, Place
from qipan.ground.documents.workbook import Column, SheetToWrite
from qipan.ground.sites.models import Site
from qipan.ground.sites.registry import (
    SiteEntry,
    check_position,
    current_duties,
    free_site_code,
    write_change,
    write_new,
)
from qipan.ground.sites.signals import duties_changed
from qipan.ground.sites.sponsors import LEADER, UNIT, LeaderNames, leader_names, own_sponsors
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post
from qipan.ground.units.naming import UnitNames, split_units, unit_names
from qipan.ground.units.permissions import MANAGE_SITES
from qipan.ground.units.registry import check_days, check_words
from qipan.ground.units.types import folded

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("点位编码", "点位编号", "编码", "编号", "代码", "Code"),
    "name": ("点位名称", "点位", "名称", "地点", "Site", "Name"),
    "type": ("点位类型", "点位类别", "类型", "类别", "Type"),
    "address": ("详细地址", "地址", "位置", "具体位置", "Address"),
    "territory": ("所属乡镇", "所属乡镇街道", "所属街道", "属地", "属地单位", "所属社区", "所属社区村", "乡镇街道", "Territory"),
    "unit": ("责任单位", "产权管理单位", "产权单位", "管理单位", "主体责任单位", "Answers for it", "Responsible unit"),
    "trade": ("行业主管单位", "行业主管部门", "主管部门", "主管单位", "Trade authority"),
    "duties": ("分职能责任单位", "分项责任单位", "Duties by function"),
    "sponsor_leader": ("包联领导", "包保领导", "挂联领导", "包片领导", "联系领导", "路长", "Sponsoring leader"),
    "sponsor_unit": ("包联单位", "包保单位", "包创单位", "挂联单位", "帮创单位", "共建单位", "Sponsoring unit"),
    "lon": ("经度", "Longitude", "lon", "lng"),
    "lat": ("纬度", "Latitude", "lat"),
    "name_en": ("英文名称", "English name"),
    "valid_from": ("启用日期", "First day"),
    "valid_to": ("停用日期", "Last day"),
}  # fmt: skip
ORDER = ("name", "type", "address", "territory", "unit")
"""Columns of pasted lines without a heading."""
FIELDS = {
    "code": Text("编号", "code"), "name_zh": Text("中文名称", "Chinese name"), "name_en": Text("英文名称", "English name"),
    "type": Text("类型", "type"), "address": Text("地址", "address"), "territory": Text("属地", "territory"),
    "lon": Text("经度", "longitude"), "lat": Text("纬度", "latitude"), "valid_from": Text("启用日期", "first day"),
    "valid_to": Text("停用日期", "last day"), "duties": Text("责任单位", "answers for it"),
    "sponsors": Text("包联", "sponsored by"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the standard for types of sites and for functions: code -> title, and word -> code."""

    types: Mapping[str, Text]
    type_words: Mapping[str, str]
    functions: Mapping[str, Text]
    function_words: Mapping[str, str]

    def type_of(self, word: str) -> str:
        """Return the code of a type; empty where the word is none."""
        return word if word in self.types else self.type_words.get(folded(word), "")

    def function_of(self, word: str) -> str | None:
        """Return the code of a function; None where the word is none."""
        return word if word in self.functions else self.function_words.get(folded(word))


@dataclass(slots=True)
class _Known:
    county: County
    on: date
    words: Words
    units: UnitNames
    sites: dict[int, Site]
    by_code: dict[str, int]
    by_name: dict[tuple[str, str], list[int]]
    duties: dict[int, dict[str, int]]
    sponsors: dict[int, dict[str, int]]
    leaders: LeaderNames
    taken: set[str]
    seen: dict[str, Place]

    @classmethod
    def of(cls, county: County, on: date, words: Words, mapped: Mapping[str, str] | None) -> _Known:
        sites = {site.pk: site for site in Site.objects.filter(county=county).order_by("code")}
        by_name: dict[tuple[str, str], list[int]] = {}
        for pk, site in sites.items():
            by_name.setdefault((folded(site.name_zh), site.type), []).append(pk)
        codes = {site.code: pk for pk, site in sites.items()}
        return cls(
            county, on, words, unit_names(county.pk, on, mapped), sites, codes, by_name, current_duties(sites, on),
            own_sponsors(sites, on), leader_names(county.pk, on), set(codes), {},
        )  # fmt: skip


def plan_sites(
    read: ListRead, county: County, on: date, words: Words, mapped: Mapping[str, str] | None = None
) -> Plan:  # fmt: skip
    """Say what each line of a list of sites would do (five statements).

    A line is a site that is there if it has its code, else if it has its name and type. What a list does not say stays
    as it is; units that are not known are never made.
    """
    known = _Known.of(county, on, words, mapped)
    known.taken |= {line["code"] for line in read.lines if line["code"]}
    unknown: dict[str, None] = {}
    return Plan(tuple(_plan(line, read, known, unknown) for line in read.lines), tuple(unknown), read.unknown)


def _plan(line: Line, read: ListRead, known: _Known, unknown: dict[str, None]) -> Planned:
    problems: list[FileProblem] = []
    pk = known.by_code.get(line["code"]) if line["code"] else None
    kind = known.words.type_of(line["type"]) if line["type"] else known.sites[pk].type if pk else ""
    if not kind:
        said = (
            Text(f"没有“{line['type']}”这种点位类型", f"there is no type of site {line['type']}")
            if line["type"]
            else Text("没有写点位类型", "the type is missing")
        )
        problems.append(problem(line, "type", said, _some_types(known, line["type"])))
    if pk is None and not line["code"]:
        found = known.by_name.get((folded(line["name"]), kind), [])
        if len(found) > 1:
            codes = "、".join(known.sites[each].code for each in found[:5])
            problems.append(
                problem(
                    line,
                    "name",
                    Text(
                        f"有 {len(found)} 个同类点位叫“{line['name']}”",
                        f"{len(found)} sites of this type are called {line['name']}",
                    ),
                    Text(f"加上编号：{codes}", f"add a code: {codes}"),
                )
            )
        pk = found[0] if len(found) == 1 else None
    kept = known.sites[pk] if pk is not None else None
    said_values: dict[str, Any] = {"name_zh": line["name"] or (kept.name_zh if kept else ""), "type": kind}
    for column in ("address", "name_en"):
        if column in read.columns:
            said_values[column] = line[column]
    _days(line, read, said_values, problems)
    _position(line, read, said_values, problems)
    _units(line, read, kept, known, said_values, problems, unknown)
    code = line["code"] or (kept.code if kept else "")
    try:
        check_words(said_values["name_zh"], line["name_en"], code)
        check_days(said_values.get("valid_from"), said_values.get("valid_to"))
    except RegisterError as error:
        problems.append(problem(line, {"name_zh": "name"}.get(error.field, error.field), error.words))
    if len(line["address"]) > 160:
        problems.append(problem(line, "address", Text("地址最多 160 字", "the address has at most 160 characters")))
    if not problems and not code:
        code = free_site_code(known.county, known.taken)
        known.taken.add(code)
    if code and code in known.seen:
        first = known.seen[code].words()
        problems.append(
            problem(
                line,
                "code" if line["code"] else "name",
                Text(f"与{first.zh}是同一个点位", f"the same site stands in {first.en}"),
            )
        )
    if problems:
        return Planned(line, "refused", line["name"], problems=tuple(problems))
    known.seen[code] = line.place
    known.by_name.setdefault((folded(said_values["name_zh"]), kind), [])
    said_values["code"] = code
    if kept is None:
        return Planned(line, "new", said_values["name_zh"], values=said_values)
    changes = _changes(kept, said_values, known)
    state = "changed" if changes else "unchanged"
    return Planned(line, state, said_values["name_zh"], changes, values=said_values | {"pk": kept.pk})


def _some_types(known: _Known, word: str) -> Text:
    titles = [title for title in known.words.types.values() if word and (word in title.zh or title.zh in word)]
    titles = (titles or list(known.words.types.values()))[:6]
    return Text(
        f"如：{'、'.join(title.zh for title in titles)}",
        f"such as {', '.join(title.en or title.zh for title in titles)}",
    )


def _days(line: Line, read: ListRead, said: dict[str, Any], problems: list[FileProblem]) -> None:
    for column in ("valid_from", "valid_to"):
        if column in read.columns:
            day = read_day(line[column])
            if day is None:
                problems.append(
                    problem(
                        line,
                        column,
                        Text(f"“{line[column]}”不是日期", f"{line[column]} is no day"),
                        Text("写成 2026-11-30", "write it as 2026-11-30"),
                    )
                )
            else:
                said[column] = date.fromisoformat(day) if day else None


def _position(line: Line, read: ListRead, said: dict[str, Any], problems: list[FileProblem]) -> None:
    if not {"lon", "lat"} <= read.columns:
        return
    read_values: dict[str, float | None] = {}
    for column in ("lon", "lat"):
        text = unicodedata.normalize("NFKC", line[column]).rstrip("°EeNn ")
        try:
            read_values[column] = float(text) if text else None
        except ValueError:
            problems.append(
                problem(
                    line,
                    column,
                    Text(f"“{line[column]}”不是数", f"{line[column]} is no number"),
                    Text("写成小数，如 112.3012", "write a decimal, such as 112.3012"),
                )
            )
            return
    try:
        check_position(read_values["lon"], read_values["lat"])
    except RegisterError as error:
        problems.append(problem(line, "lon", error.words))
        return
    said |= read_values


def _units(
    line: Line, read: ListRead, kept: Site | None, known: _Known, said: dict[str, Any], problems: list[FileProblem],
    unknown: dict[str, None],
) -> None:  # fmt: skip
    def one(column: str, word: str) -> int | None:
        found = known.units.find(word)
        if len(found) == 1:
            return found[0]
        problems.append(problem(line, column, *known.units.problem(word, found)))
        if not found:
            unknown[word] = None
        return None

    if "territory" in read.columns:
        said["territory"] = one("territory", line["territory"]) if line["territory"] else None
    if {"sponsor_leader", "sponsor_unit"} & read.columns:
        sponsors = dict(known.sponsors.get(kept.pk, {})) if kept else {}
        if "sponsor_leader" in read.columns:
            sponsors.pop(LEADER, None)
            post = _leader(line, known, problems)
            sponsors |= {LEADER: post} if post is not None else {}
        if "sponsor_unit" in read.columns:
            sponsors.pop(UNIT, None)
            sponsor = one("sponsor_unit", line["sponsor_unit"]) if line["sponsor_unit"] else None
            sponsors |= {UNIT: sponsor} if sponsor is not None else {}
        said["sponsors"] = sponsors
    if not {"unit", "trade", "duties"} & read.columns:
        return
    before = dict(known.duties.get(kept.pk, {})) if kept else {}
    duties = before
    # Where a table has no column for who answers, the trade authority is the one who does.
    column = "unit" if "unit" in read.columns else "trade"
    if column in read.columns:
        words = split_units(line[column])
        duties.pop("", None)
        if len(words) > 1:
            problems.append(
                problem(
                    line,
                    column,
                    Text("责任单位只能有一个", "one unit answers for a site"),
                    Text("其余的写进“分职能责任单位”", "write the others as duties by function"),
                )
            )
        elif words:
            unit = one(column, words[0])
            if unit is not None:
                duties[""] = unit
    if "duties" in read.columns:
        duties = {function: unit for function, unit in duties.items() if not function}
        for pair in [part for part in line["duties"].replace("；", ";").split(";") if part.strip()]:
            word, _, name = pair.replace("：", ":").partition(":")
            function = known.words.function_of(word.strip())
            if not name or function is None:
                problems.append(
                    problem(
                        line,
                        "duties",
                        Text(f"“{pair.strip()}”读不懂", f"{pair.strip()} cannot be read"),
                        Text("写成“职能：单位；职能：单位”", "write function: unit; function: unit"),
                    )
                )
                continue
            unit = one("duties", name.strip())
            if unit is not None:
                duties[function] = unit
    said["duties"] = duties


def _leader(line: Line, known: _Known, problems: list[FileProblem]) -> int | None:
    """Return the post that a list names as sponsor; a word that means none or several is a problem of the line."""
    word = line["sponsor_leader"]
    found = known.leaders.find(word) if word else []
    if word and len(found) != 1:
        words = "、".join(known.leaders.words[pk] for pk in (found or list(known.leaders.words))[:5])
        said = (
            Text(f"有 {len(found)} 个岗位可称“{word}”", f"{len(found)} posts could be meant by {word}")
            if found
            else Text(f"没有“{word}”这位包联领导", f"no leader or head is called {word}")
        )
        remedy = Text(
            f"写姓名或职务，如：{words}" if words else "先登记领导的岗位",
            f"write the name or the title, such as {words}" if words else "enter the leaders' posts first",
        )
        problems.append(problem(line, "sponsor_leader", said, remedy))
    return found[0] if len(found) == 1 else None


def _changes(kept: Site, said: Mapping[str, Any], known: _Known) -> tuple[Change, ...]:
    was: dict[str, Any] = {
        "code": kept.code, "name_zh": kept.name_zh, "name_en": kept.name_en, "type": kept.type, "address": kept.address,
        "territory": kept.territory_id, "lon": kept.lon, "lat": kept.lat, "valid_from": kept.valid_from,
        "valid_to": kept.valid_to, "duties": known.duties.get(kept.pk, {}),
        "sponsors": known.sponsors.get(kept.pk, {}),
    }  # fmt: skip
    return tuple(
        Change(FIELDS[key], _shown(key, was[key], known), _shown(key, value, known))
        for key, value in said.items()
        if value != was[key]
    )


def _shown(key: str, value: Any, known: _Known) -> str:
    if key == "territory":
        return known.units.names[value].zh if value else ""
    if key == "type":
        return known.words.types.get(value, Text(value)).zh
    if key == "duties":
        return duty_words(value, known.words, known.units, "zh")
    if key == "sponsors":
        leader, unit = value.get(LEADER), value.get(UNIT)
        said = [known.leaders.words.get(leader, "") if leader else "", known.units.names[unit].zh if unit else ""]
        return "；".join(word for word in said if word)
    return "" if value is None else str(value)


def duty_words(duties: Mapping[str, int], words: Words, units: UnitNames, language: str) -> str:
    """Return duties as a list writes them: function: unit; function: unit."""
    said = []
    for function, unit in sorted(duties.items()):
        title = words.functions[function].into(language) if function in words.functions else function
        name = units.names[unit].zh
        said.append(f"{title}：{name}" if function else name)
    return "；".join(said)


def apply_sites(
    read: ListRead, on: date, words: Words, *, by: Post, mapped: Mapping[str, str] | None = None
) -> Plan:  # fmt: skip
    """Do what a list of sites says, in one transaction; refused lines are left out.

    Args:
        read: the list.
        on: the day from which other territories and duties count.
        words: the words for types and functions.
        by: who acts.
        mapped: unit words that the office has explained: word -> code.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: somebody changed a site meanwhile.
    """
    county = by.unit.county
    if not MANAGE_SITES.allows(by, county):
        raise PermissionDenied
    with act(actor(by)) as done:
        plan = plan_sites(read, county, on, words, mapped)
        sites = {site.pk: site for site in Site.objects.filter(county=county)}
        for one in plan.lines:
            if one.state == "new":
                write_new(_entry(one.values, None), county, done)
            elif one.state == "changed":
                kept = sites[cast("int", one.values["pk"])]
                write_change(kept, _entry(one.values, kept), kept.version, on, county, done)
        if plan.does_something:
            counts = {state: plan.count(state) for state in ("new", "changed", "unchanged", "refused")}
            done.note("sites.import", Thing("county", str(county.pk), read.name[:200]), counts)
            duties_changed.send(Site, county_id=county.pk)
    return plan


def _entry(said: Mapping[str, Any], kept: Site | None) -> SiteEntry:
    def field(name: str, otherwise: Any) -> Any:
        return said.get(name, getattr(kept, name) if kept else otherwise)

    return SiteEntry(
        Text(said["name_zh"], field("name_en", "")), said["type"], said["code"], field("address", ""),
        said.get("territory", kept.territory_id if kept else None), field("lon", None), field("lat", None),
        field("valid_from", None), field("valid_to", None), said.get("duties"),
        said.get("sponsors"),
    )  # fmt: skip


def site_sheet(county: County, on: date, words: Words, language: str) -> SheetToWrite:
    """Return the register as a sheet that reads back without a change."""
    zh = language.startswith("zh")
    keys = (
        ("code", 14), ("name", 28), ("type", 16), ("address", 30), ("territory", 22), ("unit", 24), ("duties", 40),
        ("sponsor_leader", 30), ("sponsor_unit", 24), ("lon", 12), ("lat", 12), ("name_en", 30), ("valid_from", 12), ("valid_to", 12),
    )  # fmt: skip
    columns = [Column(next(word for word in HEADINGS[key] if word.isascii() != zh), width) for key, width in keys]
    units = unit_names(county.pk, on)
    sites = list(Site.objects.filter(county=county).order_by("code"))
    duties = current_duties([site.pk for site in sites], on)
    sponsors = own_sponsors([site.pk for site in sites], on)
    leaders = leader_names(county.pk, on)

    def leader(pk: int | None) -> str:
        if pk is None or pk not in leaders.words:
            return ""
        return leaders.words[pk]

    def unit(pk: int | None) -> str:
        if pk is None:
            return ""
        return units.names[pk].zh if units.find(units.names[pk].zh) == [pk] else units.codes[pk]

    rows = []
    for site in sites:
        theirs = duties.get(site.pk, {})
        others = [
            f"{words.functions[f].into(language) if f in words.functions else f}：{unit(pk)}"
            for f, pk in sorted(theirs.items())
            if f
        ]
        rows.append(
            [
                site.code, site.name_zh, words.types[site.type].into(language) if site.type in words.types else site.type,
                site.address, unit(site.territory_id), unit(theirs.get("")), "；".join(others),
                leader(sponsors.get(site.pk, {}).get(LEADER)), unit(sponsors.get(site.pk, {}).get(UNIT)), site.lon, site.lat,
                site.name_en, site.valid_from.isoformat() if site.valid_from else "",
                site.valid_to.isoformat() if site.valid_to else "",
            ]
        )  # fmt: skip
    return SheetToWrite("点位台账" if zh else "sites", columns, rows, frozen_columns=2)
