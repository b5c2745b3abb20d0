"""A standard, its sub-standards and the catalogue put together: the one book by which a campaign year is scored.

The book resolves what a pack leaves open: which value each item has, which site type a word stands for, how many
micro-points each check carries. It is built once and read by everything that scores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import ClassVar, Literal

from qipan.assessment.catalogue import Catalogue, CatalogueItem
from qipan.assessment.rules import (
    ChecklistSum,
    Deduction,
    Join,
    Linear,
    NOf,
    OutcomeError,
    PassFail,
    SiteRule,
    Value,
    Worth,
)
from qipan.assessment.scale import POINT, SCALE, exact, largest_remainder, to_points
from qipan.assessment.standard import (
    ONE_THING,
    UNSTRATIFIED,
    Bonus,
    Check,
    NegativeEvent,
    Node,
    Side,
    Standard,
    SubStandard,
)
from qipan.assessment.standard_reading import priced_below
from qipan.assessment.text import Basis, Text


@dataclass(frozen=True, slots=True)
class Counted:
    """A plain number that rules on nodes read: honours held (`adds`), or events of the negative list."""

    kind: ClassVar[str] = "counted"
    most_faults: ClassVar[int] = 0
    adds: bool

    def worth(self, outcome: str) -> Worth:
        """Return the number as `num` on `SCALE`."""
        number = exact(outcome) if outcome not in {"pass", "fail"} else Fraction(0 if outcome == "pass" else 1)
        if number < 0 or number.denominator != 1 or number > 10**6:
            raise OutcomeError(outcome, Text("可填整数", "write a whole number"))
        return Worth(0, int(number) * SCALE, 1, 0)


@dataclass(slots=True, eq=False)
class Line:
    """One check as a campaign year counts it.

    `strata` maps each canonical site type to its items with their weights; an empty mapping is a type without a
    checklist. `measure` is what the items of the check are compared by, when an owner's own look may only lower them.
    """

    key: str
    node: str
    standard: Standard
    check: Check
    strata: dict[str, dict[str, int]]
    values: dict[str, Value | Counted]
    side: Side
    side_inferred: bool
    counter: bool = False
    listed: dict[str, CatalogueItem] = field(default_factory=dict)
    """What the catalogue says of the check's items: their titles, and the words of a question's answers."""
    site: SiteRule = field(init=False)
    survey: bool = field(init=False)
    expected: dict[str, int] = field(init=False)
    measure: Literal["value", "counts", "faults", "events", "never"] = field(init=False)
    most_faults: dict[str, int] = field(init=False)
    _worths: dict[tuple[str, str], Worth] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.site = self.check.site
        self.survey = self.check.method == "survey"
        self.expected = {stratum: sum(items.values()) for stratum, items in self.strata.items()}
        self.most_faults = {item: value.most_faults for item, value in self.values.items()}
        if self.counter:
            adds = any(isinstance(value, Counted) and value.adds for value in self.values.values())
            self.measure = "never" if adds else "events"
        elif self.check.join.kind == "pooled_rate" or isinstance(self.site, NOf):
            self.measure = "counts"
        else:
            self.measure = "faults" if isinstance(self.site, Deduction) else "value"

    def worth(self, item: str, outcome: str) -> Worth:
        """Return what an outcome of an item is worth here.

        Raises:
            OutcomeError: the item's value rule cannot read it.
        """
        found = self._worths.get((item, outcome))
        if found is None:
            found = self.values[item].worth(outcome)
            self._worths[item, outcome] = found
        return found

    def worst_misses(self, item: str) -> int:
        """Return what a missing outcome of weight 1 would bring against at worst, in this check's measure."""
        match self.measure:
            case "faults":
                return self.most_faults[item]
            case "events" | "never":
                return 0
            case _:
                return SCALE

    @property
    def one_thing(self) -> bool:
        """Whether the check looks at one thing only, so that there is nothing to draw."""
        return self.check.method in ONE_THING

    @property
    def without_checklist(self) -> tuple[str, ...]:
        """The types that the standard names here and no checklist on file covers."""
        return tuple(stratum for stratum, items in self.strata.items() if not items)


@dataclass(frozen=True, slots=True)
class BookNode:
    """A node in the book: its key (a sub-standard's nodes carry its id before the code), place and lines."""

    key: str
    code: str
    title: Text
    short: Text
    text: Text
    standard: Standard
    node: Node | None
    parent: str
    depth: int
    section: str
    children: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Micro-points that a group of checks shares by weight.

    `node` is set where no check carries the points: they are then not assessed, at that node.
    """

    code: str
    points: int
    lines: tuple[str, ...]
    node: str = ""


class Rulebook:
    """A standard with its sub-standards and catalogue, ready to score.

    Args:
        standard: the main standard.
        subs: the sub-standards that are at hand, by id; one that the standard names and that is missing here is listed
            in `absent_subs`, and its share of the total is not assessed for want of the text.
        catalogue: checklists and questionnaires.
        equal: let every check of the whole book weigh the same (the comparison that stands beside assumed weights).
    """

    def __init__(
        self,
        standard: Standard,
        subs: Iterable[Standard] = (),
        catalogue: Catalogue | None = None,
        *,
        equal: bool = False,
    ) -> None:
        self.standard = standard
        self.catalogue = catalogue or Catalogue()
        self.equal = equal
        held = {sub.id: sub for sub in subs}
        self.subs: dict[str, tuple[SubStandard, Standard]] = {
            named.id: (named, held[named.id]) for named in standard.sub_standards if named.id in held
        }
        self.absent_subs = tuple(named for named in standard.sub_standards if named.id not in held)
        self.nodes: dict[str, BookNode] = {}
        self.lines: dict[str, Line] = {}
        self._add(standard, "", "", 0, "")
        for named, sub in self.subs.values():
            roots = tuple(f"{named.id}:{node.code}" for node in sub.roots)
            title = sub.title
            self.nodes[named.id] = BookNode(
                named.id, named.id, title, sub.short, Text(), sub, None, "", 0, named.id, roots, ()
            )
            self._add(sub, f"{named.id}:", named.id, 1, named.id)
        for named in self.absent_subs:
            name = Text(f"{named.id}（文本未收录）", f"{named.id} (text not at hand)")
            self.nodes[named.id] = BookNode(
                named.id, named.id, name, Text(named.id, named.id), Text(), standard, None, "", 0, named.id, (), ()
            )
        self._counters()
        self.by_item: dict[str, tuple[tuple[Line, str], ...]] = self._index()
        self.factors: dict[str, Fraction] = {prefix: factor for prefix, _, factor in self._parts()}
        plain = tuple(self._pools())
        self.pools: tuple[Pool, ...] = tuple(self._equal_pools()) if equal else plain
        self.whole = sum(pool.points for pool in self.pools)
        self.bare: dict[str, int] = {pool.node: pool.points for pool in self.pools if pool.node and not pool.lines}
        self.caps = self._caps(plain)

    # --- building ---

    def _add(self, standard: Standard, prefix: str, above: str, deeper: int, section: str) -> None:
        for node in standard.nodes.values():
            key = prefix + node.code
            parent = prefix + node.parent if node.parent else above
            top = section or (key if not node.parent else self.nodes[parent].section)
            lines = tuple(self._line(standard, prefix, key, check).key for check in node.checks)
            self.nodes[key] = BookNode(
                key, node.code, node.title, node.short, node.text, standard, node, parent, node.depth + deeper, top,
                tuple(prefix + child for child in node.children), lines,
            )  # fmt: skip

    def _line(self, standard: Standard, prefix: str, node: str, check: Check) -> Line:
        strata: dict[str, dict[str, int]] = {}
        values: dict[str, Value | Counted] = {}
        known_items: dict[str, CatalogueItem] = {}
        weights = getattr(check.site, "weights", {})
        for stratum, items in check.strata.items():
            known = self.catalogue.canonical(stratum, standard.aliases) if stratum != UNSTRATIFIED else stratum
            # Two words of a standard for one type ("park", "square") make one stratum.
            found = strata.setdefault(known, {})
            for item in items:
                found[item.key] = weights.get(item.key, 1)
                listed = self.catalogue.items.get(item.key)
                if listed is not None:
                    known_items[item.key] = listed
                values[item.key] = item.value or check.value or (listed.value if listed else PassFail())
        side, inferred = standard.side_of(check)
        line = Line(prefix + check.id, node, standard, check, strata, values, side, inferred, listed=known_items)
        self.lines[line.key] = line
        return line

    def _counters(self) -> None:
        """Add a line without points for every bonus and negative event, so that the ledger carries their numbers."""
        self.bonuses: list[tuple[Bonus, str]] = []
        self.negative: list[tuple[NegativeEvent, str]] = []
        for prefix, standard in [("", self.standard), *((f"{n.id}:", s) for n, s in self.subs.values())]:
            for kind, entry in [("bonus", b) for b in standard.bonuses] + [("negative", e) for e in standard.negative]:
                key = f"{prefix}{kind}/{entry.id}"
                self.lines[key] = self._counter(standard, key, entry.item, entry.title, entry.basis, kind == "bonus")
                if isinstance(entry, Bonus):
                    self.bonuses.append((entry, key))
                else:
                    self.negative.append((entry, key))

    def _counter(self, standard: Standard, key: str, item: str, title: Text, basis: Basis | None, adds: bool) -> Line:
        check = Check(
            id=key, code="", method="declared_figure", title=title, weight=1, lead=(), support=(), evidence=(),
            topic=Text(), strata={}, value=None, site=ChecklistSum(), join=Join("mean"), points=Linear(),
            repeat="latest", missing="excluded", na="spread", basis=basis,
        )  # fmt: skip
        return Line(key, "", standard, check, {UNSTRATIFIED: {item: 1}}, {item: Counted(adds)}, "software", True, True)

    def _index(self) -> dict[str, tuple[tuple[Line, str], ...]]:
        found: dict[str, list[tuple[Line, str]]] = {}
        for line in self.lines.values():
            for stratum, items in line.strata.items():
                for item in items:
                    found.setdefault(item, []).append((line, stratum))
        return {item: tuple(places) for item, places in found.items()}

    def _parts(self) -> Iterator[tuple[str, Standard, Fraction]]:
        """Yield (prefix, standard, factor on its points) for the main standard and each sub-standard at hand."""
        shares = sum((named.share for named in self.standard.sub_standards), Fraction(0))
        yield "", self.standard, (100 - shares) / 100
        for named, sub in self.subs.values():
            yield f"{named.id}:", sub, named.share / 100 * self.standard.total / sub.total

    def _pools(self) -> Iterator[Pool]:
        plans: list[tuple[str, Fraction, tuple[str, ...], str]] = []
        for prefix, standard, factor in self._parts():
            if standard.weighting == "shares":
                for share in standard.shares:
                    keys = tuple(prefix + check.id for check in standard.checks() if check.method in share.methods)
                    plans.append((prefix + share.code, share.points * factor, keys, ""))
            else:
                plans += [
                    (prefix + code, points * factor, keys, "" if keys else prefix + code)
                    for code, points, keys in _node_pools(standard, prefix)
                ]
        for named in self.absent_subs:
            plans.append((named.id, named.share * self.standard.total / 100, (), named.id))
        below = lcm(*(points.denominator for _, points, _, _ in plans))
        weights = [points.numerator * (below // points.denominator) for _, points, _, _ in plans]
        total = self.standard.total
        micro = largest_remainder(total.numerator * POINT // total.denominator, weights)
        for (code, _, keys, node), points in zip(plans, micro, strict=True):
            yield Pool(code, points, keys, node)

    def _equal_pools(self) -> Iterator[Pool]:
        total = self.standard.total
        keys = tuple(line.key for line in self.lines.values() if not line.counter)
        yield Pool("", total.numerator * POINT // total.denominator, keys)

    def _caps(self, plain: Iterable[Pool]) -> dict[str, int]:
        """Return the nodes' caps in micro-points of the campaign's total; all checks equal, in proportion to the node."""
        caps: dict[str, int] = {}
        for key, found in self.nodes.items():
            if found.node is not None and found.node.cap is not None:
                factor = self.factors[key.removesuffix(found.code)]
                if self.equal:
                    mine = {line for line, held in self.lines.items() if not held.counter and self._within(held, key)}
                    before = sum(part for pool in plain for line, part in self._parts_of(pool) if line in mine)
                    after = sum(part for pool in self.pools for line, part in self._parts_of(pool) if line in mine)
                    factor *= Fraction(after, before) if before else 0
                caps[key] = to_points(found.node.cap * factor)
        return caps

    def _within(self, line: Line, node: str) -> bool:
        return any(above.key == node for above in self.ancestors(line.node))

    def _parts_of(self, pool: Pool) -> Iterator[tuple[str, int]]:
        weights = [1 if pool.code == "" else self.lines[key].check.weight for key in pool.lines]
        return zip(pool.lines, largest_remainder(pool.points, weights), strict=True)

    # --- asking ---

    def possible(self, not_applicable: Collection[str] = ()) -> dict[str, int]:
        """Return each check's possible micro-points, given the checks that do not apply.

        The points of a check that does not apply are spread by weight over those of its pool that do (where none does,
        they leave the total), leave the total, or stay with it as full, as its pack says. Parts of a pool are made whole
        by largest remainder, so that they add up to it.
        """
        points: dict[str, int] = {}
        for pool in self.pools:
            parts = dict(self._parts_of(pool))
            policies = {key: self.lines[key].check.na for key in pool.lines if key in not_applicable}
            if "spread" in policies.values():
                kept = sum(parts[key] for key, policy in policies.items() if policy != "spread")
                counted = [key for key in pool.lines if key not in policies]
                weights = [1 if self.equal else self.lines[key].check.weight for key in counted]
                parts.update(zip(counted, largest_remainder(pool.points - kept, weights), strict=True))
            parts.update({key: 0 for key, policy in policies.items() if policy != "full"})
            points.update(parts)
        return points

    def places(self, item: str, stratum: str) -> Iterator[tuple[Line, str]]:
        """Yield (line, stratum) for each check that an item of a stratum is looked at for.

        An empty stratum stands for the one that the item belongs to.
        """
        for line, known in self.by_item.get(item, ()):
            if not stratum or stratum == known or self.catalogue.canonical(stratum, line.standard.aliases) == known:
                yield line, known

    def lines_at(self, stratum: str) -> Iterator[tuple[Line, str]]:
        """Yield (line, stratum) for each check that looks at a site type, by its code or by a word that stands for it."""
        for line in self.lines.values():
            if line.strata.get(stratum):
                yield line, stratum
            else:
                known = self.catalogue.canonical(stratum, line.standard.aliases)
                if line.strata.get(known):
                    yield line, known

    def lines_of_stratum(self, stratum: str) -> Iterator[Line]:
        """Yield the checks that look at a site type or a respondent group, and have something to look for there."""
        for line in self.lines.values():
            if line.strata.get(stratum):
                yield line

    def ancestors(self, key: str) -> Iterator[BookNode]:
        """Yield a node and all above it."""
        while key:
            node = self.nodes[key]
            yield node
            key = node.parent

    @property
    def sections(self) -> tuple[BookNode, ...]:
        """The top nodes of the standard, and each sub-standard as one."""
        return tuple(node for node in self.nodes.values() if not node.parent)

    @property
    def weights_assumed(self) -> bool:
        """Whether any weight is assumed, which bars rankings and marks every total."""
        return any(
            basis is not None and basis.assumed
            for standard in (self.standard, *(sub for _, sub in self.subs.values()))
            for basis in (
                standard.weights_basis,
                *(share.basis for share in standard.shares),
                *(node.points_basis for node in standard.nodes.values() if standard.weighting == "points"),
            )
        ) or any(named.basis is not None and named.basis.assumed for named in self.standard.sub_standards)


def _node_pools(standard: Standard, prefix: str) -> Iterator[tuple[str, Fraction, tuple[str, ...]]]:
    """Yield (code, points, checks) where nodes carry points: a node's points go to its own checks and to those below
    that no deeper node prices; priced children take theirs first.
    """
    pools: dict[str, list[str]] = {}
    for check in standard.checks():
        code = check.code
        while code and standard.nodes[code].points is None:
            code = standard.nodes[code].parent
        if code:
            pools.setdefault(code, []).append(prefix + check.id)
    for code, node in standard.nodes.items():
        if node.points is None:
            continue
        priced = sum((priced_below(standard.nodes, child) for child in node.children), Fraction(0))
        rest = node.points - priced
        if rest or code in pools:
            yield code, rest, tuple(pools.get(code, ()))


def catalogue_gaps(book: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Return, for each check with types that no checklist on file covers, those types."""
    return {key: line.without_checklist for key, line in book.lines.items() if line.without_checklist}
