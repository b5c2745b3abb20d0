"""Why a rule of lightness stops an act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qipan.assessment.text import Text
from qipan.spine.work.lightness.grounds import Halt
from qipan.spine.work.lightness.rules import Hit


class RuleBroken(Halt):
    """What is asked for breaks a guard rail; `short` when a reason was given and was none."""

    def __init__(self, hits: Sequence[Hit], *, short: bool = False) -> None:
        super().__init__(Text("内容触及创建工作底线规则，未发出。", "This breaks a guard rail; nothing was sent."))
        self.hits = tuple(hits)
        self.short = short


@dataclass(frozen=True, slots=True)
class Overloaded:
    """A unit that would be asked more than the limit of the month: how much it was asked, and how much more it would be."""

    unit: Text
    code: str
    had: int
    more: int


class OverLimit(Halt):
    """Units would be asked more than the month's limit. `field` is what of the grounds is wrong, where some were given."""

    def __init__(self, units: Sequence[Overloaded], limit: int, month: str, *, field: str = "") -> None:
        super().__init__(
            Text("超出本月要求限额，未发出。", "This goes over the month's limit of requests; nothing was sent.")
        )
        self.units = tuple(units)
        self.limit = limit
        self.month = month
        self.field = field


@dataclass(frozen=True, slots=True)
class Filed:
    """What is on file: of which item, what it says, since when, and the observation."""

    title: Text
    outcome: str
    at: datetime
    uid: UUID


class OnFile(Halt):
    """The ledger has already what is asked for; it is answered by that."""

    def __init__(self, node: str, title: Text, filed: Sequence[Filed]) -> None:
        super().__init__(Text("台账中已有，不必再要。", "The ledger has it already; it need not be asked for."))
        self.node = node
        self.title = title
        self.filed = tuple(filed)


class Unempowered(Halt):
    """A village or community would lead something, and nobody says which power and means it has for it.

    `trade` is the department that holds the function, where one does; `field` is what of the grounds is missing.
    """

    def __init__(self, title: Text, unit: Text, trade: Text | None, *, field: str = "") -> None:
        super().__init__(
            Text("村、社区无权无物，未发出。", "A village or community needs power and means; nothing was sent.")
        )
        self.title = title
        self.unit = unit
        self.trade = trade
        self.field = field
