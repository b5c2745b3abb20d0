"""Reading YAML as plain data: no tags, no bombs, no surprises of YAML 1.1, and a line for every value.

Only `true` and `false` are yes and no (a key `on` stays a word); numbers are plain decimals (`007` and `12:30` stay
words); dates stay words. A key that stands twice in a mapping is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

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
_NULL = ("", "~", "null", "Null", "NULL")
_TAGS = ("!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


class _Node:
    """A value as it stands in the text: a scalar's text, a list of nodes, or pairs of key and node."""

    __slots__ = ("column", "line", "plain", "tag", "value")

    def __init__(self, event: Any, value: Any, *, plain: bool = False) -> None:
        self.line: int = event.start_mark.line + 1
        self.column: int = event.start_mark.column + 1
        self.tag: str | None = event.tag
        self.plain = plain
        self.value: str | list[_Node] | tuple[list[tuple[_Node, _Node]]] = value


class YamlFile:
    """The data of a YAML text and, on request, where in the text a path leads."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._problems: list[FileProblem] = []
        self._count = 0
        self._above: set[int] = set()
        self._anchors: dict[str, _Node] = {}
        self._root = self._read(text)
        self.data: Any = self._value(self._root)
        self._anchors.clear()
        if self._problems:
            raise FileError(self._problems)

    def place(self, path: Sequence[str | int]) -> Place:
        """Return the line and column of the value that a path leads to, or of the nearest thing above it."""
        node = mark = self._root
        for part in path:
            if isinstance(node.value, tuple):
                found = next(((key, below) for key, below in node.value[0] if key.value == str(part)), None)
                if found is None:
                    break
                mark, node = found
            elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
                mark = node = node.value[part]
            else:
                break
        return Place(line=mark.line, column=mark.column)

    # --- from text to nodes -----------------------------------------------------------------------------------------

    def _read(self, text: str) -> _Node:
        """Read the one document of a text, event by event, so that nothing deep is ever built."""
        loader = _Loader(text)
        try:
            return self._document(loader)
        except yaml.reader.ReaderError as error:
            place = Place(line=text.count("\n", 0, error.position) + 1)
            message = Text("文件里有不可见的控制字符", "there is a control character in the file")
            raise FileError.one(self.file, message, Text("删去它", "delete it"), place) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(line=mark.line + 1, column=mark.column + 1) if mark else Place()
            said = error.problem or error.context
            raise FileError.one(
                self.file,
                Text(f"YAML 格式有误（{said}）", f"broken YAML: {said}"),
                Text(
                    "检查这一行及上一行的缩进、冒号和引号",
                    "look at indent, colon and quotes of this line and the one above",
                ),
                place,
            ) from None
        except (yaml.YAMLError, UnicodeError) as error:
            raise FileError.one(self.file, Text("YAML 格式有误", f"broken YAML: {error}")) from None
        finally:
            loader.dispose()

    def _document(self, loader: Any) -> _Node:
        loader.get_event()
        if isinstance(loader.get_event(), yaml.StreamEndEvent):
            message = Text("文件是空的", "the file is empty")
            raise FileError.one(self.file, message, Text("写入内容", "write something into it"))
        root = self._node(loader, loader.get_event(), 0)
        loader.get_event()
        after = loader.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            message = Text("文件里有多份文档（---）", "the file holds several documents (---)")
            self._fail(_Node(_Marked(after), ""), message, Text("一个文件一份", "one document a file"))
        return root

    def _node(self, loader: Any, event: Any, depth: int) -> _Node:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._anchored(event, _Node(event, event.value, plain=event.implicit[0]))
        if kind is yaml.AliasEvent:
            found = self._anchors.get(str(event.anchor))
            if found is None:
                name = event.anchor
                self._fail(_Node(_Marked(event), ""), Text(f"没有锚点“{name}”", f"there is no anchor {name!r}"))
            return found
        if depth > MAX_DEPTH:
            self._fail(
                _Node(event, ""),
                Text("层级过深", "the nesting is too deep"),
                Text(f"层级不超过 {MAX_DEPTH}", f"at most {MAX_DEPTH} levels"),
            )
        if kind is yaml.SequenceStartEvent:
            items: list[_Node] = []
            node = self._anchored(event, _Node(event, items))
            while type(below := loader.get_event()) is not yaml.SequenceEndEvent:
                items.append(self._node(loader, below, depth + 1))
            return node
        pairs: list[tuple[_Node, _Node]] = []
        node = self._anchored(event, _Node(event, (pairs,)))
        while type(below := loader.get_event()) is not yaml.MappingEndEvent:
            key = self._node(loader, below, depth + 1)
            pairs.append((key, self._node(loader, loader.get_event(), depth + 1)))
        return node

    def _anchored(self, event: Any, node: _Node) -> _Node:
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    # --- from nodes to data -----------------------------------------------------------------------------------------

    def _report(self, node: _Node, message: Text, remedy: Text = Text()) -> None:
        self._problems.append(FileProblem(self.file, Place(line=node.line, column=node.column), message, remedy))

    def _fail(self, node: _Node, message: Text, remedy: Text = Text()) -> NoReturn:
        self._report(node, message, remedy)
        raise FileError(self._problems)

    def _value(self, node: _Node) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            self._fail(
                node,
                Text(f"展开后超过 {MAX_VALUES} 个值", f"more than {MAX_VALUES} values when every alias is written out"),
                Text("去掉别名（*）", "write it without aliases (*)"),
            )
        if node.tag is not None and node.tag not in _TAGS:
            self._report(node, Text(f"不能用标签 {node.tag}", f"the tag {node.tag} cannot be used"))
            return None
        if isinstance(node.value, str):
            return _scalar(node.value) if node.plain else node.value
        if id(node) in self._above or len(self._above) > MAX_DEPTH:
            self._report(
                node,
                Text("别名包含自身，或层级过深", "an alias contains itself, or the nesting is too deep"),
                Text(
                    f"层级不超过 {MAX_DEPTH}，不用循环别名", f"at most {MAX_DEPTH} levels, and no alias within itself"
                ),
            )
            return None
        self._above.add(id(node))
        value = [self._value(below) for below in node.value] if isinstance(node.value, list) else self._mapping(node)
        self._above.discard(id(node))
        return value

    def _mapping(self, node: _Node) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        assert isinstance(node.value, tuple)  # noqa: S101 the caller knows; mypy does not
        for key, below in node.value[0]:
            name = key.value
            if not isinstance(name, str):
                self._report(key, Text("名称应当是文字", "a key must be a text"))
            elif name in lines:
                self._report(
                    key,
                    Text(f"“{name}”在第 {lines[name]} 行已写过", f"`{name}` already stands in line {lines[name]}"),
                    Text("删去一处", "delete one of the two"),
                )
            else:
                lines[name] = key.line
                found[name] = self._value(below)
        return found


class _Marked:
    """The place of an event that has no tag."""

    def __init__(self, event: Any) -> None:
        self.start_mark = event.start_mark
        self.tag = None


def _scalar(text: str) -> Any:
    """Return what a text without quotes means."""
    if text in _NULL:
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text[0] in "tT"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
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
