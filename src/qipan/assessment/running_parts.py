"""What the running score holds: a check's tallies and points, a cluster's sums, an item's rows. Laid out to be small."""

from __future__ import annotations

from typing import TypeAlias

from qipan.assessment.reading import Reading
from qipan.assessment.rulebook import Line
from qipan.assessment.tally import Tally

Row: TypeAlias = tuple[int, int, int, str, str, bool, str, int, str, bool]
"""(observed, recorded, number, subject, round, at random, outcome, weight, source, own)"""
Cell: TypeAlias = tuple[int, int, int, str]
"""What stands for an item and a subject: (observed, recorded, weight, outcome)."""
Brings: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
"""What an outcome brings to a reading: (value, weight, num, den, faults, unknown, hidden, na, reason). `hidden` are the
faults that what is missing may hide; the reason is an index of `REASONS`."""

Place: TypeAlias = tuple[tuple[tuple[Line, str, bool, dict[str, Brings]], ...], str, bool]
"""(checks that look at an item: line, stratum, one thing only, what outcomes bring; the one stratum; one thing only)."""

NO_CELLS: dict[str, Cell] = {}
ABSENT = "\0"
"""The key, among what the outcomes of an item bring, of what it brings while it has no row."""
NOTHING_YET: Brings = (0, 0, 0, 0, 0, 0, 0, 0, 0)
NOBODY_ASKED: Brings = (0, 0, 0, 0, 0, 1, 1, 0, 0)
"""A zone where nobody has answered yet is one missing answer."""


class RunningCheck:
    """One check: its tallies, its points, and whether they have to be settled."""

    __slots__ = (
        "earned", "gone", "least", "line", "lost", "marked", "points", "policy", "pooled", "possible", "single",
        "span", "tallies", "unassessed",
    )  # fmt: skip

    def __init__(self, line: Line) -> None:
        self.line = line
        self.points = line.check.points.points
        self.span = line.check.points.span
        self.policy = line.check.missing
        self.pooled = line.check.join.kind == "pooled_rate"
        self.least = max(1, line.check.join.min_sample)
        self.single = len(line.strata) == 1
        self.tallies: dict[str, Tally] = {}
        self.possible = self.earned = self.lost = self.unassessed = 0
        self.gone = self.marked = False


class State:
    """One check at one cluster: the sums of its reading, changed item by item."""

    __slots__ = (
        "blank",
        "check",
        "den",
        "disputed",
        "enters",
        "faults",
        "hidden",
        "high",
        "line",
        "listed",
        "looks",
        "lost",
        "low",
        "na",
        "not_seen",
        "num",
        "rebuilt",
        "refused",
        "round",
        "rule",
        "slow",
        "stratum",
        "survey",
        "tally",
        "unknown",
        "value",
        "weight",
        "y",
    )  # fmt: skip

    def __init__(self, check: RunningCheck, stratum: str, blank: tuple[Reading, int], *, listed: bool) -> None:
        self.check = check
        self.line = line = check.line
        self.rule = line.site.y
        self.stratum = stratum
        self.survey = line.survey
        self.rebuilt = line.check.repeat != "latest"  # every time anew, whatever comes
        self.slow = self.rebuilt
        self.listed = self.enters = listed
        self.tally = check.tallies.setdefault(stratum, Tally())
        self.looks: list[Look] = []
        self.round = ""
        self.blank = True
        self.take(*blank)

    def take(self, reading: Reading, hidden: int) -> None:
        """Take over the sums of a reading."""
        self.value, self.weight, self.num, self.den = reading.value, reading.weight, reading.num, reading.den
        self.faults, self.unknown, self.hidden, self.na = reading.faults, reading.unknown, hidden, reading.na
        self.y, self.low, self.high = reading.y, reading.low, reading.high
        self.not_seen, self.refused, self.lost, self.disputed = (
            reading.not_seen, reading.refused, reading.lost, reading.disputed,
        )  # fmt: skip

    def count(self, sign: int) -> None:
        """Add the reading to its tally, or take it off: `Tally.add` without a reading made for it."""
        tally, weight, unknown = self.tally, self.weight, self.unknown
        if not (weight or unknown):
            tally.na += sign if self.na else 0
            return
        tally.clusters += sign
        if weight:
            tally.seen += sign
            tally.sum_y += sign * self.y
            tally.sum_y2 += sign * self.y * self.y
        tally.sum_low += sign * self.low
        tally.sum_high += sign * self.high
        tally.num += sign * self.num
        tally.den += sign * self.den
        if unknown:
            tally.unknown += sign * unknown
            tally.not_seen += sign * self.not_seen
            tally.refused += sign * self.refused
            tally.lost += sign * self.lost
            tally.disputed += sign * self.disputed


class Look:
    """One item of one state: what stands there, by subject where it has any, and what each outcome brings."""

    __slots__ = ("answered", "brings", "cell", "cells", "item", "spot", "state")

    def __init__(self, state: State, item: str, brings: dict[str, Brings], spot: Spot) -> None:
        self.state = state
        self.item = item
        self.brings = brings
        self.spot = spot
        self.clear()

    def clear(self) -> None:
        """Let nothing stand."""
        self.cell: Cell | None = None
        self.cells: dict[str, Cell] = NO_CELLS
        self.answered = False

    def put(self, subject: str, cell: Cell) -> None:
        """Let an outcome stand."""
        self.answered = True
        if not subject:
            self.cell = cell
        elif self.cells is NO_CELLS:
            self.cells = {subject: cell}
        else:
            self.cells[subject] = cell

    def standing(self) -> list[Cell]:
        """Return everything that stands."""
        return [*self.cells.values(), *((self.cell,) if self.cell else ())]


class Spot:
    """One item at one cluster: its rows, and the checks that look at it there."""

    __slots__ = ("known", "looks", "rows")

    def __init__(self, known: set[str]) -> None:
        self.rows: list[Row] = []
        self.looks: tuple[Look, ...] = ()
        self.known = known


def most_hidden(line: Line, stratum: str) -> int:
    """Return the faults that a cluster nobody has seen may hide."""
    return sum(w * line.most_faults[item] for item, w in line.strata[stratum].items())
