"""The score by brute force, from readings by brute force: fractions and plain loops that share no code with the package."""

from dataclasses import dataclass, field
from fractions import Fraction

from tests.assessment.brute_readings import (
    GONE,
    MICRO,
    banded,
    checks_of,
    live,
    readings_of,
    share_out,
    whole,
)

# --- from readings to points ------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Micro-points of a check or a node."""

    possible: int = 0
    earned: int = 0
    lost: int = 0
    unassessed: int = 0
    worst: int = 0
    best: int = 0
    state: str = ""

    def add(self, other):
        """Add another score."""
        for name in ("possible", "earned", "lost", "unassessed", "worst", "best"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def by_stratum(check, readings):
    """Return stratum -> readings that enter it and apply there, and stratum -> whether something was N/A there."""
    held: dict = {s: [] for s in check.strata}
    na = dict.fromkeys(check.strata, False)
    for (stratum, _), (now, _) in readings.items():
        if now is None:
            continue
        if now.applies:
            held[stratum].append(now)
        elif now.na:
            na[stratum] = True
    return held, na


def applies_not(check, readings, absent):
    """Return whether nothing of a check applies."""
    held, na = by_stratum(check, readings)
    return all(s in absent or (na[s] and not held[s]) for s in check.strata)


def shares(check, readings, absent):
    """Return (y, low, high) joined over the strata; y is None where nothing was seen, or too few."""
    held, na = by_stratum(check, readings)
    counted = [s for s in check.strata if s not in absent and (held[s] or not na[s])]
    kind = check.get("join")["kind"]
    least = check.get("join").get("min_sample", 0)
    everything = [r for s in counted for r in held[s]]
    seen = [r for r in everything if r.seen]
    cases = sum(r.cases for r in seen) if kind == "pooled_rate" else len(seen)
    if not seen or cases < least:
        return None
    if kind == "pooled_rate":
        hits, all_cases = sum(r.hits for r in everything), sum(r.cases for r in everything)
        unknown = sum(r.unknown for r in everything)
        return hits / all_cases, hits / (all_cases + unknown), (hits + unknown) / (all_cases + unknown)
    if kind == "mean":
        n = len(everything)
        return (
            sum(r.y for r in seen) / len(seen),
            sum(r.low for r in everything) / n,
            sum(r.high for r in everything) / n,
        )
    ys, lows, highs = [], [], []
    for s in counted:
        if any(r.seen for r in held[s]):
            ys.append(sum(r.y for r in held[s] if r.seen) / sum(1 for r in held[s] if r.seen))
        if held[s]:
            lows.append(sum(r.low for r in held[s]) / len(held[s]))
            highs.append(sum(r.high for r in held[s]) / len(held[s]))
        else:
            lows.append(Fraction(0))
            highs.append(Fraction(1))
    return sum(ys) / len(ys), sum(lows) / len(lows), sum(highs) / len(highs)


def points_of(check, share, possible):
    """Return the micro-points of a share."""
    rule = check.get("points")
    if rule["kind"] == "banded":
        return whole(banded(rule, share, check.grades) * possible)
    start, end = Fraction(rule.get("from", 0)), Fraction(rule.get("to", 1))
    return whole(max(Fraction(0), min(Fraction(1), (share - start) / (end - start))) * possible)


def score_check(check, readings, possible, absent):
    """Score a check."""
    if applies_not(check, readings, absent):
        full = possible if check.get("na") == "full" else 0
        return Score(possible, full, 0, 0, full, full, "not_applicable")
    found = shares(check, readings, absent)
    if found is None:
        return Score(possible, 0, 0, possible, 0, possible, "not_assessed")
    y, low, high = found
    tried = {low, high}
    for band in check.get("points").get("bands", []):
        bound = next(Fraction(band[name]) for name in ("at_least", "above", "at_most", "below") if name in band)
        tried |= {bound + step for step in (-Fraction(1, 10**40), 0, Fraction(1, 10**40))}
    made = [points_of(check, share, possible) for share in tried if low <= share <= high]
    worst, best = min(made), max(made)
    if check.get("missing") == "excluded":
        earned = points_of(check, y, possible)
        return Score(possible, earned, possible - earned, 0, min(worst, earned), max(best, earned), "assessed")
    if check.get("missing") == "zero":
        return Score(possible, worst, possible - worst, 0, worst, best, "assessed")
    return Score(possible, worst, possible - best, best - worst, worst, best, "assessed")


@dataclass
class Card:
    """Everything that brute force knows of a score."""

    checks: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    total: Score = field(default_factory=Score)
    gates: list = field(default_factory=list)
    barred: int = 0
    readings: dict = field(default_factory=dict)


def node_pools(data, prefix):
    """Return (node, points, keys of checks) where nodes carry points."""
    pools: list = []
    keys: dict = {}

    def own(node, pricing):
        pricing = node["code"] if "points" in node else pricing
        for check in node.get("checks", []):
            suffix = f".{check['suffix']}" if "suffix" in check else ""
            keys.setdefault(pricing, []).append(f"{prefix}{node['code']}/{check['method']}{suffix}")
        for child in node.get("children", []):
            own(child, pricing)

    def worth_of(node):
        if "points" in node:
            return Fraction(node["points"])
        return sum((worth_of(child) for child in node.get("children", [])), Fraction(0))

    def walk(node):
        if "points" in node:
            rest = Fraction(node["points"]) - sum((worth_of(c) for c in node.get("children", [])), Fraction(0))
            if rest or node["code"] in keys:
                pools.append((prefix + node["code"], rest, keys.get(node["code"], [])))
        for child in node.get("children", []):
            walk(child)

    for root in data["nodes"]:
        own(root, "")
    for root in data["nodes"]:
        walk(root)
    return pools


def brute(data, subs, observations, rounds=(), absent=()):
    """Score a campaign year by brute force.

    Args:
        data: the standard's plain data.
        subs: id -> plain data of the sub-standards at hand.
        observations, rounds: objects with the attributes of the package's, whatever their class.
        absent: types that the county does not have.
    """
    card = Card()
    total = Fraction(data.get("total", 100))
    named = data.get("sub_standards", [])
    left = 100 - sum((Fraction(s["share"]) for s in named), Fraction(0))
    parts = [("", data, left / 100)]
    for s in named:
        if s["id"] in subs:
            sub = subs[s["id"]]
            parts.append((f"{s['id']}:", sub, Fraction(s["share"]) / 100 * total / Fraction(sub.get("total", 100))))
    checks = {c.key: c for prefix, part, _ in parts for c in checks_of(part, prefix)}
    plans = []
    for prefix, part, factor in parts:
        if part.get("shares"):
            for share in part["shares"]:
                keys = [c.key for c in checks_of(part, prefix) if c.data["method"] in share["methods"]]
                plans.append(("", Fraction(share["points"]) * factor, keys))
        else:
            plans += [(node, points * factor, keys) for node, points, keys in node_pools(part, prefix)]
    plans += [(s["id"], Fraction(s["share"]) * total / 100, []) for s in named if s["id"] not in subs]
    pools = share_out(int(total * MICRO), [points for _, points, _ in plans])
    card.readings = {key: readings_of(check, observations, rounds) for key, check in checks.items()}
    possible, bare = {}, {}
    for (node, _, keys), points in zip(plans, pools, strict=True):
        if not keys and points:
            bare[node] = points
        possible.update(spread(keys, points, checks, card.readings, absent))
    for key, check in checks.items():
        card.checks[key] = score_check(check, card.readings[key], possible[key], absent)
    tree(card, parts, bare, checks, observations)
    whole_rules(card, "", data, Fraction(1), card.total, observations)
    return card


def spread(keys, points, checks, readings, absent):
    """Return the possible points of the checks of one pool, what does not apply taken out."""
    weights = {key: checks[key].get("weight") for key in keys}
    parts = dict(zip(keys, share_out(points, list(weights.values())), strict=True))
    off = {key: checks[key].get("na") for key in keys if applies_not(checks[key], readings[key], absent)}
    if "spread" in off.values():
        kept = sum(parts[key] for key, policy in off.items() if policy != "spread")
        on = [key for key in keys if key not in off]
        parts.update(zip(on, share_out(points - kept, [weights[key] for key in on]), strict=True))
    for key, policy in off.items():
        if policy != "full":
            parts[key] = 0
    return parts


def tree(card, parts, bare, checks, observations):
    """Sum checks into nodes from the leaves up, caps and sub-standards' own rules applied on the way."""

    def walk(node, prefix, factor):
        key = prefix + node["code"]
        here = Score()
        if key in bare:
            here.add(Score(bare[key], 0, 0, bare[key], 0, bare[key]))
        for check in checks.values():
            if check.node == key:
                here.add(card.checks[check.key])
        for child in node.get("children", []):
            here.add(walk(child, prefix, factor))
        if "cap" in node:
            hold(here, whole(Fraction(node["cap"]) * factor * MICRO))
        card.nodes[key] = here
        return here

    for prefix, part, factor in parts:
        summed = Score()
        for root in part["nodes"]:
            summed.add(walk(root, prefix, factor))
        if prefix:
            name = prefix[:-1]
            card.nodes[name] = summed
            whole_rules(card, prefix, part, factor, summed, observations)
        card.total.add(summed)
    for key, points in bare.items():
        if key not in card.nodes:
            card.nodes[key] = Score(points, 0, 0, points, 0, points)
            card.total.add(card.nodes[key])


def hold(score, limit):
    """Hold a score to a limit: what is above it is lost by rule."""
    score.worst, score.best = min(score.worst, limit), min(score.best, limit)
    score.earned = min(score.earned, limit)
    score.unassessed = min(score.unassessed, limit - score.earned)
    score.lost = score.possible - score.earned - score.unassessed


def counted(item, observations):
    """Return the number that stands for a bonus's or an event's item, over all subjects."""
    standing_numbers = {}
    enters = False
    for o in live(observations):
        if o.item == item:
            enters |= o.selection != "chosen"
            if not o.own:
                standing_numbers[o.subject] = o.weight, o.outcome
    if not enters:
        return 0
    return sum(times * int(x) for times, x in standing_numbers.values() if x not in GONE and x != "na")


def whole_rules(card, prefix, data, factor, total, observations):
    """Let bonuses, negative list and gates act, in this order."""
    for bonus in data.get("bonuses", []):
        count = counted(bonus["item"], observations)
        got = min(
            whole(Fraction(bonus["each"]) * count * factor * MICRO), whole(Fraction(bonus["max"]) * factor * MICRO)
        )
        total.earned += got
        total.lost -= got
        total.worst += got
        total.best += got
    for event in data.get("negative", []):
        count = counted(event["item"], observations)
        if not count:
            continue
        if event["effect"] == "bar":
            card.barred += 1
            continue
        off = whole(Fraction(event["deduct"]) * count * factor * MICRO)
        open_before = total.unassessed
        total.worst, total.best = max(0, total.worst - off), max(0, total.best - off)
        from_earned = min(off, total.earned)
        total.earned -= from_earned
        total.unassessed = max(0, open_before - (off - from_earned))
        total.lost = total.possible - total.earned - total.unassessed
    for gate in data.get("gates", []):
        on = gate["on"]
        thing = total
        if "sub_standard" in on:
            thing = card.nodes.get(prefix + on["sub_standard"])
        elif "node" in on:
            thing = card.nodes.get(prefix + on["node"])
        if thing is None or not thing.possible:
            card.gates.append(None)
            continue
        bound = Fraction(gate["at_least"]) / 100
        surely = Fraction(thing.worst, thing.possible) >= bound
        never = Fraction(thing.best, thing.possible) < bound
        card.gates.append(True if surely else False if never else None)
        if never and gate["effect"] == "bar":
            card.barred += 1
        if gate["effect"] == "bar" or surely:
            continue
        limit = whole(Fraction(gate["cap_points"]) * factor * MICRO) if gate["effect"] == "cap" else 0
        if never:
            hold(total, limit)
        else:
            total.worst = min(total.worst, limit)
