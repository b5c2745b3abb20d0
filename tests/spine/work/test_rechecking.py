"""The re-check: what it records, what it moves, what it does not, and how it fails."""

from __future__ import annotations

from typing import Any

import pytest

from qipan.assessment.scale import POINT, SCALE
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.recompute import verify
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import actions
from qipan.spine.work.errors import EvidenceMissing, WorkError
from qipan.spine.work.models import State, Step, WorkItem
from tests.little_ledger import YEAR, look
from tests.spine.work import town as towns
from tests.spine.work.town import again, at, page

pytestmark = pytest.mark.django_db


def why(done):
    """Why it moved what it did."""
    return done.moved["why"]


@pytest.fixture
def town():
    """Roads 1 and 2 are drawn: 2 of 2 and 1 of 2 in order. 40 points hang on the check, so 30 are earned."""
    town = towns.make()
    towns.seen(
        town, ("road.r1", "r1", "1"), ("road.r2", "r1", "pass"), ("road.r1", "r2", "1"), ("road.r2", "r2", "fail"),
        ("hotel.ho1", "h1", "fail"), ("hotel.ho2", "h1", "pass"), ("hotel.ho3", "h1", "pass"),
    )  # fmt: skip
    return town


def test_a_pass_is_a_chosen_look_by_someone_else_and_moves_its_own_site_only(town):
    item = towns.reported(town)
    before = standing(town.year)
    done: Any = actions.recheck(item.pk, version=3, by=town["inspector-2"], outcome="pass", at=at(5))
    seen = Observation.objects.latest("seq")
    assert (seen.selection, seen.source, seen.own, seen.outcome) == ("chosen", f"order/{item.number}", False, "pass")
    assert (seen.item, seen.stratum, seen.cluster, seen.by_unit) == ("road.r2", "road", "r2", "office")
    after = standing(town.year)
    changed = {key for key in before.readings if before.readings[key] != after.readings[key]}
    assert changed == {("1.2/site_inspection", "road", "r2")}
    assert set(before.readings) == set(after.readings)
    # By hand: road 2 was half in order and is whole; the check goes from 3/4 of 40 points to all of them.
    assert done.moved == {
        "checks": [
            {
                "check": "1.2/site_inspection", "stratum": "road", "cluster": "r2", "y": [SCALE // 2, SCALE],
                "enters": True, "earned": [30 * POINT, 40 * POINT], "lost": [10 * POINT, 0], "why": "moved",
            }
        ],
        "total": [before.card.total.earned, after.card.total.earned],
        "why": ["moved"],
    }  # fmt: skip
    assert after.card.total.earned - before.card.total.earned == 10 * POINT
    assert again(item).moved["total"] == done.moved["total"]
    assert again(item).log.get(step=Step.RECHECKED).observation == seen.uid
    assert verify() == []


def test_a_site_that_was_only_ever_chosen_moves_nothing_and_says_so(town):
    item = towns.reported(town, item="road.r2", cluster="r3")  # road 3 is on no list
    before = standing(town.year).card.total.earned
    done: Any = actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    assert done.closed and why(done) == ["chosen"]
    assert standing(town.year).card.total.earned == before == done.moved["total"][0] == done.moved["total"][1]


def test_what_stood_as_full_already_says_so(town):
    item = towns.reported(town, item="road.r2", cluster="r1")
    done = actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    assert why(done) == ["same"]


def test_a_failed_re_check_records_its_look_and_goes_round_again(town):
    item = towns.reported(town)
    with pytest.raises(WorkError) as error:
        actions.recheck(item.pk, version=3, by=town["inspector"], outcome="fail", at=at(5))
    assert error.value.field == "text", "what is still wrong has to be said"
    done = actions.recheck(item.pk, version=3, by=town["inspector"], outcome="fail", text="仍破损", at=at(5))
    assert (done.closed, done.moved) == (False, None)
    assert Observation.objects.latest("seq").outcome == "fail"
    item = again(item)
    assert (item.state, item.handling_round, item.reported_at) == (State.ACCEPTED, 2, None)
    with pytest.raises(WorkError):  # the first round's fix does not count once more
        actions.report(
            item.pk, version=4, by=town["roads"], text="好", fixed_at=at(2), photos=[towns.photo(town)], at=at(6)
        )
    actions.report(
        item.pk, version=4, by=town["roads-head"], text="好", fixed_at=at(6), photos=[towns.photo(town)], at=at(7)
    )
    assert actions.recheck(item.pk, version=5, by=town["inspector"], outcome="pass", at=at(9)).closed
    first, second = page(town["office"], item.number).chain
    assert [stone.state for stone in first.stones] == ["done", "done", "done", "done", "failed", "open"]
    assert [stone.state for stone in second.stones] == ["done"] * 6
    assert [again(item).log.filter(step=step).count() for step in (Step.REPORTED, Step.FAILED, Step.CLOSED)] == [
        2,
        1,
        1,
    ]


@pytest.mark.parametrize(("outcome", "closed"), [("3", True), ("0", True), ("4", False), ("12", False)])
def test_a_count_is_judged_by_its_own_rule(town, outcome, closed):
    """At most three pieces of litter per 100 m."""
    item = towns.reported(town, item="road.r1", cluster="r2", outcome="9")
    done = actions.recheck(item.pk, version=3, by=town["inspector"], outcome=outcome, text="数了", at=at(5))
    assert done.closed == closed


@pytest.mark.parametrize("outcome", ["", "perhaps", "na", "not_seen", "disputed", "withdrawn"])
def test_what_is_no_result_closes_nothing(town, outcome):
    item = towns.reported(town)
    seen = Observation.objects.count()
    with pytest.raises(WorkError) as error:
        actions.recheck(item.pk, version=3, by=town["inspector"], outcome=outcome, text="?", at=at(5))
    assert error.value.field == "outcome"
    assert Observation.objects.count() == seen and again(item).state == State.REPORTED


def test_a_re_check_lies_after_the_report(town):
    item = towns.reported(town)
    with pytest.raises(WorkError):
        actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(2.5))


def test_what_no_checklist_knows_is_passed_or_failed(town):
    item = towns.reported(town, item="free.item", cluster="r3", unit="roads")
    seen = Observation.objects.count()
    with pytest.raises(WorkError):
        actions.recheck(item.pk, version=3, by=town["inspector"], outcome="4", at=at(5))
    done = actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    assert done.closed and why(done) == ["no_item"] and Observation.objects.count() == seen


# --- tasks ---


def task(town, check, lead="tourism"):
    plans = actions.preview_decomposition(town.year, at(900), by=town["office"], only=[check])
    (pk,) = actions.decompose(town.year, plans, by=town["office"], at=at(), leads={check: lead})
    by = town[lead]
    actions.accept(pk, version=1, by=by, at=at(1))
    actions.report(pk, version=2, by=by, text="已完成", fixed_at=at(2), at=at(3))
    return WorkItem.objects.get(pk=pk)


def test_a_task_of_a_document_is_re_checked_item_by_item(town):
    item = task(town, "2.1/document_review")
    (question,) = page(town["inspector"], item.number).questions
    assert (question.item, question.kind, question.options) == ("2.1", "graded_scale", ("A", "B", "C"))
    failed = actions.recheck(item.pk, version=3, by=town["inspector"], outcomes={"2.1": "B"}, text="缺附件", at=at(4))
    assert not failed.closed
    actions.report(item.pk, version=4, by=town["tourism"], text="已补", fixed_at=at(5), at=at(6))
    done = actions.recheck(item.pk, version=5, by=town["inspector"], outcomes={"2.1": "A"}, at=at(8))
    assert done.moved and done.moved["checks"][0]["check"] == "2.1/document_review"
    assert list(Observation.objects.filter(item="2.1").order_by("seq").values_list("outcome", "selection")) == [
        ("B", "chosen"), ("A", "chosen"),
    ]  # fmt: skip


def test_outcomes_of_a_task_are_whole_and_its_own(town):
    item = task(town, "2.1/document_review")
    for outcomes, outcome in (({}, ""), ({"2.1": "A", "road.r2": "pass"}, ""), ({"2.1": "Z"}, ""), ({}, "na")):
        with pytest.raises(WorkError) as error:
            actions.recheck(item.pk, version=3, by=town["inspector"], outcome=outcome, outcomes=outcomes, at=at(4))
        assert error.value.field == "outcome"


def test_a_task_at_sites_rests_on_what_someone_else_has_seen_since(town):
    item = task(town, "1.2/site_inspection", "roads")

    def close():
        return actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(30))

    def visit(by, hours, **more):
        from qipan.spine.ledger.actions import record

        fact = look("road.r1", "r3", "1", observed_at=at(hours), recorded_at=at(hours), **more)
        return record(town.county.pk, YEAR, [fact], by=town[by])[0]

    with pytest.raises(EvidenceMissing) as error:
        close()
    assert error.value.missing == Step.RECHECKED and "检查记录" in error.value.words.zh
    visit("inspector", 2)  # before the report
    visit("roads", 10)  # the unit's own word
    visit("inspector-section", 11)  # a unit below it
    visit("inspector", 12, own=True)
    with pytest.raises(EvidenceMissing):
        close()
    seen = visit("inspector-2", 13)
    done = close()
    assert done.closed and why(done) == ["evidence"]
    assert again(item).log.get(step=Step.CLOSED).observation == seen.uid


def test_a_task_at_sites_can_be_sent_back_without_a_visit(town):
    item = task(town, "1.2/site_inspection", "roads")
    done = actions.recheck(item.pk, version=3, by=town["inspector"], outcome="fail", text="未见成效", at=at(30))
    assert not done.closed and again(item).state == State.ACCEPTED
