"""Lists of sites: types by word, units by name and never made, and the same list twice."""

from datetime import date
from pathlib import Path

import pytest

from qipan.assessment.text import Text
from qipan.ground.documents.lists import ListRead, Plan, read_list_file, read_list_text
from qipan.ground.documents.workbook import write_workbook
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.sites.site_list import HEADINGS, ORDER, Words, apply_sites, plan_sites, site_sheet
from qipan.ground.units.models import Role, Unit
from qipan.ground.units.types import folded
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
TYPES = {"main_road": Text("主干道", "Main road"), "market": Text("农贸市场", "Food market")}
FUNCTIONS = {"greening": Text("绿化", "Greening"), "police": Text("交警", "Traffic police")}
WORDS = Words(
    TYPES,
    {folded(word): code for code, title in TYPES.items() for word in (title.zh, title.en)}
    | {folded("集贸市场"): "market"},
    FUNCTIONS,
    {folded(word): code for code, title in FUNCTIONS.items() for word in (title.zh, title.en)},
)


@pytest.fixture
def world() -> World:
    return make_world()


def read(text: str) -> ListRead:
    return read_list_text(text, HEADINGS, ORDER)


def states(plan: Plan) -> list[str]:
    return [one.state for one in plan.lines]


TABLE = (
    "序号\t点位类别\t点位名称\t详细地址/位置\t所属乡镇(街道)\t责任单位/产权(管理)单位\t分职能责任单位\t经度\t纬度\t网格\n"
    "1\t集贸市场\t西市场\t西街 3 号\t创城办\t住建局\t绿化：创城办；交警：住建局\t112.30\t39.01\t3\n"
    "2\t主干道\t东大街\t\t\t住建局\t\t\t\t\n"
    "合计\t\t2\t\t\t\t\t\t\t"
)


def test_the_offices_own_table(world: World) -> None:
    plan = apply_sites(read(TABLE), TODAY, WORDS, by=world.posts[Role.OFFICE])
    assert states(plan) == ["new", "changed"]
    assert plan.unknown_columns == ("序号", "网格")
    made = Site.objects.get(name_zh="西市场")
    assert (made.type, made.address, made.territory, made.lon, made.lat) == (
        "market",
        "西街 3 号",
        world.office,
        112.3,
        39.01,
    )
    assert set(SiteDuty.objects.filter(site=made).values_list("function", "unit__code")) == {
        ("", "bureau"), ("greening", "office"), ("police", "bureau"),
    }  # fmt: skip
    assert set(states(plan_sites(read(TABLE), world.county, TODAY, WORDS))) == {"unchanged"}


def test_units_that_are_not_known_are_listed_and_never_made(world: World) -> None:
    text = "点位名称\t点位类型\t属地\t责任单位\n甲市场\t农贸市场\t某街道\t建设局\n乙市场\t农贸市场\t\t建设局"
    count = Unit.objects.count()
    plan = apply_sites(read(text), TODAY, WORDS, by=world.posts[Role.OFFICE])
    assert (states(plan), plan.unknown_units) == (["refused", "refused"], ("某街道", "建设局"))
    plan = plan_sites(read(text), world.county, TODAY, WORDS, {"建设局": "bureau"})
    assert states(plan) == ["refused", "new"]
    assert Unit.objects.count() == count
    assert Site.objects.count() == 1


def test_refusals_name_the_cell_and_what_would_be_right(world: World) -> None:
    text = (
        "名称\t类型\t经度\t纬度\t分职能责任单位\n甲\t月球\t\t\t\n乙\t农贸市场\t东\t39\t\n丙\t农贸市场\t39\t112\t\n丁\t农贸市场\t\t\t飞行:住建局\n"
        "\t农贸市场\t\t\t\n甲甲\t主干道\t\t\t\n甲甲\t主干道\t\t\t"
    )
    plan = plan_sites(read(text), world.county, TODAY, WORDS)
    assert [one.problems[0].words("en") for one in plan.lines if one.problems] == [
        "line 2, column 2: there is no type of site 月球. such as Main road, Food market.",
        "line 3, column 3: 东 is no number. write a decimal, such as 112.3012.",
        "line 4, column 3: longitude lies between -180 and 180, latitude between -90 and 90 (such as 112.30, 39.00).",
        "line 5, column 5: 飞行:住建局 cannot be read. write function: unit; function: unit.",
        "line 6, column 1: give the Chinese name.",
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_register_reads_back_without_a_change(world: World, language: str, tmp_path: Path) -> None:
    apply_sites(read(TABLE), TODAY, WORDS, by=world.posts[Role.OFFICE])
    path = tmp_path / "sites.xlsx"
    path.write_bytes(write_workbook([site_sheet(world.county, TODAY, WORDS, language)]))
    plan = plan_sites(read_list_file(path, HEADINGS), world.county, TODAY, WORDS)
    assert (states(plan), plan.unknown_columns) == (["unchanged", "unchanged"], ())


def test_the_question_costs_few_statements(world: World, django_assert_num_queries) -> None:
    lines = read("\n".join(f"市场{n}，农贸市场，，，住建局" for n in range(300)))
    with django_assert_num_queries(5):
        assert plan_sites(lines, world.county, TODAY, WORDS).count("new") == 300
