"""The headline's axis, the bars and the tree."""

import pytest

from qipan.assessment.scale import POINT
from qipan.assessment.text import Basis, Text
from qipan.faces.office import bars, headline, tree
from qipan.faces.office.figures import Parts, total


def shown(score: int, worst: int, best: int, cut: int | None = None) -> headline.HeadlineView:
    line = headline.Cut(cut * POINT, Basis("assumed", Text("假定", "assumed"))) if cut is not None else None
    return headline.layout(headline.Headline(score * POINT, worst * POINT, best * POINT, 100 * POINT, cut=line))


@pytest.mark.parametrize(
    ("worst", "best", "cut", "starts_at"), [(76, 84, 85, 70), (71, 84, 85, 60), (12, 60, 85, 0), (0, 100, None, 0)]
)
def test_the_axis_starts_below_the_worst_or_at_zero(worst: int, best: int, cut: int | None, starts_at: int) -> None:
    view = shown(worst, worst, best, cut)
    assert view.starts_at == starts_at * POINT
    assert view.ticks[0].points == view.starts_at
    assert view.ticks[-1].points == 100 * POINT
    assert view.ticks[-1].x == "100.00%"
    assert len(view.ticks) <= 12


def test_marks_stand_in_order() -> None:
    view = shown(77, 75, 90, 85)
    at = [float(place.rstrip("%")) for place in (view.worst, view.score, view.cut, view.best)]
    assert at == sorted(at)


def test_the_gap_to_the_cut_and_whether_it_can_be_closed() -> None:
    assert shown(80, 80, 90, 85).gap == 5 * POINT
    assert shown(80, 80, 90, 85).reachable
    assert not shown(80, 80, 84, 85).reachable
    assert shown(86, 86, 90, 85).gap == 0
    assert shown(80, 80, 90).cut == ""


def test_bars_share_one_scale_and_add_up() -> None:
    rows = [bars.Bar(Text("甲", "A"), Parts(3 * POINT, POINT, 0)), bars.Bar(Text("乙", "B"), Parts(POINT, 0, POINT))]
    view = bars.layout(rows)
    assert [segment.width for segment in view.rows[0].segments] == ["75.00%", "25.00%"]
    assert [(segment.kind, segment.x) for segment in view.rows[1].segments] == [
        ("earned", "0.00%"),
        ("unassessed", "25.00%"),
    ]
    assert total([row.parts for row in view.rows]) == view.parts


def branch(code: str, parts: Parts, *children: tree.Branch) -> tree.Branch:
    return tree.Branch(code, Text(code, code), parts, children=children)


def test_the_tree_is_flat_in_reading_order_and_adds_up() -> None:
    third = POINT // 3
    leaves = [branch(f"1.{i}", Parts(third, third, 0)) for i in range(3)]
    top = branch("1", total([leaf.parts for leaf in leaves]), *leaves)
    rows = tree.layout([top], open_to=0)
    assert [(row.branch.code, row.depth, row.expandable, row.folded) for row in rows] == [
        ("1", 0, True, False),
        ("1.0", 1, False, True),
        ("1.1", 1, False, True),
        ("1.2", 1, False, True),
    ]
    assert total([row.parts for row in rows[1:]]) == rows[0].parts


def test_a_capped_node_keeps_its_own_figures() -> None:
    top = branch("1", Parts(POINT, 2 * POINT, 0), branch("1.1", Parts(3 * POINT, 0, 0)))
    rows = tree.layout([top])
    assert (rows[0].parts.earned, rows[1].parts.earned) == (POINT, 3 * POINT)
