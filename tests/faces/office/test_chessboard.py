"""The chessboard's geometry: one scale, every point once, figures that add up open or folded."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.faces.office.chessboard import LARGEST, Board, Cell, Column, Group, Row, RowView, layout
from qipan.faces.office.figures import Parts, total

GROUPS = (Group("department", Text("个部门", "departments")), Group("town", Text("个乡镇", "townships")))


def column(code: str, zh: str = "舒适便利的生活环境") -> Column:
    return Column(code, Text(zh, "Living"))


def unit(name: str, *cells: Cell | None, group: str = "department") -> Row:
    return Row(Text(name, name), cells, group=group)


def em(length: str) -> float:
    assert length.endswith("em")
    return float(length[:-2])


def test_areas_are_on_one_scale() -> None:
    shown = layout(Board((column("1"), column("2")), (unit("a", Cell(4 * POINT, POINT), Cell(POINT)),)))
    large, small = (cell.stone for cell in shown.rows[0].cells)
    assert large and small
    assert isclose(em(large.ring), LARGEST, abs_tol=1e-3)
    assert isclose(em(large.ring) ** 2 / em(small.ring) ** 2, 4, rel_tol=1e-2)
    assert isclose(em(large.lost), em(small.ring), rel_tol=1e-2)


def test_a_loss_larger_than_its_share_covers_the_ring_and_sets_the_scale() -> None:
    shown = layout(Board((column("1"),), (unit("a", Cell(POINT, 2 * POINT)), unit("b", Cell(POINT, POINT)))))
    over, full = (row.cells[0].stone for row in shown.rows)
    assert over and full
    assert over.over and not full.over and shown.has_over
    assert isclose(em(over.lost), LARGEST, abs_tol=1e-3)
    assert isclose(em(over.ring), LARGEST / sqrt(2), abs_tol=1e-3)


def test_rings_say_how_much_is_assessed() -> None:
    cells = (Cell(POINT), Cell(POINT, 0, POINT // 4), Cell(POINT, 0, POINT), None)
    shown = layout(Board(tuple(column(str(i)) for i in range(4)), (unit("a", *cells),)))
    whole, partly, open_, nothing = (cell.stone for cell in shown.rows[0].cells)
    assert whole and partly and open_ and nothing is None
    assert (whole.state, partly.state, open_.state) == ("assessed", "partly", "unassessed")
    assert partly.solid == "75.00 25.00"
    assert isclose(sum(float(dash) for dash in partly.dashed.split()), 100, abs_tol=0.1)


def test_rows_stand_by_loss_and_the_rest_folds_by_group() -> None:
    rows = [unit(str(i), Cell(10 * POINT, i * POINT), group="town" if i % 2 else "department") for i in range(6)]
    shown = layout(Board((column("1"),), tuple(rows), GROUPS), first=2)
    assert [row.name.en for row in shown.rows] == ["5", "4"]
    assert [(group.key, group.count) for group in shown.groups] == [("department", 2), ("town", 2)]
    assert [row.name.en for row in shown.groups[1].rows] == ["3", "1"]
    assert shown.groups[1].parts.lost == 4 * POINT
    assert shown.groups[1].cells[0].stone is None


def test_a_unit_of_an_unknown_group_is_not_lost() -> None:
    shown = layout(Board((column("1"),), (unit("a", Cell(POINT), group="camp"),), GROUPS), first=0)
    assert [(group.key, group.count) for group in shown.groups] == [("other", 1)]


def test_changes_by_rule_are_numbers_and_a_bonus_is_a_gain() -> None:
    rule = Row(Text("按规则", "By rule"), (Cell(0, -POINT),))
    shown = layout(Board((column("1"),), (unit("a", Cell(10 * POINT, 3 * POINT)),), by_rule=rule))
    assert shown.by_rule and shown.by_rule.cells[0].stone is None and shown.by_rule.cells[0].word
    assert shown.parts == Parts(8 * POINT, 2 * POINT, 0)


def test_the_reading_counts_the_units_that_hold_half_the_losses() -> None:
    losses = [5, 3, 1, 1]
    rows = tuple(unit(str(i), Cell(10 * POINT, lost * POINT)) for i, lost in enumerate(losses))
    assert layout(Board((column("1"),), rows)).half_units == 1
    assert layout(Board((column("1"),), (unit("a", Cell(POINT)),))).half_units == 0


def test_chinese_titles_are_cut_to_their_noun() -> None:
    assert column("1").heading.zh == "生活环境"
    assert column("1", "理想信念教育").heading.zh == "理想信念教育"
    assert Column("1", Text("甲的乙", "A"), short=Text("丙", "C")).heading == Text("丙", "C")


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        layout(Board((column("1"), column("2")), (unit("a", Cell(POINT)),)))


def test_an_empty_board_is_drawn() -> None:
    shown = layout(Board((column("1"),), ()))
    assert shown.rows == () and shown.keys == () and shown.parts == Parts()


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Any board of a few sections, with unowned points and changes by rule."""
    width = draw(st.integers(1, 5))
    share = st.integers(0, POINT)

    def cell() -> st.SearchStrategy[Cell | None]:
        cells = st.tuples(share, share, share).map(lambda p: Cell(sum(p), p[1], p[2]))
        return st.one_of(st.none(), cells)

    line = st.lists(cell(), min_size=width, max_size=width).map(tuple)
    rows = draw(st.lists(st.builds(unit_of, line, st.sampled_from(["department", "town", ""])), max_size=20))
    rule = st.lists(st.integers(-POINT, POINT).map(lambda lost: Cell(0, lost)), min_size=width, max_size=width)
    return Board(
        tuple(column(str(i)) for i in range(width)),
        tuple(rows),
        GROUPS,
        draw(st.one_of(st.none(), st.builds(unit_of, line, st.just("")))),
        draw(st.one_of(st.none(), st.builds(unit_of, rule.map(tuple), st.just("")))),
    )


def unit_of(cells: tuple[Cell | None, ...], group: str) -> Row:
    return Row(Text("某局", "A bureau"), cells, group=group)


@given(boards())
def test_every_printed_figure_adds_up(board: Board) -> None:
    shown = layout(board, first=3)
    folded = [row for group in shown.groups for row in group.rows]
    special = [row for row in (shown.unowned, shown.by_rule) if row]
    everything: list[RowView] = [*shown.rows, *folded, *special]
    assert total([row.parts for row in everything]) == shown.parts
    assert total([item.parts for item in shown.columns]) == shown.parts
    groups = [group.parts for group in shown.groups]
    assert total([*groups, *(row.parts for row in (*shown.rows, *special))]) == shown.parts
    lines = [(row.parts, row.cells) for row in everything] + [(group.parts, group.cells) for group in shown.groups]
    for parts, cells in lines:
        assert total([cell.parts for cell in cells if cell.parts]) == parts
    for j, item in enumerate(shown.columns):
        assert total([row.cells[j].parts or Parts() for row in everything]) == item.parts


def test_work_that_is_late_or_due_is_marked_around_the_stone() -> None:
    cells = (Cell(4 * POINT, POINT, late=2), Cell(POINT, due=1), Cell(0, late=1, due=3), Cell(POINT), None)
    shown = layout(Board(tuple(column(str(i)) for i in range(5)), (unit("a", *cells),)))
    late, due, alone, plain, nothing = shown.rows[0].cells
    assert shown.has_late and shown.has_due
    assert late.mark and (late.mark.late, late.mark.due) == (2, 0)
    assert late.stone and em(late.mark.side) > 2 * em(late.stone.ring), "the square stands around the ring"
    assert isclose(em(late.mark.side), -2 * em(late.mark.corner))
    assert due.mark and due.stone and (due.mark.late, due.mark.due) == (0, 1)
    assert -em(due.mark.wedge) > em(due.stone.ring), "the wedge stands above it"
    assert alone.stone is None and not alone.word and alone.mark and (alone.mark.late, alone.mark.due) == (1, 3)
    assert plain.mark is None and nothing.mark is None


def test_a_folded_group_shows_the_work_of_its_units_together() -> None:
    rows = (unit("a", Cell(POINT, POINT // 2, late=1, due=1)), unit("b", Cell(POINT, late=2)), unit("c", None))
    shown = layout(Board((column("1"),), rows, GROUPS), first=0)
    mark = shown.groups[0].cells[0].mark
    assert mark and (mark.late, mark.due) == (3, 1)
    assert shown.unit_count == 2, "a unit without points is not one of those that answer for them"
