"""Units: added, changed by one at a time, ended, merged from a day on."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Post, Role, Unit, UnitType
from qipan.ground.units.registry import UnitEntry, add_unit, edit_unit, end_unit, merge_unit, reopen_unit
from qipan.ground.units.types import add_unit_type, drop_unit_type, order_unit_types, rename_unit_type, unit_types
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def world() -> World:
    return make_world()


def entry(zh: str, kind: str = "town", **more: object) -> UnitEntry:
    return UnitEntry(Text(zh, ""), kind, **more)  # type: ignore[arg-type]


def test_a_type_is_added_and_units_of_it_are_made_without_a_change_of_the_software(world: World) -> None:
    by = world.posts[Role.OFFICE]
    added = add_unit_type(world.county, Text("党群服务中心", "Party service centre"), is_territorial=True, by=by)
    assert added.code == "party_service_centre"
    made = add_unit(entry("东关党群服务中心", added.code, parent=world.office.pk), by=by)
    assert (made.code, made.parent_id, made.version) == ("U001", world.office.pk, 1)
    row = next(row for row in unit_types(world.county.pk) if row.code == added.code)
    assert (row.units, row.is_territorial) == (1, True)
    with pytest.raises(RegisterError, match="stays"):
        drop_unit_type(added.pk, by=by)
    verbs = list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["units.add_type", "units.add"]


def test_types_are_renamed_and_ordered(world: World) -> None:
    by = world.posts[Role.OFFICE]
    one = add_unit_type(world.county, Text("园区"), is_territorial=True, by=by)
    rename_unit_type(one.pk, Text("开发区", "Development zone"), is_territorial=True, version=1, by=by)
    with pytest.raises(Stale) as caught:
        rename_unit_type(one.pk, Text("园区二"), is_territorial=True, version=1, by=by)
    assert caught.value.version == 2
    # PostgreSQL keeps the fields of an entry in an order of its own.
    assert {(f.field, f.was, f.now) for f in caught.value.changes[0].fields} == {
        ("name_zh", "园区", "开发区"), ("name_en", "", "Development zone"),
    }  # fmt: skip
    order_unit_types([one.pk], by=by)
    assert unit_types(world.county.pk)[0].code == one.code
    with pytest.raises(RegisterError, match="already"):
        add_unit_type(world.county, Text("开发区"), is_territorial=False, by=by)
    drop_unit_type(one.pk, by=by)
    assert not UnitType.objects.filter(pk=one.pk).exists()


def test_only_the_office_may(world: World) -> None:
    for role in Role:
        if role != Role.OFFICE:
            with pytest.raises(PermissionDenied):
                add_unit(entry("东镇"), by=world.posts[role])
    other = make_world("other", prefix="other-", with_campaign=False)
    with pytest.raises(RegisterError):
        edit_unit(world.bureau.pk, entry("x"), version=1, by=other.posts[Role.OFFICE])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (entry(""), "name_zh"),
        (entry("x" * 81), "name_zh"),
        (entry("东镇", "no-such"), "type"),
        (entry("东镇", code="office"), "code"),
        (entry("东镇", code="a b"), "code"),
        (entry("东镇", parent=999_999), "parent"),
        (entry("东镇", valid_from=TODAY, valid_to=TODAY - timedelta(days=1)), "valid_to"),
    ],
)
def test_an_entry_that_cannot_be_names_its_field(world: World, wrong: UnitEntry, field: str) -> None:
    with pytest.raises(RegisterError) as caught:
        add_unit(wrong, by=world.posts[Role.OFFICE])
    assert caught.value.field == field
    assert not AuditEntry.objects.exists()


def test_of_two_editors_the_second_is_told_what_changed(world: World) -> None:
    by = world.posts[Role.OFFICE]
    kept = edit_unit(world.bureau.pk, entry("住房和城乡建设局", "department", code="bureau"), version=1, by=by)
    assert kept.version == 2
    with pytest.raises(Stale) as caught:
        edit_unit(world.bureau.pk, entry("建设局", "department"), version=1, by=by)
    change = caught.value.changes[0]
    assert (change.person, caught.value.version) == ("example-office", 2)
    assert ("name_zh", "住建局", "住房和城乡建设局") in [(f.field, f.was, f.now) for f in change.fields]
    # The same words again are no change.
    again = entry("住房和城乡建设局", "department", code="bureau")
    assert edit_unit(world.bureau.pk, again, version=2, by=by).version == 2


def test_a_unit_cannot_stand_under_its_own(world: World) -> None:
    by = world.posts[Role.OFFICE]
    town = add_unit(entry("东镇"), by=by)
    village = add_unit(entry("东村", "village", parent=town.pk), by=by)
    with pytest.raises(RegisterError) as caught:
        edit_unit(town.pk, entry("东镇", parent=village.pk), version=1, by=by)
    assert caught.value.field == "parent"


def test_a_unit_ends_with_its_posts_and_comes_back_without(world: World) -> None:
    by = world.posts[Role.OFFICE]
    town = add_unit(entry("东镇"), by=by)
    village = add_unit(entry("东村", "village", parent=town.pk), by=by)
    post = make_post(make_person("wang"), village, Role.HEAD)
    with pytest.raises(RegisterError, match="under it"):
        end_unit(town.pk, TODAY, version=1, by=by)
    end_unit(village.pk, TODAY, version=1, by=by)
    post.refresh_from_db()
    assert (post.valid_to, post.version) == (TODAY, 2)
    end_unit(town.pk, TODAY, version=1, by=by)
    assert reopen_unit(town.pk, version=2, by=by).valid_to is None
    with pytest.raises(RegisterError, match="own post"):
        end_unit(world.office.pk, TODAY, version=1, by=by)


def test_a_merger_moves_posts_and_units_and_leaves_the_past(world: World) -> None:
    by = world.posts[Role.OFFICE]
    east, west = add_unit(entry("东乡", "township"), by=by), add_unit(entry("西镇"), by=by)
    village = add_unit(entry("东村", "village", parent=east.pk), by=by)
    old = make_post(make_person("wang"), east, Role.HEAD)
    later = make_post(make_person("li"), east, Role.LIAISON, valid_from=TODAY)
    merge_unit(east.pk, west.pk, TODAY, version=1, by=by, today=TODAY)
    east.refresh_from_db()
    village.refresh_from_db()
    assert (east.valid_to, east.merged_into_id, village.parent_id) == (TODAY - timedelta(days=1), west.pk, west.pk)
    posts = Post.objects.filter(person=old.person).order_by("id").values_list("unit__code", "valid_from", "valid_to")
    assert list(posts) == [(east.code, None, TODAY - timedelta(days=1)), (west.code, TODAY, None)]
    later.refresh_from_db()
    assert later.unit_id == west.pk
    with pytest.raises(RegisterError):
        reopen_unit(east.pk, version=2, by=by)
    with pytest.raises(RegisterError) as caught:
        merge_unit(west.pk, east.pk, TODAY, version=1, by=by, today=TODAY)
    assert caught.value.field == "into"


def test_a_merger_lies_not_ahead_and_not_in_a_circle(world: World) -> None:
    by = world.posts[Role.OFFICE]
    east, west = add_unit(entry("东乡", "township"), by=by), add_unit(entry("西镇"), by=by)
    under = add_unit(entry("东村", "village", parent=east.pk), by=by)
    for into, on, field in (
        (west.pk, TODAY + timedelta(days=1), "on"), (east.pk, TODAY, "into"), (under.pk, TODAY, "into"),
    ):  # fmt: skip
        with pytest.raises(RegisterError) as caught:
            merge_unit(east.pk, into, on, version=1, by=by, today=TODAY)
        assert caught.value.field == field
    assert Unit.objects.get(pk=east.pk).version == 1
