"""Files of observations, row by row: what is read, what is refused and where, what is known already."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import Column, SheetToWrite, write_workbook
from qipan.spine.ledger.actions import record
from qipan.spine.ledger.intake import Intake, take_in
from qipan.spine.ledger.models import Observation
from tests.little_ledger import YEAR, Little, little_county

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = f"{YEAR}-01-03"
HEAD = ["item", "stratum", "cluster", "outcome", "observed_at", "round", "selection", "subject", "id", "supersedes"]
ID = "0a000000-0000-4000-8000-00000000000{}"


@pytest.fixture
def little() -> Little:
    return little_county()


def write(path: Path, rows: list[list[str]], *, encoding: str = "utf-8", separator: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def take(little: Little, path: Path, kind: str = "csv") -> Intake:
    return take_in(path, kind, little.county.pk, YEAR, timezone.now(), lambda done, total: None)


def line(item="hotel.ho1", stratum="hotel", cluster="h1", outcome="pass", day=DAY, *more: str) -> list[str]:
    return [item, stratum, cluster, outcome, day, *more, *[""] * (5 - len(more))]


def refused(intake: Intake) -> list[tuple[int, str]]:
    return [(each.place.line, each.column) for each in intake.refusals]


@pytest.mark.parametrize(
    ("row", "column", "says", "remedy"),
    [
        (line("hotel.ho9"), "item", "no item 'hotel.ho9'", "hotel.ho1"),
        (line("hotel.ho1", "road"), "stratum", "not looked at in stratum 'road'", "hotel"),
        (line(outcome="blue"), "outcome", "'blue' is no outcome", "pass"),
        (line("2.1", "", "", "D"), "outcome", "'D' is no outcome", "A"),
        (line(cluster="h99"), "cluster", "no 'h99'", "enter it"),
        (line(cluster="H-1x"), "cluster", "register has no", ""),
        (line(cluster="r1"), "cluster", "registered as road, not as hotel", "check the site"),
        (line(cluster=""), "cluster", "nothing says where", "code of the site"),
        (line(day="3/1/26"), "observed_at", "is not a date", "write 2026-04-13"),
        (line(day=f"{YEAR - 1}-12-31"), "observed_at", f"is not in {YEAR}", "choose the other year"),
        (line(day=f"{YEAR + 1}-01-01"), "observed_at", "is still to come", "check the date"),
        (line("hotel.ho1", "hotel", "h1", "pass", DAY, "r-9", "census"), "round", "no round 'r-9'", "census, draw"),
        (line("hotel.ho1", "hotel", "h1", "pass", DAY, "census", "drawn"), "selection", "the row says drawn", "census"),
        (line("road.r2", "road", "r3", "pass", DAY, "draw", "drawn"), "selection", "not on the list drawn", "chosen"),
        (line("hotel.ho1", "hotel", "h1", "pass", DAY, "", "maybe"), "selection", "no selection 'maybe'", "drawn"),
        (line("survey.2.2", "residents", "z1", "a"), "subject", "no respondent", "no names"),
        (line("hotel.ho1", "hotel", "h1", "pass", DAY, "", "", "", "17"), "id", "no UUID", "leave it empty"),
        (
            line("hotel.ho1", "hotel", "h1", "pass", DAY, "", "", "", "", ID.format(9)),
            "supersedes", "is not there", "latest record",
        ),
    ],
)  # fmt: skip
def test_each_mistake_is_refused_with_its_place_and_what_would_be_right(
    little, tmp_path, row, column, says, remedy
) -> None:
    from qipan.spine.ledger.actions import RecordError, prepare

    intake = take(little, write(tmp_path / "f", [HEAD, line("hotel.ho2"), row]))
    if column == "supersedes":  # whether it is there is asked when the facts are prepared
        with pytest.raises(RecordError) as caught:
            prepare(little.county.pk, YEAR, intake.facts, by=None)
        place, error = caught.value.errors[0]
        assert intake.lines[place] == 3
        found = (error.column, error.message, error.remedy)
    else:
        assert refused(intake) == [(3, column)]
        each = intake.refusals[0]
        found = (each.column, each.message, each.remedy)
    assert found[0] == column
    assert says in found[1].en
    assert remedy in found[2].en
    assert found[1].zh, "said in Chinese as well"


def test_everything_wrong_with_a_row_is_said_at_once(little, tmp_path):
    wrong = line("hotel.ho9", "hotel", "h1", "pass", f"{YEAR + 1}-01-01", "r-9")
    assert sorted(refused(take(little, write(tmp_path / "f", [HEAD, wrong])))) == [
        (2, "item"), (2, "observed_at"), (2, "round"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_encodings_separators_and_the_words_of_chinese_forms(little, tmp_path, encoding, separator):
    head = ["检查项", "点位类型", "点位编号", "结果", "检查时间", "抽取方式", "自查"]
    rows = [
        ["hotel.ho1", "hotel", "h1", "不符合", f"{YEAR}/1/3", "指定检查", "是"],
        ["hotel.ho2", "hotel", "h1", "符合", f"{YEAR}年1月3日", "指定检查", "否"],
        ["hotel.ho3", "hotel", "h1", "不适用", f"{YEAR}.1.3 9:05", "指定检查", ""],
    ]
    intake = take(little, write(tmp_path / "f", [head, *rows], encoding=encoding, separator=separator))
    assert not intake.refused
    assert [fact.outcome for fact in intake.facts] == ["fail", "pass", "na"]
    assert [fact.own for fact in intake.facts] == [True, False, False]
    assert {fact.selection for fact in intake.facts} == {"chosen"}
    assert intake.facts[2].observed_at == datetime(YEAR, 1, 3, 9, 5, tzinfo=ZONE)
    assert intake.facts[0].observed_at == datetime(YEAR, 1, 3, tzinfo=ZONE)


def test_a_workbook_with_a_title_above_and_a_note_below(little, tmp_path):
    columns = [Column(name) for name in ("检查记录", "", "", "", "")]
    rows: list[list[str | None]] = [
        ["检查项（必填）", "点位\n编号", "结果", "检查时间", "备注"],
        ["hotel.ho1", "h1", "符合", DAY, "好"],
        ["hotel.ho1", "h77", "符合", DAY, ""],
        ["注：以上由创城办填写", None, None, None, None],
    ]
    path = tmp_path / "f.xlsx"
    path.write_bytes(write_workbook([SheetToWrite("说明", [Column("说明")]), SheetToWrite("记录", columns, rows)]))
    intake = take(little, path, "xlsx")
    assert (intake.rows, intake.blank, len(intake.facts)) == (2, 1, 1)
    assert intake.unknown_columns == ("备注",)
    assert [each.place.words().en for each in intake.refusals] == ["sheet ‘记录’, cell B4"]
    assert intake.facts[0].stratum == "hotel", "an item of one type needs no type"


def test_parquet_with_real_types(little, tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    seen = datetime(YEAR, 1, 3, 9, 30, tzinfo=ZONE)
    table = arrow.table(
        {"item": ["road.r1", "road.r2"], "cluster": ["r1", "r1"], "outcome": ["2", "pass"], "observed_at": [seen] * 2}
    )
    parquet.write_table(table, tmp_path / "f.parquet")
    intake = take(little, tmp_path / "f.parquet", "parquet")
    assert not intake.refused
    assert [(fact.item, fact.observed_at, fact.selection) for fact in intake.facts] == [
        ("road.r1", seen, "census"), ("road.r2", seen, "census"),
    ]  # fmt: skip


def test_a_row_of_a_round_is_looked_at_as_the_round_is(little, tmp_path):
    rows = [
        line("road.r2", "road", "r1", "pass", DAY, "draw", ""),
        line("hotel.ho1", "hotel", "h1", "pass", DAY, "census"),
    ]
    intake = take(little, write(tmp_path / "f", [HEAD, *rows]))
    assert [fact.selection for fact in intake.facts] == ["drawn", "census"]
    assert [fact.round for fact in intake.facts] == [little.rounds["draw"].pk, little.rounds["census"].pk]


def test_what_is_on_record_is_known_again_and_what_differs_is_refused(little, tmp_path):
    named = line("hotel.ho2", "hotel", "h1", "pass", DAY, "", "chosen", "", ID.format(1))
    path = write(tmp_path / "f", [HEAD, line(), line(), named])
    first = take(little, path)
    assert (len(first.facts), first.repeated, first.known) == (2, 1, 0)
    record(little.county.pk, YEAR, first.facts, by=little.office)
    again = take(little, path)
    assert (len(again.facts), again.known, again.refused) == (0, 2, 0)
    changed = [*named]
    changed[3] = "fail"
    other = take(little, write(tmp_path / "g", [HEAD, changed, line(outcome="fail")]))
    assert refused(other) == [(2, "id")]
    assert "supersedes" in other.refusals[0].remedy.en
    assert len(other.facts) == 1, "another outcome without an id is another observation"
    assert Observation.objects.count() == 2


def test_one_id_twice_in_a_file_is_refused(little, tmp_path):
    twice = [line("hotel.ho1", "hotel", "h1", outcome, DAY, "", "", "", ID.format(1)) for outcome in ("pass", "fail")]
    intake = take(little, write(tmp_path / "f", [HEAD, *twice]))
    assert refused(intake) == [(3, "id")]
    assert "line 2" in intake.refusals[0].message.en


def test_corrections_follow_what_they_correct_wherever_they_stand(little, tmp_path):
    correction = line("hotel.ho1", "", "", "fail", DAY, "", "", "", ID.format(2), ID.format(1))
    original = line("hotel.ho1", "hotel", "h1", "pass", DAY, "census", "census", "", ID.format(1))
    intake = take(little, write(tmp_path / "f", [HEAD, correction, original]))
    assert not intake.refused
    assert [str(fact.uid)[-1] for fact in intake.facts] == ["1", "2"]
    assert list(intake.corrected.values()) == ["pass"]
    rows = record(little.county.pk, YEAR, intake.facts, by=little.office)
    assert [(row.cluster, row.selection) for row in rows] == [("h1", "census")] * 2
    back = take(
        little, write(tmp_path / "g", [HEAD, line("hotel.ho1", "", "", "撤回", DAY, "", "", "", "", ID.format(2))])
    )
    assert not back.refused
    assert back.facts[0].outcome == "withdrawn"
    assert list(back.corrected.values()) == ["fail"]


def test_a_site_that_was_not_there_on_the_day(little, tmp_path):
    little.county.sites.filter(code="h2").update(valid_from=datetime(YEAR, 1, 10).date())
    intake = take(little, write(tmp_path / "f", [HEAD, line(cluster="h2")]))
    assert refused(intake) == [(2, "observed_at")]
    assert "was not on the register" in intake.refusals[0].message.en


def test_a_file_without_the_columns_that_are_needed(little, tmp_path):
    with pytest.raises(FileError) as caught:
        take(little, write(tmp_path / "f", [["item", "cluster"], ["hotel.ho1", "h1"]]))
    assert "outcome" in caught.value.problems[0].message.en
    path = tmp_path / "f.xlsx"
    path.write_bytes(write_workbook([SheetToWrite("a", [Column("x")], [["hello"]])]))
    with pytest.raises(FileError):
        take(little, path, "xlsx")


def test_progress_is_told_for_every_row_and_a_clock_ahead_is_forgiven(little, tmp_path):
    told: list[tuple[int, int]] = []
    now = timezone.now()
    soon = (now + timedelta(minutes=5)).astimezone(ZONE)
    rows = [line(f"hotel.ho{n}", day=soon.isoformat()) for n in (1, 2, 3)]
    if soon.year != YEAR:
        pytest.skip("the year turns")
    path = write(tmp_path / "f", [HEAD, *rows])
    intake = take_in(path, "csv", little.county.pk, YEAR, now, lambda done, total: told.append((done, total)))
    assert not intake.refused
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_many_refusals_are_counted_and_not_all_kept(little, tmp_path, monkeypatch):
    monkeypatch.setattr("qipan.spine.ledger.intake.MOST_SHOWN", 5)
    intake = take(little, write(tmp_path / "f", [HEAD, *(line(f"nothing.{n}") for n in range(20))]))
    assert (intake.refused, len(intake.refusals), intake.refused_by) == (20, 5, {"item": 20})


def test_text_with_a_quote_left_open_is_named_by_its_line(little, tmp_path):
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, line()])
    (tmp_path / "f").write_text(out.getvalue() + '"hotel.ho1,hotel\n', "utf-8")
    with pytest.raises(FileError) as caught:
        take(little, tmp_path / "f")
    assert caught.value.problems[0].place.line == 3
