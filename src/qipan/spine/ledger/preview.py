"""What prepared facts would do to the score, worked out beside the ledger without writing to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qipan.assessment.printing import printed_card
from qipan.assessment.scorecard import Scorecard, scorecard
from qipan.assessment.tally import Tally
from qipan.spine.ledger import running
from qipan.spine.ledger.actions import Prepared
from qipan.spine.ledger.models import Reading

Points = tuple[int, int, int]
"""Earned, lost, unassessed, in micro-points."""


@dataclass(frozen=True, slots=True)
class Move:
    """How the scorecard of a campaign year moves, as pages print it; sections and `by_rule` add up to the totals."""

    campaign_year: int
    before: Points
    after: Points
    range_before: tuple[int, int]
    range_after: tuple[int, int]
    sections: dict[str, tuple[Points, Points]]
    by_rule: tuple[Points, Points]
    checks: int
    """How many checks change."""


def moves(prepared: Prepared) -> list[Move]:
    """Return what each campaign year's scorecard would become (three statements each)."""
    found = []
    for year, book, readings in zip(prepared.years, prepared.books, prepared.readings, strict=True):
        absent = frozenset(year.absent_types)
        tallies = running.stored_tallies(year.pk)
        before = printed_card(scorecard(book, tallies, absent))
        _, differences = running.changes(year.pk, readings)
        after = printed_card(scorecard(book, _moved(tallies, differences), absent))
        found.append(_move(year.pk, before, after))
    return found


def _moved(
    tallies: Mapping[tuple[str, str], Tally], differences: Mapping[tuple[int, str, str], Tally]
) -> dict[tuple[str, str], Tally]:
    moved = dict(tallies)
    for (level, check, stratum), change in differences.items():
        if level == Reading.Level.NOW:
            moved[check, stratum] = moved.get((check, stratum), Tally()).plus(change)
    return moved


def _move(year: int, before: Scorecard, after: Scorecard) -> Move:
    keys = [node.key for node in before.book.sections]
    sections = {key: (_points(before, key), _points(after, key)) for key in keys}
    totals = _points(before), _points(after)
    rest = [tuple(whole - sum(part[i][j] for part in sections.values()) for j, whole in enumerate(totals[i])) for i in (0, 1)]  # fmt: skip
    changed = sum(1 for key, score in after.checks.items() if before.checks.get(key) != score)
    return Move(
        year, totals[0], totals[1], (before.total.worst, before.total.best), (after.total.worst, after.total.best),
        sections, (_three(rest[0]), _three(rest[1])), changed,
    )  # fmt: skip


def _points(card: Scorecard, key: str = "") -> Points:
    node = card.nodes[key] if key else card.total
    return node.earned, node.lost, node.unassessed


def _three(values: tuple[int, ...]) -> Points:
    return values[0], values[1], values[2]
