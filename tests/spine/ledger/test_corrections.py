"""Corrections, withdrawals, closed rounds, found and now, own looks: who may change what stands, and what stays."""

import uuid

import pytest

from qipan.assessment.scale import SCALE
from qipan.assessment.text import Text
from qipan.spine.ledger import running
from qipan.spine.ledger.actions import Fact, RecordError, close_round, open_round, readings_changed, record
from qipan.spine.ledger.models import Ledger, Observation, Reading, RoundFigure, Tally
from qipan.spine.ledger.recompute import rebuild, verify
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db
CHECK, ALL_OF = "Ⅰ-1/site_inspection", "Ⅰ-2/site_inspection"


@pytest.fixture
def made():
    return small.make()


def put(made, *facts, year=small.YEAR):
    rows = record(made.county.pk, year, facts, by=None)
    assert verify() == []
    return rows


def refused(made, *facts, year=small.YEAR):
    before = Observation.objects.count(), Ledger.objects.values_list("version", flat=True).first()
    with pytest.raises(RecordError) as caught:
        record(made.county.pk, year, facts, by=None)
    assert (Observation.objects.count(), Ledger.objects.values_list("version", flat=True).first()) == before
    return [(at, error.column) for at, error in caught.value.errors]


def reading(made, check, cluster, level=0):
    found = running.stored_readings(made.year.pk, level=level)
    return next((one for (key, _, where), one in found.items() if (key, where) == (check, cluster)), None)


def correction(original, outcome, **more):
    return Fact(original.item, outcome, original.observed_at, supersedes=original.uid, **more)


# --- corrections ---


def test_a_correction_stands_where_its_original_stood_whatever_it_says(made):
    draw = open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), [("street", "s1")])
    original = put(made, small.fact("street.clean", "fail", round=draw.pk, selection="drawn", subject="7", own=True))[0]
    other = open_round(made.county.pk, "q", Text("轮"), "census", small.at(5), [])
    said = correction(original, "pass", stratum="park", cluster="p1", round=other.pk, selection="chosen")
    row = put(made, said)[0]
    assert (row.stratum, row.cluster, row.round_id, row.selection) == ("street", "s1", draw.pk, "drawn")
    assert (row.subject, row.own) == ("7", True)


def test_a_record_is_corrected_once_and_a_correction_can_be_corrected(made):
    first = put(made, small.fact("street.clean", "fail"))[0]
    second = put(made, correction(first, "pass"))[0]
    assert refused(made, correction(first, "na")) == [(0, "supersedes")]
    put(made, correction(second, "fail"))
    assert reading(made, CHECK, "s1").value == 0


def test_what_cannot_be_corrected_is_refused_and_nothing_is_half_recorded(made):
    first = put(made, small.fact("street.clean", "fail"))[0]
    elsewhere = small.make(code="other")
    theirs = record(elsewhere.county.pk, small.YEAR, [small.fact("street.clean", "pass")], by=None)[0]
    wrong = [
        small.fact("street.lamps", "pass"),
        Fact("street.lamps", "pass", first.observed_at, supersedes=first.uid),
        Fact("street.clean", "pass", first.observed_at, supersedes=uuid.uuid4()),
        Fact("street.clean", "pass", first.observed_at, supersedes=theirs.uid),
    ]
    assert refused(made, *wrong) == [(1, "supersedes"), (2, "supersedes"), (3, "supersedes")]
    twice = [correction(first, "pass"), correction(first, "pass")]
    assert refused(made, *twice) == [(1, "supersedes")]


def test_a_correction_of_another_year_is_refused(made):
    small.add_year(made.county, year=small.YEAR + 1)
    first = put(made, small.fact("street.clean", "fail"))[0]
    assert refused(made, correction(first, "pass"), year=small.YEAR + 1) == [(0, "supersedes")]
    assert reading(made, CHECK, "s1").value == 0


def test_a_withdrawal_leaves_what_was_seen_before(made):
    put(made, small.fact("street.clean", "fail", 1))
    later = put(made, small.fact("street.clean", "pass", 2))[0]
    gone = put(made, correction(later, "withdrawn"))[0]
    assert reading(made, CHECK, "s1").value == 0
    put(made, correction(gone, "pass"))
    assert reading(made, CHECK, "s1").value == 2 * SCALE, "the item weighs two"


def test_withdrawn_whole_a_place_is_as_if_nobody_had_looked(made):
    for row in put(made, small.fact("street.clean", "fail"), small.fact("street.lamps", "na")):
        put(made, correction(row, "withdrawn"))
    assert small.stored(made.year) == {}
    assert not any(running.stored_tallies(made.year.pk).values())


def test_late_arrivals_are_ordered_by_when_they_were_seen(made):
    put(made, small.fact("street.clean", "pass", 9))
    put(made, small.fact("street.clean", "fail", 3))
    assert reading(made, CHECK, "s1").value == 2 * SCALE
    assert reading(made, CHECK, "s1", level=1).value == 0, "what was seen first was found, though it arrived last"


# --- rounds ---


def figures(check, amended):
    found = RoundFigure.objects.filter(check_key=check, amended_at__isnull=not amended)
    return [(f.clusters, f.seen, f.sum_y // SCALE) for f in found.order_by("id")]


def test_a_closed_round_keeps_its_figure_and_a_correction_stands_beside_it(made):
    of = open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), [("park", "p1"), ("park", "p2")])
    one, two = put(made, *(small.fact("park.bins", "fail", 1, p, round=of.pk, selection="drawn") for p in ("p1", "p2")))
    close_round(of.pk, small.at(10))
    assert figures(CHECK, amended=False) == [(2, 2, 0)]
    put(made, correction(one, "pass"))
    assert figures(CHECK, amended=False) == [(2, 2, 0)]
    assert figures(CHECK, amended=True) == [(2, 2, 1)]
    put(made, correction(two, "pass"))
    assert figures(CHECK, amended=True) == [(2, 2, 1), (2, 2, 2)]
    assert running.stored_tallies(made.year.pk, level=1)[CHECK, "park"].sum_y == 2 * SCALE, "found follows corrections"


def test_a_late_record_and_a_withdrawal_amend_too_and_a_look_outside_does_not(made):
    of = open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), [])
    row = put(made, small.fact("park.bins", "fail", 1, "p1", round=of.pk, selection="drawn"))[0]
    close_round(of.pk, small.at(10))
    put(made, small.fact("park.bins", "pass", 12, "p1", selection="chosen"))
    assert figures(CHECK, amended=True) == []
    put(made, correction(row, "withdrawn"))
    assert figures(CHECK, amended=True) == [(0, 0, 0)]
    put(made, small.fact("park.bins", "pass", 2, "p2", round=of.pk, selection="drawn"))
    assert figures(CHECK, amended=True) == [(0, 0, 0), (1, 1, 1)]


def test_a_round_closes_once(made):
    of = open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), [("park", "p1")])
    closed = close_round(of.pk, small.at(10))
    assert close_round(of.pk, small.at(20)).closed_at == closed.closed_at
    assert figures(CHECK, amended=False) == [(1, 0, 0)], "what is on the list and was not seen is counted"


def test_a_list_makes_its_places_missing_until_they_are_seen(made):
    open_round(
        made.county.pk, "r", Text("轮"), "census", small.at(0), [("street", "s1"), ("street", "s1"), ("green", "p1")]
    )
    assert reading(made, CHECK, "s1").unknown == 3
    assert reading(made, CHECK, "p1").enters, "a standard's word for a type of site stands for the type"
    assert verify() == []
    put(made, small.fact("street.clean", "pass", selection="chosen"))
    assert reading(made, CHECK, "s1").enters, "a place on a list enters, however it was looked at later"


def test_lists_count_in_the_year_of_their_round_only(made):
    later = small.add_year(made.county, year=small.YEAR + 1)
    open_round(made.county.pk, "r", Text("轮"), "census", small.at(0), [("street", "s1")])
    put(made, small.fact("street.clean", "pass", 320, selection="chosen"), year=small.YEAR + 1)
    found = running.stored_readings(later.pk)
    assert found and not any(one.enters for one in found.values())


# --- found and now, chosen, own ---


def test_found_is_the_first_look_and_now_the_last(made):
    put(made, small.fact("street.clean", "fail", 1, selection="drawn", source="a"))
    put(made, small.fact("street.clean", "pass", 5, selection="chosen", source="b"))
    assert (reading(made, CHECK, "s1").value, reading(made, CHECK, "s1", level=1).value) == (2 * SCALE, 0)


def test_a_place_that_was_chosen_first_is_not_found_by_a_later_draw(made):
    put(made, small.fact("street.clean", "fail", 1, selection="chosen"))
    put(made, small.fact("street.clean", "pass", 5, selection="drawn"))
    assert reading(made, CHECK, "s1").enters
    assert not reading(made, CHECK, "s1", level=1)


def test_a_place_that_was_only_chosen_enters_nothing(made):
    put(made, small.fact("street.clean", "pass", selection="chosen"))
    assert reading(made, CHECK, "s1").value == 2 * SCALE
    assert not reading(made, CHECK, "s1").enters
    assert not any(running.stored_tallies(made.year.pk).values())


def test_an_owners_own_look_may_lower_and_never_raise(made):
    put(made, small.fact("street.clean", "fail", 1))
    put(made, small.fact("street.clean", "pass", 2, own=True, selection="chosen"))
    assert reading(made, CHECK, "s1").value == 0
    put(made, small.fact("street.lamps", "pass", 3))
    put(made, small.fact("street.lamps", "fail", 4, own=True, selection="chosen"))
    assert reading(made, CHECK, "s1").value == 0


def test_na_and_missing_outcomes_are_kept_apart(made):
    put(made, small.fact("street.clean", "na"), small.fact("street.lamps", "refused"))
    one = reading(made, CHECK, "s1")
    assert (one.na, one.unknown, one.refused, one.weight) == (2, 1, 1, 0)
    put(made, small.fact("street.lamps", "na", 2))
    assert not reading(made, CHECK, "s1").applies
    assert running.stored_tallies(made.year.pk)[CHECK, "street"].na == 1


def test_worst_runs_over_rounds_and_a_fix_replaces_its_item_in_the_last_set(made):
    ids = [open_round(made.county.pk, str(n), Text("轮"), "drawn", small.at(n), []).pk for n in (0, 10)]
    visit = [small.fact("street.clean", "fail", 1, round=ids[0]), small.fact("street.faults", "0", 1, round=ids[0])]
    again = [small.fact("street.clean", "fail", 11, round=ids[1]), small.fact("street.faults", "0", 11, round=ids[1])]
    put(made, *again)
    put(made, *visit)
    put(made, small.fact("street.clean", "pass", 12, selection="chosen"))
    assert reading(made, ALL_OF, "s1").y == 0, "the first round stays the worst"


# --- several campaigns, signals, rebuilding ---


def test_one_record_serves_every_campaign_and_each_is_told(made):
    priced = small.add_year(made.county, small.POINTS)
    told = []

    def listen(sender, campaign_year, keys, **_):
        told.append((campaign_year.pk, {key for key, _, _ in keys}))

    readings_changed.connect(listen)
    try:
        put(made, small.fact("street.clean", "pass"))
    finally:
        readings_changed.disconnect(listen)
    assert told == [(made.year.pk, {CHECK, ALL_OF}), (priced.pk, {"1.1/site_inspection"})]


def test_a_rebuild_makes_the_same_again(made):
    put(made, small.fact("street.clean", "pass"), small.fact("q.good", "yes", subject="1"))
    before = small.stored(made.year), running.stored_tallies(made.year.pk)
    rebuild(made.year)
    assert (small.stored(made.year), running.stored_tallies(made.year.pk)) == before
    assert verify() == []


def test_verify_finds_what_someone_changed_by_hand(made):
    put(made, small.fact("street.clean", "pass"))
    Tally.objects.filter(check_key=CHECK, level=0).update(sum_y=7)
    Reading.objects.filter(check_key=ALL_OF, level=1).delete()
    said = [str(one) for one in verify()]
    assert any("(tally)" in line and CHECK in line for line in said)
    assert any(line.startswith(f"{ALL_OF} street s1") for line in said)
