"""The plan and what hangs on it: items due by a node, what moves with it, and what stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError
from qipan.spine.campaigns.models import Phase, TimeNode
from qipan.spine.campaigns.nodes import reach_node, remove_node
from qipan.spine.campaigns.phases import PhasePlan, add_phase, change_phase, phases, remove_phase
from qipan.spine.ledger.models import Round
from qipan.spine.work import actions
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import Step, WorkItem
from qipan.spine.work.plan.figures import Figures, plan_figures
from qipan.spine.work.plan.hanging import end_of, shift_of_node, shift_of_phase
from qipan.spine.work.plan.moving import Chosen, Otherwise, move_node, move_phase
from qipan.spine.work.plan.tying import tie, untie
from qipan.spine.work.queries import Filters, items
from tests.spine.work.town import NOON, Town, at, make, order

pytestmark = pytest.mark.django_db
DAY = day_of(NOON)
WEEK = timedelta(days=7)


@pytest.fixture
def town() -> Town:
    return make()


def node(town: Town, days: int = 20, **more: object) -> TimeNode:
    on = DAY + timedelta(days=days)
    return TimeNode.objects.create(campaign=town.year.campaign, name_zh="整改清零", name_en="All fixed", on=on, **more)


def tied(town: Town, to: TimeNode, *rows: WorkItem) -> list[WorkItem]:
    tie(to.pk, {row.pk: row.version for row in rows}, by=town["office"], at=at(1))
    return [WorkItem.objects.get(pk=row.pk) for row in rows]


def test_what_is_tied_is_due_at_the_end_of_the_nodes_day_and_its_unit_is_told(town: Town) -> None:
    by, other = node(town), order(town, item="road.r1", cluster="r1")
    (item,) = tied(town, by, order(town))
    assert (item.milestone_id, item.deadline) == (by.pk, end_of(by.on))
    assert item.log.get(step=Step.DEADLINE).data["milestone"] == by.pk
    told = Message.objects.get(post=town["roads"], kind="work.plan")
    assert "1件" in told.words_zh and told.link == f"/work/?milestone={by.pk}"
    found = items(town["office"], Filters(milestone=str(by.pk)), now=at(2))
    assert [row.number for row in found.rows] == [item.number]
    assert [row.number for row in items(town["office"], Filters(milestone="-"), now=at(2)).rows] == [other.number]
    assert untie(by.pk, item.number, version=item.version, by=town["office"]).milestone_id is None
    assert WorkItem.objects.get(pk=item.pk).deadline == end_of(by.on), "its deadline stays"


def test_a_node_moves_with_what_was_confirmed_and_nothing_else(town: Town) -> None:
    by = node(town)
    mine, own, left = tied(
        town, by, order(town), order(town, item="road.r1", cluster="r1"), order(town, item="road.r1", cluster="r2")
    )
    actions.set_deadline(
        own.pk,
        version=own.version,
        by=town["office"],
        deadline=end_of(DAY + timedelta(days=9)),
        reason="提前",
        at=at(2),
    )
    shift = shift_of_node(by, by.on + WEEK, now=at(3))
    moves = {one.number: (one.moves, one.then - one.deadline) for one in shift.items}
    assert moves == {mine.number: (True, WEEK), own.number: (False, WEEK), left.number: (True, WEEK)}
    chosen = Chosen(shift.mark, items=frozenset({mine.pk}))
    with pytest.raises(RuleBroken):
        move_node(
            by.pk, by.on + WEEK, version=1, chosen=chosen, reason="测评前关停沿街门面", by=town["office"], at=at(3)
        )
    moved = move_node(by.pk, by.on + WEEK, version=1, chosen=chosen, reason="省里通知推迟", by=town["office"], at=at(3))
    assert (moved.items, moved.rounds) == (1, 0)
    assert TimeNode.objects.get().on == by.on + WEEK
    was = {row.pk: row.deadline for row in (mine, left)}
    assert WorkItem.objects.get(pk=mine.pk).deadline == was[mine.pk] + WEEK
    assert WorkItem.objects.get(pk=left.pk).deadline == was[left.pk], "it was not ticked"
    assert WorkItem.objects.get(pk=own.pk).deadline == end_of(DAY + timedelta(days=9))
    line = WorkItem.objects.get(pk=mine.pk).log.filter(step=Step.DEADLINE).last()
    assert line is not None and "省里通知推迟" in line.text
    assert Message.objects.filter(post=town["roads"], words_zh__contains="调整为").count() == 1
    assert AuditEntry.objects.get(verb="node.move").details["items"] == 1


def test_what_was_not_shown_does_not_move(town: Town) -> None:
    by = node(town)
    (item,) = tied(town, by, order(town))
    seen = shift_of_node(by, by.on + WEEK, now=at(3)).mark
    actions.accept(item.pk, version=item.version, by=town["roads"], at=at(3))
    chosen = Chosen(seen, items=frozenset({item.pk}))
    with pytest.raises(Otherwise):
        move_node(by.pk, by.on + WEEK, version=1, chosen=chosen, reason="推迟", by=town["office"], at=at(4))
    assert TimeNode.objects.get().on == by.on
    assert WorkItem.objects.get().deadline == item.deadline
    with pytest.raises(RegisterError, match="why"):
        move_node(by.pk, by.on + WEEK, version=1, chosen=chosen, reason=" ", by=town["office"], at=at(4))
    with pytest.raises(PermissionDenied):
        move_node(by.pk, by.on + WEEK, version=1, chosen=chosen, reason="推迟", by=town["leader"], at=at(4))


def test_a_phase_takes_its_nodes_items_and_rounds_along(town: Town) -> None:
    phase = add_phase(town.year.campaign, PhasePlan("攻坚", DAY, DAY + timedelta(days=29)), by=town["office"])
    inside, reached = node(town, phase=phase), node(town, 2, phase=phase, met_on=DAY + timedelta(days=2))
    (item,) = tied(town, inside, order(town))
    loose = order(town, item="road.r1", cluster="r1")
    pass_ = Round.objects.filter(county=town.county).first()
    assert pass_ is not None
    Round.objects.filter(pk=pass_.pk).update(due_on=DAY + timedelta(days=10), closed_at=None)
    first, last = phase.first + WEEK, phase.last + WEEK
    shift = shift_of_phase(phase, first, last, year=town.year.year, now=at(3))
    assert {one.pk: one.moves for one in shift.nodes} == {inside.pk: True, reached.pk: False}
    assert shift.loose == 1, f"{loose.number} hangs on no node"
    assert [(one.pk, one.to) for one in shift.rounds] == [(pass_.pk, DAY + timedelta(days=17))]
    chosen = Chosen(shift.mark, frozenset({item.pk}), frozenset({pass_.pk}), frozenset({inside.pk}))
    moved = move_phase(phase.pk, first, last, version=1, chosen=chosen, reason="推迟", by=town["office"], at=at(3))
    assert (moved.nodes, moved.items, moved.rounds) == (1, 1, 1)
    assert Phase.objects.get().first == first
    assert {one.pk: one.on for one in TimeNode.objects.all()} == {inside.pk: inside.on + WEEK, reached.pk: reached.on}
    assert Round.objects.get(pk=pass_.pk).due_on == DAY + timedelta(days=17)
    assert WorkItem.objects.get(pk=loose.pk).deadline == loose.deadline


def test_one_end_of_a_phase_moves_alone_and_what_is_left_outside_is_named(town: Town) -> None:
    phase = add_phase(town.year.campaign, PhasePlan("攻坚", DAY, DAY + timedelta(days=29)), by=town["office"])
    node(town, phase=phase)
    shift = shift_of_phase(phase, phase.first, DAY + timedelta(days=9))
    assert [one.moves for one in shift.nodes] == [False]
    assert any("整改清零" in warning.zh for warning in shift.warnings)


def test_figures_count_what_the_list_shows(town: Town) -> None:
    phase = add_phase(town.year.campaign, PhasePlan("全年", DAY, DAY + timedelta(days=60)), by=town["office"])
    by = node(town)
    tied(town, by, order(town))
    gone = order(town, item="road.r1", cluster="r1")
    actions.cancel(gone.pk, version=gone.version, by=town["office"], reason="重复", at=at(2))
    late = at(24 * 25)
    found = plan_figures(town["office"], town.year, phases(town.year.campaign_id), [by.pk], now=late)
    assert found.phases[phase.pk] == found.nodes[by.pk] == Figures(due=1, open=1, closed=0, late=1)
    year = town.year.year
    for filters in (Filters(year, phase=str(phase.pk)), Filters(year, milestone=str(by.pk))):
        assert items(town["office"], filters, now=late).total == 1
    assert (
        plan_figures(town["tourism"], town.year, phases(town.year.campaign_id), [by.pk], now=late).nodes[by.pk].due == 0
    )


def test_a_node_with_items_is_not_taken_out_and_is_reached_on_a_day(town: Town) -> None:
    by = node(town)
    tied(town, by, order(town))
    with pytest.raises(RegisterError, match="untie"):
        remove_node(by.pk, by=town["office"])
    today = timezone.localdate()
    with pytest.raises(RegisterError):
        reach_node(by.pk, today + timedelta(days=1), version=1, by=town["office"])
    assert reach_node(by.pk, today, version=1, by=town["office"]).met_on == today


def test_phases_are_entered_changed_and_put_back(town: Town) -> None:
    plan = PhasePlan("动员", date(2026, 3, 1), date(2026, 3, 31))
    phase = add_phase(town.year.campaign, plan, by=town["office"])
    assert add_phase(town.year.campaign, plan, by=town["office"]) == phase, "sent twice"
    with pytest.raises(RegisterError, match="look at what hangs"):
        change_phase(phase.pk, PhasePlan("动员", date(2026, 3, 2), plan.last), version=1, by=town["office"])
    by = node(town, phase=phase)
    gone, nodes = remove_phase(phase.pk, by=town["office"])
    assert (gone, nodes) == (plan, (by.pk,))
    assert TimeNode.objects.get().phase is None
    with pytest.raises(PermissionDenied):
        add_phase(town.year.campaign, plan, by=town["roads"])
