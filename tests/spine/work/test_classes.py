"""The table of classes: what the pack says, what the office makes of it, and that open orders keep their limit."""

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied

from qipan.assessment.catalogue import read_functions
from qipan.assessment.text import InputError
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from qipan.ground.worktime.clock import Limit
from qipan.spine.work import classes
from qipan.spine.work.class_pack import SHIPPED, read_classes, shipped_classes
from qipan.spine.work.classes import ClassEntry, ClassError, StaleClass, entry_of
from qipan.spine.work.models import ItemClass, WorkClass
from tests.world import World, make_world

PACKS = SHIPPED.parent
PACK = yaml.safe_load(SHIPPED.read_text("utf-8"))
CHECKLISTS = yaml.safe_load((PACKS / "cn-site-checklists.yaml").read_text("utf-8"))


# ---- the pack -------------------------------------------------------------------------------------------------------


def test_the_pack_holds_250_matters_and_three_local_classes():
    pack = shipped_classes()
    counts: dict[str, int] = {}
    for one in pack.classes.values():
        counts[one.group] = counts.get(one.group, 0) + 1
    # As the standard counts them: 76 + 44 + 16 + 14 + 3 components, 51 + 7 + 16 + 21 + 2 matters.
    assert counts == {
        "01": 76, "02": 44, "03": 16, "04": 14, "05": 3, "06": 51, "07": 7, "08": 16, "09": 21, "10": 2, "local": 3,
    }  # fmt: skip
    assert sum(counts.values()) - counts["local"] == 250
    assert all(one.title.zh and one.title.en for one in pack.classes.values())
    assert len({one.title.zh for one in pack.classes.values()}) == 253
    assert all(one.title.zh.endswith("异常") == (one.group <= "05") for one in pack.classes.values())
    assert "01016" not in pack.classes
    assert "核对" in pack.note.zh
    assert "checked against the official text" in pack.note.en


def test_the_limits_that_a_city_published_are_named_as_its_own():
    pack = shipped_classes()
    published = {one.code: one.limit for one in pack.classes.values() if one.basis.kind == "source"}
    assert published == {
        "06001": Limit(15, "working_day"),
        "06010": Limit(1, "working_day"),
        "06011": Limit(4, "working_day"),
        "06012": Limit(5, "working_hour"),
        "06025": Limit(15, "working_day"),
    }
    assert all("济源" in pack.classes[code].basis.words.zh for code in published)
    assumed = [one for one in pack.classes.values() if one.basis.kind == "assumed"]
    assert len(assumed) == 253 - 5
    assert all(one.basis.words.zh and one.basis.words.en for one in assumed)
    assert {code: pack.classes[code].limit for code in ("GEN", "SAFE", "DOC")} == {
        "GEN": Limit(5, "working_day"),
        "SAFE": Limit(24, "urgent_hour"),
        "DOC": Limit(10, "working_day"),
    }


def test_every_function_of_the_pack_is_known():
    known = read_functions(yaml.safe_load((PACKS / "functions.yaml").read_text("utf-8")))
    assert {one.function for one in shipped_classes().classes.values()} - {""} <= set(known)
    assert shipped_classes().classes["09009"].function == "traffic_police"


def test_every_item_of_the_checklists_has_its_class():
    items = {item["key"]: item for kind in CHECKLISTS["types"] for item in kind["items"]}
    pack = shipped_classes()
    assert set(pack.items) == set(items)
    assert len(items) == 164
    assert {key for key, code in pack.items.items() if code == "SAFE"} == {
        key for key, item in items.items() if item.get("safety")
    }
    assert pack.items["main_road.mr9"] == "01037"  # street lamps
    assert pack.items["market.mk7"] == "03001"  # public toilets


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01-10", "06010"), ("04-09", "09009"), ("02-01", "07001"), ("03-11", "08011"), (" 01-1 ", "06001"),
        # Local codes of the same look do not follow the rule, and neither do new codes.
        ("01-98", None), ("06-06", None), ("05-01", None), ("06010", None), ("", None),
    ],
)  # fmt: skip
def test_old_codes_are_proposals(old, new):
    assert shipped_classes().of_old_code(old) == new


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (lambda pack: pack.update(format="qipan-units/1"), (), "not a table of classes"),
        (lambda pack: pack["classes"].append(pack["classes"][0]), ("classes", 253, "code"), "stands twice"),
        (lambda pack: pack["classes"][3].update(limit={"amount": 0, "unit": "working_day"}), ("classes", 3, "limit", "amount"), "out of range"),
        (lambda pack: pack["classes"][3].update(limit={"amount": 1, "unit": "week"}), ("classes", 3, "limit", "unit"), "week"),
        (lambda pack: pack["classes"][3].update(limit={"unit": "working_day"}), ("classes", 3, "limit"), "missing"),
        (lambda pack: pack["classes"][3].update(code="99001"), ("classes", 3, "code"), "no group"),
        (lambda pack: pack["classes"][3].update(titel="x"), ("classes", 3, "titel"), "titel"),
        (lambda pack: pack["classes"][3].pop("title"), ("classes", 3), "title"),
        (lambda pack: pack["groups"][0].pop("limit"), ("classes", 0), "limit"),
        (lambda pack: pack["items"].update({"main_road.mr1": "99999"}), ("items", "main_road.mr1"), "no class"),
    ],
)  # fmt: skip
def test_a_faulty_pack_is_refused_with_the_place(change, path, words):
    pack = yaml.safe_load(SHIPPED.read_text("utf-8"))
    change(pack)
    with pytest.raises(InputError) as told:
        read_classes(pack)
    assert any(problem.path == path and re.search(words, problem.message.en) for problem in told.value.problems), (
        told.value
    )


# ---- the county's table ---------------------------------------------------------------------------------------------


@pytest.fixture
def world(db) -> World:
    made = make_world(with_campaign=False)
    assert classes.seed_classes(made.county) == 253
    return made


def get(world: World, code: str) -> WorkClass:
    return WorkClass.objects.get(county=world.county, code=code)


def changed(one: WorkClass, **values: Any) -> ClassEntry:
    return replace(entry_of(one), **values)


def code_for(county_id: int, item: str, **more: bool) -> str:
    found = classes.class_for(county_id, item, **more)
    return found.code if found else ""


def test_a_table_is_filled_once_and_never_overwritten(world):
    office = world.posts[Role.OFFICE]
    one = get(world, "06010")
    assert (one.limit, one.limit_unit, one.basis, one.function) == (1, "working_day", "sample", "sanitation")
    assert "济源" in one.source
    assert get(world, "06013").source == ""
    classes.edit_class(one, changed(one, limit=2), version=1, by=office)
    classes.set_item_class(world.county, "main_road.mr2", "06010", by=office)
    ItemClass.objects.filter(item="main_road.mr4").delete()
    assert classes.seed_classes(world.county) == 0
    assert (get(world, "06010").limit, get(world, "06010").basis) == (2, "office")
    assert code_for(world.county.pk, "main_road.mr2") == "06010"
    assert code_for(world.county.pk, "main_road.mr4") == "09006"
    assert WorkClass.objects.filter(county=world.county).count() == 253


def test_each_county_has_its_own(world):
    other = make_world("other", prefix="o-", with_campaign=False)
    assert classes.class_for(other.county.pk, "main_road.mr2") is None
    assert classes.seed_classes(other.county) == 253
    with pytest.raises(PermissionDenied):
        one = get(world, "06010")
        classes.edit_class(one, entry_of(one), version=1, by=other.posts[Role.OFFICE])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_changes_it(world, role):
    one, post = get(world, "06010"), world.posts[role]
    for act in (
        lambda: classes.edit_class(one, entry_of(one), version=1, by=post),
        lambda: classes.add_class(world.county, "L1", entry_of(one), by=post),
        lambda: classes.set_item_class(world.county, "main_road.mr2", "GEN", by=post),
        lambda: classes.seed_classes(world.county, by=post),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_items_class_or_what_stands_for_it(world):
    pk = world.county.pk
    assert code_for(pk, "main_road.mr9") == "01037"
    assert code_for(pk, "main_road.mr9", safety=True) == "01037"
    assert code_for(pk, "park.unknown") == "GEN"
    assert code_for(pk, "park.unknown", safety=True) == "SAFE"
    assert code_for(pk, "park.unknown", document=True) == "DOC"
    assert classes.limit_of(get(world, code_for(pk, "main_road.mr2"))) == Limit(5, "working_hour")


def test_a_class_out_of_use_stands_for_nothing(world):
    one = get(world, "01037")
    classes.edit_class(one, changed(one, is_active=False), version=1, by=world.posts[Role.OFFICE])
    assert code_for(world.county.pk, "main_road.mr9") == "GEN"
    general = get(world, "GEN")
    with pytest.raises(ClassError, match="stays in use") as told:
        classes.edit_class(general, changed(general, is_active=False), version=1, by=world.posts[Role.OFFICE])
    assert told.value.field == "is_active"


def test_only_a_changed_limit_makes_it_the_offices_own(world):
    office, one = world.posts[Role.OFFICE], get(world, "06010")
    one = classes.edit_class(one, changed(one, name_en="Rubbish in the open"), version=1, by=office)
    assert (one.basis, one.version) == ("sample", 2)
    one = classes.edit_class(one, changed(one, limit_unit="calendar_day"), version=2, by=office)
    assert (one.basis, one.version) == ("office", 3)
    # Saving what is there already changes nothing.
    assert classes.edit_class(one, entry_of(one), version=3, by=office).version == 3
    entry = AuditEntry.objects.filter(verb="classes.edit").latest("seq")
    assert entry.details == {"version": 3, "changes": {"limit_unit": ["working_day", "calendar_day"]}}
    assert entry.thing_label.startswith("06010")


def test_two_people_edit_at_once(world):
    office, one = world.posts[Role.OFFICE], get(world, "06010")
    classes.edit_class(one, changed(one, limit=2), version=1, by=office)
    with pytest.raises(StaleClass) as told:
        classes.edit_class(one, changed(one, limit=3), version=1, by=office)
    assert (told.value.now.limit, told.value.now.version) == (2, 2)
    assert get(world, "06010").limit == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("limit", 0, "between 1"), ("limit", 99999, "between 1"), ("limit_unit", "week", "unit"), ("name_zh", " ", "missing"),
        ("name_zh", "长" * 81, "81 characters"), ("opens_zh", "长" * 301, "301 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered(world, field, value, words):
    one = get(world, "06010")
    with pytest.raises(ClassError, match=words) as told:
        classes.edit_class(one, changed(one, **{field: value}), version=1, by=world.posts[Role.OFFICE])
    assert told.value.field == field
    assert told.value.words.zh


def test_a_class_of_the_countys_own(world):
    office = world.posts[Role.OFFICE]
    made = classes.add_class(world.county, "L01", ClassEntry("夜市油烟", 3, "working_day"), by=office)
    assert (made.basis, made.group, made.version) == ("office", "local", 1)
    for code in ("", "a b", "x" * 21, "a/b"):
        with pytest.raises(ClassError, match="1 to 20 characters"):
            classes.add_class(world.county, code, ClassEntry("夜市油烟", 3, "working_day"), by=office)
    with pytest.raises(ClassError, match="already"):
        classes.add_class(world.county, "L01", ClassEntry("夜市油烟", 3, "working_day"), by=office)


def test_an_item_is_moved_to_another_class_and_back(world):
    office = world.posts[Role.OFFICE]
    classes.set_item_class(world.county, "own.item", "06012", by=office)
    assert code_for(world.county.pk, "own.item") == "06012"
    with pytest.raises(ClassError, match="no class"):
        classes.set_item_class(world.county, "own.item", "99999", by=office)
    classes.set_item_class(world.county, "own.item", "", by=office)
    assert code_for(world.county.pk, "own.item") == "GEN"
    verbs = list(AuditEntry.objects.filter(verb="classes.item").values_list("details", flat=True))
    assert verbs == [{"changes": {"work_class": ["", "06012"]}}, {"changes": {"work_class": ["06012", ""]}}]
