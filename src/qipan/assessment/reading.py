"""From observations to readings: one check at one cluster, made from its items by the check's site rule.

This is the one reading function. The running ledger, the recompute and the file scorer all call it, so that they can
only agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qipan.assessment.rulebook import Line
from qipan.assessment.rules import REASONS
from qipan.assessment.scale import SCALE, half_up
from qipan.assessment.standard import UNSTRATIFIED

NOT_APPLICABLE = "na"
MISSING = frozenset(REASONS)
WITHDRAWN = "withdrawn"

Entry: TypeAlias = tuple[int, str, str, str, bool, str, int, str, bool]
"""An observation as the reading function takes it: (order, item, subject, round, at random, outcome, weight, source,
own). `order` is one integer that orders observed_at, recorded_at and id; `at random` is true for drawn and census;
`own` is a look by the unit that owns the points. A plain tuple, since millions of them are made."""


def order_of(observed: int, recorded: int, number: int) -> int:
    """Return the one integer that orders observations: observed, then recorded, then the number in which they came.

    Args:
        observed: microseconds since 1970.
        recorded: microseconds since 1970, below 2**60.
        number: the place in the ledger, below 2**34.
    """
    return (observed << 94) | (recorded << 34) | number


def observed_of(order: int) -> int:
    """Return the moment of observation in an order, in microseconds since 1970."""
    return order >> 94


@dataclass(frozen=True, slots=True)
class Reading:
    """One check at one cluster.

    value … unknown are the sums of `rules.Sums`; y, low and high are on `SCALE`: what was seen, everything missing as
    0, everything missing as full. `enters` says whether the cluster belongs to its stratum (a draw or a census looked
    at it, or has it on its list). na … disputed count outcomes (weights of items).
    """

    enters: bool
    value: int
    weight: int
    num: int
    den: int
    faults: int
    unknown: int
    y: int
    low: int
    high: int
    na: int
    not_seen: int
    refused: int
    lost: int
    disputed: int

    @property
    def applies(self) -> bool:
        """Whether anything is seen or missing here; otherwise every item is not applicable."""
        return bool(self.weight or self.unknown)


NOTHING_READ = Reading(False, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

Cell: TypeAlias = tuple[int, str]
"""What stands for an item and a subject: (weight of the observation, outcome)."""


def latest(line: Line, entries: Iterable[Entry]) -> dict[tuple[str, str], Cell]:
    """Return the last outcome of each item and subject; entries in order.

    A look by the unit that owns the points may lower what stands, never raise it.
    """
    cells: dict[tuple[str, str], Cell] = {}
    for _, item, subject, _, _, outcome, weight, _, own in entries:
        if own and not lowers(line, item, cells.get((item, subject)), outcome):
            continue
        cells[item, subject] = (weight, outcome)
    return cells


def lowers(line: Line, item: str, standing: Cell | None, outcome: str) -> bool:
    """Return whether an owner's own look lowers what stands; where nothing stands, only a plain nothing counts."""
    if outcome in MISSING or outcome == NOT_APPLICABLE:
        return False
    value = line.worth(item, outcome).value
    if standing is None or standing[1] in MISSING:
        return value == 0
    if standing[1] == NOT_APPLICABLE:
        return False
    return value < line.worth(item, standing[1]).value


def make(line: Line, stratum: str, cells: Mapping[tuple[str, str], Cell], *, enters: bool) -> Reading:
    """Make a reading of the outcomes that stand; an item of the checklist without any is missing (not seen)."""
    value = weight = num = den = faults = unknown = na = 0
    missing = [0, 0, 0, 0]
    weights = line.strata[stratum]
    answered: set[str] = set()
    for (item, _), (times, outcome) in cells.items():
        answered.add(item)
        w = weights[item] * times
        if outcome == NOT_APPLICABLE:
            na += w
        elif outcome in MISSING:
            unknown += w
            missing[REASONS.index(outcome)] += w
        else:
            worth = line.worth(item, outcome)
            if worth.excluded:
                na += w
                continue
            value += w * worth.value
            weight += w
            num += w * worth.num
            den += w * worth.den
            faults += w * worth.faults
    if line.survey:
        if not cells:
            unknown, missing[0] = 1, 1
    elif len(answered) < len(weights):
        absent = sum(w for item, w in weights.items() if item not in answered)
        unknown += absent
        missing[0] += absent
    rule = line.site.y
    y = rule(value, weight, num, den, faults) if weight else 0
    if not unknown:
        low = high = y
    else:
        low = rule(value, weight + unknown, num, den + unknown, faults + unknown)
        high = rule(value + unknown * SCALE, weight + unknown, num + unknown * SCALE, den + unknown, faults)
    return Reading(enters, value, weight, num, den, faults, unknown, y, low, high, na, *missing)


@dataclass(frozen=True, slots=True)
class ClusterReadings:
    """What one check reads at one cluster: now, and found (None where no draw or census made the first look)."""

    now: Reading
    found: Reading | None


def read(
    line: Line, stratum: str, entries: Sequence[Entry], rounds: Mapping[str, int], *, listed: bool
) -> ClusterReadings:
    """Read one check at one cluster from all its live observations of the year.

    Args:
        line: the check.
        stratum: the canonical stratum that the cluster belongs to.
        entries: the observations of the check's items there, in order, superseded and withdrawn ones left out.
        rounds: each round's rank by its opening.
        listed: whether the cluster is on the list of a drawn or census round.
    """
    enters = listed or any(entry[4] for entry in entries)
    return ClusterReadings(_now(line, stratum, entries, rounds, enters), _found(line, stratum, entries))


def _now(line: Line, stratum: str, entries: Sequence[Entry], rounds: Mapping[str, int], enters: bool) -> Reading:
    repeat = line.check.repeat
    if repeat == "latest":
        if line.survey:
            entries = _last_round(entries, rounds)
        return make(line, stratum, latest(line, entries), enters=enters)
    sets = round_sets(line, entries, rounds)
    if len(sets) <= 1:
        return make(line, stratum, sets[-1] if sets else {}, enters=enters)
    readings = [make(line, stratum, cells, enters=enters) for cells in sets]
    return _over_rounds(repeat, readings)


def _over_rounds(repeat: str, readings: Sequence[Reading]) -> Reading:
    """Join the rounds' readings: the mean or the worst of each of y, low and high; sums are those of the last round."""
    seen = [reading for reading in readings if reading.weight] or list(readings[-1:])
    last = readings[-1]

    def join(values: list[int]) -> int:
        return half_up(sum(values), len(values)) if repeat == "mean" else min(values)

    y, low, high = (join([getattr(reading, name) for reading in seen]) for name in ("y", "low", "high"))
    return Reading(
        last.enters, last.value, last.weight, last.num, last.den, last.faults, last.unknown, y, low, high,
        last.na, last.not_seen, last.refused, last.lost, last.disputed,
    )  # fmt: skip


def _last_round(entries: Sequence[Entry], rounds: Mapping[str, int]) -> Sequence[Entry]:
    last, name = -1, ""
    for entry in entries:
        rank = rounds.get(entry[3], 0)
        if rank > last:
            last, name = rank, entry[3]
    return [entry for entry in entries if entry[3] == name] if entries else entries


def round_sets(line: Line, entries: Sequence[Entry], rounds: Mapping[str, int]) -> list[dict[tuple[str, str], Cell]]:
    """Return the outcomes that stand in each round, by the rounds' opening.

    A look outside any round (a re-check after a fix) replaces its item in the last round's set when it is later;
    where there is no round yet, such looks make a set of their own.
    """
    by_round: dict[str, list[Entry]] = {}
    loose: list[Entry] = []
    for entry in entries:
        if entry[3]:
            by_round.setdefault(entry[3], []).append(entry)
        else:
            loose.append(entry)
    names = sorted(by_round, key=lambda name: rounds.get(name, 0))
    if not names:
        return [latest(line, loose)] if loose else []
    sets = [latest(line, by_round[name]) for name in names[:-1]]
    return [*sets, latest(line, sorted((*by_round[names[-1]], *loose)))]


def round_reading(line: Line, stratum: str, entries: Sequence[Entry], name: str) -> Reading:
    """Read what one round alone saw at a cluster: the figure that is published when the round closes."""
    cells = latest(line, [entry for entry in entries if entry[3] == name])
    return make(line, stratum, cells, enters=True)


def _found(line: Line, stratum: str, entries: Sequence[Entry]) -> Reading | None:
    first = next((entry for entry in entries if not entry[8]), None)
    if first is None or not first[4]:
        return None
    # A respondent's form is a source of its own, so the first look of a survey is its first round; elsewhere the
    # first visit, review or opinion.
    if line.survey:
        looked = [entry for entry in entries if entry[3] == first[3]]
    else:
        looked = [entry for entry in entries if entry[7] == first[7] and (first[7] or entry[0] == first[0])]
    return make(line, stratum, latest(line, looked), enters=True)


def read_as_listed(line: Line, stratum: str) -> Reading:
    """Read a cluster that is on a round's list and has not been seen."""
    return make(line, stratum, {}, enters=True)


def unstratified(line: Line) -> bool:
    """Return whether the check looks at one thing only."""
    return UNSTRATIFIED in line.strata
