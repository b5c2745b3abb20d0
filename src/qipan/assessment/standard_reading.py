"""Reading a standard from plain data: what is wrong is collected, each problem with the path that leads to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from qipan.assessment import rules
from qipan.assessment.fields import Fields, Path, finish
from qipan.assessment.standard_parts import (
    FORMAT,
    METHODS,
    ONE_THING,
    UNSTRATIFIED,
    Bonus,
    Check,
    Completeness,
    Cut,
    Display,
    Gate,
    Item,
    MethodShare,
    NegativeEvent,
    Node,
    Side,
    Stratum,
    SubStandard,
)
from qipan.assessment.text import Basis, Problem, Text

if TYPE_CHECKING:
    from qipan.assessment.standard import Standard

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_CODE = re.compile(r"[^\s/:]{1,40}")
_MAX_DEPTH = 24


def content_hash(data: object) -> str:
    """Return the SHA-256 of plain data in canonical JSON: the name of an edition's content."""
    canonical = json.dumps(_worded(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _worded(data: object) -> object:
    """Return data with every name as a text: YAML reads an unquoted 1 as a number, and the two do not sort together."""
    if isinstance(data, Mapping):
        return {str(name): _worded(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_worded(value) for value in data]
    return data


class StandardReading:
    """One pass over a pack's data."""

    def __init__(self, data: object) -> None:
        self.data = data
        self.problems: list[Problem] = []
        self.nodes: dict[str, Node] = {}
        self.met: set[int] = set()
        self.paths: dict[str, Path] = {}
        self.check_ids: dict[str, Path] = {}
        self.grades: dict[str, Fraction] = {}

    def standard(self, make: type[Standard]) -> Standard:
        """Read it; `make` is the class of the value, given since it cannot be imported here."""
        root = Fields(self.data, (), self.problems)
        if root.word("format") != FORMAT:
            root.report(
                Text("这不是棋盘的测评标准文件", "this is not a Qipan standard"),
                Text(f"第一行写 format: {FORMAT}", f"write `format: {FORMAT}` at the top"),
                at=("format",) if "format" in root.data else (),
            )
            finish(self.problems)
        name = root.word("id", required=True)
        if name and not _ID.fullmatch(name):
            root.report(
                Text(f"标识“{name}”不合规", f"{name!r} is no id"),
                Text("用小写字母、数字和连字符", "use lower-case letters, digits and hyphens"),
                at=("id",),
            )
        grades_basis = self._grades(root)
        shares = tuple(self._shares(root))
        weighting = root.choice("weighting", ("shares", "points"), "shares" if shares else "points")
        total = root.number("total", 100, low=1, high=10_000) or Fraction(100)
        cycle, cycle_basis = self._cycle(root)
        basis_fields = root.below("weights_basis")
        weights_basis = basis_fields.basis() if basis_fields else None
        if basis_fields:
            basis_fields.done()
        rounding = root.below("rounding")
        decimals = (rounding.whole("decimals", 1, high=4) or 0) if rounding else 1
        if rounding:
            rounding.done()
        standard = make(
            id=name,
            edition=root.text("edition"),
            title=root.text("title", required=True),
            short=root.text("short"),
            jurisdiction=root.text("jurisdiction"),
            honour=root.word("honour"),
            source=root.text("source"),
            completeness=self._completeness(root),
            cycle=cycle,
            cycle_basis=cycle_basis,
            total=total,
            weighting="points" if weighting == "points" else "shares",
            shares=shares,
            weights_basis=weights_basis,
            grades=self.grades,
            grades_basis=grades_basis,
            cut=self._cut(root, total),
            decimals=decimals,
            display=self._display(root, total, decimals),
            native=root.has("display"),
            aliases={str(k): str(v) for k, v in root.mapping("aliases").items()},
            strata=self._strata(root),
            sub_standards=tuple(self._sub_standards(root)),
            gates=tuple(self._gates(root)),
            bonuses=tuple(self._bonuses(root)),
            negative=tuple(self._negative(root)),
            nodes=self._tree(root),
            hash="",
        )
        root.done()
        self._sums(standard, root)
        self._targets(standard, root)
        finish(self.problems)
        # The content is hashed only now: what holds itself has no canonical form.
        return replace(standard, hash=content_hash(self.data))

    # --- the head ---

    def _grades(self, root: Fields) -> Basis | None:
        below = root.below("grades")
        if below is None:
            return None
        self.grades = rules.grade_table(below, "values")
        basis = self._needs_basis(below)
        below.done()
        return basis

    def _needs_basis(self, fields: Fields) -> Basis | None:
        basis = fields.basis()
        if basis is None:
            fields.report(
                Text("没有写明依据", "nothing says what this number rests on"),
                Text("写 source（出处）或 assumed（假定）", "write source: … or assumed: … beside it"),
            )
        return basis

    def _completeness(self, root: Fields) -> Completeness:
        below = root.below("completeness")
        if below is None:
            return Completeness("complete", Text(), ())
        status = below.choice("status", ("complete", "partial"))
        found = Completeness(
            "partial" if status == "partial" else "complete", below.text("note"), below.words("missing")
        )
        below.done()
        return found

    def _cycle(self, root: Fields) -> tuple[tuple[Fraction, ...], Basis | None]:
        below = root.below("cycle")
        if below is None:
            return (Fraction(100),), None
        weights: list[Fraction] = []
        for i, value in enumerate(below.sequence("weights", required=True)):
            number = Fields({"weight": value}, (*below.path, "weights", i), self.problems).number("weight", high=100)
            weights.append(number or Fraction(0))
        if weights and sum(weights) != 100:
            below.report(
                Text(f"各年权重之和为 {rules.plain(sum(weights, Fraction(0)))}", "the yearly weights do not add up"),
                Text("应为 100", f"they make {rules.plain(sum(weights, Fraction(0)))}, not 100"),
                at=("weights",),
            )
        basis = self._needs_basis(below)
        below.done()
        return tuple(weights) or (Fraction(100),), basis

    def _shares(self, root: Fields) -> Iterator[MethodShare]:
        seen: dict[str, str] = {}
        for below in root.each("shares"):
            code = below.word("code", required=True)
            methods = below.words("methods")
            for method in methods:
                if method not in METHODS:
                    below.report(
                        Text(f"没有测评方法“{method}”", f"there is no method {method!r}"),
                        Text(f"可用：{'、'.join(METHODS)}", f"use: {', '.join(METHODS)}"),
                        at=("methods",),
                    )
                elif method in seen:
                    below.report(
                        Text(f"“{method}”已归入“{seen[method]}”", f"{method} is already in share {seen[method]!r}"),
                        at=("methods",),
                    )
                seen[method] = code
            points = below.number("points", required=True, high=10_000) or Fraction(0)
            share = MethodShare(code, below.text("title"), points, methods, self._needs_basis(below))
            below.done()
            yield share

    def _cut(self, root: Fields, total: Fraction) -> Cut | None:
        below = root.below("cut")
        if below is None:
            return None
        points, basis = below.number("points", required=True, high=total), self._needs_basis(below)
        below.done()
        return Cut(points, basis) if points is not None and basis else None

    def _display(self, root: Fields, total: Fraction, decimals: int) -> Display:
        below = root.below("display")
        if below is None:
            return Display(Fraction(0), total, decimals)
        zero, full = below.number("zero", 0, low=None), below.number("full", required=True, low=None)
        shown = Display(zero or Fraction(0), full or Fraction(0), below.whole("decimals", decimals, high=4) or 0)
        if full is not None and shown.zero == shown.full:
            below.report(Text("zero 与 full 不能相同", "`zero` and `full` must differ"))
        below.done()
        return shown

    def _strata(self, root: Fields) -> dict[str, Stratum]:
        strata: dict[str, Stratum] = {}
        for below in root.each("strata"):
            code = below.word("code", required=True)
            sample = below.whole("official_sample", low=1)
            basis = self._needs_basis(below) if sample is not None else below.basis()
            if code in strata:
                below.report(Text(f"类型“{code}”重复", f"stratum {code!r} stands twice"), at=("code",))
            strata[code] = Stratum(code, below.text("title"), sample, basis)
            below.done()
        return strata

    def _sub_standards(self, root: Fields) -> Iterator[SubStandard]:
        for below in root.each("sub_standards"):
            share = below.number("share", required=True, low=0, high=100) or Fraction(0)
            yield SubStandard(below.word("id", required=True), share, self._needs_basis(below))
            below.done()

    def _gates(self, root: Fields) -> Iterator[Gate]:
        for below in root.each("gates"):
            # YAML reads an unquoted `on` as a truth value.
            on = below.mapping("on") if below.has("on") else below.mapping("true")
            if len(on) > 1:
                below.report(Text("门槛只能针对一样东西", "a gate stands on one thing"), at=("on",))
            kind: Literal["sub_standard", "node", "total"] = "total"
            target = ""
            if "sub_standard" in on:
                kind, target = "sub_standard", str(on["sub_standard"])
            elif "node" in on:
                kind, target = "node", str(on["node"])
            elif "total" not in on:
                below.report(
                    Text("没有写明门槛针对什么", "nothing says what the gate stands on"),
                    Text("", "write on: {node: …}, {sub_standard: …} or {total: true}"),
                    at=("on",),
                )
            effect = below.choice("effect", ("bar", "cap", "zero"))
            cap = below.number("cap_points", required=effect == "cap", high=10_000)
            yield Gate(
                below.word("id", required=True),
                below.text("title"),
                kind,
                target,
                below.number("at_least", required=True, high=100) or Fraction(0),
                "cap" if effect == "cap" else "zero" if effect == "zero" else "bar",
                cap,
                self._needs_basis(below),
            )
            below.done()

    def _bonuses(self, root: Fields) -> Iterator[Bonus]:
        for below in root.each("bonuses"):
            each = below.number("each", required=True, high=100) or Fraction(0)
            limit = below.number("max", required=True, high=100) or Fraction(0)
            identity, title = below.word("id", required=True), below.text("title")
            yield Bonus(identity, title, below.word("item", required=True), each, limit, self._needs_basis(below))
            below.done()

    def _negative(self, root: Fields) -> Iterator[NegativeEvent]:
        for below in root.each("negative"):
            effect = below.choice("effect", ("deduct", "bar"))
            deduct = below.number("deduct", 0, high=100) or Fraction(0)
            if effect == "deduct" and not deduct:
                below.report(Text("没有写明扣几分", "nothing says how many points are taken off"), at=("deduct",))
            yield NegativeEvent(
                below.word("id", required=True),
                below.text("title"),
                below.word("item", required=True),
                "bar" if effect == "bar" else "deduct",
                deduct,
                self._needs_basis(below),
            )
            below.done()

    # --- the tree ---

    def _tree(self, root: Fields) -> dict[str, Node]:
        for below in root.each("nodes"):
            self._node(below, "", 0)
        if not self.nodes:
            root.report(Text("没有任何指标", "there are no nodes"), Text("写 nodes", "give `nodes`"))
        return self.nodes

    def _node(self, fields: Fields, parent: str, depth: int) -> str:
        code = fields.word("code", required=True)
        # A YAML alias can put a node in two places, or below itself; the identity of what was read tells.
        if id(fields.raw) in self.met or depth >= _MAX_DEPTH:
            fields.report(
                Text(
                    f"“{code}”出现在两处（YAML 别名）或层级过深",
                    f"{code!r} stands in two places (a YAML alias) or too deep",
                ),
                Text(
                    f"每个指标只写一次；层级不超过 {_MAX_DEPTH}", f"write each node once; at most {_MAX_DEPTH} levels"
                ),
            )
            return code
        self.met.add(id(fields.raw))
        if code and not _CODE.fullmatch(code):
            fields.report(
                Text(f"编号“{code}”含空格、斜杠或冒号", f"code {code!r} has a space, a slash or a colon"), at=("code",)
            )
        if code in self.nodes:
            fields.report(
                Text(f"编号“{code}”重复", f"code {code!r} stands twice"),
                Text("每个编号只能用一次", "a code may be used once"),
                at=("code",),
            )
            code = f"{code}#{len(self.nodes)}"
        self.paths[code] = fields.path
        side_word = fields.choice("side", ("hardware", "software"), "hardware") if fields.has("side") else ""
        side: Side | None = "hardware" if side_word == "hardware" else "software" if side_word else None
        points = fields.number("points", high=10_000)
        basis = fields.basis()
        # Reserve the place before the children, so that the mapping runs in the order of the tree.
        place = Node(
            code,
            fields.text("title", required=True),
            fields.text("short"),
            fields.text("text"),
            side,
            points,
            basis,
            fields.number("cap", high=10_000),
            parent,
            depth,
            (),
            (),
        )
        self.nodes[code] = place
        checks = tuple(self._check(below, code) for below in fields.each("checks"))
        children = tuple(self._node(below, code, depth + 1) for below in fields.each("children"))
        fields.done()
        self.nodes[code] = Node(
            place.code, place.title, place.short, place.text, place.side, place.points, place.points_basis, place.cap,
            place.parent, place.depth, children, checks,
        )  # fmt: skip
        return code

    def _check(self, fields: Fields, code: str) -> Check:
        method = fields.choice("method", tuple(METHODS))
        suffix = fields.word("suffix")
        if suffix and not _CODE.fullmatch(suffix):
            fields.report(
                Text(f"后缀“{suffix}”含空格、斜杠或冒号", f"suffix {suffix!r} has a space, a slash or a colon"),
                at=("suffix",),
            )
        identity = f"{code}/{method}" + (f".{suffix}" if suffix else "")
        if identity in self.check_ids:
            fields.report(
                Text(f"测评点“{identity}”重复", f"check {identity!r} stands twice"),
                Text("同一方法用两次时加 suffix", "give a `suffix` where a method occurs twice on a node"),
            )
        self.check_ids[identity] = fields.path
        value = fields.below("value")
        strata = self._looked_at(fields, method)
        items = {item.key for found in strata.values() for item in found}
        site = rules.read_site_rule(fields.below("site"))
        if isinstance(site, rules.ChecklistSum):
            for key in site.weights:
                if key not in items:
                    fields.report(
                        Text(
                            f"权重写了不存在的检查项“{key}”",
                            f"a weight is given for {key!r}, which is not an item here",
                        ),
                        at=("site", "weights", key),
                    )
        default: Literal["mean", "mean_over_types", "pooled_rate"] = "mean_over_types" if len(strata) > 1 else "mean"
        missing = fields.choice("missing", ("unassessed", "excluded", "zero"), "excluded" if method == "survey" else "unassessed")  # fmt: skip
        na = fields.choice("na", ("spread", "leaves", "full"), "spread")
        repeat = fields.choice("repeat", ("latest", "mean", "worst"), "latest")
        join = rules.read_join(fields.below("join"), default)
        if repeat != "latest" and join.kind == "pooled_rate":
            fields.report(
                Text("合并比率不能与各轮平均或最低并用", "a pooled rate has no mean or worst of the rounds"),
                Text("改用 mean 或 mean_over_types，或 repeat: latest", "use another join, or `repeat: latest`"),
                at=("repeat",),
            )
        check = Check(
            id=identity,
            code=code,
            method=method,
            title=fields.text("title"),
            weight=fields.whole("weight", 1, low=1, high=10_000) or 1,
            lead=fields.words("lead"),
            support=fields.words("support"),
            evidence=fields.texts("evidence"),
            topic=fields.text("topic"),
            strata=strata,
            value=rules.read_value(value, self.grades) if value else None,
            site=site,
            join=join,
            points=rules.read_points_rule(fields.below("points"), self.grades),
            repeat="mean" if repeat == "mean" else "worst" if repeat == "worst" else "latest",
            missing="excluded" if missing == "excluded" else "zero" if missing == "zero" else "unassessed",
            na="leaves" if na == "leaves" else "full" if na == "full" else "spread",
            basis=fields.basis(),
        )
        fields.done()
        return check

    def _looked_at(self, fields: Fields, method: str) -> dict[str, tuple[Item, ...]]:
        strata: dict[str, tuple[Item, ...]] = {}
        below = fields.below("strata")
        if below is not None:
            for stratum in below.data:
                strata[stratum] = self._items(below, stratum)
        own = self._items(fields, "items")
        if own:
            strata[UNSTRATIFIED] = own
        if not strata:
            fields.report(
                Text("没有写明看什么", "nothing says what the check looks at"),
                Text("写 items 或 strata", "give `items`, or `strata: {type: [items]}`"),
            )
        elif method in ONE_THING and below is not None:
            fields.report(
                Text(f"“{METHODS[method].zh}”不分点位类型", f"a {METHODS[method].en} has no strata"),
                Text("写 items", "give `items` instead"),
                at=("strata",),
            )
        return strata

    def _items(self, fields: Fields, key: str) -> tuple[Item, ...]:
        items: list[Item] = []
        for i, value in enumerate(fields.sequence(key)):
            if isinstance(value, (str, int)) and not isinstance(value, bool):
                items.append(Item(str(value).strip()))
                continue
            below = Fields(value, (*fields.path, key, i), self.problems)
            rule = below.below("value")
            name, title = below.word("key", required=True), below.text("title")
            items.append(Item(name, title, rules.read_value(rule, self.grades) if rule else None))
            below.done()
        keys = [item.key for item in items]
        for name in sorted({name for name in keys if keys.count(name) > 1}):
            fields.report(Text(f"检查项“{name}”重复", f"item {name!r} stands twice"), at=(key,))
        return tuple(items)

    # --- what must agree ---

    def _sums(self, standard: Standard, root: Fields) -> None:
        """Report sums that are wrong: shares against the total, children's points against their parent's."""
        if standard.weighting == "shares":
            made = sum((share.points for share in standard.shares), Fraction(0))
            if made != standard.total:
                root.report(
                    Text(f"各方法分值之和为 {rules.plain(made)}", f"the shares make {rules.plain(made)} points"),
                    Text(f"应等于总分 {rules.plain(standard.total)}", f"they must make {rules.plain(standard.total)}"),
                    at=("shares",),
                )
            used = {check.method for check in standard.checks()}
            placed = {method for share in standard.shares for method in share.methods}
            for method in sorted(used - placed):
                root.report(
                    Text(f"“{METHODS[method].zh}”不在任何份额里", f"no share holds the method {method}"), at=("shares",)
                )
            for i, share in enumerate(standard.shares):
                if share.points and not used & set(share.methods):
                    root.report(
                        Text(f"份额“{share.code}”下没有测评点", f"share {share.code!r} has points but no check"),
                        at=("shares", i),
                    )
            return
        if not any(node.points for node in standard.nodes.values()):
            root.report(
                Text("没有任何分值", "no node carries points"),
                Text("写各节点的 points，或用 weighting: shares", "give `points` on nodes, or weighting: shares"),
            )
            return
        taken: set[str] = set()
        for check in standard.checks():
            code = check.code
            while code and standard.nodes[code].points is None:
                code = standard.nodes[code].parent
            taken.add(code)
            if not code:
                root.report(
                    Text(f"“{check.id}”没有分值", f"check {check.id!r} has no points, nor has a node above it"),
                    at=self.check_ids[check.id],
                )
        made = sum((priced_below(standard.nodes, node.code) for node in standard.roots), Fraction(0))
        if made != standard.total:
            self._unequal(("nodes",), Text("总分", "total"), made, standard.total)
        for node in standard.nodes.values():
            if node.points is None or not node.children:
                continue
            made = sum((priced_below(standard.nodes, child) for child in node.children), Fraction(0))
            # What the children leave goes to the checks that no deeper node prices; without any it must be nothing.
            if made > node.points or (made and made < node.points and node.code not in taken):
                self._unequal(self.paths[node.code], Text(node.code, node.code), made, node.points)

    def _unequal(self, path: Path, name: Text, made: Fraction, wanted: Fraction) -> None:
        self.problems.append(
            Problem(
                path,
                Text(
                    f"“{name.zh}”下级分值之和为 {rules.plain(made)}，应为 {rules.plain(wanted)}",
                    f"the points below {name.en} make {rules.plain(made)}, not {rules.plain(wanted)}",
                ),
                Text("更正分值", "correct the points"),
            )
        )

    def _targets(self, standard: Standard, root: Fields) -> None:
        """Report references to what is not there, and names that stand twice."""
        for key, names in (
            ("shares", [share.code for share in standard.shares]),
            ("sub_standards", [sub.id for sub in standard.sub_standards]),
            ("gates", [gate.id for gate in standard.gates]),
            ("bonuses", [bonus.id for bonus in standard.bonuses]),
            ("negative", [event.id for event in standard.negative]),
        ):
            for i, name in enumerate(names):
                if name in names[:i]:
                    root.report(
                        Text(f"“{name}”重复", f"{name!r} stands twice"),
                        Text("每个标识只能用一次", "an id may be used once"),
                        at=(key, i),
                    )
        for i, sub in enumerate(standard.sub_standards):
            if sub.id in standard.nodes:
                root.report(
                    Text(f"子标准“{sub.id}”与指标编号相同", f"sub-standard {sub.id!r} has the code of a node"),
                    Text("改一个编号", "change one of them"),
                    at=("sub_standards", i, "id"),
                )
        for i, gate in enumerate(standard.gates):
            if gate.on == "node" and gate.target not in standard.nodes:
                root.report(
                    Text(f"没有编号“{gate.target}”", f"there is no node {gate.target!r}"), at=("gates", i, "on", "node")
                )
            if gate.on == "sub_standard" and gate.target not in {sub.id for sub in standard.sub_standards}:
                root.report(
                    Text(f"没有子标准“{gate.target}”", f"there is no sub-standard {gate.target!r}"),
                    at=("gates", i, "on", "sub_standard"),
                )
        share = sum((sub.share for sub in standard.sub_standards), Fraction(0))
        if share >= 100:
            root.report(
                Text("子标准份额须小于 100", "the sub-standards leave nothing for the standard itself"),
                at=("sub_standards",),
            )
        if standard.strata:
            for check in standard.checks():
                for stratum in check.strata:
                    if stratum != UNSTRATIFIED and stratum not in standard.strata:
                        root.report(
                            Text(f"没有声明类型“{stratum}”", f"stratum {stratum!r} is not declared"),
                            Text("在 strata 里加上它", "add it to `strata`"),
                            at=(*self.check_ids[check.id], "strata", stratum),
                        )


def priced_below(nodes: Mapping[str, Node], code: str) -> Fraction:
    """Return a node's points, or where it carries none those of the nodes below it."""
    node = nodes[code]
    if node.points is not None:
        return node.points
    return sum((priced_below(nodes, child) for child in node.children if child in nodes), Fraction(0))
