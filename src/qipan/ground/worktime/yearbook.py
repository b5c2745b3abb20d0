"""Reading which days are not what their weekday says: from the pack, from pasted text, from a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import qipan
from qipan.assessment.fields import Fields, finish
from qipan.assessment.text import Problem, Text
from qipan.ground.documents.lists import Line, ListRead, clean, problem, read_list_file, read_list_text
from qipan.ground.documents.problems import FileError, FileProblem
from qipan.ground.documents.yaml_file import read_yaml

FORMAT = "qipan-calendar/1"
SHIPPED = Path(qipan.__file__).parent / "packs" / "cn-calendar.yaml"
HOLIDAY, WORKING = "holiday", "working"
FIRST_YEAR, LAST_YEAR = 1990, 2200
LONGEST_RUN = 31

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("日期", "date", "day", "时间"),
    "kind": ("类型", "kind", "type", "安排", "类别"),
    "name": ("名称", "name", "节日", "假期", "holiday", "说明"),
}
KINDS: Mapping[str, tuple[str, ...]] = {
    HOLIDAY: ("holiday", "放假", "休", "休息", "节假日", "法定节假日", "假日", "假期", "day off"),
    WORKING: ("working", "上班", "班", "补班", "调休上班", "调休工作日", "工作日", "make-up working day", "working day",
              "make-up"),
}  # fmt: skip
#: "调休" alone is said both of the day off and of the day worked for it.
UNCLEAR = ("调休", "补休", "shifted")
#: Names of which the English is known.
NAMES: Mapping[str, str] = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}
WEEKDAYS = (
    Text("星期一", "Monday"), Text("星期二", "Tuesday"), Text("星期三", "Wednesday"), Text("星期四", "Thursday"),
    Text("星期五", "Friday"), Text("星期六", "Saturday"), Text("星期日", "Sunday"),
)  # fmt: skip

_DAY = r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_DATE = re.compile(_DAY)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_RUN = re.compile(rf"({_DAY})\s*(?:至|到|~|—+|–|to)\s*({_DAY}|(?:\d{{1,2}})\s*日)")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says."""

    date: date
    kind: str
    name: Text = Text()


@dataclass(frozen=True, slots=True)
class YearOnFile:
    """The special days of a year, which are all of it: every other day goes by its weekday."""

    year: int
    days: tuple[Day, ...]
    source: Text = Text()


def read_calendar(data: object) -> tuple[YearOnFile, ...]:
    """Read a calendar pack (`qipan-calendar/1`).

    Raises:
        InputError: with every problem found.
    """
    problems: list[Problem] = []
    root = Fields(data, (), problems)
    if root.word("format") != FORMAT:
        root.report(Text("不是日历", "not a calendar"), Text("", f"write `format: {FORMAT}`"))
    root.word("id", required=True)
    root.text("title", required=True)
    source = root.text("source", required=True)
    if (completeness := root.below("completeness")) is not None:
        completeness.choice("status", ("complete", "partial"))
        completeness.text("note")
        completeness.done()
    years: dict[int, YearOnFile] = {}
    for below in root.each("years"):
        year = below.whole("year", low=FIRST_YEAR, high=LAST_YEAR) or 0
        days: dict[date, Day] = {}
        for each in below.each("days"):
            if (day := _pack_day(each, year)) is None:
                continue
            if day.date in days:
                each.report(Text(f"{day.date} 重复", f"{day.date} stands twice"), at=("date",))
            days[day.date] = day
        if year in years:
            below.report(Text(f"{year} 年重复", f"the year {year} stands twice"), at=("year",))
        years[year] = YearOnFile(
            year, tuple(sorted(days.values(), key=lambda day: day.date)), below.text("source") or source
        )
        below.done()
    root.done()
    finish(problems)
    return tuple(years[year] for year in sorted(years))


def _pack_day(each: Fields, year: int) -> Day | None:
    written, kind, name = each.word("date", required=True), each.choice("kind", (HOLIDAY, WORKING)), each.text("name")
    each.done()
    try:
        found = date.fromisoformat(written)
    except ValueError:
        each.report(Text(f"“{written}”不是日期", f"{written!r} is no day"), Text("", "write 2026-10-01"), at=("date",))
        return None
    fault = wrong(found, kind, year)
    if fault is not None:
        each.report(fault, at=("date",))
        return None
    return Day(found, kind, name)


def wrong(day: date, kind: str, year: int) -> Text | None:
    """Return what is wrong with a special day of a year, if anything is."""
    if day.year != year:
        return Text(f"{day} 不在 {year} 年", f"{day} does not lie in {year}")
    if kind == WORKING and day.weekday() < 5:
        weekday = WEEKDAYS[day.weekday()]
        return Text(f"{day} 是{weekday.zh}，本来就是工作日", f"{day} is a {weekday.en}, a working day anyhow")
    return None


@cache
def shipped_calendar() -> tuple[YearOnFile, ...]:
    """Return the years that come with the product."""
    return read_calendar(read_yaml(SHIPPED).data)


def read_year_text(text: str, year: int) -> tuple[Day, ...]:
    """Read a year from pasted lines: date (or "2027-02-05 至 2027-02-11"), kind, name.

    Raises:
        FileError: with every line that cannot be read.
    """
    return _days(read_list_text(text, COLUMNS, ("date", "kind", "name")), year)


def read_year_file(path: Path, year: int, *, name: str = "") -> tuple[Day, ...]:
    """Read a year from a workbook or a CSV file with the columns date, kind and name.

    Raises:
        FileError: with every line that cannot be read.
    """
    return _days(read_list_file(path, COLUMNS, name=name), year)


def _days(read: ListRead, year: int) -> tuple[Day, ...]:
    problems: list[FileProblem] = []
    found: dict[date, tuple[Day, Line]] = {}
    for line in read.lines:
        kind = _kind(line, problems, read.name)
        run = read_run(line["date"], year)
        if run is None:
            problems.append(
                problem(
                    line,
                    "date",
                    Text(f"“{line['date']}”不是日期", f"{line['date']!r} is no day"),
                    Text(f"写成 {year}-10-01，或 {year}-10-01 至 {year}-10-07",
                         f"write {year}-10-01, or {year}-10-01 to {year}-10-07"),
                    file=read.name,
                )
            )  # fmt: skip
            continue
        if not kind:
            continue
        name = name_of(line["name"])
        for day in run:
            fault = wrong(day, kind, year)
            if fault is None and day in found:
                where = found[day][1].place.words()
                fault = Text(f"{day} 在{where.zh}已写过", f"{day} already stands in {where.en}")
            if fault is not None:
                problems.append(problem(line, "date", fault, file=read.name))
                continue
            found[day] = Day(day, kind, name), line
    if problems:
        raise FileError(problems)
    return tuple(day for day, _ in sorted(found.values(), key=lambda pair: pair[0].date))


def _kind(line: Line, problems: list[FileProblem], file: str) -> str:
    written = clean(line["kind"]).casefold()
    for kind, words in KINDS.items():
        if written in words:
            return kind
    unclear = written in UNCLEAR
    problems.append(
        problem(
            line,
            "kind",
            Text("“调休”可指放假，也可指上班", f"{line['kind']!r} may mean a day off or a day worked")
            if unclear
            else Text(f"不认识“{line['kind']}”", f"{line['kind']!r} is not known"),
            Text("写“放假”或“上班”", "write `holiday` or `working`"),
            file=file,
        )
    )
    return ""


def name_of(words: str) -> Text:
    """Return a holiday's name in both languages where it is known."""
    words = clean(words)
    for zh, en in NAMES.items():
        if words in (zh, zh.removesuffix("节"), en):
            return Text(zh, en)
    chinese = any("一" <= character <= "鿿" for character in words)
    return Text(words) if chinese or not words else Text("", words)


def read_run(written: str, year: int) -> tuple[date, ...] | None:
    """Return the days that a cell names: one, or a run of at most 31; a year that is not written is the given one."""
    text = _TIME.sub("", unicodedata.normalize("NFKC", written).strip())
    try:
        if (run := _RUN.fullmatch(text)) is not None:
            first = _date(run[1], year)
            last = _date(run[5], first.year) if _DATE.fullmatch(run[5]) else first.replace(day=int(run[5].strip(" 日")))
            length = (last - first).days + 1
            return tuple(first + timedelta(days=i) for i in range(length)) if 0 < length <= LONGEST_RUN else None
        return (_date(text, year),)
    except ValueError:
        return None


def _date(text: str, year: int) -> date:
    """Read one day.

    Raises:
        ValueError: it is none.
    """
    if (found := _COMPACT.fullmatch(text)) is not None:
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return date(int(found[1] or year), int(found[2]), int(found[3]))
