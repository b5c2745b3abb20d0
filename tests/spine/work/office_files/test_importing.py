"""Office files become orders and tasks: mapped, looked at, recorded once, recognised, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.documents.problems import FileError
from qipan.ground.jobs.actions import run
from qipan.ground.notify.models import Message
from qipan.ground.worktime.actions import seed
from qipan.spine.work import actions as work
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import Sighting, WorkItem, WorkSettings
from qipan.spine.work.office_files import actions, recording
from qipan.spine.work.office_files.models import ImportedRow, OfficeFile, OfficeWord
from tests.little_ledger import YEAR
from tests.office_workbooks import document, register
from tests.spine.work import town as towns
from tests.spine.work.town import Town

AHEAD = (timezone.now() + timedelta(days=60)).date()


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.DATA = tmp_path / "data"
    made = towns.make(hotels=2, roads=4)
    seed(made.county)
    return made


def row(place: object, problem: str, unit: object = "roads", *, until: object = AHEAD, found: object = date(YEAR, 1, 5), **more: object) -> list[object]:  # fmt: skip
    """A row of the register: 点位, 问题, 发现时间, 责任单位, 属地, 责任人, 时限, 照片, 照片, 是否销号."""
    return [
        place,
        problem,
        found,
        unit,
        more.get("territory", ""),
        more.get("person", ""),
        until,
        "",
        "",
        more.get("done", ""),
    ]


def hand_in(town: Town, path: Path) -> OfficeFile:
    """Hand a file in, and let it be read."""
    added = actions.hand_in(path.name, [path.read_bytes()], YEAR, by=town["office"])
    return worked(added)


def worked(found: OfficeFile | None) -> OfficeFile:
    assert found is not None and found.job_id
    done = run(found.job_id)
    assert done is not None and done.state == "done", done and (done.error_en, done.trace)
    found.refresh_from_db()
    return found


def confirmed(town: Town, found: OfficeFile) -> OfficeFile:
    taken = actions.confirm(found.pk, seen=found.summary["digest"], by=town["office"])
    assert taken is not None
    return worked(taken)


def states(found: OfficeFile) -> list[str]:
    return [line["state"] for line in found.summary["lines"]]


def why(found: OfficeFile, number: int) -> str:
    return " ".join(words[0] for words in found.summary["lines"][number]["why"])


def made(found: OfficeFile) -> list[Any]:
    return list(WorkItem.objects.filter(origin_kind="file", origin_id=str(found.pk)).order_by("pk"))


def book(tmp_path: Path, rows: Sequence[Sequence[object]], name: str = "台账.xlsx", **more: Any) -> Path:
    return register(tmp_path / name, rows, **more)


def test_a_register_with_merged_cells_pictures_and_several_units_becomes_orders(town, tmp_path):
    """Two headings, a merged place, the picture inside and over a cell, units with their parts, a serial date."""
    serial = (AHEAD - date(1899, 12, 30)).days
    path = book(
        tmp_path,
        [
            row("路1", "路面破损", "roads（牵头）、tourism", person="little-at-roads"),
            row(None, "护栏缺失", "tourism、roads", until=serial),
            row("不在册的巷子", "垃圾满溢", "", territory="east", until="立行立改"),
        ],
        in_cell=0, anchored=1,
    )  # fmt: skip
    found = hand_in(town, path)
    assert found.state == "ready"
    assert states(found) == ["order", "order", "order", "skip", "skip"]
    assert (why(found, 3), why(found, 4)) == ("合计行", "说明或签字行")
    assert not WorkItem.objects.exists(), "nothing is saved before it is confirmed"

    found = confirmed(town, found)
    assert found.state == "recorded"
    assert found.summary["written"] == {"orders": 3, "joined": 0, "tasks": 0}
    first, second, third = made(found)
    assert (first.title_zh, first.lead.code, first.cluster, first.territory.code) == (
        "路1：路面破损",
        "roads",
        "r1",
        "east",
    )
    assert [unit.code for unit in first.supports.all()] == ["tourism"]
    assert (second.cluster, second.lead.code, second.deadline.astimezone().date()) == ("r1", "tourism", AHEAD)
    assert (third.lead.code, third.cluster, third.territory.code) == ("office", "", "east")
    assert third.deadline_text == "立行立改" and "不在册的巷子" in third.text
    assert [one.sightings.get().photos.count() for one in (first, second, third)] == [1, 1, 0]
    assert first.sightings.get().seen_at.date() == date(YEAR, 1, 5)
    assert {message.kind for message in Message.objects.all()} >= {"work.issued"}
    assert AuditEntry.objects.filter(verb="work.record_file").count() == 1


def test_importing_again_changes_nothing_and_only_a_new_row_is_taken(town, tmp_path):
    rows = [row("路1", "路面破损"), row("路2", "护栏缺失")]
    found = confirmed(town, hand_in(town, book(tmp_path, rows)))
    again = hand_in(town, book(tmp_path, rows))
    assert states(again)[:2] == ["same", "same"] and again.summary["changes"] == 0
    assert again.summary["lines"][0]["item"] == made(found)[0].number
    # The numbers in front have moved, a row is new, the deadline of one is another.
    longer = [rows[1], row("路1", "路面破损", until=AHEAD + timedelta(days=9)), row("路3", "井盖缺失")]
    third = hand_in(town, book(tmp_path, longer))
    assert states(third)[:3] == ["same", "differs", "order"]
    assert "时限" in why(third, 1)


def test_what_is_open_is_joined_and_the_same_row_twice_is_one(town, tmp_path):
    confirmed(town, hand_in(town, book(tmp_path, [row("路1", "路面破损")])))
    later = [
        row("路1", "路面破损", found=date(YEAR, 2, 7)), row("路2", "坑"), row("路2", "坑"), row("路2", "坑", found=date(YEAR, 2, 8)),
    ]  # fmt: skip
    found = hand_in(town, book(tmp_path, later, "二.xlsx"))
    assert states(found)[:4] == ["join", "order", "skip", "join"]
    assert "重复" in why(found, 2)
    found = confirmed(town, found)
    assert found.summary["written"] == {"orders": 1, "joined": 2, "tasks": 0}
    assert sorted(WorkItem.objects.values_list("title_zh", flat=True)) == ["路1：路面破损", "路2：坑"]
    assert Sighting.objects.count() == 4


def test_an_item_of_a_checklist_is_known_by_its_words_and_joins_what_a_visit_opened(town, tmp_path):
    order = towns.order(town)
    found = hand_in(town, book(tmp_path, [row("路2", "路面完好")]))
    assert states(found)[0] == "join" and found.summary["lines"][0]["item"] == order.number


def test_unknown_units_wait_for_the_mapping_and_are_remembered(town, tmp_path):
    rows = [row("路1", "路面破损", "路政办"), row("路2", "坑", "有关部门"), row("路3", "井盖", "roads")]
    found = hand_in(town, book(tmp_path, rows))
    assert states(found)[:3] == ["skip", "skip", "order"]
    assert {one["word"] for one in found.summary["unknown_units"]} == {"路政办", "有关部门"}
    settled = actions.settle(
        found.pk,
        by=town["office"],
        headings={},
        units={"路政办": ["roads"], "有关部门": ["tourism", "roads"]},
        fallback=None,
    )
    found = worked(settled)
    assert states(found)[:4] == ["order", "order", "order", "order"], "a group makes an order for each of its units"
    assert OfficeWord.objects.filter(kind="unit").count() == 2
    other = hand_in(town, book(tmp_path, [row("路4", "破", "路政办")], "另一份.xlsx"))
    assert states(other)[0] == "order", "what was explained once is known"


def test_each_row_that_is_left_out_says_why(town, tmp_path):
    gone = date(YEAR, 1, 31)
    rows = [
        row("路1", ""), row("路1", "旧账", until=gone), row("路1", "好了", done="已销号"), row("路1", "远", until=date(YEAR + 40, 1, 1)),
        row("路1", "没有时限", until=""), row("路1", "怪时限", until="适时"),
    ]  # fmt: skip
    found = hand_in(town, book(tmp_path, rows))
    assert states(found)[:6] == ["skip", "skip", "skip", "skip", "order", "order"]
    assert [why(found, i) for i in range(4)] == [
        "“问题”一栏是空的", f"时限“{gone.isoformat()}”已过", "表中已写“已销号”；在 Qipan 里销号要有人复查，不从表中导入",
        "时限太远，请核对年份",
    ]  # fmt: skip
    assert found.summary["past"] == 1
    settled = actions.settle(found.pk, by=town["office"], headings={}, units={}, fallback=AHEAD)
    found = worked(settled)
    assert states(found)[1] == "order"
    item = {one.title_zh: one for one in made(confirmed(town, found))}["路1：旧账"]
    assert item.deadline.astimezone().date() == AHEAD and item.deadline_text == gone.isoformat()


def test_a_task_table_in_a_document_becomes_tasks_one_for_each_unit_of_a_group(town, tmp_path):
    path = document(
        tmp_path / "任务分解表.docx",
        [
            ["序号", "重点任务", "责任单位", ">", "完成时限", "备注"], ["^", "^", "牵头单位", "配合单位", "^", "^"],
            ["1", "整治背街小巷", "roads", "各乡镇", f"{AHEAD:%Y年%m月%d日}", ""], ["2", "规范停车", "各乡镇", "", "^", "分片"],
            ["3", "宣传", "", "", "^", ""],
        ],
    )  # fmt: skip
    for code in ("east", "west"):
        town.units[code].type = "town"
        town.units[code].save()
    found = hand_in(town, path)
    assert states(found) == ["task", "task", "task", "skip"]
    assert why(found, 3) == "没有牵头单位"
    found = confirmed(town, found)
    tasks = made(found)
    assert [(one.kind, one.title_zh, one.lead.code) for one in tasks] == [
        ("task", "整治背街小巷", "roads"), ("task", "规范停车", "east"), ("task", "规范停车", "west")
    ]  # fmt: skip
    assert {unit.code for unit in tasks[0].supports.all()} == {"east", "west"}
    assert "备注：分片" in tasks[1].text
    assert hand_in(town, path).summary["changes"] == 0


def test_a_table_in_gb18030_with_other_headings_is_mapped_once(town, tmp_path):
    words = f"单位台账\n点位,毛病,由谁管,整改时限\n路1,路面破损,roads,{AHEAD}\n路2,坑,roads,{AHEAD}\n"
    path = tmp_path / "台账.csv"
    path.write_bytes(words.encode("gb18030"))
    found = hand_in(town, path)
    assert set(states(found)) == {"skip"}
    assert found.summary["tables"][0]["columns"][1] == ["毛病", ""]
    settled = actions.settle(
        found.pk, by=town["office"], headings={"毛病": "problem", "由谁管": "lead"}, units={}, fallback=None
    )
    assert states(worked(settled)) == ["order", "order"]


def test_an_import_is_taken_back_while_nobody_has_acted(town, tmp_path):
    order = towns.order(town)
    rows = [row("路1", "路面破损"), row("路2", "路面完好")]
    found = confirmed(town, hand_in(town, book(tmp_path, rows)))
    assert (ImportedRow.objects.count(), Sighting.objects.filter(work_item=order).count()) == (2, 2)
    recording.undo(found.pk, by=town["office"])
    found.refresh_from_db()
    assert found.state == "undone"
    opened = made(found)[0]
    assert (opened.state, opened.open_key, opened.log.last().step) == ("cancelled", None, "cancelled")
    assert Sighting.objects.filter(work_item=order).count() == 1
    assert towns.again(order).state == "issued"
    assert hand_in(town, book(tmp_path, rows)).summary["changes"] == 2, "it can be imported anew"


def test_an_import_on_which_somebody_has_acted_stays(town, tmp_path):
    found = confirmed(town, hand_in(town, book(tmp_path, [row("路1", "路面破损"), row("路2", "坑")])))
    item = made(found)[0]
    work.accept(item.pk, version=item.version, by=town["roads"])
    assert recording.touched(found.pk) == [item.number]
    with pytest.raises(WorkError):
        recording.undo(found.pk, by=town["office"])
    assert WorkItem.objects.filter(state="cancelled").count() == 0


def test_only_what_was_looked_at_is_recorded(town, tmp_path):
    found = hand_in(town, book(tmp_path, [row("路1", "路面破损")]))
    assert actions.confirm(found.pk, seen="something else", by=town["office"]) is None
    taken = actions.confirm(found.pk, seen=found.summary["digest"], by=town["office"])
    # Between the click and the work the same row comes in from another file.
    other = hand_in(town, book(tmp_path, [row("路1", "路面破损")], "二.xlsx"))
    confirmed(town, other)
    found = worked(taken)
    assert found.state == "ready" and found.summary["moved"] and found.summary["changes"] == 0
    assert WorkItem.objects.count() == 1


def test_only_the_office_imports_and_only_its_own_county(town, tmp_path):
    path = book(tmp_path, [row("路1", "路面破损")])
    for post in ("leader", "inspector", "roads-head", "roads"):
        with pytest.raises(PermissionDenied):
            actions.hand_in("a.xlsx", [path.read_bytes()], YEAR, by=town[post])
    found = hand_in(town, path)
    other = towns.make("other", hotels=1, roads=1)
    assert actions.confirm(found.pk, seen=found.summary["digest"], by=other["office"]) is None


def test_a_file_that_is_no_table_is_refused_with_what_would_be_right(town, tmp_path):
    with pytest.raises(FileError):
        actions.hand_in("a.pdf", [b"%PDF-1.7"], YEAR, by=town["office"])
    path = tmp_path / "a.csv"
    path.write_text("just words\nand more\n", "utf-8")
    found = hand_in(town, path)
    assert found.state == "unreadable" and found.summary["unreadable"][0]["message"][0] == "没有找到表头"


def test_a_photo_that_is_none_is_named_and_the_order_opens(town, tmp_path):
    path = book(tmp_path, [row("路1", "路面破损")], in_cell=0, inside=b"no picture")
    found = confirmed(town, hand_in(town, path))
    assert found.summary["written"]["orders"] == 1 and found.summary["photos"] == 0
    assert found.summary["refused_photos"][0][0].startswith("cell1.jpeg")


def test_more_tasks_than_the_month_allows_go_with_a_reason_and_a_leader(town, tmp_path):
    WorkSettings.objects.update_or_create(county=town.county, defaults={"requests_a_month": 1})
    lines = [["重点任务", "牵头单位", "完成时限"], *([f"任务{n}", "roads", f"{AHEAD}"] for n in range(3))]
    found = hand_in(town, document(tmp_path / "a.docx", lines))
    assert [(over[0], *over[2:]) for over in found.summary["over"]] == [("城管局", 0, 3)]
    halted = confirmed(town, found)
    assert halted.state == "ready" and halted.summary["halted"] and not WorkItem.objects.exists()
    digest = halted.summary["digest"]
    taken = actions.confirm(
        found.pk, seen=digest, by=town["office"], reason="年初任务集中下达", leader=town["leader"].pk
    )  # fmt: skip
    assert worked(taken).state == "recorded" and WorkItem.objects.count() == 3
