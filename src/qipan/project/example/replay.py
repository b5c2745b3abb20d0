"""What each closing of an order moved: the year is read once more from the ledger, from the first re-check to the last.

Everything is recorded by then, and much of it together, so that the state between two records is nowhere kept. It is
made anew here: from the readings as they were kept before the first re-check, one record after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from qipan.assessment.printing import DECIMALS
from qipan.assessment.reading import NOTHING_READ, Reading, read
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.scale import POINT, half_up
from qipan.assessment.scorecard import Scorecard, score_check, scorecard
from qipan.assessment.tally import Tally
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger import running
from qipan.spine.work.rechecking import reason

STEP = POINT // 10**DECIMALS


class Replay:
    """The state of a campaign year at a moment that moves on."""

    def __init__(
        self, year: CampaignYear, book: Rulebook, since: datetime, readings: Mapping[running.Key, Reading]
    ) -> None:
        self._book = book
        self._absent = frozenset(year.absent_types)
        self._rounds = running.rounds_of(year.campaign.county_id, year.year, since)
        self._listed = running.listed_clusters(self._rounds)
        self.readings = dict(readings)
        self._tallies: dict[tuple[str, str], Tally] = {}
        for key, reading in self.readings.items():
            self._tallies.setdefault(key[:2], Tally()).add(reading)
        self._card: Scorecard = scorecard(book, self._tallies, self._absent)
        self._scores = dict(self._card.checks)
        self._total = self._card.total.earned

    def take(self, rows: list[ledger_entries.Row], known: list[ledger_entries.Row]) -> list[running.Key]:
        """Take in records made together at one cluster; `known` are all of that cluster until then, these included."""
        touched = [running.Touched(row[2], row[3], row[4]) for row in rows]
        groups = ledger_entries.live(known)
        keys = running.keys_of(self._book, touched)
        changed = set()
        for key, line in keys.items():
            if line.counter:
                continue
            places = [(item, key[1], key[2]) for item in line.strata[key[1]]]
            found = ledger_entries.entries(groups, places)
            listed = key[1:] in self._listed
            now = read(line, key[1], found, self._rounds.ranks, listed=listed).now if found else NOTHING_READ
            tally = self._tallies.setdefault(key[:2], Tally())
            tally.add(self.readings.get(key, NOTHING_READ), -1)
            tally.add(now)
            self.readings[key] = now
            changed.add(key[0])
        for check in changed:
            before = self._scores[check]
            after = score_check(self._book.lines[check], self._tallies, before.possible, self._absent)
            self._scores[check] = after
            self._total += after.earned - before.earned
        return [key for key, line in keys.items() if not line.counter]

    def state(self, keys: Collection[running.Key]) -> dict[str, Any]:
        """Return readings, points and total as they stand."""
        if self._card.adjustments:
            self._total = scorecard(self._book, self._tallies, self._absent).total.earned
        return {
            "y": {key: self.readings.get(key, NOTHING_READ) for key in keys},
            "earned": {key[0]: half_up(self._scores[key[0]].earned, STEP) * STEP for key in keys},
            "lost": {key[0]: half_up(self._scores[key[0]].lost, STEP) * STEP for key in keys},
            "total": half_up(self._total, STEP) * STEP,
        }


def moved(
    year: CampaignYear, book: Rulebook, closings: Collection[UUID], since: datetime,
    readings: Mapping[running.Key, Reading],
) -> dict[UUID, dict[str, Any]]:  # fmt: skip
    """Return what each closing observation moved, as `WorkItem.moved` keeps it.

    Args:
        year: the campaign year.
        book: its rulebook.
        closings: the observations that closed something.
        since: a moment before the first of them.
        readings: as they stood at that moment.
    """
    here: dict[str, Any] = {"county_id": year.campaign.county_id, "year": year.year}
    later = list(ledger_entries.rows(**here, recorded_at__gt=since))
    until = max((row[11] for row in later if row[1] in closings), default=since)
    coming = [row for row in later if row[11] <= until]
    replay = Replay(year, book, since, readings)
    known: dict[str, list[ledger_entries.Row]] = {}
    out: dict[UUID, dict[str, Any]] = {}
    for row in ledger_entries.rows(**here, recorded_at__lte=since, cluster__in={row[4] for row in coming}):
        known.setdefault(row[4], []).append(row)
    for (_, cluster, _), group in groupby(coming, key=lambda row: (row[11], row[4], row[13])):
        together = list(group)
        there = known.setdefault(cluster, [])
        if together[0][1] not in closings:
            there.extend(together)
            replay.take(together, there)
            continue
        for row in together:
            touched = [running.Touched(row[2], row[3], row[4])]
            keys = [key for key, line in running.keys_of(book, touched).items() if not line.counter]
            before = replay.state(keys)
            there.append(row)
            replay.take([row], there)
            out[row[1]] = _difference(book, keys, before, replay.state(keys))
    return out


def _difference(
    book: Rulebook, keys: Collection[running.Key], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    checks = [
        {
            "check": key[0], "stratum": key[1], "cluster": key[2], "y": [before["y"][key].y, after["y"][key].y],
            "enters": after["y"][key].enters, "earned": [before["earned"][key[0]], after["earned"][key[0]]],
            "lost": [before["lost"][key[0]], after["lost"][key[0]]],
            "why": reason(book.lines[key[0]], before["y"][key], after["y"][key]),
        }
        for key in keys
    ]  # fmt: skip
    return {
        "checks": checks,
        "total": [before["total"], after["total"]],
        "why": list(dict.fromkeys(str(one["why"]) for one in checks)),
    }
