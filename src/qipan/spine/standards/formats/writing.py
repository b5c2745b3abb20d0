"""A standard as an authoring workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qipan.assessment.standard import METHODS, UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import LONGEST_CELL, SheetToWrite, write_workbook
from qipan.ground.documents.workbook import Column as WrittenColumn
from qipan.spine.standards.formats import canonical, cells, forms
from qipan.spine.standards.formats.forms import Column, Form

Value = str | int | float | None
_CHINESE, _ENGLISH = Text("中文", "zh"), Text("英文", "en")


def workbook(data: Mapping[str, Any], language: str = "zh") -> bytes:
    """Return a standard's canonical data as a workbook.

    Args:
        data: canonical.
        language: of the words that are chosen from a list; both are read.

    Raises:
        FileError: something of it has no column, or is longer than a cell can hold.
    """
    sheets = _Sheets(language, str(data.get("id", "")))
    return write_workbook(list(sheets.all(data)), title=str(data.get("id", "")))


def headings(column: Column) -> list[tuple[str, Text]]:
    """Return the (key, name) of the columns that one thing takes on a sheet."""
    name = column.name
    if column.kind == "text":
        return [
            (f"{column.key}.zh", Text(f"{_CHINESE.zh}{name.zh}", f"{name.en} {_CHINESE.en}")),
            (f"{column.key}.en", Text(f"{_ENGLISH.zh}{name.zh}", f"{name.en} {_ENGLISH.en}")),
        ]
    if column.kind == "basis":
        return [
            ("basis", Text(f"{name.zh}类别", name.en)),
            ("basis.zh", Text(f"中文{name.zh}", f"{name.en} zh")),
            ("basis.en", Text(f"英文{name.zh}", f"{name.en} en")),
        ]
    return [(column.key, name)]


class _Sheets:
    def __init__(self, language: str, name: str) -> None:
        self.language = language
        self.name = name

    def all(self, data: Mapping[str, Any]) -> Iterator[SheetToWrite]:
        """Yield every sheet; those that say nothing are there with their headings, for the author to fill."""
        known = {line.path[0] for line in forms.HEAD_LINES if line.path}
        known |= {line.backed[0] for line in forms.HEAD_LINES if line.backed}
        known |= {form.key for form in forms.LISTS} | set(forms.TABLES) | {"nodes"}
        self._all_known(data, known, "")
        yield self._head(data)
        nodes, checks, items = self._tree(data.get("nodes", ()))
        yield self._sheet(forms.NODES, nodes)
        yield self._sheet(forms.CHECKS, checks)
        yield self._sheet(forms.ITEMS, items)
        for form in forms.LISTS[:1]:
            yield self._sheet(form, data.get(form.key, ()))
        grades = data.get("grades", {})
        self._all_known(grades, {"values", *canonical.BASIS}, "grades")
        yield self._sheet(forms.GRADES, [{"grade": k, "value": v} for k, v in grades.get("values", {}).items()])
        aliases = data.get("aliases", {})
        yield self._sheet(forms.ALIASES, [{"alias": k, "type": v} for k, v in aliases.items()])
        for form in forms.LISTS[1:]:
            yield self._sheet(form, data.get(form.key, ()))
        yield self._guide()

    def _all_known(self, record: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in record:
            if key not in known:
                path = f"{where}.{key}" if where else key
                raise FileError.one(
                    self.name,
                    Text(f"“{path}”在工作簿里没有对应的列", f"`{path}` has no column in the workbook"),
                    Text("导出为 YAML", "export it as YAML"),
                )

    # --- the head ---

    def _head(self, data: Mapping[str, Any]) -> SheetToWrite:
        rows = []
        for line in forms.HEAD_LINES:
            value: Any = data if line.path else None
            for part in line.path:
                value = value.get(part) if isinstance(value, Mapping) else None
            zh, en = self._head_value(line, value)
            backed: Any = data
            for part in line.backed or ():
                backed = backed.get(part, {})
            rows.append([f"{line.name.zh} {line.name.en}", zh, en, *self._basis(backed if line.backed else {})])
            if line.backed and line.path:
                self._all_known(backed, {line.path[-1], *canonical.BASIS}, line.backed[0])
        for key in ("completeness", "rounding", "display"):
            known = {line.path[1] for line in forms.HEAD_LINES if len(line.path) > 1 and line.path[0] == key}
            self._all_known(data.get(key, {}), known, key)
        return self._written(forms.HEAD, rows)

    def _head_value(self, line: forms.HeadLine, value: Any) -> tuple[Value, Value]:
        if value is None:
            return None, None
        match line.kind:
            case "text":
                return canonical.spoken(value)
            case "words":
                return cells.write_words([str(one) for one in value]), None
            case "number":
                return self._number(value), None
            case "choice":
                return self._chosen(value, line.choices), None
        return str(value), None

    # --- the tree ---

    def _tree(self, roots: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        nodes: list[Any] = []
        checks: list[Any] = []
        items: list[Any] = []
        left = [("", root) for root in reversed(roots)]
        while left:
            parent, node = left.pop()
            code = node["code"]
            below = {key: value for key, value in node.items() if key not in ("children", "checks")}
            nodes.append({**below, "parent": parent} if parent else below)
            for check in node.get("checks", ()):
                checks.append({**check, "code": code, **self._looked_at(check, code, items)})
            left.extend((code, child) for child in reversed(node.get("children", ())))
        return nodes, checks, items

    def _looked_at(self, check: Mapping[str, Any], code: str, items: list[Any]) -> dict[str, Any]:
        """Return items and strata by key, and add a row for every item that says more than its key."""
        suffix = f".{check['suffix']}" if "suffix" in check else ""
        name = f"{code}/{self._chosen(check['method'], METHODS)}{suffix}"

        def keys(stratum: str, found: Sequence[Any]) -> list[str]:
            for item in found:
                if isinstance(item, Mapping):
                    items.append({"check": name, "stratum": stratum, **item})
            return [item["key"] if isinstance(item, Mapping) else item for item in found]

        looked: dict[str, Any] = {}
        if "items" in check:
            looked["items"] = keys(UNSTRATIFIED, check["items"])
        if "strata" in check:
            looked["strata"] = {stratum: keys(stratum, found) for stratum, found in check["strata"].items()}
        return looked

    # --- rows ---

    def _sheet(self, form: Form, records: Sequence[Mapping[str, Any]]) -> SheetToWrite:
        known = {column.key for column in form.columns if column.key}
        known |= set(canonical.BASIS) if any(column.kind == "basis" for column in form.columns) else set()
        rows = []
        for record in records:
            self._all_known(record, known, form.key)
            rows.append([cell for column in form.columns for cell in self._cells(column, record)])
        return self._written(form, rows)

    def _cells(self, column: Column, record: Mapping[str, Any]) -> Sequence[Value]:
        if column.kind == "basis":
            return self._basis(record)
        value = record.get(column.key)
        if value is None:
            return (None, None) if column.kind == "text" else (None,)
        match column.kind:
            case "text":
                return canonical.spoken(value)
            case "number":
                return (self._number(value),)
            case "choice":
                return (self._chosen(value, column.choices),)
            case "words":
                return (cells.write_words([self._chosen(one, column.choices) for one in value]),)
            case "texts":
                return (cells.write_texts(value),)
            case "strata":
                return (cells.write_strata(value),)
            case "rule":
                return (cells.write_rule(value, shares=column.key == "points"),)
            case "target":
                return (self._target(value),)
        return (str(value),)

    def _target(self, value: Mapping[str, Any]) -> str:
        return "; ".join("total" if key == "total" else f"{key}={below}" for key, below in value.items())

    def _basis(self, record: Mapping[str, Any]) -> Sequence[Value]:
        for kind in canonical.BASIS:
            if kind in record:
                value = record[kind]
                zh, en = ("", "") if value is True else canonical.spoken(value)
                return forms.BASES[kind].into(self.language), zh, en
        return None, None, None

    def _number(self, value: Any) -> Value:
        """Return a number as a cell keeps it exactly: as a number when short, else as text."""
        if isinstance(value, str):
            return value
        written = str(value)
        short = len(written.lstrip("-").replace(".", "")) <= 15 and len(written.partition(".")[2]) <= 10
        return value if short else written

    def _chosen(self, value: Any, choices: forms.Choices | None) -> str:
        found = choices.get(str(value)) if choices else None
        return found.into(self.language) if found else str(value)

    def _written(self, form: Form, rows: Sequence[Sequence[Value]]) -> SheetToWrite:
        columns = []
        for column in form.columns:
            for key, name in headings(column):
                offered: Sequence[str] = ()
                if column.kind == "choice" and column.choices:
                    offered = [word.into(self.language) for word in column.choices.values()]
                elif key == "basis":
                    offered = [word.into(self.language) for word in forms.BASES.values()]
                width = column.width if key != "basis.zh" and key != "basis.en" else 30
                columns.append(WrittenColumn(f"{name.zh}\n{name.en}", width, offered))
        for r, row in enumerate(rows):
            for value in row:
                if isinstance(value, str) and len(value) > LONGEST_CELL:
                    raise FileError.one(
                        self.name,
                        Text(
                            f"第 {r + 2} 行的内容超过一格的容量",
                            f"row {r + 2} of ‘{form.title}’ is too long for a cell",
                        ),
                        Text("导出为 YAML", "export it as YAML"),
                    )
        return SheetToWrite(form.title, columns, rows, form.frozen)

    def _guide(self) -> SheetToWrite:
        """Return the sheet that explains every column and every rule; it is not read."""
        rows: list[list[Value]] = []
        for form in forms.FORMS:
            for column in form.columns:
                said = column.help
                offered = column.choices or (forms.BASES if column.kind == "basis" else {})
                words = "、".join(f"{word.zh}（{code}）" for code, word in offered.items())
                english = ", ".join(offered)
                if said or words:
                    zh = "：".join(part for part in (said.zh, words) if part)
                    en = ": ".join(part for part in (said.en, english) if part)
                    rows.append([form.title, f"{column.name.zh} {column.name.en}", zh, en])
        rules = "规则 rules"
        rows += [[rules, example, said.zh, said.en] for example, said in forms.RULES_EXPLAINED]
        columns = [WrittenColumn("工作表\nsheet", 22), WrittenColumn("列或写法\ncolumn or rule", 44)]
        columns += [WrittenColumn("说明\nexplanation zh", 60), WrittenColumn("英文说明\nexplanation en", 60)]
        return SheetToWrite(f"{forms.GUIDE.zh} {forms.GUIDE.en}", columns, rows)
