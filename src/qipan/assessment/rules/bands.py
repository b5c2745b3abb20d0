"""Comparisons with a bound, and tables of bands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from qipan.assessment.rules.worth import plain

Comparison = Literal["at_least", "above", "at_most", "below"]
COMPARISONS: tuple[Comparison, ...] = ("at_least", "above", "at_most", "below")
SIGNS: dict[str, str] = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


def holds(comparison: Comparison, num: int, den: int, bound: Fraction) -> bool:
    """Return whether num/den meets the bound, by integer cross-multiplication; den > 0."""
    left, right = num * bound.denominator, bound.numerator * den
    match comparison:
        case "at_least":
            return left >= right
        case "above":
            return left > right
        case "at_most":
            return left <= right
        case "below":
            return left < right


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a band table: the bound, the value it gives, and the grade's name where it has one."""

    comparison: Comparison
    bound: Fraction
    value: Fraction
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """A table of bands: the first whose bound is met gives its value, otherwise the last value."""

    bands: tuple[Band, ...]
    otherwise: Fraction
    otherwise_grade: str = ""

    def find(self, num: int, den: int) -> tuple[Fraction, str, Band | None]:
        """Return the value, the grade and the band that num/den falls into; den > 0."""
        for band in self.bands:
            if holds(band.comparison, num, den, band.bound):
                return band.value, band.grade, band
        return self.otherwise, self.otherwise_grade, None

    def words(self, show: Callable[[Fraction], str]) -> tuple[list[str], str]:
        """Return each band as "≥ 85% A = 1", and the last value."""
        lines = [
            f"{SIGNS[b.comparison]} {show(b.bound)} {b.grade + ' = ' if b.grade else '= '}{plain(b.value)}"
            for b in self.bands
        ]
        last = f"{self.otherwise_grade + ' = ' if self.otherwise_grade else ''}{plain(self.otherwise)}"
        return lines, last
