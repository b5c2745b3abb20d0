"""The calendar of the pack, and years that people paste or hand in."""

import csv
from collections import Counter
from datetime import date

import pytest

from qipan.assessment.text import InputError, Text
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import Column, SheetToWrite, write_workbook
from qipan.ground.worktime.yearbook import (
    Day,
    read_calendar,
    read_run,
    read_year_file,
    read_year_text,
    shipped_calendar,
)


def test_the_shipped_years_hold_what_was_announced():
    years = {year.year: year for year in shipped_calendar()}
    # Counted by hand in the notices: days off and weekend days that are worked.
    assert {year: Counter(day.kind for day in each.days) for year, each in years.items()} == {
        2024: {"holiday": 28, "working": 8},
        2025: {"holiday": 28, "working": 5},
        2026: {"holiday": 33, "working": 6},
    }
    named = {day.date: (day.kind, day.name.zh) for day in years[2026].days}
    assert named[date(2026, 2, 14)] == ("working", "春节")
    assert named[date(2026, 2, 23)] == ("holiday", "春节")
    assert named[date(2026, 9, 20)] == ("working", "国庆节")
    assert date(2026, 10, 8) not in named
    assert all(year.source.zh and year.source.en for year in years.values())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"format": "qipan-classes/1"}, "not a calendar"),
        ({"years": [{"year": 2027, "days": [{"date": "2027-02-30", "kind": "holiday"}]}]}, "no day"),
        ({"years": [{"year": 2027, "days": [{"date": "2026-02-03", "kind": "holiday"}]}]}, "does not lie in 2027"),
        ({"years": [{"year": 2027, "days": [{"date": "2027-02-08", "kind": "working"}]}]}, "a Monday"),
        ({"years": [{"year": 2027, "days": [{"date": "2027-02-08", "kind": "off"}]}]}, "kind"),
        ({"years": [{"year": 2027, "days": [{"date": "2027-02-08", "kind": "holiday"}] * 2}]}, "stands twice"),
        ({"years": [{"year": 2027, "days": []}] * 2}, "stands twice"),
        ({"yers": []}, "yers"),
    ],
)
def test_a_faulty_pack_is_refused_with_the_place(data, words):
    head = {"format": "qipan-calendar/1", "id": "x", "title": "x", "source": "x"}
    with pytest.raises(InputError, match=words) as told:
        read_calendar(head | data)
    assert told.value.problems[0].path or words == "not a calendar"


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2027-02-05", [(2, 5)]),
        ("2027/2/5", [(2, 5)]),
        ("2027年2月5日", [(2, 5)]),
        ("2月5日", [(2, 5)]),
        ("20270205", [(2, 5)]),
        ("２０２７-02-05 00:00:00", [(2, 5)]),
        ("2027-02-05 至 2027-02-07", [(2, 5), (2, 6), (2, 7)]),
        ("2月27日至3月1日", [(2, 27), (2, 28), (3, 1)]),
        ("2月5日至7日", [(2, 5), (2, 6), (2, 7)]),
        ("2027-02-05~2027-02-06", [(2, 5), (2, 6)]),
        ("2027-02-05 to 2027-02-06", [(2, 5), (2, 6)]),
    ],
)
def test_how_people_write_days(written, days):
    assert read_run(written, 2027) == tuple(date(2027, *day) for day in days)


@pytest.mark.parametrize("written", ["", "soon", "2027-02-30", "2月7日至5日", "2027-01-01 至 2027-12-31", "2027"])
def test_what_is_no_day(written):
    assert read_run(written, 2027) is None


def test_a_year_is_pasted():
    days = read_year_text(
        "2027-02-05 至 2027-02-06\t放假\t春节\n2027年2月20日\t上班\t春节\n10月1日\tholiday\tNational Day", 2027
    )
    spring = Text("春节", "Spring Festival")
    assert days == (
        Day(date(2027, 2, 5), "holiday", spring),
        Day(date(2027, 2, 6), "holiday", spring),
        Day(date(2027, 2, 20), "working", spring),
        Day(date(2027, 10, 1), "holiday", Text("国庆节", "National Day")),
    )


def test_every_line_that_cannot_be_read_is_named():
    text = "日期,类型,名称\n2027-02-05,调休,春节\n2027-02-30,放假,春节\n2027-02-08,上班,春节\n2027-02-10,放假,春节\n2月10日,放假,春节\n2027-02-11,也许,春节"
    with pytest.raises(FileError) as told:
        read_year_text(text, 2027)
    said = [(problem.place.line, problem.message.en) for problem in told.value.problems]
    assert [line for line, _ in said] == [2, 3, 4, 6, 7]
    assert "may mean a day off" in said[0][1]
    assert "no day" in said[1][1]
    assert "a Monday" in said[2][1]
    assert "already stands in line 5" in said[3][1]
    assert "not known" in said[4][1]
    assert all(problem.message.zh for problem in told.value.problems)


def test_a_year_is_read_from_a_workbook_and_from_csv(tmp_path):
    rows = [["2027-02-05", "放假", "春节"], ["2027-02-20", "上班", "春节"]]
    book = tmp_path / "days.xlsx"
    sheet = SheetToWrite("days", (Column("日期"), Column("类型"), Column("名称")), rows)
    book.write_bytes(write_workbook([sheet]))
    table = tmp_path / "days.csv"
    with table.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([["日期", "类型", "名称"], *rows])
    assert read_year_file(book, 2027) == read_year_file(table, 2027)
    assert [day.date for day in read_year_file(book, 2027)] == [date(2027, 2, 5), date(2027, 2, 20)]
    book.write_bytes(write_workbook([SheetToWrite("days", sheet.columns, [["2027-02-31", "放假", ""]])]))
    with pytest.raises(FileError) as told:
        read_year_file(book, 2027, name="days.xlsx")
    assert told.value.problems[0].place.words().en == "sheet ‘days’, cell A2"
