"""The standard decomposed into tasks: by functions, with a preview, nothing without a lead unit and a date."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.spine.campaigns.actions import choose_answering_lead
from qipan.spine.campaigns.models import FunctionDuty
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import Kind, State, WorkItem
from tests.spine.work import town as towns
from tests.spine.work.town import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = towns.make()
    towns.seen(
        town, ("road.r1", "r1", "1"), ("road.r2", "r1", "fail"), ("road.r1", "r2", "1"), ("road.r2", "r2", "pass")
    )
    return town


def preview(town, **more):
    return actions.preview_decomposition(town.year, at(900), by=town["office"], **more)


def test_the_preview_follows_the_functions_and_saves_nothing(town):
    plans = {plan.check: plan for plan in preview(town)}
    assert {key: plan.lead.code if plan.lead else None for key, plan in plans.items()} == {
        "1.1/site_inspection": "tourism", "1.2/site_inspection": "roads", "2.1/document_review": "office",
        "2.2/survey": "office",
    }  # fmt: skip
    # By hand: one of two roads is half in order, so a quarter of 40 points is lost.
    assert plans["1.2/site_inspection"].points == 10 * POINT
    assert plans["1.2/site_inspection"].possible == 40 * POINT
    assert plans["2.1/document_review"].title == Text("2.1 方案（材料审核）", "2.1 Plan (document review)")
    assert not WorkItem.objects.exists()


def test_what_nobody_leads_is_said_and_not_issued(town):
    FunctionDuty.objects.filter(function="roads").delete()
    plan = next(plan for plan in preview(town) if plan.check == "1.2/site_inspection")
    assert (plan.lead, plan.reason) == (None, "unowned") and plan.why_not.zh
    with pytest.raises(WorkError) as error:
        actions.decompose(town.year, preview(town), by=town["office"], at=at())
    assert error.value.field == "unit" and "1.2" in error.value.words.zh
    assert not WorkItem.objects.exists(), "all of them or none"
    choose_answering_lead(town.year, plan.check, "east", by=town["office"])
    chosen = next(one for one in preview(town) if one.check == plan.check)
    assert chosen.lead.code == "east"


def test_only_a_node_or_a_check(town):
    assert [plan.check for plan in preview(town, only=["2"])] == ["2.1/document_review", "2.2/survey"]
    assert [plan.check for plan in preview(town, only=["1.2/site_inspection"])] == ["1.2/site_inspection"]


def test_tasks_are_issued_told_and_not_issued_twice(town):
    made = actions.decompose(town.year, preview(town), by=town["office"], at=at())
    assert len(made) == 4
    item: Any = WorkItem.objects.get(pk=made[1])
    assert (item.kind, item.lead.code, item.state, item.deadline) == (Kind.TASK, "roads", State.ISSUED, at(900))
    assert (item.origin_kind, item.origin_id, item.side) == ("check", "1.2/site_inspection", "hardware")
    assert Message.objects.filter(kind="work.issued", post=town["roads"]).count() == 1
    plans = preview(town)
    assert {plan.reason for plan in plans} == {"open"}
    assert item.number in next(plan for plan in plans if plan.check == item.check_key).why_not.zh
    assert actions.decompose(town.year, plans, by=town["office"], at=at(1)) == []
    actions.cancel(item.pk, version=1, by=town["office"], reason="重发", at=at(1))
    assert len(actions.decompose(town.year, preview(town), by=town["office"], at=at(2))) == 1
    with pytest.raises(WorkError):
        actions.reopen(item.pk, version=2, by=town["office"], reason="?", at=at(3))


def test_another_lead_or_day_for_one_of_them(town):
    check = "1.2/site_inspection"
    (pk,) = actions.decompose(
        town.year, preview(town, only=[check]), by=town["office"], at=at(), leads={check: "east"},
        deadlines={check: at(48)},
    )  # fmt: skip
    item: Any = WorkItem.objects.get(pk=pk)
    assert (item.lead.code, item.deadline) == ("east", at(48))
    for change in ({"leads": {check: "nowhere"}}, {"deadlines": {check: at(-1)}}):
        WorkItem.objects.update(state=State.CLOSED, open_key=None)
        with pytest.raises(WorkError):
            actions.decompose(town.year, preview(town, only=[check]), by=town["office"], at=at(), **change)


@pytest.mark.parametrize("name", ["leader", "inspector", "roads-head", "roads"])
def test_only_the_office_decomposes(town, name):
    with pytest.raises(PermissionDenied):
        actions.preview_decomposition(town.year, at(9), by=town[name])
    with pytest.raises(PermissionDenied):
        actions.decompose(town.year, preview(town), by=town[name])


def test_a_single_task(town):
    given: dict[str, Any] = {
        "title": Text("报送第三季度小结", "Third-quarter summary"),
        "unit": "roads",
        "deadline": at(99),
    }
    item: Any = actions.issue_task(
        town.year, by=town["leader"], deliverable="书面小结", supports=["east", "roads"], at=at(), **given
    )
    assert (item.kind, item.lead.code, item.deliverable) == (Kind.TASK, "roads", "书面小结")
    assert [unit.code for unit in item.supports.all()] == ["east"]
    for name, change in (("title", {"title": Text()}), ("unit", {"unit": "x"}), ("deadline", {"deadline": at(-1)}),
                         ("check", {"check": "9.9/survey"})):  # fmt: skip
        with pytest.raises(WorkError) as error:
            actions.issue_task(town.year, by=town["office"], at=at(), **{**given, **change})
        assert error.value.field == name
    with pytest.raises(PermissionDenied):
        actions.issue_task(town.year, by=town["roads-head"], at=at(), **given)


def test_a_task_without_a_check_is_closed_by_the_acceptance_of_its_deliverable(town):
    item = actions.issue_task(
        town.year, by=town["office"], title=Text("小结", "Summary"), unit="roads", deadline=at(99), at=at()
    )
    actions.accept(item.pk, version=1, by=town["roads"], at=at(1))
    actions.report(item.pk, version=2, by=town["roads"], text="已报送", fixed_at=at(2), at=at(2))
    assert actions.recheck(item.pk, version=3, by=town["office"], outcome="pass", at=at(3)).closed


def test_statements_do_not_grow_with_the_tasks(town):
    counts = []
    for only in (["2.1/document_review"], None):
        with CaptureQueriesContext(connection) as seen:
            plans = preview(town, only=only)
            actions.decompose(town.year, plans, by=town["office"], at=at())
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 3, counts
