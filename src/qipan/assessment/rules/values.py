"""Value rules: one outcome of one item is worth something between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from qipan.assessment.rules.bands import SIGNS, Bands, Comparison, holds
from qipan.assessment.rules.worth import EXCLUDED, FULL, NOTHING, OutcomeError, Worth, plain
from qipan.assessment.scale import SCALE, exact, half_up, to_scale
from qipan.assessment.text import Text

MOST = 10**6
"""More cases or faults than one outcome can name; what is missing may hide that many, so the worst case counts them."""


@dataclass(frozen=True, slots=True)
class PassFail:
    """`pass` is worth 1, `fail` 0."""

    kind: ClassVar[str] = "pass_fail"
    most_faults: ClassVar[int] = 1

    def worth(self, outcome: str) -> Worth:
        """Return what an outcome is worth."""
        if outcome == "pass":
            return FULL
        if outcome == "fail":
            return NOTHING
        raise OutcomeError(outcome, self.wanted())

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填pass（符合）或fail（不符合）", "write pass or fail")

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("符合得满分，不符合不得分", "complies = full, does not comply = nothing")


@dataclass(frozen=True, slots=True)
class GradedScale:
    """A grade is worth what the table says: A 1, B 0.66, …"""

    kind: ClassVar[str] = "graded_scale"
    most_faults: ClassVar[int] = 1
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
        return Text(f"可填等级{'、'.join(self.values)}", f"write a grade: {', '.join(self.values)}")

    def sentence(self) -> Text:
        """Say the rule in words."""
        pairs = [f"{grade} = {plain(value)}" for grade, value in self.values.items()]
        return Text("按等级计：" + "，".join(pairs), "by grade: " + ", ".join(pairs))


@dataclass(frozen=True, slots=True)
class OptionValues:
    """An answer of a questionnaire is worth what the table says; excluded options leave the denominator."""

    kind: ClassVar[str] = "option_values"
    most_faults: ClassVar[int] = 1
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
        return Text(f"可填选项{'、'.join(self.table)}", f"write an option: {', '.join(self.table)}")

    def sentence(self, words: Mapping[str, Text] | None = None) -> Text:
        """Say the rule in words; with the words of the answers where they are known, else by their codes."""

        def said(option: str) -> Text:
            return (words or {}).get(option) or Text(option, option)

        pairs = [(said(option), plain(value)) for option, value in self.values.items()]
        zh = "按选项计：" + "，".join(f"{name.zh}={worth}" for name, worth in pairs)
        en = "by answer: " + ", ".join(f"{name.en} = {worth}" for name, worth in pairs)
        if self.excluded:
            left = [said(option) for option in self.excluded]
            zh += f"；{'、'.join(name.zh for name in left)}不计入分母"
            en += f"; {', '.join(name.en for name in left)} left out of the denominator"
        return Text(zh, en)


def _number(outcome: str, wanted: Text) -> Fraction:
    try:
        return exact(outcome)
    except ValueError:
        raise OutcomeError(outcome, wanted) from None


@dataclass(frozen=True, slots=True)
class CountThreshold:
    """A number is worth 1 when it meets the bound, else 0, or (partial) its proportion of the bound."""

    kind: ClassVar[str] = "count_threshold"
    most_faults: ClassVar[int] = 1
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
        sign = f"{SIGNS[self.comparison]} {plain(self.bound)}"
        if self.partial:
            return Text(f"{sign}得满分，不足按比例", f"full when {sign}, in proportion below")
        return Text(f"{sign}得满分，否则不得分", f"full when {sign}, otherwise nothing")


@dataclass(frozen=True, slots=True)
class NumberBands:
    """A declared or measured number falls into a band, which gives the value."""

    kind: ClassVar[str] = "number_bands"
    most_faults: ClassVar[int] = 1
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
        return Text(f"按数值分档：{'，'.join(lines)}，其余{last}", f"by bands: {', '.join(lines)}, otherwise {last}")


@dataclass(frozen=True, slots=True)
class TargetDistance:
    """A number is worth how far it has come from `zero_at` (worth 0) to `target` (worth 1)."""

    kind: ClassVar[str] = "target_distance"
    most_faults: ClassVar[int] = 1
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
        return Text(f"达到{full}得满分，{zero}不得分，其间按比例", f"full at {full}, nothing at {zero}, linear between")


@dataclass(frozen=True, slots=True)
class Share:
    """An outcome "k of n" is worth k/n; a pooled rate adds up the k and the n of all clusters."""

    kind: ClassVar[str] = "share"
    most_faults: ClassVar[int] = MOST

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
        if k > n or not 0 < n < MOST:
            raise OutcomeError(outcome, self.wanted())
        return Worth(half_up(k * SCALE, n), k * SCALE, n, n - k)

    def wanted(self) -> Text:
        """Say which outcomes can be written."""
        return Text("可填“k of n”，如18 of 20", "write k of n, such as 18 of 20")

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text("n次中有k次符合，计k/n", "k of n comply = k/n")


@dataclass(frozen=True, slots=True)
class FaultCount:
    """The outcome is a number of faults; none is full. For deductions per fault."""

    kind: ClassVar[str] = "fault_count"
    most_faults: ClassVar[int] = MOST

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
        return Text("记录问题数量，0为符合", "the number of faults; 0 complies")


Value = PassFail | GradedScale | OptionValues | CountThreshold | NumberBands | TargetDistance | Share | FaultCount

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
