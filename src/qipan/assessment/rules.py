"""The closed set of grading rules: typed primitives on integers.

A check grades in four steps, each a primitive of its own:

* a **value** turns the raw outcome of one item into a value between 0 and 1,
* a **site rule** makes one reading of the items at one cluster,
* a **join** makes a share of the readings of all clusters,
* a **points rule** turns the share into a share of the check's points.

Comparisons are by integer cross-multiplication, so a bound is met exactly or not at all. `docs/scoring.md` works each
primitive by hand; `qipan.assessment.adjust` holds the rules that act on nodes (cap, gate, bonus, negative list).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Literal

from qipan.assessment.fields import Fields
from qipan.assessment.scale import SCALE, exact, half_up, to_scale
from qipan.assessment.text import Text

REASONS = ("not_seen", "refused", "lost", "disputed")
"""Why an outcome is missing; `na` (not applicable) is not missing, it leaves the denominator."""


class OutcomeError(ValueError):
    """A raw outcome that the item's value rule cannot read; its text says what can be written instead."""

    def __init__(self, outcome: str, wanted: Text) -> None:
        super().__init__(f"{outcome!r} is not an outcome of this item; {wanted.en}")
        self.outcome = outcome
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Worth:
    """What one outcome is worth: value on `SCALE`, num / den as counts for pooled rates (num on `SCALE`), faults.

    `excluded` is an answer that leaves the denominator, such as "cannot say" in a survey.
    """

    value: int
    num: int
    den: int
    faults: int
    excluded: bool = False

    @classmethod
    def of(cls, value: int) -> Worth:
        """Return the worth of a plain value: one case, a fault when it is less than full."""
        return cls(value, value, 1, 0 if value >= SCALE else 1)


EXCLUDED = Worth(0, 0, 0, 0, excluded=True)
FULL = Worth.of(SCALE)
NOTHING = Worth.of(0)


def percent(value: Fraction) -> str:
    """Return a share as a percentage with at most two decimals, no trailing zeros."""
    shown = half_up(value.numerator * 10_000, value.denominator)
    return f"{shown / 100:.2f}".rstrip("0").rstrip(".") + "%"


def plain(value: Fraction) -> str:
    """Return a number as people write it: whole, decimal, or a fraction where a decimal would not end."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return f"{float(value):.6f}".rstrip("0").rstrip(".") if rest == 1 else f"{value.numerator}/{value.denominator}"


# --- values: one outcome of one item -> 0..1 --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PassFail:
    """`pass` is worth 1, `fail` 0."""

    kind: ClassVar[str] = "pass_fail"
    schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"kind": {"const": "pass_fail"}}}

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        if outcome == "pass":
            return FULL
        if outcome == "fail":
            return NOTHING
        raise OutcomeError(outcome, self.wanted())

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填 pass（符合）或 fail（不符合）", "write pass or fail")

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("符合得满分，不符合不得分", "complies = full, does not comply = nothing")


@dataclass(frozen=True, slots=True)
class GradedScale:
    """A grade is worth what the table says: A 1, B 0.66, …"""

    kind: ClassVar[str] = "graded_scale"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"kind": {"const": "graded_scale"}, "values": {"$ref": "#/$defs/grades"}},
    }
    values: Mapping[str, Fraction]
    table: Mapping[str, Worth] = field(repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", {g: Worth.of(to_scale(v)) for g, v in self.values.items()})

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        found = self.table.get(outcome)
        if found is None:
            raise OutcomeError(outcome, self.wanted())
        return found

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text(f"可填等级 {'、'.join(self.values)}", f"write a grade: {', '.join(self.values)}")

    def sentence(self) -> Text:
        """Say the rule in words."""
        pairs = [f"{grade} = {plain(value)}" for grade, value in self.values.items()]
        return Text("按等级计：" + "，".join(pairs), "by grade: " + ", ".join(pairs))


@dataclass(frozen=True, slots=True)
class OptionValues:
    """An answer of a questionnaire is worth what the table says; excluded options leave the denominator."""

    kind: ClassVar[str] = "option_values"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "option_values"},
            "values": {"$ref": "#/$defs/grades"},
            "excluded": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["values"],
    }
    values: Mapping[str, Fraction]
    excluded: tuple[str, ...] = ()
    table: Mapping[str, Worth] = field(repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        table = {o: Worth.of(to_scale(v)) for o, v in self.values.items()}
        object.__setattr__(self, "table", table | dict.fromkeys(self.excluded, EXCLUDED))

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        found = self.table.get(outcome)
        if found is None:
            raise OutcomeError(outcome, self.wanted())
        return found

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text(f"可填选项 {'、'.join(self.table)}", f"write an option: {', '.join(self.table)}")

    def sentence(self) -> Text:
        """Say the rule in words."""
        pairs = [f"{option} = {plain(value)}" for option, value in self.values.items()]
        zh, en = "按选项计：" + "，".join(pairs), "by answer: " + ", ".join(pairs)
        if self.excluded:
            zh += f"；{'、'.join(self.excluded)} 不计入分母"
            en += f"; {', '.join(self.excluded)} left out of the denominator"
        return Text(zh, en)


def _number(outcome: str, wanted: Text) -> Fraction:
    try:
        return exact(outcome)
    except ValueError:
        raise OutcomeError(outcome, wanted) from None


Comparison = Literal["at_least", "above", "at_most", "below"]
COMPARISONS: tuple[Comparison, ...] = ("at_least", "above", "at_most", "below")
_SIGNS: dict[str, str] = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


def holds(comparison: Comparison, num: int, den: int, bound: Fraction) -> bool:
    """Return whether num/den meets the bound, by integer cross-multiplication; den > 0."""
    left, right = num * bound.denominator, bound.numerator * den
    match comparison:
        case "at_least":
            return left >= right
        case "above":
            return left > right
        case "at_most":
            return left <= right
        case "below":
            return left < right


@dataclass(frozen=True, slots=True)
class CountThreshold:
    """A number is worth 1 when it meets the bound, else 0, or (partial) its proportion of the bound."""

    kind: ClassVar[str] = "count_threshold"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "count_threshold"},
            "at_least": {"$ref": "#/$defs/number"},
            "at_most": {"$ref": "#/$defs/number"},
            "strict": {"type": "boolean"},
            "partial": {"type": "boolean"},
        },
        "oneOf": [{"required": ["at_least"]}, {"required": ["at_most"]}],
    }
    comparison: Comparison
    bound: Fraction
    partial: bool = False

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth; a partial value is rounded half up on `SCALE`."""
        number = _number(outcome, self.wanted())
        if holds(self.comparison, number.numerator, number.denominator, self.bound):
            return FULL
        if self.partial and number >= 0 and self.bound > 0:
            return Worth.of(min(SCALE, to_scale(number / self.bound)))
        return NOTHING

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填数字", "write a number")

    def sentence(self) -> Text:
        """Say the rule in words."""
        sign = f"{_SIGNS[self.comparison]} {plain(self.bound)}"
        if self.partial:
            return Text(f"{sign} 得满分，不足按比例", f"full when {sign}, in proportion below")
        return Text(f"{sign} 得满分，否则不得分", f"full when {sign}, otherwise nothing")


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a band table: the bound, the value it gives, and the grade's name where it has one."""

    comparison: Comparison
    bound: Fraction
    value: Fraction
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """A table of bands: the first whose bound is met gives its value, otherwise the last value."""

    bands: tuple[Band, ...]
    otherwise: Fraction
    otherwise_grade: str = ""

    def find(self, num: int, den: int) -> tuple[Fraction, str, Band | None]:
        """Return the value, the grade and the band that num/den falls into; den > 0."""
        for band in self.bands:
            if holds(band.comparison, num, den, band.bound):
                return band.value, band.grade, band
        return self.otherwise, self.otherwise_grade, None

    def words(self, show: Callable[[Fraction], str]) -> tuple[list[str], str]:
        """Return each band as "≥ 85% A = 1", and the last value."""
        lines = [
            f"{_SIGNS[b.comparison]} {show(b.bound)} {b.grade + ' = ' if b.grade else '= '}{plain(b.value)}"
            for b in self.bands
        ]
        last = f"{self.otherwise_grade + ' = ' if self.otherwise_grade else ''}{plain(self.otherwise)}"
        return lines, last


@dataclass(frozen=True, slots=True)
class NumberBands:
    """A declared or measured number falls into a band, which gives the value."""

    kind: ClassVar[str] = "number_bands"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "number_bands"},
            "bands": {"$ref": "#/$defs/bands"},
            "otherwise": {"$ref": "#/$defs/value"},
        },
        "required": ["bands", "otherwise"],
    }
    bands: Bands

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        number = _number(outcome, self.wanted())
        return Worth.of(to_scale(self.bands.find(number.numerator, number.denominator)[0]))

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填数字", "write a number")

    def sentence(self) -> Text:
        """Say the rule in words."""
        lines, last = self.bands.words(plain)
        return Text(f"按数值分档：{'，'.join(lines)}，其余 {last}", f"by bands: {', '.join(lines)}, otherwise {last}")


@dataclass(frozen=True, slots=True)
class TargetDistance:
    """A number is worth how far it has come from `zero_at` (worth 0) to `target` (worth 1)."""

    kind: ClassVar[str] = "target_distance"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "target_distance"},
            "target": {"$ref": "#/$defs/number"},
            "zero_at": {"$ref": "#/$defs/number"},
        },
        "required": ["target", "zero_at"],
    }
    target: Fraction
    zero_at: Fraction

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth, rounded half up on `SCALE`, never below 0 or above 1."""
        number = _number(outcome, self.wanted())
        way = (number - self.zero_at) / (self.target - self.zero_at)
        return Worth.of(to_scale(min(Fraction(1), max(Fraction(0), way))))

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填数字", "write a number")

    def sentence(self) -> Text:
        """Say the rule in words."""
        zero, full = plain(self.zero_at), plain(self.target)
        return Text(
            f"达到 {full} 得满分，{zero} 不得分，其间按比例", f"full at {full}, nothing at {zero}, linear between"
        )


@dataclass(frozen=True, slots=True)
class Share:
    """An outcome "k of n" is worth k/n; a pooled rate adds up the k and the n of all clusters."""

    kind: ClassVar[str] = "share"
    schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"kind": {"const": "share"}}}

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth; the value is rounded half up on `SCALE`, the counts are exact."""
        if outcome == "pass":
            return FULL
        if outcome == "fail":
            return NOTHING
        left, of, right = outcome.partition(" of ")
        if not of or not left.strip().isdecimal() or not right.strip().isdecimal():
            raise OutcomeError(outcome, self.wanted())
        k, n = int(left), int(right)
        if k > n or not 0 < n < 10**6:
            raise OutcomeError(outcome, self.wanted())
        return Worth(half_up(k * SCALE, n), k * SCALE, n, n - k)

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填“k of n”，如 18 of 20", "write k of n, such as 18 of 20")

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("n 次中有 k 次符合，计 k/n", "k of n comply = k/n")


@dataclass(frozen=True, slots=True)
class FaultCount:
    """The outcome is a number of faults; none is full. For deductions per fault."""

    kind: ClassVar[str] = "fault_count"
    schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"kind": {"const": "fault_count"}}}

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        if outcome == "pass":
            return FULL
        if outcome == "fail":
            return NOTHING
        if not outcome.isdecimal() or len(outcome) > 6:
            raise OutcomeError(outcome, self.wanted())
        faults = int(outcome)
        return FULL if not faults else Worth(0, 0, 1, faults)

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填问题数量（0、1、2…）", "write the number of faults (0, 1, 2, …)")

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("记录问题数量，0 为符合", "the number of faults; 0 complies")


Value = PassFail | GradedScale | OptionValues | CountThreshold | NumberBands | TargetDistance | Share | FaultCount

# --- site rules: the items at one cluster -> one reading --------------------------------------------------------------


@dataclass(slots=True)
class Sums:
    """What the items of one reading add up to (all integers, so that a changed item is a subtraction and an addition).

    value: Σ weight × value; weight: Σ weight of what has an outcome; num, den: counts for pooled rates (num on
    `SCALE`); faults; unknown: Σ weight of what is missing.
    """

    value: int = 0
    weight: int = 0
    num: int = 0
    den: int = 0
    faults: int = 0
    unknown: int = 0

    def at_worst(self) -> Sums:
        """Return the sums with everything missing as 0."""
        u = self.unknown
        return Sums(self.value, self.weight + u, self.num, self.den + u, self.faults + u, 0)

    def at_best(self) -> Sums:
        """Return the sums with everything missing as full."""
        u = self.unknown
        return Sums(self.value + u * SCALE, self.weight + u, self.num + u * SCALE, self.den + u, self.faults, 0)


@dataclass(frozen=True, slots=True)
class ChecklistSum:
    """y = Σ weight × value / Σ weight over the applicable items."""

    kind: ClassVar[str] = "checklist_sum"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "checklist_sum"},
            "weights": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        },
    }
    weights: Mapping[str, int] = field(default_factory=dict)

    def y(self, value: int, weight: int, num: int, den: int, faults: int) -> int:
        """Return the reading on `SCALE`, rounded half up; weight > 0."""
        return (2 * value + weight) // (2 * weight)

    def sentence(self) -> Text:
        """Say the rule in words."""
        if self.weights:
            pairs = [f"{key} × {weight}" for key, weight in self.weights.items()]
            return Text(
                f"每处按适用项加权平均（{'，'.join(pairs)}）",
                f"each site: weighted mean of its items ({', '.join(pairs)})",
            )
        return Text("每处按适用项中符合的占比计", "each site: share of its applicable items that comply")


@dataclass(frozen=True, slots=True)
class AllOf:
    """y = 1 when every applicable item is full, else 0."""

    kind: ClassVar[str] = "all_of"
    schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"kind": {"const": "all_of"}}}

    def y(self, value: int, weight: int, num: int, den: int, faults: int) -> int:
        """Return the reading on `SCALE`."""
        return SCALE if value == weight * SCALE else 0

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("每处全部适用项符合才算符合", "each site: complies only when every applicable item does")


@dataclass(frozen=True, slots=True)
class NOf:
    """y = 1 when at least `need` of `of` pass; other sample sizes are held to the same proportion."""

    kind: ClassVar[str] = "n_of"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "n_of"},
            "need": {"type": "integer", "minimum": 1},
            "of": {"type": "integer", "minimum": 1},
        },
        "required": ["need", "of"],
    }
    need: int
    of: int

    def y(self, value: int, weight: int, num: int, den: int, faults: int) -> int:
        """Return the reading on `SCALE`."""
        return SCALE if num * self.of >= self.need * SCALE * den else 0

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text(
            f"每处 {self.of} 次中至少 {self.need} 次符合", f"each site: at least {self.need} of {self.of} comply"
        )


@dataclass(frozen=True, slots=True)
class Deduction:
    """y = 1 less `each` per fault, no more than `cap` in all, never below `floor`."""

    kind: ClassVar[str] = "deduction"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "deduction"},
            "each": {"$ref": "#/$defs/number"},
            "cap": {"$ref": "#/$defs/number"},
            "floor": {"$ref": "#/$defs/number"},
        },
        "required": ["each"],
    }
    each: Fraction
    cap: Fraction = Fraction(1)
    floor: Fraction = Fraction(0)

    def y(self, value: int, weight: int, num: int, den: int, faults: int) -> int:
        """Return the reading on `SCALE`, rounded half up."""
        each = self.each
        off = min(half_up(faults * each.numerator * SCALE, each.denominator), to_scale(self.cap))
        return max(SCALE - off, to_scale(self.floor))

    def sentence(self) -> Text:
        """Say the rule in words."""
        zh, en = f"每处每个问题扣 {percent(self.each)}", f"each site: {percent(self.each)} off per fault"
        if self.cap < 1:
            zh += f"，最多扣 {percent(self.cap)}"
            en += f", at most {percent(self.cap)}"
        if self.floor:
            zh += f"，最低 {percent(self.floor)}"
            en += f", never below {percent(self.floor)}"
        return Text(zh, en)


SiteRule = ChecklistSum | AllOf | NOf | Deduction

# --- joins: the readings of all clusters -> a share -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """How readings make a share: the mean of all sites, the mean over site types, or a rate pooled over clusters.

    `min_sample` is the least number of cases (clusters; answers, for a pooled rate) for a share to count; with fewer
    the check is "too few", which is not assessed.
    """

    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"enum": ["mean", "mean_over_types", "pooled_rate"]},
            "min_sample": {"type": "integer", "minimum": 1},
        },
    }
    kind: Literal["mean", "mean_over_types", "pooled_rate"]
    min_sample: int = 0

    def sentence(self) -> Text:
        """Say the rule in words."""
        words = {
            "mean": Text("各处读数取平均", "the mean of all readings"),
            "mean_over_types": Text(
                "先按点位类型取平均，再对各类型取平均", "the mean within each site type, then over the types"
            ),
            "pooled_rate": Text("全部合并计算比率", "one rate over all cases"),
        }[self.kind]
        if not self.min_sample:
            return words
        return Text(f"{words.zh}，样本至少 {self.min_sample}", f"{words.en}, of at least {self.min_sample} cases")


# --- points rules: a share -> a share of the points -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linear:
    """Points in proportion, from nothing at `start` to full at `end`."""

    kind: ClassVar[str] = "linear"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "linear"},
            "from": {"$ref": "#/$defs/number"},
            "to": {"$ref": "#/$defs/number"},
        },
    }
    start: Fraction = Fraction(0)
    end: Fraction = Fraction(1)

    def points(self, num: int, den: int, possible: int) -> int:
        """Return the micro-points of a share num/den, rounded half up; den > 0."""
        if self.start == 0 and self.end == 1:
            return half_up(num * possible, den)
        way = (Fraction(num, den) - self.start) / (self.end - self.start)
        way = min(Fraction(1), max(Fraction(0), way))
        return half_up(way.numerator * possible, way.denominator)

    def sentence(self) -> Text:
        """Say the rule in words."""
        if self.start == 0 and self.end == 1:
            return Text("按占比得分", "points in proportion")
        low, high = percent(self.start), percent(self.end)
        return Text(f"{low} 不得分，{high} 得满分，其间按比例", f"nothing at {low}, full at {high}, linear between")


@dataclass(frozen=True, slots=True)
class Banded:
    """Points by bands of the share."""

    kind: ClassVar[str] = "banded"
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "kind": {"const": "banded"},
            "bands": {"$ref": "#/$defs/bands"},
            "otherwise": {"$ref": "#/$defs/value"},
        },
        "required": ["bands", "otherwise"],
    }
    bands: Bands

    def points(self, num: int, den: int, possible: int) -> int:
        """Return the micro-points of a share num/den, rounded half up; den > 0."""
        value = self.bands.find(num, den)[0]
        return half_up(value.numerator * possible, value.denominator)

    def sentence(self) -> Text:
        """Say the rule in words."""
        lines, last = self.bands.words(percent)
        return Text(f"按占比分档：{'，'.join(lines)}，其余 {last}", f"by bands: {', '.join(lines)}, otherwise {last}")


PointsRule = Linear | Banded

# --- reading rules from data ------------------------------------------------------------------------------------------

Grades = Mapping[str, Fraction]
VALUE_KINDS: tuple[type[Value], ...] = (
    PassFail,
    GradedScale,
    OptionValues,
    CountThreshold,
    NumberBands,
    TargetDistance,
    Share,
    FaultCount,
)
SITE_KINDS: tuple[type[SiteRule], ...] = (ChecklistSum, AllOf, NOf, Deduction)
POINTS_KINDS: tuple[type[PointsRule], ...] = (Linear, Banded)


def grade_table(fields: Fields, key: str) -> dict[str, Fraction]:
    """Read a table of grade or option -> value between 0 and 1."""
    table: dict[str, Fraction] = {}
    below = fields.below(key)
    if below is None:
        return table
    for name in below.data:
        number = below.number(str(name) if not isinstance(name, str) else name, required=True, low=0, high=1)
        if number is not None:
            table[str(name)] = number
    return table


def _graded(fields: Fields, key: str, grades: Grades) -> tuple[Fraction, str]:
    """Read a value that is a number between 0 and 1 or the name of a grade."""
    word = fields.word(key) if isinstance(fields.data.get(key), str) else ""
    if word in grades:
        return grades[word], word
    number = fields.number(key, required=True, low=0, high=1)
    return number if number is not None else Fraction(0), ""


def _bands(fields: Fields, grades: Grades) -> Bands:
    bands: list[Band] = []
    for below in fields.each("bands"):
        named = [c for c in COMPARISONS if below.has(c)]
        if len(named) != 1:
            below.report(
                Text("每档须写且只写一个界限", "each band has exactly one bound"),
                Text("可用 at_least、above、at_most、below", "use one of at_least, above, at_most, below"),
            )
            continue
        bound = below.number(named[0], required=True, low=None)
        value, grade = _graded(below, "value", grades)
        below.done()
        if bound is not None:
            bands.append(Band(named[0], bound, value, grade))
    if not bands:
        fields.report(Text("至少要有一档", "at least one band is needed"))
    rising = {"at_least", "above"}
    for one, two in pairwise(bands):
        same = (one.comparison in rising) == (two.comparison in rising)
        if same and (two.bound >= one.bound if one.comparison in rising else two.bound <= one.bound):
            fields.report(
                Text("档次顺序不对，后一档永远不会用到", "the bands are out of order: a later one can never apply"),
                Text("从最严到最宽排列", "order them from the strictest to the loosest"),
                at=("bands",),
            )
            break
    otherwise, grade = _graded(fields, "otherwise", grades)
    return Bands(tuple(bands), otherwise, grade)


def read_value(fields: Fields, grades: Grades) -> Value:
    """Read a value rule."""
    kind = fields.choice("kind", [k.kind for k in VALUE_KINDS])
    value: Value = PassFail()
    match kind:
        case "graded_scale":
            table = grade_table(fields, "values") or dict(grades)
            if not table:
                fields.report(
                    Text("没有等级分值", "no grade values"), Text("在包头写 grades", "give `grades` in the pack")
                )
            value = GradedScale(table)
        case "option_values":
            value = OptionValues(grade_table(fields, "values"), fields.words("excluded"))
            if not value.values:
                fields.report(Text("没有选项分值", "no option values"))
        case "count_threshold":
            strict, partial = fields.flag("strict"), fields.flag("partial")
            at_least, at_most = fields.number("at_least", low=None), fields.number("at_most", low=None)
            if (at_least is None) == (at_most is None):
                fields.report(Text("写 at_least 或 at_most 之一", "give either at_least or at_most"))
            if at_least is not None:
                value = CountThreshold("above" if strict else "at_least", at_least, partial)
            elif at_most is not None:
                if partial:
                    fields.report(Text("上限不能按比例", "`partial` goes with at_least only"), at=("partial",))
                value = CountThreshold("below" if strict else "at_most", at_most)
        case "number_bands":
            value = NumberBands(_bands(fields, grades))
        case "target_distance":
            target = fields.number("target", required=True, low=None)
            zero = fields.number("zero_at", required=True, low=None)
            if target is not None and zero is not None:
                if target == zero:
                    fields.report(Text("两个值不能相同", "target and zero_at must differ"))
                else:
                    value = TargetDistance(target, zero)
        case "share":
            value = Share()
        case "fault_count":
            value = FaultCount()
    fields.done()
    return value


def read_site_rule(fields: Fields | None) -> SiteRule:
    """Read a site rule; the default is the checklist sum."""
    if fields is None:
        return ChecklistSum()
    kind = fields.choice("kind", [k.kind for k in SITE_KINDS])
    rule: SiteRule = ChecklistSum()
    match kind:
        case "checklist_sum":
            weights: dict[str, int] = {}
            below = fields.below("weights")
            if below is not None:
                for name in below.data:
                    weight = below.whole(str(name), low=1, high=1000)
                    if weight is not None:
                        weights[str(name)] = weight
            rule = ChecklistSum(weights)
        case "all_of":
            rule = AllOf()
        case "n_of":
            need, of = fields.whole("need", low=1), fields.whole("of", low=1)
            if need is None or of is None or need > of:
                fields.report(Text("need 与 of 不合理", "need and of must be given, need not above of"))
            else:
                rule = NOf(need, of)
        case "deduction":
            each = fields.number("each", required=True, low=0, high=1)
            cap = fields.number("cap", 1, low=0, high=1)
            floor = fields.number("floor", 0, low=0, high=1)
            if each is not None and cap is not None and floor is not None:
                rule = Deduction(each, cap, floor)
    fields.done()
    return rule


def read_join(fields: Fields | None, default: Literal["mean", "mean_over_types", "pooled_rate"]) -> Join:
    """Read a join."""
    if fields is None:
        return Join(default)
    kind = fields.choice("kind", ["mean", "mean_over_types", "pooled_rate"], default)
    least = fields.whole("min_sample", 0, low=0) or 0
    fields.basis()
    fields.done()
    for known in ("mean", "mean_over_types", "pooled_rate"):
        if kind == known:
            return Join(known, least)
    return Join(default, least)


def read_points_rule(fields: Fields | None, grades: Grades) -> PointsRule:
    """Read a points rule; the default is linear."""
    if fields is None:
        return Linear()
    kind = fields.choice("kind", [k.kind for k in POINTS_KINDS])
    fields.basis()
    rule: PointsRule = Linear()
    if kind == "banded":
        rule = Banded(_bands(fields, grades))
    else:
        start, end = fields.number("from", 0, low=0, high=1), fields.number("to", 1, low=0, high=1)
        if start is not None and end is not None:
            if start >= end:
                fields.report(Text("from 须小于 to", "from must be below to"))
            else:
                rule = Linear(start, end)
    fields.done()
    return rule
