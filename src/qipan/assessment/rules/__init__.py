"""The closed set of grading rules: typed primitives on integers.

A check grades in four steps, each a primitive of its own:

* a **value** turns the raw outcome of one item into a value between 0 and 1,
* a **site rule** makes one reading of the items at one cluster,
* a **join** makes a share of the readings of all clusters,
* a **points rule** turns the share into a share of the check's points.

Comparisons are by integer cross-multiplication, so a bound is met exactly or not at all. `docs/scoring.md` works each
primitive by hand; the rules that act on nodes (cap, gate, bonus, negative list) are in `qipan.assessment.scorecard`.
"""

from __future__ import annotations

from qipan.assessment.rules.bands import COMPARISONS, SIGNS, Band, Bands, Comparison, holds
from qipan.assessment.rules.join import Join
from qipan.assessment.rules.parse import Grades, grade_table, read_join, read_points_rule, read_site_rule, read_value
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
from qipan.assessment.rules.worth import EXCLUDED, FULL, NOTHING, REASONS, OutcomeError, Worth, percent, plain

__all__ = [
    "COMPARISONS",
    "EXCLUDED",
    "FULL",
    "NOTHING",
    "POINTS_KINDS",
    "REASONS",
    "SIGNS",
    "SITE_KINDS",
    "VALUE_KINDS",
    "AllOf",
    "Band",
    "Banded",
    "Bands",
    "ChecklistSum",
    "Comparison",
    "CountThreshold",
    "Deduction",
    "FaultCount",
    "GradedScale",
    "Grades",
    "Join",
    "Linear",
    "NOf",
    "NumberBands",
    "OptionValues",
    "OutcomeError",
    "PassFail",
    "PointsRule",
    "Share",
    "SiteRule",
    "TargetDistance",
    "Value",
    "Worth",
    "grade_table",
    "holds",
    "percent",
    "plain",
    "read_join",
    "read_points_rule",
    "read_site_rule",
    "read_value",
]  # fmt: skip
