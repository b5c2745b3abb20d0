"""Lists of people and their posts: pasted or from a spreadsheet; first what they would do, then doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents.lists import Change, Line, ListRead, Plan, Planned, problem
from qipan.ground.documents.problems import FileProblem, Place
from qipan.ground.documents.workbook import Column, SheetToWrite
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Person, Post, Role
from qipan.ground.units.naming import UnitNames, unit_names
from qipan.ground.units.people import (
    PersonEntry,
    PostEntry,
    change_person,
    check_person,
    give_post,
    keep_apart,
    propose_username,
    write_person,
)
from qipan.ground.units.permissions import MANAGE_PEOPLE
from qipan.ground.units.queries import held
from qipan.ground.units.types import folded

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "人员姓名", "负责人", "责任人", "联络员姓名", "Name"),
    "unit": ("单位", "单位名称", "工作单位", "所在单位", "Unit"),
    "title": ("职务", "岗位", "职位", "单位职务", "Title", "Post"),
    "role": ("角色", "身份", "权限", "Role"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "Phone"),
    "name_en": ("英文姓名", "姓名拼音", "拼音", "English name"),
    "title_en": ("英文职务", "English title"),
    "username": ("用户名", "账号", "登录名", "User name"),
}
ORDER = ("name", "unit", "title", "role", "phone")
"""Columns of pasted lines without a heading."""
ROLE_WORDS: Mapping[str, tuple[str, ...]] = {
    Role.OFFICE: ("创城办", "创城办人员", "创建办", "文明办", "工作专班", "管理员", "campaign office", "office"),
    Role.LEADER: ("县领导", "领导", "指挥长", "包联领导", "county leader", "leader"),
    Role.HEAD: ("负责人", "主要负责人", "单位负责人", "分管负责人", "分管领导", "head"),
    Role.LIAISON: ("联络员", "联系人", "经办人", "liaison", "liaison officer"),
    Role.REVIEWER: ("材料审核员", "资料审核员", "审核员", "reviewer"),
    Role.SUPPORT: ("配合单位经办人", "配合单位", "supporting unit"),
    Role.SYSTEM: ("系统管理员", "system administrator"),
    Role.SECURITY: ("安全管理员", "安全保密管理员", "security administrator"),
    Role.AUDIT: ("审计管理员", "安全审计员", "audit administrator"),
    Role.INSPECTOR: ("督查员", "督查", "检查员", "巡查员", "网格员", "inspector"),
}
_TITLES = ("书记", "主任", "局长", "镇长", "乡长", "院长", "校长", "部长", "队长", "主席", "经理", "检察长", "所长")
FIELDS = {"name_en": Text("英文姓名", "English name"), "phone": Text("电话", "phone"), "post": Text("岗位", "post")}


@dataclass(slots=True)
class _Known:
    county: County
    units: UnitNames
    people: dict[int, Person]
    by_username: dict[str, int]
    by_name: dict[str, list[int]]
    posts: dict[int, list[Post]]
    taken: set[str]
    fresh: dict[tuple[str, str], str] = field(default_factory=dict)
    """Name and phone (or unit) of a person whom the list adds -> the user name."""
    seen: dict[tuple[str, int, str, str], Place] = field(default_factory=dict)

    @classmethod
    def of(cls, county: County, on: date, mapped: Mapping[str, str] | None) -> _Known:
        posts: dict[int, list[Post]] = {}
        people: dict[int, Person] = {}
        rows = (
            Post.objects.filter(held(on), unit__county=county, stands_for=None)
            .select_related("person", "unit")
            .order_by("id")
        )
        for post in rows:
            posts.setdefault(post.person_id, []).append(post)
            people[post.person_id] = post.person
        by_name: dict[str, list[int]] = {}
        for pk, person in people.items():
            by_name.setdefault(folded(person.full_name_zh), []).append(pk)
        usernames = set(Person.objects.values_list("username", flat=True))
        by_username = {person.username: pk for pk, person in people.items()}
        return cls(county, unit_names(county.pk, on, mapped), people, by_username, by_name, posts, usernames)


def role_by_word(word: str, title: str) -> str | None:
    """Return the role that a word names, else the one that a title tells; None where neither does."""
    wanted = folded(word)
    if wanted:
        return next(
            (str(role) for role, words in ROLE_WORDS.items() if wanted in {str(role), *map(folded, words)}), None
        )
    if "联络员" in title:
        return Role.LIAISON
    if "督查" in title or "检查员" in title:
        return Role.INSPECTOR
    return Role.HEAD if title.endswith(_TITLES) else None


def plan_people(
    read: ListRead, county: County, on: date, mapped: Mapping[str, str] | None = None
) -> Plan:  # fmt: skip
    """Say what each line of a list of people would do (three statements).

    A line is somebody who is there if it has their user name; else if it has their name and either their phone or
    their unit. Somebody of the same name elsewhere is somebody else, and the line says so.
    """
    known = _Known.of(county, on, mapped)
    unknown: dict[str, None] = {}
    lines = tuple(_plan(line, read, known, unknown) for line in read.lines)
    return Plan(lines, tuple(unknown), read.unknown)


def _plan(line: Line, read: ListRead, known: _Known, unknown: dict[str, None]) -> Planned:
    problems: list[FileProblem] = []
    units = known.units.find(line["unit"]) if line["unit"] else []
    if not line["unit"]:
        problems.append(problem(line, "unit", Text("没有写单位", "the unit is missing")))
    elif len(units) != 1:
        problems.append(problem(line, "unit", *known.units.problem(line["unit"], units)))
        if not units:
            unknown[line["unit"]] = None
    title = line["title"] or line["role"]
    role = role_by_word(line["role"], line["title"])
    if role is None:
        words = "、".join(words[0] for words in ROLE_WORDS.values())
        said = (
            Text(f"“{line['role']}”不是角色", f"{line['role']} is no role")
            if line["role"]
            else Text("没有写角色", "the role is missing")
        )
        problems.append(
            problem(line, "role", said, Text(f"改用：{words}", f"use one of {', '.join(role.value for role in Role)}"))
        )
    try:
        name, phone = check_person(PersonEntry(Text(line["name"], line["name_en"]), line["phone"]))
    except RegisterError as error:
        column = {"name_zh": "name"}.get(error.field, error.field)
        problems.append(problem(line, column, error.words))
        name, phone = Text(line["name"], line["name_en"]), ""
    if problems or role is None:
        return Planned(line, "refused", line["name"], problems=tuple(problems))
    unit = units[0]
    values: dict[str, Any] = {
        "name_zh": name.zh, "name_en": name.en, "phone": phone, "unit": unit, "role": role, "title_zh": title or "",
        "title_en": line["title_en"],
    }  # fmt: skip
    person, note = _person_of(line, name, phone, unit, known)
    key = (person.username if person else name.zh, unit, role, values["title_zh"])
    if key in known.seen:
        first = known.seen[key].words()
        said = Text(f"与{first.zh}重复", f"the same as {first.en}")
        return Planned(line, "refused", name.zh, problems=(problem(line, "name", said),))
    known.seen[key] = line.place
    if person is None:
        username = line["username"] or known.fresh.get((name.zh, phone or str(unit)), "")
        if not username:
            username = _free(known.units.codes[unit], role, known.taken)
        known.taken.add(username)
        again = (name.zh, phone or str(unit)) in known.fresh
        known.fresh[(name.zh, phone or str(unit))] = username
        return Planned(line, "new", name.zh, note=note, values=values | {"username": username, "again": again})
    return _existing(line, read, person, values, known)


def _existing(line: Line, read: ListRead, person: Person, values: dict[str, Any], known: _Known) -> Planned:
    changes = []
    if values["name_en"] and values["name_en"] != person.full_name_en:
        changes.append(Change(FIELDS["name_en"], person.full_name_en, values["name_en"]))
    if values["phone"] and values["phone"] != person.phone:
        changes.append(Change(FIELDS["phone"], person.phone, values["phone"]))
    posts = known.posts.get(person.pk, [])
    has = any(
        post.unit_id == values["unit"] and post.role == values["role"]
        and (not line["title"] or post.title_zh == values["title_zh"])
        for post in posts
    )  # fmt: skip
    if not has:
        said = f"{known.units.names[values['unit']].zh} {values['title_zh']}"
        changes.append(Change(FIELDS["post"], "", said))
    values |= {"pk": person.pk, "post": not has}
    return Planned(line, "changed" if changes else "unchanged", person.full_name_zh, tuple(changes), values=values)


def _person_of(line: Line, name: Text, phone: str, unit: int, known: _Known) -> tuple[Person | None, Text]:
    if line["username"]:
        pk = known.by_username.get(line["username"])
        return (known.people[pk] if pk else None), Text()
    alike = [known.people[pk] for pk in known.by_name.get(folded(name.zh), ())]
    same = [person for person in alike if phone and person.phone == phone]
    same = same or [person for person in alike if any(post.unit_id == unit for post in known.posts[person.pk])]
    if len(same) == 1:
        return same[0], Text()
    if alike:
        others = "、".join(sorted({post.unit.name_zh for person in alike for post in known.posts[person.pk]}))
        return None, Text(
            f"同名者在：{others}；如是同一人，请写用户名或电话", f"somebody of this name is at {others}; if it is the same person, give the user name or phone"
        )  # fmt: skip
    return None, Text()


def _free(code: str, role: str, taken: set[str]) -> str:
    base = propose_username(code, role, taken=None)
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def apply_people(read: ListRead, on: date, *, by: Post, mapped: Mapping[str, str] | None = None) -> Plan:
    """Do what a list of people says, in one transaction; refused lines are left out.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a user name was taken meanwhile.
    """
    county = by.unit.county
    if not MANAGE_PEOPLE.allows(by, county):
        raise PermissionDenied
    with act(actor(by)) as done:
        plan = plan_people(read, county, on, mapped)
        made: dict[str, Person] = {}
        for one in plan.lines:
            said = one.values
            if one.state not in {"new", "changed"}:
                continue
            entry = PersonEntry(
                Text(str(said["name_zh"]), str(said["name_en"])), str(said["phone"]), str(said.get("username", ""))
            )
            post = PostEntry(
                cast("int", said["unit"]), str(said["role"]), Text(str(said["title_zh"]), str(said["title_en"]))
            )
            if one.state == "new":
                person = made.get(entry.username) or write_person(entry, post, county, done)
                made[entry.username] = person
                keep_apart(person, post, by)
                give_post(person, post, county, done, by=by)
                continue
            person = Person.objects.get(pk=cast("int", said["pk"]))
            kept = PersonEntry(
                Text(person.full_name_zh, entry.name.en or person.full_name_en), entry.phone or person.phone
            )
            change_person(person.pk, kept, by=by)
            if said["post"]:
                keep_apart(person, post, by)
                give_post(person, post, county, done, by=by)
        if plan.does_something:
            counts = {state: plan.count(state) for state in ("new", "changed", "unchanged", "refused")}
            done.note("people.import", Thing("county", str(county.pk), read.name[:200]), counts)
    return plan


def people_sheet(county: County, on: date, language: str) -> SheetToWrite:
    """Return people and the posts they hold as a sheet that reads back without a change."""
    zh = language.startswith("zh")
    keys = (("name", 12), ("unit", 28), ("title", 20), ("role", 10), ("phone", 16), ("username", 20), ("name_en", 18), ("title_en", 24))  # fmt: skip
    columns = [Column(next(word for word in HEADINGS[key] if word.isascii() != zh), width) for key, width in keys]
    names = unit_names(county.pk, on)
    posts = Post.objects.filter(held(on), unit__county=county, stands_for=None).select_related("person", "unit")
    rows = [
        [
            post.person.full_name_zh or post.person.username,
            post.unit.name_zh if names.find(post.unit.name_zh) == [post.unit_id] else post.unit.code,
            post.title_zh, ROLE_WORDS[post.role][0] if zh else post.role, post.person.phone, post.person.username,
            post.person.full_name_en, post.title_en,
        ]
        for post in posts.order_by("unit__code", "id")
    ]  # fmt: skip
    return SheetToWrite("人员与岗位" if zh else "people and posts", columns, rows, frozen_columns=1)
