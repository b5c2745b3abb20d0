"""The whole book as a tree: what each node earned, lost and does not know, how far it is assessed, and whose it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from qipan.assessment.rulebook import BookNode, Line, Rulebook
from qipan.assessment.scorecard import Adjustment
from qipan.assessment.standard import Completeness, Standard
from qipan.assessment.text import Text
from qipan.overview.board import Sums
from qipan.overview.points import UNOWNED, Whose
from qipan.spine.scorecards.queries import Standing

State = Literal["assessed", "partly", "not_assessed", "not_applicable", "item", "no_criteria"]
"""As the scorecard says; besides, a criterion that is judged by a check above it, and a node without any criterion on
file."""

STATES: tuple[State, ...] = ("assessed", "partly", "not_assessed", "not_applicable", "item", "no_criteria")
Side = Literal["hardware", "software", "both", ""]


@dataclass(slots=True)
class TreeNode:
    """A node with its sums in micro-points; `owners` are those to whom its own checks' points fall, most first."""

    node: BookNode
    state: State
    side: Side = ""
    sums: Sums = field(default_factory=Sums)
    owners: tuple[Whose, ...] = ()
    judged_in: str = ""

    @property
    def key(self) -> str:
        """The key of the node in the book."""
        return self.node.key


@dataclass(frozen=True, slots=True)
class StandardTree:
    """The nodes in reading order, what a rule changed of the whole, and the total.

    With a side chosen the sums count that side's checks alone, and no rule on nodes changes them.
    """

    nodes: dict[str, TreeNode]
    roots: tuple[str, ...]
    whole: tuple[Adjustment, ...]
    total: Sums
    side: str = ""

    def walk(self, keys: Collection[str] | None = None) -> Iterator[tuple[TreeNode, int]]:
        """Yield nodes with their depth in reading order; of `keys` only, where they are given."""
        queue = [(key, 0) for key in reversed(self.roots)]
        while queue:
            key, depth = queue.pop()
            if keys is not None and key not in keys:
                continue
            found = self.nodes[key]
            yield found, depth
            queue.extend((child, depth + 1) for child in reversed(found.node.children))


def tree(now: Standing, side: str = "") -> StandardTree:
    """Return the tree of a campaign year's book.

    Args:
        now: where the year stands.
        side: hardware or software, to count that side's checks alone.
    """
    book, card = now.book, now.card
    nodes: dict[str, TreeNode] = {}
    for key, node in book.nodes.items():
        score = card.nodes[key]
        sums = Sums() if side else Sums(score.possible, score.earned, score.lost, score.unassessed)
        found = TreeNode(node, "no_criteria" if score.status == "no_checks" else score.status, sums=sums)
        if key in book.bare:
            # It carries points, and no check on file could earn them.
            found.state = "not_assessed"
        elif score.status == "no_checks":
            judge = judged_in(book, node)
            if judge:
                found.state, found.judged_in = "item", judge
        nodes[key] = found
    _add_sides(now, nodes, side)
    _add_owners(now, nodes)
    whole = () if side else tuple(change for change in card.adjustments if not change.node)
    total = Sums()
    for section in book.sections:
        sums = nodes[section.key].sums
        total.add(sums.possible, sums.earned, sums.lost, sums.unassessed)
    for change in whole:
        total.add(0, change.earned, change.lost, change.unassessed)
    return StandardTree(nodes, tuple(section.key for section in book.sections), whole, total, side)


def judging_line(book: Rulebook, node: BookNode) -> Line | None:
    """Return the check that looks at a node as one of its items, if there is one."""
    for line, _ in book.by_item.get(node.code, ()):
        if line.standard is node.standard:
            return line
    return None


def judged_in(book: Rulebook, node: BookNode) -> str:
    """Return the key of the node whose checks judge a node without any: by an item, else the nearest one above."""
    line = judging_line(book, node)
    if line is not None:
        return line.node
    return next((above.key for above in book.ancestors(node.parent) if above.lines), "")


def _add_sides(now: Standing, nodes: dict[str, TreeNode], side: str) -> None:
    """Write each node's side, and with a side chosen that side's sums, from the leaves up."""
    for found in sorted(nodes.values(), key=lambda one: -one.node.depth):
        for key in found.node.lines:
            line, score = now.book.lines[key], now.card.checks.get(key)
            found.side = line.side if found.side in {"", line.side} else "both"
            if side and line.side == side and score is not None:
                found.sums.add(score.possible, score.earned, score.lost, score.unassessed)
        above = nodes.get(found.node.parent)
        if above is None:
            continue
        if found.side:
            above.side = found.side if above.side in {"", found.side} else "both"
        if side:
            above.sums.add(found.sums.possible, found.sums.earned, found.sums.lost, found.sums.unassessed)


def _add_owners(now: Standing, nodes: dict[str, TreeNode]) -> None:
    carried: dict[str, dict[Whose, int]] = {}
    for part in now.parts:
        whose: Whose = UNOWNED if part.answer.unit is None else part.answer.unit
        found = carried.setdefault(part.node, {})
        found[whose] = found.get(whose, 0) + part.possible
    for key, shares in carried.items():
        nodes[key].owners = tuple(sorted(shares, key=lambda whose: -shares[whose]))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which nodes are wanted; an empty field is no condition."""

    words: str = ""
    state: str = ""
    side: str = ""
    losses: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.state or self.side or self.losses)


def folded(words: str) -> str:
    """Return words as they are compared: one width, one case (Ⅲ-9 and III-9 are the same)."""
    return unicodedata.normalize("NFKC", words).casefold().strip()


def matching(whole: StandardTree, chosen: Chosen) -> frozenset[str]:
    """Return the keys of the nodes that meet the conditions."""
    wanted = folded(chosen.words)
    found = set()
    for key, one in whole.nodes.items():
        if chosen.state and one.state != chosen.state:
            continue
        if chosen.side and one.side not in {chosen.side, "both"}:
            continue
        if chosen.losses and one.sums.lost <= 0:
            continue
        node = one.node
        said = (node.code, node.title.zh, node.title.en, node.text.zh, node.text.en)
        if wanted and not any(wanted in folded(words) for words in said):
            continue
        found.add(key)
    return frozenset(found)


def with_ancestors(book: Rulebook, keys: Collection[str]) -> frozenset[str]:
    """Return nodes with everything above them."""
    return frozenset(above.key for key in keys for above in book.ancestors(key))


@dataclass(frozen=True, slots=True)
class OnFile:
    """How much of a standard's published text is on file."""

    title: Text
    completeness: Completeness
    at_hand: bool = True


def on_file(book: Rulebook) -> list[OnFile]:
    """Return what is on file of the main standard and of each sub-standard."""
    held: list[Standard] = [book.standard, *(sub for _, sub in book.subs.values())]
    absent = [
        OnFile(book.nodes[named.id].title, Completeness("partial", Text(), (named.id,)), at_hand=False)
        for named in book.absent_subs
    ]
    return [OnFile(standard.title, standard.completeness) for standard in held] + absent
