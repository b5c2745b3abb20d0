"""Whose points: a check's possible, lost and unassessed points divided over its clusters, in whole micro-points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm

from qipan.assessment.reading import Reading
from qipan.assessment.rulebook import Line
from qipan.assessment.scale import SCALE, apportion
from qipan.assessment.scorecard import CheckScore

NOBODY = ""
"""The cluster of a part that no cluster carries: a type that nobody looked at, a check without data."""


@dataclass(frozen=True, slots=True)
class Part:
    """What falls to one cluster of one check. Micro-points; earned + lost + unassessed = possible.

    `earned` can be below zero: where one failing site drops the whole check a band, more is lost through it than its
    equal part of the check.
    """

    stratum: str
    cluster: str
    possible: int
    earned: int
    lost: int
    unassessed: int


def divide(line: Line, score: CheckScore, readings: Mapping[tuple[str, str], Reading], step: int = 1) -> list[Part]:
    """Divide a check's points over its clusters.

    Possible points equally (a mean over types: first over the types), lost points in proportion to each cluster's
    shortfall 1 − y, unassessed points in proportion to what is unknown there, each by largest remainder.

    Args:
        line: the check.
        score: its score.
        readings: the readings *now* of the clusters that enter, by (stratum, cluster).
        step: micro-points that are not divided further; the check's own points are whole steps.
    """
    if not score.possible:
        return []
    shares: list[tuple[str, str, int, int, int]] = []  # stratum, cluster, equal part, shortfall, unknown
    types = [s for s in score.strata if s.state not in {"absent", "not_applicable"}]
    by_types = line.check.join.kind == "mean_over_types"
    # Where what is missing is left out of the denominator, a cluster without outcome carries no points either.
    left_out = line.check.missing == "excluded" and score.status != "not_assessed"
    known: dict[str, list[tuple[str, Reading]]] = {}
    for (stratum, cluster), reading in readings.items():
        if reading.enters and reading.applies and (reading.weight or not left_out):
            known.setdefault(stratum, []).append((cluster, reading))
    if left_out:
        types = [s for s in types if s.stratum in known]
    sizes = {s.stratum: max(1, len(known.get(s.stratum, ()))) for s in types}
    below = lcm(*sizes.values()) if by_types and sizes else 1
    for s in types:
        each = below // sizes[s.stratum] if by_types else 1
        clusters = sorted(known.get(s.stratum, ()), key=lambda pair: pair[0])
        if not clusters and (by_types or not known):
            zero = line.check.missing == "zero"
            shares.append((s.stratum, NOBODY, each, SCALE * each * zero, SCALE * each * (not zero)))
        for cluster, reading in clusters:
            short, unseen = _weights(line, reading)
            shares.append((s.stratum, cluster, each, short * each, unseen * each))
    if not shares:
        shares.append(("", NOBODY, 1, 1, 1))
    equal = [share[2] for share in shares]
    lost = [share[3] for share in shares]
    unknown = equal if score.status == "not_assessed" else [share[4] for share in shares]
    rows = _three_ways(score, equal, lost, unknown, step)
    return [
        Part(stratum, cluster, earned + gone + open_, earned, gone, open_)
        for (stratum, cluster, *_), (earned, gone, open_) in zip(shares, rows, strict=True)
    ]


def _three_ways(
    score: CheckScore, equal: list[int], lost: list[int], unknown: list[int], step: int
) -> list[tuple[int, int, int]]:
    """Return (earned, lost, unassessed) of each cluster.

    What is earned is the equal part less the other two, exactly; each of the three is then made whole by itself, so
    that each adds up to the check's. A cluster's possible points are their sum: the equal part to within a step.
    """
    lost = lost if any(lost) else equal
    unknown = unknown if any(unknown) else equal
    whole, off, open_ = sum(equal), sum(lost), sum(unknown)
    below = whole * off * open_
    gone = [score.lost // step * weight * whole * open_ for weight in lost]
    dark = [score.unassessed // step * weight * whole * off for weight in unknown]
    possible = [score.possible // step * weight * off * open_ for weight in equal]
    kept = [p - g - d for p, g, d in zip(possible, gone, dark, strict=True)]
    # Less than a step below zero is the rounding of the check, not a loss beyond the equal part.
    kept = [0 if -below < quota < 0 else quota for quota in kept]
    columns = (
        apportion(score.earned // step, kept, below),
        apportion(score.lost // step, gone, below),
        apportion(score.unassessed // step, dark, below),
    )
    return [(e * step, g * step, d * step) for e, g, d in zip(*columns, strict=True)]


def _weights(line: Line, reading: Reading) -> tuple[int, int]:
    """Return (shortfall, unknown) of a cluster on `SCALE`, as the check's policy on missing outcomes counts them."""
    match line.check.missing:
        case "excluded":
            return (SCALE - reading.y if reading.weight else 0), 0
        case "zero":
            return SCALE - reading.low, 0
        case _:
            return SCALE - reading.high, reading.high - reading.low
