"""Reading guard rails (`qipan-rules/1`) and finding what of a text breaks them. Pure: nothing here asks the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import qipan
from qipan.assessment.fields import Fields, finish
from qipan.assessment.text import Problem, Text
from qipan.ground.documents.yaml_file import read_yaml

FORMAT = "qipan-rules/1"
SHIPPED = Path(qipan.__file__).parent / "packs" / "cn-guard-rails.yaml"
NEAR = 14
"""So many characters before an act a negation may end, and still be about it."""
NEAR_LATIN = 24

_SENTENCE = re.compile(r"[。；;！!？?\n\r]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[，,：:]")
_LATIN = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that break a rule when they stand in one sentence: an act, a word of every group, none of `unless`."""

    act: re.Pattern[str]
    groups: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class GuardRule:
    """A rule as it is quoted, with where it stands, and the patterns that break it."""

    code: str
    title: Text
    words: Text
    source: Text
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class GuardRails:
    """The rules of a file."""

    id: str
    title: Text
    source: Text
    rules: tuple[GuardRule, ...]
    negations: re.Pattern[str] | None
    signs: tuple[str, ...] = ()
    """Without one of these in it, in lower case, a text breaks no rule: what most texts are spared the rest by."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a text breaks, and the sentence in which it does."""

    rule: GuardRule
    sentence: str
    act: str


def read_rules(data: object) -> GuardRails:
    """Read a file of guard rails.

    Raises:
        InputError: with every problem found.
    """
    problems: list[Problem] = []
    root = Fields(data, (), problems)
    if root.word("format") != FORMAT:
        root.report(Text("不是底线规则文件", "not a file of guard rails"), Text("", f"write `format: {FORMAT}`"))
    head = (root.word("id", required=True), root.text("title", required=True), root.text("source", required=True))
    negations = _either(root.words("negations"))
    groups: dict[str, re.Pattern[str]] = {}
    words: dict[str, Sequence[str]] = {}
    below = root.below("words")
    if below is not None:
        for name in below.data:
            words[name] = below.words(name)
            found = _either(words[name])
            if found is None:
                below.report(Text(f"“{name}”没有词", f"group {name!r} has no words"), at=(name,))
            else:
                groups[name] = found
        below.done()
    rules: dict[str, GuardRule] = {}
    for each in root.each("rules"):
        one = _rule(each, groups)
        if one.code in rules:
            each.report(Text(f"“{one.code}”重复", f"code {one.code!r} stands twice"), at=("code",))
        rules[one.code] = one
    root.done()
    finish(problems)
    acts = {pattern.act for rule in rules.values() for pattern in rule.patterns}
    signs = _signs(word for name, pattern in groups.items() if pattern in acts for word in words[name])
    return GuardRails(head[0], head[1], head[2], tuple(rules.values()), negations, signs)


def _signs(words: Iterable[str]) -> tuple[str, ...]:
    """Return the fewest pieces of which one stands in every text that holds one of some words."""
    # Between Latin words any space may stand: the first of them is sign enough.
    pieces = sorted({word.casefold().split(" ")[0] for word in words}, key=lambda each: (len(each), each))
    kept: list[str] = []
    for piece in pieces:
        if not any(shorter in piece for shorter in kept):
            kept.append(piece)
    return tuple(kept)


def _rule(below: Fields, groups: Mapping[str, re.Pattern[str]]) -> GuardRule:
    patterns = []
    for each in below.each("patterns"):
        names = [each.word("act", required=True), *each.words("with")]
        unless = each.word("unless")
        for name in [*names, *([unless] if unless else [])]:
            if name not in groups:
                each.report(Text(f"没有词组“{name}”", f"there is no group of words {name!r}"))
        each.done()
        known = [groups[name] for name in names if name in groups]
        if known and len(known) == len(names):
            patterns.append(Pattern(known[0], tuple(known[1:]), groups.get(unless)))
    rule = GuardRule(
        below.word("code", required=True), below.text("title", required=True), below.text("rule", required=True),
        below.text("source", required=True), tuple(patterns),
    )  # fmt: skip
    below.done()
    return rule


def _either(words: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern of any of these words, the longest first; Latin ones as whole words, with any space between."""
    parts = []
    for word in sorted(words, key=lambda each: (-len(each), each)):
        if _LATIN.fullmatch(word) and word[:1].isascii():
            parts.append(rf"(?<![A-Za-z])(?:{re.escape(word)})(?![A-Za-z])".replace(r"\ ", r"\s+"))
        else:
            parts.append(re.escape(word))
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def broken(rails: GuardRails, text: str) -> list[Hit]:
    """Return the rules that a text breaks, each once, in the order of the file.

    Args:
        rails: the rules.
        text: what somebody wrote, in Chinese or English.
    """
    folded = text.casefold()
    if not any(sign in folded for sign in rails.signs):
        return []
    sentences = [each.strip() for each in _SENTENCE.split(text) if each.strip()]
    out = []
    for rule in rails.rules:
        hit = next(_hits(rails, rule, sentences), None)
        if hit is not None:
            out.append(hit)
    return out


def _hits(rails: GuardRails, rule: GuardRule, sentences: list[str]) -> Iterator[Hit]:
    for sentence in sentences:
        for pattern in rule.patterns:
            acts = list(pattern.act.finditer(sentence))
            if not acts or not all(group.search(sentence) for group in pattern.groups):
                continue
            if pattern.unless is not None and pattern.unless.search(sentence):
                continue
            for act in acts:
                if not _negated(rails, sentence, act.start()):
                    yield Hit(rule, sentence, act.group())


def _negated(rails: GuardRails, sentence: str, start: int) -> bool:
    """Whether a negation stands shortly before an act, in the same clause."""
    if rails.negations is None:
        return False
    before = _CLAUSE.split(sentence[:start])[-1]
    reach = NEAR_LATIN if start < len(sentence) and sentence[start].isascii() else NEAR
    return rails.negations.search(before[-reach:]) is not None


@cache
def shipped_rules() -> GuardRails:
    """Return the guard rails that come with the product."""
    return read_rules(read_yaml(SHIPPED).data)
