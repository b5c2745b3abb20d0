"""What can happen to the phases of the plan: they are added, changed, taken out and put back.

Their days are moved in `qipan.spine.work.plan.moving`, which knows what hangs on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Campaign, Phase


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase as it is entered; both days are counted."""

    name_zh: str
    first: date | None
    last: date | None
    name_en: str = ""
    aim_zh: str = ""
    aim_en: str = ""


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase as lists show it."""

    pk: int
    name: Text
    aim: Text
    first: date
    last: date
    version: int


def phases(campaign_id: int) -> list[PhaseRow]:
    """Return the phases of a campaign in the order of their days (one statement)."""
    return [_row(each) for each in Phase.objects.filter(campaign_id=campaign_id)]


def phase_of(campaign_id: int, pk: int) -> PhaseRow | None:
    """Return one phase of a campaign, or None."""
    found = Phase.objects.filter(campaign_id=campaign_id, pk=pk).first()
    return _row(found) if found is not None else None


def add_phase(campaign: Campaign, plan: PhasePlan, *, by: Post) -> Phase:
    """Add a phase; the one that is there already, where the same was sent before.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values = _values(plan)
    with act(actor(by)) as done:
        there = Phase.objects.filter(campaign=campaign, **values).first()
        if there is not None:
            return there
        phase = Phase.objects.create(campaign=campaign, **values)
        done.note("phase.add", thing(phase), {"version": 1, "changes": differences({}, _said(phase))})
    return phase


def change_phase(pk: int, plan: PhasePlan, *, version: int, by: Post, moving: bool = False) -> Phase:
    """Change a phase.

    Args:
        pk: the phase.
        plan: as it shall be.
        version: as it was read.
        by: the office.
        moving: its days may change, since what hangs on them was shown.

    Raises:
        PermissionDenied: the post may not, or there is no such phase.
        RegisterError: a field does not do, or days would change unseen; `Stale` where somebody was faster.
    """
    phase = _mine(pk, by)
    values, was = _values(plan), _said(phase)
    if not moving and (phase.first, phase.last) != (plan.first, plan.last):
        raise RegisterError(
            Text("改日期须先查看受影响的事项", "to move it, first look at what hangs on its days"), "first"
        )
    with act(actor(by)) as done:
        if not Phase.objects.filter(pk=pk, version=version).update(version=F("version") + 1, **values):
            raise stale(phase.campaign.county.code, "phase", pk, version, phase.version)
        phase.refresh_from_db()
        changed = differences(was, _said(phase))
        done.note("phase.change", thing(phase), {"version": phase.version, "changes": changed})
    return phase


def remove_phase(pk: int, *, by: Post) -> tuple[PhasePlan, tuple[int, ...]]:
    """Take a phase out of the plan; its nodes stay. Return it and them, so that both can be put back.

    Raises:
        PermissionDenied: the post may not, or there is no such phase.
    """
    phase = _mine(pk, by)
    nodes = tuple(phase.nodes.values_list("pk", flat=True))
    said = _said(phase)
    with act(actor(by)) as done:
        gone = differences(said, dict.fromkeys(said, ""))
        done.note("phase.remove", thing(phase), {"version": phase.version + 1, "changes": gone})
        Phase.objects.filter(pk=pk).delete()
    plan = PhasePlan(phase.name_zh, phase.first, phase.last, phase.name_en, phase.aim_zh, phase.aim_en)
    return plan, nodes


def thing(phase: Phase) -> Thing:
    """Return a phase as the journal names it."""
    return Thing("phase", str(phase.pk), phase.name_zh)


def _row(phase: Phase) -> PhaseRow:
    aim = Text(phase.aim_zh, phase.aim_en)
    return PhaseRow(phase.pk, phase.name, aim, phase.first, phase.last, phase.version)


def _mine(pk: int, by: Post) -> Phase:
    phase = Phase.objects.select_related("campaign__county").filter(pk=pk).first()
    if phase is None or not MANAGE_CAMPAIGN.allows(by, phase.campaign.county):
        raise PermissionDenied
    return phase


def _values(plan: PhasePlan) -> dict[str, object]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写阶段名称", "name the phase"), "name_zh")
    for field in ("first", "last"):
        if getattr(plan, field) is None:
            raise RegisterError(Text("请填写日期，如2026-12-01", "write the day, such as 2026-12-01"), field)
    if plan.first and plan.last and plan.last < plan.first:
        raise RegisterError(Text("结束日期不得早于开始日期", "the last day is not before the first"), "last")
    return {
        "name_zh": plan.name_zh.strip()[:120], "name_en": plan.name_en.strip()[:120], "aim_zh": plan.aim_zh.strip()[:300],
        "aim_en": plan.aim_en.strip()[:300], "first": plan.first, "last": plan.last,
    }  # fmt: skip


def _said(phase: Phase) -> dict[str, object]:
    return {
        "name_zh": phase.name_zh, "name_en": phase.name_en, "aim_zh": phase.aim_zh, "aim_en": phase.aim_en,
        "first": phase.first.isoformat(), "last": phase.last.isoformat(),
    }  # fmt: skip
