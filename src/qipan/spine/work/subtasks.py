"""Subtasks: a task broken down, two levels deep. The task is closed when none of its subtasks is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.spine.work.branches import branches_if_asked
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import OPEN, Kind, State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.rows import Row, fetched, rows_of

NAMED = 5
"""So many open subtasks are named where they stand in the way."""


@dataclass(frozen=True, slots=True)
class Kin:
    """A task's parent, if it is a subtask, and its own subtasks as far as the reader sees them."""

    parent: Row | None
    subtasks: tuple[Row, ...]
    open: int


def kin(post: Post, item: int, now: datetime) -> Kin:
    """Return the parent and the subtasks of an item (six statements at most; two where it has neither)."""
    seen = SEE.visible(post, branches_if_asked(post.unit.county_id))
    related = WorkItem.objects.filter(Q(subtasks=item) | Q(parent=item)).filter(seen).order_by("id").distinct()
    kept = list(fetched(related))
    rows = rows_of(kept, now, post.unit.county_id) if kept else []
    parent = next((row for row, one in zip(rows, kept, strict=True) if one.parent_id != item), None)
    subtasks = tuple(row for row, one in zip(rows, kept, strict=True) if one.parent_id == item)
    return Kin(parent, subtasks, sum(row.is_open for row in subtasks))


def open_subtasks(item: WorkItem) -> list[WorkItem]:
    """Return the subtasks of an item that are open."""
    return list(WorkItem.objects.filter(parent=item, state__in=OPEN).select_related("lead").order_by("id"))


def refuse_open(item: WorkItem) -> None:
    """Refuse to close what has open subtasks, and name them.

    Raises:
        WorkError: it has.
    """
    left = open_subtasks(item)
    if not left:
        return
    shown = left[:NAMED]
    zh = "、".join(f"{one.number}（{one.lead.name_zh if one.lead else '无牵头单位'}）" for one in shown)
    en = ", ".join(
        f"{one.number} ({(one.lead.name_en or one.lead.name_zh) if one.lead else 'no lead'})" for one in shown
    )
    more_zh, more_en = (f"等{len(left)}项", f" and {len(left) - NAMED} more") if len(left) > NAMED else ("", "")
    raise WorkError(
        Text(
            f"还有子任务未销号：{zh}{more_zh}。子任务全部销号或撤销后，才能销号。",
            f"Subtasks are still open: {en}{more_en}. Close or cancel them first.",
        ),
        "outcome",
    )


def parent_for(number: str, county_id: int, deadline: datetime) -> WorkItem:
    """Return the task that a subtask is to hang on.

    Args:
        number: of the task.
        county_id: of the subtask.
        deadline: of the subtask: not after that of the task.

    Raises:
        WorkError: there is no such open task, it is a subtask itself, or it ends before the subtask.
    """
    found = WorkItem.objects.filter(county_id=county_id, number=number.strip(), kind=Kind.TASK).first()
    if found is None:
        raise WorkError(Text(f"没有编号为“{number}”的任务。", f"There is no task {number!r}."), "parent")
    if found.state not in OPEN or found.state == State.REPORTED:
        raise WorkError(
            Text("上级任务已反馈或已结束，不能再加子任务。", "That task is reported or has ended; it takes no more subtasks."), "parent"
        )  # fmt: skip
    if found.parent_id is not None:
        raise WorkError(
            Text("子任务不能再分解，请挂在上级任务下。", "A subtask is not broken down further; hang it on the task above."), "parent"
        )  # fmt: skip
    if deadline > found.deadline:
        raise WorkError(
            Text(
                f"子任务的时限不能晚于上级任务（{found.deadline:%Y-%m-%d}）。",
                f"A subtask may not end after its task ({found.deadline:%Y-%m-%d}).",
            ),
            "deadline",
        )
    return found
