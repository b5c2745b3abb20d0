"""An authoring workbook as a standard's data, with the cell of every value."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qipan.assessment.standard import METHODS, UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.documents import headings as finding
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.documents.workbook import Cell, Sheet, read_workbook, shown
from qipan.spine.standards.formats import canonical, cells, forms
from qipan.spine.standards.formats.cells import CellError
from qipan.spine.standards.formats.forms import Choices, Form
from qipan.spine.standards.formats.writing import headings

DataPath = tuple[str | int, ...]
_SUMS = frozenset(("合计", "小计", "总计"))


@dataclass(slots=True)
class _Row:
    """One row that was read: where it stands and what it says."""

    sheet: Sheet
    number: int
    columns: Mapping[str, int]
    data: dict[str, Any] = field(default_factory=dict)

    def place(self, key: str | None = None) -> Place:
        """Return the cell of a column, or the first cell of the row."""
        column = self.columns.get(key, None) if key else None
        if column is None and key:
            column = self.columns.get(f"{key}.zh", self.columns.get("basis") if key in canonical.BASIS else None)
        return self.sheet.place(self.number, column if column is not None else min(self.columns.values(), default=0))


class WorkbookFile:
    """The data of an authoring workbook and, on request, the cell that a path leads to.

    `problems` holds what could not be read from its cells; whoever takes the data must look at it.
    """

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.problems: list[FileProblem] = []
        self._rows: dict[DataPath, _Row] = {}
        self._cells: dict[DataPath, Place] = {}
        self._sheets = self._named(read_workbook(path))
        self.data: dict[str, Any] = {}
        if any(form.needed and form.key not in self._sheets for form in forms.FORMS):
            raise FileError(self.problems)
        self._read()

    def place(self, path: Sequence[str | int]) -> Place:
        """Return the cell of the value that a path leads to, or of the nearest thing above it."""
        whole = tuple(path)
        for end in range(len(whole), -1, -1):
            above, rest = whole[:end], whole[end:]
            if above in self._cells:
                return self._cells[above]
            row = self._rows.get(above)
            if row is not None:
                return row.place(str(rest[0]) if rest else None)
        head = self._sheets.get("head")
        return head.place(0) if head else Place()

    def _report(self, place: Place, message: Text, remedy: Text = Text()) -> None:
        self.problems.append(FileProblem(self.file, place, message, remedy))

    # --- sheets ---

    def _named(self, sheets: Sequence[Sheet]) -> dict[str, Sheet]:
        known = {finding.plain(word): form.key for form in forms.FORMS for word in _names(form.name)}
        guide = {finding.plain(word) for word in _names(forms.GUIDE)}
        found: dict[str, Sheet] = {}
        for sheet in sheets:
            name = finding.plain(sheet.name)
            if name in guide or sheet.name.startswith(("#", "备注")) or not any(map(any, sheet.rows)):
                continue
            key = known.get(name)
            if key is None:
                titles = "、".join(form.title for form in forms.FORMS)
                self._report(
                    sheet.place(0),
                    Text(f"不认识工作表“{sheet.name}”", f"the sheet ‘{sheet.name}’ is not known"),
                    Text(
                        f"可用：{titles}；自己的笔记表名以 # 开头",
                        f"known: {titles}; begin the name of a sheet of notes with #",
                    ),
                )
            elif key in found:
                self._report(sheet.place(0), Text("同一工作表出现两次", "the same sheet stands twice"))
            else:
                found[key] = sheet
        for form in forms.FORMS:
            if form.needed and form.key not in found:
                self._report(
                    Place(),
                    Text(f"缺少工作表“{form.title}”", f"the sheet ‘{form.title}’ is missing"),
                    Text("从导出的样表开始填写", "start from an exported workbook"),
                )
        return found

    def _table(self, form: Form) -> Iterator[tuple[_Row, list[Cell]]]:
        """Yield every row of a sheet that says something, with its raw cells."""
        sheet = self._sheets.get(form.key)
        if sheet is None:
            return
        names = _column_names(form)
        found = finding.find(sheet.rows, names, least=min(2, len(form.columns)))
        if found is None:
            wanted = "、".join(column.name.zh for column in form.columns if column.kind != "basis")
            english = ", ".join(column.name.en for column in form.columns if column.kind != "basis")
            self._report(
                sheet.place(0),
                Text("找不到表头", "no heading row is found"),
                Text(f"表头应有：{wanted}", f"the heading has: {english}"),
            )
            return
        top, columns = found
        self._rows[(form.key,)] = _Row(sheet, top, {"": columns.get("points", min(columns.values()))})
        self._unknown_columns(sheet, top, columns, names)
        for index in range(top + 1, len(sheet.rows)):
            raw = sheet.rows[index]
            if not any(cell != "" for cell in raw) or _remark(raw):
                continue
            yield _Row(sheet, index, columns), raw

    def _unknown_columns(
        self, sheet: Sheet, top: int, columns: Mapping[str, int], names: Mapping[str, Sequence[str]]
    ) -> None:
        placed = set(columns.values())
        for column, cell in enumerate(sheet.rows[top]):
            said = shown(cell).strip()
            if (
                not said
                or column in placed
                or said.startswith(("#", "备注"))
                or finding.plain(said) in ("note", "notes")
            ):
                continue
            twice = bool(finding.match([cell], names))
            self._report(
                sheet.place(top, column),
                Text(f"列名“{said}”重复", f"the heading {said!r} stands twice")
                if twice
                else Text(f"不认识列名“{said}”", f"the heading {said!r} is not known"),
                Text("备注列的列名以“备注”开头", "begin the heading of a column of notes with #"),
            )

    # --- cells ---

    def _record(self, form: Form, row: _Row, raw: Sequence[Cell]) -> dict[str, Any]:
        """Return what a row says, by the columns of its form."""
        found: dict[str, Any] = {}
        for column in form.columns:
            if column.kind == "basis":
                self._basis(row, raw, found)
                continue
            if column.kind == "text":
                zh = self._text(row, raw, f"{column.key}.zh")
                en = self._text(row, raw, f"{column.key}.en")
                if zh or en:
                    found[column.key] = _bilingual(zh, en)
                continue
            said = self._text(row, raw, column.key)
            if said:
                value = self._in_cell(row, column.key, column.kind, said, column.choices)
                if value is not None:
                    found[column.key] = value
        row.data = found
        return found

    def _text(self, row: _Row, raw: Sequence[Cell], key: str) -> str:
        column = row.columns.get(key)
        if column is None or column >= len(raw):
            return ""
        cell = raw[column]
        if isinstance(cell, str):
            return cell.replace("\r\n", "\n").strip() if cell else ""
        if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
            self._report(
                row.sheet.place(row.number, column),
                Text(
                    f"表格软件把这一格变成了日期（{shown(cell)}）",
                    f"the spreadsheet made a date of this cell ({shown(cell)})",
                ),
                Text("把单元格格式设为“文本”后重新填写", "set the cell's format to text and write it again"),
            )
            return ""
        if isinstance(cell, float) and not cell.is_integer():
            cell = round(cell, 10)
        return shown(cell)

    def _in_cell(self, row: _Row, key: str, kind: str, said: str, choices: Choices | None) -> Any:
        """Return what a cell says; a cell that cannot be read is reported."""
        try:
            match kind:
                case "number":
                    return cells.read_number(said)
                case "choice":
                    return _chosen(said, choices or {})
                case "words":
                    return [_chosen(word, choices) if choices else word for word in cells.read_words(said)]
                case "texts":
                    return cells.read_texts(said)
                case "strata":
                    return cells.read_strata(said)
                case "rule":
                    return cells.read_rule(said)
                case "target":
                    return _target(said)
        except CellError as error:
            self._report(row.place(key), error.message, error.remedy)
            return None
        return said

    def _basis(self, row: _Row, raw: Sequence[Cell], found: dict[str, Any]) -> None:
        kind = self._text(row, raw, "basis")
        zh, en = self._text(row, raw, "basis.zh"), self._text(row, raw, "basis.en")
        if not kind:
            if zh or en:
                self._report(
                    row.place("basis"),
                    Text("依据没有写明类别", "nothing says what kind of basis this is"),
                    Text("写 出处、推断 或 假定", "write source, inferred or assumed"),
                )
            return
        chosen = _chosen(kind, forms.BASES)
        if chosen not in canonical.BASIS:
            self._report(
                row.place("basis"),
                Text(f"没有“{kind}”这种依据", f"{kind!r} is no kind of basis"),
                Text("写 出处、推断 或 假定", "write source, inferred or assumed"),
            )
            return
        found[chosen] = _bilingual(zh, en) if zh or en else (True if chosen == "assumed" else "")

    # --- the whole ---

    def _read(self) -> None:
        self._read_head()
        for form in forms.LISTS:
            records: list[dict[str, Any]] = []
            for row, raw in self._table(form):
                self._rows[(form.key, len(records))] = row
                records.append(self._record(form, row, raw))
            if records:
                self.data[form.key] = records
        self._pairs(forms.GRADES, ("grades", "values"), "grade", "value")
        self._pairs(forms.ALIASES, ("aliases",), "alias", "type")
        nodes = self._read_nodes()
        self._read_checks(nodes)

    def _pairs(self, form: Form, path: tuple[str, ...], key: str, value: str) -> None:
        for row, raw in self._table(form):
            record = self._record(form, row, raw)
            where = self.data
            for part in path:
                where = where.setdefault(part, {})
            name = record.get(key, "")
            if not name:
                self._report(row.place(key), Text("这一格不能为空", "this cell must not be empty"))
            elif name in where:
                self._report(row.place(key), Text(f"“{name}”重复", f"{name!r} stands twice"))
            else:
                where[name] = record.get(value)
                self._cells[(*path, name)] = row.place(value)

    def _read_head(self) -> None:
        lines = {
            finding.plain(word): line
            for line in forms.HEAD_LINES
            for word in (*_names(line.name), ".".join(line.path), line.backed[0] if line.backed else "")
            if word
        }
        seen: set[str] = set()
        for row, raw in self._table(forms.HEAD):
            name = self._text(row, raw, "field")
            line = lines.get(finding.plain(name))
            if line is None:
                known = "、".join(f"{known.name.zh} {known.name.en}" for known in forms.HEAD_LINES)
                self._report(
                    row.place("field"),
                    Text(f"不认识项目“{name}”", f"the field {name!r} is not known"),
                    Text(f"可用：{known}", f"known: {known}"),
                )
                continue
            if line.name.en in seen:
                self._report(row.place("field"), Text(f"项目“{name}”重复", f"the field {name!r} stands twice"))
                continue
            seen.add(line.name.en)
            self._head_line(line, row, raw)

    def _head_line(self, line: forms.HeadLine, row: _Row, raw: Sequence[Cell]) -> None:
        zh, en = self._text(row, raw, "zh"), self._text(row, raw, "en")
        if line.path:
            self._cells[line.path] = row.place("zh")
        if line.path and (zh or en):
            value: Any = _bilingual(zh, en) if line.kind == "text" else None
            if line.kind != "text":
                value = self._in_cell(row, "zh", line.kind, zh, line.choices)
            if line.path == ("cycle", "weights") and value is not None:
                value = [cells.read_number(word) for word in value]
            where = self.data
            for part in line.path[:-1]:
                where = where.setdefault(part, {})
            where[line.path[-1]] = value
        if line.backed:
            self._cells[line.backed] = row.place("basis")
            found: dict[str, Any] = {}
            self._basis(row, raw, found)
            if found:
                self.data.setdefault(line.backed[0], {}).update(found)

    # --- the tree ---

    def _read_nodes(self) -> dict[str, _Row]:
        """Read the nodes, hang each below its parent, and return them by code."""
        rows: list[_Row] = []
        by_code: dict[str, _Row] = {}
        for row, raw in self._table(forms.NODES):
            record = self._record(forms.NODES, row, raw)
            rows.append(row)
            by_code.setdefault(record.get("code", ""), row)
        parents = [row.data.pop("parent", "") for row in rows]
        roots: list[_Row] = []
        children: dict[str, list[_Row]] = {}
        for row, parent in zip(rows, parents, strict=True):
            if not parent:
                roots.append(row)
            elif parent not in by_code:
                self._report(
                    row.place("parent"),
                    Text(f"没有编号“{parent}”", f"there is no node {parent!r}"),
                    Text("上级编号须是本表中的编号，顶层留空", "the parent is a code of this sheet, empty at the top"),
                )
            else:
                children.setdefault(parent, []).append(row)
        self._hang(rows, roots, children, by_code)
        self._no_circles(rows, parents, by_code)
        self.data["nodes"] = [row.data for row in roots]
        return by_code

    def _hang(
        self, rows: list[_Row], roots: list[_Row], children: dict[str, list[_Row]], by_code: Mapping[str, _Row]
    ) -> None:
        """Put children under their parents and note the path of every row."""
        left: list[tuple[DataPath, _Row]] = [(("nodes", i), row) for i, row in enumerate(roots)]
        while left:
            path, row = left.pop()
            self._rows[path] = row
            code = row.data.get("code", "")
            below = children.get(code, ()) if by_code.get(code) is row else ()
            if below:
                row.data["children"] = [child.data for child in below]
                left.extend(((*path, "children", i), child) for i, child in enumerate(below))

    def _no_circles(self, rows: Sequence[_Row], parents: Sequence[str], by_code: Mapping[str, _Row]) -> None:
        above = {id(row): by_code.get(parent) if parent else None for row, parent in zip(rows, parents, strict=True)}
        sound: set[int] = set()
        for row in rows:
            way: list[_Row] = []
            one: _Row | None = row
            while one is not None and id(one) not in sound and all(one is not met for met in way[-64:]):
                way.append(one)
                one = above[id(one)]
            if one is not None and id(one) not in sound:
                circle = way[next(i for i, met in enumerate(way) if met is one) :]
                codes = " → ".join(str(met.data.get("code", "")) for met in [*circle, one])
                self._report(
                    one.place("parent"),
                    Text(f"上级编号绕成了圈：{codes}", f"the parents run in a circle: {codes}"),
                    Text("至少一个节点的上级应当不同", "give one of them another parent"),
                )
            sound.update(id(met) for met in way)

    def _read_checks(self, nodes: Mapping[str, _Row]) -> None:
        paths = {id(row): path for path, row in self._rows.items()}
        checks: dict[str, tuple[DataPath, dict[str, Any]]] = {}
        for row, raw in self._table(forms.CHECKS):
            record = self._record(forms.CHECKS, row, raw)
            code = record.pop("code", "")
            node = nodes.get(code)
            if node is None:
                self._report(
                    row.place("code"),
                    Text(f"没有编号“{code}”", f"there is no node {code!r}"),
                    Text("编号须在“指标”表里", "the code must stand on the sheet ‘Nodes’"),
                )
                continue
            below = node.data.setdefault("checks", [])
            path: DataPath = (*paths.get(id(node), ("nodes",)), "checks", len(below))
            below.append(record)
            self._rows[path] = row
            suffix = f".{record['suffix']}" if record.get("suffix") else ""
            checks.setdefault(f"{code}/{record.get('method', '')}{suffix}", (path, record))
        for row, raw in self._table(forms.ITEMS):
            self._read_item(row, self._record(forms.ITEMS, row, raw), checks)

    def _read_item(
        self, row: _Row, record: dict[str, Any], checks: Mapping[str, tuple[DataPath, dict[str, Any]]]
    ) -> None:
        """Let a row of the sheet of items say more of an item that a check names."""
        name = record.pop("check", "")
        code, _, method = name.partition("/")
        stem, dot, suffix = method.partition(".")
        found = checks.get(f"{code}/{_chosen(stem, METHODS)}{dot}{suffix}")
        stratum, key = record.pop("stratum", UNSTRATIFIED), record.get("key", "")
        if found is None:
            self._report(
                row.place("check"),
                Text(f"没有测评点“{name}”", f"there is no check {name!r}"),
                Text("写 编号/方法，方法重复时加 .序号", "write code/method, with .suffix where a method occurs twice"),
            )
            return
        path, check = found
        where: list[Any] | None = (
            check.get("items") if stratum == UNSTRATIFIED else check.get("strata", {}).get(stratum)
        )
        place = ("items",) if stratum == UNSTRATIFIED else ("strata", stratum)
        if where is None or key not in where:
            self._report(
                row.place("key"),
                Text(f"测评点“{name}”没有检查项“{key}”", f"the check {name!r} does not look at {key!r}"),
                Text("先写进“测评点”表的检查项或点位类型", "name it on the sheet ‘Checks’ first"),
            )
            return
        index = where.index(key)
        self._rows[(*path, *place, index)] = row
        if len(record) > 1:
            where[index] = record


def _names(name: Text) -> tuple[str, ...]:
    return name.zh, name.en, f"{name.zh}{name.en}", f"{name.en}{name.zh}"


def _column_names(form: Form) -> dict[str, list[str]]:
    """Return every heading under which a column of a form is known."""
    found: dict[str, list[str]] = {}
    for column in form.columns:
        for key, name in headings(column):
            found[key] = [*_names(name), key.replace(".", " ")]
        first = next(key for key, _ in headings(column))
        found[first] += [*_names(column.name), *column.also]
    return found


def _chosen(said: str, choices: Choices) -> str:
    """Return the word behind what was chosen in either language; what is none stays, for the reader to refuse."""
    for code, word in choices.items():
        if said in (code, word.zh) or said.casefold() == word.en.casefold():
            return code
    return said


def _bilingual(zh: str, en: str) -> dict[str, str]:
    return {language: said for language, said in (("zh", zh), ("en", en)) if said}


def _target(said: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for piece in cells.split(said, cells.SEMICOLONS):
        name, mark, target = piece.replace("＝", "=").partition("=")
        name = {"节点": "node", "指标": "node", "子标准": "sub_standard", "总分": "total"}.get(
            name.strip(), name.strip()
        )
        if name not in ("node", "sub_standard", "total") or (name != "total" and not target.strip()):
            raise CellError(
                Text(f"看不懂“{piece}”", f"{piece!r} cannot be read here"),
                Text("写 node=编号、sub_standard=标识 或 total", "write node=code, sub_standard=id or total"),
            )
        found[name] = target.strip() if mark and name != "total" else True
    return found


def _remark(raw: Sequence[Cell]) -> bool:
    """Return whether a row is a remark under the table, or a line of sums, and says nothing of its own."""
    said = [cell.strip() for cell in raw if isinstance(cell, str) and cell.strip()]
    if len(said) == 1 and said[0].startswith(("注：", "注:", "备注", "#")):
        return True
    return bool(said) and all(word in _SUMS for word in said)
