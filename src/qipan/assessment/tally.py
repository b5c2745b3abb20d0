"""Tallies: the integer sums of the readings of one check and stratum. They add and subtract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from qipan.assessment.reading import Reading

INT64 = 2**63 - 1


@dataclass(slots=True)
class Tally:
    """Sums over the clusters that enter a stratum.

    clusters: those where anything is seen or missing; seen: those with an outcome; sum_y, sum_y2: over the seen;
    sum_low, sum_high: over all clusters; num, den: for pooled rates; unknown: weight of what is missing; na: clusters
    where nothing applies; not_seen … disputed: missing outcomes by reason.
    """

    clusters: int = 0
    seen: int = 0
    sum_y: int = 0
    sum_y2: int = 0
    sum_low: int = 0
    sum_high: int = 0
    num: int = 0
    den: int = 0
    unknown: int = 0
    na: int = 0
    not_seen: int = 0
    refused: int = 0
    lost: int = 0
    disputed: int = 0

    def add(self, reading: Reading, sign: int = 1) -> None:
        """Add a reading, or take it off with sign −1; one that does not enter its stratum changes nothing.

        Raises:
            OverflowError: a sum left the range of a 64-bit integer, which a database column holds.
        """
        if not reading.enters:
            return
        if not reading.applies:
            # Where every answer was one that does not count ("cannot say"), nothing is known and nothing is N/A.
            self.na += sign if reading.na else 0
            return
        self.clusters += sign
        if reading.weight:
            self.seen += sign
            self.sum_y += sign * reading.y
            self.sum_y2 += sign * reading.y * reading.y
        self.sum_low += sign * reading.low
        self.sum_high += sign * reading.high
        self.num += sign * reading.num
        self.den += sign * reading.den
        self.unknown += sign * reading.unknown
        self.not_seen += sign * reading.not_seen
        self.refused += sign * reading.refused
        self.lost += sign * reading.lost
        self.disputed += sign * reading.disputed
        if self.sum_y2 > INT64:
            raise OverflowError("more clusters in one stratum than a 64-bit sum of squares can hold (700,000)")
        if self.num > INT64 or self.unknown > INT64:
            raise OverflowError("more cases in one stratum than a 64-bit sum can hold")

    def minus(self, other: Tally) -> Tally:
        """Return the difference of two tallies."""
        return Tally(*(one - two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def plus(self, other: Tally) -> Tally:
        """Return the sum of two tallies."""
        return Tally(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))


NAMES = tuple(f.name for f in fields(Tally))


def tally(readings: Iterable[Reading]) -> Tally:
    """Add up readings from nothing: the recompute that running tallies must equal."""
    total = Tally()
    for reading in readings:
        total.add(reading)
    return total
