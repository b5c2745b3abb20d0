"""What can happen to a unit: it is added, changed, ended, taken back, or merged into another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit
from qipan.ground.units.permissions import MANAGE_UNITS
from qipan.ground.units.queries import held
from qipan.ground.units.signals import unit_ended, unit_merged
from qipan.ground.units.standing_in import end_stand_in
from qipan.ground.units.types import seed_unit_types, unit_types

_CODE = re.compile(r"[\w.\-]+")


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as it is entered; an empty code asks for a free one."""

    name: Text
    type: str
    code: str = ""
    parent: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def add_unit(entry: UnitEntry, *, by: Post) -> Unit:
    """Add a unit to the county of the post.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        seed_unit_types(county)
        checked = _checked(entry, county, None)
        return write_new(checked, county, done)


def write_new(entry: UnitEntry, county: County, done: Act) -> Unit:
    """Write a unit whose entry has been checked, and note it."""
    made = Unit.objects.create(
        county=county, code=entry.code or free_code(county), name_zh=entry.name.zh, name_en=entry.name.en,
        type=entry.type, parent_id=entry.parent, valid_from=entry.valid_from, valid_to=entry.valid_to,
    )  # fmt: skip
    details = {"version": 1, "changes": differences({}, values(made))}
    done.note("units.add", Thing("unit", str(made.pk), label(made)), details)
    return made


def edit_unit(pk: int, entry: UnitEntry, *, version: int, by: Post) -> Unit:
    """Change what is entered of a unit.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be; `Stale` where somebody was faster.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        kept = _kept(county, pk)
        return write_change(kept, _checked(entry, county, kept), version, county, done)


def write_change(kept: Unit, entry: UnitEntry, version: int, county: County, done: Act) -> Unit:
    """Write a changed unit whose entry has been checked, and note it; nothing is written where nothing differs."""
    was = values(kept)
    now: dict[str, Any] = {
        "code": entry.code or kept.code, "name_zh": entry.name.zh, "name_en": entry.name.en, "type": entry.type,
        "parent_id": entry.parent, "valid_from": entry.valid_from, "valid_to": entry.valid_to,
    }  # fmt: skip
    if kept.version == version and not differences(was, now):
        return kept
    if not Unit.objects.filter(pk=kept.pk, version=version).update(**now, version=version + 1):
        raise stale(county.code, "unit", kept.pk, version, Unit.objects.get(pk=kept.pk).version)
    kept.refresh_from_db()
    done.note(
        "units.edit", Thing("unit", str(kept.pk), label(kept)),
        {"version": version + 1, "changes": differences(_spoken(was), _spoken(now))},
    )  # fmt: skip
    return kept


def end_unit(pk: int, on: date, *, version: int, by: Post) -> Unit:
    """End a unit: its posts, and what it answers for, end on its last day. The past stays.

    Args:
        pk: which unit.
        on: its last day.
        version: as the person who acts saw it.
        by: who acts.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: units stand under it, it is the post's own, or the day lies before its first.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        kept = _kept(county, pk)
        _may_go(kept, on, by)
        under = list(
            Unit.objects.filter(held(on + timedelta(days=1)), parent=kept).values_list("name_zh", flat=True)[:5]
        )
        if under:
            raise RegisterError(
                Text(f"下面还有单位：{'、'.join(under)}；先把它们移走或停用", f"units stand under it: {', '.join(under)}; move or end them first")
            )  # fmt: skip
        _close(kept, on, version, county, None)
        posts = Post.objects.filter(unit=kept).filter(Q(valid_to=None) | Q(valid_to__gt=on))
        ended = list(posts.values_list("pk", flat=True))
        for post in posts:
            Post.objects.filter(pk=post.pk).update(valid_to=on, version=post.version + 1)
        details = {"version": version + 1, "on": on.isoformat(), "posts": ended, "changes": {"valid_to": ["", str(on)]}}
        done.note("units.end", Thing("unit", str(pk), label(kept)), details)
        unit_ended.send(Unit, unit=kept, on=on, act=done)
    return kept


def reopen_unit(pk: int, *, version: int, by: Post) -> Unit:
    """Take the end of a unit back; posts and duties that ended with it are entered anew where they are wanted.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it was merged, it has not ended, or somebody was faster.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        kept = _kept(county, pk)
        if kept.merged_into_id is not None or kept.valid_to is None:
            raise RegisterError(
                Text("这个单位没有停用，或已并入其他单位", "this unit has not ended, or it was merged into another")
            )
        was = kept.valid_to
        if not Unit.objects.filter(pk=pk, version=version).update(valid_to=None, version=version + 1):
            raise stale(county.code, "unit", pk, version, kept.version)
        kept.refresh_from_db()
        details = {"version": version + 1, "changes": {"valid_to": [was.isoformat(), ""]}}
        done.note("units.reopen", Thing("unit", str(pk), label(kept)), details)
    return kept


def merge_unit(pk: int, into: int, on: date, *, version: int, by: Post, today: date) -> Unit:
    """Merge a unit into another: from a day on its posts, the units under it and its duties are the other's.

    Whoever holds a post in it holds the same post in the other from that day. What lies before the day stays as it was.

    Args:
        pk: the unit that goes.
        into: the unit that takes its place.
        on: the first day of the new order; not after today, because the tree has no future.
        version: of the unit that goes, as the person who acts saw it.
        by: who acts.
        today: the day it is.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the units or the day do not fit; `Stale` where somebody was faster.
    """
    county = by.unit.county
    may_manage(by, county)
    with act(actor(by)) as done:
        kept, other = _kept(county, pk), _kept(county, into)
        if on > today:
            raise RegisterError(
                Text(
                    "合并日期不能晚于今天；请在合并生效之日办理",
                    "the day lies ahead; enter the merger on the day it takes effect",
                ),
                "on",
            )
        if kept.pk == other.pk or other.merged_into_id is not None or not _stands(other, on):
            raise RegisterError(
                Text("请选择另一个在该日存续的单位", "choose another unit, one that is in being on that day"), "into"
            )
        if kept.pk in _above(county, other.pk):
            raise RegisterError(
                Text("接收单位是它的下级；请先调整上级关系", "that unit stands under this one; change that first"),
                "into",
            )
        if kept.merged_into_id is not None or not _stands(kept, on):
            raise RegisterError(Text("这个单位在该日已不存续", "this unit is not in being on that day"), "on")
        last = on - timedelta(days=1)
        if kept.valid_from is not None and last < kept.valid_from:
            raise RegisterError(Text("合并日期早于它的启用日期", "the day lies before the unit's first day"), "on")
        _close(kept, last, version, county, other)
        moved = _move_posts(kept, other, on, done)
        children = list(Unit.objects.filter(parent=kept).exclude(pk=other.pk))
        for child in children:
            Unit.objects.filter(pk=child.pk).update(parent=other, version=child.version + 1)
            change = {"parent": [kept.code, other.code]}
            done.note(
                "units.edit",
                Thing("unit", str(child.pk), label(child)),
                {"version": child.version + 1, "changes": change},
            )
        details = {
            "version": version + 1, "into": other.code, "on": on.isoformat(), "posts": moved,
            "units": [child.code for child in children],
            "changes": {"valid_to": ["", last.isoformat()], "merged_into": ["", other.code]},
        }  # fmt: skip
        done.note("units.merge", Thing("unit", str(pk), label(kept)), details)
        unit_merged.send(Unit, unit=kept, into=other, on=on, act=done)
    return kept


def _move_posts(kept: Unit, other: Unit, on: date, done: Act) -> int:
    """Let the posts of a unit go on in the other; a post that begins later begins there."""
    last = on - timedelta(days=1)
    moved = 0
    for post in Post.objects.filter(unit=kept).filter(Q(valid_to=None) | Q(valid_to__gte=on)).order_by("id"):
        if post.stands_for_id is not None:
            end_stand_in(post, last, done)
        elif post.valid_from is not None and post.valid_from >= on:
            Post.objects.filter(pk=post.pk).update(unit=other, version=post.version + 1)
        else:
            Post.objects.create(
                unit=other, person_id=post.person_id, role=post.role, title_zh=post.title_zh, title_en=post.title_en,
                valid_from=on, valid_to=post.valid_to,
            )  # fmt: skip
            Post.objects.filter(pk=post.pk).update(valid_to=last, version=post.version + 1)
        moved += 1
    return moved


def _close(kept: Unit, on: date, version: int, county: County, into: Unit | None) -> None:
    fields: dict[str, Any] = {"valid_to": on, "merged_into": into, "version": version + 1}
    if not Unit.objects.filter(pk=kept.pk, version=version).update(**fields):
        raise stale(county.code, "unit", kept.pk, version, kept.version)
    kept.refresh_from_db()


def _may_go(kept: Unit, on: date, by: Post) -> None:
    if kept.pk == by.unit_id:
        raise RegisterError(Text("这是您自己的单位，不能停用", "this is the unit of your own post"))
    if kept.valid_to is not None:
        raise RegisterError(Text("这个单位已有停用日期", "this unit has a last day already"), "on")
    if kept.valid_from is not None and on < kept.valid_from:
        raise RegisterError(Text("停用日期早于启用日期", "the last day lies before the first"), "on")


def _stands(unit: Unit, on: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or unit.valid_to >= on)


def _above(county: County, pk: int) -> set[int]:
    """Return the units above a unit."""
    parents = dict(Unit.objects.filter(county=county).values_list("pk", "parent_id"))
    found: set[int] = set()
    at = parents.get(pk)
    while at is not None and at not in found:
        found.add(at)
        at = parents.get(at)
    return found


def _kept(county: County, pk: int) -> Unit:
    kept = Unit.objects.filter(county=county, pk=pk).select_related("parent").first()
    if kept is None:
        raise RegisterError(Text("本县没有这个单位", "the county has no such unit"))
    return kept


def _checked(entry: UnitEntry, county: County, kept: Unit | None) -> UnitEntry:
    """Return an entry that can be written.

    Raises:
        RegisterError: it cannot.
    """
    besides = kept.pk if kept else 0
    zh, en, code = entry.name.zh.strip(), entry.name.en.strip(), entry.code.strip()
    check_words(zh, en, code)
    if entry.type not in {row.code for row in unit_types(county.pk)}:
        raise RegisterError(Text("请选择单位类型", "choose a type"), "type")
    if code and Unit.objects.filter(county=county, code=code).exclude(pk=besides).exists():
        raise RegisterError(Text(f"编号“{code}”已被其他单位使用", f"another unit has the code {code}"), "code")
    if entry.parent is not None:
        above = Unit.objects.filter(county=county, pk=entry.parent).first()
        if above is None:
            raise RegisterError(Text("本县没有这个上级单位", "the county has no such unit to stand under"), "parent")
        if kept is not None and (above.pk == kept.pk or kept.pk in _above(county, above.pk)):
            raise RegisterError(
                Text("上级单位不能是它自己或它的下级", "a unit cannot stand under itself or under one of its own"),
                "parent",
            )
        if above.merged_into_id is not None:
            raise RegisterError(
                Text(
                    f"“{above.name_zh}”已并入其他单位；请选择并入后的单位",
                    "that unit was merged into another; choose that one",
                ),
                "parent",
            )
    check_days(entry.valid_from, entry.valid_to)
    return UnitEntry(Text(zh, en), entry.type, code, entry.parent, entry.valid_from, entry.valid_to)


def check_words(zh: str, en: str, code: str) -> None:
    """Refuse a name or a code that cannot be kept."""
    if not zh:
        raise RegisterError(Text("请填写中文名称", "give the Chinese name"), "name_zh")
    if len(zh) > 80:
        raise RegisterError(Text("中文名称最多 80 字", "the Chinese name has at most 80 characters"), "name_zh")
    if len(en) > 80:
        raise RegisterError(Text("英文名称最多 80 个字符", "the English name has at most 80 characters"), "name_en")
    if code and (len(code) > 40 or not _CODE.fullmatch(code)):
        raise RegisterError(
            Text("编号最多 40 个字符，只用字母、数字、点、横线和下划线", "a code has at most 40 letters, digits, dots, dashes and underscores"),
            "code",
        )  # fmt: skip


def check_days(first: date | None, last: date | None) -> None:
    """Refuse a last day before the first."""
    if first is not None and last is not None and last < first:
        raise RegisterError(Text("停用日期早于启用日期", "the last day lies before the first"), "valid_to")


def free_code(county: County, taken: Iterable[str] | None = None, prefix: str = "U") -> str:
    """Return the next free code of a county's units: U001, U002, …"""
    known = set(taken) if taken is not None else set(Unit.objects.filter(county=county).values_list("code", flat=True))
    number = 1 + max(
        (int(code[len(prefix) :]) for code in known if re.fullmatch(prefix + r"[0-9]{1,6}", code)), default=0
    )
    return f"{prefix}{number:03d}"


def values(unit: Unit) -> dict[str, Any]:
    """Return what is entered of a unit, by field."""
    return {
        "code": unit.code, "name_zh": unit.name_zh, "name_en": unit.name_en, "type": unit.type,
        "parent_id": unit.parent_id, "valid_from": unit.valid_from, "valid_to": unit.valid_to,
    }  # fmt: skip


def _spoken(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the same fields with the parent's code in place of its key."""
    parent = fields.get("parent_id")
    code = Unit.objects.filter(pk=parent).values_list("code", flat=True).first() if parent else ""
    return {name: value for name, value in fields.items() if name != "parent_id"} | {"parent": code}


def label(unit: Unit) -> str:
    """Return a unit as the journal names it."""
    return f"{unit.name_zh} ({unit.code})"


def may_manage(by: Post, county: County) -> None:
    """Refuse a post that does not manage the county's units."""
    if not MANAGE_UNITS.allows(by, county):
        raise PermissionDenied
