"""What is decided of a request: upheld or rejected, with a reason, and what then becomes of the item."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.worktime.queries import clock
from qipan.spine.work import disputes, messages, points
from qipan.spine.work.acting import item_for, ready, reason_of, thing
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.holding import anew, resumed
from qipan.spine.work.lapsing import open_request
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.models import LogEntry, Request, State, Step, WorkItem
from qipan.spine.work.permissions import JUDGE
from qipan.spine.work.request_rules import NAMES, against, decides
from qipan.spine.work.timing.when import When, as_when, set_to
from qipan.spine.work.writing import entry, moment, release, write


@dataclass(slots=True)
class _Outcome:
    """What a decision does to an item: the changes of its row, what the log says beside it, and what is told."""

    changes: dict[str, Any]
    data: dict[str, Any]
    entries: list[LogEntry]
    lead: Unit | None = None
    supports: list[Unit] | None = None


def decide(
    pk: int, *, version: int, by: Post, upheld: bool, reason: str, unit: str = "", deadline: datetime | When | None = None,
    supports: Collection[str] | None = None, outcome: str = "", at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Decide what is asked of an item.

    Args:
        pk: the item.
        version: as it was read.
        by: the office; of an appeal someone who looks for the county and had no part in finding or handling it.
        upheld: whether the unit gets what it asked for.
        reason: why.
        unit: the code of the new lead unit; a return that is upheld needs one, a co-ordination may name one.
        deadline: the new deadline; of an extension the one that was asked for when left out.
        supports: the codes of the supporting units from now on; of a co-ordination; as they are when None.
        outcome: of an appeal that is upheld, what should have been recorded; the finding is withdrawn when empty.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post decides nothing here.
        NotIndependent, Stale, WorkError: it cannot be decided so, now.
    """
    now = moment(at)
    item = item_for(pk, JUDGE, by)
    if not decides(by, item):
        raise PermissionDenied
    ready(item, version, Action.DECIDE)
    asked = open_request(item)
    problem = against(Action.DECIDE, item, by, now, [asked] if asked else [])
    if problem is not None or asked is None:
        raise problem or WorkError(Text("没有待决定的申请。", "Nothing waits for a decision."))
    why = reason_of(reason)
    old = item.lead
    with act(actor(by), now) as noted:
        found = _Outcome({"request": "", **resumed(item, now)}, {"kind": asked.kind, "upheld": upheld}, [])
        if asked.kind == Request.Kind.APPEAL:
            _appeal(item, asked, found, upheld=upheld, outcome=outcome, by=by, now=now)
        elif upheld:
            _uphold(item, asked, found, unit=unit, deadline=deadline, supports=supports, by=by, now=now)
        decided = entry(item, Step.DECIDED, by, now, text=why, data=found.data)
        write(item, version, [decided, *found.entries], **found.changes)
        if item.state == State.CANCELLED:
            release(item)
        if found.lead is not None:
            item.lead = found.lead
        if found.supports is not None:
            item.supports.set(found.supports)
        if found.lead is not None:
            item.supports.remove(found.lead)
        asked.state = Request.State.UPHELD if upheld else Request.State.REJECTED
        asked.decided_at, asked.decided_by, asked.reason = now, str(by.person)[:80], why
        asked.decision = found.data
        asked.save()
        noted.note("work.decide", thing(item), found.data)
        _tell(item, asked, old, found, by, now)
    return item


def _uphold(
    item: WorkItem, asked: Request, found: _Outcome, *, unit: str, deadline: datetime | When | None,
    supports: Collection[str] | None, by: Post, now: datetime,
) -> None:  # fmt: skip
    if asked.kind == Request.Kind.EXTENSION:
        deadline = deadline or When(
            datetime.fromisoformat(asked.proposal["deadline"]), asked.proposal.get("words", ""),
            asked.proposal.get("cadence", ""),
        )  # fmt: skip
    if asked.kind == Request.Kind.RETURN and not unit:
        raise WorkError(Text("请选择改派到哪个单位。", "Choose the unit that leads from now on."), "unit")
    if unit and asked.kind != Request.Kind.EXTENSION:
        _give(item, found, unit, by, now)
    if deadline is not None and asked.kind != Request.Kind.RETURN:
        _set_deadline(item, found, as_when(deadline), now)
    if supports is not None and asked.kind == Request.Kind.COORDINATION:
        units = list(Unit.objects.filter(county_id=item.county_id, code__in=set(supports)))
        if len(units) != len(set(supports)):
            raise WorkError(
                Text("配合单位中有本县没有的单位。", "A supporting unit is not one of the county."), "supports"
            )
        found.supports = units
        found.data["supports"] = [one.code for one in units]


def _give(item: WorkItem, found: _Outcome, unit: str, by: Post, now: datetime) -> None:
    """Let another unit lead: it has to accept, and its limit begins anew."""
    new = Unit.objects.filter(county_id=item.county_id, code=unit).first()
    if new is None:
        raise WorkError(Text(f"本县没有编号为“{unit}”的单位。", f"The county has no unit {unit!r}."), "unit")
    if new.pk == item.lead_id:
        raise WorkError(Text("该单位已是牵头单位。", "This unit leads it already."), "unit")
    data = {"from": item.lead.code if item.lead else "", "to": new.code}
    found.changes |= anew(item, now) | {
        "state": State.ISSUED, "lead_id": new.pk, "person_id": None, "own_deadline": None, "accepted_at": None, "reported_at": None,
    }  # fmt: skip
    found.data |= {"unit": new.code}
    found.entries.append(entry(item, Step.REASSIGNED, by, now, data=data))
    found.lead = new


def _set_deadline(item: WorkItem, found: _Outcome, given: When, now: datetime) -> None:
    """Set another deadline; the log keeps it, and the interval, before and after."""
    deadline = given.deadline
    before = found.changes.get("deadline", item.deadline)
    if deadline <= now:
        raise WorkError(Text("时限应晚于现在。", "The deadline has to lie ahead."), "deadline")
    counted = clock(item.county_id)
    days = [round(float(counted.working_days_between(item.issued_at, one)), 1) for one in (before, deadline)]
    found.changes |= set_to(item, given)
    found.data |= {"from": before.isoformat(), "to": deadline.isoformat(), "working_days": days}
    if given.text:
        found.data["words"] = given.text


def _appeal(
    item: WorkItem, asked: Request, found: _Outcome, *, upheld: bool, outcome: str, by: Post, now: datetime
) -> None:
    """Take a dispute back, or correct what was found; an order that rests on nothing else is cancelled."""
    if not upheld:
        disputes.take_back(item, asked, by, now)
        return
    made = disputes.uphold(item, asked, outcome.strip(), by, now)
    found.data |= {"outcome": outcome.strip(), "records": [str(uid) for uid in made]}
    if disputes.seen_since(item, asked):
        return
    found.entries.append(entry(item, Step.CANCELLED, by, now))
    found.changes |= {
        "state": State.CANCELLED, "closed_at": now, "open_key": None, "points_at_stake": 0, "gain_alone": 0,
    }  # fmt: skip
    points.ask(item.county, by)


def _tell(item: WorkItem, asked: Request, old: Unit | None, found: _Outcome, by: Post, now: datetime) -> None:
    """Tell the unit that asked what was decided, and a new lead unit that the item is its own."""
    name = NAMES[asked.kind]
    came = Text("同意", "granted") if asked.state == Request.State.UPHELD else Text("未同意", "rejected")
    if asked.kind == Request.Kind.APPEAL:
        came = Text("成立", "upheld") if asked.state == Request.State.UPHELD else Text("不成立", "rejected")
    recipients = messages.Recipients(
        [item.lead_id, old.pk if old else None], messages.day_of(now), branches(item.county_id)
    )
    words = messages.about(item, f"{name.zh}：{came.zh}", f"Your {name.en}: {came.en}")
    messages.tell(item, recipients.of(old.pk if old else None), "decided", words, now, by=by)
    if found.lead is not None:
        issued = messages.about(item, "交办（改派）", "Assigned to you")
        messages.tell(item, recipients.of(item.lead_id), "issued", issued, now, by=by)
