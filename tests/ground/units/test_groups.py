"""Groups of units: the rule of each is asked for a day; words that mean a group; what cannot be entered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units import groups as room
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.groups import (
    ANY,
    GroupEntry,
    by_word,
    drop_group,
    group_codes,
    keep_group,
    named_in,
    unit_groups,
)
from qipan.ground.units.models import Role, Unit, UnitGroup
from qipan.ground.units.queries import units_of_group
from qipan.spine.campaigns.models import FunctionDuty
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    for code, kind in (
        ("t1", "town"),
        ("t2", "township"),
        ("s1", "subdistrict"),
        ("d1", "department"),
        ("d2", "department"),
    ):
        Unit.objects.create(county=world.county, code=code, name_zh=code, type=kind)
    assert world.campaign is not None
    FunctionDuty.objects.create(campaign=world.campaign, function="traffic", unit=Unit.objects.get(code="d1"))
    FunctionDuty.objects.create(campaign=world.campaign, function="order", unit=Unit.objects.get(code="t1"))
    return world


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def codes(world: World, code: str, on: date) -> list[str]:
    return group_codes(world.county.pk, room.KEY + code, on)


def test_every_county_begins_with_what_papers_say(world: World, today: date) -> None:
    assert codes(world, "townships", today) == ["t1", "t2"]
    assert codes(world, "townships-subdistricts", today) == ["s1", "t1", "t2"]
    # Departments concerned are those departments that carry a function; a town that carries one is none.
    assert codes(world, "departments-concerned", today) == ["d1"]
    assert codes(world, "member-units", today) == ["d1", "t1"]
    assert codes(world, "nothing", today) == [] and group_codes(world.county.pk, "townships", today) == []


def test_a_rule_is_asked_for_a_day_and_follows_mergers(world: World, today: date) -> None:
    Unit.objects.filter(code="t2").update(valid_from=today)
    assert codes(world, "townships", today - timedelta(days=1)) == ["t1"]
    assert world.campaign is not None
    FunctionDuty.objects.filter(function="traffic").update(valid_to=today - timedelta(days=1))
    assert codes(world, "departments-concerned", today) == []
    made = keep_group("", GroupEntry(Text("各文明单位"), listed=("d1", "s1")), version=0, by=world.posts[Role.OFFICE])
    assert [unit.code for unit in units_of_group(made, today)] == ["d1", "s1"]
    # What was merged is followed by what it went into, once.
    Unit.objects.filter(code="d1").update(merged_into=Unit.objects.get(code="d2"), valid_to=today - timedelta(days=1))
    assert [unit.code for unit in units_of_group(made, today)] == ["d2", "s1"]


def test_types_and_functions_narrow_each_other(world: World, today: date) -> None:
    entry = GroupEntry(Text("交通口部门", "Traffic"), types=("department",), functions=("traffic",), listed=("t2",))
    made = keep_group("", entry, version=0, by=world.posts[Role.OFFICE])
    assert [unit.code for unit in units_of_group(made, today)] == ["d1", "t2"]
    assert UnitGroup.objects.count() == len(room.SHIPPED) + 1, "what every county begins with is the county's own now"


def test_words_that_mean_a_group(world: World, today: date) -> None:
    groups = unit_groups(world.county.pk, today)
    words = by_word(groups)
    assert words["各乡镇"].code == words[room.spoken("全县所有乡镇")].code == "townships"
    # Who is concerned differs from paper to paper: only 各 opens a group by itself.
    assert "乡镇" not in words and "有关部门" not in words
    assert words[room.spoken("各乡镇、街道")].code == "townships-subdistricts"
    assert words["各有关部门"].code == "departments-concerned" and words["县直部门"].code == "departments"
    said = {
        "各乡镇要加强巡查": "townships", "各乡镇（街道）每周报送": "townships-subdistricts", "由各有关部门按职责办理": "departments-concerned",
        "各部门、各乡镇": "departments", "乡镇要加强巡查": "",
    }  # fmt: skip
    assert {text: (found.code if (found := named_in(text, groups)) else "") for text in said} == said


def test_what_is_changed_is_the_countys_own_and_two_editors_meet(world: World, today: date) -> None:
    office = world.posts[Role.OFFICE]
    shipped = unit_groups(world.county.pk, today)[0]
    assert shipped.version == 0
    kept = keep_group(
        "townships", GroupEntry(Text("各镇乡街"), ("各乡镇",), ("town", "subdistrict")), version=0, by=office
    )
    assert [unit.code for unit in units_of_group(kept, today)] == ["s1", "t1"] and kept.version == 2
    with pytest.raises(Stale):
        keep_group("townships", shipped.entry, version=0, by=office)
    with pytest.raises(Stale):
        drop_group("townships", version=1, by=office)
    drop_group("townships", version=2, by=office)
    assert codes(world, "townships", today) == []
    assert list(AuditEntry.objects.filter(thing_kind="unit_group").values_list("verb", flat=True)) == [
        "units.edit_group", "units.drop_group",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (GroupEntry(Text(" "), types=("town",)), "name_zh"),
        (GroupEntry(Text("各组")), "types"),
        (GroupEntry(Text("各组"), listed=("nowhere",)), "listed"),
        (GroupEntry(Text("各乡镇"), types=("town",)), "name_zh"),
        (GroupEntry(Text("各组"), aliases=("各县直部门",), functions=(ANY,)), "aliases"),
    ],
)
def test_what_cannot_be(world: World, entry: GroupEntry, field: str) -> None:
    with pytest.raises(RegisterError) as error:
        keep_group("", entry, version=0, by=world.posts[Role.OFFICE])
    assert error.value.field == field and not UnitGroup.objects.exists(), "nothing was taken over either"


def test_only_the_office_keeps_them(world: World) -> None:
    for role in set(Role) - {Role.OFFICE}:
        with pytest.raises(PermissionDenied):
            keep_group("", GroupEntry(Text("各组"), types=("town",)), version=0, by=world.posts[role])
