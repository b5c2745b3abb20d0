"""The score kept up in memory, observation by observation: what a recompute would say, without recomputing.

`Running` holds, for each check at each cluster, the sums of its items, and for each check and stratum a tally. A new
look at an item replaces what that item brought by one subtraction and one addition, changes the tally by the
difference and marks the check, whose points are settled when the total is asked for. So the work for one observation
does not grow with the number recorded. What cannot be done so (a correction, an owner's own look, the mean or the worst of several rounds)
rebuilds that one reading from its kept rows by the one reading function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

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
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.rules import REASONS
from qipan.assessment.running_parts import (
    ABSENT,
    NOBODY_ASKED,
    NOTHING_YET,
    Brings,
    Look,
    Place,
    Row,
    RunningCheck,
    Spot,
    State,
    most_hidden,
)
from qipan.assessment.scale import SCALE
from qipan.assessment.scorecard import Scorecard, not_applicable, score_check, scorecard
from qipan.assessment.standard import UNSTRATIFIED, Standard
from qipan.assessment.tally import Tally


class Total(NamedTuple):
    """The whole at this moment, in micro-points."""

    possible: int
    earned: int
    lost: int
    unassessed: int


def _reasons(sums: State | Tally, reason: int, change: int) -> None:
    """Change the count of one reason for having no outcome."""
    if not change:
        return
    if reason == 0:
        sums.not_seen += change
    elif reason == 1:
        sums.refused += change
    elif reason == 2:
        sums.lost += change
    else:
        sums.disputed += change


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
        self._checks = {key: RunningCheck(line) for key, line in book.lines.items()}
        self._states: dict[tuple[str, str, str], State] = {}
        self._spots: dict[tuple[str, str, str], Spot] = {}
        self._places: dict[tuple[str, str], Place] = {}
        self._blanks: dict[tuple[str, str], tuple[Reading, int]] = {}
        self._brings: dict[tuple[str, str, str], dict[str, Brings]] = {}
        self._known: dict[str, set[str]] = {}
        self._ids: dict[str, tuple[Spot, Row]] = {}
        self._dead: set[int] = set()
        self._awaited: set[str] = set()
        self._gathering = Gathering(book)
        self._marked: list[RunningCheck] = []
        self._bare = sum(book.bare.values())
        self._possible = self._earned = self._lost = self._unassessed = 0
        self._plain = not (book.caps or book.bonuses or book.negative) and all(
            gate.effect == "bar" for standard in _standards(book) for gate in standard.gates
        )
        for key in self._gathering.listed(self._given):
            state = self._states[key] = State(self._checks[key[0]], key[1], self._blank(key), listed=True)
            state.count(1)
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
        # A named tuple's own constructor costs as much as settling a check.
        return tuple.__new__(Total, (self._possible, self._earned, self._lost, self._unassessed + self._bare))

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
            old = look.cells.get(subject) if subject else look.cell
            if old is None:
                before, times = NOTHING_YET, 0
                if state.survey:
                    if state.blank:
                        before, times = NOBODY_ASKED, 1
                        state.blank = False
                elif not look.answered:
                    before, times = look.brings[ABSENT], 1
                look.put(subject, (observed, recorded, weight, outcome))
                self._change(state, before, times, look.brings.get(outcome) or self._worth(look, outcome), weight)
            elif observed > old[0] or (observed == old[0] and recorded >= old[1]):
                look.put(subject, (observed, recorded, weight, outcome))
                if old[3] != outcome or old[2] != weight:
                    brings = look.brings
                    self._change(
                        state, brings[old[3]], old[2], brings.get(outcome) or self._worth(look, outcome), weight
                    )
            # A late arrival changes nothing that stands, but it may be the draw by which the cluster enters.
            if random and not state.enters:
                self._enter(state)

    def _turn(self, state: State, name: str) -> bool:
        """Let a survey's new round stand in place of the one before; return whether it is the later one."""
        if self._ranks.get(name, 0) < self._ranks.get(state.round, 0):
            return False
        if state.enters:
            state.count(-1)
        state.take(*self._blank((state.line.key, state.stratum, "")))
        for look in state.looks:
            look.clear()
        state.round, state.blank = name, True
        if state.enters:
            state.count(1)
            self._flip(state.check, state.tally)
        return True

    def _change(self, state: State, before: Brings, times: int, new: Brings, weight: int) -> None:
        """Replace what one item brought to a reading, and change the tally by the difference."""
        was_weight, was_unknown = state.weight, state.unknown
        seen = was_weight + weight * new[1] - times * before[1]
        unknown = was_unknown + weight * new[5] - times * before[5]
        applied, applies = bool(was_weight or was_unknown), bool(seen or unknown)
        enters, tally = state.enters, state.tally
        if enters and not (applied and applies):
            state.count(-1)
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
            _reasons(state, new[8], weight * new[5])
            _reasons(state, before[8], -times * before[5])
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
                _reasons(tally, new[8], weight * new[5])
                _reasons(tally, before[8], -times * before[5])
            elif not (seen and was_weight):
                tally.seen += bool(seen) - bool(was_weight)
        else:
            state.count(1)
            self._flip(state.check, state.tally)
        check = state.check
        if not check.marked:
            check.marked = True
            self._marked.append(check)

    def _worth(self, look: Look, outcome: str) -> Brings:
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

    def _open(self, item: str, stratum: str, cluster: str) -> Spot:
        """Make the place of an item at a cluster, however its stratum is written."""
        place = self._places.get((item, stratum))
        if place is None:
            place = self._places[item, stratum] = self._place(item, stratum)
        places, one_known, one_thing = place
        cluster_of = UNSTRATIFIED if one_thing else cluster
        spot = self._spots.get((item, one_known, cluster_of)) if one_known else None
        if spot is None:
            spot = Spot(self._known.setdefault(item, set()))
            looks = []
            for line, known, single, brings in places:
                key = (line.key, known, UNSTRATIFIED if single else cluster)
                state = self._states.get(key)
                if state is None:
                    state = self._states[key] = State(self._checks[line.key], known, self._blank(key), listed=False)
                for look in state.looks:
                    if look.item == item:
                        state.slow = state.rebuilt = True  # one item of one file, written under several clusters
                look = Look(state, item, brings, spot)
                state.looks.append(look)
                looks.append(look)
            spot.looks = tuple(looks)
            if one_known:
                self._spots[item, one_known, cluster_of] = spot
        self._spots[item, stratum, cluster] = spot
        return spot

    def _place(self, item: str, stratum: str) -> Place:
        """Return which checks look at an item of a stratum, and the one stratum that all of them mean, if one."""
        self._gathering.check_place(item, stratum)
        places = []
        for line, known in self.book.places(item, stratum):
            brings = self._brings.setdefault((line.key, known, item), {})
            w = line.strata[known][item]
            brings[ABSENT] = (0, 0, 0, 0, 0, w, w * line.most_faults[item], 0, 0)
            places.append((line, known, line.one_thing or line.counter, brings))
        knowns, singles = {known for _, known, _, _ in places}, {single for _, _, single, _ in places}
        alike = len(knowns) == 1 and len(singles) == 1
        return tuple(places), (knowns.pop() if alike else ""), alike and singles.pop()

    def _blank(self, key: tuple[str, str, str]) -> tuple[Reading, int]:
        """Return the reading of a cluster that nobody has seen, and the faults that may hide there."""
        blank = self._blanks.get(key[:2])
        if blank is None:
            line = self.book.lines[key[0]]
            hidden = 1 if line.survey else most_hidden(line, key[1])
            blank = self._blanks[key[:2]] = (read_as_listed(line, key[1]), hidden)
        return blank

    # --- what is not the next look in its turn ---

    def _aside(self, spot: Spot, row: Row, identity: str, supersedes: str) -> bool:
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

    def _drop(self, spot: Spot, row: Row) -> None:
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

    def _rebuild(self, state: State) -> None:
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
            state.count(-1)
        state.enters = reading.enters
        state.slow = own or state.rebuilt
        self._refill(state, live)
        if not entries:
            reading = self._blank((line.key, state.stratum, ""))[0]
        state.take(reading, self._hidden(state))
        if state.enters:
            state.count(1)
        self._flip(state.check, state.tally)
        if not state.check.marked:
            state.check.marked = True
            self._marked.append(state.check)

    def _refill(self, state: State, live: list[tuple[int, Look, Row]]) -> None:
        """Let stand in each item what its last row says (of a survey: of its last round)."""
        for look in state.looks:
            look.clear()
        if state.survey:
            state.round = max((row[4] for _, _, row in live), key=lambda name: self._ranks.get(name, 0), default="")
        for _, look, row in live:
            if not state.survey or row[4] == state.round:
                look.put(row[3], (row[0], row[1], row[7], row[6]))
                if row[6] not in look.brings:
                    self._worth(look, row[6])
        state.blank = not any(look.answered for look in state.looks)

    @staticmethod
    def _hidden(state: State) -> int:
        if state.survey and state.blank:
            return 1
        hidden = 0 if state.survey else most_hidden(state.line, state.stratum)
        for look in state.looks:
            if look.answered and not state.survey:
                hidden -= look.brings[ABSENT][6]
            hidden += sum(cell[2] * look.brings[cell[3]][6] for cell in look.standing())
        return hidden

    def _enter(self, state: State) -> None:
        state.enters = True
        state.count(1)
        self._flip(state.check, state.tally)
        if not state.check.marked:
            state.check.marked = True
            self._marked.append(state.check)

    # --- points ---

    def _applies_not(self, check: RunningCheck) -> bool:
        key = check.line.key
        return not_applicable(check.line, {(key, s): t for s, t in check.tallies.items()}, self.absent)

    def _flip(self, check: RunningCheck, tally: Tally) -> None:
        """Divide the points anew where a check begins or ceases to apply."""
        if tally.clusters and not check.gone:
            return  # something applies, as before
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

    def _settle(self, check: RunningCheck) -> None:
        """Bring the points of a check up to its tallies."""
        check.marked = False
        if check.line.counter:
            return
        earned, lost, unassessed = self._points(check)
        self._earned += earned - check.earned
        self._lost += lost - check.lost
        self._unassessed += unassessed - check.unassessed
        check.earned, check.lost, check.unassessed = earned, lost, unassessed

    def _points(self, check: RunningCheck) -> tuple[int, int, int]:
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
        if low == high:  # nothing is missing, as mostly
            earned = check.points(low, full, possible)
            return earned, possible - earned, 0
        worst, best = check.span((low, full), (high, full), possible)
        if check.policy == "zero":
            return worst, possible - worst, 0
        return worst, possible - best, best - worst
