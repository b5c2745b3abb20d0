"""From tallies to points: the rule-book score, its range, and what each node earned, lost and does not know.

For every node earned + lost + unassessed = possible, in whole micro-points. `docs/scoring.md` works it by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.scale import POINT, SCALE, to_points
from qipan.assessment.standard import UNSTRATIFIED, Gate
from qipan.assessment.tally import Tally
from qipan.assessment.text import Text

Status = Literal["assessed", "partly", "not_assessed", "not_applicable", "no_checks"]
Tallies: TypeAlias = Mapping[tuple[str, str], Tally]
"""(check key, stratum) -> tally."""


@dataclass(frozen=True, slots=True)
class StratumScore:
    """One type within a check: how many are known, and its share at y, worst and best as (num, den); den 0 = none."""

    stratum: str
    state: Literal["seen", "unseen", "not_applicable", "absent", "no_checklist"]
    clusters: int
    seen: int
    answers: int
    y: tuple[int, int]
    low: tuple[int, int]
    high: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CheckScore:
    """One check: points in micro-points, its share of full as (num, den), and what that rests on."""

    key: str
    possible: int
    earned: int
    lost: int
    unassessed: int
    worst: int
    best: int
    status: Status
    share: tuple[int, int]
    sample: int
    answers: int
    too_few: bool
    strata: tuple[StratumScore, ...]
    missing: Mapping[str, int]


@dataclass(slots=True)
class NodeScore:
    """A node: the sums of the checks in it, changed by the rules that act on nodes. Micro-points."""

    key: str
    possible: int = 0
    earned: int = 0
    lost: int = 0
    unassessed: int = 0
    worst: int = 0
    best: int = 0
    status: Status = "no_checks"
    checks: int = 0
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a rule on a node or on the whole changed: caps, gates, bonus, negative list. Micro-points, sum zero."""

    kind: Literal["cap", "gate", "bonus", "negative"]
    id: str
    title: Text
    node: str
    earned: int
    lost: int
    unassessed: int
    words: Text


@dataclass(frozen=True, slots=True)
class GateState:
    """Where a gate stands: points of 100 of its thing now, at worst and at best, and whether it is met."""

    gate: Gate
    target: str
    now: Fraction | None
    met: bool | None
    """None where the range leaves it open."""


@dataclass(slots=True)
class Scorecard:
    """The score of a campaign year at one moment."""

    book: Rulebook
    checks: dict[str, CheckScore]
    nodes: dict[str, NodeScore]
    total: NodeScore
    adjustments: list[Adjustment]
    gates: list[GateState]
    barred: list[Text] = field(default_factory=list)

    @property
    def score(self) -> Fraction:
        """The rule-book score on the standard's own scale."""
        return native(self.book, self.total.earned, self.total.possible)


def native(book: Rulebook, earned: int, possible: int) -> Fraction:
    """Return earned points on the scale that the standard prints: points, or its own index."""
    if not book.standard.native:
        return Fraction(earned, POINT)
    display = book.standard.display
    return display.zero + (display.full - display.zero) * Fraction(earned, possible or 1)


def _stratum(line: Line, stratum: str, tally: Tally | None, absent: Collection[str]) -> StratumScore:
    """Return the shares of one type."""
    none = (0, 0)
    if stratum in absent:
        return StratumScore(stratum, "absent", 0, 0, 0, none, none, none)
    if not line.strata[stratum]:
        return StratumScore(stratum, "no_checklist", 0, 0, 0, none, none, none)
    if tally is None or not tally.clusters:
        if tally is not None and tally.na:
            return StratumScore(stratum, "not_applicable", tally.na, 0, 0, none, none, none)
        return StratumScore(stratum, "unseen", 0, 0, 0, none, none, none)
    if line.check.join.kind == "pooled_rate":
        full = (tally.den + tally.unknown) * SCALE
        y = (tally.num, tally.den * SCALE)
        low, high = (tally.num, full), (tally.num + tally.unknown * SCALE, full)
    else:
        full = tally.clusters * SCALE
        y = (tally.sum_y, tally.seen * SCALE)
        low, high = (tally.sum_low, full), (tally.sum_high, full)
    state: Literal["seen", "unseen"] = "seen" if tally.seen else "unseen"
    return StratumScore(stratum, state, tally.clusters, tally.seen, tally.den, y, low, high)


def _joined(line: Line, strata: Sequence[StratumScore], which: Literal["y", "low", "high"]) -> tuple[int, int]:
    """Join the shares of the types that apply; den 0 where there is nothing."""
    counted = [s for s in strata if s.state not in {"absent", "not_applicable"}]
    if line.check.join.kind != "mean_over_types":
        pairs = [getattr(s, which) for s in counted]
        return sum(num for num, _ in pairs), sum(den for _, den in pairs)
    shares: list[tuple[int, int]] = []
    for s in counted:
        num, den = getattr(s, which)
        if den:
            shares.append((num, den))
        elif which == "low":
            shares.append((0, 1))
        elif which == "high":
            shares.append((1, 1))
    if not shares:
        return 0, 0
    below = lcm(*(den for _, den in shares))
    return sum(num * (below // den) for num, den in shares), below * len(shares)


def not_applicable(line: Line, tallies: Tallies, absent: Collection[str]) -> bool:
    """Return whether nothing of a check applies: every type absent from the county, or not applicable at every site."""
    if not line.strata:
        return False
    for stratum in line.strata:
        if stratum in absent:
            continue
        tally = tallies.get((line.key, stratum))
        if tally is None or tally.clusters or not tally.na:
            return False
    return True


def score_check(line: Line, tallies: Tallies, possible: int, absent: Collection[str] = ()) -> CheckScore:
    """Score one check.

    Args:
        line: the check.
        tallies: tallies of the level *now*.
        possible: its micro-points.
        absent: the site types that the county does not have.
    """
    strata = tuple(_stratum(line, s, tallies.get((line.key, s)), absent) for s in line.strata)
    missing = {"not_seen": 0, "refused": 0, "lost": 0, "disputed": 0}
    for s in line.strata:
        tally = tallies.get((line.key, s))
        if tally is not None and s not in absent:
            missing["not_seen"] += tally.not_seen
            missing["refused"] += tally.refused
            missing["lost"] += tally.lost
            missing["disputed"] += tally.disputed
    sample, answers = sum(s.seen for s in strata), sum(s.answers for s in strata)
    if not_applicable(line, tallies, absent):
        full = line.check.na == "full"
        return CheckScore(
            line.key, possible, possible if full else 0, 0, 0, possible if full else 0, possible if full else 0,
            "not_applicable", (0, 0), 0, 0, False, strata, missing,
        )  # fmt: skip
    cases = answers if line.check.join.kind == "pooled_rate" else sample
    too_few = 0 < cases < line.check.join.min_sample
    if not sample or too_few:
        return CheckScore(
            line.key, possible, 0, 0, possible, 0, possible, "not_assessed", (0, 0), sample, answers, too_few, strata,
            missing,
        )  # fmt: skip
    rule = line.check.points
    low, high = _joined(line, strata, "low"), _joined(line, strata, "high")
    worst, best = rule.span(low, high, possible)
    policy = line.check.missing
    if policy == "excluded":
        share = _joined(line, strata, "y")
        earned = rule.points(*share, possible)
        # A site rule may not fall to 0 (a cap on deductions), so that the rest alone can stand below the worst of all.
        worst, best = min(worst, earned), max(best, earned)
        unassessed = 0
    else:
        earned = worst
        # Under a table that falls as the share rises, the worst case is that what is missing complies.
        share = high if rule.points(*low, possible) != worst == rule.points(*high, possible) else low
        unassessed = best - worst if policy == "unassessed" else 0
    lost = possible - earned - unassessed
    unknown = any(missing.values()) or any(s.state in {"unseen", "no_checklist"} for s in strata)
    status: Status = "partly" if unknown else "assessed"
    return CheckScore(
        line.key, possible, earned, lost, unassessed, worst, best, status, share, sample, answers, False, strata,
        missing,
    )  # fmt: skip


def scorecard(book: Rulebook, tallies: Tallies, absent: Collection[str] = ()) -> Scorecard:
    """Score a campaign year.

    Args:
        book: the rulebook.
        tallies: tallies of the level *now* by (check key, stratum).
        absent: the site types that the county does not have.
    """
    gone = {line.key for line in book.lines.values() if not line.counter and not_applicable(line, tallies, absent)}
    possible = book.possible(gone)
    checks = {
        key: score_check(line, tallies, possible[key], absent)
        for key, line in book.lines.items()
        if not line.counter and key in possible
    }
    nodes = {key: NodeScore(key) for key in book.nodes}
    whole = NodeScore("")
    card = Scorecard(book, checks, nodes, whole, [], [])
    known: dict[str, list[Status]] = {}
    for key, points in book.bare.items():
        nodes[key] = NodeScore(key, possible=points, unassessed=points, best=points)
        known[key] = ["not_assessed"]
    # Children come after their parents in the mapping, so that going backwards sums from the leaves up.
    for key in sorted(book.nodes, key=lambda k: -book.nodes[k].depth):
        node = book.nodes[key]
        total = nodes[key]
        states = known.setdefault(key, [])
        for line in node.lines:
            check = checks.get(line)
            if check is None:
                continue
            _sum(total, check)
            total.checks += 1
            states.append(check.status)
        _cap(card, key, total)
        if key in book.subs:
            _act(card, f"{key}:", total, tallies)
        total.status = _status(states)
        if node.parent:
            _sum(nodes[node.parent], total)
            nodes[node.parent].checks += total.checks
            known.setdefault(node.parent, []).extend(states)
    states = []
    for section in book.sections:
        _sum(whole, nodes[section.key])
        whole.checks += nodes[section.key].checks
        states += known[section.key]
    whole.status = _status(states)
    _act(card, "", whole, tallies)
    return card


def _act(card: Scorecard, prefix: str, total: NodeScore, tallies: Tallies) -> None:
    """Let the bonuses, the negative list and the gates of a standard act: on the whole, or on a sub-standard's node."""
    _counted(card, prefix, total, tallies)
    _gates(card, prefix, total)


def _sum(total: NodeScore, part: NodeScore | CheckScore) -> None:
    total.possible += part.possible
    total.earned += part.earned
    total.lost += part.lost
    total.unassessed += part.unassessed
    total.worst += part.worst
    total.best += part.best
    total.sample += part.sample


def _status(states: Iterable[Status]) -> Status:
    kinds = set(states)
    if not kinds:
        return "no_checks"
    kinds.discard("not_applicable")
    if not kinds:
        return "not_applicable"
    if kinds == {"assessed"}:
        return "assessed"
    return "not_assessed" if kinds == {"not_assessed"} else "partly"


def _change(card_or_total: NodeScore, earned: int, unassessed: int) -> tuple[int, int, int]:
    """Set a node's earned and unassessed and keep the balance; return the three changes."""
    total = card_or_total
    lost = total.possible - earned - unassessed
    change = earned - total.earned, lost - total.lost, unassessed - total.unassessed
    total.earned, total.lost, total.unassessed = earned, lost, unassessed
    return change


def _cap(card: Scorecard, key: str, total: NodeScore) -> None:
    limit = card.book.caps.get(key)
    if limit is None:
        return
    if total.best <= limit and total.earned <= limit:
        return
    before = total.earned
    total.worst, total.best = min(total.worst, limit), min(total.best, limit)
    earned = min(total.earned, limit)
    unassessed = min(total.unassessed, max(0, limit - earned))
    change = _change(total, earned, unassessed)
    words = Text(
        f"封顶{_points(limit)}分：原{_points(before)}分",
        f"capped at {_points(limit)} points, was {_points(before)}",
    )
    card.adjustments.append(Adjustment("cap", key, card.book.nodes[key].title, key, *change, words))


def _points(micro: int) -> str:
    return f"{micro / POINT:.2f}".rstrip("0").rstrip(".")


def _counted(card: Scorecard, prefix: str, total: NodeScore, tallies: Tallies) -> None:
    """Apply bonuses and the negative list; a bonus of which nothing is known adds nothing."""
    factor = card.book.factors[prefix] if prefix else Fraction(1)
    for bonus, key in card.book.bonuses:
        if not key.startswith(f"{prefix}bonus/"):
            continue
        count = _count(tallies, key)
        limit = to_points(bonus.limit * factor)
        points = min(to_points(bonus.each * count * factor), limit)
        if not points:
            continue
        total.earned += points
        total.lost -= points
        total.worst += points
        total.best += points
        words = Text(
            f"加分：{count}项，计{_points(points)}分（上限{_points(limit)}）",
            f"bonus: {count} counted, {_points(points)} points (at most {_points(limit)})",
        )
        card.adjustments.append(Adjustment("bonus", bonus.id, bonus.title, total.key, points, -points, 0, words))
    for event, key in card.book.negative:
        count = _count(tallies, key) if key.startswith(f"{prefix}negative/") else 0
        if not count:
            continue
        if event.effect == "bar":
            card.barred.append(event.title)
            continue
        off = to_points(event.deduct * count * factor)
        total.worst, total.best = max(0, total.worst - off), max(0, total.best - off)
        # What the earned points do not cover comes off what is still open: the total can come to no more than the best.
        earned = max(0, total.earned - off)
        rest = off - (total.earned - earned)
        change = _change(total, earned, max(0, total.unassessed - rest))
        words = Text(
            f"负面清单：{count}起，扣{_points(off)}分", f"negative list: {count} events, {_points(off)} points off"
        )
        card.adjustments.append(Adjustment("negative", event.id, event.title, total.key, *change, words))


def _count(tallies: Tallies, key: str) -> int:
    tally = tallies.get((key, UNSTRATIFIED))
    return tally.num // SCALE if tally is not None else 0


def _gates(card: Scorecard, prefix: str, total: NodeScore) -> None:
    standard = card.book.subs[total.key][1] if prefix else card.book.standard
    factor = card.book.factors[prefix] if prefix else Fraction(1)
    for gate in standard.gates:
        target = total.key if gate.on == "total" else prefix + gate.target
        thing = total if gate.on == "total" else card.nodes.get(target)
        if thing is None or not thing.possible:
            card.gates.append(GateState(gate, target, None, None))
            continue
        now, worst, best = (Fraction(100 * p, thing.possible) for p in (thing.earned, thing.worst, thing.best))
        met = True if worst >= gate.at_least else False if best < gate.at_least else None
        card.gates.append(GateState(gate, target, now, met))
        if met is False and gate.effect == "bar":
            card.barred.append(gate.title)
        if met is True or gate.effect == "bar":
            continue
        limit = to_points(gate.cap_points * factor) if gate.effect == "cap" and gate.cap_points is not None else 0
        # What the range leaves open does not yet cost points, but it may: the worst case is that the gate closes.
        total.worst = min(total.worst, limit)
        if met is False:
            _close(card, gate, total, limit)


def _close(card: Scorecard, gate: Gate, total: NodeScore, limit: int) -> None:
    total.best = min(total.best, limit)
    earned = min(total.earned, limit)
    change = _change(total, earned, min(total.unassessed, max(0, limit - earned)))
    words = Text(f"未过门槛：总分不超过{_points(limit)}", f"gate not met: the total is at most {_points(limit)}")
    card.adjustments.append(Adjustment("gate", gate.id, gate.title, total.key, *change, words))
