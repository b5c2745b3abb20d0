"""The running score is the recomputed one, after any sequence of observations and corrections."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.assessment import Gathering, Observation, ObservationError, score
from qipan.assessment.batch import tallies_of
from qipan.assessment.running import Running
from qipan.assessment.scorecard import scorecard
from qipan.assessment.tally import Tally
from tests.assessment.generated import START, World
from tests.assessment.test_brute_force import book_of, six

FOUR = ("possible", "earned", "lost", "unassessed")


def some(tallies):
    return {key: tally for key, tally in tallies.items() if tally}


def recomputed(book, seen, rounds, absent):
    gathering = Gathering(book)
    for one in seen:
        gathering.add(one)
    tallies = tallies_of(gathering.readings(rounds))
    return some(tallies), scorecard(book, tallies, absent)


def check(running, book, seen, rounds, absent):
    tallies, card = recomputed(book, seen, rounds, absent)
    assert some(running.tallies()) == tallies
    assert tuple(getattr(running.total, name) for name in FOUR) == six(card.total)[:4]


@given(st.integers(0, 2**40), st.integers(1, 80))
def test_running_is_recomputed(seed, count):
    world = World(seed)
    book, rounds, absent = book_of(world), world.rounds(), world.absent()
    running = Running(book, rounds, absent)
    check(running, book, [], rounds, absent)
    seen = world.observations(count)
    for n, one in enumerate(seen, 1):
        running.add(one)
        if n % 7 == 0 or n == len(seen):
            check(running, book, seen[:n], rounds, absent)


@given(st.integers(0, 2**40), st.integers(1, 80))
def test_running_is_recomputed_when_observations_come_in_their_order(seed, count):
    """Nothing late, nothing corrected: the path that needs no rebuilding."""
    world = World(seed)
    book, rounds, absent = book_of(world), world.rounds(), world.absent()
    seen = [replace(o, supersedes="", id="", own=False) for o in world.observations(count) if o.outcome != "withdrawn"]
    seen.sort(key=lambda one: one.observed_at)
    running = Running(book, rounds, absent)
    for n, one in enumerate(seen, 1):
        running.add(one)
        if n % 7 == 0 or n == len(seen):
            check(running, book, seen[:n], rounds, absent)


@given(st.integers(0, 2**40), st.integers(1, 60), st.randoms(use_true_random=False))
def test_a_correction_may_come_before_what_it_corrects(seed, count, chance):
    world = World(seed)
    book, rounds, absent = book_of(world), world.rounds(), world.absent()
    seen = world.observations(count)
    chance.shuffle(seen)
    running = Running(book, rounds, absent)
    for one in seen:
        running.add(one)
    check(running, book, seen, rounds, absent)


def test_what_cannot_be_counted_changes_nothing():
    world = World(5)
    book = book_of(world)
    running = Running(book)
    good = next(one for one in world.observations(5) if one.outcome != "withdrawn" and not one.supersedes)
    running.add(good)
    before = running.total, some(running.tallies())
    bad = [
        replace(good, item="nowhere"), replace(good, outcome="no such outcome"), replace(good, weight=0),
        replace(good, weight=10**7), replace(good, stratum="nowhere"),
    ]  # fmt: skip
    for one in bad:
        with pytest.raises(ObservationError):
            running.add(one)
    assert (running.total, some(running.tallies())) == before
    assert running.count == 1


def test_a_round_that_moves_before_another_is_read_again():
    """A survey's last round is the one that opened last; an early row of it that comes late changes which that is."""
    data = {
        "format": "qipan-standard/1", "id": "s", "title": {"en": "s"},
        "nodes": [{"code": "1", "title": {"en": "1"}, "points": 100, "assumed": True, "checks": [
            {"method": "survey", "strata": {"residents": [{"key": "q"}]}}]}],
    }  # fmt: skip
    world = World(0)
    world.data, world.subs = data, {}
    book = book_of(world)

    def answer(day, name, outcome):
        moment = START.replace(day=day)
        return Observation("q", outcome, moment, "residents", "zone", f"p{day}", name, "drawn")

    seen = [answer(5, "a", "pass"), answer(6, "b", "fail"), answer(9, "a", "pass")]
    running = Running(book)
    for one in seen:
        running.add(one)
    assert running.total.earned == score(book, seen).total.earned == 0
    seen.append(answer(2, "b", "fail"))
    running.add(seen[-1])
    assert running.total.earned == score(book, seen).total.earned == 100_000_000
    assert isinstance(running.tallies()["1/survey", "residents"], Tally)
