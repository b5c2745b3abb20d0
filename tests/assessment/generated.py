"""Random standards and random observations: plain data from one seed, odd in every way that a pack and a ledger allow."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from qipan.assessment import Observation, Round
from qipan.assessment.batch import Selection

TYPES = ("road", "school", "market")
REASONS = ("not_seen", "refused", "lost", "disputed")
SELECTIONS: tuple[Selection, ...] = ("drawn", "census", "chosen")
GRADES = {"A": 1, "B": "2/3", "C": "0.33"}
START = datetime(2026, 3, 1, 8)
ASSUMED: dict = {"assumed": True}

VALUES = {
    "pass_fail": lambda r: ({"kind": "pass_fail"}, ["pass", "fail"]),
    "graded": lambda r: ({"kind": "graded_scale"}, list(GRADES)),
    "options": lambda r: (
        {"kind": "option_values", "values": {"a": 1, "b": "0.5", "c": 0}, "excluded": ["e"]},
        ["a", "b", "c", "e"],
    ),
    "threshold": lambda r: (
        {"kind": "count_threshold", "at_least": 5, "strict": r.random() < 0.5, "partial": r.random() < 0.5},
        ["0", "3", "4.5", "5", "5.1", "9"],
    ),
    "most": lambda r: ({"kind": "count_threshold", "at_most": "2.5", "strict": r.random() < 0.5}, ["0", "2.5", "3"]),
    "bands": lambda r: (
        {"kind": "number_bands", "bands": [{"above": 80, "value": "A"}, {"at_least": 75, "value": "0.4"}], "otherwise": 0},
        ["75", "80", "80.01", "60"],
    ),
    "distance": lambda r: (
        {"kind": "target_distance", "target": r.choice([0, 100]), "zero_at": 60},
        ["0", "59.9", "60", "71", "100", "130"],
    ),
    "share": lambda r: ({"kind": "share"}, ["0 of 3", "2 of 3", "3 of 5", "7 of 7", "18 of 20", "pass", "fail"]),
    "faults": lambda r: ({"kind": "fault_count"}, ["0", "1", "2", "7"]),
}  # fmt: skip


class World:
    """A random standard (`data`), its sub-standards (`subs`), and what there is to look at (`items`)."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.items = {}  # key -> (stratum, value rule, outcomes)
        for n in range(self.chance.randint(3, 9)):
            stratum = self.chance.choice([*TYPES, "-"])
            rule, outcomes = VALUES[self.chance.choice(list(VALUES))](self.chance)
            self.items[f"i{n}"] = (stratum, rule, outcomes)
        self.counters, self.used = [], set()
        self.data = self.standard("main")
        self.subs = {}
        if self.chance.random() < 0.4:
            self.data["sub_standards"] = [{"id": "sub", "share": self.chance.choice([20, "33.3"]), **ASSUMED}]
            if self.chance.random() < 0.8:
                self.subs["sub"] = self.standard("sub", total=self.chance.choice([100, 60]))
            if self.chance.random() < 0.7:
                self.data.setdefault("gates", []).append(self.gate("g-sub", {"sub_standard": "sub"}))

    def yes(self, likely=0.5):
        """Toss a coin."""
        return self.chance.random() < likely

    def gate(self, name, on):
        """Return a gate."""
        effect = self.chance.choice(["bar", "cap", "zero"])
        gate: dict = {
            "id": name,
            "on": on,
            "at_least": self.chance.choice([5, 30, 60, 85]),
            "effect": effect,
            **ASSUMED,
        }
        return gate | ({"cap_points": self.chance.choice([10, "40.5"])} if effect == "cap" else {})

    def standard(self, name, total=100):
        """Return the plain data of a standard."""
        self.codes: list = []
        self.methods: set = set()
        data = {
            "format": "qipan-standard/1", "id": name, "title": {"en": name}, "total": total,
            "grades": {"values": GRADES, **ASSUMED},
        }  # fmt: skip
        if self.yes():
            data["nodes"] = [self.node(None, 0) for _ in range(self.chance.randint(1, 3))]
            methods = sorted(self.methods)
            cut = self.chance.randint(1, len(methods))
            groups = [g for g in (methods[:cut], methods[cut:]) if g]
            points = self.parts(total, len(groups))
            data["shares"] = [
                {"code": f"s{i}", "points": p, "methods": g, **ASSUMED}
                for i, (g, p) in enumerate(zip(groups, points, strict=True))
            ]
        else:
            data["nodes"] = [self.node(p, 0) for p in self.parts(total, self.chance.randint(1, 3))]
        for i in range(self.chance.randint(0, 2)):
            on = {"total": True} if self.yes() else {"node": self.chance.choice(self.codes)}
            data.setdefault("gates", []).append(self.gate(f"g{i}", on))
        if self.yes(0.3):
            data["bonuses"] = [{"id": "b", "item": f"{name}.b", "each": "1.5", "max": 4, **ASSUMED}]
            self.counters.append(f"{name}.b")
        if self.yes(0.3):
            effect = self.chance.choice(["deduct", "bar"])
            event = {"id": "n", "item": f"{name}.n", "effect": effect, **ASSUMED}
            data["negative"] = [event | ({"deduct": 7} if effect == "deduct" else {})]
            self.counters.append(f"{name}.n")
        return data

    def parts(self, total, n):
        """Divide a whole number of points into n parts above zero."""
        cuts = sorted(self.chance.sample(range(1, total), n - 1)) if n > 1 else []
        return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]

    def node(self, points, depth):
        """Return a node; with points it and what lies below share them."""
        code = f"n{len(self.codes)}"
        self.codes.append(code)
        node: dict = {"code": code, "title": {"en": code}}
        if points is not None:
            node |= {"points": points, **ASSUMED}
        if self.yes(0.15):
            node["cap"] = self.chance.choice([3, "12.25", 50])
        checks = self.chance.randint(0 if depth < 2 else 1, 2)
        if depth < 2 and (self.yes(0.4) or not checks):
            n = self.chance.randint(1, 3)
            if points is None or points < n + 2 or self.yes(0.3):
                node["children"] = [self.node(None, depth + 1) for _ in range(n)]
            else:
                given = points - 1 if checks else points
                node["children"] = [self.node(p, depth + 1) for p in self.parts(given, n)]
        if points is None or checks or "children" in node:
            made = [self.check(i) for i in range(checks)]
            node["checks"] = [c for c in made if c]
            priced = points is None or not any("points" in child for child in node.get("children", []))
            if not node["checks"] and (points is None and not node.get("children")):
                node["checks"] = [self.fallback()]
            if not node["checks"] and not priced:
                node["checks"] = [self.fallback()] if checks else []
        return node

    def fallback(self):
        """Return a plain check of a document."""
        self.methods.add("document_review")
        self.used.add("doc")
        return {"method": "document_review", "suffix": "z", "items": [{"key": "doc", "value": {"kind": "pass_fail"}}]}

    def check(self, number):
        """Return a check of some of the items, or nothing where none fit."""
        one_thing = self.yes(0.3)
        wanted = [k for k, (s, _, _) in self.items.items() if (s == "-") == one_thing and self.yes(0.7)]
        if not wanted:
            return None
        method = self.chance.choice(
            ["document_review", "declared_figure"] if one_thing else ["site_inspection", "telephone_test", "survey"]
        )
        self.methods.add(method)
        self.used.update(wanted)
        entries = {k: {"key": k, "value": self.items[k][1]} for k in wanted}
        check: dict = {"method": method, "suffix": str(number), "weight": self.chance.choice([1, 1, 2, 3])}
        if one_thing:
            check["items"] = list(entries.values())
        else:
            strata = {s: [e for k, e in entries.items() if self.items[k][0] == s] for s in TYPES}
            check["strata"] = {s: found for s, found in strata.items() if found or self.yes(0.1)}
        site = self.chance.choice(["sum", "sum", "all", "n", "off"])
        if site == "sum" and self.yes():
            check["site"] = {"kind": "checklist_sum", "weights": {self.chance.choice(wanted): 3}}
        elif site == "all":
            check["site"] = {"kind": "all_of"}
        elif site == "n":
            check["site"] = {"kind": "n_of", "need": 3, "of": 5}
        elif site == "off":
            check["site"] = {"kind": "deduction", "each": "0.15", "cap": self.chance.choice([1, "0.5"]), "floor": "0.1"}
        join = self.chance.choice(["mean", "mean_over_types", "pooled_rate"])
        if self.yes(0.7):
            check["join"] = {"kind": join} | ({"min_sample": 2} if self.yes(0.3) else {})
        if self.yes():
            check["points"] = self.chance.choice([
                {"kind": "linear", "from": "0.25", "to": "0.9"},
                {"kind": "banded", "bands": [{"above": "0.8", "value": "A"}, {"at_least": "0.5", "value": "B"}], "otherwise": "C"},
                {"kind": "banded", "bands": [{"below": "0.4", "value": 1}, {"at_most": "0.75", "value": "0.5"}], "otherwise": 0},
                {"kind": "banded", "bands": [{"at_least": "0.9", "value": "0.3"}, {"at_least": "0.5", "value": 1}], "otherwise": 0},
            ])  # fmt: skip
        if check.get("join", {}).get("kind") != "pooled_rate":
            check["repeat"] = self.chance.choice(["latest", "latest", "mean", "worst"])
        if self.yes():
            check["missing"] = self.chance.choice(["unassessed", "excluded", "zero"])
        if self.yes():
            check["na"] = self.chance.choice(["spread", "leaves", "full"])
        return check

    def observations(self, count):
        """Return random observations with corrections, withdrawals, own looks, rounds and reasons for having none."""
        made: list = []
        held = {**self.items, "doc": ("-", None, ["pass", "fail"]), **dict.fromkeys(self.counters)}
        places = [(key, what) for key, what in held.items() if what is None or key in self.used]
        gone_na = self.chance.choice([0.05, 0.6])
        for n in range(count if places else 0):
            key, what = self.chance.choice(places)
            if what is None:
                stratum, outcomes, own = "-", ["0", "1", "2", "9"], False
            else:
                stratum, _, outcomes = what
                own = self.yes(0.15)
            outcome = self.chance.choice(outcomes)
            if self.yes(gone_na):
                outcome = "na"
            elif self.yes(0.12):
                outcome = self.chance.choice(REASONS)
            moment = START + timedelta(days=self.chance.randint(0, 90), hours=self.chance.randint(0, 3), seconds=n)
            source = self.chance.choice(["", f"visit-{self.chance.randint(0, 5)}"])
            one = Observation(
                item=key, outcome=outcome, observed_at=moment, stratum=self.chance.choice([stratum, ""]),
                cluster="-" if stratum == "-" else f"c{self.chance.randint(0, 3)}",
                subject=self.chance.choice(["", "", "", "p1", "p2"]), round=self.chance.choice(["", "r1", "r2", "r3"]),
                selection=self.chance.choice(["drawn", "census", "chosen"]), weight=self.chance.choice([1, 1, 1, 2, 5]),
                recorded_at=self.chance.choice([None, moment + timedelta(days=1)]), id=f"o{n}", source=source, own=own,
            )  # fmt: skip
            if made and self.yes(0.15):
                wrong = self.chance.choice(made)
                if self.yes(0.4):
                    one = replace(one, item=wrong.item, stratum=wrong.stratum, outcome="withdrawn", supersedes=wrong.id)
                else:
                    one = replace(one, supersedes=wrong.id)
            made.append(one)
        return made

    def rounds(self):
        """Return rounds with lists, or none."""
        if self.yes():
            return []
        found = []
        for i, name in enumerate(self.chance.sample(["r1", "r2", "r3"], self.chance.randint(1, 3))):
            listed = {(self.chance.choice(TYPES), f"c{self.chance.randint(0, 5)}") for _ in range(3)}
            found.append(
                Round(name, START + timedelta(days=30 * i), tuple(sorted(listed)), self.chance.choice(SELECTIONS))
            )
        return found

    def absent(self):
        """Return the types that the county does not have."""
        return frozenset(t for t in TYPES if self.yes(0.12))
