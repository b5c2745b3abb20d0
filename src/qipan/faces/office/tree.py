"""The standard as a tree of rows: one flat list in reading order, figures that add up from the leaves to the root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qipan.assessment.text import Text
from qipan.faces.office.bars import Segment, segments
from qipan.faces.office.figures import DECIMALS, Parts, printed_rows, printed_total, total


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the standard with its points in micro-points, and what it holds."""

    code: str
    title: Text
    parts: Parts
    url: str = ""
    children: tuple[Branch, ...] = ()
    note: Text = Text()
    """A few muted words after the title, such as the responsible unit."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row of the table."""

    branch: Branch
    parts: Parts
    depth: int
    expandable: bool
    open: bool
    folded: bool
    """Hidden until an ancestor is opened."""
    segments: tuple[Segment, ...]


def layout(branches: Sequence[Branch], *, open_to: int = 1, decimals: int = DECIMALS) -> tuple[TreeRow, ...]:
    """Flatten a forest into rows.

    Args:
        branches: the top of the standard.
        open_to: rows of this depth and above are visible at first (0: only the top).
        decimals: how many are printed.
    """
    rows: list[TreeRow] = []

    def walk(nodes: Sequence[Branch], shown: Sequence[Parts], depth: int) -> None:
        for node, parts in zip(nodes, shown, strict=True):
            rows.append(
                TreeRow(
                    node,
                    parts,
                    depth,
                    expandable=bool(node.children),
                    open=depth < open_to,
                    folded=depth > open_to,
                    segments=segments(node.parts, max(node.parts.possible, node.parts.earned)),
                )
            )
            if node.children:
                inner = [child.parts for child in node.children]
                # A cap takes points from the node and from none of its children; then they do not add up to it.
                whole = parts if total(inner) == node.parts else printed_total(total(inner), decimals)
                walk(node.children, printed_rows(inner, decimals, whole), depth + 1)

    walk(branches, printed_rows([branch.parts for branch in branches], decimals), 0)
    return tuple(rows)
