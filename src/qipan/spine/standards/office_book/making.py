"""The standard's data out of the seven columns and the answers, with the cell of every part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from qipan.assessment.standard import FORMAT, ONE_THING
from qipan.assessment.text import InputError, Text
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.spine.standards.formats import Pack, accept
from qipan.spine.standards.formats.canonical import written
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.asking import ALL as EVERY_ONE
from qipan.spine.standards.office_book.asking import (
    AT_SITES,
    BANDS,
    GRADE_VALUES,
    GRADES,
    SHARES,
    About,
    AboutContent,
    AboutSection,
    Value,
    number,
)
from qipan.spine.standards.office_book.reading import Branch, place_of

DataPath = tuple[str | int, ...]
RESIDENTS = "residents"


@dataclass(slots=True)
class _Making:
    """The data under way, and where each part of it came from."""

    about: About
    types: Mapping[str, Text]
    cells: dict[DataPath, str] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    weight: int = 1


def pack_of(about: About, types: Mapping[str, Text], file: str, sheet: str, day: date) -> Pack:
    """Return the standard, read and found right.

    Args:
        about: what the columns say and what was answered.
        types: titles of the kinds of site.
        file: what the workbook is called.
        sheet: where in it the columns stand.
        day: of the import.

    Raises:
        FileError: something is missing or wrong, each with its cell.
    """
    missing = _missing(about, file)
    if missing:
        raise FileError(missing)
    making = _Making(about, types)
    data = _data(making, file, sheet, day)
    try:
        return accept(data)
    except InputError as error:
        raise FileError.placed(file, error, lambda path: _cell(making, path)) from None


def _cell(making: _Making, path: Sequence[str | int]) -> Place:
    for end in range(len(path), 0, -1):
        cell = making.cells.get(tuple(path[:end]))
        if cell:
            return place_of(cell)
    return Place()


def _missing(about: About, file: str) -> list[FileProblem]:
    """Return what has to be answered before a standard can be made."""
    out = [
        FileProblem(file, Place(), Text(f"“{one.value}”：{one.wrong.zh}", f"{one.value!r}: {one.wrong.en}"))
        for one in about.head.values()
        if one.basis == "missing"
    ]
    for section in about.sections:
        if section.points and section.points.basis == "missing":
            out.append(FileProblem(file, place_of(section.section.cell), section.points.wrong))
        for one in section.contents:
            if one.types and one.types.basis == "missing":
                out.append(
                    FileProblem(
                        file, place_of(one.content.method_cell or one.content.cell),
                        Text(f"“{one.content.code}”没有选定实地考察的点位类型", f"no kind of site is chosen for {one.content.code}"),
                        Text("在该项目的页面选定", "choose it on the page of its section"),
                    )
                )  # fmt: skip
            if one.points.basis == "missing":
                out.append(FileProblem(file, place_of(one.content.cell), one.points.wrong))
    return out


def _data(making: _Making, file: str, sheet: str, day: date) -> dict[str, Any]:
    about = making.about
    head = {name: one.value for name, one in about.head.items()}
    counts = [len(one.methods.chosen) for one in about.contents()]
    making.weight = 1 if about.by_method else lcm(*counts) if counts else 1
    data: dict[str, Any] = {
        "format": FORMAT, "id": head["id"], "title": {"zh": head["title"]}, "edition": {"zh": head["edition"]},
        "source": _source(about, file, sheet, day), "total": written(about.number("total")),
    }  # fmt: skip
    if about.by_method:
        data["weighting"] = "shares"
        data["shares"] = [
            {
                "code": name, "title": _both(title), "points": written(about.number(f"points.{name}")), "methods": list(methods),
                **_basis(about.head[f"points.{name}"], Text("各方法分值", "the points of each method")),
            }
            for name, (title, methods, _) in SHARES.items()
            if f"points.{name}" in about.head
        ]  # fmt: skip
        data["weights_basis"] = {"assumed": _both(Text("同一方法份额内，未填权重的内容按相同权重计。", "Within a share, contents without a weight of their own weigh the same."))}  # fmt: skip
    else:
        data["weighting"] = "points"
        data["weights_basis"] = {"assumed": _both(Text("同一项目内，未填分值的内容平分该项目余下的分值。", "Contents without points of their own share what is left of their section's."))}  # fmt: skip
    if "grade.A" in about.head:
        values = {grade: written(about.number(f"grade.{grade}")) for grade in GRADE_VALUES}
        data["grades"] = {
            "values": values,
            **_basis(about.head["grade.B"], Text("等级折算", "the values of the grades")),
        }
    nodes = [_section(making, one, ("nodes", place)) for place, one in enumerate(about.sections)]
    if making.used:
        data["strata"] = [
            {"code": code, "title": _both(making.types.get(code, Text("居民", "Residents")))} for code in making.used
        ]
    data["nodes"] = nodes
    return data


def _section(making: _Making, about: AboutSection, path: DataPath) -> dict[str, Any]:
    node = _branch(making, about.section, {one.content.code: one for one in about.contents}, path)
    if about.points is not None:
        node["points"] = written(number(about.points.value) or Fraction(0))
        node |= _basis(about.points, Text("项目分值", "the section's points"))
    return node


def _branch(making: _Making, branch: Branch, contents: Mapping[str, AboutContent], path: DataPath) -> dict[str, Any]:
    making.cells[path] = branch.cell
    children: list[dict[str, Any]] = []
    for below in branch.branches:
        children.append(_branch(making, below, contents, (*path, "children", len(children))))
    for content in branch.contents:
        children.append(_content(making, contents[content.code], (*path, "children", len(children))))
    node: dict[str, Any] = {"code": branch.code, "title": branch.title}
    return node | ({"children": children} if children else {})


def _content(making: _Making, about: AboutContent, path: DataPath) -> dict[str, Any]:
    content = about.content
    making.cells[path] = content.cell
    node: dict[str, Any] = {"code": content.code, "title": content.title}
    if content.text:
        node["text"] = content.text
    worth = number(about.points.value)
    if worth is not None and not making.about.by_method:
        node["points"] = written(worth)
        node["source"] = _both(Text("创城办填写的分值", "points entered by the office"))
    node["checks"] = []
    weight = int(worth) if worth and making.about.by_method else making.weight // (1 if making.about.by_method else len(about.methods.chosen))  # fmt: skip
    for place, method in enumerate(about.methods.chosen):
        making.cells[(*path, "checks", place)] = content.method_cell or content.cell
        node["checks"].append(_check(making, about, method, weight))
    if content.criteria:
        node["children"] = []
        for place, one in enumerate(content.criteria):
            making.cells[(*path, "children", place)] = one.cell
            node["children"].append({"code": one.code, "title": one.text})
    return node


def _check(making: _Making, about: AboutContent, method: str, weight: int) -> dict[str, Any]:
    content = about.content
    name = making.about.head["id"].value
    meant = [one for one in content.criteria if method in one.methods] or content.criteria
    # Keys carry the standard's id: another standard's criterion of the same number is another fact.
    items = [{"key": f"{name}.{one.code}", "title": one.text} for one in meant] or [
        {"key": f"{name}.{content.code}", "title": content.title}
    ]
    check: dict[str, Any] = {"method": method, "weight": max(weight, 1)}
    if method in ONE_THING:
        check["items"] = items
    else:
        there = (RESIDENTS,) if method == "survey" else about.types.chosen if about.types else ()
        making.used |= dict.fromkeys(there)
        check["strata"] = dict.fromkeys(there, items)
    rule = about.rule.value
    if method == "survey":
        check |= {"join": {"kind": "pooled_rate"}, "missing": "excluded"}
    elif rule == GRADES:
        check["value"] = {"kind": "graded_scale"}
    elif rule == EVERY_ONE:
        check["site"] = {"kind": "all_of"}
    if rule == BANDS:
        check["points"] = words.bands(content.text, len(content.criteria))
    assumed = [
        said
        for basis, said in (
            (about.methods.basis, Text("测评方法", "the method")),
            (
                about.types.basis if about.types and method in AT_SITES else "sure",
                Text("点位类型", "the kinds of site"),
            ),
            (about.rule.basis, Text("得分规则", "the rule")),
        )
        if basis == "assumed"
    ]
    if assumed:
        zh, en = "、".join(one.zh for one in assumed), ", ".join(one.en for one in assumed)
        check["assumed"] = {"zh": f"创城办假定，尚未确认：{zh}", "en": f"assumed by the office, not confirmed: {en}"}
    return check


def _basis(value: Value, what: Text) -> dict[str, Any]:
    if value.basis == "assumed":
        return {"assumed": {"zh": f"创城办假定，尚未确认：{what.zh}", "en": f"assumed by the office, not confirmed: {what.en}"}}  # fmt: skip
    return {"source": {"zh": f"创城办确认：{what.zh}", "en": f"confirmed by the office: {what.en}"}}


def _both(said: Text) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en or said.zh}


def _source(about: About, file: str, sheet: str, day: date) -> dict[str, str]:
    """Say where the standard came from, and how much of it is assumed."""
    contents = about.contents()
    kinds = (
        (sum(one.basis == "assumed" for one in about.head.values()), Text("总分、方法分值和等级", "of the total, the methods and the grades")),
        (sum(one.points is not None and one.points.basis == "assumed" for one in about.sections), Text("项目分值", "of the points of sections")),
        (sum(one.methods.basis == "assumed" for one in contents), Text("测评方法", "of the methods")),
        (sum(one.types is not None and one.types.basis == "assumed" for one in contents), Text("点位类型", "of the kinds of site")),
        (sum(one.rule.basis == "assumed" for one in contents), Text("得分规则", "of the rules")),
    )  # fmt: skip
    zh = "、".join(f"{what.zh} {count} 处" for count, what in kinds if count)
    en = ", ".join(f"{count} {what.en}" for count, what in kinds if count)
    return {
        "zh": f"创城办工作簿“{file}”（{sheet}），{day.year}年{day.month}月{day.day}日读入。七列之外的内容由创城办填写"
        + (f"，其中属创城办假定、尚未确认的：{zh}。" if zh else "并逐项确认。"),
        "en": f"The office's workbook “{file}” ({sheet}), read on {day:%d %B %Y}. What seven columns do not say was entered by the office"
        + (f"; assumed and not confirmed: {en}." if en else " and confirmed one by one."),
    }  # fmt: skip
