"""Lists of units: what they would do, and doing it once."""

from datetime import date
from pathlib import Path

import pytest

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.documents.lists import ListRead, Plan, read_list_file, read_list_text
from qipan.ground.documents.workbook import write_workbook
from qipan.ground.units.models import Role, Unit
from qipan.ground.units.registry import UnitEntry, edit_unit
from qipan.ground.units.unit_list import HEADINGS, ORDER, apply_units, pack_lines, plan_units, unit_packs, unit_sheet
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def read(text: str) -> ListRead:
    return read_list_text(text, HEADINGS, ORDER)


def states(plan: Plan) -> list[str]:
    return [one.state for one in plan.lines]


def words(plan: Plan) -> list[str]:
    return [said.words("en") for one in plan.lines for said in one.problems]


def test_one_a_line_with_indentation_for_the_tree(world: World) -> None:
    text = "河口镇\n  河口村，行政村\n  东关社区\n县水务局\n\n创城办"
    plan = apply_units(read(text), by=world.posts[Role.OFFICE])
    assert states(plan) == ["new", "new", "new", "new", "unchanged"]
    rows = Unit.objects.exclude(code__in=("office", "bureau")).order_by("id")
    assert list(rows.values_list("code", "name_zh", "type", "parent__code")) == [
        ("U001", "河口镇", "town", None), ("U002", "河口村", "village", "U001"), ("U003", "东关社区", "community", "U001"),
        ("U004", "县水务局", "department", None),
    ]  # fmt: skip
    assert AuditEntry.objects.order_by("-seq").values_list("verb", "details").first() == (
        "units.import", {"new": 4, "changed": 0, "unchanged": 1, "refused": 0},
    )  # fmt: skip
    # The same list again does nothing and leaves no note.
    count = AuditEntry.objects.count()
    again = apply_units(read(text), by=world.posts[Role.OFFICE])
    assert set(states(again)) == {"unchanged"}
    assert AuditEntry.objects.count() == count


def test_a_table_with_a_heading_and_words_for_types(world: World) -> None:
    text = "单位名称\t类型\t上级\t启用日期\n东镇\t建制镇\t清河县\t2026/1/1\n东村\t行政村\t东镇\t\n住建局\t事业单位\t\t"
    plan = plan_units(read(text), world.county)
    assert states(plan) == ["new", "new", "changed"]
    assert plan.lines[0].values["valid_from"] == date(2026, 1, 1)
    assert plan.lines[1].values["parent"] == "U001"
    assert [(change.field.en, change.was, change.will) for change in plan.lines[2].changes] == [
        ("type", "部门", "事业单位")
    ]


def test_refusals_name_the_line_and_what_would_be_right(world: World) -> None:
    text = "名称\t类型\t上级单位\t启用日期\n某局\t奇怪\t\t\n某村\t行政村\t无此镇\t\n某镇\t镇\t\t明天\n甲组织\t\t\t\n住建局\t\t\t\n住建局\t\t\t"
    plan = plan_units(read(text), world.county)
    assert states(plan) == ["refused"] * 4 + ["unchanged", "refused"]
    said = words(plan)
    assert said[0].startswith("line 2, column 2: there is no type 奇怪. use 指挥部")
    assert said[1] == "line 3, column 3: no unit is called 无此镇. list a unit before those under it."
    assert said[2] == "line 4, column 4: 明天 is no day. write it as 2026-11-30."
    assert said[3].startswith("line 5, column 2: the type is missing")
    assert said[4] == "line 7, column 1: the same unit stands in line 6."


def test_the_same_line_twice_is_one_unit_and_the_second_is_refused(world: World) -> None:
    plan = plan_units(read("河口镇，镇\n石桥镇，镇\n  中心社区\n  中心社区\n河口镇，镇"), world.county)
    assert states(plan) == ["new", "new", "new", "refused", "refused"]
    assert "line 3" in words(plan)[0]
    assert "line 1" in words(plan)[1]
    # What stands under a line that is not taken is not put elsewhere.
    under = plan_units(read("河口镇，镇\n河口镇，镇\n  中心社区"), world.county)
    assert states(under) == ["new", "refused", "refused"]
    # Two communities of one name under two towns are two.
    apart = plan_units(read("河口镇，镇\n  中心社区\n石桥镇，镇\n  中心社区"), world.county)
    assert states(apart) == ["new"] * 4


def test_two_units_of_one_name_are_told_apart(world: World) -> None:
    by = world.posts[Role.OFFICE]
    apply_units(read("东镇\n  红旗村\n西镇\n  红旗村"), by=by)
    assert Unit.objects.filter(name_zh="红旗村").count() == 2
    plan = plan_units(read("名称\t类型\n红旗村\t行政村"), world.county)
    assert words(plan) == ["line 2, column 1: 2 units are called 红旗村. add a code or the unit above (U002、U004)."]
    plan = plan_units(read("名称\t上级\n红旗村\t西镇"), world.county)
    assert (states(plan), plan.lines[0].values["code"]) == (["unchanged"], "U004")


def test_what_a_list_does_not_say_stays(world: World) -> None:
    by = world.posts[Role.OFFICE]
    bureau = world.bureau
    entry = UnitEntry(Text("住建局", "Housing"), "department", "bureau", world.office.pk, date(2020, 1, 1))
    edit_unit(bureau.pk, entry, version=1, by=by)
    assert states(plan_units(read("名称\t类型\n住建局\t部门"), world.county)) == ["unchanged"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_register_reads_back_without_a_change(world: World, language: str, tmp_path: Path) -> None:
    by = world.posts[Role.OFFICE]
    apply_units(read("东镇\n  红旗村\n西镇\n  红旗村\n    三组，群团"), by=by)
    Unit.objects.filter(name_zh="西镇").update(valid_from=date(2021, 5, 1), valid_to=date(2026, 5, 1))
    path = tmp_path / "units.xlsx"
    path.write_bytes(write_workbook([unit_sheet(world.county, language)]))
    plan = plan_units(read_list_file(path, HEADINGS), world.county)
    assert set(states(plan)) == {"unchanged"}
    assert len(plan.lines) == 7


def test_towns_of_a_pack_without_its_departments(world: World) -> None:
    pack = next(pack for pack in unit_packs() if pack.file == "ningwu-units.yaml")
    towns = [unit.code for unit in pack.units if unit.group == "town"]
    chosen = pack_lines(pack, towns)
    plan = apply_units(chosen, by=world.posts[Role.OFFICE])
    assert set(states(plan)) == {"new"}
    assert (
        Unit.objects.filter(type__in=("town", "township", "statistical_unit")).count() == len(towns) == len(plan.lines)
    )
    assert set(states(plan_units(chosen, world.county))) == {"unchanged"}


def test_the_question_costs_few_statements(world: World, django_assert_num_queries) -> None:
    lines = read("\n".join(f"镇{n}镇" for n in range(300)))
    with django_assert_num_queries(3):
        plan_units(lines, world.county)
