"""What hangs on a day of the plan, and what would become of it if the day moved. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.models import Phase, TimeNode
from qipan.spine.ledger.models import Round
from qipan.spine.work.ladder import RUNGS, days_of, ladder_of
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import OPEN, WorkItem
from qipan.spine.work.plan.conditions import due_between, midnight


@dataclass(frozen=True, slots=True)
class HangingItem:
    """An open item that is due by a node: its deadline now and after the move.

    `own_day`: it has been given a day of its own since it was tied, and stays there unless it is ticked. `past`: the
    new deadline would lie behind today, so that it cannot move. `rungs` are the days on which the ladder would begin
    to press, now and then.
    """

    pk: int
    number: str
    version: int
    title: Text
    lead: Text
    state: str
    deadline: datetime
    then: datetime
    own_day: bool
    past: bool
    rungs: tuple[date, date]

    @property
    def moves(self) -> bool:
        """Whether it moves unless it is told otherwise."""
        return not self.own_day and not self.past


@dataclass(frozen=True, slots=True)
class NodeShift:
    """A node, its day now and after the move, and the open items that hang on it. `met_on`: it was reached already."""

    pk: int
    name: Text
    version: int
    on: date
    to: date
    met_on: date | None
    items: tuple[HangingItem, ...]

    @property
    def moves(self) -> bool:
        """Whether it moves unless it is told otherwise; a node that was reached stays where it was planned."""
        return self.on != self.to and self.met_on is None


@dataclass(frozen=True, slots=True)
class RoundShift:
    """An open round that is to be closed on a day of the plan, with that day and the one after the move."""

    pk: int
    code: str
    name: Text
    due_on: date
    to: date


@dataclass(frozen=True, slots=True)
class Shift:
    """All that a move touches. `loose` counts the items due in a phase that hang on no node: they stay.

    `mark` names what was shown: if it differs when the move is confirmed, something changed meanwhile.
    """

    nodes: tuple[NodeShift, ...]
    rounds: tuple[RoundShift, ...]
    warnings: tuple[Text, ...]
    loose: int = 0

    @property
    def items(self) -> tuple[HangingItem, ...]:
        """Every item that hangs on one of the nodes."""
        return tuple(item for node in self.nodes for item in node.items)

    @property
    def is_empty(self) -> bool:
        """Whether nothing else hangs on it."""
        return not (self.items or self.rounds)

    @property
    def mark(self) -> str:
        """What names the things that were shown, with their versions."""
        parts = [f"n{node.pk}:{node.version}" for node in self.nodes]
        parts += [f"i{item.pk}:{item.version}" for item in self.items]
        parts += [f"r{each.pk}:{each.due_on}" for each in self.rounds]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def shift_of_node(node: TimeNode, to: date, *, now: datetime | None = None) -> Shift:
    """Return what moving a node to another day touches (five statements at most).

    Args:
        node: the node, with its campaign.
        to: the new day.
        now: the moment by which a deadline is past.
    """
    moment = now or timezone.now()
    county = node.campaign.county_id
    (shift,) = _nodes([(node, to)], county, moment)
    warnings = [*_around(node, to), *_day(county, to)]
    return Shift((shift,), _rounds(county, {node.on: to}), tuple(warnings))


def shift_of_phase(phase: Phase, first: date, last: date, *, year: int = 0, now: datetime | None = None) -> Shift:
    """Return what moving a phase touches (seven statements at most): where both ends move by the same days, its nodes go
    with it; where only one end moves they stay, and those left outside are named.

    Args:
        phase: the phase, with its campaign.
        first: its new first day.
        last: its new last day.
        year: whose items are counted that hang on no node.
        now: the moment by which a deadline is past.
    """
    moment = now or timezone.now()
    county = phase.campaign.county_id
    days = (first - phase.first) if first - phase.first == last - phase.last else timedelta(0)
    nodes = list(TimeNode.objects.filter(phase=phase).order_by("on", "id"))
    shifts = _nodes([(node, node.on + days) for node in nodes], county, moment)
    there = {
        phase.first + timedelta(days=n): phase.first + timedelta(days=n) + days
        for n in range((phase.last - phase.first).days + 1)
    }
    rounds = _rounds(county, there) if days else ()
    loose = WorkItem.objects.filter(
        due_between(phase.first, phase.last), county_id=county, milestone=None, state__in=OPEN, year=year
    ).count()
    warnings = [
        Text(f"“{one.name.zh}”（{one.to}）不在新的阶段日期内", f"{one.name.en or one.name.zh} ({one.to}) lies outside the new days of the phase")
        for one in shifts
        if not first <= one.to <= last
    ]  # fmt: skip
    others = Phase.objects.filter(campaign_id=phase.campaign_id, first__lte=last, last__gte=first).exclude(pk=phase.pk)
    warnings += [
        Text(f"与“{one.name_zh}”（{one.first}至{one.last}）重叠", f"overlaps with {one.name_en or one.name_zh} ({one.first} to {one.last})")
        for one in others
    ]  # fmt: skip
    return Shift(tuple(shifts), rounds, tuple(warnings), loose)


def _nodes(moves: Sequence[tuple[TimeNode, date]], county: int, now: datetime) -> list[NodeShift]:
    pressing = days_of(ladder_of(county))[RUNGS[0]]
    found: dict[int, list[WorkItem]] = {}
    wanted = [node.pk for node, _to in moves]
    rows = WorkItem.objects.filter(milestone__in=wanted, state__in=OPEN) if wanted else WorkItem.objects.none()
    for item in rows.select_related("lead").order_by("deadline", "id"):
        found.setdefault(item.milestone_id or 0, []).append(item)
    return [
        NodeShift(
            node.pk, node.name, node.version, node.on, to, node.met_on,
            tuple(_item(item, node.on, to, pressing, now) for item in found.get(node.pk, ())),
        )
        for node, to in moves
    ]  # fmt: skip


def _item(item: WorkItem, on: date, to: date, pressing: int, now: datetime) -> HangingItem:
    then = moved(item.deadline, (to - on).days)
    press = timedelta(days=pressing)
    lead = item.lead.name if item.lead else Text("无责任单位", "unowned")
    return HangingItem(
        item.pk, item.number, item.version, item.title, lead, item.state, item.deadline, then,
        day_of(item.deadline) != on, then <= now, (day_of(item.deadline) + press, day_of(then) + press),
    )  # fmt: skip


def moved(deadline: datetime, days: int) -> datetime:
    """Return the same time of day, some days later."""
    zone = timezone.get_default_timezone()
    local = timezone.localtime(deadline, zone)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)


def end_of(day: date) -> datetime:
    """Return the last second of a day: what is due by a node may still be done on its day."""
    return midnight(day + timedelta(days=1)) - timedelta(seconds=1)


def _rounds(county: int, days: dict[date, date]) -> tuple[RoundShift, ...]:
    rows = Round.objects.filter(county_id=county, due_on__in=list(days), closed_at=None).order_by("due_on", "id")
    return tuple(
        RoundShift(row.pk, row.code, Text(row.name_zh, row.name_en), row.due_on, days[row.due_on])
        for row in rows
        if row.due_on is not None and days[row.due_on] != row.due_on
    )


def _around(node: TimeNode, to: date) -> Iterable[Text]:
    phase = node.phase
    if phase is not None and not phase.first <= to <= phase.last:
        yield Text(
            f"新日期在“{phase.name_zh}”（{phase.first}至{phase.last}）之外",
            f"the new day lies outside {phase.name_en or phase.name_zh} ({phase.first} to {phase.last})",
        )
    between = sorted((node.on, to))
    others: Collection[TimeNode] = TimeNode.objects.filter(campaign_id=node.campaign_id, on__range=between).exclude(
        pk=node.pk
    )
    for one in others:
        if one.on != node.on:
            yield Text(
                f"与“{one.name_zh}”（{one.on}）的先后顺序会改变",
                f"its order with {one.name_en or one.name_zh} ({one.on}) changes",
            )


def _day(county: int, to: date) -> Iterable[Text]:
    if not clock(county).works_on(to):
        yield Text(f"{to}不是工作日", f"{to} is not a working day")
