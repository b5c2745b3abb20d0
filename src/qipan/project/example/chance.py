"""Chance from a seed: every decision has a number of its own, whatever else is decided before it.

So a change to one topic of the example leaves all others as they were, and the same seed makes the same county on any
machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import exp, log
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

SEED = "qingshan-1"
"""The seed of the county that is shipped."""


def fraction(*words: object) -> float:
    """Return a number in [0, 1) that belongs to these words."""
    return int.from_bytes(sha256("|".join(map(str, words)).encode()).digest()[:8], "big") / 2**64


def pick(options: Sequence[T], *words: object) -> T:
    """Return one of several options."""
    return options[int(fraction(*words) * len(options))]


def identity(*words: object) -> UUID:
    """Return the identity that belongs to these words."""
    return UUID(bytes=sha256("|".join(map(str, words)).encode()).digest()[:16], version=4)


def bell(*words: object) -> float:
    """Return a number from a bell curve around 0 with standard deviation 1 (logistic, which is near enough here)."""
    u = min(max(fraction(*words), 1e-9), 1 - 1e-9)
    return log(u / (1 - u)) / 1.8138


def logistic(x: float) -> float:
    """Return the chance that belongs to log-odds."""
    return 1 / (1 + exp(-x))
