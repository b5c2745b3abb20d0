"""The headquarters of a day: people come and go, and the list of each day names those of that day."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Role
from qipan.spine.campaigns import headquarters as room
from qipan.spine.campaigns.headquarters import GroupPlan, SeatPlan
from qipan.spine.campaigns.models import Campaign, Membership
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)


@pytest.fixture
def world() -> World:
    return make_world()


def campaign(world: World) -> Campaign:
    assert world.campaign is not None
    return world.campaign


def seat(world: World, name: str, seat: str = "deputy", **more) -> Membership:
    plan = SeatPlan(seat, person_zh=name, title_zh=f"{name}的职务", valid_from=more.pop("valid_from", MARCH), **more)
    return room.add_member(campaign(world), plan, by=world.posts[Role.OFFICE])


def names(world: World, on: date) -> list[str]:
    return [member.person.zh for member in room.headquarters(campaign(world).pk, on).deputies]


def test_a_past_day_has_the_people_of_that_day(world: World, django_assert_num_queries) -> None:
    first = seat(world, "王一")
    plan = SeatPlan("deputy", person_zh="李二", title_zh="副县长", valid_from=JUNE)
    room.add_member(campaign(world), plan, by=world.posts[Role.OFFICE], instead_of=first.pk)
    with django_assert_num_queries(2):
        assert names(world, date(2026, 5, 31)) == ["王一"]
    assert names(world, JUNE) == ["李二"]
    assert names(world, date(2026, 2, 28)) == []
    assert room.days_of_change(campaign(world).pk) == [JUNE, MARCH]
    with pytest.raises(RegisterError) as refused:
        room.add_member(
            campaign(world), SeatPlan("deputy", title_zh="x"), by=world.posts[Role.OFFICE], instead_of=first.pk
        )
    assert refused.value.field == "valid_from"


def test_a_post_gives_its_name_and_title_and_the_list_keeps_them(world: World) -> None:
    post = world.posts[Role.LEADER]
    row = room.add_member(campaign(world), SeatPlan("commander", post=post.pk), by=world.posts[Role.OFFICE])
    assert (row.person_zh, row.title_zh) == ("测试人员", f"{post.unit.name_zh}副县长")
    type(post.person).objects.filter(pk=post.person_id).update(full_name_zh="改了名")
    assert room.headquarters(campaign(world).pk, JUNE).commanders[0].person.zh == "测试人员"
    assert room.seats_of_post(campaign(world).pk, post.pk, JUNE)[0][0] == "commander"


def test_groups_of_any_name_with_a_head_first(world: World) -> None:
    office = world.posts[Role.OFFICE]
    group = room.add_group(campaign(world), GroupPlan("小餐饮整治专班", "Eateries", "查证照"), by=office)
    assert room.add_group(campaign(world), GroupPlan("小餐饮整治专班", "Eateries", "查证照"), by=office).pk == group.pk
    seat(world, "张三", "group", group=group.pk)
    seat(world, "赵四", "group", group=group.pk, leads=True)
    found = room.headquarters(campaign(world).pk, JUNE).groups[0]
    assert (found.name.en, [member.person.zh for member in found.members]) == ("Eateries", ["赵四", "张三"])
    with pytest.raises(RegisterError):
        room.remove_group(group.pk, by=office)
    with pytest.raises(RegisterError) as refused:
        seat(world, "无组", "group")
    assert refused.value.field == "group"


def test_of_two_editors_the_second_is_refused_and_sees_what_changed(world: World) -> None:
    row, office = seat(world, "王一"), world.posts[Role.OFFICE]
    plan = room.seat_plan(campaign(world).pk, row.pk)
    assert plan is not None
    changed = SeatPlan("deputy", person_zh="王一", title_zh="副县长", valid_from=MARCH)
    room.change_member(row.pk, changed, version=1, by=office)
    with pytest.raises(Stale) as refused:
        room.change_member(row.pk, plan[0], version=1, by=office)
    assert [one.field for one in refused.value.changes[0].fields] == ["title_zh"]


def test_the_journal_names_nobody(world: World) -> None:
    row = seat(world, "王一")
    room.remove_member(row.pk, by=world.posts[Role.OFFICE])
    entries = AuditEntry.objects.filter(verb__startswith="headquarters.")
    assert [entry.verb for entry in entries.order_by("seq")] == ["headquarters.add", "headquarters.remove"]
    assert all("王一" not in str(entry.details["changes"]["person_zh"]) for entry in entries)
    assert all(entry.personal["person_zh"] for entry in entries)


def test_only_the_office_keeps_it(world: World) -> None:
    row = seat(world, "王一")
    for role in (Role.LEADER, Role.HEAD, Role.LIAISON, Role.INSPECTOR):
        with pytest.raises(PermissionDenied):
            room.remove_member(row.pk, by=world.posts[role])
        with pytest.raises(PermissionDenied):
            room.add_group(campaign(world), GroupPlan("组"), by=world.posts[role])
