"""Deadlines in words, against a table made by hand: Tuesday 24 November 2026, 10:00, with the calendar of 2026."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from qipan.ground.worktime.clock import SHANGHAI, WORKING_DAY, Clock, Limit
from qipan.ground.worktime.numerals import number
from qipan.ground.worktime.words import Meaning, meant
from qipan.ground.worktime.yearbook import shipped_calendar

SPECIAL = {day.date: day.kind == "working" for year in shipped_calendar() for day in year.days}
CLOCK = Clock(special=SPECIAL, years=frozenset({2024, 2025, 2026}))
TUESDAY = "2026-11-24T10:00"
END = "T23:59:59"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def said(words: str, start: str = TUESDAY, **more):
    return meant(words, at(start), CLOCK, **more)


@pytest.mark.parametrize(
    ("words", "start", "end", "kind"),
    [
        # a day, a month, a quarter, a year
        ("11月底前", TUESDAY, "2026-11-30" + END, "date"),
        ("11月", TUESDAY, "2026-11-30" + END, "date"),
        ("12月25日前", TUESDAY, "2026-12-25" + END, "date"),
        ("十二月二十五日之前", TUESDAY, "2026-12-25" + END, "date"),
        ("请于12月25日前完成整改", TUESDAY, "2026-12-25" + END, "date"),
        ("１２月２５日前", TUESDAY, "2026-12-25" + END, "date"),
        ("2026年9月30日前", "2026-09-01T09:00", "2026-09-30" + END, "date"),
        ("年底前", TUESDAY, "2026-12-31" + END, "date"),
        ("2027年底前", TUESDAY, "2027-12-31" + END, "date"),
        ("三季度末", "2026-08-03T09:00", "2026-09-30" + END, "date"),
        ("上半年", "2026-03-02T09:00", "2026-06-30" + END, "date"),
        ("明年一季度", TUESDAY, "2027-03-31" + END, "date"),
        ("12月上旬", TUESDAY, "2026-12-10" + END, "date"),
        ("月底前", TUESDAY, "2026-11-30" + END, "date"),
        ("下月10日前", TUESDAY, "2026-12-10" + END, "date"),
        # The 25th is tomorrow; the 20th has passed, so that of December is meant, a Sunday: the Friday before it.
        ("25日前", TUESDAY, "2026-11-25" + END, "date"),
        ("20日前", TUESDAY, "2026-12-18" + END, "date"),
        # days of the week: the 24th is a Tuesday
        ("本周五前", TUESDAY, "2026-11-27" + END, "date"),
        ("下周三前", TUESDAY, "2026-12-02" + END, "date"),
        # Days of rest are moved to the working day before: the 29th is a Sunday, the 20th of December too.
        ("本周日前", TUESDAY, "2026-11-27" + END, "date"),
        ("12月20日前", TUESDAY, "2026-12-18" + END, "date"),
        # National Day: 1 to 7 October 2026 are off. Saturday 10 October is worked, so it stays.
        ("10月5日前", "2026-09-14T09:00", "2026-09-30" + END, "date"),
        ("10月10日前", "2026-09-14T09:00", "2026-10-10" + END, "date"),
        # In the midst of the holiday no working day is left before it: the day stays.
        ("10月5日前", "2026-10-02T09:00", "2026-10-05" + END, "date"),
        ("国庆节前", "2026-09-14T09:00", "2026-09-30" + END, "date"),
        # a month far behind is that of the next year; one that has just passed is not guessed
        ("1月15日前", TUESDAY, "2027-01-15" + END, "date"),
        ("11月20日前", TUESDAY, "2026-11-20" + END, "date"),
        # picked from a calendar: never moved, here a Sunday
        ("2026-11-29", TUESDAY, "2026-11-29" + END, "date"),
        ("2026-11-29T16:30", TUESDAY, "2026-11-29T16:30", "date"),
        ("20261130", TUESDAY, "2026-11-30" + END, "date"),
        ("2026.11.30前", TUESDAY, "2026-11-30" + END, "date"),
        # lengths of time: 6 hours are left of Tuesday, 14 whole days, and 2 hours of 15 December
        ("15个工作日内", TUESDAY, "2026-12-15T10:00", "limit"),
        ("十五个工作日内", TUESDAY, "2026-12-15T10:00", "limit"),
        ("48小时内", TUESDAY, "2026-11-26T10:00", "limit"),
        ("3天内", TUESDAY, "2026-11-27" + END, "limit"),
        ("一周内", TUESDAY, "2026-12-01" + END, "limit"),
        # Five days from Tuesday is a Sunday: on to Monday.
        ("5日内", TUESDAY, "2026-11-30" + END, "limit"),
        # Over National Day: ten days from 21 September is 1 October; on to Thursday the 8th.
        ("10日内", "2026-09-21T09:00", "2026-10-08" + END, "limit"),
        ("一个月内", TUESDAY, "2026-12-24" + END, "limit"),
        ("一个月内", "2026-01-31T09:00", "2026-02-28" + END, "limit"),
        ("半个月内", TUESDAY, "2026-12-09" + END, "limit"),
        # at once: three working days unless the county says otherwise
        ("立行立改", TUESDAY, "2026-11-27T10:00", "at_once"),
        # again and again: the next one; on the 26th that of December
        ("每月25日前", TUESDAY, "2026-11-25" + END, "recurring"),
        ("每月25日前", "2026-11-26T09:00", "2026-12-25" + END, "recurring"),
        ("每月31日前", TUESDAY, "2026-11-30" + END, "recurring"),
        ("每周五前", TUESDAY, "2026-11-27" + END, "recurring"),
        ("每季度末", TUESDAY, "2026-12-31" + END, "recurring"),
        # no end: it is reviewed on the last working day of the year
        ("长期坚持", TUESDAY, "2026-12-31" + END, "standing"),
        ("持续推进", TUESDAY, "2026-12-31" + END, "standing"),
        # 31 December 2022 is a Saturday; of a year that is not on file weekends alone are known
        ("长期坚持", "2022-11-24T10:00", "2022-12-30" + END, "standing"),
        # English
        ("by 30 November", TUESDAY, "2026-11-30" + END, "date"),
        ("within 15 working days", TUESDAY, "2026-12-15T10:00", "limit"),
        ("end of the year", TUESDAY, "2026-12-31" + END, "date"),
    ],
)
def test_by_hand(words: str, start: str, end: str, kind: str) -> None:
    found = said(words, start)
    assert (found.at, found.kind) == (at(end), kind), words


@pytest.mark.parametrize(
    "words", ["", "尽快", "已完成", "待定", "春节前", "13月底", "2月30日前", "0个工作日内", "每月40日前"]
)
def test_what_names_no_day_says_so(words: str) -> None:
    found = said(words)
    assert found.at is None and found.kind == Meaning.UNKNOWN
    assert found.why_not is not None and found.why_not.zh and found.why_not.en


def test_the_words_are_kept_and_what_happened_to_the_day_is_said() -> None:
    found = said(" 12月20日前 ")
    assert (found.text, found.named, found.moved) == ("12月20日前", date(2026, 12, 20), True)
    assert not said("11月底前").moved
    assert said("2026-11-29").text == "", "a picked day has no words of its own"
    assert said("15个工作日内").limit == Limit(15, WORKING_DAY)
    assert said("立行立改", at_once_days=5).limit == Limit(5, WORKING_DAY)
    assert [said(words).cadence for words in ("每月25日前", "每周五", "长期坚持")] == ["monthly", "weekly", "standing"]


def test_a_year_without_a_calendar_is_said() -> None:
    assert said("2027年3月底前").gap and not said("11月底前").gap
    assert said("60个工作日内").gap, "it runs into 2027"


@pytest.mark.parametrize(
    ("words", "value"),
    [("15", 15), ("十五", 15), ("二十", 20), ("二十五", 25), ("两", 2), ("一百", 100), ("二〇二六", 2026)],
)
def test_numerals(words: str, value: int) -> None:
    assert number(words) == value
