"""Printed figures that add up: points rounded once, at the check, so that every sum of them agrees with every other.

Rounding each figure of a page by itself would let pages contradict each other by a step. So a scorecard is rounded once
(`printed_card`): the points of each check to whole printed steps, such that the total stays what it is when rounded.
Parts of checks, nodes, units and sections are sums of these, and need no further rounding. `printed_rows` and
`balanced` do the same for any table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qipan.assessment.scale import POINT, half_up, printed_parts
from qipan.assessment.scorecard import Adjustment, CheckScore, NodeScore, Scorecard

DECIMALS = 3
"""Decimals of every printed number of points but the headline's."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Points in micro-points: earned + lost + unassessed = possible. A bonus is earned with a negative loss."""

    earned: int = 0
    lost: int = 0
    unassessed: int = 0

    @property
    def possible(self) -> int:
        """The points that the three parts add up to."""
        return self.earned + self.lost + self.unassessed

    def __add__(self, other: Parts) -> Parts:
        return Parts(self.earned + other.earned, self.lost + other.lost, self.unassessed + other.unassessed)


def total(parts: Sequence[Parts]) -> Parts:
    """Return the sum of parts."""
    return Parts(sum(p.earned for p in parts), sum(p.lost for p in parts), sum(p.unassessed for p in parts))


def printed_total(whole: Parts, decimals: int = DECIMALS) -> Parts:
    """Round one total for print; what is earned is rounded half up, since that is the score that headlines show."""
    step = POINT // 10**decimals
    earned = half_up(whole.earned, step) * step
    possible = half_up(whole.possible, step) * step
    lost, unassessed = _share(possible - earned, (whole.lost, whole.unassessed), step)
    return Parts(earned, lost, unassessed)


def printed_rows(
    rows: Sequence[Parts], decimals: int = DECIMALS, whole: Parts | None = None, groups: Sequence[str] = ()
) -> list[Parts]:
    """Round rows for print so that they add up, across to their possible points and down to the printed total.

    A row's possible points are divided by largest remainder. Where zeros leave no such table (one row alone holds
    what is unassessed, say), the parts are divided down instead, and a row's possible points are what they add up to.

    Args:
        rows: micro-points.
        decimals: how many are printed.
        whole: the printed total where a page has it already; left out, it is made by `printed_total`.
        groups: for each row the group that it belongs to, if possible points shall add up within groups as well.
    """
    step = POINT // 10**decimals
    whole = whole or printed_total(total(rows), decimals)
    across = _grouped_share(whole.possible, [row.possible for row in rows], groups or [""] * len(rows), step)
    down = [whole.earned, whole.lost, whole.unassessed]
    exact = [[row.earned, row.lost, row.unassessed] for row in rows]
    cells = balanced(exact, across, down, step) or columns_shared(exact, down, step)
    return [Parts(*line) for line in cells]


def balanced(
    cells: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int], step: int
) -> list[list[int]] | None:
    """Round a table to whole steps so that it keeps its printed row and column sums.

    Each row is divided by largest remainder; then steps are moved along rows from columns that hold too much to
    columns that hold too little, where that disturbs the figures least. A cell that is zero stays zero; None where
    no table of such cells has these sums.

    Args:
        cells: the exact table.
        rows: printed sums of the rows, in whole steps.
        columns: printed sums of the columns; they add up to the same.
        step: the printed unit in micro-points.
    """
    shown = [_share(rows[i], line, step) for i, line in enumerate(cells)]
    over = [(sum(line[j] for line in shown) - columns[j]) // step for j in range(len(columns))]
    while any(extra > 0 for extra in over):
        path = _path(cells, shown, over, step)
        if path is None:
            return None
        for i, source, target in path:
            shown[i][source] -= step
            shown[i][target] += step
        over[path[0][1]] -= 1
        over[path[-1][2]] += 1
    zeros_kept = all(
        value or not figure
        for line, row in zip(cells, shown, strict=True)
        for value, figure in zip(line, row, strict=True)
    )
    return shown if zeros_kept else None


def columns_shared(cells: Sequence[Sequence[int]], columns: Sequence[int], step: int) -> list[list[int]]:
    """Round a table to whole steps so that it keeps its printed column sums; the row sums are what they come to.

    A row that adds up to nothing (a change by a rule) still does: what is over goes to the row with most in that column.
    """
    by_column = [_share(columns[j], [line[j] for line in cells], step) for j in range(len(columns))]
    shown = [[column[i] for column in by_column] for i in range(len(cells))]
    others = [i for i, line in enumerate(cells) if sum(line)]
    for line, row in zip(cells, shown, strict=True):
        over = 0 if sum(line) else sum(row)
        if over and others:
            at = [j for j, value in enumerate(row) if line[j] or value]
            column = max(at, key=lambda j: max(abs(cells[i][j]) for i in others))
            taker = max(others, key=lambda i: abs(cells[i][column]))
            row[column] -= over
            shown[taker][column] += over
    return shown


def _grouped_share(whole: int, parts: Sequence[int], groups: Sequence[str], step: int) -> list[int]:
    """Divide a printed whole over groups, and each group over its parts."""
    sums: dict[str, int] = {}
    for part, group in zip(parts, groups, strict=True):
        sums[group] = sums.get(group, 0) + part
    shown = dict(zip(sums, _share(whole, list(sums.values()), step), strict=True))
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    out = [0] * len(parts)
    for group, at in members.items():
        for i, value in zip(at, _share(shown[group], [parts[i] for i in at], step), strict=True):
            out[i] = value
    return out


def _share(whole: int, parts: Sequence[int], step: int) -> list[int]:
    """Divide a printed whole over parts; what is nothing gets nothing, and what cannot be shared the largest takes."""
    at = [i for i, part in enumerate(parts) if part] or list(range(len(parts)))
    decimals = len(str(POINT // step)) - 1
    shown = [0] * len(parts)
    for i, value in zip(at, printed_parts(whole, [parts[i] for i in at], decimals), strict=True):
        shown[i] = value
    rest = whole - sum(shown)
    if rest and shown:
        shown[max(at, key=lambda i: abs(parts[i]))] += rest
    return shown


def _path(
    cells: Sequence[Sequence[int]], shown: Sequence[Sequence[int]], over: Sequence[int], step: int
) -> list[tuple[int, int, int]] | None:
    """Find the shortest chain of (row, from column, to column) from a column with too much to one with too little."""
    came: dict[int, tuple[int, int] | None] = {j: None for j, extra in enumerate(over) if extra > 0}
    queue = deque(came)
    while queue:
        source = queue.popleft()
        if over[source] < 0:
            path = []
            here, via = source, came[source]
            while via is not None:
                path.append((via[0], via[1], here))
                here, via = via[1], came[via[1]]
            return path[::-1]
        for target in range(len(over)):
            if target in came:
                continue
            row = _best_row(cells, shown, source, target, step)
            if row is not None:
                came[target] = (row, source)
                queue.append(target)
    return None


def _best_row(
    cells: Sequence[Sequence[int]], shown: Sequence[Sequence[int]], source: int, target: int, step: int
) -> int | None:
    """Return the row where moving one step from a column to another disturbs the figures least, if any can move."""
    best, least = None, 0
    for i, line in enumerate(cells):
        if not line[source] or not line[target] or (line[source] > 0 and shown[i][source] < step):
            continue
        if line[target] < 0 and shown[i][target] + step > 0:
            continue
        cost = (line[source] - shown[i][source]) - (line[target] - shown[i][target])
        if best is None or cost < least:
            best, least = i, cost
    return best


def printed_card(card: Scorecard, decimals: int = DECIMALS) -> Scorecard:
    """Round a scorecard so that everything printed from it adds up.

    Each check, and each change by a rule, becomes whole printed steps; nodes and the total are their sums, and the
    total is the exact one rounded half up.

    Args:
        card: the exact scorecard.
        decimals: how many decimals of a point are printed.
    """
    step = POINT // 10**decimals
    keys = list(card.checks)
    exact = [Parts(c.earned, c.lost, c.unassessed) for c in card.checks.values()]
    ruled = [Parts(a.earned, a.lost, a.unassessed) for a in card.adjustments]
    apart = [Parts(0, 0, points) for points in card.book.bare.values()]
    # The points of a method share stay what the standard says, so rounding happens inside each pool.
    pools = {key: pool.code for pool in card.book.pools for key in pool.lines}
    groups = [
        *(pools.get(key, "") for key in keys),
        *("rule" for _ in ruled),
        *(f"bare:{node}" for node in card.book.bare),
    ]
    rows = printed_rows([*exact, *ruled, *apart], decimals, groups=groups)
    checks = {key: _rounded(card.checks[key], parts, step) for key, parts in zip(keys, rows[: len(keys)], strict=True)}
    changes = [
        Adjustment(a.kind, a.id, a.title, a.node, parts.earned, parts.lost, parts.unassessed, a.words)
        for a, parts in zip(card.adjustments, rows[len(keys) : len(keys) + len(ruled)], strict=True)
    ]
    nodes = {key: replace(node, possible=0, earned=0, lost=0, unassessed=0) for key, node in card.nodes.items()}
    for bare, parts in zip(card.book.bare, rows[len(keys) + len(ruled) :], strict=True):
        for node in card.book.ancestors(bare):
            _count(nodes[node.key], parts)
    for key, check in checks.items():
        for node in card.book.ancestors(card.book.lines[key].node):
            _count(nodes[node.key], Parts(check.earned, check.lost, check.unassessed))
    for change in changes:
        for node in card.book.ancestors(change.node):
            _count(nodes[node.key], Parts(change.earned, change.lost, change.unassessed))
    whole = replace(card.total, possible=0, earned=0, lost=0, unassessed=0)
    for parts in rows:
        _count(whole, parts)
    for shown, before in [*((nodes[key], card.nodes[key]) for key in nodes), (whole, card.total)]:
        shown.worst, shown.best = _range(before, shown, step)
    return Scorecard(card.book, checks, nodes, whole, changes, card.gates, card.barred)


def _count(node: NodeScore, parts: Parts) -> None:
    node.possible += parts.possible
    node.earned += parts.earned
    node.lost += parts.lost
    node.unassessed += parts.unassessed


def _rounded(check: CheckScore, parts: Parts, step: int) -> CheckScore:
    now = NodeScore("", parts.possible, parts.earned, parts.lost, parts.unassessed)
    worst, best = _range(check, now, step)
    return replace(
        check, possible=parts.possible, earned=parts.earned, lost=parts.lost, unassessed=parts.unassessed,
        worst=worst, best=best,
    )  # fmt: skip


def _range(exact: CheckScore | NodeScore, now: NodeScore, step: int) -> tuple[int, int]:
    """Round worst and best so that they agree with what is printed beside them."""
    worst = now.earned if exact.worst == exact.earned else min(now.earned, half_up(exact.worst, step) * step)
    full = exact.best == exact.earned + exact.unassessed
    best = now.earned + now.unassessed if full else max(now.earned, half_up(exact.best, step) * step)
    return worst, best
