"""Waits after wrong passwords."""

from datetime import UTC, datetime, timedelta

import pytest

from qipan.ground.units.actions import (
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    FREE_TRIES,
    LONGEST_WAIT,
    begin_sign_in,
    end_sign_in,
)
from qipan.ground.units.models import SignInFailures

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def fail(times: int, *, name: str = "wang", address: str = "10.0.0.1", at: datetime = NOON) -> None:
    for _ in range(times):
        assert begin_sign_in(name, address, at) is None


def test_the_first_tries_are_free_and_then_one_waits() -> None:
    fail(FREE_TRIES)
    assert begin_sign_in("wang", "10.0.0.1", NOON) == FIRST_WAIT
    assert begin_sign_in("wang", "10.0.0.1", NOON + timedelta(seconds=10)) == FIRST_WAIT - timedelta(seconds=10)
    assert begin_sign_in("wang", "10.0.0.1", NOON + FIRST_WAIT) is None


def test_a_refused_try_does_not_make_the_wait_longer() -> None:
    fail(FREE_TRIES)
    for _ in range(10):
        begin_sign_in("wang", "10.0.0.1", NOON)
    assert begin_sign_in("wang", "10.0.0.1", NOON) == FIRST_WAIT


def test_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    fail(FREE_TRIES)
    now, waits = NOON, []
    for _ in range(40):
        wait = begin_sign_in("wang", "10.0.0.1", now)
        assert wait is not None
        waits.append(wait)
        now += wait
        assert begin_sign_in("wang", "10.0.0.1", now) is None
    assert waits[:5] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT, 16 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT == max(waits)


def test_another_name_or_another_address_does_not_wait() -> None:
    fail(FREE_TRIES)
    assert begin_sign_in("li", "10.0.0.1", NOON) is None
    assert begin_sign_in("wang", "10.0.0.2", NOON) is None


@pytest.mark.parametrize("name", ["WANG", " wang ", "ｗａｎｇ"])
def test_writing_the_name_otherwise_does_not_help(name: str) -> None:
    fail(FREE_TRIES)
    assert begin_sign_in(name, "10.0.0.1", NOON) == FIRST_WAIT


def test_a_sign_in_that_succeeds_is_the_end_of_it() -> None:
    fail(FREE_TRIES - 1)
    assert begin_sign_in("wang", "10.0.0.1", NOON) is None
    end_sign_in("wang", "10.0.0.1")
    fail(FREE_TRIES)


def test_old_failures_are_forgotten() -> None:
    fail(FREE_TRIES)
    later = NOON + FORGOTTEN_AFTER + timedelta(seconds=1)
    fail(FREE_TRIES, at=later)
    fail(1, name="li", at=later + FORGOTTEN_AFTER + timedelta(seconds=1))
    assert SignInFailures.objects.count() == 1


def test_neither_name_nor_address_is_kept() -> None:
    fail(1, name="hunter2")
    row = SignInFailures.objects.get()
    assert len(row.key) == 64 and "hunter2" not in f"{row} {row.key}" and "10.0" not in f"{row} {row.key}"
