"""What of a standard seven columns can carry, and how two standards differ in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.spine.standards.formats.canonical import spoken
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.reading import Book, Branch

Titled = tuple[str, str]
"""A code and a title."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A row: where a content stands, what it says, and the methods of each of its criteria."""

    section: Titled
    indicator: Titled
    content: Titled
    text: str
    criteria: tuple[str, ...]
    methods: tuple[tuple[str, ...], ...]
    """Of each criterion; of the content as a whole where it has none."""

    @property
    def is_bare(self) -> bool:
        """Whether it is a section that is named and no more."""
        return not (self.section[0] or self.text or self.criteria or any(self.methods))


def carried(data: Mapping[str, Any]) -> list[Carried]:
    """Return what seven columns can carry of a standard's canonical data.

    Raises:
        FileError: it has more levels, or checks above checks; only the flat workbook holds that.
    """
    return list(_below(data.get("nodes", ()), []))


def _below(nodes: Sequence[Mapping[str, Any]], above: list[Titled]) -> Iterator[Carried]:
    for node in nodes:
        here = (str(node["code"]), _line(node.get("title")))
        children = node.get("children", ())
        if node.get("checks"):
            deeper = next((below for child in children for below in _checked(child)), None)
            if deeper is not None:
                raise _too_much(here[0], Text(f"“{here[0]}”与其下级“{deeper}”都有测评点", f"{here[0]} and {deeper} below it both have checks"))  # fmt: skip
            yield _content(node, here, above)
        elif children:
            yield from _below(children, [*above, here])
        else:
            # What is named and not assessed yet: a row with nothing to say.
            yield _content(node, here, above)


def _checked(node: Mapping[str, Any]) -> Iterator[str]:
    if node.get("checks") or node.get("children"):
        yield str(node["code"])


def _content(node: Mapping[str, Any], here: Titled, above: Sequence[Titled]) -> Carried:
    if len(above) > 2:
        raise _too_much(
            here[0], Text(f"“{here[0]}”在第 {len(above) + 1} 层", f"{here[0]} is on level {len(above) + 1}")
        )
    section = above[0] if above else ("", "")
    indicator = above[1] if len(above) > 1 else ("", "")
    children = node.get("children", ())
    said = words.criteria("\n".join(spoken(node.get("text"))[:1]) or spoken(node.get("text"))[1])
    points = tuple(_line(child.get("title")).strip("；;") for child in children) or said.points
    lines = (*said.before, *said.rules) if not children else (*said.before, *said.points, *said.rules)
    wanted: list[set[str]] = [set() for _ in points] or [set()]
    codes = [str(child["code"]) for child in children]
    for check in node.get("checks", ()):
        keys = [str(item["key"] if isinstance(item, Mapping) else item) for item in _items(check)]
        meant = [
            place for place, code in enumerate(codes) if any(key == code or key.endswith(f".{code}") for key in keys)
        ]
        for place in meant or range(len(wanted)):
            wanted[place].add(check["method"])
    return Carried(
        section, indicator, here, "\n".join(lines), points, tuple(tuple(words.in_order(list(one))) for one in wanted)
    )


def _items(check: Mapping[str, Any]) -> Iterator[Any]:
    yield from check.get("items", ())
    for items in check.get("strata", {}).values():
        yield from items


def _line(value: Any) -> str:
    zh, en = spoken(value)
    return words.joined(zh or en)


def carried_by(book: Book) -> list[Carried]:
    """Return what a book that was read carries."""
    out: list[Carried] = []

    def below(branch: Branch, above: list[Titled]) -> None:
        path = [*above, (branch.code, branch.title)]
        for each in branch.branches:
            below(each, path)
        if not branch.branches and not branch.contents:
            out.append(Carried(*_two(above), (branch.code, branch.title), "", (), ((),)))
        for one in branch.contents:
            lists = [each.methods for each in one.criteria] or [one.methods]
            out.append(
                Carried(
                    *_two(path), (one.code, one.title), one.text, tuple(each.text for each in one.criteria),
                    tuple(tuple(each) for each in lists),
                )
            )  # fmt: skip

    for section in book.sections:
        below(section, [])
    return out


def _two(path: Sequence[Titled]) -> tuple[Titled, Titled]:
    return (path[0] if path else ("", "")), (path[1] if len(path) > 1 else ("", ""))


def differences(old: Sequence[Carried], new: Sequence[Carried]) -> list[Text]:
    """Return how two standards differ in what seven columns carry, by content, in sentences."""
    was, now = {one.content[0]: one for one in old}, {one.content[0]: one for one in new}
    out = [Text(f"删除“{code}”", f"removed: {code}") for code in was if code not in now]
    out += [Text(f"新增“{code}”", f"added: {code}") for code in now if code not in was]
    names = {
        "section": Text("测评项目", "section"), "indicator": Text("指标", "indicator"), "content": Text("测评内容", "content"),
        "text": Text("说明", "words"), "criteria": Text("测评标准", "criteria"), "methods": Text("测评方法", "methods"),
    }  # fmt: skip
    for code in (code for code in was if code in now):
        for name, called in names.items():
            before, after = getattr(was[code], name), getattr(now[code], name)
            if before != after:
                out.append(
                    Text(
                        f"“{code}”：{called.zh}由“{_shown(before).zh}”改为“{_shown(after).zh}”",
                        f"{code}: {called.en} changed from ‘{_shown(before).en}’ to ‘{_shown(after).en}’",
                    )
                )
    kept = [code for code in was if code in now]
    if not out and kept != [code for code in now if code in was]:
        out.append(Text("各内容的次序有变", "the order has changed"))
    return out


def _shown(value: Any) -> Text:
    """Return a part of a row in words."""
    if isinstance(value, str):
        return Text(value, value)
    said = [_shown(one) if isinstance(one, tuple) else METHODS.get(one, Text(str(one), str(one))) for one in value]
    return Text("；".join(one.zh for one in said), "; ".join(one.en or one.zh for one in said))


def _too_much(name: str, why: Text) -> FileError:
    return FileError.one(
        name,
        Text(f"七列表格装不下：{why.zh}", f"seven columns cannot hold it: {why.en}"),
        Text("改用完整工作簿或 YAML", "use the flat workbook or YAML"),
    )
