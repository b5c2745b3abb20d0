"""The office's own table: written, read again without a change, and what another table would do shown first."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import Column, SheetToWrite, read_workbook, write_workbook
from qipan.ground.units.models import Role
from qipan.ground.worktime.clock import Limit
from qipan.spine.work import class_queries, classes
from qipan.spine.work.class_import import TableChanged, apply_import, mark_of, plan_import
from qipan.spine.work.class_table import functions_by_name, lines_of, read_limit, read_table, write_table
from qipan.spine.work.classes import ClassEntry, entry_of
from qipan.spine.work.models import WorkClass
from tests.spine.work.town import make, order
from tests.world import World, make_world

FUNCTIONS = functions_by_name(class_queries.shipped_functions().values())
HEADING = ("大类名称", "小类代码", "小类名称", "责任单位", "立案条件", "处置时限", "结案条件", "备注")


@pytest.fixture
def world(db) -> World:
    made = make_world(with_campaign=False)
    classes.seed_classes(made.county)
    return made


def get(world: World, code: str) -> WorkClass:
    return WorkClass.objects.get(county=world.county, code=code)


def written(world: World) -> bytes:
    groups = {code: group.title.zh for code, group in class_queries.groups().items()}
    functions = {code: function.title.zh for code, function in class_queries.shipped_functions().items()}
    return write_table(class_queries.classes_of(world.posts[Role.OFFICE]), groups, functions)


def csv(tmp_path, *rows: tuple[str, ...], heading=HEADING):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(",".join(row) for row in (heading, *rows)), "utf-8")
    return read_table(path)


def plan(world: World, lines, **more):
    return plan_import(world.county, lines, FUNCTIONS, **more)


def states(found) -> list[str]:
    return [line.state for line in found.plan.lines]


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("15工作日", Limit(15, "working_day")), ("5 工作时", Limit(5, "working_hour")), ("3个工作日", Limit(3, "working_day")),
        ("２紧急工作时", Limit(2, "urgent_hour")), ("7自然日", Limit(7, "calendar_day")), ("4 working days", Limit(4, "working_day")),
        # A day or an hour alone may be either kind; a person must say which.
        ("3天", None), ("2小时", None), ("工作日", None), ("0工作日", None), ("", None), ("99999工作日", None), ("立即", None),
    ],
)  # fmt: skip
def test_how_limits_are_written(words, limit):
    assert read_limit(words) == limit


def test_the_workbook_has_the_heading_of_two_rows(world, tmp_path):
    path = tmp_path / "classes.xlsx"
    path.write_bytes(written(world))
    assert written(world) == path.read_bytes()
    (sheet,) = read_workbook(path)
    assert sheet.rows[0] == [
        "大类名称",
        "小类代码",
        "小类名称",
        "责任单位",
        "信息收集阶段",
        "任务处理阶段",
        "核查结案阶段",
        "备注",
    ]
    assert sheet.rows[1] == list(HEADING)
    row = next(row for row in sheet.rows if row[1] == "06012")
    assert row[:4] == ["市容环境类", "06012", "道路不洁", "环境卫生部门"]
    assert row[5:7] == ["5工作时", "已清除"]
    assert str(row[7]).startswith("济源市")
    assert len(sheet.rows) == 2 + 253


def test_read_in_again_it_changes_nothing(world, tmp_path):
    office = world.posts[Role.OFFICE]
    one = get(world, "06013")
    classes.edit_class(one, replace(entry_of(one), limit=3, source="县城管局2026年标准"), version=1, by=office)
    classes.add_class(world.county, "L01", ClassEntry("夜市油烟", 3, "working_day"), by=office)
    path = tmp_path / "classes.xlsx"
    path.write_bytes(written(world))
    found = plan(world, read_table(path))
    assert len(found.plan.lines) == 254
    assert set(states(found)) == {"unchanged"}
    before = mark_of(world.county.pk)
    apply_import(world.county, read_table(path), FUNCTIONS, mark=found.mark, by=office)
    assert mark_of(world.county.pk) == before
    assert not AuditEntry.objects.filter(verb="classes.import").exists()


def test_what_a_table_would_do_is_shown_and_then_done(world, tmp_path):
    office = world.posts[Role.OFFICE]
    lines = csv(
        tmp_path,
        ("市容环境", "06010", "暴露垃圾", "环卫中心", "成堆垃圾", "4工作时", "已清除", "宁城管〔2026〕3号"),
        ("", "06012", "道路不洁", "", "", "5工作时", "已清除", ""),
        ("本地类别", "L07", "夜市油烟", "城管局", "油烟扰民", "2工作日", "已整改", ""),
        ("", "06013", "道路破损", "市政局", "", "3天", "", ""),
        ("", "", "没有代码", "", "", "3工作日", "", ""),
        ("", "06010", "又一次", "", "", "3工作日", "", ""),
        ("", "L08", "没有时限", "", "", "", "", ""),
        ("", "06017", "绿地脏乱", "某某公司", "绿地里有垃圾、杂物", "", "", ""),
    )
    found = plan(world, lines)
    assert states(found) == ["changed", "unchanged", "new", "refused", "refused", "refused", "refused", "unchanged"]
    changed = {change.field.en: (change.was, change.will) for change in found.plan.lines[0].changes}
    assert changed["limit"] == ("1工作日", "4工作时")
    assert changed["source"][1] == "宁城管〔2026〕3号"
    said = [line.problems[0].message.en for line in found.plan.lines if line.state == "refused"]
    assert "'3天' cannot be read" in said[0]
    assert "code is missing" in said[1]
    assert "already stands in line 2" in said[2]
    assert "needs a limit" in said[3]
    assert found.plan.lines[3].problems[0].place.line == 5
    assert "no known function" in found.plan.lines[7].note.en
    assert get(world, "06010").limit == 1
    # Kept as plain data while someone looks at the preview.
    kept = lines_of([line.plain() for line in lines])
    assert kept == lines
    apply_import(world.county, kept, FUNCTIONS, mark=found.mark, by=office)
    one, new = get(world, "06010"), get(world, "L07")
    assert (one.limit, one.limit_unit, one.basis, one.version) == (4, "working_hour", "office", 2)
    assert (new.name_zh, new.limit, new.function, new.group) == ("夜市油烟", 2, "urban_management", "local")
    assert not WorkClass.objects.filter(code="L08").exists()
    assert AuditEntry.objects.get(verb="classes.import").details == {
        "new": 1,
        "changed": 1,
        "unchanged": 2,
        "refused": 4,
    }
    assert set(states(plan(world, lines))) == {"unchanged", "refused"}


def test_a_column_that_is_not_there_changes_nothing(world, tmp_path):
    lines = csv(tmp_path, ("06012", "6工作时"), heading=("代码", "时限"))
    found = plan(world, lines)
    assert [change.field.en for change in found.plan.lines[0].changes] == ["limit"]


def test_two_heading_rows_without_merged_cells(world, tmp_path):
    path = tmp_path / "own.xlsx"
    upper = ("大类名称", "小类代码", "小类名称", "责任单位", "信息收集阶段", "任务处理阶段", "核查结案阶段", "备注")
    lower = ["", "", "", "", "立案条件", "处置时限", "结案条件", ""]
    rows = [lower, ["市容环境类", "06013", "道路破损", "市政", "坑洼", "6工作日", "已修复", ""]]
    path.write_bytes(write_workbook([SheetToWrite("s", [Column(cell) for cell in upper], rows)]))
    (line,) = read_table(path)
    assert (line.number, line.cells["limit"], line.cells["opens"]) == (3, "6工作日", "坑洼")


def test_a_code_that_lost_its_zero_is_found(world, tmp_path):
    found = plan(world, csv(tmp_path, ("6012", "6工作时"), heading=("代码", "时限")))
    assert found.plan.lines[0].values["code"] == "06012"


def test_old_codes_wait_for_a_person(world, tmp_path):
    office = world.posts[Role.OFFICE]
    lines = csv(tmp_path, ("01-10", "4工作时"), ("01-98", "4工作时"), heading=("代码", "时限"))
    found = plan(world, lines)
    assert (states(found), found.old) == (["waiting", "refused"], 1)
    assert "06010" in found.plan.lines[0].note.en
    apply_import(world.county, lines, FUNCTIONS, mark=found.mark, by=office)
    assert get(world, "06010").limit == 1
    mark = mark_of(world.county.pk)
    apply_import(world.county, lines, FUNCTIONS, mark=mark, by=office, with_old=True)
    assert (get(world, "06010").limit, get(world, "06010").limit_unit) == (4, "working_hour")


def test_a_preview_that_is_no_longer_true_is_refused(world, tmp_path):
    office, one = world.posts[Role.OFFICE], get(world, "06013")
    lines = csv(tmp_path, ("06012", "6工作时"), heading=("代码", "时限"))
    found = plan(world, lines)
    classes.edit_class(one, replace(entry_of(one), limit=9), version=1, by=office)
    with pytest.raises(TableChanged):
        apply_import(world.county, lines, FUNCTIONS, mark=found.mark, by=office)
    assert get(world, "06012").limit == 5
    with pytest.raises(PermissionDenied):
        apply_import(world.county, lines, FUNCTIONS, mark=mark_of(world.county.pk), by=world.posts[Role.HEAD])


@pytest.mark.parametrize("text", ["a,b\n1,2", "小类代码,处置时限\n", ""])
def test_a_file_that_is_no_such_table(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError):
        read_table(path)


def test_the_list_and_a_page_of_a_class(world, django_assert_num_queries):
    office = world.posts[Role.OFFICE]
    with django_assert_num_queries(2):
        rows = class_queries.class_list(office)
    assert [row.code for row in rows[-3:]] == ["DOC", "GEN", "SAFE"]
    assert [row.code for row in class_queries.found_in(rows, "井盖 污水")] == ["01002"]
    assert "06012" in [row.code for row in class_queries.found_in(rows, "road clean")]
    by_code = {row.code: row for row in rows}
    assert (by_code["06012"].basis, by_code["06013"].basis) == ("city", "sample")
    assert by_code["06012"].source.en.startswith("Jiyuan City")
    assert by_code["06012"].is_frequent
    page = class_queries.class_page(office, "01037")
    assert page is not None
    assert [key for key, _ in page.items] == ["back_lane.bl3", "main_road.mr9"]
    assert page.items[1][1].en.startswith("Street lamps")
    other = make_world("other", prefix="o-", with_campaign=False)
    assert class_queries.class_page(other.posts[Role.OFFICE], "01037") is None


@pytest.mark.django_db
def test_a_changed_limit_touches_only_orders_issued_later():
    town = make()
    classes.seed_classes(town.county)
    classes.set_item_class(town.county, "road.r2", "06012", by=town["office"])
    first = order(town)
    assert (first.limit, first.limit_unit) == (5, "working_hour")
    one = WorkClass.objects.get(county=town.county, code="06012")
    classes.edit_class(
        one,
        replace(entry_of(one), limit=2, limit_unit="working_day"),
        version=1,
        by=town["office"],
    )
    deadline = first.deadline
    second = order(town, cluster="r1")
    first.refresh_from_db()
    assert (first.limit, first.limit_unit, first.deadline) == (5, "working_hour", deadline)
    assert (second.limit, second.limit_unit) == (2, "working_day")
    assert second.deadline > deadline
