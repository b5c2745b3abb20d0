"""What has changed between two editions of a standard, said in sentences. Pure: two canonical contents in, rows out.

Nodes are matched by code; a node whose code is gone but whose title and text stand under a new code counts as
renumbered. Two contents with different hashes always differ in at least one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qipan.assessment import rules
from qipan.assessment.fields import Fields
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.spine.standards.formats import canonical, cells, forms
from qipan.spine.standards.formats.forms import Column, Form

Change = Literal["added", "removed", "renumbered", "moved", "reordered", "changed"]
Record = Mapping[str, Any]

_NONE = Text("（无）", "(none)")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `area` is head, nodes, checks or another sheet's key; `thing` what changed, `field` what of it."""

    area: str
    change: Change
    thing: Text
    field: Text = Text()
    before: Text = Text()
    after: Text = Text()

    def sentence(self) -> Text:
        """Say the change in words."""
        zh, en = self.thing.zh or self.thing.en, self.thing.en or self.thing.zh
        match self.change:
            case "added":
                return Text(f"新增{zh}", f"added: {en}")
            case "removed":
                return Text(f"删除{zh}", f"removed: {en}")
            case "renumbered":
                return Text(
                    f"{zh}的编号由“{self.before.zh}”改为“{self.after.zh}”",
                    f"{en}: renumbered from {self.before.en} to {self.after.en}",
                )
            case "moved":
                return Text(
                    f"{zh}由“{self.before.zh}”下移到“{self.after.zh}”下",
                    f"{en}: moved from {self.before.en} to {self.after.en}",
                )
            case "reordered":
                return Text(f"{zh}的排列次序有变", f"{en}: the order has changed")
            case "changed":
                before_zh, after_zh = self.before.zh or self.before.en, self.after.zh or self.after.en
                before_en, after_en = self.before.en or self.before.zh, self.after.en or self.after.zh
                return Text(
                    f"{zh}：{self.field.zh}由“{before_zh}”改为“{after_zh}”",
                    f"{en}: {self.field.en} changed from ‘{before_en}’ to ‘{after_en}’",
                )


def compare(old: Record, new: Record) -> list[Difference]:
    """Return every difference between two standards, head first, then the lists, the nodes and their checks.

    Args:
        old: canonical data, as `formats.Pack.data` holds it.
        new: the same.
    """
    if old == new:
        return []
    return list(_Comparison(old, new).all())


@dataclass(slots=True)
class _Node:
    code: str
    parent: str
    record: Record
    checks: Sequence[Record]

    @property
    def wording(self) -> tuple[str, str]:
        """What the node says, by which it is recognized under another code."""
        return repr(self.record.get("title")), repr(self.record.get("text"))

    @property
    def words(self) -> Text:
        """The node as a sentence names it."""
        zh, en = canonical.spoken(self.record.get("title"))
        return Text(f"指标 {self.code}“{zh or en}”", f"node {self.code} ‘{en or zh}’")


class _Comparison:
    def __init__(self, old: Record, new: Record) -> None:
        self.old, self.new = old, new
        self.old_grades, self.new_grades = _grades(old), _grades(new)
        self.old_nodes, self.new_nodes = _flat(old), _flat(new)

    def all(self) -> Iterator[Difference]:
        """Yield every difference."""
        found = [*self._head(), *self._lists(), *self._nodes()]
        yield from found
        if not found:
            # Keys that no form knows, kept from a newer format.
            yield Difference(
                "head", "changed", Text("标准", "standard"), Text("其他内容", "other content"), _NONE, _NONE
            )

    # --- head and lists ---

    def _head(self) -> Iterator[Difference]:
        for line in forms.HEAD_LINES:
            if line.path:
                one, two = _at(self.old, line.path), _at(self.new, line.path)
                if one != two:
                    kind: forms.Kind = "words" if line.kind == "words" else line.kind
                    column = Column("", line.name, kind, choices=line.choices)
                    yield self._changed("head", Text("标准", "standard"), column, one, two)
            if line.backed:
                before, after = _at(self.old, line.backed) or {}, _at(self.new, line.backed) or {}
                yield from self._basis("head", line.name, before, after)
        for form in (forms.GRADES, forms.ALIASES):
            path = ("grades", "values") if form is forms.GRADES else (form.key,)
            before, after = _at(self.old, path) or {}, _at(self.new, path) or {}
            for name in dict.fromkeys([*before, *after]):
                if before.get(name) != after.get(name):
                    thing = Text(f"{form.name.zh}“{name}”", f"{form.name.en} {name!r}")
                    column = Column("", form.columns[1].name, "number")
                    yield self._changed(form.key, thing, column, before.get(name), after.get(name))

    def _lists(self) -> Iterator[Difference]:
        for form in forms.LISTS:
            key = form.columns[0].key
            before = {str(record.get(key)): record for record in self.old.get(form.key, ())}
            after = {str(record.get(key)): record for record in self.new.get(form.key, ())}
            for name in dict.fromkeys([*before, *after]):
                thing = _named(form, name, after.get(name) or before[name])
                if name not in after:
                    yield Difference(form.key, "removed", thing)
                elif name not in before:
                    yield Difference(form.key, "added", thing)
                else:
                    yield from self._record(form, thing, before[name], after[name])
            if _common_order(before, after):
                yield Difference(form.key, "reordered", form.name)

    # --- the tree ---

    def _nodes(self) -> Iterator[Difference]:
        renumbered = self._renumbered()
        now = {code: renumbered.get(code, code) for code in self.old_nodes}
        came_from = {new: old for old, new in now.items() if new in self.new_nodes}
        for code, node in self.old_nodes.items():
            if now[code] not in self.new_nodes:
                yield Difference("nodes", "removed", node.words)
        for code, node in self.new_nodes.items():
            old = self.old_nodes.get(came_from.get(code, ""))
            if old is None:
                yield Difference("nodes", "added", node.words)
                yield from (Difference("checks", "added", _check_name(code, check)) for check in node.checks)
                continue
            if old.code != code:
                yield Difference(
                    "nodes", "renumbered", old.words, before=Text(old.code, old.code), after=Text(code, code)
                )
            if now.get(old.parent, old.parent) != node.parent:
                yield Difference("nodes", "moved", node.words, before=_above(old.parent), after=_above(node.parent))
            skipped = {"code"} if old.code != code else set()
            yield from self._record(forms.NODES, node.words, old.record, node.record, skipped)
            yield from self._checks(code, old.checks, node.checks)
        kept = {now[code]: None for code in self.old_nodes}
        if _common_order(kept, self.new_nodes):
            yield Difference("nodes", "reordered", Text("指标", "nodes"))

    def _renumbered(self) -> dict[str, str]:
        """Return old -> new code of nodes that are gone under one code and stand, word for word, under another."""
        gone: dict[tuple[str, str], list[str]] = {}
        come: dict[tuple[str, str], list[str]] = {}
        for code, node in self.old_nodes.items():
            if code not in self.new_nodes:
                gone.setdefault(node.wording, []).append(code)
        for code, node in self.new_nodes.items():
            if code not in self.old_nodes:
                come.setdefault(node.wording, []).append(code)
        pairs = ((codes, come.get(wording, [])) for wording, codes in gone.items())
        return {olds[0]: news[0] for olds, news in pairs if len(olds) == len(news) == 1}

    def _checks(self, code: str, old: Sequence[Record], new: Sequence[Record]) -> Iterator[Difference]:
        before, after = ({_check_key(check): check for check in checks} for checks in (old, new))
        for key, check in before.items():
            if key not in after:
                yield Difference("checks", "removed", _check_name(code, check))
        for key, check in after.items():
            if key not in before:
                yield Difference("checks", "added", _check_name(code, check))
            else:
                yield from self._record(forms.CHECKS, _check_name(code, check), before[key], check)
        if _common_order(before, after):
            yield Difference("checks", "reordered", Text(f"{code} 的测评点", f"checks of {code}"))

    # --- one record against another ---

    def _record(
        self, form: Form, thing: Text, old: Record, new: Record, skipped: set[str] | None = None
    ) -> Iterator[Difference]:
        known = {column.key for column in form.columns} | set(canonical.BASIS)
        for column in form.columns:
            if column.kind == "basis":
                yield from self._basis(form.key, thing, old, new)
            elif column.key not in (skipped or ()) and old.get(column.key) != new.get(column.key):
                yield self._changed(form.key, thing, column, old.get(column.key), new.get(column.key))
        for key in dict.fromkeys([*old, *new]):
            if key not in known and old.get(key) != new.get(key):
                yield self._changed(form.key, thing, Column(key, Text(key, key)), old.get(key), new.get(key))

    def _basis(self, area: str, thing: Text, old: Record, new: Record) -> Iterator[Difference]:
        one = {kind: old[kind] for kind in canonical.BASIS if kind in old}
        two = {kind: new[kind] for kind in canonical.BASIS if kind in new}
        if one != two:
            yield Difference(area, "changed", thing, forms.BASIS.name, _basis_words(one), _basis_words(two))

    def _changed(self, area: str, thing: Text, column: Column, old: Any, new: Any) -> Difference:
        before, after = _said(column, old, self.old_grades), _said(column, new, self.new_grades)
        if before == after:
            # The words do not show it (a grade's value, a basis inside a rule): show the data.
            before, after = (Text(str(value), str(value)) for value in (old, new))
        return Difference(area, "changed", thing, column.name, before, after)


def _grades(data: Record) -> dict[str, Any]:
    fields = Fields(data.get("grades") or {}, (), [])
    return dict(rules.grade_table(fields, "values"))


def _flat(data: Record) -> dict[str, _Node]:
    """Return every node by code in the order of the tree."""
    found: dict[str, _Node] = {}
    left = [("", node) for node in reversed(data.get("nodes", ()))]
    while left:
        parent, node = left.pop()
        record = {key: value for key, value in node.items() if key not in ("children", "checks")}
        found[node["code"]] = _Node(node["code"], parent, record, node.get("checks", ()))
        left.extend((node["code"], child) for child in reversed(node.get("children", ())))
    return found


def _at(data: Any, path: Sequence[str]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _named(form: Form, name: str, record: Record) -> Text:
    zh, en = canonical.spoken(record.get("title"))
    shown = Text(zh or en, en or zh)
    return Text(
        f"{form.name.zh} {name}{f'“{shown.zh}”' if shown else ''}",
        f"{form.name.en.lower()} {name}{f' ‘{shown.en}’' if shown else ''}",
    )


def _check_key(check: Record) -> str:
    return f"{check.get('method')}.{check.get('suffix', '')}"


def _check_name(code: str, check: Record) -> Text:
    suffix = f".{check['suffix']}" if "suffix" in check else ""
    method = METHODS.get(str(check.get("method")), Text(str(check.get("method")), str(check.get("method"))))
    return Text(f"测评点 {code}/{method.zh}{suffix}", f"check {code}/{check.get('method')}{suffix}")


def _above(code: str) -> Text:
    return Text(code, code) if code else Text("顶层", "the top")


def _common_order(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether what both have stands in another order."""
    return [name for name in before if name in after] != [name for name in after if name in before]


def _basis_words(record: Record) -> Text:
    for kind, value in record.items():
        zh, en = canonical.spoken(None if value is True else value)
        name = forms.BASES[kind]
        return Text(f"{name.zh}：{zh or en}".rstrip("："), f"{name.en}: {en or zh}".rstrip(": "))
    return _NONE


def _said(column: Column, value: Any, grades: Mapping[str, Any]) -> Text:
    """Return a value in words."""
    if value is None or value == []:
        return _NONE
    match column.kind:
        case "text":
            return Text(*canonical.spoken(value))
        case "choice":
            found = (column.choices or {}).get(str(value))
            return found or Text(str(value), str(value))
        case "texts":
            pairs = [canonical.spoken(one) for one in value]
            return Text("、".join(zh or en for zh, en in pairs), ", ".join(en or zh for zh, en in pairs))
        case "words":
            words = [one if isinstance(one, str) else _item(one) for one in value]
            return Text("、".join(words), ", ".join(words))
        case "strata":
            lines = [f"{name}: {', '.join(map(_item, items))}".rstrip() for name, items in value.items()]
            return Text("；".join(lines), "; ".join(lines))
        case "rule":
            return _rule(column.key, value, grades)
        case "target":
            said = "; ".join(f"{name}={target}" for name, target in value.items())
            return Text(said, said)
    return Text(str(value), str(value))


def _item(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    zh, en = canonical.spoken(item.get("title"))
    said = [zh or en, cells.write_rule(item["value"]) if "value" in item else ""]
    return f"{item['key']} ({'; '.join(part for part in said if part)})"


def _rule(step: str, value: Record, grades: Mapping[str, Any]) -> Text:
    fields = Fields(value, (), [])
    match step:
        case "value":
            return rules.read_value(fields, grades).sentence()
        case "site":
            return rules.read_site_rule(fields).sentence()
        case "join":
            return rules.read_join(fields, "mean").sentence()
        case _:
            return rules.read_points_rule(fields, grades).sentence()
