"""The workbook in which a county's observations are written down: empty rows, and its sites, items and rounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qipan.assessment.rulebook import Counted
from qipan.assessment.standard import METHODS, UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.documents.workbook import Column, SheetToWrite
from qipan.ground.sites.models import Site
from qipan.overview.board import type_title
from qipan.overview.ledger import Book
from qipan.spine.ledger.models import Round
from qipan.spine.scorecards.queries import Standing

_ROWS: tuple[tuple[str, Text, float, tuple[str, ...]], ...] = (
    ("item", Text("检查项", "item"), 18, ()),
    ("cluster", Text("点位编号", "cluster"), 14, ()),
    ("stratum", Text("点位类型", "stratum"), 16, ()),
    ("outcome", Text("结果", "outcome"), 12, ()),
    ("observed_at", Text("检查时间", "observed_at"), 18, ()),
    ("round", Text("轮次", "round"), 14, ()),
    ("selection", Text("抽取方式", "selection"), 12, ("随机抽取", "普查", "指定检查")),
    ("subject", Text("受访者", "subject"), 10, ()),
    ("own", Text("自查", "own"), 8, ("是", "否")),
    ("source", Text("来源", "source"), 14, ()),
    ("by_person", Text("记录人", "by_person"), 12, ()),
    ("by_post", Text("记录岗位", "by_post"), 14, ()),
    ("by_unit", Text("记录单位", "by_unit"), 14, ()),
    ("supersedes", Text("更正", "supersedes"), 38, ()),
    ("id", Text("编号", "id"), 38, ()),
)
_SELECTIONS = ("drawn", "census", "chosen")


def template(now: Standing, language: str) -> list[SheetToWrite]:
    """Return the sheets: the one to fill, and what may be written there."""
    chinese = language.startswith("zh")

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    county = now.year.campaign.county_id
    sites: list[list[Any]] = [
        [code, zh if chinese or not en else en, kind, type_title(now, kind).into(language)]
        for code, zh, en, kind in Site.objects.filter(county_id=county).values_list(
            "code", "name_zh", "name_en", "type"
        )
    ]
    rounds: list[list[Any]] = [
        [code, zh if chinese or not en else en, how]
        for code, zh, en, how in Round.objects.filter(county_id=county).values_list(
            "code", "name_zh", "name_en", "selection"
        )
    ]
    codes = tuple(str(row[0]) for row in rounds)
    lists = {
        "round": codes if len(",".join(codes)) <= 255 else (),
        "selection": _ROWS[6][3] if chinese else _SELECTIONS,
        "own": ("是", "否") if chinese else ("true", "false"),
    }
    columns = tuple(Column(title.into(language), width, lists.get(key, ())) for key, title, width, _ in _ROWS)
    return [
        SheetToWrite(say("观测", "observations"), columns, [], frozen_columns=1),
        SheetToWrite(
            say("点位", "sites"),
            tuple(Column(say(*names), width) for names, width in (
                (("点位编号", "code"), 14), (("名称", "name"), 28), (("类型编号", "type"), 18), (("类型名称", "type title"), 20),
            )),
            sites,
        ),
        SheetToWrite(
            say("可查的项目", "items"),
            tuple(Column(say(*names), width) for names, width in (
                (("检查项编号", "key"), 20), (("检查内容", "title"), 60), (("类型编号", "type"), 18),
                (("测评方法", "method"), 16), (("计值规则", "how an outcome counts"), 50),
            )),
            list(_items(now, language)),
        ),
        SheetToWrite(
            say("轮次表", "rounds"),
            tuple(Column(say(*names), width) for names, width in (
                (("轮次编号", "code"), 16), (("轮次名称", "name"), 36), (("方式", "kind"), 14),
            )),
            rounds,
        ),
        SheetToWrite(say("说明", "notes"), (Column(say("说明", "notes"), 110),), [[line] for line in _notes(chinese)]),
    ]  # fmt: skip


def _items(now: Standing, language: str) -> Iterator[list[Any]]:
    words = Book(now.year)
    for item, places in now.book.by_item.items():
        seen: set[str] = set()
        for line, stratum in places:
            if stratum in seen:
                continue
            seen.add(stratum)
            value = line.values[item]
            said = Text("填整数", "a whole number") if isinstance(value, Counted) else value.sentence()
            yield [
                item, words.title(item).into(language), "" if stratum == UNSTRATIFIED else stratum,
                METHODS[line.check.method].into(language), said.into(language),
            ]  # fmt: skip


def _notes(chinese: bool) -> tuple[str, ...]:
    if chinese:
        return (
            "必填：检查项、结果、检查时间；查点位的还要填点位编号，问卷还要填受访者序号（不写姓名）。",
            "结果：符合、不符合、不适用、未查看、拒绝、遗失、异议，或档次（A、B、C）、数字、选项代码、“18 of 20”。",
            "检查时间：2026-04-13、2026/4/13或2026-04-13 20:10；只写本年度、已经发生的检查。",
            "抽取方式：随机抽取（有抽取记录）、普查、指定检查（自查、走访、复查等）。指定检查不会让没抽到的点位计入得分。",
            "更正：要改一条已登记的记录，另起一行，在“更正”列写那条记录的编号；结果写“撤回”表示收回那条记录。",
            "“编号”可以留空；同一行再次导入会被认出，不会重复登记。",
        )
    return (
        "Needed: item, outcome, observed_at; cluster for sites and zones; subject (a number, no name) for surveys.",
        "outcome: pass, fail, na, not_seen, refused, lost, disputed, or a grade, a number, an option's code, “18 of 20”.",
        "observed_at: 2026-04-13 or 2026-04-13 20:10, in this year, and not in the future.",
        "selection: drawn (a recorded draw), census, or chosen (own check, walk, re-check). What was chosen does not bring"
        " a site into the score.",
        "supersedes: to correct a record, write a row of its own with that record's id here; withdrawn takes it back.",
        "id may stay empty: a row that is handed in again is recognised and not recorded twice.",
    )
