"""What the seven columns do not say: points, kinds of site, rules. Each is asked for, each with a proposal where there is one.

An answer is the office's once somebody has confirmed it; until then the proposal stands, and what is made of it says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from qipan.assessment.scale import exact, largest_remainder
from qipan.assessment.standard import METHODS, ONE_THING
from qipan.assessment.text import Text
from qipan.spine.standards.formats.canonical import written
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.reading import Book, Branch, Content

Basis = Literal["read", "sure", "assumed", "missing"]
"""Read in the file; confirmed by the office; a proposal that nobody has confirmed; asked for, and without a proposal."""

SECTIONS, BY_METHOD = "sections", "methods"
EACH, ALL, GRADES, BANDS = "each", "all", "grades", "bands"
RULES: Mapping[str, Text] = {
    EACH: Text("按达到的条数得分", "points in proportion to the criteria that are met"),
    ALL: Text("全部达到才得分", "points only where every criterion is met"),
    GRADES: Text("每条评 A、B、C", "each criterion is graded A, B or C"),
    BANDS: Text("按原表写明的 A、B、C 界限", "the limits of A, B and C that the table states"),
}
SHARES: Mapping[str, tuple[Text, tuple[str, ...], int]] = {
    "document": (Text("材料审核等", "Documents"), ("document_review", "authority_opinion", "web_monitor", "declared_figure"), 40),
    "site": (Text("实地考察等", "Sites"), ("site_inspection", "telephone_test", "interview"), 40),
    "survey": (Text("问卷调查", "Survey"), ("survey",), 20),
}  # fmt: skip
GRADE_VALUES: Mapping[str, str] = {"A": "1", "B": "0.66", "C": "0.33"}
AT_SITES = frozenset(METHODS) - ONE_THING - {"survey"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Value:
    """An answer as it stands: what it says, and what that rests on."""

    value: str
    basis: Basis
    proposal: str = ""
    wrong: Text = Text()


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that is a list."""

    chosen: tuple[str, ...]
    basis: Basis
    proposal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AboutContent:
    """What is known of a content."""

    content: Content
    methods: Choice
    types: Choice | None
    """Kinds of site; None where nothing is looked at on site."""
    rule: Value
    points: Value

    @property
    def bases(self) -> tuple[Basis, ...]:
        """What its answers rest on."""
        return (self.methods.basis, *((self.types.basis,) if self.types else ()), self.rule.basis, self.points.basis)


@dataclass(frozen=True, slots=True)
class AboutSection:
    """What is known of a section and of its contents."""

    section: Branch
    points: Value | None
    """None where the points are given by method, or nothing stands below the section."""
    contents: tuple[AboutContent, ...]

    def count(self, *bases: Basis) -> int:
        """Return how many answers rest on these."""
        own = (self.points.basis,) if self.points else ()
        return sum(basis in bases for basis in (*own, *(each for one in self.contents for each in one.bases)))


@dataclass(frozen=True, slots=True)
class About:
    """Everything that is known: the head, the sections."""

    head: Mapping[str, Value]
    by_method: bool
    sections: tuple[AboutSection, ...]

    def count(self, *bases: Basis) -> int:
        """Return how many answers rest on these, the head's included."""
        return sum(one.basis in bases for one in self.head.values()) + sum(one.count(*bases) for one in self.sections)

    def contents(self) -> list[AboutContent]:
        """Return every content."""
        return [one for section in self.sections for one in section.contents]

    def number(self, name: str) -> Fraction:
        """Return a number of the head; 0 where it is none."""
        return number(self.head[name].value) or Fraction(0)


def number(value: str) -> Fraction | None:
    """Return what was typed as a number of points; None where it is none."""
    plain = value.strip().removesuffix("分").strip()
    try:
        found = exact(plain) if plain else None
    except ValueError:
        return None
    return found if found is not None and 0 <= found <= 10_000 else None


def about(book: Book, answers: Mapping[str, Any], types: Mapping[str, Text], title: str, year: int) -> About:
    """Return what is known of a book, by what it says, what the office has answered, and what is proposed.

    Args:
        book: as it was read.
        answers: as `answered` keeps them.
        types: the kinds of site that there are, by code.
        title: a title where the book has none.
        year: of the import.
    """
    given: Mapping[str, Any] = answers.get("head", {})
    by_method = given.get("spread") == BY_METHOD
    contents = {
        content.code: _content(content, answers.get("contents", {}).get(content.code, {}), types)
        for content in book.contents()
    }
    head = _head(book, given, title, year, list(contents.values()), by_method=by_method)
    total = number(head["total"].value) or Fraction(100)
    sections = [section for section in book.sections if any(True for _ in section.all_contents())]
    points = {} if by_method else _section_points(sections, answers.get("sections", {}), total)
    return About(
        head, by_method,
        tuple(
            AboutSection(
                section, points.get(section.code), tuple(contents[one.code] for one in section.all_contents())
            )
            for section in book.sections
        ),
    )  # fmt: skip


def _head(
    book: Book, given: Mapping[str, Any], title: str, year: int, contents: Sequence[AboutContent], *, by_method: bool
) -> dict[str, Value]:
    sure = set(given.get("sure", ()))

    def named(name: str, proposal: str) -> Value:
        value = str(given.get(name, "")).strip() or proposal
        return Value(value, "sure", proposal)

    def figure(name: str, proposal: str) -> Value:
        value = str(given.get(name, "")).strip() or proposal
        if number(value) is None:
            return Value(value, "missing", proposal, Text("不是分值", "this is no number of points"))
        return Value(value, "sure" if name in sure else "assumed", proposal)

    identity = named("id", f"office-{year}")
    if not _ID.fullmatch(identity.value):
        wrong = Text("用小写字母、数字和连字符", "use lower-case letters, digits and hyphens")
        identity = Value(identity.value, "missing", identity.proposal, wrong)
    head = {
        "title": named("title", book.title or title), "id": identity,
        "edition": named("edition", f"{year}年创城办工作簿"), "total": figure("total", "100"),
    }  # fmt: skip
    if by_method:
        used = {method for one in contents for method in one.methods.chosen}
        there = {name: share for name, (_, methods, share) in SHARES.items() if used & set(methods)}
        total = number(head["total"].value) or Fraction(100)
        for (name, _), part in zip(there.items(), _parts(total, list(there.values())), strict=True):
            head[f"points.{name}"] = figure(f"points.{name}", part)
    if any(one.rule.value in {GRADES, BANDS} for one in contents):
        for grade, value in GRADE_VALUES.items():
            head[f"grade.{grade}"] = figure(f"grade.{grade}", value)
    return head


def _section_points(sections: Sequence[Branch], given: Mapping[str, Any], total: Fraction) -> dict[str, Value]:
    """Return the points of every section; what the office has not given is shared by the number of contents."""
    typed = {one.code: str(given.get(one.code, {}).get("points", "")).strip() for one in sections}
    open_ones = [one for one in sections if number(typed[one.code]) is None]
    rest = total - sum((number(value) or Fraction(0) for value in typed.values()), Fraction(0))
    parts = _parts(max(rest, Fraction(0)), [sum(1 for _ in one.all_contents()) for one in open_ones])
    proposals = dict(zip((one.code for one in open_ones), parts, strict=True))
    out = {}
    for one in sections:
        value, proposal = typed[one.code], proposals.get(one.code, "")
        if value and number(value) is None:
            out[one.code] = Value(value, "missing", proposal, Text("不是分值", "this is no number of points"))
        else:
            sure = bool(value and given.get(one.code, {}).get("sure"))
            out[one.code] = Value(value or proposal, "sure" if sure else "assumed", proposal)
    return out


def _parts(total: Fraction, weights: Sequence[int]) -> list[str]:
    """Share points out in whole ones, or in tenths where the whole has them."""
    unit = next((unit for unit in (1, 10, 100, 1000) if (total * unit).denominator == 1), 0)
    if not unit or not weights:
        return ["0"] * len(weights)
    return [str(written(Fraction(part, unit))) for part in largest_remainder(int(total * unit), weights)]


def _content(content: Content, given: Mapping[str, Any], types: Mapping[str, Text]) -> AboutContent:
    sure = set(given.get("sure", ()))
    read = content.all_methods()
    chosen = words.in_order(given["methods"]) if given.get("methods") else []
    if chosen and chosen != read:
        methods = Choice(tuple(chosen), "sure" if "methods" in sure else "assumed", tuple(read))
    elif read and not content.unknown:
        methods = Choice(tuple(read), "read", tuple(read))
    else:
        proposal = read or ["document_review"]
        methods = Choice(tuple(chosen or proposal), "sure" if "methods" in sure else "assumed", tuple(proposal))
    at_sites: Choice | None = None
    if AT_SITES & set(methods.chosen):
        named = tuple(types_in(content, types))
        picked = tuple(code for code in types if code in set(given.get("types", ())))
        basis: Basis = "missing" if not (picked or named) else "sure" if picked and "types" in sure else "assumed"
        at_sites = Choice(picked or named, basis, named)
    stated = words.bands(content.text, len(content.criteria))
    usual = BANDS if stated else EACH
    rule = str(given.get("rule", "")) or usual
    if rule not in RULES or (rule == BANDS and not stated):
        rule = usual
    # What the table states is read; that there is nothing else to a rule is for the office to confirm.
    rule_basis: Basis = "read" if rule == BANDS else "sure" if "rule" in sure else "assumed"
    typed = str(given.get("points", "")).strip()
    points = Value(typed, "sure")
    if typed and number(typed) is None:
        points = Value(typed, "missing", wrong=Text("不是分值", "this is no number of points"))
    return AboutContent(content, methods, at_sites, Value(rule, rule_basis, usual), points)


def types_in(content: Content, types: Mapping[str, Text]) -> list[str]:
    """Return the kinds of site that a content's words name."""
    said = "".join((content.title, content.text, *(one.text for one in content.criteria)))
    out = []
    for code, title in types.items():
        pieces = [piece for piece in re.split(r"[、，/（）()和与]", title.zh) if len(piece) >= 2]
        if any(piece in said for piece in pieces):
            out.append(code)
    return out
