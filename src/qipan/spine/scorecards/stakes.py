"""What hangs on a single reading or check: the points lost there, and what the total would gain if it were full.

Lost points are those of the division that says whose points are whose (`Standing.parts`), in printed steps, so that
what hangs on everything adds up to all that is lost. The gain is computed by the rulebook itself: a band that is
reached or a gate that opens counts in full, and a cap that holds leaves nothing to gain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import replace

from qipan.assessment.reading import Reading
from qipan.assessment.rulebook import Line
from qipan.assessment.scale import SCALE
from qipan.assessment.scorecard import scorecard
from qipan.assessment.tally import Tally
from qipan.spine.ledger.running import Key
from qipan.spine.scorecards.queries import Standing

ONE_FULL = Reading(True, SCALE, 1, SCALE, 1, 0, 0, SCALE, SCALE, SCALE, 0, 0, 0, 0, 0)
"""A cluster of which nothing was known, were it full."""


def losses(now: Standing) -> dict[Key, int]:
    """Return the micro-points lost at each reading, by (check, stratum, cluster); whole printed steps."""
    found: dict[Key, int] = {}
    for part in now.parts:
        if part.lost:
            key = part.check, part.stratum, part.cluster
            found[key] = found.get(key, 0) + part.lost
    return found


def full(reading: Reading) -> Reading:
    """Return a reading as it would be if everything that applies there were in order."""
    weight, cases = reading.weight + reading.unknown, reading.den + reading.unknown
    return replace(
        reading, value=weight * SCALE, weight=weight, num=cases * SCALE, den=cases, faults=0, unknown=0, y=SCALE,
        low=SCALE, high=SCALE, not_seen=0, refused=0, lost=0, disputed=0,
    )  # fmt: skip


class Gains:
    """What the total would gain; equal questions are answered once."""

    def __init__(self, now: Standing) -> None:
        self._now = now
        self._absent = frozenset(now.year.absent_types)
        # The standing's card is rounded for print; a gain is the difference of two exact totals.
        self._before = scorecard(now.book, now.tallies, self._absent).total.earned
        self._kept: dict[tuple[tuple[str, str, Reading], ...], int] = {}

    def of(self, keys: Collection[Key]) -> int:
        """Return what the total gains if these readings, and they alone, became full. Micro-points.

        A cluster that was only ever looked at by choice enters no stratum, so nothing is gained there.
        """
        changes = []
        for key in sorted(keys):
            reading = self._now.readings.get(key)
            if reading is None or not reading.enters or not reading.applies:
                continue
            if reading.y < SCALE or reading.unknown:
                changes.append((key[0], key[1], reading))
        question = tuple(changes)
        if question not in self._kept:
            self._kept[question] = self._gain([(check, stratum, old, full(old)) for check, stratum, old in question])
        return self._kept[question]

    def of_check(self, check: str) -> int:
        """Return what the total gains if a whole check became full: every site that is known, and a type that nobody
        has looked at by its first. Micro-points.
        """
        line = self._now.book.lines.get(check)
        if line is None or line.counter:
            return 0
        return self._gain([(check, stratum, old, new) for stratum, old, new in self._whole(line)])

    def _whole(self, line: Line) -> Iterator[tuple[str, Reading | None, Reading]]:
        known: dict[str, list[Reading]] = {}
        for (check, stratum, _), reading in self._now.readings.items():
            if check == line.key and reading.enters and reading.applies:
                known.setdefault(stratum, []).append(reading)
        for stratum, items in line.strata.items():
            if stratum in self._absent or not items:
                continue
            for reading in known.get(stratum, ()):
                yield stratum, reading, full(reading)
        least = max(1, line.check.join.min_sample)
        unseen = [s for s, items in line.strata.items() if items and s not in self._absent and s not in known]
        # As many as the check needs to be judged at all; more make no difference.
        for stratum in unseen:
            tally = self._now.tallies.get((line.key, stratum))
            if tally is not None and tally.na:
                continue
            for _ in range(least):
                yield stratum, None, ONE_FULL

    def _gain(self, changes: list[tuple[str, str, Reading | None, Reading]]) -> int:
        if not changes:
            return 0
        tallies = dict(self._now.tallies)
        touched: set[tuple[str, str]] = set()
        for check, stratum, old, new in changes:
            key = check, stratum
            if key not in touched:
                tallies[key] = copy(tallies[key]) if key in tallies else Tally()
                touched.add(key)
            if old is not None:
                tallies[key].add(old, -1)
            tallies[key].add(new)
        return scorecard(self._now.book, tallies, self._absent).total.earned - self._before
