"""What can happen to the nodes of the plan: they are added, changed, reached, taken out and put back.

Their days are moved in `qipan.spine.work.plan.moving`, which knows what hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Campaign, Phase, TimeNode


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A fixed point of the plan; `decides` marks an official assessment, `phase` is the phase that it belongs to."""

    name_zh: str
    on: date | None
    name_en: str = ""
    decides: bool = False
    phase: int | None = None


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as the list shows it; `days` until it, negative when it is past.

    `late` are the days between the planned and the actual day (today while it is not reached): above zero is late. None
    where the day is ahead and nothing can be said yet.
    """

    pk: int
    name: Text
    on: date
    decides: bool
    version: int
    days: int
    phase: int | None = None
    met_on: date | None = None

    @property
    def late(self) -> int | None:
        """Days between plan and fact."""
        if self.met_on is not None:
            return (self.met_on - self.on).days
        return -self.days if self.days < 0 else None


def nodes(campaign_id: int, on: date) -> list[NodeRow]:
    """Return the nodes of a campaign in the order of their days (one statement)."""
    rows = TimeNode.objects.filter(campaign_id=campaign_id).order_by("on", "id")
    return [
        NodeRow(
            row.pk, row.name, row.on, row.decides, row.version, (row.on - on).days, row.phase_id, row.met_on
        )
        for row in rows
    ]  # fmt: skip


def add_node(campaign: Campaign, plan: NodePlan, *, by: Post) -> TimeNode:
    """Add a node; the one that is there already, where the same was sent before.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values = _values(plan, campaign.pk)
    with act(actor(by)) as done:
        there = TimeNode.objects.filter(campaign=campaign, **values).first()
        if there is not None:
            return there
        node = TimeNode.objects.create(campaign=campaign, **values)
        done.note("node.add", _thing(node), {"version": 1, "changes": differences({}, _said(node))})
    return node


def change_node(pk: int, plan: NodePlan, *, version: int, by: Post, moving: bool = False) -> TimeNode:
    """Change a node.

    Args:
        pk: the node.
        plan: as it shall be.
        version: as it was read.
        by: the office.
        moving: its day may change, since what hangs on it was shown.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do, or its day would change unseen.
        Stale: somebody else changed it meanwhile.
    """
    node = _mine(pk, by)
    values, was = _values(plan, node.campaign_id), _said(node)
    if not moving and plan.on != node.on:
        raise RegisterError(Text("改日期须先查看受影响的事项", "to move it, first look at what hangs on its day"), "on")
    with act(actor(by)) as done:
        if not TimeNode.objects.filter(pk=pk, version=version).update(version=F("version") + 1, **values):
            raise stale(node.campaign.county.code, "node", pk, version, node.version)
        node.refresh_from_db()
        changed = differences(was, _said(node))
        done.note("node.change", _thing(node), {"version": node.version, "changes": changed})
    return node


def reach_node(pk: int, on: date | None, *, version: int, by: Post) -> TimeNode:
    """Note the day on which a node was reached; None takes it back.

    Raises:
        PermissionDenied: the post may not, or there is no such node.
        RegisterError: the day lies ahead.
        Stale: somebody else changed it meanwhile.
    """
    node = _mine(pk, by)
    if on is not None and on > timezone.localdate():
        raise RegisterError(Text("实际完成日期不能晚于今天", "it cannot have been reached on a day ahead"), "met_on")
    with act(actor(by)) as done:
        was = {"met_on": node.met_on}
        if not TimeNode.objects.filter(pk=pk, version=version).update(version=F("version") + 1, met_on=on):
            raise stale(node.campaign.county.code, "node", pk, version, node.version)
        node.refresh_from_db()
        details = {"version": node.version, "changes": differences(was, {"met_on": on})}
        done.note("node.reach" if on else "node.unreach", _thing(node), details)
    return node


def put_into_phase(nodes: Iterable[int], phase: Phase, *, by: Post) -> None:
    """Put nodes that belong to no phase into one, as when a phase is put back.

    Raises:
        PermissionDenied: the post may not.
    """
    if not MANAGE_CAMPAIGN.allows(by, phase.campaign.county):
        raise PermissionDenied
    rows = TimeNode.objects.filter(pk__in=nodes, campaign_id=phase.campaign_id, phase=None).order_by("id")
    with act(actor(by)) as done:
        for node in rows:
            TimeNode.objects.filter(pk=node.pk).update(version=F("version") + 1, phase=phase)
            changed = {"version": node.version + 1, "changes": {"phase": ["", phase.name_zh]}}
            done.note("node.change", _thing(node), changed)


def remove_node(pk: int, *, by: Post) -> NodePlan:
    """Take a node out of the plan, and return it, so that it can be put back.

    Raises:
        PermissionDenied: the post may not, or there is no such node.
        RegisterError: items hang on it.
    """
    node = _mine(pk, by)
    try:
        with act(actor(by)) as done:
            done.note("node.remove", _thing(node), {"version": node.version + 1, "changes": _gone(node)})
            TimeNode.objects.filter(pk=pk).delete()
    except ProtectedError as error:
        count = len(error.protected_objects)
        raise RegisterError(
            Text(
                f"有{count}件事项按此节点确定时限，请先解除挂接",
                f"{count} items are due by this node; untie them first",
            )
        ) from error
    return NodePlan(node.name_zh, node.on, node.name_en, node.decides, node.phase_id)


def _mine(pk: int, by: Post) -> TimeNode:
    node = TimeNode.objects.select_related("campaign__county", "phase").filter(pk=pk).first()
    if node is None or not MANAGE_CAMPAIGN.allows(by, node.campaign.county):
        raise PermissionDenied
    return node


def _values(plan: NodePlan, campaign_id: int) -> dict[str, object]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写节点名称", "name the node"), "name_zh")
    if plan.on is None:
        raise RegisterError(Text("请填写日期，如2026-12-01", "write the day, such as 2026-12-01"), "on")
    if plan.phase is not None and not Phase.objects.filter(pk=plan.phase, campaign_id=campaign_id).exists():
        raise RegisterError(Text("请选择本活动的一个阶段", "choose a phase of this campaign"), "phase")
    return {
        "name_zh": plan.name_zh.strip()[:120],
        "name_en": plan.name_en.strip()[:120],
        "on": plan.on,
        "decides": plan.decides,
        "phase_id": plan.phase,
    }


def _said(node: TimeNode) -> dict[str, object]:
    return {
        "name_zh": node.name_zh, "name_en": node.name_en, "on": node.on.isoformat(), "decides": node.decides,
        "phase": node.phase.name_zh if node.phase else "",
    }  # fmt: skip


def node_plan(campaign_id: int, pk: int) -> tuple[NodePlan, int] | None:
    """Return a node as it is entered, and its version; None where there is none."""
    row = TimeNode.objects.filter(campaign_id=campaign_id, pk=pk).first()
    return (NodePlan(row.name_zh, row.on, row.name_en, row.decides, row.phase_id), row.version) if row else None


def _thing(node: TimeNode) -> Thing:
    return Thing("node", str(node.pk), node.name_zh)


def _gone(node: TimeNode) -> dict[str, list[str]]:
    said = _said(node)
    return differences(said, dict.fromkeys(said, ""))
