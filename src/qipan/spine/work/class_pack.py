"""Reading a table of classes (`qipan-classes/1`): classes with their three criteria, and the class of each item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import qipan
from qipan.assessment.fields import Fields, finish
from qipan.assessment.text import Basis, Problem, Text
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.worktime.clock import LONGEST, UNITS, Limit

FORMAT = "qipan-classes/1"
SHIPPED = Path(qipan.__file__).parent / "packs" / "cn-work-classes.yaml"

_OLD = re.compile(r"(\d{2})-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class PackGroup:
    """A major class: what its classes have where they say nothing themselves."""

    code: str
    title: Text
    limit: Limit | None
    function: str


@dataclass(frozen=True, slots=True)
class PackClass:
    """A class of findings. `basis` is what its limit rests on."""

    code: str
    group: str
    title: Text
    opens: Text
    closes: Text
    limit: Limit
    basis: Basis
    function: str
    is_frequent: bool
    old: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassPack:
    """A table of classes."""

    id: str
    title: Text
    source: Text
    note: Text
    groups: Mapping[str, PackGroup]
    classes: Mapping[str, PackClass]
    items: Mapping[str, str]
    old_majors: Mapping[str, str]

    def of_old_code(self, code: str) -> str | None:
        """Return which class an old code (01-10) would be by the rule: a proposal for a person, None where none is."""
        match = _OLD.fullmatch(code.strip())
        if match is None:
            return None
        for one in self.classes.values():
            if code.strip() in one.old:
                return one.code
        new = f"{self.old_majors.get(match[1], '')}{int(match[2]):03d}"
        return new if new in self.classes else None

    def words_of(self, source: str) -> Text:
        """Return a source, as a class keeps it, in both languages where this pack has them."""
        for one in self.classes.values():
            if one.basis.words.zh == source:
                return one.basis.words
        return Text(source)


def read_classes(data: object) -> ClassPack:
    """Read a table of classes.

    Raises:
        InputError: with every problem found.
    """
    problems: list[Problem] = []
    root = Fields(data, (), problems)
    if root.word("format") != FORMAT:
        root.report(Text("不是问题分类表", "not a table of classes"), Text("", f"write `format: {FORMAT}`"))
    head = (root.word("id", required=True), root.text("title", required=True), root.text("source"))
    root.text("edition")
    completeness = root.below("completeness")
    note = Text()
    if completeness is not None:
        completeness.choice("status", ("complete", "partial"))
        note = completeness.text("note")
        completeness.done()
    limits = root.below("limits_basis")
    usual = (limits.basis() if limits is not None else None) or Basis("assumed", Text())
    groups = {group.code: group for group in map(_group, root.each("groups"))}
    classes: dict[str, PackClass] = {}
    for below in root.each("classes"):
        one = _class(below, groups, usual)
        if one.code in classes:
            below.report(Text(f"“{one.code}”重复", f"code {one.code!r} stands twice"), at=("code",))
        classes[one.code] = one
    items = {str(key): str(code) for key, code in root.mapping("items").items()}
    for key, code in items.items():
        if code not in classes:
            root.report(Text(f"没有类别“{code}”", f"there is no class {code!r}"), at=("items", key))
    if items and (said := root.below("items_basis")) is not None:
        said.basis()
        said.done()
    majors: dict[str, str] = {}
    if (old := root.below("old_codes")) is not None:
        majors = {str(was): str(now) for was, now in old.mapping("majors").items()}
        old.basis()
        old.done()
    root.done()
    finish(problems)
    return ClassPack(head[0], head[1], head[2], note, groups, classes, items, majors)


def _group(below: Fields) -> PackGroup:
    group = PackGroup(
        below.word("code", required=True), below.text("title", required=True), _limit(below), below.word("function")
    )
    below.done()
    return group


def _class(below: Fields, groups: Mapping[str, PackGroup], usual: Basis) -> PackClass:
    code = below.word("code", required=True)
    name = below.word("group", code[:2])
    group = groups.get(name)
    if group is None:
        below.report(
            Text(f"没有大类“{name}”", f"there is no group {name!r}"),
            Text("编码前两位为大类代码，或写明 group", "a code begins with its group's two digits, or says `group`"),
            at=("group",) if below.has("group") else ("code",),
        )
    own = _limit(below)
    limit = own or (group.limit if group else None)
    if limit is None:
        below.report(Text("缺少处置时限", "`limit` is missing"), Text("本类或其大类写明 limit", "here or at its group"))
    said = below.below("limit_basis")
    basis = (said.basis() if said is not None else None) or usual
    if (criteria := below.below("criteria_basis")) is not None:
        criteria.basis()
        criteria.done()
    old = tuple(_old(each) for each in below.each("old"))
    one = PackClass(
        code=code,
        group=name,
        title=below.text("title", required=True),
        opens=below.text("opens"),
        closes=below.text("closes"),
        limit=limit or Limit(0, UNITS[0]),
        basis=basis,
        function=below.word("function") or (group.function if group else ""),
        is_frequent=below.flag("frequent"),
        old=old,
    )
    below.done()
    return one


def _limit(below: Fields) -> Limit | None:
    found = below.below("limit")
    if found is None:
        return None
    amount, unit = found.whole("amount", low=1, high=LONGEST), found.choice("unit", UNITS)
    if amount is None and not found.has("amount"):
        found.report(Text("缺少“amount”", "`amount` is missing"))
    found.done()
    return None if amount is None else Limit(amount, unit)


def _old(below: Fields) -> str:
    code = below.word("code", required=True)
    below.word("name")
    below.done()
    return code


@cache
def shipped_classes() -> ClassPack:
    """Return the table that comes with the product."""
    return read_classes(read_yaml(SHIPPED).data)
