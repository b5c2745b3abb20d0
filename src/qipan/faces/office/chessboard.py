"""The chessboard: units down, sections across, one stone for what each unit owes of each section.

Pure: from a `Board` of micro-points to what the template draws. Lengths are in em of the board, so that stones and
words grow together; positions are per cents of a cell, so that the table may be as wide as the page allows.
All areas are on one scale: a ring's area is the points possible, the black stone's area the points lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.faces.office.figures import DECIMALS, Parts, balanced, columns_shared, printed_rows, printed_total, total

LARGEST = 1.36
"""Radius of the largest circle on the board, in em; the row pitch in the stylesheet leaves room for it."""

SMALLEST = 0.11
"""A loss is never drawn smaller than this dot, in em: a point lost must be seen."""

SMALLEST_MARK, MARGIN, WEDGE = 0.42, 0.12, 0.52
"""A mark's half side at least, its distance from the ring, and how high a wedge stands on it, in em."""

DASHES = 3.2
"""Length of a dash plus its gap, in per cent of a ring's circumference."""


@dataclass(frozen=True, slots=True)
class Column:
    """A section of the standard. `short` is a title of a few characters; left out, one is cut from the title."""

    code: str
    title: Text
    url: str = ""
    short: Text = Text()

    @property
    def heading(self) -> Text:
        """The title that stands above the column."""
        return Text(zh=self.short.zh or _short_zh(self.title.zh), en=self.short.en or self.title.en)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit owes of one section, in micro-points, and the list behind it; and how many pieces of its work there
    are late or due.
    """

    possible: int
    lost: int = 0
    unassessed: int = 0
    url: str = ""
    late: int = 0
    due: int = 0

    @property
    def parts(self) -> Parts:
        """The three parts that add up to the possible points."""
        return Parts(self.possible - self.lost - self.unassessed, self.lost, self.unassessed)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit's line; a cell is None where the unit owes nothing. `group` is the key of the group it folds into."""

    name: Text
    cells: tuple[Cell | None, ...]
    url: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of unit (departments, townships) whose smaller rows are folded. `title` follows a number: "departments",
    "个部门" (in Chinese with its measure word).
    """

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board. Every point stands in exactly one cell: of a unit, unowned, or changed by rule.

    `by_rule` holds what caps, gates, the negative list and bonuses change; a bonus is a negative loss. Points that
    belong to no section need a column of their own, so that rows and columns add up to the same total.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    groups: tuple[Group, ...] = ()
    unowned: Row | None = None
    by_rule: Row | None = None


@dataclass(frozen=True, slots=True)
class Stone:
    """The drawing of one cell. Radii in em; empty where there is nothing to draw."""

    ring: str
    lost: str
    state: str
    """assessed · partly · unassessed."""
    over: bool
    """The lost stone covers the ring, whose outline is then drawn light on top of it."""
    solid: str
    dashed: str
    """Dash patterns of a partly assessed ring, clockwise from the top: first what is assessed, then what is not."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands around a stone: a square for work that is late, a wedge above for work that is due. Lengths in em."""

    late: int
    due: int
    corner: str
    side: str
    wedge: str


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell with its printed figures, its stone, and where the board's lines run in it."""

    column: Column
    parts: Parts | None
    stone: Stone | None
    url: str
    left: str
    right: str
    top: str
    bottom: str
    word: bool
    """The figure is written as a number: a gain by rule, or a sum of several units."""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class RowView:
    """One line with printed figures."""

    name: Text
    url: str
    kind: str
    """unit · unowned · rule."""
    cells: tuple[CellView, ...]
    parts: Parts


@dataclass(frozen=True, slots=True)
class GroupView:
    """A folded group: its sums as numbers, and the rows that open below it."""

    key: str
    title: Text
    count: int
    cells: tuple[CellView, ...]
    parts: Parts
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A section with its printed sums."""

    column: Column
    parts: Parts


@dataclass(frozen=True, slots=True)
class Chessboard:
    """What the template draws."""

    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    groups: tuple[GroupView, ...]
    unowned: RowView | None
    by_rule: RowView | None
    parts: Parts
    decimals: int
    unit_count: int
    half_units: int
    """How many units, largest first, answer for half of the points that units lost."""
    keys: tuple[tuple[int, str, str], ...]
    """Scale key: (micro-points, radius, width of its box; in em) of two round amounts."""
    has_partly: bool
    has_unassessed: bool
    has_over: bool
    has_late: bool
    has_due: bool


def layout(board: Board, *, first: int = 12, decimals: int = DECIMALS) -> Chessboard:
    """Lay a board out: rows by loss, the first ones shown, the rest folded by group, all figures adding up.

    Args:
        board: the points, in micro-points.
        first: how many unit rows stand open.
        decimals: how many are printed; the same for every figure on the board.

    Raises:
        ValueError: a row has another number of cells than the board has columns.
    """
    units = sorted(board.rows, key=lambda row: (-_sum(row).lost, -_sum(row).unassessed, -_sum(row).possible))
    special = [row for row in (board.unowned, board.by_rule) if row is not None]
    lines = [*units, *special]
    for row in lines:
        if len(row.cells) != len(board.columns):
            raise ValueError(f"{row.name}: {len(row.cells)} cells for {len(board.columns)} columns")
    whole = printed_total(total([_sum(row) for row in lines]), decimals)
    figures, across, down = _figures(lines, len(board.columns), whole, decimals)
    stones = [cell for row in [*units, *([board.unowned] if board.unowned else [])] for cell in row.cells if cell]
    scale = _scale(stones)

    open_rows, folded, groups = units[:first], units[first:], []
    last = len(units) + (1 if board.unowned else 0) - 1

    def view(index: int, kind: str, *, top: bool = False, bottom: bool = False) -> RowView:
        row = lines[index]
        cells = tuple(
            _cell_view(board.columns, j, cell, figures[index][j], scale, kind, top=top, bottom=bottom)
            for j, cell in enumerate(row.cells)
        )
        return RowView(row.name, row.url, kind, cells, across[index])

    rows = tuple(view(i, "unit", top=i == 0, bottom=i == last) for i in range(len(open_rows)))
    known = {group.key for group in board.groups}
    rest = Group("", Text(zh="个单位", en="units"))
    for group in (*board.groups, rest):
        members = [first + k for k, row in enumerate(folded) if (row.group if row.group in known else "") == group.key]
        if members:
            sums = [total([figures[i][j] for i in members]) for j in range(len(board.columns))]
            groups.append(
                GroupView(
                    group.key or "other",
                    group.title,
                    len(members),
                    tuple(
                        _sum_view(board.columns, j, parts, [folded[i - first].cells[j] for i in members])
                        for j, parts in enumerate(sums)
                    ),
                    total([across[i] for i in members]),
                    tuple(view(i, "unit") for i in members),
                )
            )
    at = len(units)
    unowned = view(at, "unowned", top=not units, bottom=True) if board.unowned else None
    by_rule = view(at + (1 if board.unowned else 0), "rule") if board.by_rule else None
    drawn = [
        c.stone
        for r in (*rows, *(x for g in groups for x in g.rows), *([unowned] if unowned else []))
        for c in r.cells
        if c.stone
    ]
    return Chessboard(
        columns=tuple(ColumnView(column, down[j]) for j, column in enumerate(board.columns)),
        rows=rows,
        groups=tuple(groups),
        unowned=unowned,
        by_rule=by_rule,
        parts=whole,
        decimals=decimals,
        unit_count=sum(1 for row in units if _sum(row) != Parts()),
        half_units=_half([_sum(row).lost for row in units]),
        keys=_keys(stones, scale),
        has_partly=any(stone.state == "partly" for stone in drawn),
        has_unassessed=any(stone.state == "unassessed" for stone in drawn),
        has_over=any(stone.over for stone in drawn),
        has_late=any(cell and cell.late for row in lines for cell in row.cells),
        has_due=any(cell and cell.due for row in lines for cell in row.cells),
    )


def _sum(row: Row) -> Parts:
    return total([cell.parts for cell in row.cells if cell])


def _figures(
    lines: Sequence[Row], width: int, whole: Parts, decimals: int
) -> tuple[list[list[Parts]], list[Parts], list[Parts]]:
    """Return printed parts of cells, of rows and of columns, all adding up to the printed total."""
    step = POINT // 10**decimals
    exact = [[cell.parts if cell else Parts() for cell in row.cells] for row in lines]
    across = printed_rows([total(line) for line in exact], decimals, whole)
    down = printed_rows([total([line[j] for line in exact]) for j in range(width)], decimals, whole)
    layers = []
    for name in ("earned", "lost", "unassessed"):
        layer = [[getattr(parts, name) for parts in line] for line in exact]
        columns = [getattr(parts, name) for parts in down]
        rows = [getattr(parts, name) for parts in across]
        layers.append(balanced(layer, rows, columns, step) or columns_shared(layer, columns, step))
    cells = [
        [Parts(layers[0][i][j], layers[1][i][j], layers[2][i][j]) for j in range(width)] for i in range(len(lines))
    ]
    # The sections' figures stand on other charts too and stay; a row's are what its cells add up to.
    return cells, [total(line) for line in cells], down


def _scale(cells: Sequence[Cell]) -> float:
    """Return em per square root of a micro-point, such that the largest circle has the largest radius."""
    most = max((max(cell.possible, cell.lost) for cell in cells), default=0)
    return LARGEST / sqrt(most) if most > 0 else 0.0


def _em(radius: float) -> str:
    return f"{radius:.3f}em"


def _stone(cell: Cell, scale: float) -> Stone | None:
    if cell.possible <= 0 and cell.lost <= 0:
        return None
    ring = scale * sqrt(max(cell.possible, 0))
    lost = max(scale * sqrt(cell.lost), SMALLEST) if cell.lost > 0 else 0.0
    share = min(max(cell.unassessed / cell.possible, 0.0), 1.0) if cell.possible > 0 else 0.0
    state = "unassessed" if share == 1.0 else "partly" if share > 0 else "assessed"
    known = 100 * (1 - share)
    steps = max(1, round((100 - known) / DASHES))
    piece = (100 - known) / steps
    return Stone(
        ring=_em(ring) if cell.possible > 0 else "",
        lost=_em(lost) if lost else "",
        state=state,
        over=cell.lost > cell.possible * 1.08 > 0,
        solid=f"{known:.2f} {100 - known:.2f}" if state == "partly" else "",
        dashed=" ".join(["0", f"{known:.2f}", *[f"{piece * 0.55:.2f}", f"{piece * 0.45:.2f}"] * steps])
        if state == "partly"
        else "",
    )


def _cell_view(
    columns: Sequence[Column],
    j: int,
    cell: Cell | None,
    parts: Parts,
    scale: float,
    kind: str,
    *,
    top: bool,
    bottom: bool,
) -> CellView:
    """Draw one cell; the outermost lines end at the middle of their cells and so frame the board."""
    stone = _stone(cell, scale) if cell and kind != "rule" else None
    return CellView(
        column=columns[j],
        parts=parts if cell else None,
        stone=stone,
        url=cell.url if cell else "",
        left="50%" if j == 0 else "0",
        right="50%" if j == len(columns) - 1 else "100%",
        top="50%" if top else "0",
        bottom="50%" if bottom else "100%",
        # An intersection where nothing but work is owed shows the work's mark alone.
        word=cell is not None and stone is None and (kind == "rule" or parts != Parts()),
        mark=_mark([cell], scale) if cell else None,
    )


def _mark(cells: Sequence[Cell | None], scale: float = 0.0) -> Mark | None:
    """Return the mark around the stone of some cells' work; None where nothing is late or due."""
    late, due = sum(cell.late for cell in cells if cell), sum(cell.due for cell in cells if cell)
    if not late and not due:
        return None
    largest = max((scale * sqrt(max(cell.possible, cell.lost, 0)) for cell in cells if cell), default=0.0)
    half = min(max(largest, SMALLEST_MARK) + MARGIN, LARGEST + MARGIN / 2)
    # A wedge sits on the ring's top; on the largest stones it reaches into them, not into the row above.
    return Mark(late, due, _em(-half), _em(2 * half), _em(-min(half + WEDGE, LARGEST + 0.2)))


def _sum_view(columns: Sequence[Column], j: int, parts: Parts, cells: Sequence[Cell | None]) -> CellView:
    """A folded group's sum in one section: a number, since stones are for single units."""
    shown = parts if parts != Parts() else None
    return CellView(columns[j], shown, None, "", "0", "100%", "0", "100%", True, _mark(cells))


def _half(losses: Sequence[int]) -> int:
    """Return how many of the largest losses make up half of them; 0 where nothing is lost."""
    whole, reached = sum(losses), 0
    for count, lost in enumerate(losses, 1):
        reached += lost
        if whole > 0 and 2 * reached >= whole:
            return count
    return 0


def _keys(cells: Sequence[Cell], scale: float) -> tuple[tuple[int, str, str], ...]:
    """Return a large and a small round amount of points with their radii, as the key to the scale."""
    most = max((max(cell.possible, cell.lost) for cell in cells), default=0)
    rounds = [mantissa * 10**power for power in range(4, 9) for mantissa in (1, 2, 5)]
    large = max((amount for amount in rounds if amount <= most), default=0)
    if not large:
        return ()
    small = max((amount for amount in rounds if amount * 8 <= large), default=large)
    return tuple(
        (amount, _em(scale * sqrt(amount)), _em(2 * scale * sqrt(amount) + 0.2)) for amount in sorted({small, large})
    )


def _short_zh(title: str) -> str:
    """Cut a Chinese section title to its noun: 公平正义的法治环境 becomes 法治环境."""
    tail = title.rpartition("的")[2]
    return tail if 2 <= len(tail) <= 8 else title
