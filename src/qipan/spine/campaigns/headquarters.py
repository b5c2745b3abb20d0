"""The headquarters of a campaign (指挥部、领导小组): who sits where, from when to when, and what the special groups do.

Nothing is overwritten when people change: a seat ends and another begins, so that the list of any day can be printed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import HIDDEN, differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.queries import held
from qipan.ground.units.registers import joined
from qipan.ground.units.registry import check_days
from qipan.spine.campaigns.models import Campaign, Membership, Seat, SpecialGroup

PERSONAL = ("person_zh", "person_en")
"""Fields of a seat of which the journal keeps digests only."""
SEATS = tuple(Seat)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A special group as it is entered."""

    name_zh: str
    name_en: str = ""
    duties_zh: str = ""
    duties_en: str = ""
    place: int = 0
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """A seat as it is entered. With a post, an empty name and title are those of its holder now."""

    seat: str
    group: int | None = None
    leads: bool = False
    post: int | None = None
    person_zh: str = ""
    person_en: str = ""
    title_zh: str = ""
    title_en: str = ""
    duty_zh: str = ""
    duty_en: str = ""
    place: int = 0
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A seat as the list shows it."""

    pk: int
    seat: str
    leads: bool
    person: Text
    title: Text
    duty: Text
    valid_from: date | None
    valid_to: date | None
    post: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Group:
    """A special group with its members."""

    pk: int
    name: Text
    duties: Text
    valid_from: date | None
    valid_to: date | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Headquarters:
    """The headquarters on a day."""

    on: date
    commanders: tuple[Member, ...]
    deputies: tuple[Member, ...]
    office: tuple[Member, ...]
    groups: tuple[Group, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody sits anywhere and there is no group."""
        return not (self.commanders or self.deputies or self.office or self.groups)


def headquarters(campaign_id: int, on: date) -> Headquarters:
    """Return the headquarters as it stood on a day (two statements)."""
    seats: dict[tuple[str, int | None], list[Member]] = {}
    rows = Membership.objects.filter(held(on), campaign_id=campaign_id).order_by("-leads", "place", "id")
    for row in rows:
        seats.setdefault((row.seat, row.group_id), []).append(_member(row))
    groups = SpecialGroup.objects.filter(held(on), campaign_id=campaign_id).order_by("place", "id")
    return Headquarters(
        on,
        tuple(seats.get((Seat.COMMANDER, None), ())),
        tuple(seats.get((Seat.DEPUTY, None), ())),
        tuple(seats.get((Seat.OFFICE, None), ())),
        tuple(
            Group(
                row.pk, row.name, Text(row.duties_zh, row.duties_en), row.valid_from, row.valid_to,
                tuple(seats.get((Seat.GROUP, row.pk), ())),
            )
            for row in groups
        ),
    )  # fmt: skip


def days_of_change(campaign_id: int) -> list[date]:
    """Return the days on which the headquarters changed, the newest first (two statements)."""
    days: set[date] = set()
    for model in (Membership, SpecialGroup):
        for first, last in model._default_manager.filter(campaign_id=campaign_id).values_list("valid_from", "valid_to"):
            days |= {first} if first else set()
            days |= {last + timedelta(days=1)} if last else set()
    return sorted(days, reverse=True)


def groups_of(campaign_id: int) -> list[tuple[int, Text]]:
    """Return every group of a campaign, also those that have ended: what a form may choose (one statement)."""
    return [(row.pk, row.name) for row in SpecialGroup.objects.filter(campaign_id=campaign_id)]


def seats_of_post(campaign_id: int, post: int, on: date) -> list[tuple[str, Text, Text]]:
    """Return where the holder of a post sits on a day: seat, group, duty (one statement)."""
    rows = Membership.objects.filter(held(on), campaign_id=campaign_id, post_id=post).select_related("group")
    return [(row.seat, row.group.name if row.group else Text(), Text(row.duty_zh, row.duty_en)) for row in rows]


def group_plan(campaign_id: int, pk: int) -> tuple[GroupPlan, int] | None:
    """Return a group as it is entered, and its version; None where there is none."""
    row = SpecialGroup.objects.filter(campaign_id=campaign_id, pk=pk).first()
    return (GroupPlan(**_values(row, GroupPlan)), row.version) if row else None


def seat_plan(campaign_id: int, pk: int) -> tuple[SeatPlan, int] | None:
    """Return a seat as it is entered, and its version; None where there is none."""
    row = Membership.objects.filter(campaign_id=campaign_id, pk=pk).first()
    return (_seat_plan(row), row.version) if row else None


def add_group(campaign: Campaign, plan: GroupPlan, *, by: Post) -> SpecialGroup:
    """Add a special group; the one that is there already, where the same was sent before.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    _may(campaign, by)
    values = _group_values(plan)
    with act(actor(by)) as done:
        there = SpecialGroup.objects.filter(campaign=campaign, **values).first()
        if there is not None:
            return there
        row = SpecialGroup.objects.create(campaign=campaign, **values)
        done.note("headquarters.add_group", _group_thing(row), {"version": 1, "changes": differences({}, values)})
    return row


def change_group(pk: int, plan: GroupPlan, *, version: int, by: Post) -> SpecialGroup:
    """Change a special group.

    Raises:
        PermissionDenied: the post may not, or there is no such group.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    row = _group(pk, by)
    was, values = _values(row, GroupPlan), _group_values(plan)
    with act(actor(by)) as done:
        if not SpecialGroup.objects.filter(pk=pk, version=version).update(**values, version=version + 1):
            raise stale(by.unit.county.code, "group", pk, version, row.version)
        row.refresh_from_db()
        details = {"version": row.version, "changes": differences(was, values)}
        done.note("headquarters.change_group", _group_thing(row), details)
    return row


def remove_group(pk: int, *, by: Post) -> GroupPlan:
    """Take out a group that was entered by mistake, and return it, so that it can be put back.

    Raises:
        PermissionDenied: the post may not, or there is no such group.
        RegisterError: it has members: it is ended by a last day, so that the past keeps it.
    """
    row = _group(pk, by)
    with act(actor(by)) as done:
        if row.memberships.exists():
            raise RegisterError(
                Text("该组有成员，不能删除；撤销请填写“止”日期，历史名单仍可查", "the group has members; give it a last day instead, and earlier lists keep it")
            )  # fmt: skip
        values = _values(row, GroupPlan)
        changes = differences(values, dict.fromkeys(values, ""))
        done.note("headquarters.remove_group", _group_thing(row), {"version": row.version + 1, "changes": changes})
        SpecialGroup.objects.filter(pk=pk).delete()
    return GroupPlan(**values)


def add_member(campaign: Campaign, plan: SeatPlan, *, by: Post, instead_of: int | None = None) -> Membership:
    """Seat somebody; the one that sits there already, where the same was sent before.

    Args:
        campaign: whose headquarters.
        plan: who, where, from when.
        by: who acts.
        instead_of: a seat that ends on the day before the new one begins.

    Raises:
        PermissionDenied: the post may not, or there is no such seat to end.
        RegisterError: a field does not do.
    """
    _may(campaign, by)
    with act(actor(by)) as done:
        values = _seat_values(campaign, plan)
        there = Membership.objects.filter(campaign=campaign, **values).first()
        if there is not None:
            return there
        if instead_of is not None:
            before = _seat(instead_of, by)
            if plan.valid_from is None:
                raise RegisterError(
                    Text("接替须写明起始日期，如2026-12-01", "a successor begins on a day: write it, such as 2026-12-01"),
                    "valid_from",
                )  # fmt: skip
            last = plan.valid_from - timedelta(days=1)
            check_days(before.valid_from, last)
            _write(before, _values(before, SeatPlan) | {"valid_to": last}, before.version, by, done)
        row = Membership.objects.create(campaign=campaign, **values)
        _note(done, "headquarters.add", row, {}, values)
    return row


def change_member(pk: int, plan: SeatPlan, *, version: int, by: Post) -> Membership:
    """Change a seat: its dates, duty, title.

    Raises:
        PermissionDenied: the post may not, or there is no such seat.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    row = _seat(pk, by)
    with act(actor(by)) as done:
        _write(row, _seat_values(row.campaign, plan), version, by, done)
        row.refresh_from_db()
    return row


def remove_member(pk: int, *, by: Post) -> SeatPlan:
    """Take out a seat that was entered by mistake, and return it, so that it can be put back.

    Raises:
        PermissionDenied: the post may not, or there is no such seat.
    """
    row = _seat(pk, by)
    with act(actor(by)) as done:
        values = _values(row, SeatPlan)
        _note(done, "headquarters.remove", row, values, dict.fromkeys(values, ""), row.version + 1)
        Membership.objects.filter(pk=pk).delete()
    return _seat_plan(row)


def _write(row: Membership, values: dict[str, Any], version: int, by: Post, done: Act) -> None:
    was = _values(row, SeatPlan)
    if not Membership.objects.filter(pk=row.pk, version=version).update(**values, version=version + 1):
        raise stale(by.unit.county.code, "member", row.pk, version, row.version)
    _note(done, "headquarters.change", row, was, values, version + 1)


def _note(
    done: Act, verb: str, row: Membership, was: dict[str, Any], now: dict[str, Any], version: int = 1
) -> None:  # fmt: skip
    """Note a change of a seat; who sits there enters the journal as a digest."""
    changes = differences(was, now)
    for name in PERSONAL:
        if name in changes:
            changes[name] = [HIDDEN, HIDDEN]
    personal = {name: str(now[name] or was.get(name) or "") for name in PERSONAL if name in changes}
    done.note(
        verb, Thing("member", str(row.pk), str(now.get("title_zh") or row.title_zh)),
        {"version": version, "changes": changes}, personal=personal,
    )  # fmt: skip


def _may(campaign: Campaign, by: Post) -> None:
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied


def _group(pk: int, by: Post) -> SpecialGroup:
    row = SpecialGroup.objects.select_related("campaign__county").filter(pk=pk).first()
    if row is None:
        raise PermissionDenied
    _may(row.campaign, by)
    return row


def _seat(pk: int, by: Post) -> Membership:
    row = Membership.objects.select_related("campaign__county").filter(pk=pk).first()
    if row is None:
        raise PermissionDenied
    _may(row.campaign, by)
    return row


def _group_values(plan: GroupPlan) -> dict[str, Any]:
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(plan).items()}
    if not values["name_zh"]:
        raise RegisterError(Text("请填写组名，如“交通秩序专项组”", "name the group, such as 交通秩序专项组"), "name_zh")
    check_days(plan.valid_from, plan.valid_to)
    return _fitting(SpecialGroup, values)


def _seat_values(campaign: Campaign, plan: SeatPlan) -> dict[str, Any]:
    values = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in asdict(plan).items()
    }
    if plan.seat not in SEATS:
        raise RegisterError(Text("请选择职位", "choose where they sit"), "seat")
    values["group_id"], values["post_id"] = values.pop("group"), values.pop("post")
    if plan.seat == Seat.GROUP:
        if plan.group is None or not SpecialGroup.objects.filter(campaign=campaign, pk=plan.group).exists():
            raise RegisterError(Text("请选择专项组", "choose the special group"), "group")
    else:
        values["group_id"] = None
    if plan.post is not None:
        post = Post.objects.filter(pk=plan.post, unit__county_id=campaign.county_id).select_related("unit", "person")
        holder = post.first()
        if holder is None:
            raise RegisterError(Text("本县没有这个岗位", "the county has no such post"), "post")
        if not values["person_zh"]:
            values["person_zh"], values["person_en"] = str(holder.person), holder.person.full_name_en
        if not values["title_zh"]:
            values["title_zh"], values["title_en"] = _printed(holder)
    if not values["title_zh"]:
        raise RegisterError(
            Text("请选择岗位，或填写单位和职务，如“县公安局局长”", "choose a post, or write unit and title, such as 县公安局局长"),
            "title_zh",
        )  # fmt: skip
    check_days(plan.valid_from, plan.valid_to)
    return _fitting(Membership, values)


def _printed(post: Post) -> tuple[str, str]:
    """Return unit and title as a list prints them; many titles name their unit already."""
    zh = joined(post.unit.name_zh, post.title_zh)
    en = ", ".join(part for part in (post.title_en, post.unit.name_en) if part) if post.title_en else ""
    return zh, en


def _fitting(model: type[Membership] | type[SpecialGroup], values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        most = getattr(model._meta.get_field(name), "max_length", None)
        if most and isinstance(value, str) and len(value) > most:
            raise RegisterError(Text(f"最多{most}字", f"at most {most} characters"), name)
    return values


def _values(row: Membership | SpecialGroup, plan: type[SeatPlan] | type[GroupPlan]) -> dict[str, Any]:
    """Return what is entered of a row, by column."""
    names = [{"group": "group_id", "post": "post_id"}.get(name, name) for name in plan.__dataclass_fields__]
    return {name: getattr(row, name) for name in names}


def _seat_plan(row: Membership) -> SeatPlan:
    values = _values(row, SeatPlan)
    return SeatPlan(group=values.pop("group_id"), post=values.pop("post_id"), **values)


def _member(row: Membership) -> Member:
    return Member(
        row.pk, row.seat, row.leads, row.person, row.title, Text(row.duty_zh, row.duty_en), row.valid_from,
        row.valid_to, row.post_id, row.version,
    )  # fmt: skip


def _group_thing(row: SpecialGroup) -> Thing:
    return Thing("group", str(row.pk), row.name_zh)
