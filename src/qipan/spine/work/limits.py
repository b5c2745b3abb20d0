"""When an item is due: the class of a finding, its limit on the county's clock, and when the light turns to "due"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from qipan.assessment.text import Text
from qipan.ground.worktime.clock import Clock, Limit
from qipan.spine.work.classes import DANGER, DOCUMENT, GENERAL
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lifecycle import UNREPORTED
from qipan.spine.work.models import ItemClass, LimitUnit, Request, State, WorkClass, WorkItem, WorkSettings

FALLBACK = {
    GENERAL: Limit(5, LimitUnit.WORKING_DAY.value),
    DANGER: Limit(24, LimitUnit.URGENT_HOUR.value),
    DOCUMENT: Limit(10, LimitUnit.WORKING_DAY.value),
}
"""Limits of a county whose table of classes has no such class (any more)."""


FARTHEST = timedelta(days=5 * 365)
"""How far ahead a deadline may lie that is set by hand: a campaign has a cycle of three years."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with all that is kept of it."""

    deadline: datetime
    due_from: datetime
    gap: bool = False
    work_class: WorkClass | None = None
    limit: int | None = None
    limit_unit: str = ""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes that some items belong to, and those that stand for what is not classed."""

    by_item: dict[str, WorkClass]
    by_code: dict[str, WorkClass]

    def of(self, item: str, *, safety: bool, document: bool, code: str = "") -> tuple[WorkClass | None, Limit]:
        """Return the class of a finding, and its limit.

        A class that was named counts before the item's own; what is dangerous and not classed is "danger", what is on
        paper is "documents", everything else is "general". What is dangerous is never merely "general".
        """
        usual = DANGER if safety else DOCUMENT if document else GENERAL
        own = self.by_item.get(item)
        if own is not None and safety and own.code == GENERAL:
            own = None
        found = (self.by_code.get(code) if code else None) or own or self.by_code.get(usual)
        return found, Limit(found.limit, found.limit_unit) if found is not None else FALLBACK[usual]


def classes(county_id: int, items: Iterable[str], codes: Iterable[str] = ()) -> Classes:
    """Return the classes of some items (two statements)."""
    rows = ItemClass.objects.filter(county_id=county_id, item__in=set(items), work_class__is_active=True)
    by_item = {row.item: row.work_class for row in rows.select_related("work_class")}
    wanted = {GENERAL, DANGER, DOCUMENT, *(code for code in codes if code)}
    known = WorkClass.objects.filter(county_id=county_id, code__in=wanted, is_active=True)
    return Classes(by_item, {one.code: one for one in known})


def due_from(clock: Clock, start: datetime, deadline: datetime, settings: WorkSettings) -> datetime:
    """Return when the light turns to "due": when so little of the time is left, or so few working days; the earlier.

    A limit that is no longer than those working days would be yellow from its first moment, so it goes by the share
    alone. The share is of the plain time between issue and deadline.
    """
    left = (deadline - start) * settings.due_share / 100
    by_share = deadline - max(left, timedelta(0))
    days = settings.due_working_days
    if not days or clock.working_days_between(start, deadline) <= days:
        return by_share
    return min(by_share, clock.before(deadline, days))


def due(clock: Clock, start: datetime, limit: Limit, settings: WorkSettings, work_class: WorkClass | None) -> Due:
    """Return when a limit that starts now ends."""
    found = clock.deadline(start, limit)
    turns = due_from(clock, start, found.at, settings)
    return Due(found.at, turns, found.gap, work_class, limit.amount, limit.unit)


STANDING = "standing"
"""The cadence of what has no end (长期坚持); its deadline is the day on which it is reviewed."""


def due_by(clock: Clock, start: datetime, deadline: datetime, settings: WorkSettings, *, standing: bool = False) -> Due:
    """Return a deadline that was set by hand; the light of what has no end turns some working days before its review."""
    gap = clock.lacks(start.astimezone(clock.zone).date(), deadline.astimezone(clock.zone).date())
    if standing:
        return Due(deadline, clock.before(deadline, settings.due_working_days), gap)
    return Due(deadline, due_from(clock, start, deadline, settings), gap)


def ahead(deadline: datetime, now: datetime) -> None:
    """Refuse a deadline that is past, or so far ahead that it is none.

    Raises:
        WorkError: it is.
    """
    if deadline <= now:
        raise WorkError(Text("时限应晚于现在。", "The deadline has to lie ahead."), "deadline")
    if deadline > now + FARTHEST:
        years = FARTHEST.days // 365
        raise WorkError(
            Text(f"时限最远为{years}年之内。", f"The deadline has to lie within {years} years."), "deadline"
        )


def settings_of(county_id: int) -> WorkSettings:
    """Return how a county runs its work; the usual settings where it has none yet. Writes nothing."""
    return WorkSettings.objects.filter(county_id=county_id).first() or WorkSettings(county_id=county_id)


def light_of(item: WorkItem, now: datetime) -> str:
    """Return an item's light: one of `LIGHTS`.

    A unit is judged by the day of its report, not by the day on which someone came to look: what was reported in time
    is done in time, and what waits for its re-check waits for others.
    """
    match item.state:
        case "cancelled" | "merged" | "suspended":
            return str(item.state)
        case "closed":
            ended = item.reported_at or item.closed_at
            return "done_late" if ended is not None and ended > item.deadline else "done"
        case "reported":
            return "reported"
    if item.held_since is not None:
        if item.deferred_until is not None:
            return "deferred"
        return "disputed" if item.request == Request.Kind.APPEAL else "paused"
    if now > item.deadline:
        return "late"
    if now >= item.due_from:
        return "due"
    return "standing" if item.cadence == STANDING else "on_plan"


LIGHTS = (
    "on_plan", "due", "late", "paused", "disputed", "deferred", "suspended", "standing", "reported", "done", "done_late",
    "cancelled", "merged",
)  # fmt: skip


def light_is(light: str, now: datetime) -> Q:
    """Return the condition of the items with a light; it says what `light_of` says."""
    held = Q(state__in=UNREPORTED, held_since__isnull=False)
    unreported = Q(state__in=UNREPORTED, held_since=None)
    in_time = Q(reported_at__lte=F("deadline")) | Q(reported_at=None, closed_at__lte=F("deadline"))
    match light:
        case "late":
            return unreported & Q(deadline__lt=now)
        case "due":
            return unreported & Q(deadline__gte=now, due_from__lte=now)
        case "on_plan":
            return unreported & Q(deadline__gte=now, due_from__gt=now) & ~Q(cadence=STANDING)
        case "standing":
            return unreported & Q(deadline__gte=now, due_from__gt=now, cadence=STANDING)
        case "deferred":
            return held & Q(deferred_until__isnull=False)
        case "disputed":
            return held & Q(deferred_until=None, request=Request.Kind.APPEAL)
        case "paused":
            return held & Q(deferred_until=None) & ~Q(request=Request.Kind.APPEAL)
        case "reported":
            return Q(state=State.REPORTED)
        case "done":
            return Q(state=State.CLOSED) & in_time
        case "done_late":
            return Q(state=State.CLOSED) & ~in_time
        case "cancelled" | "merged" | "suspended":
            return Q(state=light)
    return Q(pk__in=())
