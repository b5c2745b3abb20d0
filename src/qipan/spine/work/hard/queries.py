"""What can be asked about hard problems: the list with lights and points at stake, one problem with its plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import standing
from qipan.spine.work.hard.rules import STEP, StepState, light_of_problem
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import OPEN, VOID, HardEntry, HardProblem, HardStep, State, WorkItem
from qipan.spine.work.rows import Named

SOON = timedelta(days=7)
"""So long before its day a review or a step counts as due soon."""


@dataclass(frozen=True, slots=True)
class Task:
    """The task that a step was given as."""

    number: str
    state: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the plan. `done_on` is the day it was noted as done, or its task was closed."""

    pk: int
    text: str
    unit: Named
    due: date
    done_on: date | None
    result: str
    version: int
    task: Task | None
    light: str


@dataclass(frozen=True, slots=True)
class Line:
    """A problem in a list. `points` are the micro-points at stake, `next` the step that comes next."""

    problem: HardProblem
    light: str
    next: Step | None
    steps: int
    done: int
    open: int
    items: int
    points: int
    late_days: int


@dataclass(frozen=True, slots=True)
class Page:
    """One problem with its plan, what it covers and what was done about it."""

    line: Line
    steps: tuple[Step, ...]
    entries: tuple[HardEntry, ...]
    sites: tuple[Named, ...]
    checks: tuple[tuple[str, str, Text], ...]
    """Key of the node, code and title of each criterion."""


def problem_of(county_id: int, pk: int) -> HardProblem | None:
    """Return a problem of a county, or None (two statements)."""
    found = HardProblem.objects.select_related("campaign__county", "lead", "owner__person", "owner__unit")
    return found.prefetch_related("supports").filter(pk=pk, campaign__county_id=county_id).first()


def task_of(step: HardStep) -> str | None:
    """Return the number of the task that a step was given as; a cancelled one is none."""
    tasks = WorkItem.objects.filter(origin_kind=STEP, origin_id=str(step.pk)).exclude(state=State.CANCELLED)
    return tasks.values_list("number", flat=True).first()


def step_of(county_id: int, pk: int) -> HardStep | None:
    """Return a step of a county's problems, or None."""
    found = HardStep.objects.select_related("problem", "unit")
    return found.filter(pk=pk, problem__campaign__county_id=county_id).first()


def steps_of(problem: HardProblem, now: datetime | None = None) -> list[Step]:
    """Return the steps of one problem in the order of their days (two statements)."""
    return _steps([problem], day_of(now) if now else None).get(problem.pk, [])


def lines(year: CampaignYear, now: datetime, *, only: Q | None = None) -> list[Line]:
    """Return the problems of a campaign: unsolved before solved, red before yellow (six statements beside the standing's)."""
    found = HardProblem.objects.filter(only or Q(), campaign_id=year.campaign_id)
    problems = list(found.select_related("lead", "owner__person", "owner__unit").prefetch_related("supports"))
    made = _lines(problems, year, now)
    rank = {"late": 0, "unowned": 1, "due": 2, "on_plan": 3, "deferred": 4, "done_late": 5, "done": 5}
    return sorted(made, key=lambda one: (rank[one.light], -one.points, one.problem.review_on, one.problem.pk))


def owned_by(post: Post, year: CampaignYear, now: datetime) -> list[Line]:
    """Return the unsolved problems that the person of a post owns, or those of the post that it stands for."""
    mine = Q(owner__person_id=post.person_id) | Q(owner_id=post.stands_for_id or post.pk)
    return lines(year, now, only=mine & Q(solved_at=None))


def page(year: CampaignYear, problem: HardProblem, now: datetime) -> Page:
    """Return one problem with all that stands on its page."""
    here = standing(year)
    sites = Site.objects.filter(county_id=year.campaign.county_id, code__in=problem.sites).order_by("code")
    checks = []
    for key in problem.checks:
        line = here.book.lines.get(key)
        if line is not None:
            node = here.book.nodes[line.node]
            checks.append((node.key, node.code, node.title))
    return Page(
        _lines([problem], year, now)[0], tuple(steps_of(problem, now)), tuple(problem.entries.order_by("-id")),
        tuple(Named(site.code, site.name) for site in sites), tuple(checks),
    )  # fmt: skip


def of_problem(county_id: int, key: str) -> Q:
    """Return the condition of the items of a problem: attached by hand, or tasks that are steps of its plan."""
    if not (key.isascii() and key.isdecimal()):
        return Q(pk__in=())
    if not HardProblem.objects.filter(pk=key, campaign__county_id=county_id).exists():
        return Q(pk__in=())
    steps = [str(pk) for pk in HardStep.objects.filter(problem_id=int(key)).values_list("pk", flat=True)]
    attached = HardProblem.items.through.objects.filter(hardproblem_id=key).values("workitem_id")
    return Q(pk__in=attached) | Q(origin_kind=STEP, origin_id__in=steps)


def _steps(problems: Iterable[HardProblem], today: date | None) -> dict[int, list[Step]]:
    rows = list(HardStep.objects.filter(problem__in=list(problems)).select_related("unit"))
    tasks = WorkItem.objects.filter(origin_kind=STEP, origin_id__in=[str(row.pk) for row in rows])
    known: dict[str, Task] = {}
    for pk, number, state, closed in tasks.exclude(state=State.CANCELLED).values_list(
        "origin_id", "number", "state", "closed_at"
    ):
        known[pk] = Task(number, state, day_of(closed) if closed and state == State.CLOSED else None)
    out: dict[int, list[Step]] = {}
    for row in rows:
        task = known.get(str(row.pk))
        ended = row.done_on or (task.closed_on if task else None)
        unit = Named(row.unit.code, row.unit.name)
        light = _step_light(row.due, ended, today) if today else ""
        out.setdefault(row.problem_id, []).append(
            Step(row.pk, row.text, unit, row.due, ended, row.result, row.version, task, light)
        )
    return out


def _step_light(due: date, ended: date | None, today: date) -> str:
    if ended is not None:
        return "done_late" if ended > due else "done"
    return "late" if due < today else "due" if due <= today + SOON else "on_plan"


def _lines(problems: list[HardProblem], year: CampaignYear, now: datetime) -> list[Line]:
    if not problems:
        return []
    today = day_of(now)
    steps = _steps(problems, today)
    counts = _counts(problems, steps)
    scores = standing(year).card.checks
    out = []
    for problem in problems:
        mine = steps.get(problem.pk, [])
        items, still, points = counts[problem.pk]
        lost = sum(scores[key].lost for key in problem.checks if key in scores)
        light = light_of_problem(
            problem, [StepState(step.due, step.done_on) for step in mine], today, due_from=today + SOON
        )
        coming = next((step for step in mine if step.done_on is None), None)
        late = [problem.review_on] if problem.solved_at is None else []
        late += [step.due for step in mine if step.done_on is None]
        days = max(((today - day).days for day in late), default=0)
        out.append(
            Line(
                problem, light, coming, len(mine), sum(step.done_on is not None for step in mine), still, items,
                lost + points, max(0, days),
            )
        )  # fmt: skip
    return out


def _counts(problems: list[HardProblem], steps: dict[int, list[Step]]) -> dict[int, tuple[int, int, int]]:
    """Return, for each problem, how many items it has, how many are open, and the points that hang on these beside its
    criteria's (two statements).
    """
    attached: dict[int, set[int]] = {problem.pk: set() for problem in problems}
    through = HardProblem.items.through.objects.filter(hardproblem__in=problems)
    for problem, item in through.values_list("hardproblem_id", "workitem_id"):
        attached[problem].add(item)
    of_step = {str(step.pk): problem for problem, mine in steps.items() for step in mine}
    found = WorkItem.objects.filter(
        Q(pk__in={pk for mine in attached.values() for pk in mine}) | Q(origin_kind=STEP, origin_id__in=of_step)
    ).exclude(state__in=VOID)
    rows = list(found.values_list("pk", "state", "check_key", "points_at_stake", "origin_kind", "origin_id"))
    out = {}
    for problem in problems:
        mine_too = {pk for pk, _s, _c, _p, kind, key in rows if kind == STEP and of_step.get(key) == problem.pk}
        here = [row for row in rows if row[0] in attached[problem.pk] | mine_too]
        still = [row for row in here if row[1] in OPEN]
        out[problem.pk] = (len(here), len(still), sum(row[3] for row in still if row[2] not in problem.checks))
    return out
