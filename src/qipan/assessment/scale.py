"""The integer scales on which every number of the score is held.

Values (a reading, a grade, a share) are integers between 0 and `SCALE`; points are integers in micro-points.
Nothing is rounded but where a docstring says so, and then half up, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

SCALE = 3_603_600
"""A full value. Divisible by every whole number up to 16 and by 100, so that no checklist reading is rounded."""

POINT = 1_000_000
"""Micro-points in one point of a standard."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?(/\d{1,12})?")


def exact(value: object) -> Fraction:
    """Read an int, a decimal string or a fraction string ("2/3") as an exact number.

    A float is read as the decimal that it prints as, since that is what its author typed.

    Raises:
        ValueError: it is not a finite number.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number")
    if isinstance(value, int):
        return Fraction(value)
    text = (repr(value) if isinstance(value, float) else str(value)).strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    whole, _, below = text.partition("/")
    if below and not int(below):
        raise ValueError(f"{text!r} divides by zero")
    return Fraction(whole) / int(below) if below else Fraction(whole)


def half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half up to a whole number; denominator > 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def to_scale(value: Fraction) -> int:
    """Return a number between 0 and 1 as an integer on `SCALE`, rounded half up."""
    return half_up(value.numerator * SCALE, value.denominator)


def to_points(value: Fraction) -> int:
    """Return a number of points in micro-points, rounded half up."""
    return half_up(value.numerator * POINT, value.denominator)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole total in proportion to weights into whole parts that add up to it.

    Each part gets the floor of its quota; the units left over go to the largest remainders, ties to the earlier
    part (Hamilton's method). A negative total is divided as its opposite. All weights zero: all parts zero.

    Args:
        total: any whole number, say micro-points.
        weights: whole numbers >= 0.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    if total < 0:
        return [-part for part in largest_remainder(-total, weights)]
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for i in order[:left]:
            parts[i] += 1
    return parts


def apportion(total: int, quotas: Sequence[int], below: int) -> list[int]:
    """Round quotas of any sign to whole numbers that add up to a total, by largest remainder.

    Args:
        total: the whole number that the exact quotas add up to.
        quotas: numerators of the exact quotas; where they come to more, the largest parts give way.
        below: their common denominator, > 0.
    """
    parts = [quota // below for quota in quotas]
    left = total - sum(parts)
    order = sorted(range(len(quotas)), key=lambda i: (-(quotas[i] % below), i))
    for i in order[: max(0, left)]:
        parts[i] += 1
    for i in sorted(range(len(parts)), key=lambda i: (-parts[i], i))[: max(0, -left)]:
        parts[i] -= 1
    return parts


def printed(micro_points: int, decimals: int = 1) -> str:
    """Return micro-points as a decimal text, rounded half up (away from zero when negative)."""
    sign = "-" if micro_points < 0 else ""
    shown = half_up(abs(micro_points) * 10**decimals, POINT)
    if not shown:
        sign = ""
    digits = str(shown).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def printed_parts(total: int, parts: Iterable[int], decimals: int = 1) -> list[int]:
    """Round parts for print so that they add up to the printed total.

    Args:
        total: micro-points; the sum of the parts.
        parts: micro-points, of any sign.
        decimals: how many are printed.

    Returns:
        The parts in micro-points, each a whole number of printed steps; their sum is the total rounded half up.
    """
    step = POINT // 10**decimals
    values = list(parts)
    floors = [value // step for value in values]
    shown = (1 if total >= 0 else -1) * half_up(abs(total), step)
    left = shown - sum(floors)
    order = sorted(range(len(values)), key=lambda i: (-(values[i] % step), i))
    if 0 <= left <= len(values):
        for i in order[:left]:
            floors[i] += 1
    elif left < 0:
        for i in order[left:]:
            floors[i] -= 1
    return [value * step for value in floors]
