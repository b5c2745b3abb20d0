"""Readings by brute force: fractions and plain loops, from plain data, without the package's rules.

Written from the meaning of the numbers (`docs/scoring.md`), to be slow and easy to check. It takes the same plain data
that a pack holds, and observations as objects with plain attributes; it imports nothing of the product.
"""

from dataclasses import dataclass
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
    cells: dict = {}
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
        had, has = times * old.faults, look.weight * new.faults
        return has >= had if blank else has > had
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
    opened: dict = {}
    for o in looks:
        if o.round:
            opened[o.round] = min(o.observed_at, opened.get(o.round, o.observed_at))
    opened.update({r.name: r.opened_at for r in rounds})
    rank = {name: i for i, name in enumerate(sorted(opened, key=lambda name: (opened[name], name)), 1)}
    one_thing = check.data["method"] in ONE_THING
    listed = {pair for r in rounds if r.selection != "chosen" for pair in r.listed}
    places: dict = {}
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
