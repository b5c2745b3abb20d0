"""What an outcome is worth, and why there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qipan.assessment.scale import SCALE, half_up
from qipan.assessment.text import Text

REASONS = ("not_seen", "refused", "lost", "disputed")
"""Why an outcome is missing; `na` (not applicable) is not missing, it leaves the denominator."""


class OutcomeError(ValueError):
    """A raw outcome that the item's value rule cannot read; its text says what can be written instead."""

    def __init__(self, outcome: str, wanted: Text) -> None:
        super().__init__(f"{outcome!r} is not an outcome of this item; {wanted.en}")
        self.outcome = outcome
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Worth:
    """What one outcome is worth: value on `SCALE`, num / den as counts for pooled rates (num on `SCALE`), faults.

    `excluded` is an answer that leaves the denominator, such as "cannot say" in a survey.
    """

    value: int
    num: int
    den: int
    faults: int
    excluded: bool = False

    @classmethod
    def of(cls, value: int) -> Worth:
        """Return the worth of a plain value: one case, a fault when it is less than full."""
        return cls(value, value, 1, 0 if value >= SCALE else 1)


EXCLUDED = Worth(0, 0, 0, 0, excluded=True)
FULL = Worth.of(SCALE)
NOTHING = Worth.of(0)


def percent(value: Fraction) -> str:
    """Return a share as a percentage with at most two decimals, no trailing zeros."""
    shown = half_up(value.numerator * 10_000, value.denominator)
    return f"{shown / 100:.2f}".rstrip("0").rstrip(".") + "%"


def plain(value: Fraction) -> str:
    """Return a number as people write it: whole, decimal, or a fraction where a decimal would not end."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return f"{float(value):.6f}".rstrip("0").rstrip(".") if rest == 1 else f"{value.numerator}/{value.denominator}"
