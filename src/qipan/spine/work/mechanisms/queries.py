"""What can be asked about mechanisms and their runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qipan.ground.worktime.queries import clock
from qipan.spine.work.mechanisms.actions import DECISION
from qipan.spine.work.mechanisms.days import held_on, planned
from qipan.spine.work.models import Mechanism, Run, RunDecision, State, WorkItem

LATEST = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A mechanism with its next day by the rhythm, the working day it is held on, and its latest runs."""

    mechanism: Mechanism
    planned_on: date
    on: date
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the task that it became, and whether that is closed."""

    decision: RunDecision
    task: str
    state: str


def mechanisms(campaign_id: int, county_id: int, today: date) -> list[Line]:
    """Return the mechanisms of a campaign (four statements)."""
    counted = clock(county_id)
    found = list(Mechanism.objects.filter(campaign_id=campaign_id).select_related("chair__person", "chair__unit"))
    runs: dict[int, list[Run]] = {}
    for run in Run.objects.filter(mechanism__in=found).select_related("mechanism"):
        runs.setdefault(run.mechanism_id, []).append(run)
    out = []
    for each in found:
        mine = runs.get(each.pk, [])
        done = {run.planned_on for run in mine}
        on = next(day for day in planned(each.rhythm, each.day, max(each.since, today)) if day not in done)
        out.append(Line(each, on, held_on(counted, on), tuple(mine[:LATEST])))
    return out


def mechanism_of(county_id: int, pk: int) -> Mechanism | None:
    """Return a mechanism of a county, or None."""
    found = Mechanism.objects.select_related("campaign", "chair").prefetch_related("units")
    return found.filter(pk=pk, campaign__county_id=county_id).first()


def run_of(county_id: int, pk: int) -> Run | None:
    """Return a run of a county's mechanisms, or None."""
    found = Run.objects.select_related("mechanism__campaign", "mechanism__chair__person", "mechanism__chair__unit")
    return found.filter(pk=pk, mechanism__campaign__county_id=county_id).first()


def decided(run: Run) -> list[Decided]:
    """Return the decisions of a run with their tasks (two statements)."""
    rows = list(run.decisions.select_related("lead"))
    tasks = WorkItem.objects.filter(
        county_id=run.mechanism.campaign.county_id, origin_kind=DECISION, origin_id__in=[str(row.pk) for row in rows]
    ).exclude(state=State.MERGED)
    known = {key: (number, state) for key, number, state in tasks.values_list("origin_id", "number", "state")}
    return [Decided(row, *known.get(str(row.pk), ("", ""))) for row in rows]


def run_of_decision(county_id: int, pk: int) -> int | None:
    """Return the run that a decision was made in, or None."""
    found = RunDecision.objects.filter(pk=pk, run__mechanism__campaign__county_id=county_id)
    return found.values_list("run_id", flat=True).first()
