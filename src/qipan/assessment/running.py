"""The score kept up in memory, observation by observation: what a recompute would say, without recomputing.

`Running` holds, for each check at each cluster, the sums of its items, and for each check and stratum a tally. A new
look at an item replaces what that item brought by one subtraction and one addition, changes the tally by the
difference and marks the check, whose points are settled when the total is asked for. So the work for one observation
does not grow with the number recorded. What cannot be done so (a correction, an owner's own look, the mean or the worst of several rounds)
rebuilds that one reading from its kept rows by the one reading function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeAlias

from qipan.assessment.batch import Gathering, Observation, Round, check_weight, instant, rank_rounds
from qipan.assessment.reading import (
    MISSING,
    NOT_APPLICABLE,
    NOTHING_READ,
    WITHDRAWN,
    Reading,
    order_of,
    read,
    read_as_listed,
)
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.rules import REASONS
from qipan.assessment.scale import SCALE
from qipan.assessment.scorecard import Scorecard, not_applicable, score_check, scorecard
from qipan.assessment.standard import UNSTRATIFIED, Standard
from qipan.assessment.tally import Tally

Row: TypeAlias = tuple[int, int, int, str, str, bool, str, int, str, bool]
"""(observed, recorded, number, subject, round, at random, outcome, weight, source, own)"""
Cell: TypeAlias = tuple[int, int, int, str]
"""What stands for an item and a subject: (observed, recorded, weight, outcome)."""
Brings: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
"""What an outcome brings to a reading: (value, weight, num, den, faults, unknown, hidden, na, reason). `hidden` are the
faults that what is missing may hide; the reason is an index of `REASONS`."""

NOTHING_YET: Brings = (0, 0, 0, 0, 0, 0, 0, 0, 0)
NOBODY_ASKED: Brings = (0, 0, 0, 0, 0, 1, 1, 0, 0)
"""A zone where nobody has answered yet is one missing answer."""


class Total(NamedTuple):
    """The whole at this moment, in micro-points."""

    possible: int
    earned: int
    lost: int
    unassessed: int


class _Check:
    """One check: its tallies, its points, and whether they have to be settled."""

    __slots__ = (
        "earned", "gone", "least", "line", "lost", "marked", "points", "policy", "pooled", "possible", "single",
        "span", "tallies", "unassessed",
    )  # fmt: skip

    def __init__(self, line: Line) -> None:
        self.line = line
        self.points = line.check.points.points
        self.span = line.check.points.span
        self.policy = line.check.missing
        self.pooled = line.check.join.kind == "pooled_rate"
        self.least = max(1, line.check.join.min_sample)
        self.single = len(line.strata) == 1
        self.tallies: dict[str, Tally] = {}
        self.possible = self.earned = self.lost = self.unassessed = 0
        self.gone = self.marked = False


class _State:
    """One check at one cluster: the sums of its reading, changed item by item."""

    __slots__ = (
        "blank", "check", "den", "enters", "faults", "hidden", "high", "line", "listed", "looks", "low", "missing",
        "na", "num", "rebuilt", "round", "rule", "slow", "stratum", "survey", "tally", "unknown", "value", "weight", "y",
    )  # fmt: skip

    def __init__(self, check: _Check, stratum: str, blank: tuple[Reading, int], *, listed: bool) -> None:
        self.check = check
        self.line = line = check.line
        self.rule = line.site.y
        self.stratum = stratum
        self.survey = line.survey
        self.rebuilt = line.check.repeat != "latest"  # every time anew, whatever comes
        self.slow = self.rebuilt
        self.listed = self.enters = listed
        self.tally = check.tallies.setdefault(stratum, Tally())
        self.looks: list[_Look] = []
        self.round = ""
        self.blank = True
        self.missing = [0, 0, 0, 0]
        self.take(*blank)

    def take(self, reading: Reading, hidden: int) -> None:
        """Take over the sums of a reading."""
        self.value, self.weight, self.num, self.den = reading.value, reading.weight, reading.num, reading.den
        self.faults, self.unknown, self.hidden, self.na = reading.faults, reading.unknown, hidden, reading.na
        self.y, self.low, self.high = reading.y, reading.low, reading.high
        self.missing[:] = reading.not_seen, reading.refused, reading.lost, reading.disputed

    def reading(self) -> Reading:
        """Return the reading that the sums stand for."""
        return Reading(
            self.enters, self.value, self.weight, self.num, self.den, self.faults, self.unknown, self.y, self.low,
            self.high, self.na, *self.missing,
        )  # fmt: skip


class _Look:
    """One item of one state: what stands there by subject, and what each outcome brings."""

    __slots__ = ("absent", "brings", "cells", "item", "spot", "state")

    def __init__(self, state: _State, item: str, brings: dict[str, Brings], spot: _Spot) -> None:
        weight = state.line.strata[state.stratum][item]
        self.state = state
        self.item = item
        self.brings = brings
        self.cells: dict[str, Cell] = {}
        self.absent: Brings = (0, 0, 0, 0, 0, weight, weight * state.line.most_faults[item], 0, 0)
        self.spot = spot


class _Spot:
    """One item at one cluster: its rows, and the checks that look at it there."""

    __slots__ = ("known", "looks", "rows")

    def __init__(self, known: set[str]) -> None:
        self.rows: list[Row] = []
        self.looks: list[_Look] = []
        self.known = known


def _most_hidden(line: Line, stratum: str) -> int:
    return sum(w * line.most_faults[item] for item, w in line.strata[stratum].items())


def _standards(book: Rulebook) -> list[Standard]:
    return [book.standard, *(sub for _, sub in book.subs.values())]


class Running:
    """The rule-book score of a campaign year, kept up as observations come.

    Args:
        book: the standard with its sub-standards and catalogue.
        rounds: the rounds with their lists; a round that is not given opens with its first observation.
        absent: site types that the county does not have.
    """

    def __init__(self, book: Rulebook, rounds: Iterable[Round] = (), absent: Collection[str] = ()) -> None:
        self.book = book
        self.absent = frozenset(absent)
        self.count = 0
        self._given = tuple(rounds)
        self._fixed = frozenset(one.name for one in self._given)
        self._first: dict[str, int] = {}
        self._ranks = rank_rounds(self._given, {})
        self._checks = {key: _Check(line) for key, line in book.lines.items()}
        self._states: dict[tuple[str, str, str], _State] = {}
        self._spots: dict[tuple[str, str, str], _Spot] = {}
        self._same: dict[tuple[str, tuple[tuple[str, str, str], ...]], _Spot] = {}
        self._places: dict[tuple[str, str], tuple[tuple[str, str, bool, dict[str, Brings]], ...]] = {}
        self._blanks: dict[tuple[str, str], tuple[Reading, int]] = {}
        self._brings: dict[tuple[str, str, str], dict[str, Brings]] = {}
        self._known: dict[str, set[str]] = {}
        self._ids: dict[str, tuple[_Spot, Row]] = {}
        self._dead: set[int] = set()
        self._awaited: set[str] = set()
        self._gathering = Gathering(book)
        self._marked: list[_Check] = []
        self._bare = sum(book.bare.values())
        self._possible = self._earned = self._lost = self._unassessed = 0
        self._plain = not (book.caps or book.bonuses or book.negative) and all(
            gate.effect == "bar" for standard in _standards(book) for gate in standard.gates
        )
        for key in self._gathering.listed(self._given):
            state = self._states[key] = _State(self._checks[key[0]], key[1], self._blank(key), listed=True)
            state.tally.add(state.reading())
        for check in self._checks.values():
            check.gone = not check.line.counter and self._applies_not(check)
        self._allot()

    # --- asking ---

    @property
    def total(self) -> Total:
        """The whole as it stands: equal to that of `scorecard` over everything recorded.

        Where caps, bonuses, a negative list or closing gates act on the total, the tree is walked for it, which takes
        as long however many observations there are.
        """
        if not self._plain:
            whole = self.card().total
            return Total(whole.possible, whole.earned, whole.lost, whole.unassessed)
        marked = self._marked
        while marked:
            self._settle(marked.pop())
        return Total(self._possible, self._earned, self._lost, self._unassessed + self._bare)

    def tallies(self) -> dict[tuple[str, str], Tally]:
        """Return the tallies *now* by (check key, stratum)."""
        return {(key, s): t for key, check in self._checks.items() for s, t in check.tallies.items()}

    def card(self) -> Scorecard:
        """Return the whole scorecard."""
        return scorecard(self.book, self.tallies(), self.absent)

    # --- recording ---

    def add(self, observation: Observation) -> None:
        """Record an observation.

        Raises:
            ObservationError: it cannot be counted; nothing is changed.
        """
        o = observation
        self.record(
            o.item, o.outcome, instant(o.observed_at), o.stratum, o.cluster, o.subject, o.round,
            o.selection != "chosen", o.weight, instant(o.recorded_at) if o.recorded_at else 0, o.source, o.own, o.id,
            o.supersedes,
        )  # fmt: skip

    def record(
        self, item: str, outcome: str, observed: int, stratum: str = "", cluster: str = "", subject: str = "",
        round_name: str = "", random: bool = True, weight: int = 1, recorded: int = 0, source: str = "",
        own: bool = False, identity: str = "", supersedes: str = "",
    ) -> None:  # fmt: skip
        """Record an observation given as plain values; `observed` and `recorded` in microseconds.

        Raises:
            ObservationError: it cannot be counted; nothing is changed.
        """
        spot = self._spots.get((item, stratum, cluster)) or self._open(item, stratum, cluster)
        if outcome not in spot.known or weight != 1:
            check_weight(weight)
            self._gathering.check_outcome(item, outcome)
            spot.known.add(outcome)
        self.count = number = self.count + 1
        row = (observed, recorded, number, subject, round_name, random, outcome, weight, source, own)
        if (identity or supersedes or own or outcome == WITHDRAWN) and not self._aside(spot, row, identity, supersedes):
            return
        spot.rows.append(row)
        if round_name and observed < self._first.get(round_name, 1 << 62) and round_name not in self._fixed:
            self._opened(round_name, observed)
        for look in spot.looks:
            state = look.state
            if state.slow:
                self._rebuild(state)
                continue
            if state.survey and round_name != state.round and not self._turn(state, round_name):
                if random and not state.enters:
                    self._enter(state)
                continue
            cells = look.cells
            old = cells.get(subject)
            if old is None:
                if not state.survey:
                    before, times = (NOTHING_YET, 0) if cells else (look.absent, 1)
                else:
                    before, times = (NOBODY_ASKED, 1) if state.blank else (NOTHING_YET, 0)
                    state.blank = False
                cells[subject] = (observed, recorded, weight, outcome)
                self._change(state, before, times, look.brings.get(outcome) or self._worth(look, outcome), weight)
            elif observed > old[0] or (observed == old[0] and recorded >= old[1]):
                cells[subject] = (observed, recorded, weight, outcome)
                if old[3] != outcome or old[2] != weight:
                    brings = look.brings
                    self._change(
                        state, brings[old[3]], old[2], brings.get(outcome) or self._worth(look, outcome), weight
                    )
            # A late arrival changes nothing that stands, but it may be the draw by which the cluster enters.
            if random and not state.enters:
                self._enter(state)

    def _turn(self, state: _State, name: str) -> bool:
        """Let a survey's new round stand in place of the one before; return whether it is the later one."""
        if self._ranks.get(name, 0) < self._ranks.get(state.round, 0):
            return False
        if state.enters:
            state.tally.add(state.reading(), -1)
        state.take(*self._blank((state.line.key, state.stratum, "")))
        for look in state.looks:
            look.cells.clear()
        state.round, state.blank = name, True
        if state.enters:
            state.tally.add(state.reading())
            self._flip(state.check)
        return True

    def _change(self, state: _State, before: Brings, times: int, new: Brings, weight: int) -> None:
        """Replace what one item brought to a reading, and change the tally by the difference."""
        was_weight, was_unknown = state.weight, state.unknown
        seen = was_weight + weight * new[1] - times * before[1]
        unknown = was_unknown + weight * new[5] - times * before[5]
        applied, applies = bool(was_weight or was_unknown), bool(seen or unknown)
        enters, tally = state.enters, state.tally
        if enters and not (applied and applies):
            tally.add(state.reading(), -1)
        d_num, d_den = weight * new[2] - times * before[2], weight * new[3] - times * before[3]
        was_y, was_low, was_high = state.y, state.low, state.high
        value = state.value = state.value + weight * new[0] - times * before[0]
        num = state.num = state.num + d_num
        den = state.den = state.den + d_den
        faults = state.faults = state.faults + weight * new[4] - times * before[4]
        state.weight, state.unknown = seen, unknown
        if new[7] or before[7]:
            state.na += weight * new[7] - times * before[7]
        if new[5] or before[5]:
            state.hidden += weight * new[6] - times * before[6]
            state.missing[new[8]] += weight * new[5]
            state.missing[before[8]] -= times * before[5]
        rule = state.rule
        y = low = high = rule(value, seen, num, den, faults) if seen else 0
        if unknown:
            whole = seen + unknown
            low = rule(value, whole, num, den + unknown, faults + state.hidden)
            high = rule(value + unknown * SCALE, whole, num + unknown * SCALE, den + unknown, faults)
        state.y, state.low, state.high = y, low, high
        if not enters:
            return
        if applied and applies:
            if y != was_y:
                tally.sum_y += y - was_y
                tally.sum_y2 += y * y - was_y * was_y
            tally.sum_low += low - was_low
            tally.sum_high += high - was_high
            tally.num += d_num
            tally.den += d_den
            if new[5] or before[5]:
                tally.seen += bool(seen) - bool(was_weight)
                tally.unknown += unknown - was_unknown
                self._reasons(tally, new[8], weight * new[5])
                self._reasons(tally, before[8], -times * before[5])
            elif not (seen and was_weight):
                tally.seen += bool(seen) - bool(was_weight)
        else:
            tally.add(state.reading())
            self._flip(state.check)
        check = state.check
        if not check.marked:
            check.marked = True
            self._marked.append(check)

    @staticmethod
    def _reasons(tally: Tally, reason: int, change: int) -> None:
        if reason == 0:
            tally.not_seen += change
        elif reason == 1:
            tally.refused += change
        elif reason == 2:
            tally.lost += change
        else:
            tally.disputed += change

    def _worth(self, look: _Look, outcome: str) -> Brings:
        """Return what an outcome of weight 1 brings, and remember it for every cluster."""
        line, item = look.state.line, look.item
        w = line.strata[look.state.stratum][item]
        if outcome == NOT_APPLICABLE:
            brings = (0, 0, 0, 0, 0, 0, 0, w, 0)
        elif outcome in MISSING:
            brings = (0, 0, 0, 0, 0, w, w * line.most_faults[item], 0, REASONS.index(outcome))
        else:
            worth = line.worth(item, outcome)
            brings = NOTHING_YET
            if not worth.excluded:
                brings = (w * worth.value, w, w * worth.num, w * worth.den, w * worth.faults, 0, 0, 0, 0)
        look.brings[outcome] = brings
        return brings

    def _open(self, item: str, stratum: str, cluster: str) -> _Spot:
        """Make the place of an item at a cluster, however its stratum is written."""
        places = self._places.get((item, stratum))
        if places is None:
            self._gathering.check_place(item, stratum)
            places = self._places[item, stratum] = tuple(
                (line.key, known, line.one_thing or line.counter, self._brings.setdefault((line.key, known, item), {}))
                for line, known in self.book.places(item, stratum)
            )
        keys = tuple([(key, known, UNSTRATIFIED if one_thing else cluster) for key, known, one_thing, _ in places])
        spot = self._same.get((item, keys))
        if spot is None:
            spot = self._same[item, keys] = _Spot(self._known.setdefault(item, set()))
            for key, (_, _, _, brings) in zip(keys, places, strict=True):
                state = self._states.get(key)
                if state is None:
                    state = self._states[key] = _State(self._checks[key[0]], key[1], self._blank(key), listed=False)
                for look in state.looks:
                    if look.item == item:
                        state.slow = state.rebuilt = True  # one item of one file, written under several clusters
                look = _Look(state, item, brings, spot)
                state.looks.append(look)
                spot.looks.append(look)
        self._spots[item, stratum, cluster] = spot
        return spot

    def _blank(self, key: tuple[str, str, str]) -> tuple[Reading, int]:
        """Return the reading of a cluster that nobody has seen, and the faults that may hide there."""
        blank = self._blanks.get(key[:2])
        if blank is None:
            line = self.book.lines[key[0]]
            hidden = 1 if line.survey else _most_hidden(line, key[1])
            blank = self._blanks[key[:2]] = (read_as_listed(line, key[1]), hidden)
        return blank

    # --- what is not the next look in its turn ---

    def _aside(self, spot: _Spot, row: Row, identity: str, supersedes: str) -> bool:
        """Note ids, let a correction take off what it corrects; return whether the row itself counts."""
        if supersedes:
            self._awaited.add(supersedes)
            held = self._ids.get(supersedes)
            if held is not None and held[1][2] not in self._dead:
                self._drop(*held)
        if row[6] == WITHDRAWN or (identity and identity in self._awaited):
            return False
        if identity:
            self._ids[identity] = (spot, row)
        if row[9]:
            for look in spot.looks:
                look.state.slow = True
        return True

    def _drop(self, spot: _Spot, row: Row) -> None:
        self._dead.add(row[2])
        if row[4] and row[4] not in self._fixed and row[0] == self._first.get(row[4]):
            first: dict[str, int] = {}
            for each in set(self._spots.values()):
                for one in each.rows:
                    if one[4] and one[2] not in self._dead:
                        first[one[4]] = min(one[0], first.get(one[4], one[0]))
            self._first = first
            self._rerank()
        for look in spot.looks:
            self._rebuild(look.state)

    def _opened(self, name: str, observed: int) -> None:
        self._first[name] = observed
        self._rerank()

    def _rerank(self) -> None:
        """Rank the rounds anew; where known ones change places, read again what depends on their order."""
        before, self._ranks = self._ranks, rank_rounds(self._given, self._first)
        both = [name for name in before if name in self._ranks]
        if sorted(both, key=before.__getitem__) != sorted(both, key=self._ranks.__getitem__):
            for state in self._states.values():
                if (state.survey or state.line.check.repeat != "latest") and state.looks:
                    self._rebuild(state)

    def _rebuild(self, state: _State) -> None:
        """Read one check at one cluster again from its kept rows."""
        line, entries, own = state.line, [], False
        live = [
            (order_of(row[0], row[1], row[2]), look, row)
            for look in state.looks
            for row in look.spot.rows
            if row[2] not in self._dead
        ]
        live.sort(key=lambda one: one[0])
        for order, look, row in live:
            entries.append((order, look.item, row[3], row[4], row[5], row[6], row[7], row[8], row[9]))
            own |= row[9]
        if entries:
            reading = read(line, state.stratum, entries, self._ranks, listed=state.listed).now
        else:
            reading = read_as_listed(line, state.stratum) if state.listed else NOTHING_READ
        if state.enters:
            state.tally.add(state.reading(), -1)
        state.enters = reading.enters
        if state.enters:
            state.tally.add(reading)
        state.slow = own or state.rebuilt
        self._refill(state, live)
        if not entries:
            reading = self._blank((line.key, state.stratum, ""))[0]
        state.take(reading, self._hidden(state))
        self._flip(state.check)
        if not state.check.marked:
            state.check.marked = True
            self._marked.append(state.check)

    def _refill(self, state: _State, live: list[tuple[int, _Look, Row]]) -> None:
        """Let stand in each item what its last row says (of a survey: of its last round)."""
        for look in state.looks:
            look.cells.clear()
        if state.survey:
            state.round = max((row[4] for _, _, row in live), key=lambda name: self._ranks.get(name, 0), default="")
        for _, look, row in live:
            if not state.survey or row[4] == state.round:
                look.cells[row[3]] = (row[0], row[1], row[7], row[6])
                if row[6] not in look.brings:
                    self._worth(look, row[6])
        state.blank = not any(look.cells for look in state.looks)

    @staticmethod
    def _hidden(state: _State) -> int:
        if state.survey and state.blank:
            return 1
        hidden = 0 if state.survey else _most_hidden(state.line, state.stratum)
        for look in state.looks:
            if look.cells and not state.survey:
                hidden -= look.absent[6]
            hidden += sum(cell[2] * look.brings[cell[3]][6] for cell in look.cells.values())
        return hidden

    def _enter(self, state: _State) -> None:
        state.enters = True
        state.tally.add(state.reading())
        self._flip(state.check)
        if not state.check.marked:
            state.check.marked = True
            self._marked.append(state.check)

    # --- points ---

    def _applies_not(self, check: _Check) -> bool:
        key = check.line.key
        return not_applicable(check.line, {(key, s): t for s, t in check.tallies.items()}, self.absent)

    def _flip(self, check: _Check) -> None:
        """Divide the points anew where a check begins or ceases to apply."""
        if not check.line.counter and self._applies_not(check) != check.gone:
            check.gone = not check.gone
            self._allot()

    def _allot(self) -> None:
        possible = self.book.possible({key for key, check in self._checks.items() if check.gone})
        self._possible = self._bare + sum(possible.values())
        for key, points in possible.items():
            check = self._checks[key]
            check.possible = points
            if not check.marked:
                check.marked = True
                self._marked.append(check)

    def _settle(self, check: _Check) -> None:
        """Bring the points of a check up to its tallies."""
        check.marked = False
        if check.line.counter:
            return
        earned, lost, unassessed = self._points(check)
        self._earned += earned - check.earned
        self._lost += lost - check.lost
        self._unassessed += unassessed - check.unassessed
        check.earned, check.lost, check.unassessed = earned, lost, unassessed

    def _points(self, check: _Check) -> tuple[int, int, int]:
        """Return earned, lost and unassessed of a check: those of `score_check`, with less around them."""
        line, possible = check.line, check.possible
        if check.gone:
            return (possible if line.check.na == "full" else 0), 0, 0
        if not check.single:
            key = line.key
            score = score_check(line, {(key, s): t for s, t in check.tallies.items()}, possible, self.absent)
            return score.earned, score.lost, score.unassessed
        tally = next(iter(check.tallies.values()), None)
        if tally is None or not tally.seen:
            return 0, 0, possible
        if check.pooled:
            if tally.den < check.least:
                return 0, 0, possible
            if check.policy == "excluded":
                earned = check.points(tally.num, tally.den * SCALE, possible)
                return earned, possible - earned, 0
            full = (tally.den + tally.unknown) * SCALE
            low, high = tally.num, tally.num + tally.unknown * SCALE
        else:
            if tally.seen < check.least:
                return 0, 0, possible
            if check.policy == "excluded":
                earned = check.points(tally.sum_y, tally.seen * SCALE, possible)
                return earned, possible - earned, 0
            full = tally.clusters * SCALE
            low, high = tally.sum_low, tally.sum_high
        if low == high:
            earned = check.points(low, full, possible)
            return earned, possible - earned, 0
        worst, best = check.span((low, full), (high, full), possible)
        if check.policy == "zero":
            return worst, possible - worst, 0
        return worst, possible - best, best - worst
