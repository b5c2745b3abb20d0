"""A standard as a value: the tree of nodes, their checks, and everything that its pack says about points.

`Standard.from_data` reads plain data (parsed YAML, JSON or a workbook) and refuses it with every problem found, each
with the path that leads to it. A standard knows nothing of counties, ledgers or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

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
    Missing,
    NegativeEvent,
    Node,
    NotApplicable,
    Repeat,
    Side,
    Stratum,
    SubStandard,
)
from qipan.assessment.standard_reading import StandardReading, content_hash
from qipan.assessment.text import Basis, InputError, Text


@dataclass(frozen=True, slots=True)
class Standard:
    """One edition of a standard. Immutable; `hash` names its content."""

    id: str
    edition: Text
    title: Text
    short: Text
    jurisdiction: Text
    honour: str
    source: Text
    completeness: Completeness
    cycle: tuple[Fraction, ...]
    cycle_basis: Basis | None
    total: Fraction
    weighting: Literal["shares", "points"]
    shares: tuple[MethodShare, ...]
    weights_basis: Basis | None
    grades: Mapping[str, Fraction]
    grades_basis: Basis | None
    cut: Cut | None
    decimals: int
    display: Display
    native: bool
    aliases: Mapping[str, str]
    strata: Mapping[str, Stratum]
    sub_standards: tuple[SubStandard, ...]
    gates: tuple[Gate, ...]
    bonuses: tuple[Bonus, ...]
    negative: tuple[NegativeEvent, ...]
    nodes: Mapping[str, Node]
    hash: str = field(compare=False)

    @classmethod
    def from_data(cls, data: object) -> Standard:
        """Read a standard from plain data.

        Raises:
            InputError: with every problem found; nothing is half-read.
        """
        return StandardReading(data).standard(cls)

    @property
    def roots(self) -> tuple[Node, ...]:
        """The top-level nodes: the sections."""
        return tuple(node for node in self.nodes.values() if not node.parent)

    def checks(self) -> Iterator[Check]:
        """Yield every check in the order of the tree."""
        for node in self.nodes.values():
            yield from node.checks

    def side_of(self, check: Check) -> tuple[Side, bool]:
        """Return hardware or software, and whether that is inferred because the text is silent.

        A node's own mark counts, else the nearest marked ancestor's; silent, a site inspection looks at hardware and
        every other method at software.
        """
        code = check.code
        while code:
            node = self.nodes[code]
            if node.side:
                return node.side, False
            code = node.parent
        return ("hardware" if check.method == "site_inspection" else "software"), True


__all__ = [
    "FORMAT", "METHODS", "ONE_THING", "UNSTRATIFIED", "Bonus", "Check", "Completeness", "Cut", "Display", "Gate",
    "InputError", "Item", "MethodShare", "Missing", "NegativeEvent", "Node", "NotApplicable", "Repeat", "Side",
    "Standard", "Stratum", "SubStandard", "content_hash",
]  # fmt: skip
