"""Lists of people: whom a line means, and the same list twice."""

from datetime import date
from pathlib import Path

import pytest

from qipan.ground.documents.lists import ListRead, Plan, read_list_file, read_list_text
from qipan.ground.documents.workbook import write_workbook
from qipan.ground.units.models import Person, Post, Role
from qipan.ground.units.people_list import HEADINGS, ORDER, apply_people, people_sheet, plan_people
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="")


def read(text: str) -> ListRead:
    return read_list_text(text, HEADINGS, ORDER)


def states(plan: Plan) -> list[str]:
    return [one.state for one in plan.lines]


def test_people_of_a_pasted_list_and_the_list_again(world: World) -> None:
    text = "姓名\t单位\t职务\t角色\t联系电话\n李红\t住建局\t联络员\t\t13812345678\n赵刚\t住建局\t副局长\t分管负责人\t\n李红\t创城办\t督查员\t\t13812345678"
    plan = apply_people(read(text), TODAY, by=world.posts[Role.OFFICE])
    assert states(plan) == ["new"] * 3
    rows = Post.objects.filter(person__full_name_zh__in=("李红", "赵刚")).order_by("id")
    assert list(rows.values_list("person__username", "unit__code", "role", "title_zh")) == [
        ("bureau-liaison", "bureau", "liaison", "联络员"), ("bureau-head", "bureau", "head", "副局长"),
        ("bureau-liaison", "office", "inspector", "督查员"),
    ]  # fmt: skip
    assert set(states(plan_people(read(text), world.county, TODAY))) == {"unchanged"}


def test_somebody_of_the_same_name_elsewhere_is_somebody_else(world: World) -> None:
    by = world.posts[Role.OFFICE]
    apply_people(read("李红，住建局，联络员"), TODAY, by=by)
    plan = plan_people(read("李红，创城办，联络员"), world.county, TODAY)
    assert (states(plan), plan.lines[0].note.en) == (
        ["new"], "somebody of this name is at 住建局; if it is the same person, give the user name or phone",
    )  # fmt: skip
    plan = plan_people(read("姓名\t单位\t角色\t用户名\n李红\t创城办\t督查员\tbureau-liaison"), world.county, TODAY)
    assert [(change.field.en, change.will) for change in plan.lines[0].changes] == [("post", "创城办 督查员")]


def test_refusals_and_the_mapping_of_unknown_units(world: World) -> None:
    text = "姓名\t单位\t职务\t角色\t电话\n甲\t建设局\t局长\t\t\n乙\t住建局\t\t大王\t\n\t住建局\t局长\t\t\n丁\t住建局\t局长\t\t没有"
    plan = plan_people(read(text), world.county, TODAY)
    assert (states(plan), plan.unknown_units) == (["refused"] * 4, ("建设局",))
    said = [one.problems[0].words("en") for one in plan.lines]
    assert said == [
        "line 2, column 2: no unit is called 建设局. perhaps 住建局.",
        "line 3, column 4: 大王 is no role. use one of office, leader, head, liaison, inspector, reviewer, support, system, security, audit.",
        "line 4, column 1: give the name.",
        "line 5, column 5: a phone number is digits, such as 13812345678; it may be left out.",
    ]
    plan = plan_people(read(text), world.county, TODAY, {"建设局": "bureau"})
    assert (plan.lines[0].state, plan.unknown_units) == ("new", ())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_people_read_back_without_a_change(world: World, language: str, tmp_path: Path) -> None:
    apply_people(read("李红，住建局，联络员，，13812345678"), TODAY, by=world.posts[Role.OFFICE])
    path = tmp_path / "people.xlsx"
    path.write_bytes(write_workbook([people_sheet(world.county, TODAY, language)]))
    plan = plan_people(read_list_file(path, HEADINGS), world.county, TODAY)
    assert set(states(plan)) == {"unchanged"}
    assert len(plan.lines) == Post.objects.count() == 11
    assert Person.objects.count() == 11


def test_the_question_costs_few_statements(world: World, django_assert_num_queries) -> None:
    lines = read("\n".join(f"人{n}，住建局，联络员" for n in range(300)))
    with django_assert_num_queries(3):
        assert plan_people(lines, world.county, TODAY).count("new") == 300
