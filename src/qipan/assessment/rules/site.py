"""Site rules: the items at one cluster make one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from qipan.assessment.rules.worth import percent
from qipan.assessment.scale import SCALE, half_up, to_scale
from qipan.assessment.text import Text


@dataclass(frozen=True, slots=True)
class ChecklistSum:
    """y = Σ weight × value / Σ weight over the applicable items."""

    kind: ClassVar[str] = "checklist_sum"
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
    need: int
    of: int

    def y(self, value: int, weight: int, num: int, den: int, faults: int) -> int:
        """Return the reading on `SCALE`."""
        return SCALE if num * self.of >= self.need * SCALE * den else 0

    def sentence(self) -> Text:
        """Say the rule in words."""
        return Text(f"每处{self.of}次中至少{self.need}次符合", f"each site: at least {self.need} of {self.of} comply")


@dataclass(frozen=True, slots=True)
class Deduction:
    """y = 1 less `each` per fault, no more than `cap` in all, never below `floor`."""

    kind: ClassVar[str] = "deduction"
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
        zh, en = f"每处每个问题扣{percent(self.each)}", f"each site: {percent(self.each)} off per fault"
        if self.cap < 1:
            zh += f"，最多扣{percent(self.cap)}"
            en += f", at most {percent(self.cap)}"
        if self.floor:
            zh += f"，最低{percent(self.floor)}"
            en += f", never below {percent(self.floor)}"
        return Text(zh, en)


SiteRule = ChecklistSum | AllOf | NOf | Deduction
SITE_KINDS: tuple[type[SiteRule], ...] = (ChecklistSum, AllOf, NOf, Deduction)
