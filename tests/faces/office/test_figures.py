"""Printed figures add up, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from qipan.assessment.scale import POINT, half_up
from qipan.faces.office.figures import Parts, balanced, columns_shared, printed_rows, printed_total, total

amounts = st.integers(0, 30 * POINT)
parts = st.builds(Parts, amounts, st.integers(-2 * POINT, 30 * POINT), amounts)
STEP = POINT // 100


@given(st.lists(parts, max_size=14))
def test_rows_add_up_across_and_down(rows: list[Parts]) -> None:
    shown = printed_rows(rows, 2)
    whole = total(rows)
    assert total(shown) == printed_total(whole, 2)
    for part in shown:
        assert all(value % STEP == 0 for value in (part.earned, part.lost, part.unassessed))


@given(st.lists(parts, max_size=14))
def test_what_is_earned_is_rounded_half_up_as_in_the_headline(rows: list[Parts]) -> None:
    whole = total(rows)
    assert printed_total(whole, 1).earned == half_up(whole.earned, POINT // 10) * (POINT // 10)


def test_where_zeros_leave_no_table_the_parts_add_up_all_the_same() -> None:
    rows = [Parts(0, 0, 340_997), Parts(903_007, 996, 0)]
    shown = printed_rows(rows, 2)
    assert shown == [Parts(0, 0, 350_000), Parts(900_000, 0, 0)]
    assert total(shown) == printed_total(total(rows), 2)


def test_what_is_nothing_is_printed_as_nothing() -> None:
    rows = [Parts(), Parts(239, 124_999), Parts(0, 67_132)]
    shown = printed_rows(rows, 3)
    assert shown[0] == Parts()
    assert total(shown) == printed_total(total(rows), 3)
    assert columns_shared([[0], [124_999], [0]], [126_000], 1000) == [[0], [126_000], [0]]


def test_a_change_by_a_rule_adds_up_to_nothing_in_print_too() -> None:
    """Two checks that cannot both keep their sums, and a rule that moves four tenths of a step."""
    shown = columns_shared([[600, 0], [0, 700], [-400, 400]], [0, 1000], 1000)
    assert sum(shown[2]) == 0
    assert [sum(line[j] for line in shown) for j in (0, 1)] == [0, 1000]


@given(
    st.integers(1, 8).flatmap(
        lambda width: st.lists(st.lists(st.one_of(st.just(0), amounts), min_size=width, max_size=width), min_size=1)
    )
)
def test_a_balanced_table_stays_near_its_figures_and_keeps_zeros(cells: list[list[int]]) -> None:
    rows = [sum(line) for line in printed(cells)]
    columns = [sum(line[j] for line in printed(cells)) for j in range(len(cells[0]))]
    shown = balanced(cells, rows, columns, STEP)
    assert shown
    assert [sum(line) for line in shown] == rows
    assert [sum(line[j] for line in shown) for j in range(len(columns))] == columns
    for exact, line in zip(cells, shown, strict=True):
        for value, figure in zip(exact, line, strict=True):
            assert figure >= 0
            assert (figure == 0) if value == 0 else abs(figure - value) <= 3 * STEP


def printed(cells: list[list[int]]) -> list[list[int]]:
    """Every cell rounded by itself: one table whose sums can be met."""
    return [[half_up(value, STEP) * STEP for value in line] for line in cells]
