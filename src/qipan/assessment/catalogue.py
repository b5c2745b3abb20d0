"""What is looked at, whoever asks: checklist items and survey questions by their stable keys, and site types.

Checklists and questionnaires are packs of their own, with editions of their own; a standard links to them by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qipan.assessment import rules
from qipan.assessment.fields import Fields, finish
from qipan.assessment.standard import content_hash
from qipan.assessment.text import Problem, Text

CHECKLISTS = "qipan-checklists/1"
QUESTIONNAIRES = "qipan-questionnaires/1"
FUNCTIONS = "qipan-functions/1"

KINDS = ("compliance", "count", "measure", "interview", "phone_test")
SIDES = ("hardware", "software")


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An item that inspectors or respondents answer."""

    key: str
    title: Text
    value: rules.Value
    type: str = ""
    kind: str = "compliance"
    side: Literal["hardware", "software", ""] = ""
    safety: bool = False
    rule: Text = Text()
    exception: Text = Text()
    unsettled: Text = Text()
    assumed: Text = Text()
    options: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteType:
    """A kind of site with its checklist."""

    code: str
    title: Text
    responsible: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Checklists and questionnaires read together."""

    items: Mapping[str, CatalogueItem] = field(default_factory=dict)
    types: Mapping[str, SiteType] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    hashes: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, *packs: object) -> Catalogue:
        """Read checklist and questionnaire packs.

        Raises:
            InputError: with every problem found.
        """
        problems: list[Problem] = []
        items: dict[str, CatalogueItem] = {}
        types: dict[str, SiteType] = {}
        aliases: dict[str, str] = {}
        for pack in packs:
            root = Fields(pack, (), problems)
            match root.word("format"):
                case "qipan-checklists/1":
                    _read_checklists(root, items, types)
                    aliases |= {str(k): str(v) for k, v in root.mapping("aliases").items()}
                case "qipan-questionnaires/1":
                    _read_questionnaires(root, items)
                case other:
                    root.report(
                        Text(f"不认识的格式“{other}”", f"{other!r} is no checklist or questionnaire format"),
                        Text("", f"write `format: {CHECKLISTS}` or `format: {QUESTIONNAIRES}`"),
                    )
        finish(problems)
        return cls(items, types, aliases, tuple(content_hash(pack) for pack in packs))

    def canonical(self, stratum: str, own: Mapping[str, str]) -> str:
        """Return the site type that a standard's word stands for: the standard's own alias first, then ours."""
        if stratum in self.types:
            return stratum
        return own.get(stratum) or self.aliases.get(stratum) or stratum


def _add(root: Fields, items: dict[str, CatalogueItem], item: CatalogueItem, fields: Fields) -> None:
    if item.key in items:
        fields.report(Text(f"“{item.key}”重复", f"key {item.key!r} stands twice"), at=("key",))
    items[item.key] = item


def _head(root: Fields) -> None:
    for key in (
        "id",
        "edition",
        "title",
        "source",
        "completeness",
        "sources",
        "thresholds",
        "note",
        "notes",
        "administration",
    ):
        root.has(key)


def _read_checklists(root: Fields, items: dict[str, CatalogueItem], types: dict[str, SiteType]) -> None:
    _head(root)
    root.mapping("aliases")
    for below in root.each("types"):
        code = below.word("code", required=True)
        keys: list[str] = []
        for line in below.each("items"):
            key = line.word("key", required=True)
            value = line.below("value")
            line.has("source")
            side = line.choice("side", SIDES, "hardware") if line.has("side") else ""
            _add(
                root,
                items,
                CatalogueItem(
                    key=key,
                    title=line.text("title", required=True),
                    value=rules.read_value(value, {}) if value else rules.PassFail(),
                    type=code,
                    kind=line.choice("kind", KINDS, "compliance"),
                    side="hardware" if side == "hardware" else "software" if side == "software" else "",
                    safety=line.flag("safety"),
                    rule=line.text("rule"),
                    exception=line.text("exception"),
                    unsettled=line.text("unsettled"),
                    assumed=line.text("assumed"),
                ),
                line,
            )
            line.done()
            keys.append(key)
        if code in types:
            below.report(Text(f"类型“{code}”重复", f"type {code!r} stands twice"), at=("code",))
        types[code] = SiteType(
            code, below.text("title", required=True), below.words("typical_responsible"), tuple(keys)
        )
        below.has("source")
        below.done()
    root.done()


def _question(root: Fields, items: dict[str, CatalogueItem], line: Fields) -> None:
    options = {option.word("code"): option.text("title") for option in line.each("options")}
    value = line.below("value")
    for known in ("fault", "verified", "source", "standard", "code", "warning", "no", "note", "threshold", "topic",
                  "respondents", "part_of"):  # fmt: skip
        line.has(known)
    item = CatalogueItem(
        key=line.word("key", required=True),
        title=line.text("title", required=True),
        value=rules.read_value(value, {}) if value else rules.PassFail(),
        kind="question",
        assumed=line.text("assumed"),
        options=options,
    )
    _add(root, items, item, line)
    line.done()


def _read_questionnaires(root: Fields, items: dict[str, CatalogueItem]) -> None:
    _head(root)
    for below in root.each("questionnaires"):
        for known in ("id", "title", "source", "verified", "coverage", "administration", "warning", "profile"):
            below.has(known)
        for line in below.each("questions"):
            _question(root, items, line)
        below.done()
    for line in root.each("topics"):
        _question(root, items, line)
    root.done()


@dataclass(frozen=True, slots=True)
class Function:
    """A trade duty that standards name, with the words that they use for it; a group stands for many units."""

    code: str
    title: Text
    aliases: tuple[str, ...]
    group: bool


def read_functions(pack: object) -> dict[str, Function]:
    """Read a list of functions.

    Raises:
        InputError: with every problem found, among them an alias of two functions.
    """
    problems: list[Problem] = []
    root = Fields(pack, (), problems)
    if root.word("format") != FUNCTIONS:
        root.report(Text("不是职能表", "not a list of functions"), Text("", f"write `format: {FUNCTIONS}`"))
    _head(root)
    found: dict[str, Function] = {}
    named: dict[str, str] = {}
    for below in root.each("functions"):
        function = Function(
            below.word("code", required=True),
            below.text("title", required=True),
            below.words("aliases"),
            below.flag("group"),
        )
        below.has("note")
        below.done()
        for word in (function.code, function.title.zh, *function.aliases):
            other = named.setdefault(word, function.code)
            if word and other != function.code:
                below.report(Text(f"“{word}”已属于“{other}”", f"{word!r} already names {other!r}"), at=("aliases",))
        if function.code in found:
            below.report(Text(f"“{function.code}”重复", f"code {function.code!r} stands twice"), at=("code",))
        found[function.code] = function
    root.done()
    finish(problems)
    return found


def function_names(functions: Iterable[Function]) -> dict[str, str]:
    """Return every word that names a function -> its code."""
    return {word: f.code for f in functions for word in (f.code, f.title.zh, *f.aliases) if word}
