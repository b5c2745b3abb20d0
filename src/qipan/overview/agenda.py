"""What a post's calendar holds: deadlines of its unit's work, nodes of the plan, what waits for its re-check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Role
from qipan.spine.campaigns.models import TimeNode
from qipan.spine.work.models import LogEntry, State, Step, WorkItem
from qipan.spine.work.permissions import HANDLE, RECHECK

MOST = 500
"""So many deadlines at most, the nearest first."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something with a time: a moment, or a whole day. No person is named."""

    key: str
    title: Text
    at: datetime | date
    path: str
    version: int = 0


def agenda(post: Post, now: datetime | None = None) -> list[Event]:
    """Return what a post's calendar holds (at most seven statements)."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    return [*_deadlines(post), *_nodes(post, today), *_rechecks(post, today)]


def _deadlines(post: Post) -> list[Event]:
    """Return deadlines that the post's unit has to keep; a leader's are those of the items with their instruction."""
    mine = HANDLE.visible(post)
    if post.role == Role.LEADER:
        said = LogEntry.objects.filter(step=Step.INSTRUCTED, person=post.person_id)
        mine = Q(county_id=post.unit.county_id, pk__in=said.values("work_item_id"))
    elif post.role in {Role.OFFICE, Role.INSPECTOR}:
        mine = Q(county_id=post.unit.county_id, lead_id=post.unit_id)
    waiting = WorkItem.objects.filter(mine, state__in=(State.ISSUED, State.ACCEPTED), held_since=None)
    return [
        Event(
            f"work-{item.number}",
            Text(f"时限：{item.number} {item.title_zh}", f"Due: {item.number} {item.title_en or item.title_zh}"),
            item.deadline, f"/work/{item.number}/", item.version,
        )
        for item in waiting.order_by("deadline", "id")[:MOST]
    ]  # fmt: skip


def _nodes(post: Post, today: date) -> list[Event]:
    nodes = TimeNode.objects.filter(campaign__county_id=post.unit.county_id, on__gte=today).order_by("on", "id")
    return [Event(f"node-{node.pk}", node.name, node.on, "/") for node in nodes]


def _rechecks(post: Post, today: date) -> list[Event]:
    """Return one line for what waits for the post's re-check: it has no deadline, so it stands on today."""
    if post.role not in {Role.OFFICE, Role.INSPECTOR}:
        return []
    count = WorkItem.objects.filter(RECHECK.visible(post), state=State.REPORTED).count()
    if not count:
        return []
    words = Text(f"待复查{count}件", f"{count} to re-check")
    return [Event("rechecks", words, today, "/work/?view=to_recheck&special=recheck", count)]
