"""Reading rules from plain data, with every problem and its path."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from qipan.assessment.fields import Fields
from qipan.assessment.rules.bands import COMPARISONS, Band, Bands
from qipan.assessment.rules.join import Join
from qipan.assessment.rules.points import POINTS_KINDS, Banded, Linear, PointsRule
from qipan.assessment.rules.site import SITE_KINDS, AllOf, ChecklistSum, Deduction, NOf, SiteRule
from qipan.assessment.rules.values import (
    VALUE_KINDS,
    CountThreshold,
    FaultCount,
    GradedScale,
    NumberBands,
    OptionValues,
    PassFail,
    Share,
    TargetDistance,
    Value,
)
from qipan.assessment.text import Text

Grades = Mapping[str, Fraction]


def grade_table(fields: Fields, key: str) -> dict[str, Fraction]:
    """Read a table of grade or option -> value between 0 and 1."""
    table: dict[str, Fraction] = {}
    below = fields.below(key)
    if below is None:
        return table
    for name in below.data:
        number = below.number(name, required=True, low=0, high=1)
        if number is not None:
            table[name] = number
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
                    weight = below.whole(name, low=1, high=1000)
                    if weight is not None:
                        weights[name] = weight
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
