"""From observations to readings: one check at one cluster, made from its items by the check's site rule.

This is the one reading function. The running ledger, the recompute and the file scorer all call it, so that they can
only agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qipan.assessment.rulebook import Line
from qipan.assessment.rules import REASONS, Worth
from qipan.assessment.scale import SCALE, half_up

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
    # A moment of recording before 1970 is a slip (an empty date of a workbook); it must not disturb the other parts.
    return (observed << 94) | (max(recorded, 0) << 34) | number


def observed_of(order: int) -> int:
    """Return the moment of observation in an order, in microseconds since 1970."""
    return order >> 94


@dataclass(frozen=True, slots=True)
class Reading:
    """One check at one cluster.

    value: Σ weight × value; weight: Σ weight of what has an outcome; num, den: counts for pooled rates (num on
    `SCALE`); faults; unknown: Σ weight of what is missing. y, low and high are on `SCALE`: what was seen, everything
    missing as 0, everything missing as full. `enters` says whether the cluster belongs to its stratum (a draw or a census looked
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
        if own and not lowers(line, item, cells.get((item, subject)), weight, outcome):
            continue
        cells[item, subject] = (weight, outcome)
    return cells


def lowers(line: Line, item: str, standing: Cell | None, times: int, outcome: str) -> bool:
    """Return whether an owner's own look lowers what stands, whatever else the cluster and the stratum hold.

    It does when it brings no more of what counts for and no less of what counts against. Where nothing stands or the
    outcome is missing, it is held against the worst that the missing outcome could be.
    """
    if outcome in MISSING or outcome == NOT_APPLICABLE or line.measure == "never":
        return False
    worth = line.worth(item, outcome)
    if worth.excluded:
        return False
    hits, misses = _measure(line, times, worth)
    if standing is None or standing[1] in MISSING:
        least = standing[0] if standing else 1
        return hits <= 0 and misses >= least * line.worst_misses(item)
    if standing[1] == NOT_APPLICABLE:
        return False
    before = line.worth(item, standing[1])
    if before.excluded:
        return False
    had_hits, had_misses = _measure(line, standing[0], before)
    return hits <= had_hits and misses >= had_misses and (hits, misses) != (had_hits, had_misses)


def _measure(line: Line, times: int, worth: Worth) -> tuple[int, int]:
    """Return what an outcome brings for and against, in the measure by which the check reads its items."""
    match line.measure:
        case "counts":
            return times * worth.num, times * (worth.den * SCALE - worth.num)
        case "faults":
            return 0, times * worth.faults
        case "events":
            return 0, times * worth.num
        case _:
            return times * worth.value, times * (SCALE - worth.value)


def make(line: Line, stratum: str, cells: Mapping[tuple[str, str], Cell], *, enters: bool) -> Reading:
    """Make a reading of the outcomes that stand; an item of the checklist without any is missing (not seen)."""
    value = weight = num = den = faults = unknown = hidden = na = 0
    missing = [0, 0, 0, 0]
    weights, most = line.strata[stratum], line.most_faults
    answered: set[str] = set()
    for (item, _), (times, outcome) in cells.items():
        answered.add(item)
        w = weights[item] * times
        if outcome == NOT_APPLICABLE:
            na += w
        elif outcome in MISSING:
            unknown += w
            hidden += w * most[item]
            missing[REASONS.index(outcome)] += w
        else:
            worth = line.worth(item, outcome)
            if worth.excluded:
                continue
            value += w * worth.value
            weight += w
            num += w * worth.num
            den += w * worth.den
            faults += w * worth.faults
    if line.survey:
        if not cells:
            unknown = hidden = missing[0] = 1
    elif len(answered) < len(weights):
        for item, w in weights.items():
            if item not in answered:
                unknown += w
                hidden += w * most[item]
                missing[0] += w
    rule = line.site.y
    y = rule(value, weight, num, den, faults) if weight else 0
    if not unknown:
        low = high = y
    else:
        low = rule(value, weight + unknown, num, den + unknown, faults + hidden)
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
    """Join the rounds' readings: the mean or the worst of each of y, low and high.

    A round that brought no outcome here does not count, unless none did; the sums are those of the last that counts.
    """
    seen = [reading for reading in readings if reading.weight] or list(readings[-1:])
    last = seen[-1]

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
    # first visit, review or opinion. Where no source is written, one round at one moment is one visit.
    if line.survey:
        looked = [entry for entry in entries if entry[3] == first[3]]
    elif first[7]:
        looked = [entry for entry in entries if entry[7] == first[7]]
    else:
        moment = observed_of(first[0])
        looked = [e for e in entries if not e[7] and e[3] == first[3] and observed_of(e[0]) == moment]
    return make(line, stratum, latest(line, looked), enters=True)


def read_as_listed(line: Line, stratum: str) -> Reading:
    """Read a cluster that is on a round's list and has not been seen."""
    return make(line, stratum, {}, enters=True)
