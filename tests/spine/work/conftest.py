"""After every test of the work, every item is what its log says, unless the test has put items as it wanted them."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from qipan.spine.work.agreeing import disagreements

PUT = ("test_ladder", "test_points", "test_queries", "test_measures", "test_reminders", "test_agreeing")
"""Tests whose items are put there in states of their own, without acts."""
PUT_HERE = ("test_another_lead_or_day_for_one_of_them", "test_both_faces_of_a_rule_say_the_same")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Compare what a test has left with its logs."""
    yield
    named = item.path.stem
    asks = "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db")
    if asks and named not in PUT and getattr(item, "originalname", "") not in PUT_HERE:
        assert [found.words().en for found in disagreements()] == []
