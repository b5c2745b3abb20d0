"""A node or a phase moves, with what was shown to hang on it and was confirmed; those concerned are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Phase, TimeNode
from qipan.spine.campaigns.nodes import change_node, node_plan
from qipan.spine.campaigns.phases import PhasePlan, change_phase
from qipan.spine.ledger.models import Round
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import Stale
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.models import Step, WorkItem
from qipan.spine.work.plan.hanging import HangingItem, NodeShift, RoundShift, Shift, shift_of_node, shift_of_phase
from qipan.spine.work.timing.when import When, moved_to, set_to
from qipan.spine.work.writing import entry, moment, write


class Otherwise(RegisterError):
    """What hangs on it is no longer what was shown: look again."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is confirmed to move along: items, rounds, and with a phase its nodes. `seen` is the mark of what was shown."""

    seen: str
    items: frozenset[int] = frozenset()
    rounds: frozenset[int] = frozenset()
    nodes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """How much has moved along."""

    name: Text
    nodes: int
    items: int
    rounds: int


def node_to_move(county_id: int, pk: int) -> TimeNode | None:
    """Return a node of a county, or None."""
    found = TimeNode.objects.select_related("campaign__county", "phase")
    return found.filter(pk=pk, campaign__county_id=county_id).first()


def phase_to_move(county_id: int, pk: int) -> Phase | None:
    """Return a phase of a county, or None."""
    return Phase.objects.select_related("campaign__county").filter(pk=pk, campaign__county_id=county_id).first()


def move_node(
    pk: int, to: date, *, version: int, chosen: Chosen, reason: str, by: Post, at: datetime | None = None
) -> Moved:
    """Move a node to another day, with the items and rounds that were confirmed.

    Args:
        pk: the node.
        to: its new day.
        version: of the node, as it was read.
        chosen: what moves along.
        reason: why; it stands in the log of every item.
        by: the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post may not, or there is no such node.
        RegisterError: no reason, the same day; `Otherwise` where other things hang on it by now; `Stale`.
    """
    now = moment(at)
    node = node_to_move(by.unit.county_id, pk)
    if node is None or not MANAGE_CAMPAIGN.allows(by, node.campaign.county):
        raise PermissionDenied
    why = _why(reason)
    if to == node.on:
        raise RegisterError(Text("日期没有变化", "this is its day already"), "to")
    with act(actor(by), now) as done:
        weigh(done, by, now, [(Thing("node", str(pk), node.name_zh), why)])
        shift = shift_of_node(node, to, now=now)
        _same(shift, chosen)
        _node(shift.nodes[0], node.campaign_id, version, by)
        items, rounds = _along(shift.nodes, shift.rounds, chosen, why, by, now, done)
        details = {"from": node.on.isoformat(), "to": to.isoformat(), "items": len(items), "rounds": len(rounds)}
        done.note("node.move", Thing("node", str(pk), node.name_zh), details | {"reason": why})
    return Moved(node.name, 1, len(items), len(rounds))


def move_phase(
    pk: int, first: date, last: date, *, version: int, chosen: Chosen, reason: str, by: Post, at: datetime | None = None
) -> Moved:
    """Move a phase, with the nodes, items and rounds that were confirmed.

    Args:
        pk: the phase.
        first: its new first day.
        last: its new last day.
        version: of the phase, as it was read.
        chosen: what moves along.
        reason: why; it stands in the log of every item.
        by: the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post may not, or there is no such phase.
        RegisterError: no reason, the same days; `Otherwise` where other things hang on it by now; `Stale`.
    """
    now = moment(at)
    phase = phase_to_move(by.unit.county_id, pk)
    if phase is None or not MANAGE_CAMPAIGN.allows(by, phase.campaign.county):
        raise PermissionDenied
    why = _why(reason)
    if (first, last) == (phase.first, phase.last):
        raise RegisterError(Text("日期没有变化", "these are its days already"), "first")
    with act(actor(by), now) as done:
        weigh(done, by, now, [(Thing("phase", str(pk), phase.name_zh), why)])
        shift = shift_of_phase(phase, first, last, now=now)
        _same(shift, chosen)
        plan = PhasePlan(phase.name_zh, first, last, phase.name_en, phase.aim_zh, phase.aim_en)
        change_phase(pk, plan, version=version, by=by, moving=True)
        moving = [one for one in shift.nodes if one.pk in chosen.nodes and one.on != one.to]
        for one in moving:
            _node(one, phase.campaign_id, one.version, by)
        items, rounds = _along(moving, shift.rounds, chosen, why, by, now, done)
        details = {
            "from": f"{phase.first}–{phase.last}", "to": f"{first}–{last}", "nodes": len(moving), "items": len(items),
            "rounds": len(rounds), "reason": why,
        }  # fmt: skip
        done.note("phase.move", Thing("phase", str(pk), phase.name_zh), details)
    return Moved(phase.name, len(moving), len(items), len(rounds))


def _why(reason: str) -> str:
    why = reason.strip()[:300]
    if not why:
        raise RegisterError(Text("请写明调整理由", "say why it moves"), "reason")
    return why


def _same(shift: Shift, chosen: Chosen) -> None:
    if shift.mark != chosen.seen:
        raise Otherwise(
            Text(
                "受影响的事项已有变化，请看清后再确认，尚未作任何调整",
                "what hangs on it has changed meanwhile; look again and confirm. Nothing has moved yet",
            )
        )


def _node(shift: NodeShift, campaign_id: int, version: int, by: Post) -> None:
    known = node_plan(campaign_id, shift.pk)
    if known is None:
        raise PermissionDenied
    change_node(shift.pk, replace(known[0], on=shift.to), version=version, by=by, moving=True)


def _along(
    nodes: Iterable[NodeShift],
    rounds: Iterable[RoundShift],
    chosen: Chosen,
    why: str,
    by: Post,
    now: datetime,
    done: Act,
) -> tuple[list[WorkItem], list[RoundShift]]:
    """Move the items and the rounds that were confirmed, and tell those who handle them."""
    moving = [each for each in rounds if each.pk in chosen.rounds]
    items: list[WorkItem] = []
    for node in nodes:
        wanted = {one.pk: one for one in node.items if one.pk in chosen.items and not one.past}
        moved = _items(node, wanted, why, by, now)
        tell_units(moved, node.name, lambda count, zh, en, day=node.to: _words(count, zh, en, day), node.pk, by, now)
        items += moved
    for each in moving:
        Round.objects.filter(pk=each.pk, closed_at=None).update(due_on=each.to)
        details = {"from": each.due_on.isoformat(), "to": each.to.isoformat(), "reason": why}
        done.note("rounds.due", Thing("round", each.code, each.name.zh), details)
    return items, moving


def _items(node: NodeShift, wanted: dict[int, HangingItem], why: str, by: Post, now: datetime) -> list[WorkItem]:
    rows = WorkItem.objects.filter(pk__in=wanted).select_related("lead", "county").prefetch_related("supports")
    moved = []
    for item in rows.order_by("pk"):
        to = wanted[item.pk].then
        data = {**moved_to(item, When(to)), "milestone": node.pk}
        text = f"“{node.name.zh}”由{node.on}调整为{node.to}：{why}"
        try:
            write(
                item, wanted[item.pk].version, [entry(item, Step.DEADLINE, by, now, text=text, data=data)],
                **set_to(item, When(to)),
            )  # fmt: skip
        except Stale as error:
            raise Otherwise(error.words) from error
        moved.append(item)
    return moved


def _words(count: int, zh: str, en: str, day: date) -> Text:
    return Text(
        f"节点“{zh}”调整为{day.month}月{day.day}日，贵单位{count}件事项时限随之调整。",
        f"The node {en} moves to {day.day} {day:%b}; {count} of your items move with it.",
    )


def tell_units(items, name: Text, words, node: int, by: Post, now: datetime) -> None:  # type: ignore[no-untyped-def]
    """Tell the head and the liaison of each lead and supporting unit how many of its items are concerned.

    Args:
        items: the items, with their supporting units at hand.
        name: of the node.
        words: what is said: of how many, with the name in both languages.
        node: its key.
        by: who did it; they are not told.
        now: when.
    """
    counts: dict[int, int] = {}
    for item in items:
        for unit in {item.lead_id, *(one.pk for one in item.supports.all())} - {None}:
            counts[unit] = counts.get(unit, 0) + 1
    if not counts:
        return
    recipients = messages.Recipients(counts, messages.day_of(now), branches(by.unit.county_id))
    link = f"/work/?milestone={node}"
    send_all(
        [
            Notice(
                tuple(post for post in recipients.of(unit) if post.pk != by.pk), "work.plan",
                words(count, messages.short(name.zh), messages.short(name.en or name.zh)), link, ("node", str(node)),
            )
            for unit, count in counts.items()
        ],
        at=now,
    )  # fmt: skip
