"""A review is recorded: for which round it counts, whose look it is, what it opens, what is refused."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.sources.evidence.actions import NewReview, ReviewAnswer, ReviewError, Saved, save_review
from qipan.sources.evidence.models import Review
from qipan.sources.fieldwork import rounds
from qipan.sources.fieldwork.counting import CountingChanged
from qipan.sources.fieldwork.rounds import DESK, Plan
from qipan.spine.ledger.models import Observation, Reading, Round
from qipan.spine.work.models import WorkItem
from tests.little_ledger import Little, little_county
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db
CHECK = "2.1/document_review"


@pytest.fixture
def little() -> Little:
    return little_county(hotels=1, roads=1, rounds=False)


def desk_round(little: Little) -> Round:
    opened = rounds.open_round(little.year, Plan(Text("材料", "Documents"), "docs", DESK, {}), by=little.office)
    # Opened this morning: a review of today is a look of it.
    Round.objects.filter(pk=opened.pk).update(opened_at=timezone.now() - timedelta(minutes=1))
    return opened


def review(outcome: str = "B", **more: Any) -> NewReview:
    answer = ReviewAnswer("2.1", outcome, order=bool(more.pop("order", False)), text=more.pop("text", ""))
    given = {
        "uid": uuid.uuid4(), "kind": "document_review", "check": CHECK, "observed_on": timezone.localdate(),
        "answers": (answer,), **more,
    }  # fmt: skip
    return NewReview(**given)


def save(little: Little, outcome: str = "B", *, by: Any = None, **more: Any) -> Saved:
    return save_review(little.year, review(outcome, **more), by=by or little.inspector)


def row(saved: Saved) -> Observation:
    return Observation.objects.get(source=f"review/{saved.review.uid}")


def test_in_an_open_round_it_is_a_census_and_enters(little: Little) -> None:
    opened = desk_round(little)
    saved = save(little, document="创城方案（县发1号）", note="补充附件")
    found = row(saved)
    assert (found.selection, found.round_id, found.outcome, found.own) == ("census", opened.pk, "B", False)
    assert (saved.review.round, saved.review.document, saved.review.note) == (opened, "创城方案（县发1号）", "补充附件")
    assert Reading.objects.get(check_key=CHECK, level=Reading.Level.NOW).enters
    again = row(save(little, "A"))
    assert (again.selection, again.round_id) == ("chosen", None)


def test_without_a_round_it_is_chosen_and_enters_nothing(little: Little) -> None:
    assert row(save(little)).selection == "chosen"
    assert not Reading.objects.get(check_key=CHECK, level=Reading.Level.NOW).enters


def test_the_unit_that_answers_can_only_lower(little: Little) -> None:
    """The campaign office answers for the plan: its A raises nothing, and its C lowers what another found."""
    desk_round(little)
    assert row(save(little, "A", by=little.office)).own
    reading = Reading.objects.get(check_key=CHECK, level=Reading.Level.NOW)
    assert (reading.weight, reading.not_seen) == (0, 1)
    save(little, "B")
    before = Reading.objects.get(check_key=CHECK, level=Reading.Level.NOW).y
    save(little, "C", by=little.office)
    assert 0 < Reading.objects.get(check_key=CHECK, level=Reading.Level.NOW).y < before


def test_an_order_is_opened_where_it_was_asked_for(little: Little) -> None:
    assert save(little, "C").orders == ()
    saved = save(little, "C", order=True, text="缺少年度计划")
    item = WorkItem.objects.get()
    assert item.lead == little.units["office"]
    assert (item.text, item.check_key, item.origin_kind) == ("缺少年度计划", CHECK, "review")
    assert [each.number for each in saved.orders] == [item.number]
    assert save(little, "A", order=True).orders == ()


def test_sent_twice_it_is_one_review(little: Little) -> None:
    form = review()
    assert not save_review(little.year, form, by=little.inspector).again
    assert save_review(little.year, form, by=little.inspector).again
    assert Review.objects.count() == Observation.objects.count() == 1


def test_a_round_closed_meanwhile_is_told(little: Little) -> None:
    desk_round(little)
    form = review(told={"2.1": "docs"})
    rounds.close_round(little.year, "docs", by=little.office)
    with pytest.raises(CountingChanged):
        save_review(little.year, form, by=little.inspector)
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"check": "9.9/document_review"}, "check"),
        ({"kind": "declared_figure"}, "check"),
        ({"check": "1.1/site_inspection"}, "check"),
        ({"answers": ()}, "answers"),
        ({"answers": (ReviewAnswer("2.1", "Z"),)}, "2.1"),
        ({"answers": (ReviewAnswer("hotel.ho1", "pass"),)}, "hotel.ho1"),
        ({"observed_on": timezone.localdate() + timedelta(days=1)}, "observed_on"),
        ({"observed_on": timezone.localdate() - timedelta(days=400)}, "observed_on"),
        ({"document": "x" * 201}, "document"),
    ],
)
def test_what_cannot_be_recorded_names_its_place_and_leaves_nothing(
    little: Little, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(ReviewError) as refused:
        save(little, **wrong)
    assert [name for name, _ in refused.value.problems] == [field]
    assert not (Review.objects.exists() or Observation.objects.exists())


def test_leaders_and_units_record_no_reviews(little: Little) -> None:
    for role in ("leader", "head", "liaison"):
        by = make_post(make_person(f"little-{role}"), little.units["office"], role)  # type: ignore[arg-type]
        with pytest.raises(PermissionDenied):
            save(little, by=by)
