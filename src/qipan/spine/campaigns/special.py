"""What can happen to special actions: they are begun, changed, renamed, taken out. Their name and scope are plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.queries import held, posts_of
from qipan.spine.campaigns.models import Campaign, SpecialAction


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """A special action as it is entered; `areas`, `owner` and `leader` are keys of units and of a post."""

    name_zh: str
    first: date | None
    last: date | None
    name_en: str = ""
    basis: str = ""
    aim_zh: str = ""
    aim_en: str = ""
    site_types: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    items: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    owner: int | None = None
    leader: int | None = None


def actions_of(campaign_id: int) -> list[SpecialAction]:
    """Return the special actions of a campaign, the latest first (one statement)."""
    return list(SpecialAction.objects.filter(campaign_id=campaign_id).select_related("owner", "leader__person"))


def action_of(county_id: int, pk: int) -> SpecialAction | None:
    """Return a special action of a county, or None (two statements)."""
    found = SpecialAction.objects.select_related("campaign__county", "owner", "leader__person", "leader__unit")
    return found.prefetch_related("areas").filter(pk=pk, campaign__county_id=county_id).first()


def plan_of(action: SpecialAction) -> ActionPlan:
    """Return a special action as it is entered."""
    return ActionPlan(
        action.name_zh, action.first, action.last, action.name_en, action.basis, action.aim_zh, action.aim_en,
        tuple(action.site_types), tuple(sorted(unit.pk for unit in action.areas.all())), tuple(action.items),
        tuple(action.classes), action.owner_id, action.leader_id,
    )  # fmt: skip


def begin_action(campaign: Campaign, plan: ActionPlan, *, by: Post) -> SpecialAction:
    """Begin a special action; its owner and its leader are told.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    values, areas = _values(plan, campaign.county_id)
    with act(actor(by)) as done:
        action = SpecialAction.objects.create(campaign=campaign, **values)
        action.areas.set(areas)
        _tell(action, by)
        done.note("special.begin", thing(action), {"version": 1, "changes": differences({}, _said(action))})
    return action


def change_action(pk: int, plan: ActionPlan, *, version: int, by: Post) -> SpecialAction:
    """Change a special action. What it counts follows its scope at once; what was attached by hand stays.

    Raises:
        PermissionDenied: the post may not, or there is no such action.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    action = _mine(pk, by)
    values, areas = _values(plan, action.campaign.county_id)
    was, told = _said(action), (action.owner_id, action.leader_id)
    with act(actor(by)) as done:
        if not SpecialAction.objects.filter(pk=pk, version=version).update(version=version + 1, **values):
            raise stale(action.campaign.county.code, "special", pk, version, action.version)
        action = _mine(pk, by)
        action.areas.set(areas)
        action = _mine(pk, by)
        if (action.owner_id, action.leader_id) != told:
            _tell(action, by)
        done.note(
            "special.change", thing(action), {"version": action.version, "changes": differences(was, _said(action))}
        )
    return action


def remove_action(pk: int, *, by: Post) -> Text:
    """Take out a special action that was entered by mistake; the items stay as they are. Return its name.

    Raises:
        PermissionDenied: the post may not, or there is no such action.
    """
    action = _mine(pk, by)
    said = _said(action)
    with act(actor(by)) as done:
        gone = differences(said, dict.fromkeys(said, ""))
        done.note("special.remove", thing(action), {"version": action.version + 1, "changes": gone})
        SpecialAction.objects.filter(pk=pk).delete()
    return action.name


def thing(action: SpecialAction) -> Thing:
    """Return a special action as the journal names it."""
    return Thing("special", str(action.pk), action.name_zh)


def _mine(pk: int, by: Post) -> SpecialAction:
    action = action_of(by.unit.county_id, pk)
    if action is None or not MANAGE_CAMPAIGN.allows(by, action.campaign.county):
        raise PermissionDenied
    return action


def _values(plan: ActionPlan, county_id: int) -> tuple[dict[str, Any], list[Unit]]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写专项行动名称", "name the special action"), "name_zh")
    for field in ("first", "last"):
        if getattr(plan, field) is None:
            raise RegisterError(Text("请填写日期，如2026-12-01", "write the day, such as 2026-12-01"), field)
    if plan.first and plan.last and plan.last < plan.first:
        raise RegisterError(Text("结束日期不得早于开始日期", "the last day is not before the first"), "last")
    units = {unit.pk: unit for unit in Unit.objects.filter(county_id=county_id, pk__in={*plan.areas, plan.owner or 0})}
    if plan.owner is not None and plan.owner not in units:
        raise RegisterError(Text("请选择本县的一个单位", "choose a unit of the county"), "owner")
    known = plan.leader is None or Post.objects.filter(pk=plan.leader, unit__county_id=county_id).exists()
    if not known:
        raise RegisterError(Text("请选择本县的一个岗位", "choose a post of the county"), "leader")
    values: dict[str, Any] = {
        "name_zh": plan.name_zh.strip()[:120], "name_en": plan.name_en.strip()[:160], "basis": plan.basis.strip()[:300],
        "aim_zh": plan.aim_zh.strip()[:500], "aim_en": plan.aim_en.strip()[:500], "first": plan.first, "last": plan.last,
        "site_types": sorted(set(plan.site_types)), "items": sorted(set(plan.items)),
        "classes": sorted(set(plan.classes)), "owner_id": plan.owner, "leader_id": plan.leader,
    }  # fmt: skip
    return values, [units[pk] for pk in plan.areas if pk in units]


def _said(action: SpecialAction) -> dict[str, object]:
    return {
        "name_zh": action.name_zh, "name_en": action.name_en, "basis": action.basis, "aim_zh": action.aim_zh,
        "aim_en": action.aim_en, "first": action.first.isoformat(), "last": action.last.isoformat(),
        "site_types": "、".join(action.site_types), "areas": "、".join(unit.name_zh for unit in action.areas.all()),
        "items": "、".join(action.items), "classes": "、".join(action.classes),
        "owner": action.owner.name_zh if action.owner else "", "leader": str(action.leader.person) if action.leader else "",
    }  # fmt: skip


def _tell(action: SpecialAction, by: Post) -> None:
    today = timezone.localdate()
    posts = posts_of([action.owner_id], (Role.HEAD, Role.LIAISON), today) if action.owner_id else []
    if action.leader_id:
        posts += list(Post.objects.filter(held(today), pk=action.leader_id))
    name = action.name_zh[:60]
    words = Text(
        f"专项行动“{name}”（{action.first}至{action.last}），由您负责。",
        f"The special action {action.name_en[:60] or name} ({action.first} to {action.last}) is yours to lead.",
    )
    told = tuple(post for post in posts if post.pk != by.pk)
    send_all([Notice(told, "campaigns.special", words, f"/plan/actions/{action.pk}/", ("special", str(action.pk)))])
