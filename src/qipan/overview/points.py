"""The points behind any figure: which checks, at which sites, fall to whom.

Every figure of the product that stands for points is a sum over the parts that this list shows, so that a figure and
the list that it opens are the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from qipan.assessment.scorecard import Adjustment
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Unit
from qipan.spine.scorecards.queries import OwnedPart, Standing

UNOWNED: Final = "unowned"
BY_RULE: Final = "rule"
Grouping = Literal["check", "site", "unit", "part"]
GROUPINGS: tuple[Grouping, ...] = ("check", "site", "unit", "part")
Whose = int | Literal["unowned", "rule"] | None
"""A unit's id, nobody's, changed by rule, or everybody's."""

GroupKey = tuple[str, str, str, str, Whose]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which points are wanted; an empty field is no condition."""

    whose: Whose = None
    section: str = ""
    node: str = ""
    check: str = ""
    side: str = ""
    stratum: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A row of the list: what it stands for and its four sums in micro-points."""

    check: str
    node: str
    """Where a node carries points and no check of it is on file, that node; else empty."""
    cluster: str
    stratum: str
    unit: Whose
    rule: Adjustment | None
    parts: int
    possible: int
    earned: int
    lost: int
    unassessed: int


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit as lists show it."""

    id: int
    code: str
    name: Text
    type: str


def unit_names(county_id: int) -> dict[int, UnitName]:
    """Return every unit of a county by its id (one statement)."""
    rows = Unit.objects.filter(county_id=county_id).values_list("id", "code", "name_zh", "name_en", "type")
    return {pk: UnitName(pk, code, Text(zh, en), kind) for pk, code, zh, en, kind in rows}


def site_names(county_id: int, codes: Iterable[str]) -> dict[str, Text]:
    """Return the names of some sites by their codes (one statement)."""
    found = Site.objects.filter(county_id=county_id, code__in=list(codes)).values_list("code", "name_zh", "name_en")
    return {code: Text(zh, en) for code, zh, en in found}


def under(standing: Standing, key: str) -> frozenset[str]:
    """Return a node and all nodes below it."""
    found, queue = set(), [key]
    while queue:
        here = queue.pop()
        if here in standing.book.nodes and here not in found:
            found.add(here)
            queue.extend(standing.book.nodes[here].children)
    return frozenset(found)


def parts(standing: Standing, wanted: Wanted) -> Iterator[OwnedPart]:
    """Yield the parts that meet the conditions."""
    if wanted.whose == BY_RULE:
        return
    book = standing.book
    nodes: frozenset[str] = under(standing, wanted.node) if wanted.node else frozenset()
    for part in standing.parts:
        if wanted.whose is not None and part.answer.unit != (None if wanted.whose == UNOWNED else wanted.whose):
            continue
        if wanted.section and part.section != wanted.section:
            continue
        if wanted.check and part.check != wanted.check:
            continue
        if wanted.stratum and part.stratum != wanted.stratum:
            continue
        if wanted.cluster and part.cluster != wanted.cluster:
            continue
        if wanted.side or wanted.node:
            line = book.lines.get(part.check)
            if (wanted.side and (line is None or line.side != wanted.side)) or (wanted.node and part.node not in nodes):
                continue
        yield part


def adjustments(standing: Standing, wanted: Wanted) -> Iterator[Adjustment]:
    """Yield what rules on nodes changed, where that is wanted: they belong to no unit, check, side or site."""
    if wanted.whose not in {None, BY_RULE} or wanted.check or wanted.side or wanted.stratum or wanted.cluster:
        return
    nodes = under(standing, wanted.node) if wanted.node else frozenset()
    for change in standing.card.adjustments:
        section = standing.book.nodes[change.node].section if change.node else WHOLE
        if (wanted.section and section != wanted.section) or (wanted.node and change.node not in nodes):
            continue
        yield change


WHOLE = "-"
"""The section of what changes the total as a whole."""


def listed(standing: Standing, wanted: Wanted, by: Grouping) -> list[Points]:
    """Return the list of points, grouped; its sums are the figure that opened it."""
    keys: dict[Grouping, Callable[[OwnedPart], GroupKey]] = {
        "check": lambda part: (part.check, _bare(part), "", "", None),
        "site": lambda part: ("", "", part.cluster, part.stratum, None),
        "unit": lambda part: ("", "", "", "", _whose(part)),
        "part": lambda part: (part.check, _bare(part), part.cluster, part.stratum, _whose(part)),
    }
    rows = [Points(*key, None, *sums) for key, sums in _grouped(parts(standing, wanted), keys[by])]
    return rows + [
        Points("", "", "", "", BY_RULE, a, 1, 0, a.earned, a.lost, a.unassessed) for a in adjustments(standing, wanted)
    ]


def _bare(part: OwnedPart) -> str:
    return "" if part.check else part.node


def _whose(part: OwnedPart) -> Whose:
    return UNOWNED if part.answer.unit is None else part.answer.unit


def _grouped(
    found: Iterable[OwnedPart], key: Callable[[OwnedPart], GroupKey]
) -> Iterator[tuple[GroupKey, tuple[int, int, int, int, int]]]:
    sums: dict[GroupKey, tuple[int, int, int, int, int]] = {}
    for part in found:
        count, possible, earned, lost, unassessed = sums.get(key(part), (0, 0, 0, 0, 0))
        sums[key(part)] = (
            count + 1, possible + part.possible, earned + part.earned, lost + part.lost, unassessed + part.unassessed,
        )  # fmt: skip
    yield from sums.items()
