"""Points rules: a share makes a share of the points."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from qipan.assessment.rules.bands import Bands
from qipan.assessment.rules.worth import percent
from qipan.assessment.scale import half_up
from qipan.assessment.text import Text


@dataclass(frozen=True, slots=True)
class Linear:
    """Points in proportion, from nothing at `start` to full at `end`."""

    kind: ClassVar[str] = "linear"
    start: Fraction = Fraction(0)
    end: Fraction = Fraction(1)
    plain: bool = field(init=False, compare=False, repr=False, default=True)

    def __post_init__(self) -> None:
        """Note whether the line runs from 0 to 1, which nearly every one does."""
        object.__setattr__(self, "plain", self.start == 0 and self.end == 1)

    def points(self, num: int, den: int, possible: int) -> int:
        """Return the micro-points of a share num/den, rounded half up; den > 0."""
        if self.plain:
            return (2 * num * possible + den) // (2 * den)
        way = (Fraction(num, den) - self.start) / (self.end - self.start)
        way = min(Fraction(1), max(Fraction(0), way))
        return half_up(way.numerator * possible, way.denominator)

    def span(self, low: tuple[int, int], high: tuple[int, int], possible: int) -> tuple[int, int]:
        """Return the least and the most micro-points of any share from low to high, both (num, den)."""
        worst = self.points(*low, possible)
        return worst, worst if low == high else self.points(*high, possible)

    def sentence(self) -> Text:
        """Say the rule in words."""
        if self.plain:
            return Text("按占比得分", "points in proportion")
        low, high = percent(self.start), percent(self.end)
        return Text(f"{low}不得分，{high}得满分，其间按比例", f"nothing at {low}, full at {high}, linear between")


@dataclass(frozen=True, slots=True)
class Banded:
    """Points by bands of the share."""

    kind: ClassVar[str] = "banded"
    bands: Bands

    def points(self, num: int, den: int, possible: int) -> int:
        """Return the micro-points of a share num/den, rounded half up; den > 0."""
        value = self.bands.find(num, den)[0]
        return half_up(value.numerator * possible, value.denominator)

    def span(self, low: tuple[int, int], high: tuple[int, int], possible: int) -> tuple[int, int]:
        """Return the least and the most micro-points of any share from low to high, both (num, den).

        A table may fall as the share rises, or rise and fall, so that the ends alone do not tell: every bound between
        them is tried, and a share on each side of it.
        """
        if low == high:
            one = self.points(*low, possible)
            return one, one
        if self.bands.trend:
            ends = self.points(*low, possible), self.points(*high, possible)
            return ends if self.bands.trend == "rising" else ends[::-1]
        first, last = Fraction(*low), Fraction(*high)
        marks = sorted({first, last, *(b.bound for b in self.bands.bands if first < b.bound < last)})
        tried = [*marks, *((one + two) / 2 for one, two in pairwise(marks))]
        made = [self.points(share.numerator, share.denominator, possible) for share in tried]
        return min(made), max(made)

    def sentence(self) -> Text:
        """Say the rule in words."""
        lines, last = self.bands.words(percent)
        return Text(f"按占比分档：{'，'.join(lines)}，其余{last}", f"by bands: {', '.join(lines)}, otherwise {last}")


PointsRule = Linear | Banded
POINTS_KINDS: tuple[type[PointsRule], ...] = (Linear, Banded)
