"""The package against brute force, over random standards and random ledgers."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from qipan.assessment import Gathering, Rulebook, Standard, score
from qipan.assessment.batch import tallies_of
from qipan.assessment.ownership import divide
from qipan.assessment.printing import printed_card
from qipan.assessment.scale import POINT, SCALE, printed_parts
from qipan.assessment.scorecard import scorecard
from qipan.assessment.tally import INT64, tally
from tests.assessment.brute import brute
from tests.assessment.generated import World

FOUR = ("possible", "earned", "lost", "unassessed")
SIX = (*FOUR, "worst", "best")

seeds = st.integers(0, 2**40)
counts = st.integers(0, 60)


def book_of(world):
    return Rulebook(Standard.from_data(world.data), [Standard.from_data(sub) for sub in world.subs.values()])


def six(score):
    return tuple(getattr(score, name) for name in SIX)


def figures(card):
    return (
        {key: six(check) for key, check in card.checks.items()},
        {key: six(node) for key, node in card.nodes.items()},
        six(card.total),
    )


@given(seeds, counts)
def test_the_score_is_that_of_brute_force(seed, count):
    world = World(seed)
    seen, rounds, absent = world.observations(count), world.rounds(), world.absent()
    card = score(book_of(world), seen, rounds, absent)
    wanted = brute(world.data, world.subs, seen, rounds, absent)
    for key, check in wanted.checks.items():
        assert six(card.checks[key]) == six(check), key
        assert (card.checks[key].status == "not_applicable") == (check.state == "not_applicable"), key
        assert (card.checks[key].status == "not_assessed") == (check.state == "not_assessed"), key
    for key, node in wanted.nodes.items():
        assert six(card.nodes[key]) == six(node), key
    assert six(card.total) == six(wanted.total)
    assert sorted(str(gate.met) for gate in card.gates) == sorted(map(str, wanted.gates))
    assert len(card.barred) == wanted.barred


@given(seeds, counts)
def test_readings_now_and_found_are_those_of_brute_force(seed, count):
    world = World(seed)
    book = book_of(world)
    seen, rounds = world.observations(count), world.rounds()
    gathering = Gathering(book)
    for one in seen:
        gathering.add(one)
    made = gathering.readings(rounds)
    for key, by_place in brute(world.data, world.subs, seen, rounds).readings.items():
        here = {place[1:]: both for place, both in made.items() if place[0] == key}
        assert set(here) == set(by_place), key
        for place, (now, found) in by_place.items():
            both = here[place]
            assert both.now.enters == (now is not None)
            assert (both.found is None) == (found is None)
            for mine, theirs in ((both.now, now), (both.found, found)):
                if mine is not None and theirs is not None:
                    assert [mine.y, mine.low, mine.high] == [theirs.y * SCALE, theirs.low * SCALE, theirs.high * SCALE]
                    assert (mine.num, mine.den) == (theirs.hits * SCALE, theirs.cases)


@given(seeds, counts)
def test_every_node_balances_and_lies_within_its_range(seed, count):
    world = World(seed)
    card = score(book_of(world), world.observations(count), world.rounds(), world.absent())
    parts: list = [*card.checks.values(), *card.nodes.values(), card.total]
    for part in parts:
        assert part.earned + part.lost + part.unassessed == part.possible
        assert part.worst <= part.earned <= part.best
        assert part.earned + part.unassessed <= part.best
    by_rule = [sum(getattr(a, name) for a in card.adjustments) for name in FOUR[1:]]
    assert sum(by_rule) == 0
    checks = [sum(getattr(check, name) for check in card.checks.values()) for name in FOUR]
    bare = sum(card.book.bare.values())
    assert checks[0] + bare == card.total.possible
    assert checks[1] + by_rule[0] == card.total.earned
    assert checks[2] + by_rule[1] == card.total.lost
    assert checks[3] + bare + by_rule[2] == card.total.unassessed


@given(seeds, counts)
def test_parts_of_clusters_add_up_to_their_check(seed, count):
    world = World(seed)
    book = book_of(world)
    gathering = Gathering(book)
    for one in world.observations(count):
        gathering.add(one)
    readings = gathering.readings(world.rounds())
    card = scorecard(book, tallies_of(readings), world.absent())
    for key, check in card.checks.items():
        mine = {place[1:]: both.now for place, both in readings.items() if place[0] == key}
        parts = divide(book.lines[key], check, mine)
        if not check.possible:
            assert parts == []
            continue
        for name in FOUR:
            assert sum(getattr(part, name) for part in parts) == getattr(check, name)
        assert all(part.possible >= 0 and part.lost >= 0 and part.unassessed >= 0 for part in parts)
        places = [(part.stratum, part.cluster) for part in parts]
        assert len(set(places)) == len(places)
        if check.status == "not_assessed":
            assert all(part.unassessed == part.possible for part in parts)


@given(seeds, counts, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(seed, count, chance):
    world = World(seed)
    seen, rounds = world.observations(count), world.rounds()
    mixed = list(seen)
    chance.shuffle(mixed)
    assert figures(score(book_of(world), seen, rounds)) == figures(score(book_of(world), mixed, rounds))


@given(seeds, counts)
def test_a_correction_is_as_if_the_wrong_row_had_never_been(seed, count):
    world = World(seed)
    seen, rounds = world.observations(count), world.rounds()
    dead = {one.supersedes for one in seen}
    kept = [replace(o, supersedes="") for o in seen if o.id not in dead and o.outcome != "withdrawn"]
    assert figures(score(book_of(world), seen, rounds)) == figures(score(book_of(world), kept, rounds))


@given(seeds, counts)
def test_an_owners_own_look_never_raises_a_reading(seed, count):
    world = World(seed)
    book = book_of(world)
    seen, rounds = world.observations(count), world.rounds()
    seen = [replace(one, supersedes="", outcome="na" if one.outcome == "withdrawn" else one.outcome) for one in seen]

    def now(observations):
        gathering = Gathering(book)
        for one in observations:
            gathering.add(one)
        return {key: both.now for key, both in gathering.readings(rounds).items()}

    with_own, without = now(seen), now([one for one in seen if not one.own])
    for key, reading in without.items():
        if (
            book.lines[key[0]].check.repeat == "latest"
            and not book.lines[key[0]].survey
            and reading.enters
            and reading.applies
        ):
            after = with_own[key]
            if book.lines[key[0]].measure != "counts":
                assert after.low <= reading.low and after.high <= reading.high, key
            else:
                before_worst = reading.num * (after.den + after.unknown)
                assert after.num * (reading.den + reading.unknown) <= before_worst, key


@given(seeds, counts, counts)
def test_tallies_are_a_group(seed, count, cut):
    world = World(seed)
    book = book_of(world)
    gathering = Gathering(book)
    for one in world.observations(count):
        gathering.add(one)
    readings = [both.now for both in gathering.readings(world.rounds()).values()]
    some, rest = tally(readings[:cut]), tally(readings[cut:])
    whole = tally(readings)
    assert some.plus(rest) == whole
    assert whole.minus(rest) == some
    assert not whole.minus(whole)
    for reading in readings[:cut]:
        whole.add(reading, -1)
    assert whole == rest
    for reading in readings:
        assert 0 <= reading.low <= reading.y <= reading.high <= SCALE or not reading.weight
        assert max(reading.value, reading.num, reading.faults, reading.unknown) <= INT64


@given(seeds, counts)
def test_every_point_stands_once_when_all_checks_weigh_the_same(seed, count):
    world = World(seed)
    subs = [Standard.from_data(sub) for sub in world.subs.values()]
    book = Rulebook(Standard.from_data(world.data), subs, equal=True)
    card = score(book, world.observations(count), world.rounds())
    assert card.total.possible <= 100 * POINT
    checks = [line for line in book.lines.values() if not line.counter]
    assert sum(book.possible().values()) == (100 * POINT if checks else 0)
    for part in [*card.nodes.values(), card.total]:
        assert part.earned + part.lost + part.unassessed == part.possible
        assert part.worst <= part.earned <= part.best


@given(seeds, counts, st.integers(0, 3))
def test_printed_sections_add_up_to_the_printed_total(seed, count, decimals):
    world = World(seed)
    card = score(book_of(world), world.observations(count), world.rounds())
    for name in FOUR:
        parts = [getattr(card.nodes[s.key], name) for s in card.book.sections]
        parts.append(sum(getattr(a, name, 0) for a in card.adjustments if not a.node))
        total = getattr(card.total, name)
        shown = printed_parts(total, parts, decimals)
        step = POINT // 10**decimals
        assert sum(shown) == (abs(total) * 2 + step) // (2 * step) * step * (1 if total >= 0 else -1)
        assert all(value % step == 0 for value in shown)
        assert all(abs(value - part) < step for value, part in zip(shown, parts, strict=True))


@given(seeds, counts, st.integers(0, 3))
@example(665839, 18, 0)
def test_a_printed_scorecard_balances_and_keeps_its_total(seed, count, decimals):
    world = World(seed)
    card = score(book_of(world), world.observations(count), world.rounds())
    shown = printed_card(card, decimals)
    step = POINT // 10**decimals
    parts: list = [*shown.checks.values(), *shown.nodes.values(), shown.total]
    for part in parts:
        assert part.earned + part.lost + part.unassessed == part.possible
        assert all(getattr(part, name) % step == 0 for name in FOUR)
    assert shown.total.earned == (card.total.earned * 2 + step) // (2 * step) * step
    for name in FOUR:
        by_rule = sum(getattr(change, name, 0) for change in shown.adjustments if not change.node)
        sections = sum(getattr(shown.nodes[section.key], name) for section in shown.book.sections)
        assert sections + by_rule == getattr(shown.total, name)
        for one, two in [*((shown.nodes[key], card.nodes[key]) for key in card.nodes), (shown.total, card.total)]:
            assert abs(getattr(one, name) - getattr(two, name)) < step * (len(card.checks) + len(card.adjustments) + 2)
