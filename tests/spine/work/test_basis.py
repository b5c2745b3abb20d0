"""What a task rests on, what it is a part of, and what stands against closing it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.spine.work import actions
from qipan.spine.work.basis.actions import Cited, Paper, cite, keep_document, uncite
from qipan.spine.work.basis.models import BasisDocument
from qipan.spine.work.basis.queries import citations, documents, under
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.subtasks import kin
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at

pytestmark = pytest.mark.django_db
PLAN = Paper("《县创建工作实施方案》", "县办发〔2026〕3号", "县委办公室", date(2026, 1, 15))


@pytest.fixture
def town() -> Town:
    return towns.make()


def task(town: Town, title: str = "整治背街小巷", **more) -> Any:
    given = {"unit": "roads", "deadline": at(900), "by": town["office"], "at": at(), **more}
    return actions.issue_task(town.year, title=Text(title), **given)


def close(town: Town, item: Any, hours: float = 10) -> Any:
    actions.accept(item.pk, version=1, by=town["roads"], at=at(1))
    actions.report(item.pk, version=2, by=town["roads"], text="已完成", fixed_at=at(2), at=at(2))
    return actions.recheck(item.pk, version=3, by=town["office"], outcome="pass", at=at(hours))


def test_a_task_with_all_that_is_given(town):
    document = keep_document(PLAN, by=town["office"])
    assert (document.title, document.cited_as) == ("县创建工作实施方案", "《县创建工作实施方案》（县办发〔2026〕3号）")
    item = task(
        town,
        post=town["roads-head"].pk,
        side="software",
        deliverable="台账",
        basis=[Cited(document.pk, "第三条第（二）项")],
    )
    assert (item.person_id, item.side, item.deliverable) == (town["roads-head"].person_id, "software", "台账")
    assert [(one.cited_as, one.clause) for one in citations(item.pk)] == [(document.cited_as, "第三条第（二）项")]
    assert AuditEntry.objects.filter(verb="work.cite").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"post": -1}, "post"), ({"side": "both"}, "side"), ({"parent": "2026-99999"}, "parent"), ({"unit": ""}, "unit"),
     ({"basis": [Cited(999, "")]}, "document")],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_saved(town, change, field):
    with pytest.raises(WorkError) as error:
        task(town, **change)
    assert error.value.field == field
    assert not WorkItem.objects.exists()


def test_a_person_of_another_unit_is_not_in_charge(town):
    with pytest.raises(WorkError) as error:
        task(town, post=town["tourism"].pk)
    assert error.value.field == "post"


def test_a_task_is_closed_when_its_subtasks_are(town):
    over = task(town)
    part = task(town, "修补路面", unit="east", parent=over.number, deadline=at(800))
    assert (part.parent_id, part.node) == (over.pk, over.node)
    with pytest.raises(WorkError) as error:
        close(town, over)
    assert part.number in error.value.words.zh and "城东镇" in error.value.words.zh
    assert WorkItem.objects.get(pk=over.pk).state == "reported"
    seen = kin(town["office"], over.pk, at(11))
    assert (seen.parent, [row.number for row in seen.subtasks], seen.open) == (None, [part.number], 1)
    above = kin(town["office"], part.pk, at(11)).parent
    assert above is not None and above.number == over.number
    assert items(town["office"], Filters(parent=over.number), now=at(11)).total == 1
    actions.cancel(part.pk, version=1, by=town["office"], reason="并入", at=at(12))
    assert actions.recheck(over.pk, version=3, by=town["office"], outcome="pass", at=at(13)).closed


def test_a_failed_recheck_needs_no_closed_subtasks(town):
    over = task(town)
    task(town, "修补路面", unit="east", parent=over.number, deadline=at(800))
    actions.accept(over.pk, version=1, by=town["roads"], at=at(1))
    actions.report(over.pk, version=2, by=town["roads"], text="已完成", fixed_at=at(2), at=at(2))
    assert not actions.recheck(over.pk, version=3, by=town["office"], outcome="fail", text="未完", at=at(3)).closed


def test_a_subtask_ends_with_its_task_and_is_not_broken_down(town):
    over = task(town)
    with pytest.raises(WorkError) as error:
        task(town, parent=over.number, deadline=at(901))
    assert error.value.field == "deadline"
    part = task(town, parent=over.number)
    with pytest.raises(WorkError) as error:
        task(town, parent=part.number)
    assert error.value.field == "parent"
    close(town, part)
    assert close(town, over, 20).closed
    with pytest.raises(WorkError):
        task(town, parent=over.number)


def test_the_register_of_documents(town):
    document = keep_document(PLAN, by=town["office"])
    for given, version, pk, field in (
        (PLAN, 0, None, "title"), (Paper(" "), 0, None, "title"), (Paper("题" * 201), 0, None, "title"),
        (Paper("甲", "号" * 81), 0, None, "number"), (Paper("新方案"), 7, document.pk, ""),
    ):  # fmt: skip
        with pytest.raises(WorkError) as error:
            keep_document(given, by=town["office"], pk=pk, version=version)
        assert error.value.field == field
    for name in ("leader", "roads", "inspector"):
        with pytest.raises(PermissionDenied):
            keep_document(Paper("甲"), by=town[name])
    changed = keep_document(Paper("新方案", PLAN.number), by=town["office"], pk=document.pk, version=1)
    assert (changed.title, changed.version) == ("新方案", 2)
    first, second = task(town), task(town, "另一项", unit="tourism")
    for item in (first, second, first):
        cite(item.pk, Cited(document.pk, "第一条"), by=town["office"])
    assert [(row.title, row.tasks) for row in documents(town["office"])] == [("新方案", 2)]
    assert [row.tasks for row in documents(town["roads"])] == [1], "what the reader sees is counted"
    assert documents(town["office"], "没有") == [] and len(documents(town["office"], "县办发")) == 1
    [(clause, rows)] = under(document.pk, town["office"], at(1))
    assert (clause, [row.number for row in rows]) == ("第一条", [first.number, second.number])
    assert items(town["office"], Filters(basis=str(document.pk)), now=at(1)).total == 2
    with pytest.raises(PermissionDenied):
        cite(first.pk, Cited(document.pk, ""), by=town["roads"])
    uncite(first.pk, citations(first.pk)[0].pk, by=town["office"])
    assert [row.tasks for row in documents(town["office"])] == [1]
    with pytest.raises(PermissionDenied):
        uncite(first.pk, 999, by=town["office"])
    assert BasisDocument.objects.count() == 1


def test_pages_of_tasks_take_no_more_statements_when_there_are_more(town):
    document = keep_document(PLAN, by=town["office"])
    over = task(town)
    counts = []
    for count in (2, 6):
        for i in range(count):
            task(town, f"分项{count}{i}", parent=over.number, basis=[Cited(document.pk, f"第{i}条")], deadline=at(700))
        with CaptureQueriesContext(connection) as seen:
            kin(town["office"], over.pk, at(1))
            under(document.pk, town["office"], at(1))
            documents(town["office"])
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 18, counts
