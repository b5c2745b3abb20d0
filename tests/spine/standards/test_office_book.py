"""A standard in seven columns: what offices do to such tables, what is asked for, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.spine.standards.formats import Pack
from qipan.spine.standards.office_book import words
from qipan.spine.standards.office_book.asking import BANDS, BY_METHOD, About, about
from qipan.spine.standards.office_book.carrying import carried, carried_by, differences
from qipan.spine.standards.office_book.making import pack_of
from qipan.spine.standards.office_book.reading import Book, read_office_book
from qipan.spine.standards.office_book.writing import office_workbook
from qipan.spine.standards.shipped import shipped

TYPES = {"community": Text("社区", "Communities"), "market": Text("农贸（集贸）市场", "Markets")}


def table(path: Path) -> Path:
    """A table as an office has it: a title, two heading rows, merged and once-written groups, lists in cells, a foot."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("测评体系")
    sheet.merge_range(0, 0, 0, 6, "某县文明城市测评体系（2026年版）")
    sheet.merge_range(1, 0, 2, 0, "测评\n项目")
    sheet.merge_range(1, 1, 2, 1, "指标名称")
    sheet.merge_range(1, 2, 2, 2, "测评内容")
    sheet.merge_range(1, 3, 1, 5, "测评标准")
    for column, said in ((3, "A"), (4, "B"), (5, "C")):
        sheet.write_string(2, column, said)
    sheet.merge_range(1, 6, 2, 6, "测评方法（必填）")
    sheet.merge_range(3, 0, 5, 0, "Ⅰ—1\n廉\n洁\n高效的政务环境")
    sheet.write_string(3, 1, "II-1 政务诚信")
    sheet.write_string(3, 2, "Ⅲ—1\n政务公开")
    sheet.write_string(3, 3, "1)依法公开；\n2)社区设有公开栏。")
    sheet.write_string(3, 6, "1)材料审核\n2)材料审核、实地考察")
    # The indicator stands in its first row only.
    sheet.write_string(4, 2, "Ⅲ—2 群众满意度")
    sheet.merge_range(4, 3, 4, 5, "满意率A>85%，B≥80%，其余为C")
    sheet.write_string(4, 6, "问卷调查")
    sheet.write_string(5, 1, "Ⅱ—2 市场秩序")
    sheet.write_string(5, 2, "Ⅲ—3 诚信经营")
    sheet.write_string(5, 3, "①明码标价；②计量准确；③无假冒。\n符合上述3项为A，符合2项为B，其余为C")
    sheet.write_string(5, 6, "实地查看")
    sheet.write_string(6, 0, "Ⅰ—2 生活环境")
    sheet.write_string(6, 2, "Ⅲ—4 垃圾分类")
    sheet.write_string(6, 3, "生活垃圾分类收集")
    sheet.write_string(6, 6, "看现场")
    sheet.write_string(7, 0, "注：本表由创城办整理。")
    book.close()
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return read_office_book(table(tmp_path_factory.mktemp("book") / "t.xlsx"), "测评体系.xlsx")


def asked(book: Book, **answers: Any) -> About:
    return about(book, answers, TYPES, "测评体系", 2026)


def made(known: About) -> Pack:
    return pack_of(known, TYPES, "测评体系.xlsx", "测评体系", date(2026, 11, 24))


def test_a_table_is_read_as_offices_write_it(book: Book) -> None:
    assert book.title == "某县文明城市测评体系（2026年版）"
    first, second = book.sections
    assert (first.code, first.title, first.cell) == ("Ⅰ-1", "廉洁高效的政务环境", "测评体系!A4")
    assert [(one.code, one.title) for one in first.branches] == [("Ⅱ-1", "政务诚信"), ("Ⅱ-2", "市场秩序")]
    public, pleased, trade, waste = book.contents()
    assert [one.text for one in public.criteria] == ["依法公开", "社区设有公开栏。"]
    assert [one.methods for one in public.criteria] == [["document_review"], ["document_review", "site_inspection"]]
    assert (pleased.code, pleased.title, pleased.methods) == ("Ⅲ-2", "群众满意度", ["survey"])
    assert [one.text for one in trade.criteria] == ["明码标价", "计量准确", "无假冒。"]
    assert waste.unknown == ["看现场"] and second.contents == [waste]
    # The second content's row has no indicator of its own.
    assert ("1 行的项目或指标栏为空，按上一行归入。" in book.notes[0][0]) and len(book.notes) == 1


@pytest.mark.parametrize(
    ("cell", "code", "title"),
    [
        ("Ⅰ—1\n中\n央\n文明委", "Ⅰ-1", "中央文明委"),
        ("III-92 名称", "Ⅲ-92", "名称"),
        ("Ⅲ－５　名称", "Ⅲ-5", "名称"),
        ("1.2.3 组织领导", "1.2.3", "组织领导"),
        ("3、组织领导", "3", "组织领导"),
        ("组织领导", "", "组织领导"),
        ("20项措施落实", "", "20项措施落实"),
        ("2026年工作", "", "2026年工作"),
    ],
)
def test_a_code_is_told_from_a_title(cell: str, code: str, title: str) -> None:
    assert words.named(cell) == words.Named(code, title)


@pytest.mark.parametrize(
    ("text", "points", "bands"),
    [
        ("A>85%，B>80%，C≤80%", 0, [("above", "0.85", "A"), ("above", "0.8", "B")]),
        ("符合上述3项为A，符合2项为B，其余为C", 3, [("at_least", 1, "A"), ("at_least", "2/3", "B")]),
        ("符合四项为A, 符合三项为B", 4, [("at_least", 1, "A"), ("at_least", "3/4", "B")]),
        ("环境整洁", 1, None),
    ],
)
def test_limits_of_grades_are_read(text: str, points: int, bands: list[tuple[str, Any, str]] | None) -> None:
    found = words.bands(text, points)
    if bands is None:
        assert found is None
        return
    assert found is not None and found["otherwise"] == "C"
    assert [
        (key, value, band["value"]) for band in found["bands"] for key, value in band.items() if key != "value"
    ] == bands


def test_what_is_not_said_is_asked_for_with_a_proposal(book: Book) -> None:
    known = asked(book)
    public, pleased, trade, waste = known.contents()
    # The words of the criterion name communities, so that is proposed; nothing names the market's kind.
    assert public.types is not None and (public.types.chosen, public.types.basis) == (("community",), "assumed")
    assert trade.types is not None and trade.types.basis == "missing"
    assert pleased.types is None and pleased.rule.value == trade.rule.value == BANDS and pleased.rule.basis == "read"
    assert (waste.methods.chosen, waste.methods.basis) == (("document_review",), "assumed")
    # 100 points by number of contents: three to one.
    assert [one.points.value for one in known.sections if one.points] == ["75", "25"]
    assert known.count("missing") == 1
    with pytest.raises(FileError) as refused:
        made(known)
    assert "G6" in refused.value.problems[0].words("zh") and "Ⅲ-3" in refused.value.problems[0].words("zh")


ANSWERS: dict[str, dict[str, Any]] = {
    "sections": {"Ⅰ-1": {"points": "60", "sure": True}},
    "contents": {"Ⅲ-3": {"types": ["market"], "sure": ["types"]}, "Ⅲ-4": {"methods": ["site_inspection"], "types": ["community"], "sure": ["methods", "types", "rule"]}},
}  # fmt: skip


def test_what_is_made_says_what_was_assumed(book: Book) -> None:
    known = asked(book, **ANSWERS)
    assert [(one.points.value, one.points.basis) for one in known.sections if one.points] == [("60", "sure"), ("40", "assumed")]  # fmt: skip
    standard = made(known).standard
    assert standard.nodes["Ⅰ-1"].points == 60 and standard.nodes["Ⅰ-2"].points == 40
    checks = {check.id: check for check in standard.checks()}
    seen = checks["Ⅲ-1/site_inspection"]
    assert [item.key for item in seen.strata["community"]] == ["office-2026.Ⅲ-1.2"]
    assert seen.basis is not None and seen.basis.kind == "assumed" and "点位类型" in seen.basis.words.zh
    assert checks["Ⅲ-4/site_inspection"].basis is None
    # 3 of 3 criteria are A, 2 of 3 are B.
    assert checks["Ⅲ-3/site_inspection"].points.kind == "banded"
    assert "创城办工作簿“测评体系.xlsx”" in standard.source.zh and "项目分值 1 处" in standard.source.zh
    assert "points of sections" in standard.source.en


def test_contents_of_a_section_weigh_the_same_whatever_their_methods(book: Book) -> None:
    weights = {check.id: check.weight for check in made(asked(book, **ANSWERS)).standard.checks()}
    # Two methods share what one alone has: 1 + 1 = 2 = 2.
    assert weights["Ⅲ-1/document_review"] == weights["Ⅲ-1/site_inspection"] == 1
    assert weights["Ⅲ-2/survey"] == weights["Ⅲ-3/site_inspection"] == 2


def test_points_by_method(book: Book) -> None:
    standard = made(asked(book, head={"spread": BY_METHOD}, **ANSWERS)).standard
    assert {share.code: share.points for share in standard.shares} == {"document": 40, "site": 40, "survey": 20}


def test_a_wrong_sum_is_refused_by_its_cell(book: Book) -> None:
    answers = {**ANSWERS, "contents": {**ANSWERS["contents"], "Ⅲ-4": {"points": "90", "types": ["community"]}}}
    with pytest.raises(FileError) as refused:
        made(asked(book, **answers))
    assert "A7" in refused.value.problems[0].words("zh")


def test_a_code_that_stands_twice_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(
        "测评项目,指标名称,测评内容,测评标准,测评方法\nⅠ-1 甲,Ⅱ-1 乙,Ⅲ-1 丙,有制度,材料审核\n,,Ⅲ-1 丁,有记录,材料审核\n",
        "utf-8",
    )
    known = asked(read_office_book(path, "twice.csv"))
    with pytest.raises(FileError) as refused:
        made(known)
    assert "第 3 行" in refused.value.problems[0].words("zh") or "twice.csv" in refused.value.problems[0].words("zh")


def test_a_table_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("序号,存在问题,责任单位\n1,路面破损,住建局\n", "utf-8")
    with pytest.raises(FileError, match="heading of a standard"):
        read_office_book(path, "register.csv")


def standards() -> list[Pack]:
    return [pack for pack in shipped() if pack.kind == "standard"]


@pytest.mark.parametrize("name", ["cn-national-2015", "cn-minors-2016", "cn-hygiene-county-2021"])
def test_export_and_import_give_no_difference_in_seven_columns(name: str, tmp_path: Path) -> None:
    pack = next(one for one in standards() if one.name == name)
    path = tmp_path / "out.xlsx"
    path.write_bytes(office_workbook(pack.data))
    book = read_office_book(path, "out.xlsx")
    assert differences(carried(pack.data), carried_by(book)) == []
    known = about(book, {}, TYPES, "", 2026)
    answers = {
        one.content.code: {"types": ["community"]} for one in known.contents() if one.types and not one.types.chosen
    }
    again = pack_of(
        about(book, {"contents": answers}, TYPES, "", 2026), TYPES, "out.xlsx", book.sheet, date(2026, 11, 24)
    )
    assert differences(carried(pack.data), carried(again.data)) == []


def _retitle(data: dict[str, Any]) -> None:
    data["nodes"][0]["title"] = "另一个名称"


def _drop(data: dict[str, Any]) -> None:
    data["nodes"][0]["children"][0]["children"].pop()


def _method(data: dict[str, Any]) -> None:
    data["nodes"][0]["children"][0]["children"][0]["checks"][0]["method"] = "web_monitor"


@pytest.mark.parametrize(("change", "said"), [(_retitle, "另一个名称"), (_drop, "删除"), (_method, "网络监测")])
def test_a_difference_is_told(change: Callable[[dict[str, Any]], None], said: str) -> None:
    import copy

    pack = next(one for one in standards() if one.name == "cn-national-2015")
    data = copy.deepcopy(dict(pack.data))
    change(data)
    found = differences(carried(pack.data), carried(data))
    assert found and said in found[0].zh


def test_what_seven_columns_cannot_hold_is_refused() -> None:
    pack = next(one for one in standards() if one.name == "litter-index")
    with pytest.raises(FileError, match="could not be read back"):
        office_workbook(pack.data)
