"""Joins: the readings of all clusters make a share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qipan.assessment.text import Text


@dataclass(frozen=True, slots=True)
class Join:
    """How readings make a share: the mean of all sites, the mean over site types, or a rate pooled over clusters.

    `min_sample` is the least number of cases (clusters; answers, for a pooled rate) for a share to count; with fewer
    the check is "too few", which is not assessed.
    """

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
        return Text(f"{words.zh}，样本至少{self.min_sample}", f"{words.en}, of at least {self.min_sample} cases")
