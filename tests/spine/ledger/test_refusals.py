"""What the ledger does not take: each wrong fact is named by its place and column, and nothing is recorded."""

import pytest

from qipan.spine.ledger.actions import Fact, RecordError, record
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.ledger.recompute import rebuild, verify
from qipan.spine.ledger.running import stored_readings
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return small.make()


WRONG = [
    (Fact("street.cleam", "pass", small.at(1), "street", "s1"), "item"),
    (Fact("street.clean", "B", small.at(1), "street", "s1"), "outcome"),
    (Fact("street.faults", "many", small.at(1), "street", "s1"), "outcome"),
    (Fact("street.clean", "pass", small.at(1), "park", "s1"), "stratum"),
    (Fact("street.clean", "pass", small.at(1), "street"), "cluster"),
    (Fact("street.clean", "pass", small.at(1), "street", "-"), "cluster"),
    (Fact("street.unused", "B", small.at(1), "street", "s1"), "outcome"),
    (Fact("street.clean", "pass", small.at(1), "street", "s1", round=999), "round"),
    (Fact("street.clean", "pass", small.at(1), "street", "s1", selection="random"), "selection"),
    (Fact("street.clean", "pass", small.at(1), "street", "s1", weight=0), "weight"),
    (Fact("street.clean", "pass", small.at(1), "street", "s1", weight=1_000_001), "weight"),
    (Fact("street.clean", "pass", small.at(1), "street", "s" * 41), "cluster"),
    (Fact("street.clean", "pass", small.at(1), "street", "s1", source="v" * 81), "source"),
    (Fact("street.clean", "withdrawn", small.at(1), "street", "s1"), "supersedes"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "column"), WRONG)
def test_a_wrong_fact_is_named(made, fact, column):
    good = small.fact("street.lamps", "pass")
    with pytest.raises(RecordError) as caught:
        record(made.county.pk, small.YEAR, [good, fact], by=None)
    ((at, error),) = caught.value.errors
    assert (at, error.column) == (1, column)
    assert error.message.zh and error.message.en
    assert error.remedy.zh and error.remedy.en
    assert not Observation.objects.exists()
    assert verify() == []


def test_a_round_of_another_county_is_refused(made):
    other = small.make(code="other")
    theirs = Round.objects.create(county=other.county, code="r", name_zh="轮", selection="drawn", opened_at=small.at(0))
    with pytest.raises(RecordError) as caught:
        record(made.county.pk, small.YEAR, [small.fact("street.clean", "pass", round=theirs.pk)], by=None)
    assert caught.value.errors[0][1].column == "round"


def test_a_year_without_a_campaign_is_refused(made):
    with pytest.raises(RecordError) as caught:
        record(made.county.pk, small.YEAR + 5, [small.fact("street.clean", "pass")], by=None)
    assert caught.value.errors[0][1].column == "year"


def test_an_item_in_two_strata_needs_to_say_which(made):
    twice = {
        **small.POINTS, "id": "twice",
        "nodes": [{"code": "1", "title": "一", "points": 100, "checks": [
            {"method": "site_inspection", "strata": {"district": ["litter"], "highway": ["litter"]}},
        ]}],
    }  # fmt: skip
    there = small.make(twice, code="two")
    with pytest.raises(RecordError) as caught:
        record(there.county.pk, small.YEAR, [Fact("litter", "pass", small.at(1), "", "d1")], by=None)
    assert caught.value.errors[0][1].column == "stratum"
    assert "district" in caught.value.errors[0][1].remedy.en
    record(there.county.pk, small.YEAR, [Fact("litter", "pass", small.at(1), "highway", "d1")], by=None)
    assert {key[1] for key in stored_readings(there.year.pk)} == {"highway"}


def test_a_word_of_the_standard_stands_for_the_type_and_one_thing_needs_no_place(made):
    rows = record(
        made.county.pk, small.YEAR,
        [Fact("park.bins", "pass", small.at(1), "green", "p1"), Fact("Ⅰ-1.1", "A", small.at(1)), Fact("street.clean", "na", small.at(1), "", "s1")],
        by=None,
    )  # fmt: skip
    assert [(row.stratum, row.cluster) for row in rows] == [("park", "p1"), ("-", "-"), ("street", "s1")]


def test_an_item_that_no_check_uses_is_recorded_and_counts_once_a_standard_asks_for_it(made):
    record(made.county.pk, small.YEAR, [small.fact("street.unused", "pass")], by=None)
    assert small.stored(made.year) == {}
    asks = {**small.POINTS, "id": "asks", "nodes": [{"code": "1", "title": "一", "points": 100, "checks": [
        {"method": "site_inspection", "strata": {"street": ["street.unused"]}}]}]}  # fmt: skip
    later = small.add_year(made.county, asks)
    rebuild(later)
    assert list(small.stored(later)) == [("1/site_inspection", "street", "s1")]
    assert verify() == []
