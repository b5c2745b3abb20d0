"""Mechanisms that come round: their days by the calendar, agendas from the record, decisions that become tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.worktime.clock import Clock
from qipan.spine.work.actions import cancel
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.mechanisms.actions import (
    DECISION,
    MechanismPlan,
    add_point,
    change,
    close,
    decide,
    drop_point,
    move_point,
    plan_of,
    prepare,
    prepare_due,
    prepare_now,
    set_up,
    undecide,
)
from qipan.spine.work.mechanisms.days import due_run, held_on, planned
from qipan.spine.work.mechanisms.gathering import LOOKS
from qipan.spine.work.mechanisms.queries import decided, mechanisms
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import AgendaPoint, Mechanism, Run, WorkItem
from tests.spine.work.town import NOON, Town, at, make, order

pytestmark = pytest.mark.django_db
DAY = day_of(NOON)
#: National Day of 2026 as the State Council has it: off from 1 to 7 October, at work on 10 October, a Saturday.
HOLIDAYS = Clock(
    special={**{date(2026, 10, day): False for day in range(1, 8)}, date(2026, 10, 10): True}, years=frozenset({2026})
)


@pytest.fixture
def town() -> Town:
    return make()


def weekly(town: Town, **more: object) -> Mechanism:
    plan = MechanismPlan("周调度", "weekly", 5, "Weekly dispatch")
    return set_up(town.year.campaign, replace(plan, **more), by=town["office"], at=NOON)  # type: ignore[arg-type]


def run(town: Town, mechanism: Mechanism, hours: float = 0) -> Run:
    made = prepare(mechanism, town.year, day_of(at(hours)), at(hours))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("rhythm", "day", "start", "days"),
    [
        ("weekly", 5, date(2026, 10, 2), ["10-02", "10-09", "10-16"]),
        ("weekly", 1, date(2026, 10, 2), ["10-05", "10-12", "10-19"]),
        ("monthly", 31, date(2026, 1, 31), ["01-31", "02-28", "03-31"]),
        ("monthly", 5, date(2026, 1, 6), ["02-05", "03-05", "04-05"]),
        ("quarterly", 25, date(2026, 3, 26), ["06-25", "09-25", "12-25"]),
        ("quarterly", 31, date(2026, 5, 1), ["06-30", "09-30", "12-31"]),
    ],
)
def test_the_days_of_a_rhythm_by_hand(rhythm: str, day: int, start: date, days: list[str]) -> None:
    assert [f"{on:%m-%d}" for on in islice(planned(rhythm, day, start), 3)] == days


@pytest.mark.parametrize(
    ("planned_for", "held"), [("10-02", "10-08"), ("10-10", "10-10"), ("10-11", "10-12"), ("10-09", "10-09")]
)
def test_a_run_on_a_holiday_moves_to_the_next_working_day(planned_for: str, held: str) -> None:
    assert held_on(HOLIDAYS, date.fromisoformat(f"2026-{planned_for}")) == date.fromisoformat(f"2026-{held}")


def test_what_was_missed_is_made_up_for_once() -> None:
    since, friday = date(2026, 9, 1), 5
    assert due_run(HOLIDAYS, "weekly", friday, since, date(2026, 10, 7)) == date(2026, 9, 25), (
        "2 October is held on the 8th"
    )
    assert due_run(HOLIDAYS, "weekly", friday, since, date(2026, 10, 8)) == date(2026, 10, 2)
    assert due_run(HOLIDAYS, "weekly", friday, date(2026, 10, 1), date(2026, 10, 7)) is None


def test_a_run_without_findings_closes_itself_and_tells_nobody(town: Town) -> None:
    Message.objects.all().delete()
    made = run(town, weekly(town, looks=("late", "hard")))
    assert (made.state, made.points.count(), Message.objects.count()) == ("nothing", 0, 0)


def test_the_agenda_is_the_record_of_its_moment_and_only_the_office_is_told(town: Town) -> None:
    item = order(town)
    mechanism = weekly(town, looks=("late", "due", "risks", "places"))
    Message.objects.all().delete()
    hours = 24.0 * 20
    made = run(town, mechanism, hours)
    points = {point.look: point for point in made.points.all()}
    assert points["late"].count == 1 and item.number in points["late"].lines[0]["zh"]
    assert "due" not in points, "what found nothing is no point"
    assert set(Message.objects.values_list("post_id", flat=True)) == {
        post.pk for post in town.posts.values() if post.role == "office"
    } | {town.little.office.pk}
    assert prepare(mechanism, town.year, made.planned_on, at(hours)) is None, "once a day"
    # The agenda keeps its moment; what happens later does not change it.
    cancel(item.pk, version=item.version, by=town["office"], reason="重复", at=at(hours + 1))
    assert AgendaPoint.objects.get(pk=points["late"].pk).count == 1
    other = weekly(town, name_zh="乡镇调度", looks=("late",), units=(town.units["tourism"].pk,))
    assert run(town, other, hours).state == "nothing", "it concerns others"


def test_every_look_can_be_asked_for(town: Town) -> None:
    order(town)
    made = run(town, weekly(town), 24.0 * 20)
    assert {point.look for point in made.points.all()} <= set(LOOKS)


def test_the_calendar_prepares_each_run_once(town: Town) -> None:
    order(town)
    mechanism = weekly(town, day=(DAY + timedelta(days=7)).isoweekday())
    Mechanism.objects.filter(pk=mechanism.pk).update(since=DAY)
    later = at(24 * 21)
    assert (prepare_due(later), prepare_due(later)) == (1, 0)
    assert Run.objects.get().planned_on <= day_of(later)
    change(mechanism.pk, replace(plan_of(mechanism), is_active=False), version=1, by=town["office"])
    assert prepare_due(at(24 * 40)) == 0
    with pytest.raises(Stale):
        change(mechanism.pk, plan_of(mechanism), version=1, by=town["office"])


def test_points_are_ordered_dropped_with_a_reason_and_added(town: Town) -> None:
    order(town)
    made = run(town, weekly(town, looks=("late", "risks", "places")), 24 * 20)
    first, *others = made.points.all()
    move_point(made.pk, first.pk, False, by=town["office"])
    assert list(made.points.all())[1] == first
    drop_point(made.pk, first.pk, "已在上次研究", by=town["office"])
    assert AgendaPoint.objects.get(pk=first.pk).dropped_why
    drop_point(made.pk, first.pk, "", by=town["office"])
    assert not AgendaPoint.objects.get(pk=first.pk).dropped_why
    with pytest.raises(RegisterError):
        add_point(made.pk, " ", by=town["office"])
    assert add_point(made.pk, "冬季清雪安排", by=town["office"]).place == len(others) + 2
    with pytest.raises(PermissionDenied):
        add_point(made.pk, "我的议题", by=town["leader"])


def test_decisions_become_tasks_all_or_none_and_lead_both_ways(town: Town) -> None:
    order(town)
    made, hours = run(town, weekly(town, looks=("late",)), 24 * 20), 24 * 20 + 1
    unit, due = town.units["roads"].pk, day_of(at(hours)) + timedelta(days=9)
    for text, lead, day, field in (("", unit, due, "text"), ("修", None, due, "unit"), ("修", unit, None, "due")):
        with pytest.raises(RegisterError) as refused:
            decide(made.pk, text, lead, day, by=town["office"], at=at(hours))
        assert refused.value.field == field
    with pytest.raises(RuleBroken):
        decide(made.pk, "明天全部关停沿街门面。", unit, due, by=town["office"], at=at(hours))
    kept = decide(made.pk, "北街路面月底前修复", unit, due, by=town["office"], at=at(hours))
    gone = decide(made.pk, "另议", unit, due, by=town["office"], at=at(hours))
    undecide(made.pk, gone.pk, by=town["office"])
    with pytest.raises(WorkError, match="lie ahead"):
        close(made.pk, town.year, version=1, by=town["office"], at=at(hours + 24 * 30))
    assert Run.objects.get().state == "prepared"
    (number,) = close(made.pk, town.year, version=1, by=town["office"], at=at(hours))
    task = WorkItem.objects.get(number=number)
    assert (task.origin_kind, task.origin_id, task.lead_id) == (DECISION, str(kept.pk), unit)
    assert [(one.decision, one.task) for one in decided(Run.objects.get())] == [(kept, number)]
    with pytest.raises(RegisterError, match="closed"):
        decide(made.pk, "再议", unit, due, by=town["office"], at=at(hours))


def test_the_next_day_is_said_and_only_the_office_sets_up(town: Town) -> None:
    mechanism = weekly(town)
    (line,) = mechanisms(town.year.campaign_id, town.county.pk, DAY)
    assert line.planned_on.isoweekday() == 5 and line.on >= line.planned_on
    with pytest.raises(PermissionDenied):
        set_up(town.year.campaign, MechanismPlan("周调度", "weekly", 5), by=town["leader"])
    for wrong, field in (({"day": 8}, "day"), ({"rhythm": "daily"}, "rhythm"), ({"looks": ()}, "looks")):
        with pytest.raises(RegisterError) as refused:
            change(mechanism.pk, replace(plan_of(mechanism), **wrong), version=1, by=town["office"])
        assert refused.value.field == field
    with pytest.raises(PermissionDenied):
        prepare_now(mechanism.pk, town.year, by=town["roads"])
