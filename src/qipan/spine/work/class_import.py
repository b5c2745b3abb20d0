"""Putting an office's own table of classes in place of the samples: what it would change is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents import headings
from qipan.ground.documents.lists import Change, Line, Plan, Planned
from qipan.ground.documents.problems import FileProblem
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.ground.units.permissions import MANAGE_CLASSES
from qipan.spine.work.class_pack import ClassPack, shipped_classes
from qipan.spine.work.class_table import SAMPLE_REMARK, TableLine, known_code, limit_words, read_limit
from qipan.spine.work.classes import (
    LOCAL,
    WORDS,
    ClassEntry,
    ClassError,
    add_class,
    checked,
    edit_class,
    entry_of,
    limit_of,
)
from qipan.spine.work.models import WorkClass


class TableChanged(ClassError):
    """Someone changed the table while the preview was looked at; it is to be looked at again."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "预览期间其他人修改了分类表，请重新核对下列变化后再确认",
                "somebody changed the table while you looked at the preview; look at what would change now, then confirm",
            )
        )


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """What a table would do; `mark` is the state of the county's classes that it was compared with.

    `old` are the lines whose old code was read as a new one by the rule: they count only when a person says so.
    """

    plan: Plan
    mark: str
    old: int


def mark_of(county_id: int) -> str:
    """Return what tells one state of a county's classes from another: versions only rise, classes only come."""
    found = WorkClass.objects.filter(county_id=county_id).aggregate(count=Count("pk"), versions=Sum("version"))
    return f"{found['count']}.{found['versions'] or 0}"


def plan_import(
    county: County, lines: Sequence[TableLine], functions: Mapping[str, str], *, with_old: bool = False
) -> ClassPlan:
    """Say what each line of a table would change. Writes nothing.

    Args:
        county: whose classes.
        lines: the table, as it was read.
        functions: the code of a function by every word met for it (`class_table.functions_by_name`).
        with_old: whether the proposals for old codes count.
    """
    known = {one.code: one for one in WorkClass.objects.filter(county=county)}
    pack = shipped_classes()
    planned: list[Planned] = []
    seen: dict[str, int] = {}
    old = 0
    for line in lines:
        one, is_old = _planned(line, known, pack, functions, seen)
        if is_old:
            old += 1
            if not with_old and one.state in {"new", "changed"}:
                one = Planned(one.line, "waiting", one.label, one.changes, one.problems, one.note, one.values)
        planned.append(one)
    return ClassPlan(Plan(tuple(planned)), mark_of(county.pk), old)


def apply_import(
    county: County, lines: Sequence[TableLine], functions: Mapping[str, str], *,
    mark: str, by: Post, with_old: bool = False,
) -> ClassPlan:  # fmt: skip
    """Do what a plan says, all of it or nothing; refused lines are left out.

    Raises:
        PermissionDenied: the post may not.
        TableChanged: the classes are no longer what the plan was compared with.
        StaleClass: someone changed one of them at this moment.
    """
    if not MANAGE_CLASSES.allows(by, county):
        raise PermissionDenied
    with act(actor(by)) as going:
        found = plan_import(county, lines, functions, with_old=with_old)
        if found.mark != mark:
            raise TableChanged
        for one in found.plan.lines:
            entry = one.values.get("entry")
            if not isinstance(entry, ClassEntry):
                continue
            if one.state == "new":
                add_class(county, str(one.values["code"]), entry, by=by)
            elif one.state == "changed":
                standing = one.values["standing"]
                if isinstance(standing, WorkClass):
                    edit_class(standing, entry, version=standing.version, by=by)
        if found.plan.does_something:
            counts = {state: found.plan.count(state) for state in ("new", "changed", "unchanged", "refused")}
            going.note("classes.import", Thing("work_classes", county.code), counts)
    return found


def _planned(
    line: TableLine, known: Mapping[str, WorkClass], pack: ClassPack, functions: Mapping[str, str], seen: dict[str, int]
) -> tuple[Planned, bool]:
    """Return what a line would do, and whether its code is an old one."""
    cells, shown = line.cells, Line(line.place, line.cells)
    code = known_code(cells["code"], known)
    proposed = pack.of_old_code(code) if code not in known else None
    note = Text()
    if proposed is not None:
        note = Text(
            f"旧代码 {code} 按编码规则对应 {proposed}，请核对",
            f"old code {code} would be {proposed} by the rule; check it",
        )
        code = proposed
    label = f"{code} {cells.get('name', '')}".strip()

    def refused(message: Text, remedy: Text = Text()) -> tuple[Planned, bool]:
        wrong = FileProblem("", line.place, message, remedy)
        return Planned(shown, "refused", label, problems=(wrong,), note=note), False

    if not code:
        return refused(Text("缺少小类代码", "the code is missing"), Text("填写五位代码", "write its five digits"))
    if code in seen:
        return refused(
            Text(f"代码 {code} 在第 {seen[code]} 行已出现", f"code {code} already stands in line {seen[code]}"),
            Text("保留一行", "keep one of them"),
        )
    seen[code] = line.number
    standing = known.get(code)
    limit = read_limit(cells["limit"]) if cells.get("limit") else None
    if cells.get("limit") and limit is None:
        return refused(
            Text(f"看不懂处置时限“{cells['limit']}”", f"the limit {cells['limit']!r} cannot be read"),
            Text(
                "写成 15工作日、5工作时、24紧急工作时或3自然日",
                "write 15工作日 (working days), 5工作时 (working hours), 24紧急工作时 (around the clock) or 3自然日 (calendar days)",
            ),
        )
    if standing is None and limit is None:
        return refused(
            Text("新类别缺少处置时限", "a new class needs a limit"), Text("填写处置时限", "fill in 处置时限")
        )
    values = _values(cells, standing)
    if limit is not None:
        values |= {"limit": limit.amount, "limit_unit": limit.unit}
    if cells.get("function"):
        function = functions.get(headings.plain(cells["function"]))
        if function is not None:
            values["function"] = function
        else:
            words = Text(
                f"“{cells['function']}”不对应任何职能，责任单位不变",
                f"{cells['function']!r} is no known function; left as it is",
            )
            note = Text(f"{note.zh}；{words.zh}", f"{note.en}; {words.en}") if note else words
    if standing is None:
        values["group"] = _group(cells.get("group", ""), code, pack)
    base = entry_of(standing).fields() if standing else ClassEntry("", 1, "working_day").fields()
    try:
        entry = checked(ClassEntry(**{**base, **values}), code)  # type: ignore[arg-type]
    except ClassError as error:
        return refused(error.words)
    changes = _changes(standing, entry)
    state = "new" if standing is None else "changed" if changes else "unchanged"
    kept = {"code": code, "entry": entry, "standing": standing}
    return Planned(shown, state, label, changes, note=note, values=kept), proposed is not None


def _values(cells: Mapping[str, str], standing: WorkClass | None) -> dict[str, object]:
    """Return the words of a line by the columns of a class; a column that the table lacks changes nothing."""
    values: dict[str, object] = {}
    if cells.get("name"):
        values["name_zh"] = cells["name"]
    for column, name in (("opens", "opens_zh"), ("closes", "closes_zh")):
        if column in cells:
            values[name] = cells[column]
    if "source" in cells:
        remark = "" if cells["source"] == SAMPLE_REMARK else cells["source"]
        # What says nothing takes nothing away: a remark is seldom a source.
        if remark or standing is None:
            values["source"] = remark
    return values


def _group(name: str, code: str, pack: ClassPack) -> str:
    wanted = headings.plain(name)
    for group in pack.groups.values():
        if wanted and wanted in (headings.plain(group.title.zh), headings.plain(group.title.zh.removesuffix("类"))):
            return group.code
    return code[:2] if code[:2] in pack.groups else LOCAL


def _changes(standing: WorkClass | None, entry: ClassEntry) -> tuple[Change, ...]:
    """Return what differs, the limit with its unit as one."""
    if standing is None:
        return ()
    was, will = entry_of(standing).fields(), entry.fields()
    found = [
        Change(WORDS[name], str(was[name]), str(value))
        for name, value in will.items()
        if was[name] != value and name not in ("limit", "limit_unit")
    ]
    before, after = limit_of(standing), entry.limit_value()
    if before != after:
        found.insert(0, Change(WORDS["limit"], limit_words(before), limit_words(after)))
    return tuple(found)
