"""The parts of a standard as values: nodes, checks, items, shares, gates, bonuses, the negative list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from qipan.assessment import rules
from qipan.assessment.text import Basis, Text

FORMAT = "qipan-standard/1"

METHODS: dict[str, Text] = {
    "document_review": Text("材料审核", "document review"),
    "site_inspection": Text("实地考察", "site inspection"),
    "survey": Text("问卷调查", "survey"),
    "telephone_test": Text("电话测试", "telephone test"),
    "interview": Text("现场访谈", "interview"),
    "authority_opinion": Text("征求主管部门意见", "authority opinion"),
    "web_monitor": Text("网络监测", "web monitor"),
    "declared_figure": Text("申报数据", "declared figure"),
}
UNSTRATIFIED = "-"
"""The stratum and the cluster of checks that look at one thing only (a file, an opinion, a declared figure)."""

ONE_THING = frozenset({"document_review", "authority_opinion", "web_monitor", "declared_figure"})

Side = Literal["hardware", "software"]
Missing = Literal["unassessed", "excluded", "zero"]
NotApplicable = Literal["spread", "leaves", "full"]
Repeat = Literal["latest", "mean", "worst"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a check looks at, by its stable key; title and value where the pack gives them."""

    key: str
    title: Text = Text()
    value: rules.Value | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One way of checking a node: method, rule, weight, whom it concerns and what it looks at."""

    id: str
    code: str
    method: str
    title: Text
    weight: int
    lead: tuple[str, ...]
    support: tuple[str, ...]
    evidence: tuple[Text, ...]
    topic: Text
    strata: Mapping[str, tuple[Item, ...]]
    value: rules.Value | None
    site: rules.SiteRule
    join: rules.Join
    points: rules.PointsRule
    repeat: Repeat
    missing: Missing
    na: NotApplicable
    basis: Basis | None

    def items(self) -> Iterator[tuple[str, Item]]:
        """Yield (stratum, item) for everything that the check looks at."""
        for stratum, items in self.strata.items():
            for item in items:
                yield stratum, item


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree; `depth` counts from 0, `parent` is a code or empty."""

    code: str
    title: Text
    short: Text
    text: Text
    side: Side | None
    points: Fraction | None
    points_basis: Basis | None
    cap: Fraction | None
    parent: str
    depth: int
    children: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class MethodShare:
    """The points that a group of methods carries."""

    code: str
    title: Text
    points: Fraction
    methods: tuple[str, ...]
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Stratum:
    """A kind of thing that the standard looks at, and how many of it the official assessors draw (None = census)."""

    code: str
    title: Text
    official_sample: int | None
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class SubStandard:
    """Another standard that counts with a share (per cent) of the total."""

    id: str
    share: Fraction
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A threshold, in points of 100 of the thing it stands on, that bars, caps or zeroes the total."""

    id: str
    title: Text
    on: Literal["sub_standard", "node", "total"]
    target: str
    at_least: Fraction
    effect: Literal["bar", "cap", "zero"]
    cap_points: Fraction | None
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points added for each counted thing, up to a limit."""

    id: str
    title: Text
    item: str
    each: Fraction
    limit: Fraction
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class NegativeEvent:
    """An event that takes points off the total, or bars the application."""

    id: str
    title: Text
    item: str
    effect: Literal["deduct", "bar"]
    deduct: Fraction
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Cut:
    """The threshold that decides the title."""

    points: Fraction
    basis: Basis


@dataclass(frozen=True, slots=True)
class Display:
    """A native scale for printing: what no points and all points are called, and how many decimals."""

    zero: Fraction = Fraction(0)
    full: Fraction = Fraction(100)
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the published text the pack holds."""

    status: Literal["complete", "partial"]
    note: Text
    missing: tuple[str, ...]
