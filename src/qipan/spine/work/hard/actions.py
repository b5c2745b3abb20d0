"""What can happen to a hard problem: it is begun, changed, reviewed, deferred, solved, taken up again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, Rule
from qipan.ground.units.queries import held, posts_of
from qipan.spine.campaigns.models import Campaign
from qipan.spine.work import messages
from qipan.spine.work.hard.queries import problem_of, steps_of, task_of
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.models import OPEN, VOID, HardEntry, HardProblem, HardStep, WorkItem
from qipan.spine.work.writing import moment

REVIEW = Rule(frozenset({Role.OFFICE, Role.LEADER}))
"""Who may come to a review at all; a leader only to that of a problem of their own."""
LONGEST = 2000
MOST = 200


@dataclass(frozen=True, slots=True)
class HardPlan:
    """A hard problem as it is entered; `owner`, `lead` and `supports` are keys of a post and of units."""

    title_zh: str
    why: str
    lead: int | None
    owner: int | None = None
    title_en: str = ""
    text: str = ""
    supports: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


def plan_of(problem: HardProblem) -> HardPlan:
    """Return a problem as it is entered."""
    return HardPlan(
        problem.title_zh, problem.why, problem.lead_id, problem.owner_id, problem.title_en, problem.text,
        tuple(sorted(unit.pk for unit in problem.supports.all())), tuple(problem.sites), tuple(problem.checks),
    )  # fmt: skip


def may_review(post: Post, problem: HardProblem) -> bool:
    """Whether a post records reviews: the office, and the leader who owns the problem or whoever stands in for them."""
    owner = problem.owner
    owns = owner is not None and (owner.person_id == post.person_id or owner.pk == post.stands_for_id)
    owns = owns and post.role == Role.LEADER
    return owns or MANAGE_CAMPAIGN.allows(post, problem.campaign.county)


def begin(
    campaign: Campaign, plan: HardPlan, review_on: date | None, *, by: Post, at: datetime | None = None
) -> HardProblem:
    """Put a problem on the list; its owner and its units are told.

    Raises:
        PermissionDenied: only the office does.
        RegisterError: a field does not do.
    """
    now = moment(at)
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values, supports = _values(plan, campaign.county_id, now)
    day = _ahead(review_on, now)
    with act(actor(by), now) as done:
        problem = HardProblem.objects.create(campaign=campaign, review_on=day, begun_at=now, **values)
        problem.supports.set(supports)
        _weigh(done, by, now, problem, plan.text, plan.why, plan.title_zh, plan.title_en)
        _log(problem, HardEntry.Kind.BEGUN, by, now, "", day)
        _tell(problem, by, now)
        done.note("hard.begin", thing(problem), {"version": 1, "changes": differences({}, _said(problem))})
    return problem


def change(pk: int, plan: HardPlan, *, version: int, by: Post, at: datetime | None = None) -> HardProblem:
    """Change what a problem says, who owns it and what it covers.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    now = moment(at)
    problem = _mine(pk, by)
    values, supports = _values(plan, problem.campaign.county_id, now)
    was, told = _said(problem), _concerned(problem)
    with act(actor(by), now) as done:
        _write(problem, version, **values)
        problem.supports.set(supports)
        problem = _mine(pk, by)
        _weigh(done, by, now, problem, plan.text, plan.why, plan.title_zh, plan.title_en)
        if _concerned(problem) != told:
            _tell(problem, by, now)
        changes = differences(was, _said(problem))
        done.note("hard.change", thing(problem), {"version": problem.version, "changes": changes})
    return problem


def review(
    pk: int, *, version: int, by: Post, text: str, review_on: date | None, rests: bool = False, at: datetime | None = None
) -> HardProblem:  # fmt: skip
    """Say where a problem stands and set the next day of review; it may rest until then.

    Args:
        pk: the problem.
        version: as it was read.
        by: the office, or the leader who owns it.
        text: where it stands; why it rests, if it does.
        review_on: the next day of review, ahead.
        rests: whether it is deferred until then; that needs an owner, who approves.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: another post, or no such problem.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    now = moment(at)
    problem = problem_of(by.unit.county_id, pk)
    if problem is None or not may_review(by, problem):
        raise PermissionDenied
    _unsolved(problem)
    said = _text(text, Text("请写明进展情况；暂缓的写明原因", "say where it stands, or why it rests"))
    day = _ahead(review_on, now)
    if rests and problem.owner is None:
        raise RegisterError(
            Text(
                "挂账须经包案领导同意，请先确定包案领导", "deferring needs its owner's approval; name the owner first"
            ),
            "rests",
        )
    with act(actor(by), now) as done:
        _write(problem, version, review_on=day, deferred_why=said[:500] if rests else "")
        _weigh(done, by, now, problem, said)
        approved = (
            f"（经{problem.owner.title_zh}同意）" if rests and problem.owner and problem.owner_id != by.pk else ""
        )
        _log(problem, HardEntry.Kind.DEFERRED if rests else HardEntry.Kind.REVIEWED, by, now, said + approved, day)
        details = {"version": problem.version, "due": day.isoformat()}
        done.note("hard.defer" if rests else "hard.review", thing(problem), details)
        if rests:
            words = Text(f"难点问题挂账至{day}", f"Hard problem deferred until {day}")
            _send(problem, words, _posts(problem, now), by, now)
    return problem


def solve(pk: int, *, version: int, by: Post, text: str, at: datetime | None = None) -> HardProblem:
    """Decide that a problem is solved: all its items are closed and every step of its plan is done.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: something is open, or nothing is said; `Stale` where somebody was faster.
    """
    now = moment(at)
    problem = _mine(pk, by)
    _unsolved(problem)
    said = _text(text, Text("请写明解决情况", "say how it was solved"))
    with act(actor(by), now) as done:
        _write(problem, version, solved_at=now, deferred_why="")
        still = blocking(problem)
        if still:
            raise RegisterError(
                Text(f"尚有未办结的事项或步骤：{'、'.join(still[:5])}", f"still open: {', '.join(still[:5])}")
            )
        _weigh(done, by, now, problem, said)
        _log(problem, HardEntry.Kind.SOLVED, by, now, said, None)
        done.note("hard.solve", thing(problem), {"version": problem.version})
        words = Text("难点问题已解决销号", "Hard problem solved")
        _send(problem, words, _posts(problem, now), by, now)
    return problem


def reopen(
    pk: int, *, version: int, by: Post, text: str, review_on: date | None, at: datetime | None = None
) -> HardProblem:
    """Put a solved problem back on the list: it has come back, or was not solved.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: it is not solved, or a field does not do; `Stale` where somebody was faster.
    """
    now = moment(at)
    problem = _mine(pk, by)
    if problem.solved_at is None:
        raise RegisterError(Text("该问题尚未销号", "it is not solved"))
    said = _text(text, Text("请写明重新列入的理由", "say why it is taken up again"))
    day = _ahead(review_on, now)
    with act(actor(by), now) as done:
        _write(problem, version, solved_at=None, review_on=day)
        _weigh(done, by, now, problem, said)
        _log(problem, HardEntry.Kind.REOPENED, by, now, said, day)
        done.note("hard.reopen", thing(problem), {"version": problem.version})
        _send(problem, Text("难点问题重新列入", "Hard problem taken up again"), _posts(problem, now), by, now)
    return problem


def attach(pk: int, numbers: str, *, by: Post, at: datetime | None = None) -> int:
    """Attach items by their numbers, as written or pasted; return how many are new there.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: it is solved, no number, too many, or one that is no item's.
    """
    problem = _mine(pk, by)
    _unsolved(problem)
    wanted = list(dict.fromkeys(re.findall(r"\d{4}-\d{5,}", numbers)))
    if not wanted or len(wanted) > MOST:
        raise RegisterError(
            Text(f"请填写事项编号，如2026-00042，一次最多{MOST}件",
                 f"write numbers of items, such as 2026-00042, at most {MOST} at once"), "numbers",
        )  # fmt: skip
    rows = WorkItem.objects.filter(county_id=by.unit.county_id, number__in=wanted).exclude(state__in=VOID)
    known = dict(rows.values_list("number", "pk"))
    missing = [number for number in wanted if number not in known]
    if missing:
        raise RegisterError(
            Text(f"没有这些事项，或已撤销：{'、'.join(missing[:5])}",
                 f"no such item, or cancelled: {', '.join(missing[:5])}"), "numbers",
        )  # fmt: skip
    with act(actor(by), moment(at)) as done:
        there = set(problem.items.values_list("pk", flat=True))
        fresh = [key for key in known.values() if key not in there]
        problem.items.add(*fresh)
        if fresh:
            done.note("hard.attach", thing(problem), {"items": len(fresh)})
    return len(fresh)


def detach(pk: int, number: str, *, by: Post, at: datetime | None = None) -> bool:
    """Take an item off a problem again; return whether it was attached.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: the problem is solved.
    """
    problem = _mine(pk, by)
    _unsolved(problem)
    with act(actor(by), moment(at)) as done:
        found = problem.items.filter(number=number).first()
        if found is not None:
            problem.items.remove(found)
            done.note("hard.detach", thing(problem), {"item": number})
    return found is not None


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step of the plan as it is entered."""

    text: str
    unit: int | None
    due: date | None


def keep_step(
    pk: int, plan: StepPlan, *, step: int | None = None, version: int = 0, by: Post, at: datetime | None = None
) -> HardStep:
    """Add a step to the plan, or change one that is not done and has not been given as a task.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    now = moment(at)
    problem = _mine(pk, by)
    _unsolved(problem)
    if not plan.text.strip():
        raise RegisterError(Text("请填写这一步做什么", "say what is done in this step"), "text")
    if not Unit.objects.filter(county_id=by.unit.county_id, pk=plan.unit or 0).exists():
        raise RegisterError(Text("请选择负责单位", "choose the unit"), "unit")
    if plan.due is None:
        raise RegisterError(Text("请填写完成日期，如2026-12-01", "write the day, such as 2026-12-01"), "due")
    values: dict[str, Any] = {"text": plan.text.strip()[:200], "unit_id": plan.unit, "due": plan.due}
    with act(actor(by), now) as done:
        if step is None:
            kept = HardStep.objects.create(problem=problem, **values)
        else:
            kept = _step(problem, step)
            _free(kept)
            if not HardStep.objects.filter(pk=step, version=version).update(version=version + 1, **values):
                raise stale(problem.campaign.county.code, "hard_step", step, version, kept.version)
        _weigh(done, by, now, problem, plan.text)
        done.note("hard.step", thing(problem), {"name": values["text"], "due": plan.due.isoformat()})
    return kept


def remove_step(pk: int, step: int, *, by: Post, at: datetime | None = None) -> StepPlan:
    """Take a step out of the plan that is not done and has not been given as a task; return what it said.

    Raises:
        PermissionDenied: only the office does, or there is no such problem.
        RegisterError: there is no such step, it is done, or it is a task.
    """
    problem = _mine(pk, by)
    _unsolved(problem)
    found = _step(problem, step)
    _free(found)
    with act(actor(by), moment(at)) as done:
        done.note("hard.step_remove", thing(problem), {"name": found.text})
        found.delete()
    return StepPlan(found.text, found.unit_id, found.due)


def end_step(
    pk: int, step: int, *, by: Post, result: str, on: date | None = None, at: datetime | None = None
) -> HardStep:
    """Note that a step is done and what came of it. One that was given as a task is done when its task is closed.

    Raises:
        PermissionDenied: neither the office nor its owner.
        RegisterError: there is no such step, it is a task, it is done, the day lies ahead, or nothing is said.
    """
    now = moment(at)
    problem = problem_of(by.unit.county_id, pk)
    if problem is None or not may_review(by, problem):
        raise PermissionDenied
    _unsolved(problem)
    found = _step(problem, step)
    _free(found)
    said = _text(result, Text("请写明完成情况", "say what came of it"), "result")
    day = on or messages.day_of(now)
    if day > messages.day_of(now):
        raise RegisterError(Text("完成日期不得晚于今天", "it cannot be done on a day that lies ahead"), "on")
    with act(actor(by), now) as done:
        if not HardStep.objects.filter(pk=step, done_on=None).update(done_on=day, result=said[:500]):
            raise RegisterError(Text("这一步已完成", "this step is done already"))
        _weigh(done, by, now, problem, said)
        done.note("hard.step_done", thing(problem), {"name": found.text, "on": day.isoformat()})
    return _step(problem, step)


def blocking(problem: HardProblem) -> list[str]:
    """Return what stands against calling a problem solved: numbers of open items, words of steps that are not done."""
    numbers = list(problem.items.filter(state__in=OPEN).order_by("number").values_list("number", flat=True))
    for step in steps_of(problem):
        if step.done_on is None:
            numbers.append(step.task.number if step.task is not None else step.text)
    return list(dict.fromkeys(numbers))


def thing(problem: HardProblem) -> Thing:
    """Return a problem as the journal names it."""
    return Thing("hard", str(problem.pk), problem.title_zh)


def _mine(pk: int, by: Post) -> HardProblem:
    problem = problem_of(by.unit.county_id, pk)
    if problem is None or not MANAGE_CAMPAIGN.allows(by, problem.campaign.county):
        raise PermissionDenied
    return problem


def _step(problem: HardProblem, pk: int) -> HardStep:
    found = problem.steps.filter(pk=pk).first()
    if found is None:
        raise RegisterError(Text("没有这一步，可能已被移除", "there is no such step (any more)"))
    return found


def _free(step: HardStep) -> None:
    if step.done_on is not None:
        raise RegisterError(Text("这一步已完成，不再改动", "this step is done and stays as it is"))
    task = task_of(step)
    if task is not None:
        raise RegisterError(
            Text(f"这一步已交办为任务{task}，请在任务中办理", f"this step is task {task}; it is handled there")
        )


def _unsolved(problem: HardProblem) -> None:
    if problem.solved_at is not None:
        raise RegisterError(Text("该问题已销号；确需办理的，请先重新列入", "it is solved; take it up again first"))


def _write(problem: HardProblem, version: int, **changes: Any) -> None:
    if not HardProblem.objects.filter(pk=problem.pk, version=version).update(version=version + 1, **changes):
        raise stale(problem.campaign.county.code, "hard", problem.pk, version, problem.version)
    for name, value in changes.items():
        setattr(problem, name, value)
    problem.version = version + 1


def _ahead(day: date | None, now: datetime) -> date:
    if day is None:
        raise RegisterError(
            Text("请填写复核日期，如2026-12-01", "write the day of review, such as 2026-12-01"), "review_on"
        )
    if day <= messages.day_of(now):
        raise RegisterError(Text("复核日期应晚于今天", "the day of review has to lie ahead"), "review_on")
    return day


def _text(text: str, wanted: Text, field: str = "text") -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise RegisterError(wanted, field)
    return said


def _values(plan: HardPlan, county_id: int, now: datetime) -> tuple[dict[str, Any], list[Unit]]:
    if not plan.title_zh.strip():
        raise RegisterError(Text("请填写难点问题名称", "name the problem"), "title_zh")
    if not plan.why.strip():
        raise RegisterError(Text("请写明难在哪里", "say why it is hard"), "why")
    units = {
        unit.pk: unit for unit in Unit.objects.filter(county_id=county_id, pk__in={*plan.supports, plan.lead or 0})
    }
    if plan.lead not in units:
        raise RegisterError(Text("请选择牵头单位", "choose the unit that leads"), "lead")
    leaders = Post.objects.filter(held(messages.day_of(now)), unit__county_id=county_id, role=Role.LEADER)
    if plan.owner is not None and not leaders.filter(pk=plan.owner).exists():
        raise RegisterError(Text("请选择一位县领导", "choose a leader of the county"), "owner")
    values: dict[str, Any] = {
        "title_zh": plan.title_zh.strip()[:120], "title_en": plan.title_en.strip()[:160],
        "text": plan.text.strip()[:LONGEST], "why": plan.why.strip()[:LONGEST], "owner_id": plan.owner,
        "lead_id": plan.lead, "sites": sorted(set(plan.sites)), "checks": sorted(set(plan.checks)),
    }  # fmt: skip
    return values, [units[pk] for pk in plan.supports if pk in units and pk != plan.lead]


def _said(problem: HardProblem) -> dict[str, object]:
    return {
        "title_zh": problem.title_zh, "title_en": problem.title_en, "text": problem.text, "why": problem.why,
        "owner": problem.owner.title_zh if problem.owner else "", "lead": problem.lead.name_zh,
        "supports": "、".join(sorted(unit.name_zh for unit in problem.supports.all())),
        "sites": "、".join(problem.sites), "checks": "、".join(problem.checks),
    }  # fmt: skip


def _weigh(done: Act, by: Post, now: datetime, problem: HardProblem, *texts: str) -> None:
    weigh(done, by, now, [(thing(problem), text) for text in texts])


def _log(problem: HardProblem, kind: HardEntry.Kind, by: Post, now: datetime, text: str, day: date | None) -> None:
    HardEntry.objects.create(problem=problem, kind=kind, at=now, by_post=by.title_zh, text=text, review_on=day)


def _concerned(problem: HardProblem) -> tuple[object, ...]:
    return (problem.owner_id, problem.lead_id, frozenset(unit.pk for unit in problem.supports.all()))


def _posts(problem: HardProblem, now: datetime) -> list[Post]:
    """Return the owner, and heads and liaisons of the units."""
    today = messages.day_of(now)
    units = {problem.lead_id, *(unit.pk for unit in problem.supports.all())}
    posts = posts_of(units, (Role.HEAD, Role.LIAISON), today)
    return posts + list(Post.objects.filter(held(today), pk=problem.owner_id or 0, person__is_active=True))


def _tell(problem: HardProblem, by: Post, now: datetime) -> None:
    words = Text("列入难点问题清单，由您参与攻坚", "A hard problem that you have a part in")
    _send(problem, words, _posts(problem, now), by, now)


def _send(problem: HardProblem, words: Text, posts: list[Post], by: Post, now: datetime) -> None:
    told = tuple(post for post in posts if post.pk != by.pk)
    send_all([notice(problem, told, words)], at=now)


def notice(problem: HardProblem, posts: tuple[Post, ...], words: Text, key: str | None = None) -> Notice:
    """Return words about a problem for some posts, ready to send."""
    title_zh, title_en = messages.short(problem.title_zh), messages.short(problem.title_en or problem.title_zh)
    said = Text(f"{words.zh}：{title_zh}", f"{words.en}: {title_en}")
    return Notice(posts, "work.hard", said, f"/plan/hard/{problem.pk}/", ("hard", str(problem.pk)), key)
