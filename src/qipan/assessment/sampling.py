"""Draws that anyone can make again: permanent random numbers from a public seed.

Each unit of a stratum has one number, u = the first eight bytes of SHA-256("seed|stratum|unit") / 2**64, and a draw of
n takes the n smallest. So the order of the register does not matter, a draw can grow and keeps what it had, and two
draws by the same seed can be kept apart: one takes the smallest u, the other the smallest 1 - u.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

WHOLE = 1 << 64
"""What a permanent number is a fraction of."""


def permanent_number(seed: str, stratum: str, unit: str) -> int:
    """Return a unit's permanent random number, as so many parts of `WHOLE`.

    Args:
        seed: made public before the draw.
        stratum: the kind of thing that is drawn.
        unit: the code of the thing.
    """
    return int.from_bytes(sha256(f"{seed}|{stratum}|{unit}".encode()).digest()[:8], "big")


def in_order(seed: str, stratum: str, units: Iterable[str], *, apart: bool = False) -> list[str]:
    """Return units in the order in which a draw takes them, each once.

    Args:
        seed: made public before the draw.
        stratum: the kind of thing that is drawn.
        units: the register of the stratum, in any order.
        apart: count by 1 - u: the draw that has least in common with the one that counts by u.
    """

    def place(unit: str) -> tuple[int, str]:
        number = permanent_number(seed, stratum, unit)
        return WHOLE - number if apart else number, unit

    return sorted(set(units), key=place)


def draw(seed: str, stratum: str, units: Iterable[str], n: int, *, apart: bool = False) -> list[str]:
    """Draw n units of a stratum: those with the smallest numbers, or all where there are no more.

    Args:
        seed: made public before the draw.
        stratum: the kind of thing that is drawn.
        units: the register of the stratum, in any order.
        n: how many.
        apart: count by 1 - u.

    Raises:
        ValueError: n is below zero.
    """
    if n < 0:
        raise ValueError(f"a draw of {n}")
    return in_order(seed, stratum, units, apart=apart)[:n]


def shown(number: int, digits: int = 10) -> str:
    """Print a permanent number as a decimal fraction, rounded half up: 0.0831924312."""
    whole = 10**digits
    rounded = (2 * number * whole + WHOLE) // (2 * WHOLE)
    return f"{rounded // whole}.{rounded % whole:0{digits}}"
