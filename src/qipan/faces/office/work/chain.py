"""The chain of a work item's stages as stones on a line, and the words of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from qipan.assessment.text import Text

if TYPE_CHECKING:
    from qipan.spine.work.queries import ItemPage, Named

STEP_WORDS: dict[str, Promise] = {
    "issued": pgettext_lazy("stage", "issued"),
    "accepted": pgettext_lazy("stage", "accepted"),
    "fixed": pgettext_lazy("stage", "fixed"),
    "reported": pgettext_lazy("stage", "reported back"),
    "rechecked": pgettext_lazy("stage", "re-checked"),
    "closed": pgettext_lazy("stage", "closed"),
    "failed": pgettext_lazy("stage", "re-check failed, sent round again"),
    "joined": pgettext_lazy("stage", "found again"),
    "reassigned": pgettext_lazy("stage", "given to another unit"),
    "deadline": pgettext_lazy("stage", "deadline changed"),
    "instructed": pgettext_lazy("stage", "leader's instruction"),
    "own_date": pgettext_lazy("stage", "own date set"),
    "taken_back": pgettext_lazy("stage", "instruction taken back"),
    "noted": pgettext_lazy("stage", "note"),
    "cancelled": pgettext_lazy("stage", "cancelled"),
    "reopened": pgettext_lazy("stage", "reopened"),
    "escalated": pgettext_lazy("stage", "urged by the office"),
    "returned": pgettext_lazy("stage", "returned to the office"),
    "extension": pgettext_lazy("stage", "asked for an extension"),
    "coordination": pgettext_lazy("stage", "asked for co-ordination"),
    "appealed": pgettext_lazy("stage", "disputed the finding"),
    "consented": pgettext_lazy("stage", "the head consented"),
    "refused": pgettext_lazy("stage", "the head did not consent"),
    "decided": pgettext_lazy("stage", "decided"),
    "lapsed": pgettext_lazy("stage", "the request lapsed"),
    "deferred": pgettext_lazy("stage", "deferred"),
    "resumed": pgettext_lazy("stage", "taken up again"),
    "contributed": pgettext_lazy("stage", "a supporting unit added its part"),
    "withdrawn": pgettext_lazy("stage", "the unit withdrew its request"),
    "suspended": pgettext_lazy("stage", "suspended"),
    "merged": pgettext_lazy("stage", "merged into another item"),
    "absorbed": pgettext_lazy("stage", "another item was merged into it"),
    "unmerged": pgettext_lazy("stage", "the merger was undone"),
    "carried": pgettext_lazy("stage", "carried over to another year"),
}
#: Marks of the stones by their states.
MARKS = {"done": "done", "failed": "failed", "next": "now", "open": "ahead"}
SHOWN_OF_EARLIER = frozenset(
    {"accepted", "fixed", "reported", "failed", "reassigned", "reopened", "closed", "cancelled"}
)


@dataclass(frozen=True, slots=True)
class Stone:
    """A stage: whether it is reached, when and by whom."""

    word: str
    state: str
    at: datetime | None = None
    person: str = ""
    unit: Text | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """A round of handling that a re-check or a reopening ended."""

    number: int
    stones: tuple[Stone, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The stages of the present round of handling, and the rounds before it."""

    stones: tuple[Stone, ...]
    earlier: tuple[EarlierRound, ...]


def word(step: str) -> str:
    """Return what a step is called."""
    return str(STEP_WORDS.get(step, step))


def name_of(unit: Named | None) -> Text | None:
    """Return a unit's name, where there is a unit."""
    return unit.name if unit is not None else None


def chain(found: ItemPage) -> Chain:
    """Return the chain of an item, its present round first."""
    present = found.chain[-1]
    stones = []
    for stone in present.stones:
        line = stone.line
        stones.append(
            Stone(
                word("failed" if stone.state == "failed" else stone.step), MARKS[stone.state],
                line.at if line else None, line.person if line else "", name_of(line.unit) if line else None,
            )
        )  # fmt: skip
    return Chain(tuple(stones), tuple(_earlier(found)))


def _earlier(found: ItemPage) -> Iterable[EarlierRound]:
    for each in found.chain[:-1]:
        stones = tuple(
            Stone(word(line.step), "done", line.at, line.person, name_of(line.unit), line.text)
            for line in found.log
            if line.round == each.number and line.step in SHOWN_OF_EARLIER
        )
        yield EarlierRound(each.number, stones)
