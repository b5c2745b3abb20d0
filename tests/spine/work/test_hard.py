"""Hard problems: a day of review that cannot be forgotten, a plan whose steps become tasks, solved only when all is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.spine.work import actions
from qipan.spine.work.hard.actions import (
    HardPlan,
    StepPlan,
    attach,
    begin,
    blocking,
    change,
    detach,
    end_step,
    keep_step,
    plan_of,
    remove_step,
    reopen,
    review,
    solve,
)
from qipan.spine.work.hard.queries import lines, page, problem_of
from qipan.spine.work.hard.reminding import remind
from qipan.spine.work.hard.rules import STEP, StepState, light_of_problem
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import HardEntry, HardProblem
from qipan.spine.work.queries import Filters, items
from tests.spine.work.town import NOON, Town, at, make, order, reported

pytestmark = pytest.mark.django_db
DAY = day_of(NOON)


@pytest.fixture
def town() -> Town:
    return make()


def listed(town: Town, days: int = 30, **more: object) -> HardProblem:
    plan = HardPlan("老市场排水", "产权复杂", town.units["roads"].pk, town["leader"].pk, "Old market")
    return begin(town.year.campaign, replace(plan, **more), DAY + timedelta(days=days), by=town["office"], at=NOON)  # type: ignore[arg-type]


def light(town: Town, problem: HardProblem, days: int = 0) -> str:
    found = problem_of(town.county.pk, problem.pk)
    assert found is not None
    return page(town.year, found, NOON + timedelta(days=days)).line.light


@pytest.mark.parametrize(
    ("review", "rests", "owner", "steps", "solved", "light"),
    [
        (30, "", True, [], False, "on_plan"),
        (30, "", False, [], False, "unowned"),
        (5, "", True, [], False, "due"),
        (30, "", True, [(3, None)], False, "due"),
        (30, "", True, [(3, 0)], False, "on_plan"),
        (30, "", True, [(-1, None)], False, "late"),
        (30, "资金", True, [(-1, None)], False, "deferred"),
        (-1, "资金", True, [], False, "late"),
        (-1, "", False, [], False, "late"),
        (0, "", True, [], False, "due"),
        (-9, "", True, [(3, 0)], True, "done"),
        (-9, "", True, [(-3, -1)], True, "done_late"),
    ],
)
def test_the_light_by_hand(
    review: int, rests: str, owner: bool, steps: list[tuple[int, int | None]], solved: bool, light: str
) -> None:
    """An overdue review is red whatever else is said; a step that was late leaves yellow behind."""
    problem = HardProblem(
        review_on=DAY + timedelta(days=review), deferred_why=rests, owner_id=1 if owner else None,
        solved_at=NOON if solved else None,
    )  # fmt: skip

    def on(days: int | None) -> date | None:
        return None if days is None else DAY + timedelta(days=days)

    states = [StepState(DAY + timedelta(days=due), on(done)) for due, done in steps]
    assert light_of_problem(problem, states, DAY, due_from=DAY + timedelta(days=7)) == light


def test_a_review_is_set_ahead_by_the_office_or_the_owner(town: Town) -> None:
    problem = listed(town)
    day = DAY + timedelta(days=40)
    with pytest.raises(PermissionDenied):
        review(problem.pk, version=1, by=town["roads"], text="好", review_on=day, at=NOON)
    with pytest.raises(RegisterError, match="lie ahead"):
        review(problem.pk, version=1, by=town["office"], text="好", review_on=DAY, at=NOON)
    with pytest.raises(RegisterError, match="where it stands"):
        review(problem.pk, version=1, by=town["office"], text=" ", review_on=day, at=NOON)
    review(problem.pk, version=1, by=town["leader"], text="等资金", review_on=day, rests=True, at=NOON)
    assert light(town, problem) == "deferred" and light(town, problem, 41) == "late"
    with pytest.raises(Stale):
        review(problem.pk, version=1, by=town["office"], text="好", review_on=day, at=NOON)
    review(problem.pk, version=2, by=town["office"], text="资金到位", review_on=day, at=NOON)
    assert light(town, problem) == "on_plan"
    assert [one.kind for one in problem.entries.all()] == ["begun", "deferred", "reviewed"]


def test_it_rests_only_with_an_owner_and_breaks_no_guard_rail(town: Town) -> None:
    problem, day = listed(town, owner=None), DAY + timedelta(days=40)
    with pytest.raises(RegisterError, match="name the owner"):
        review(problem.pk, version=1, by=town["office"], text="等", review_on=day, rests=True, at=NOON)
    with pytest.raises(RuleBroken):
        review(problem.pk, version=1, by=town["office"], text="明天全部关停沿街门面。", review_on=day, at=NOON)
    assert HardProblem.objects.get().version == 1
    with pytest.raises(RegisterError, match="a leader"):
        listed(town, owner=town["roads-head"].pk)
    with pytest.raises(PermissionDenied):
        begin(town.year.campaign, plan_of(problem), day, by=town["leader"], at=NOON)


def test_reminders_go_to_owner_and_office_once_and_weekly_when_overdue(town: Town) -> None:
    listed(town, days=10)
    Message.objects.all().delete()
    for days, told in ((6, 0), (7, 1), (8, 1), (10, 2), (11, 3), (17, 3), (18, 4)):
        remind(NOON + timedelta(days=days))
        remind(NOON + timedelta(days=days))
        assert Message.objects.filter(post=town["leader"]).count() == told, days
        assert Message.objects.filter(post=town["office"]).count() == told, days
    assert not Message.objects.filter(post=town["roads-head"]).exists()


def test_a_step_becomes_a_task_and_is_done_with_it(town: Town) -> None:
    problem = listed(town)
    plan = StepPlan("签协议", town.units["roads"].pk, DAY + timedelta(days=20))
    step = keep_step(problem.pk, plan, by=town["office"], at=NOON)
    keep_step(problem.pk, replace(plan, text="签改造协议"), step=step.pk, version=1, by=town["office"], at=NOON)
    with pytest.raises(Stale):
        keep_step(problem.pk, plan, step=step.pk, version=1, by=town["office"], at=NOON)
    task = actions.issue_task(
        town.year, by=town["office"], title=Text("签改造协议"), unit="roads", deadline=at(24 * 20),
        origin=(STEP, str(step.pk), problem.title_zh), at=NOON,
    )  # fmt: skip
    for refused in (
        lambda: keep_step(problem.pk, plan, step=step.pk, version=2, by=town["office"], at=NOON),
        lambda: remove_step(problem.pk, step.pk, by=town["office"]),
        lambda: end_step(problem.pk, step.pk, by=town["office"], result="好", at=NOON),
    ):
        with pytest.raises(RegisterError, match=task.number):
            refused()
    assert items(town["office"], Filters(town.year.year, hard=str(problem.pk)), now=NOON).total == 1
    assert blocking(problem) == [task.number]
    actions.accept(task.pk, version=1, by=town["roads"], at=at(1))
    done = {"text": "协议已签", "fixed_at": at(24 * 20 + 20), "photos": [], "at": at(24 * 20 + 22)}
    actions.report(task.pk, version=2, by=town["roads"], **done)  # type: ignore[arg-type]
    actions.recheck(task.pk, version=3, by=town["inspector-2"], outcome="pass", text="属实", at=at(24 * 21))
    found = page(town.year, problem, NOON + timedelta(days=22))
    assert (found.line.done, found.steps[0].light, blocking(problem)) == (1, "done_late", [])


def test_solved_only_when_items_and_steps_are_closed(town: Town) -> None:
    problem = listed(town)
    step = keep_step(problem.pk, StepPlan("划线", town.units["roads"].pk, DAY), by=town["office"], at=NOON)
    item = reported(town)
    with pytest.raises(RegisterError, match="no such item"):
        attach(problem.pk, "2026-99999", by=town["office"])
    other = order(town, item="road.r1", cluster="r1")
    assert attach(problem.pk, f"{item.number}、{other.number}", by=town["office"]) == 2
    assert attach(problem.pk, item.number, by=town["office"]) == 0
    assert detach(problem.pk, other.number, by=town["office"])
    with pytest.raises(RegisterError, match=item.number):
        solve(problem.pk, version=1, by=town["office"], text="好了", at=at(9))
    actions.recheck(item.pk, version=item.version, by=town["inspector-2"], outcome="pass", text="好", at=at(8))
    with pytest.raises(RegisterError, match="划线"):
        solve(problem.pk, version=1, by=town["office"], text="好了", at=at(9))
    end_step(problem.pk, step.pk, by=town["leader"], result="已划", on=DAY, at=at(9))
    with pytest.raises(PermissionDenied):
        solve(problem.pk, version=1, by=town["leader"], text="好了", at=at(9))
    solve(problem.pk, version=1, by=town["office"], text="好了", at=at(9))
    assert light(town, problem) == "done"
    with pytest.raises(RegisterError, match="take it up"):
        attach(problem.pk, other.number, by=town["office"])
    reopen(problem.pk, version=2, by=town["office"], text="反弹", review_on=DAY + timedelta(days=9), at=at(10))
    assert problem.entries.values_list("kind", flat=True).last() == HardEntry.Kind.REOPENED


def test_a_change_tells_the_units_and_two_editors_meet(town: Town) -> None:
    problem = listed(town)
    Message.objects.all().delete()
    wanted = replace(plan_of(problem), supports=(town.units["tourism"].pk,), sites=("r1",))
    change(problem.pk, wanted, version=1, by=town["office"], at=NOON)
    assert Message.objects.filter(post=town["tourism-head"], kind="work.hard").exists()
    with pytest.raises(Stale):
        change(problem.pk, wanted, version=1, by=town["office"], at=NOON)
    assert [site.code for site in page(town.year, HardProblem.objects.get(), NOON).sites] == ["r1"]


def test_the_list_asks_as_often_for_many(town: Town) -> None:
    def asked() -> int:
        lines(town.year, NOON)
        with CaptureQueriesContext(connection) as found:
            lines(town.year, NOON)
        return len(found)

    def one_more() -> None:
        pk, step = listed(town).pk, StepPlan("步", town.units["roads"].pk, DAY)
        keep_step(pk, step, by=town["office"], at=NOON)

    one_more()
    few = asked()
    for _ in range(8):
        one_more()
    assert asked() == few <= 8
