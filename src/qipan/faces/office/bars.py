"""Stacked bars of earned, lost and unassessed points, one scale for all rows, figures that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qipan.assessment.text import Text
from qipan.faces.office.figures import DECIMALS, Parts, printed_rows, total


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a section, a method share, hardware or software. Points in micro-points."""

    title: Text
    parts: Parts
    code: str = ""
    url: str = ""
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in per cents of the width: `kind` is earned, lost or unassessed."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class BarView:
    """One row with printed figures and its drawing."""

    bar: Bar
    parts: Parts
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """What the template draws."""

    rows: tuple[BarView, ...]
    parts: Parts
    decimals: int


def layout(bars: Sequence[Bar], *, decimals: int = DECIMALS) -> Bars:
    """Lay bars out; the longest row fills the width, so that lengths compare points between rows."""
    longest = max((bar.parts.possible for bar in bars), default=0)
    shown = printed_rows([bar.parts for bar in bars], decimals)
    rows = tuple(BarView(bar, parts, segments(bar.parts, longest)) for bar, parts in zip(bars, shown, strict=True))
    return Bars(rows, total(shown), decimals)


def segments(parts: Parts, longest: int) -> tuple[Segment, ...]:
    """Divide a bar; `longest` is the points of the full width. Gains and losses by rule draw no negative length."""
    pieces, x = [], 0.0
    for kind in ("earned", "lost", "unassessed"):
        width = 100 * max(getattr(parts, kind), 0) / longest if longest > 0 else 0.0
        if width > 0:
            pieces.append(Segment(kind, f"{x:.2f}%", f"{width:.2f}%"))
        x += width
    return tuple(pieces)
