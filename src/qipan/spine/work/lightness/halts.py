"""Why a rule of lightness stops an act. No `WorkError`: no form answers it, one page for the whole product does."""

from __future__ import annotations

from collections.abc import Sequence

from qipan.assessment.text import Text
from qipan.spine.work.lightness.rules import Hit


class Halt(Exception):
    """An act that goes on only with grounds in writing, or not at all. Nothing was changed."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


class RuleBroken(Halt):
    """What is asked for breaks a guard rail; `short` when a reason was given and was none."""

    def __init__(self, hits: Sequence[Hit], *, short: bool = False) -> None:
        super().__init__(
            Text("内容触及创建工作底线规则，未发出。", "This breaks a guard rail; nothing was sent."),
        )
        self.hits = tuple(hits)
        self.short = short
