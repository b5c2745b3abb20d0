"""What can happen to the nodes of the plan: they are added, moved, taken out and put back."""

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
from qipan.spine.campaigns.models import Campaign, TimeNode


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A fixed point of the plan; `decides` marks an official assessment."""

    name_zh: str
    on: date | None
    name_en: str = ""
    decides: bool = False


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as the list shows it; `days` until it, negative when it is past."""

    pk: int
    name: Text
    on: date
    decides: bool
    version: int
    days: int


def nodes(campaign_id: int, on: date) -> list[NodeRow]:
    """Return the nodes of a campaign in the order of their days (one statement)."""
    rows = TimeNode.objects.filter(campaign_id=campaign_id).order_by("on", "id")
    return [NodeRow(row.pk, row.name, row.on, row.decides, row.version, (row.on - on).days) for row in rows]


def add_node(campaign: Campaign, plan: NodePlan, *, by: Post) -> TimeNode:
    """Add a node; the one that is there already, where the same was sent before.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values = _values(plan)
    with act(actor(by)) as done:
        there = TimeNode.objects.filter(campaign=campaign, **values).first()
        if there is not None:
            return there
        node = TimeNode.objects.create(campaign=campaign, **values)
        done.note("node.add", _thing(node), {"version": 1, "changes": differences({}, _said(node))})
    return node


def change_node(pk: int, plan: NodePlan, *, version: int, by: Post) -> TimeNode:
    """Change a node.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
        Stale: somebody else changed it meanwhile.
    """
    node = _mine(pk, by)
    values, was = _values(plan), _said(node)
    with act(actor(by)) as done:
        if not TimeNode.objects.filter(pk=pk, version=version).update(version=F("version") + 1, **values):
            raise stale(node.campaign.county.code, "node", pk, version, node.version)
        node.refresh_from_db()
        changed = differences(was, _said(node))
        done.note("node.change", _thing(node), {"version": node.version, "changes": changed})
    return node


def remove_node(pk: int, *, by: Post) -> NodePlan:
    """Take a node out of the plan, and return it, so that it can be put back.

    Raises:
        PermissionDenied: the post may not, or there is no such node.
    """
    node = _mine(pk, by)
    with act(actor(by)) as done:
        done.note("node.remove", _thing(node), {"version": node.version + 1, "changes": _gone(node)})
        TimeNode.objects.filter(pk=pk).delete()
    return NodePlan(node.name_zh, node.on, node.name_en, node.decides)


def _mine(pk: int, by: Post) -> TimeNode:
    node = TimeNode.objects.select_related("campaign__county").filter(pk=pk).first()
    if node is None or not MANAGE_CAMPAIGN.allows(by, node.campaign.county):
        raise PermissionDenied
    return node


def _values(plan: NodePlan) -> dict[str, object]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写节点名称", "name the node"), "name_zh")
    if plan.on is None:
        raise RegisterError(Text("请填写日期，如2026-12-01", "write the day, such as 2026-12-01"), "on")
    return {
        "name_zh": plan.name_zh.strip()[:120],
        "name_en": plan.name_en.strip()[:120],
        "on": plan.on,
        "decides": plan.decides,
    }


def _said(node: TimeNode) -> dict[str, object]:
    return {"name_zh": node.name_zh, "name_en": node.name_en, "on": node.on.isoformat(), "decides": node.decides}


def _thing(node: TimeNode) -> Thing:
    return Thing("node", str(node.pk), node.name_zh)


def _gone(node: TimeNode) -> dict[str, list[str]]:
    said = _said(node)
    return differences(said, dict.fromkeys(said, ""))
