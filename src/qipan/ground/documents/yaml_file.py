"""Reading YAML as plain data: no tags, no bombs, no surprises of YAML 1.1, and a line for every value.

Only `true` and `false` are yes and no (a key `on` stays a word); numbers are plain decimals (`007` and `12:30` stay
words); dates stay words. A key that stands twice in a mapping is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from qipan.assessment.text import Text
from qipan.ground.documents.encoding import read_text
from qipan.ground.documents.problems import FileError, FileProblem, Place, size_within

MAX_BYTES = 20 * 1024 * 1024
MAX_VALUES = 2_000_000
MAX_DEPTH = 80

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,12}")
_TAG = "tag:yaml.org,2002:"
_SCALARS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value"))


class YamlFile:
    """The data of a YAML text and, on request, where in the text a path leads."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._problems: list[FileProblem] = []
        self._count = 0
        self._above: set[int] = set()
        self._root = self._compose(text)
        self.data: Any = self._value(self._root, 0)
        if self._problems:
            raise FileError(self._problems)

    def place(self, path: Sequence[str | int]) -> Place:
        """Return the line and column of the value that a path leads to, or of the nearest thing above it."""
        node = self._root
        mark = node.start_mark
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
                if found is None:
                    break
                mark, node = found[0].start_mark, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                mark = node.start_mark
            else:
                break
        return Place(line=mark.line + 1, column=mark.column + 1)

    def _compose(self, text: str) -> Any:
        try:
            loader = _Loader(text)
            try:
                root = loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.reader.ReaderError as error:
            place = Place(line=text.count("\n", 0, error.position) + 1)
            message = Text("文件里有不可见的控制字符", "there is a control character in the file")
            raise FileError.one(self.file, message, Text("删去它", "delete it"), place) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(line=mark.line + 1, column=mark.column + 1) if mark else Place()
            raise FileError.one(
                self.file,
                Text(
                    f"YAML 格式有误（{error.problem or error.context}）",
                    f"broken YAML: {error.problem or error.context}",
                ),
                Text(
                    "检查这一行及上一行的缩进、冒号和引号",
                    "look at indent, colon and quotes of this line and the one above",
                ),
                place,
            ) from None
        except (yaml.YAMLError, UnicodeError, ValueError) as error:
            raise FileError.one(self.file, Text("YAML 格式有误", f"broken YAML: {error}")) from None
        if root is None:
            message = Text("文件是空的", "the file is empty")
            raise FileError.one(self.file, message, Text("写入内容", "write something into it"))
        return root

    def _report(self, node: Any, message: Text, remedy: Text = Text()) -> None:
        place = Place(line=node.start_mark.line + 1, column=node.start_mark.column + 1)
        self._problems.append(FileProblem(self.file, place, message, remedy))

    def _value(self, node: Any, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            self._report(
                node,
                Text(f"展开后超过 {MAX_VALUES} 个值", f"more than {MAX_VALUES} values when every alias is written out"),
                Text("去掉别名（*）", "write it without aliases (*)"),
            )
            raise FileError(self._problems)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._above or depth > MAX_DEPTH:
            self._report(
                node,
                Text("别名包含自身，或层级过深", "an alias contains itself, or the nesting is too deep"),
                Text(
                    f"层级不超过 {MAX_DEPTH}，不用循环别名", f"at most {MAX_DEPTH} levels, and no alias within itself"
                ),
            )
            return None
        if node.tag not in (_TAG + "seq", _TAG + "map"):
            self._report(node, Text(f"不能用标签 {node.tag}", f"the tag {node.tag} cannot be used"))
            return None
        self._above.add(id(node))
        value = self._sequence(node, depth) if isinstance(node, yaml.SequenceNode) else self._mapping(node, depth)
        self._above.discard(id(node))
        return value

    def _sequence(self, node: Any, depth: int) -> list[Any]:
        return [self._value(below, depth + 1) for below in node.value]

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, below in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._report(key, Text("名称应当是文字", "a key must be a text"))
                continue
            name = key.value
            if name in lines:
                self._report(
                    key,
                    Text(f"“{name}”在第 {lines[name]} 行已写过", f"`{name}` already stands in line {lines[name]}"),
                    Text("删去一处", "delete one of the two"),
                )
                continue
            lines[name] = key.start_mark.line + 1
            found[name] = self._value(below, depth + 1)
        return found

    def _scalar(self, node: Any) -> Any:
        text: str = node.value
        if node.tag not in _SCALARS:
            self._report(node, Text(f"不能用标签 {node.tag}", f"the tag {node.tag} cannot be used"))
            return None
        if node.style in ("'", '"', "|", ">") or node.tag == _TAG + "str":
            return text
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if node.tag == _TAG + "int" and _WHOLE.fullmatch(text):
            return int(text)
        if node.tag == _TAG + "float" and _DECIMAL.fullmatch(text):
            return float(text)
        return text


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file.

    Raises:
        FileError: it is missing, too large, not text, or not the plain YAML that is read here.
    """
    size_within(path, MAX_BYTES)
    return YamlFile(str(path), read_text(path))


class _Plain(_Dumper):
    """Writes every value out: no anchors, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that a value met twice is written twice."""
        return True


def write_yaml(data: Any) -> str:
    """Return plain data as YAML in the order that it has."""
    text: str = yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False)
    return text
