"""What there is to answer at a site: the items of its type, and how each is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qipan.assessment.reading import MISSING, NOT_APPLICABLE, WITHDRAWN
from qipan.assessment.rulebook import Counted, Line, Rulebook
from qipan.assessment.rules import (
    FaultCount,
    GradedScale,
    OptionValues,
    PassFail,
    Share,
    Value,
)
from qipan.assessment.scale import SCALE, exact
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text

Widget = Literal["pass", "choice", "number", "whole", "share"]
WITHOUT = (NOT_APPLICABLE, "not_seen")
"""What can be answered for every item: it does not apply here, it could not be seen."""


@dataclass(frozen=True, slots=True)
class Question:
    """An item as a form asks for it.

    `options` are (outcome, words) of a choice. `counts` says whether any check of the standard reads it: an item of a
    checklist that none uses is recorded, and counts nowhere yet.
    """

    key: str
    title: Text
    widget: Widget
    options: tuple[tuple[str, Text], ...]
    rule: Text
    exception: Text
    safety: bool
    counts: bool
    checks: tuple[str, ...]

    @property
    def check(self) -> str:
        """The check that the item is first looked at for, or nothing."""
        return self.checks[0] if self.checks else ""


@lru_cache(maxsize=512)
def checklist(book: Rulebook, stratum: str) -> tuple[Question, ...]:
    """Return what is answered at a site of a type: its pinned checklist, then what else the standard looks at there."""
    known = book.catalogue.types.get(stratum)
    keys = dict.fromkeys(known.items if known else ())
    for line in book.lines.values():
        if not line.survey and not line.one_thing and not line.counter:
            keys.update(dict.fromkeys(line.strata.get(stratum, ())))
    return tuple(question(book, key, stratum) for key in keys)


@lru_cache(maxsize=4096)
def question(book: Rulebook, key: str, stratum: str) -> Question:
    """Return one item as a form asks for it."""
    lines = [line for line, known in book.places(key, stratum) if known == stratum]
    listed = book.catalogue.items.get(key)
    value = lines[0].values[key] if lines else listed.value if listed else PassFail()
    widget, options = _widget(value, listed.options if listed else {})
    if widget == "number" and listed is not None and listed.kind == "count":
        widget = "whole"
    rule = listed.rule if listed and listed.rule else value_rule(value)
    return Question(
        key, item_title(book, lines, key), widget, options, rule, listed.exception if listed else Text(),
        bool(listed and listed.safety), bool(lines), tuple(line.key for line in lines),
    )  # fmt: skip


def value_rule(value: Value | Counted) -> Text:
    """Say how an outcome counts, where that is more than whether it complies."""
    return Text() if isinstance(value, (PassFail, Counted)) else value.sentence()


def _widget(value: Value | Counted, words: object) -> tuple[Widget, tuple[tuple[str, Text], ...]]:
    titles = words if isinstance(words, dict) else {}
    match value:
        case PassFail():
            return "pass", ()
        case GradedScale():
            return "choice", tuple((grade, Text(grade, grade)) for grade in value.values)
        case OptionValues():
            codes = (*value.values, *value.excluded)
            return "choice", tuple((code, titles.get(code) or Text(code, code)) for code in codes)
        case Share():
            return "share", ()
        case FaultCount() | Counted():
            return "whole", ()
        case _:
            return "number", ()


def item_title(book: Rulebook, lines: Iterable[Line], item: str) -> Text:
    """Return an item's title: the standard's, the checklist's, the node's of the same code, or its key."""
    found = list(lines)
    for line in found:
        for items in line.check.strata.values():
            for one in items:
                if one.key == item and one.title:
                    return one.title
    known = book.catalogue.items.get(item)
    if known is not None:
        return known.title
    for line in found:
        node = line.standard.nodes.get(item)
        if node is not None:
            return node.title
        if line.counter and line.check.title:
            return line.check.title
    return Text(item, item)


def refusal(asked: Question, outcome: str) -> Text | None:
    """Say why an answer cannot be right, beyond what the value rule of the item refuses; None where it can."""
    if outcome in WITHOUT or outcome in {"pass", "fail"} or asked.widget not in {"whole", "number"}:
        return None
    try:
        number = exact(outcome)
    except ValueError:
        return Text("填数字，如 3 或 2.5", "write a number, such as 3 or 2.5")
    if asked.widget == "whole" and (number.denominator != 1 or not 0 <= number <= 10**6):
        return Text("填0至1000000之间的整数", "write a whole number from 0 to 1,000,000")
    if abs(number) > 10**9:
        return Text("数字太大，请核对", "the number is too large; check it")
    return None


def is_fault(book: Rulebook, item: str, stratum: str, outcome: str) -> bool:
    """Whether an outcome leaves something to put right: any check that reads it gives less than all."""
    if outcome in MISSING or outcome in {NOT_APPLICABLE, WITHDRAWN}:
        return False
    lines = [line for line, _ in book.places(item, stratum)]
    listed = book.catalogue.items.get(item)
    try:
        if lines:
            worths = [line.worth(item, outcome) for line in lines if not line.counter]
        else:
            worths = [listed.value.worth(outcome)] if listed else []
    except ValueError:
        return False
    return any(worth.value < SCALE and not worth.excluded for worth in worths)


def desk_items(book: Rulebook, line: Line) -> tuple[Question, ...]:
    """Return what is answered for a check that looks at one thing only."""
    return tuple(question(book, item, UNSTRATIFIED) for item in line.strata.get(UNSTRATIFIED, ()))
