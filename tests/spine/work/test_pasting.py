"""Pasted text: the points of a speech, and the lines of a chat, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from qipan.spine.work.models import WorkItem
from qipan.spine.work.pasting.actions import CHAT, SPEECH, Draft, DraftError, issue_drafts
from qipan.spine.work.pasting.known import dates, sites_by_name, units_by_name
from qipan.spine.work.pasting.reading import chat_lines, speech_points
from qipan.spine.work.timing.when import When
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at

TALK = """同志们：
一、提高思想认识
（一）充分认识重要意义。要把创建摆上重要位置。
（二）切实增强紧迫感。
二、突出重点任务
1.整治背街小巷。重点是老城区。
年底前完成。
2、规范农贸市场。
三、加强组织领导
各单位一要明确责任；二要加强督查；三要严格考核。
四、抓好宣传
"""


def test_the_points_of_a_speech() -> None:
    points = speech_points(TALK)
    assert [(one.label, one.title) for one in points] == [
        ("一（一）", "充分认识重要意义"), ("一（二）", "切实增强紧迫感"), ("二1", "整治背街小巷"), ("二2", "规范农贸市场"),
        ("三一", "要明确责任"), ("三二", "要加强督查"), ("三三", "要严格考核"), ("四", "抓好宣传"),
    ]  # fmt: skip
    assert points[2].text == "整治背街小巷。重点是老城区。\n年底前完成。"


def test_what_is_no_point_is_none() -> None:
    assert speech_points("没有编号的一段话。\n又一段。") == []
    assert [one.label for one in speech_points("会议强调，一要早部署；二要快行动。")] == ["一", "二"]
    assert [one.title for one in speech_points("第一，抓整改。\n第二，抓长效。")] == ["抓整改", "抓长效"]
    assert speech_points("1.5万人参加活动") == []
    long = speech_points("一、" + "很长" * 60)
    assert len(long[0].title) == 60 and long[0].title.endswith("…")


SITES = {"长安路": "road-1", "长安路东段": "road-2", "河口市场": "market-1"}
UNITS = {"env": ["县环卫所", "环卫"], "road": ["住建局"], "town": ["河口镇"], "market": ["市场监管局"]}


def dated(words: str) -> bool:
    return words in {"3日内", "11月底前", "立行立改"}


def test_the_lines_of_a_chat() -> None:
    lines = chat_lines(
        "张三 10:32\n河口镇 长安路 垃圾未清 @环卫 3日内\n[图片]\n李四：长安路东段，路面破损，@住建局，11月底前\n2026-11-24 10:40:11\n"
        "河口市场占道经营 @不认识 立行立改\n\n",
        SITES, UNITS, dated,
    )  # fmt: skip
    assert [(one.site, one.unit, one.deadline, one.what) for one in lines] == [
        ("road-1", "env", "3日内", "河口镇 长安路 垃圾未清"),
        ("road-2", "road", "11月底前", "长安路东段 路面破损"),
        ("market-1", "", "立行立改", "河口市场占道经营"),
    ]


def test_a_mention_that_fits_two_units_is_left_open() -> None:
    units = {"a": ["城东环卫站"], "b": ["城西环卫站"]}
    (line,) = chat_lines("长安路 垃圾 @环卫", SITES, units, dated)
    assert (line.unit, line.deadline) == ("", "")
    (line,) = chat_lines("长安路 垃圾 @城西环卫站", SITES, units, dated)
    assert line.unit == "b"


@pytest.fixture
def town() -> Town:
    return towns.make()


def draft(**more: Any) -> Draft:
    return Draft(**{"title": "整治背街小巷", "unit": "roads", "when": When(at(90), "3月底前"), **more})


@pytest.mark.django_db
def test_points_become_tasks_and_lines_orders_at_their_sites(town):
    numbers = issue_drafts(
        town.year, SPEECH, [draft(text="整治背街小巷。老城区。", label="二1"), draft(title="规范市场", unit="tourism")],
        by=town["office"], source="动员会讲话", at=at(),
    )  # fmt: skip
    first: Any = WorkItem.objects.get(number=numbers[0])
    assert (first.kind, first.lead.code, first.deadline_text, first.origin_label) == (
        "task", "roads", "3月底前", "动员会讲话 二1",
    )  # fmt: skip
    (number,) = issue_drafts(
        town.year, CHAT, [draft(title="垃圾未清", unit="east", site="r2", photos=(towns.photo(town),))],
        by=town["office"], source="创城群", at=at(),
    )  # fmt: skip
    order: Any = WorkItem.objects.get(number=number)
    assert (order.kind, order.lead.code, order.cluster, order.stratum, order.deadline_text, order.deadline) == (
        "order", "east", "r2", "road", "3月底前", at(90),
    )  # fmt: skip
    assert order.sightings.get().photos.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [({"unit": ""}, "unit"), ({"when": None}, "deadline"), ({"title": " "}, "title"), ({"unit": "nobody"}, "unit"),
     ({"when": When(at(-1))}, "deadline")],
)  # fmt: skip
def test_all_of_them_or_none(town, change, field):
    with pytest.raises(DraftError) as error:
        issue_drafts(town.year, SPEECH, [draft(), draft(title="另一项", **change) if "title" not in change else draft(**change)],
                     by=town["office"], at=at())  # fmt: skip
    assert (error.value.field, error.value.row) == (field, 1)
    assert not WorkItem.objects.exists()


@pytest.mark.django_db
def test_what_a_county_knows_by_name(town):
    county, today = town.county.pk, at().date()
    assert sites_by_name(county, today)["路2"] == "r2"
    assert "城东镇" in units_by_name(county, today)["east"]
    dated = dates(county, at())
    assert dated("3日内") and not dated("垃圾未清")
