"""Comparisons with a bound, and tables of bands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
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
    trend: Literal["rising", "falling", ""] = field(init=False, compare=False, repr=False, default="")
    tests: tuple[tuple[int, int, int], ...] = field(init=False, compare=False, repr=False, default=())

    def __post_init__(self) -> None:
        """Note whether a higher number never gives less ("rising") or never gives more ("falling").

        `tests` are the bounds as whole numbers (sign × numerator, sign × denominator, least difference): a band holds
        where num × second − den × first is at least the third.
        """
        signs = {"at_least": (1, 0), "above": (1, 1), "at_most": (-1, 0), "below": (-1, 1)}
        tests = [
            (signs[b.comparison][0] * b.bound.numerator, signs[b.comparison][0] * b.bound.denominator,
             signs[b.comparison][1]) for b in self.bands
        ]  # fmt: skip
        object.__setattr__(self, "tests", tuple(tests))
        kinds = {band.comparison for band in self.bands}
        values = [*(band.value for band in self.bands), self.otherwise]
        if all(one >= two for one, two in pairwise(values)):
            if kinds <= {"at_least", "above"}:
                object.__setattr__(self, "trend", "rising")
            elif kinds <= {"at_most", "below"}:
                object.__setattr__(self, "trend", "falling")

    def find(self, num: int, den: int) -> tuple[Fraction, str, Band | None]:
        """Return the value, the grade and the band that num/den falls into; den > 0."""
        for band, (first, second, least) in zip(self.bands, self.tests, strict=True):
            if num * second - den * first >= least:
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
