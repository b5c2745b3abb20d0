"""What can happen to mechanisms and their runs: set up, prepared, edited, closed with decisions that become tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.work import messages
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.mechanisms.days import DAY, due_run, held_on, planned
from qipan.spine.work.mechanisms.gathering import LOOKS, gather
from qipan.spine.work.models import AgendaPoint, Mechanism, Run, RunDecision
from qipan.spine.work.tasks import issue_task
from qipan.spine.work.writing import moment

KIND = "work.mechanisms"
DECISION = "decision"
"""The kind of origin of a task that a run has decided."""
LAST_DAYS = {Mechanism.Rhythm.WEEKLY: 7, Mechanism.Rhythm.MONTHLY: 31, Mechanism.Rhythm.QUARTERLY: 31}


@dataclass(frozen=True, slots=True)
class MechanismPlan:
    """A mechanism as it is entered; `chair` and `units` are keys of a post and of units."""

    name_zh: str
    rhythm: str
    day: int
    name_en: str = ""
    chair: int | None = None
    units: tuple[int, ...] = ()
    looks: tuple[str, ...] = tuple(LOOKS)
    is_active: bool = True


def plan_of(mechanism: Mechanism) -> MechanismPlan:
    """Return a mechanism as it is entered."""
    units = tuple(sorted(unit.pk for unit in mechanism.units.all()))
    return MechanismPlan(
        mechanism.name_zh, mechanism.rhythm, mechanism.day, mechanism.name_en, mechanism.chair_id, units,
        tuple(mechanism.looks), mechanism.is_active,
    )  # fmt: skip


def set_up(campaign: Campaign, plan: MechanismPlan, *, by: Post, at: datetime | None = None) -> Mechanism:
    """Set a mechanism up; it first comes round on its next day.

    Raises:
        PermissionDenied: only the office does.
        RegisterError: a field does not do.
    """
    now = moment(at)
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values, units = _values(plan, campaign.county_id)
    with act(actor(by), now) as done:
        made = Mechanism.objects.create(campaign=campaign, since=messages.day_of(now), **values)
        made.units.set(units)
        done.note("mechanism.set_up", thing(made), {"version": 1, "changes": differences({}, _said(made))})
    return made


def change(pk: int, plan: MechanismPlan, *, version: int, by: Post, at: datetime | None = None) -> Mechanism:
    """Change a mechanism, or let it rest; runs that are there stay as they are.

    Raises:
        PermissionDenied: only the office does, or there is no such mechanism.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    mechanism = _mine(pk, by)
    values, units = _values(plan, mechanism.campaign.county_id)
    was = _said(mechanism)
    with act(actor(by), moment(at)) as done:
        if not Mechanism.objects.filter(pk=pk, version=version).update(version=version + 1, **values):
            raise stale(mechanism.campaign.county.code, "mechanism", pk, version, mechanism.version)
        mechanism.units.set(units)
        mechanism = _mine(pk, by)
        changes = differences(was, _said(mechanism))
        done.note("mechanism.change", thing(mechanism), {"version": mechanism.version, "changes": changes})
    return mechanism


def prepare(mechanism: Mechanism, year: CampaignYear, on: date, now: datetime, *, by: Post | None = None) -> Run | None:
    """Prepare a run from the record as of a moment; None where it is there already.

    What finds nothing closes itself and tells nobody. Otherwise the office is told that an agenda waits.

    Args:
        mechanism: what comes round.
        year: whose record.
        on: the day by the rhythm.
        now: the moment.
        by: who had it prepared; the calendar, if nobody.
    """
    county = year.campaign.county
    counted = clock(county.pk)
    coming = next(planned(mechanism.rhythm, mechanism.day, max(on, messages.day_of(now)) + DAY))
    next_on = held_on(counted, coming)
    last = mechanism.runs.aggregate(last=Max("as_of"))["last"] or timezone.make_aware(
        datetime.combine(mechanism.since, time()), timezone.get_default_timezone()
    )
    found = gather(mechanism, year, now, last=last, next_on=next_on)
    state = Run.State.PREPARED if found else Run.State.NOTHING
    with act(actor(by) if by else Actor(county=county.code), now) as done:
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    mechanism=mechanism, planned_on=on, on=max(held_on(counted, on), on), next_on=next_on, as_of=now,
                    state=state, closed_at=None if found else now,
                )  # fmt: skip
        except IntegrityError:
            return None
        AgendaPoint.objects.bulk_create(
            [
                AgendaPoint(run=run, place=place, look=each.look, count=each.count, lines=list(each.lines))
                for place, each in enumerate(found, 1)
            ]
        )
        done.note("mechanism.run", thing(mechanism), {"on": run.on.isoformat(), "count": len(found)})
        if found and by is None:
            words = Text(
                f"{mechanism.name_zh}（{run.on:%m-%d}）议题已备好，共{len(found)}项",
                f"The agenda of {mechanism.name_en or mechanism.name_zh} ({run.on:%d %b}) is ready: {len(found)} points",
            )
            told = tuple(messages.office(county.pk, now))
            link = f"/plan/mechanisms/runs/{run.pk}/"
            send_all([Notice(told, "work.mechanism", words, link, ("run", str(run.pk)), f"run:{run.pk}")], at=now)
    return run


def prepare_now(pk: int, year: CampaignYear, *, by: Post, at: datetime | None = None) -> Run | None:
    """Prepare a run at once, outside its rhythm; None where today's is there already.

    Raises:
        PermissionDenied: only the office does, or there is no such mechanism.
    """
    now = moment(at)
    return prepare(_mine(pk, by), year, messages.day_of(now), now, by=by)


def prepare_due(now: datetime) -> int:
    """Prepare every run whose day has come; return how many."""
    today, made = messages.day_of(now), 0
    active = Mechanism.objects.filter(is_active=True, campaign__county__practice_of=None)
    for mechanism in active.select_related("campaign__county").order_by("id"):
        counted = clock(mechanism.campaign.county_id)
        on = due_run(counted, mechanism.rhythm, mechanism.day, mechanism.since, today)
        year = CampaignYear.objects.filter(campaign_id=mechanism.campaign_id, year=today.year).first()
        if on is None or year is None or mechanism.runs.filter(planned_on__gte=on).exists():
            continue
        made += prepare(mechanism, year, on, now) is not None
    return made


@recurring(KIND, cron="10 7 * * *", title=Text("工作机制议题准备", "Agendas of the mechanisms"))
@handles(KIND)
def run_job(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Prepare what is due everywhere."""
    return {"prepared": prepare_due(timezone.now())}


def move_point(run: int, point: int, up: bool, *, by: Post, at: datetime | None = None) -> None:
    """Move a point of an agenda up or down by one place.

    Raises:
        PermissionDenied: only the office does, or there is no such point.
        RegisterError: the run is closed.
    """
    found = _open_run(run, by)
    with act(actor(by), moment(at)) as done:
        order = [one.pk for one in found.points.all()]
        if point not in order:
            raise PermissionDenied
        here = order.index(point)
        there = here - 1 if up else here + 1
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
            for place, pk in enumerate(order, 1):
                AgendaPoint.objects.filter(pk=pk).update(place=place)
            done.note("mechanism.order", _run_thing(found), {})


def drop_point(run: int, point: int, why: str, *, by: Post, at: datetime | None = None) -> None:
    """Drop a point with a reason; an empty reason takes it back.

    Raises:
        PermissionDenied: only the office does, or there is no such point.
        RegisterError: the run is closed.
    """
    found = _open_run(run, by)
    if not found.points.filter(pk=point).exists():
        raise PermissionDenied
    now, said = moment(at), why.strip()[:200]
    with act(actor(by), now) as done:
        found.points.filter(pk=point).update(dropped_why=said)
        weigh(done, by, now, [(_run_thing(found), said)])
        done.note("mechanism.drop" if said else "mechanism.keep", _run_thing(found), {"reason": said})


def add_point(run: int, title: str, *, by: Post, at: datetime | None = None) -> AgendaPoint:
    """Add a point of the office's own at the end.

    Raises:
        PermissionDenied: only the office does, or there is no such run.
        RegisterError: the run is closed, or nothing is said.
    """
    found, now, said = _open_run(run, by), moment(at), title.strip()[:200]
    if not said:
        raise RegisterError(Text("请填写议题", "write the point"), "title")
    with act(actor(by), now) as done:
        place = (found.points.aggregate(last=Max("place"))["last"] or 0) + 1
        made = AgendaPoint.objects.create(run=found, place=place, title=said)
        weigh(done, by, now, [(_run_thing(found), said)])
        done.note("mechanism.point", _run_thing(found), {"name": said})
    return made


def decide(
    run: int, text: str, unit: int | None, due: date | None, *, by: Post, at: datetime | None = None
) -> RunDecision:
    """Write down a decision: what, which unit leads it, until when.

    Raises:
        PermissionDenied: only the office does, or there is no such run.
        RegisterError: the run is closed, or a field does not do.
    """
    found, now, said = _open_run(run, by), moment(at), text.strip()[:200]
    if not said:
        raise RegisterError(Text("请填写议定事项", "write what was decided"), "text")
    lead = Unit.objects.filter(county_id=by.unit.county_id, pk=unit or 0).first()
    if lead is None:
        raise RegisterError(Text("请选择牵头单位", "choose the unit that leads"), "unit")
    if due is None or due < messages.day_of(now):
        raise RegisterError(Text("请填写今天或以后的完成日期", "write a day from today on"), "due")
    with act(actor(by), now) as done:
        made = RunDecision.objects.create(run=found, text=said, lead=lead, due=due)
        weigh(done, by, now, [(_run_thing(found), said)])
        done.note("mechanism.decide", _run_thing(found), {"name": said, "due": due.isoformat()})
    return made


def undecide(run: int, decision: int, *, by: Post, at: datetime | None = None) -> str:
    """Take a decision out again before the run is closed; return what it said.

    Raises:
        PermissionDenied: only the office does, or there is no such decision.
        RegisterError: the run is closed.
    """
    found = _open_run(run, by)
    row = found.decisions.filter(pk=decision).first()
    if row is None:
        raise PermissionDenied
    with act(actor(by), moment(at)) as done:
        done.note("mechanism.undecide", _run_thing(found), {"name": row.text})
        row.delete()
    return row.text


def close(run: int, year: CampaignYear, *, version: int, by: Post, at: datetime | None = None) -> list[str]:
    """Close a run: each of its decisions becomes a task, all of them or none; return the numbers of the tasks.

    Raises:
        PermissionDenied: only the office does, or there is no such run.
        RegisterError: it is closed already; `Stale` where somebody was faster.
        WorkError: a decision cannot be given as a task, as by its day.
    """
    found, now = _open_run(run, by), moment(at)
    with act(actor(by), now) as done:
        closed = Run.objects.filter(pk=run, version=version, state=Run.State.PREPARED)
        if not closed.update(
            version=F("version") + 1, state=Run.State.CLOSED, closed_at=now, by_post=by.title_zh[:120]
        ):
            raise stale(found.mechanism.campaign.county.code, "run", run, version, found.version)
        label = f"{found.mechanism.name_zh} {found.on:%Y-%m-%d}"
        numbers = []
        for each in found.decisions.select_related("lead"):
            end = datetime.combine(each.due, time(18), timezone.get_default_timezone())
            item = issue_task(
                year, by=by, title=Text(each.text), unit=each.lead.code, deadline=end,
                origin=(DECISION, str(each.pk), label), at=now,
            )  # fmt: skip
            numbers.append(item.number)
        done.note("mechanism.close", _run_thing(found), {"count": len(numbers)})
    return numbers


def thing(mechanism: Mechanism) -> Thing:
    """Return a mechanism as the journal names it."""
    return Thing("mechanism", str(mechanism.pk), mechanism.name_zh)


def _run_thing(run: Run) -> Thing:
    return Thing("run", str(run.pk), f"{run.mechanism.name_zh} {run.on:%Y-%m-%d}")


def _mine(pk: int, by: Post) -> Mechanism:
    found = Mechanism.objects.select_related("campaign__county", "chair").filter(pk=pk).first()
    if found is None or not MANAGE_CAMPAIGN.allows(by, found.campaign.county):
        raise PermissionDenied
    return found


def _open_run(pk: int, by: Post) -> Run:
    found = Run.objects.select_related("mechanism__campaign__county").filter(pk=pk).first()
    if found is None or not MANAGE_CAMPAIGN.allows(by, found.mechanism.campaign.county):
        raise PermissionDenied
    if found.state != Run.State.PREPARED:
        raise RegisterError(Text("该次已结束，不再改动", "this run is closed and stays as it is"))
    return found


def _values(plan: MechanismPlan, county_id: int) -> tuple[dict[str, Any], list[Unit]]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写机制名称", "name the mechanism"), "name_zh")
    if plan.rhythm not in LAST_DAYS:
        raise RegisterError(Text("请选择频次", "choose the rhythm"), "rhythm")
    last = LAST_DAYS[Mechanism.Rhythm(plan.rhythm)]
    if not 1 <= plan.day <= last:
        raise RegisterError(Text(f"日期应为1至{last}", f"the day is from 1 to {last}"), "day")
    looks = [look for look in LOOKS if look in plan.looks]
    if not looks:
        raise RegisterError(Text("请至少选择一项内容", "choose at least one thing that it looks at"), "looks")
    if plan.chair is not None and not Post.objects.filter(pk=plan.chair, unit__county_id=county_id).exists():
        raise RegisterError(Text("请选择本县的一个岗位", "choose a post of the county"), "chair")
    values: dict[str, Any] = {
        "name_zh": plan.name_zh.strip()[:60], "name_en": plan.name_en.strip()[:80], "rhythm": plan.rhythm,
        "day": plan.day, "chair_id": plan.chair, "looks": looks, "is_active": plan.is_active,
    }  # fmt: skip
    return values, list(Unit.objects.filter(county_id=county_id, pk__in=plan.units))


def _said(mechanism: Mechanism) -> dict[str, object]:
    return {
        "name_zh": mechanism.name_zh, "name_en": mechanism.name_en, "rhythm": mechanism.rhythm, "day": mechanism.day,
        "chair": mechanism.chair.title_zh if mechanism.chair else "",
        "units": "、".join(sorted(unit.name_zh for unit in mechanism.units.all())),
        "looks": "、".join(mechanism.looks), "is_active": mechanism.is_active,
    }  # fmt: skip
