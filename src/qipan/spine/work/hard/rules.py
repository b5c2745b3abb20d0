"""The light of a hard problem, and when it may be called solved. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qipan.spine.work.models import HardProblem

STEP = "hard_step"
"""The kind of origin of a task that is a step of a hard problem's plan."""


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as the light needs it: until when, and whether it is done (its task closed, if it has one)."""

    due: date
    done_on: date | None


def light_of_problem(problem: HardProblem, steps: Iterable[StepState], today: date, *, due_from: date) -> str:
    """Return the light: done, done_late, late, deferred, due, unowned or on_plan.

    Whatever else is said of it, a review that is overdue is late: a problem that nobody looks at any more must not look
    calm. What was solved with a step behind its day stays "done late".

    Args:
        problem: the problem.
        steps: of its plan.
        today: the day.
        due_from: up to this day what is ahead counts as due soon.
    """
    known = list(steps)
    if problem.solved_at is not None:
        return "done_late" if any(step.done_on is not None and step.done_on > step.due for step in known) else "done"
    if problem.review_on < today:
        return "late"
    if problem.deferred_why:
        return "deferred"
    waiting = [step.due for step in known if step.done_on is None]
    if any(due < today for due in waiting):
        return "late"
    if problem.owner_id is None:
        return "unowned"
    if any(due <= due_from for due in (problem.review_on, *waiting)):
        return "due"
    return "on_plan"
