"""The score by brute force: fractions and plain loops, from plain data, without the package's rules.

Written from the meaning of the numbers (`docs/scoring.md`), to be slow and easy to check. It takes the same plain data
that a pack holds, and observations as objects with plain attributes; it imports nothing of the product.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

SCALE = 3_603_600
MICRO = 1_000_000
ONE_THING = {"document_review", "authority_opinion", "web_monitor", "declared_figure"}
GONE = {"not_seen", "refused", "lost", "disputed"}
MANY = 10**6


def whole(x):
    """Round half up to a whole number."""
    return floor(x + Fraction(1, 2))


def on_scale(x):
    """Round half up to a step of the scale."""
    return Fraction(whole(Fraction(x) * SCALE), SCALE)


def share_out(total, weights):
    """Divide a whole number by weights: floors first, then one each to the largest remainders."""
    if sum(weights) == 0:
        return [0 for _ in weights]
    quotas = [Fraction(total) * w / sum(weights) for w in weights]
    parts = [floor(q) for q in quotas]
    rests = [q - p for q, p in zip(quotas, parts, strict=True)]
    while sum(parts) < total:
        best = rests.index(max(rests))
        parts[best] += 1
        rests[best] = Fraction(-1)
    return parts


# --- values -----------------------------------------------------------------------------------------------------------


def meets(band, x):
    """Return whether x meets the bound that a band writes."""
    if "at_least" in band:
        return x >= Fraction(band["at_least"])
    if "above" in band:
        return x > Fraction(band["above"])
    if "at_most" in band:
        return x <= Fraction(band["at_most"])
    return x < Fraction(band["below"])


def banded(rule, x, grades):
    """Return the value of the first band that x meets."""
    for band in rule["bands"]:
        if meets(band, x):
            return graded(band["value"], grades)
    return graded(rule["otherwise"], grades)


def graded(value, grades):
    """Return a number or a grade's number."""
    return Fraction(grades[value]) if value in grades else Fraction(value)


@dataclass
class Worth:
    """What an outcome brings: value 0..1, hits of cases, faults."""

    value: Fraction
    hits: Fraction
    cases: int
    faults: int


def worth(rule, outcome, grades):
    """Return what an outcome is worth, or None where it is left out of the denominator."""
    kind = rule["kind"]
    if kind in {"share", "fault_count"} and outcome in {"pass", "fail"}:
        kind = "pass_fail"
    if kind == "share":
        k, n = map(int, outcome.split(" of "))
        return Worth(on_scale(Fraction(k, n)), Fraction(k), n, n - k)
    if kind == "fault_count":
        n = int(outcome)
        return Worth(Fraction(n == 0), Fraction(n == 0), 1, n)
    if kind == "pass_fail":
        value = Fraction({"pass": 1, "fail": 0}[outcome])
    elif kind == "graded_scale":
        value = Fraction((rule.get("values") or grades)[outcome])
    elif kind == "option_values":
        if outcome in rule.get("excluded", []):
            return None
        value = Fraction(rule["values"][outcome])
    elif kind == "count_threshold":
        x = Fraction(outcome)
        if "at_least" in rule:
            bound = Fraction(rule["at_least"])
            full = x > bound if rule.get("strict") else x >= bound
            part = max(Fraction(0), min(Fraction(1), x / bound)) if rule.get("partial") and bound > 0 else Fraction(0)
            value = Fraction(1) if full else part
        else:
            bound = Fraction(rule["at_most"])
            value = Fraction(x < bound if rule.get("strict") else x <= bound)
    elif kind == "number_bands":
        value = banded(rule, Fraction(outcome), grades)
    else:
        assert kind == "target_distance"
        target, zero = Fraction(rule["target"]), Fraction(rule["zero_at"])
        value = max(Fraction(0), min(Fraction(1), (Fraction(outcome) - zero) / (target - zero)))
    value = on_scale(value)
    return Worth(value, value, 1, 0 if value == 1 else 1)


def most_faults(rule):
    """Return how many faults a missing outcome may hide."""
    return MANY if rule["kind"] in {"share", "fault_count"} else 1


# --- the parts of a standard ------------------------------------------------------------------------------------------


@dataclass
class Check:
    """A check as the pack writes it, with what the pack leaves silent filled in."""

    key: str
    node: str
    data: dict
    grades: dict
    strata: dict  # stratum -> {item: (weight, value rule)}

    def get(self, name):
        """Return a setting, or its default."""
        silent = {
            "join": {"kind": "mean_over_types" if len(self.strata) > 1 else "mean"},
            "missing": "excluded" if self.data["method"] == "survey" else "unassessed",
            "na": "spread", "repeat": "latest", "site": {"kind": "checklist_sum"}, "points": {"kind": "linear"}, "weight": 1,
        }  # fmt: skip
        return self.data.get(name, silent[name])


def checks_of(data, prefix):
    """Return the checks of a standard in the order of its tree."""
    found = []
    grades = data.get("grades", {}).get("values", {})

    def walk(node):
        for check in node.get("checks", []):
            suffix = f".{check['suffix']}" if "suffix" in check else ""
            strata = {}
            written = dict(check.get("strata", {}))
            if check.get("items"):
                written["-"] = check["items"]
            weights = check.get("site", {}).get("weights", {})
            for stratum, items in written.items():
                strata[stratum] = {
                    i["key"]: (weights.get(i["key"], 1), i.get("value") or check.get("value") or {"kind": "pass_fail"})
                    for i in items
                }
            key = f"{prefix}{node['code']}/{check['method']}{suffix}"
            found.append(Check(key, prefix + node["code"], check, grades, strata))
        for child in node.get("children", []):
            walk(child)

    for root in data["nodes"]:
        walk(root)
    return found


# --- readings ---------------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """One check at one cluster."""

    y: Fraction = Fraction(0)
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    seen: bool = False
    applies: bool = False
    na: int = 0
    hits: Fraction = Fraction(0)
    cases: int = 0
    unknown: int = 0
    missing: bool = False


def y_of(check, found):
    """Apply the site rule to (weight, worth) pairs; there is at least one."""
    rule = check.get("site")
    if rule["kind"] == "all_of":
        return Fraction(all(w.value == 1 for _, w in found))
    if rule["kind"] == "n_of":
        rate = sum(t * w.hits for t, w in found) / sum(t * w.cases for t, w in found)
        return Fraction(rate >= Fraction(rule["need"], rule["of"]))
    if rule["kind"] == "deduction":
        faults = sum(t * w.faults for t, w in found)
        off = min(on_scale(faults * Fraction(rule["each"])), on_scale(Fraction(rule.get("cap", 1))))
        return max(1 - off, on_scale(Fraction(rule.get("floor", 0))))
    return on_scale(sum(t * w.value for t, w in found) / sum(t for t, _ in found))


def reading_of(check, stratum, cells):
    """Make a reading of (item, subject) -> (times, outcome)."""
    items = check.strata[stratum]
    seen, gone, na = [], [], 0
    for (item, _), (times, outcome) in cells.items():
        weight, rule = items[item]
        if outcome == "na":
            na += times * weight
        elif outcome in GONE:
            gone.append((times * weight, most_faults(rule)))
        else:
            w = worth(rule, outcome, check.grades)
            if w is not None:
                seen.append((times * weight, w))
    if check.data["method"] == "survey":
        if not cells:
            gone.append((1, 1))
    else:
        answered = {item for item, _ in cells}
        gone += [(weight, most_faults(rule)) for item, (weight, rule) in items.items() if item not in answered]
    found = Reading(seen=bool(seen), applies=bool(seen or gone), na=na, missing=bool(gone))
    found.hits = sum((t * w.hits for t, w in seen), Fraction(0))
    found.cases = sum(t * w.cases for t, w in seen)
    found.unknown = sum(t for t, _ in gone)
    if seen:
        found.y = found.low = found.high = y_of(check, seen)
    if gone:
        found.low = y_of(check, seen + [(t, Worth(Fraction(0), Fraction(0), 1, most)) for t, most in gone])
        found.high = y_of(check, seen + [(t, Worth(Fraction(1), Fraction(1), 1, 0)) for t, _ in gone])
    return found


def standing(check, stratum, looks):
    """Let later outcomes replace earlier ones; the owner's own look counts only where it cannot raise anything."""
    cells = {}
    for look in looks:
        place = look.item, look.subject
        if look.own and not lowers(check, stratum, look, cells.get(place)):
            continue
        cells[place] = (look.weight, look.outcome)
    return cells


def lowers(check, stratum, look, before):
    """Try the new outcome beside every kind of rest: none, all bad, all good. It must never come out higher."""
    rule = check.strata[stratum][look.item][1]
    if look.outcome in GONE or look.outcome == "na":
        return False
    new = worth(rule, look.outcome, check.grades)
    if new is None:
        return False
    if before is not None and before[1] == "na":
        return False
    blank = before is None or before[1] in GONE
    if blank:
        times, old = (before[0] if before else 1), Worth(Fraction(0), Fraction(0), 1, most_faults(rule))
    else:
        times, old = before[0], worth(rule, before[1], check.grades)
        if old is None:
            return False
    site = check.get("site")["kind"]
    if check.get("join")["kind"] == "pooled_rate" or site == "n_of":
        one = (times * old.hits, times * old.cases)
        two = (look.weight * new.hits, look.weight * new.cases)
    elif site == "deduction":
        one, two = times * old.faults, look.weight * new.faults
        return two >= one if blank else two > one
    else:
        one = (times * old.value, times)
        two = (look.weight * new.value, look.weight)
    pairs = []
    for good, bad in ((0, 0), (0, 10**15), (10**15, 0)):
        pairs.append(((good + one[0]) / (good + bad + one[1]), (good + two[0]) / (good + bad + two[1])))
    never_higher = all(after <= earlier for earlier, after in pairs)
    return never_higher and (blank or any(after < earlier for earlier, after in pairs))


def now_of(check, stratum, looks, rank, enters_anyway):
    """Read a cluster as it stands."""
    if check.get("repeat") == "latest":
        if check.data["method"] == "survey" and looks:
            top = max(rank.get(look.round, 0) for look in looks)
            looks = [look for look in looks if rank.get(look.round, 0) == top]
        return reading_of(check, stratum, standing(check, stratum, looks))
    names = sorted({look.round for look in looks if look.round}, key=lambda name: rank[name])
    loose = [look for look in looks if not look.round]
    if not names:
        return reading_of(check, stratum, standing(check, stratum, loose))
    sets = [[look for look in looks if look.round == name] for name in names]
    sets[-1] = [look for look in looks if look.round == names[-1] or not look.round]
    rounds = [reading_of(check, stratum, standing(check, stratum, one)) for one in sets]
    counted = [r for r in rounds if r.seen] or rounds[-1:]
    last = counted[-1]
    found = Reading(seen=last.seen, applies=last.applies, na=last.na, missing=last.missing)
    found.hits, found.cases, found.unknown = last.hits, last.cases, last.unknown
    for name in ("y", "low", "high"):
        values = [getattr(r, name) for r in counted]
        joined = min(values) if check.get("repeat") == "worst" else on_scale(sum(values) / len(values))
        setattr(found, name, joined)
    return found


def found_of(check, stratum, looks):
    """Read a cluster as a draw or a census first found it; None where something else came first."""
    others = [look for look in looks if not look.own]
    if not others or others[0].selection == "chosen":
        return None
    first = others[0]
    if check.data["method"] == "survey":
        looks = [look for look in looks if look.round == first.round]
    elif first.source:
        looks = [look for look in looks if look.source == first.source]
    else:
        looks = [
            look
            for look in looks
            if not look.source and look.round == first.round and look.observed_at == first.observed_at
        ]
    return reading_of(check, stratum, standing(check, stratum, looks))


def live(observations):
    """Leave out what is superseded or withdrawn; in order of observing, then recording, then coming."""
    dead = {o.supersedes for o in observations if o.supersedes}
    kept = [(i, o) for i, o in enumerate(observations) if not (o.id and o.id in dead) and o.outcome != "withdrawn"]
    kept.sort(key=lambda pair: (pair[1].observed_at, str(pair[1].recorded_at or ""), pair[0]))
    return [o for _, o in kept]


def readings_of(check, observations, rounds):
    """Return (stratum, cluster) -> (now or None where it does not enter, found)."""
    looks = live(observations)
    opened = {}
    for o in looks:
        if o.round:
            opened[o.round] = min(o.observed_at, opened.get(o.round, o.observed_at))
    opened.update({r.name: r.opened_at for r in rounds})
    rank = {name: i for i, name in enumerate(sorted(opened, key=lambda name: (opened[name], name)), 1)}
    one_thing = check.data["method"] in ONE_THING
    listed = {pair for r in rounds if r.selection != "chosen" for pair in r.listed}
    places = {}
    for o in looks:
        for stratum, items in check.strata.items():
            if o.item in items and o.stratum in {"", stratum}:
                places.setdefault((stratum, "-" if one_thing else o.cluster), []).append(o)
    for stratum, cluster in listed:
        if check.strata.get(stratum):
            places.setdefault((stratum, "-" if one_thing else cluster), [])
    out = {}
    for (stratum, cluster), found in places.items():
        enters = (stratum, cluster) in listed or any(o.selection != "chosen" for o in found)
        now = now_of(check, stratum, found, rank, enters)
        out[stratum, cluster] = (now if enters else None, found_of(check, stratum, found))
    return out


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
    held = {s: [] for s in check.strata}
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
    pools, keys = [], {}

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
