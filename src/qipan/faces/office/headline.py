"""The score headline: where the rule-book score stands between the worst and the best still possible.

Pure: positions are per cents of the chart's width, so that words keep their size on any screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from qipan.assessment.scale import POINT, half_up
from qipan.assessment.text import Basis


@dataclass(frozen=True, slots=True)
class Cut:
    """The line that decides the title, in micro-points, and what it rests on."""

    points: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Headline:
    """The rule-book score in micro-points, with its range: all that is missing as zero, and as full."""

    score: int
    worst: int
    best: int
    total: int
    unassessed: int = 0
    cut: Cut | None = None
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis."""

    x: str
    points: int


@dataclass(frozen=True, slots=True)
class HeadlineView:
    """What the template draws; x values are per cents of the width."""

    figures: Headline
    ticks: tuple[Tick, ...]
    starts_at: int
    """Micro-points at the left end; 0 where the axis starts at zero."""
    worst: str
    best: str
    score: str
    width: str
    cut: str
    score_anchor: str
    cut_anchor: str
    cut_shift: str
    gap: int
    """Micro-points missing to the cut at today's score; 0 where it is reached or there is none."""
    reachable: bool
    """The best still possible reaches the cut."""
    cut_shown: int
    """The cut as it is printed, in micro-points: rounded as the score is, while `gap` goes by the exact one."""


def layout(headline: Headline) -> HeadlineView:
    """Lay the headline out. The axis shows the range with room on its left, and starts at zero where that is near."""
    whole = max(headline.total, headline.best, POINT)
    points = [headline.worst, headline.score, headline.best, *([headline.cut.points] if headline.cut else [])]
    start = _start(min(points), whole)
    span = whole - start

    def at(value: int) -> float:
        return min(max(100 * (value - start) / span, 0.0), 100.0)

    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if span / (step * POINT) <= 8.5) * POINT
    ticks = list(range(start, whole + 1, step))
    if whole - ticks[-1] >= step // 2:
        ticks.append(whole)
    score, cut = at(headline.score), at(headline.cut.points) if headline.cut else 0.0
    left = headline.cut is not None and cut > 62
    return HeadlineView(
        figures=headline,
        ticks=tuple(Tick(f"{at(value):.2f}%", value) for value in ticks),
        starts_at=start,
        worst=f"{at(headline.worst):.2f}%",
        best=f"{at(headline.best):.2f}%",
        score=f"{score:.2f}%",
        width=f"{at(headline.best) - at(headline.worst):.2f}%",
        cut=f"{cut:.2f}%" if headline.cut else "",
        score_anchor="start"
        if score < 6
        else "end"
        if headline.cut and 0 <= cut - score < 9
        else "start"
        if headline.cut and 0 < score - cut < 9
        else "middle",
        cut_anchor="end" if left else "start",
        cut_shift="-6" if left else "6",
        gap=max(headline.cut.points - headline.score, 0) if headline.cut else 0,
        reachable=headline.cut is None or headline.best >= headline.cut.points,
        cut_shown=_printed(headline.cut.points, headline.decimals) if headline.cut else 0,
    )


def _printed(points: int, decimals: int) -> int:
    step = POINT // 10**decimals
    return half_up(points, step) * step


def _start(least: int, whole: int) -> int:
    """Return where the axis starts: a multiple of ten points with a fifth of the span free, or zero."""
    ten = 10 * POINT
    start = max(least, 0) // ten * ten
    while start > 0 and (least - start) * 7 < whole - start:
        start -= ten
    return start if start >= whole * 3 // 10 else 0
