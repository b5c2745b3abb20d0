"""Figures of `make bench`: when a bar holds, and what the table and the record say."""

import pytest

from bench.figures import Figure, figure, rounded, table, timed


@pytest.mark.parametrize(
    ("bar", "value", "missed"),
    [("≤ 3", 3, False), ("≤ 3", 3.001, True), ("≥ 2", 2, False), ("≥ 2", 1, True), ("= 0", 0, False), ("= 0", 2, True),
     ("1", 1, False), ("1", 0, True), ("", 99, False), ("about 3", 1, True)],
)  # fmt: skip
def test_a_bar_holds_or_is_missed(bar, value, missed):
    assert Figure("x", value, "s", bar).missed is missed


def test_a_bar_on_statements_counts_too():
    assert Figure("x", 1, "s", "≤ 3", statements=16, statements_bar=15).missed
    assert not Figure("x", 1, "s", "≤ 3", statements=15, statements_bar=15).missed


def test_a_figure_goes_into_the_record_and_comes_back():
    made = rounded(Figure("x", 1.23456, "s", "≤ 1", 3, 5, "10 rows", "a peer", 0.98765))
    assert made.data()["ok"] is False
    assert figure(made.data()) == made
    assert figure({"name": "core", "value": 1.0, "unit": "µs", "size": 10_000}).size == "10,000"


def test_the_table_says_what_holds():
    lines = table([Figure("a", 1, "s", "≤ 3"), Figure("b", 5, "s", "≤ 3"), Figure("c", 5, "s")]).splitlines()
    assert "ok" in lines[1] and "MISSED" in lines[2]
    assert "ok" not in lines[3] and "MISSED" not in lines[3]


def test_times_are_of_every_run_that_was_left_in_peace():
    done = []
    found = timed(lambda: done.append(1), 10, before=lambda: None)
    assert len(done) == 10
    assert len(found.wall) + found.disturbed == 10
    assert found.at(0) <= found.middle <= found.at(1)
