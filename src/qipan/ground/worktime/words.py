"""Deadlines as offices write them: "11月底前", "15个工作日内", "立行立改", "长期坚持". The words are kept, the date is computed.

Pure arithmetic on a clock, no table. Three kinds of words name a moment, and each ends by a rule of its own:

* a day ("12月20日前", "本周五前", "三季度末") ends at 23:59:59 of that day. A day of rest is moved to the last working day
  before it, since nothing may come after the day that is named; where that has passed already the day stays.
* a length of time ("15个工作日内", "一周内", "48小时内") runs on the county's clock from the start. Of calendar days, weeks
  and months the last day is moved on to the next working day, if it is one of rest.
* "立行立改" is so many working days as the county has set.

"每月25日前" comes again and again: its date is the next one. "长期坚持" has no end: its date is the day on which it is
reviewed, the last working day of the year. A day without a year that lies more than `BACK` behind is meant of the next
year; one that has just passed is left in the past, for the reader to refuse. What was picked from a calendar
("2026-11-30") is never moved. What names no day says so (`why_not`).
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from qipan.assessment.text import Text
from qipan.ground.worktime.clock import (
    CALENDAR_DAY,
    LONGEST,
    URGENT_HOUR,
    WORKING_DAY,
    WORKING_HOUR,
    Clock,
    Limit,
)
from qipan.ground.worktime.numerals import NUMERAL, number

AT_ONCE_DAYS = 3
"""Working days that "立行立改" gives where the county has set none."""
BACK = timedelta(days=180)
"""How far a day without a year may lie behind and still be one of this year."""
_END = time(23, 59, 59)
_ONE = timedelta(days=1)
_FARTHEST = 2100


class Meaning(StrEnum):
    """What kind of deadline some words are."""

    DATE = "date"
    LIMIT = "limit"
    AT_ONCE = "at_once"
    RECURRING = "recurring"
    STANDING = "standing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Meant:
    """What some words mean: the moment, and how it came about.

    `named` is the day that the words name, before the calendar moved it; `limit` the length of time they state. `gap`:
    the calendar of a year that was needed is not on file. `cadence` is weekly, monthly, quarterly, yearly or standing.
    """

    text: str
    kind: Meaning
    at: datetime | None = None
    named: date | None = None
    limit: Limit | None = None
    gap: bool = False
    cadence: str = ""
    why_not: Text | None = None

    @property
    def moved(self) -> bool:
        """Whether the calendar moved the day that the words name."""
        return self.named is not None and self.at is not None and self.named != self.at.date()


def meant(words: str, start: datetime, clock: Clock, *, at_once_days: int = AT_ONCE_DAYS) -> Meant:
    """Return what a deadline in words means, counted from a moment.

    Args:
        words: as they are written, in Chinese, in plain English, or a date of a calendar.
        start: from when lengths of time run, and what "this month" is.
        clock: the county's.
        at_once_days: working days of what is to be done at once.
    """
    kept = words.strip()
    reader = _Reader(kept, start.astimezone(clock.zone), clock, at_once_days)
    found = reader.read(_plain(kept))
    return found if found is not None else reader.unknown()


def _plain(words: str) -> str:
    """Return words without what says nothing: widths, blanks, "请于", "完成"."""
    plain = unicodedata.normalize("NFKC", words).strip().lower().rstrip("。;,.!")
    chinese = any("\u4e00" <= one <= "\u9fff" for one in plain)
    if not chinese:
        return re.sub(r"\s+", " ", plain)
    plain = re.sub(r"\s+", "", plain)
    plain = re.sub(r"^(?:请|须|应|务必|必须|力争|确保)*(?:于|在|自)?", "", plain)
    tail = r"(?:要|需)?(?:全部|全面|基本)?(?:整改|办理|办结|处理|解决|完成|到位|落实|报送|上报|反馈|回复|报结|结束|建成|交付|清理|完毕|结|报)+$"
    return re.sub(tail, "", plain) or plain


_BY = r"(?:前|之前|以前|为止|止|内|以内|之内)?"
_MONTHS = {
    name: i for i, name in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1
    )
}  # fmt: skip
_MONTHS |= {name[:3]: i for name, i in _MONTHS.items()}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 6}
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "劳动": (5, 1), "五一劳动": (5, 1), "十一": (10, 1), "国庆": (10, 1)}
_STANDING = (
    r"长期坚持|长期|持续|持续推进|持续坚持|长期推进|长效坚持|常态化|常态化推进|常态化坚持|常年坚持|ongoing|standing"
)
_AT_ONCE = r"立行立改|立即|立即整改|马上|即刻|立刻|即知即改|立查立改|边查边改|立整立改|at once|immediately"


class _Reader:
    """Reads one set of words, counted from one moment."""

    def __init__(self, text: str, now: datetime, clock: Clock, at_once_days: int) -> None:
        self.text, self.now, self.clock, self.at_once = text, now, clock, at_once_days
        self.today = now.date()

    def read(self, plain: str) -> Meant | None:
        """Return what the words mean, None where no rule knows them."""
        if not plain:
            return self.unknown(Text("未写时限。", "No deadline is written."))
        for pattern, act in self._rules():
            found = re.fullmatch(pattern, plain)
            if found:
                try:
                    return act(found)
                except (ValueError, OverflowError):
                    return self.unknown(Text("没有这一天，请核对日期。", "There is no such day: check the date."))
        return None

    def _rules(self) -> list[tuple[str, Callable[[re.Match[str]], Meant]]]:
        n = NUMERAL
        year = r"(?:(?P<y>\d{4}|[〇零一二三四五六七八九]{4}|今|本|明|后|去)年(?:度)?)?"
        dot = r"[-/.年]"
        return [
            (r"(\d{4})-(\d\d?)-(\d\d?)(?:[t ](\d\d?):(\d\d)(?::\d\d)?)?", self._picked),
            (_STANDING, lambda _m: self._standing()),
            (_AT_ONCE, lambda _m: self._at_once()),
            # every month, week, quarter, year
            (rf"每个?月(?:的)?(?P<d>{n})(?:日|号){_BY}", self._every_month),
            (rf"每个?月(?:底|末|月底){_BY}", lambda _m: self._monthly(31)),
            (rf"每(?:周|星期|个星期)(?P<w>[一二三四五六日天末]){_BY}", self._every_week),
            (rf"每(?:个)?季度?(?:底|末){_BY}", lambda _m: self._quarterly()),
            (rf"每年(?:的)?(?P<m>{n})月(?:底|末){_BY}", lambda m: self._yearly(number(m["m"]), 31)),
            (rf"每年(?:的)?(?P<m>{n})月(?P<d>{n})(?:日|号){_BY}", lambda m: self._yearly(number(m["m"]), number(m["d"]))),
            (rf"每年(?:年)?(?:底|末){_BY}", lambda _m: self._yearly(12, 31)),
            # lengths of time
            (rf"(?P<n>{n})个?(?:工作日|个工作日|工作天){_BY}", lambda m: self._limit(number(m["n"]), WORKING_DAY)),
            (rf"(?P<n>{n})个?工作(?:小时|时){_BY}", lambda m: self._limit(number(m["n"]), WORKING_HOUR)),
            (rf"(?P<n>{n})个?(?:小时|钟头){_BY}", lambda m: self._limit(number(m["n"]), URGENT_HOUR)),
            (rf"(?P<n>{n}|半)个?(?:天|日|自然日|日历日)(?:内|以内|之内)", self._days),
            (rf"(?P<d>{n})(?:日|号)(?:前|之前|以前)?", self._this_month),
            (rf"(?P<n>{n})个?(?:天|自然日|日历日)", self._days),
            (rf"(?P<n>{n})个?(?:周|星期|礼拜)(?:内|以内|之内)?", lambda m: self._span(7 * number(m["n"]))),
            (rf"(?P<n>{n}|半)个?月(?:内|以内|之内)", self._months),
            (rf"(?P<n>{n})个月", self._months),
            (rf"(?P<n>{n}|半)年(?:内|以内|之内)", self._years),
            (r"(?:当日|当天|今日|今天|即日)" + _BY, lambda _m: self._day(self.today, move=False)),
            (r"(?:次日|明天|明日|隔日)" + _BY, lambda _m: self._day(self.today + _ONE, move=False)),
            # days that are named
            (rf"(?P<w>本周|这周|下周|下下周|本星期|下星期)(?P<d>[一二三四五六日天末])?(?:内)?{_BY}", self._week),
            (rf"(?:周|星期|礼拜)(?P<d>[一二三四五六日天末]){_BY}", self._next_weekday),
            (rf"{year}(?P<q>{n}|第{n}|本|下)个?季度(?:底|末)?{_BY}", self._quarter),
            (rf"{year}(?P<h>上|下)半年(?:底|末)?{_BY}", self._half),
            (rf"(?P<which>本|这个|当|次|下个?)?月(?:底|末|内){_BY}", self._month_end),
            (rf"(?P<which>本|这个|当|次|下个?)月(?P<d>{n})(?:日|号){_BY}", self._month_day),
            (rf"{year}(?P<m>{n})月(?:底|末|内|月底|份内|份底)?{_BY}", self._named_month),
            (rf"{year}(?P<m>{n})月(?:份)?(?P<x>上|中|下)旬{_BY}", self._third),
            (rf"{year}(?P<m>{n})月(?P<d>{n})(?:日|号)?{_BY}", self._named_day),
            (rf"(?P<y>\d{{4}}|[〇零一二三四五六七八九]{{4}}|今|本|明|后|去)?年(?:度)?(?:底|末|内|年底|年末){_BY}", self._year_end),
            (r"(?P<f>元旦|五一劳动|五一|劳动|十一|国庆)节?(?:前|之前|以前)", self._feast),
            (rf"(\d{{4}}){dot}(\d\d?)[-/.月](\d\d?)日?{_BY}", self._ymd),
            (rf"(\d{{4}})(\d\d)(\d\d){_BY}", self._ymd),
            (rf"(?P<m>\d\d?)[./](?P<d>\d\d?){_BY}", self._named_day),
            *self._english(),
        ]  # fmt: skip

    def _english(self) -> list[tuple[str, Callable[[re.Match[str]], Meant]]]:
        month = "|".join(_MONTHS)
        by = r"(?:by |before |until |on )?(?:the )?"
        return [
            (r"(?:within |in )?(\d{1,3}) (working|business) (day|hour)s?", self._english_working),
            (r"(?:within |in )?(\d{1,3}) (hour|day|week|month)s?", self._english_span),
            (rf"{by}(\d\d?)(?:st|nd|rd|th)? ({month})(?: (\d{{4}}))?", lambda m: self._date(m[3], _MONTHS[m[2]], m[1])),
            (rf"{by}({month}) (\d\d?)(?:st|nd|rd|th)?(?:,? (\d{{4}}))?", lambda m: self._date(m[3], _MONTHS[m[1]], m[2])),
            (rf"{by}end of ({month})(?: (\d{{4}}))?", lambda m: self._date(m[2], _MONTHS[m[1]], "31")),
            (rf"{by}end of (?:the |this )?month", lambda _m: self._month(0, 31)),
            (rf"{by}end of (?:the |this )?year", lambda _m: self._of(self.today.year, 12, 31)),
            (r"today", lambda _m: self._day(self.today, move=False)),
            (r"tomorrow", lambda _m: self._day(self.today + _ONE, move=False)),
        ]  # fmt: skip

    # --- what comes of it ---

    def unknown(self, why: Text | None = None) -> Meant:
        """Return words that name no day, and why."""
        words = Text(
            f"“{self.text}”算不出日期，请改写（如“11月底前”“15个工作日内”）或另选日期。",
            f"No date follows from “{self.text}”: write it as “11月底前” or “within 15 working days”, or pick a date.",
        )
        return Meant(self.text, Meaning.UNKNOWN, why_not=why or words)

    def _aware(self, day: date, hour: time = _END) -> datetime:
        if not self.today.year - 10 < day.year < _FARTHEST:
            raise ValueError(day)
        return datetime.combine(day, hour, self.clock.zone)

    def _day(self, day: date, *, cadence: str = "", move: bool = True, kind: Meaning = Meaning.DATE) -> Meant:
        """Return a day that is named: moved to the working day before it, if that has not passed."""
        self._aware(day)
        end, gap = day, False
        if move:
            gap = day.year not in self.clock.years
            while not self.clock.works_on(end) and end > self.today:
                end -= _ONE
            if not self.clock.works_on(end):
                end = day
        return Meant(self.text, kind, self._aware(end), named=day, gap=gap, cadence=cadence)

    def _on(self, day: date, limit: Limit | None) -> Meant:
        """Return the last day of a length of time: moved on to the next working day."""
        end = day
        while not self.clock.works_on(end):
            end += _ONE
        gap = self.clock.lacks(day, end)
        return Meant(self.text, Meaning.LIMIT, self._aware(end), named=day, limit=limit, gap=gap)

    def _limit(self, amount: int, unit: str, kind: Meaning = Meaning.LIMIT) -> Meant:
        if not 0 < amount <= LONGEST:
            raise ValueError(amount)
        limit = Limit(amount, unit)
        ends = self.clock.deadline(self.now, limit)
        return Meant(self.text, kind, ends.at, limit=limit, gap=ends.gap)

    def _span(self, days: int) -> Meant:
        if not 0 < days <= LONGEST:
            raise ValueError(days)
        return self._on(self.today + timedelta(days=days), Limit(days, CALENDAR_DAY))

    def _of(self, year: int, month: int, day: int) -> Meant:
        """Return a day of a month; the 31st is the last day of any month."""
        last = monthrange(year, month)[1]
        if day > last and day != 31:
            raise ValueError(day)
        return self._day(date(year, month, min(day, last)))

    def _year(self, said: str | None, month: int, day: int) -> int:
        """Return the year that is meant of a day: as it is said, else this one, or the next where it lies far behind."""
        now = self.today.year
        if said:
            return {"今": now, "本": now, "明": now + 1, "后": now + 2, "去": now - 1}.get(said) or number(said)
        last = monthrange(now, month)[1]
        return now + 1 if self.today - date(now, month, min(day, last)) > BACK else now

    def _date(self, year: str | None, month: int, day: str) -> Meant:
        return self._of(self._year(year, month, int(day)), month, int(day))

    def _month(self, later: int, day: int) -> Meant:
        months = self.today.year * 12 + self.today.month - 1 + later
        return self._of(months // 12, months % 12 + 1, day)

    # --- rules ---

    def _picked(self, m: re.Match[str]) -> Meant:
        day = date(int(m[1]), int(m[2]), int(m[3]))
        at = self._aware(day, time(int(m[4]), int(m[5])) if m[4] else _END)
        return Meant("", Meaning.DATE, at, named=day)

    def _ymd(self, m: re.Match[str]) -> Meant:
        return self._day(date(int(m[1]), int(m[2]), int(m[3])))

    def _at_once(self) -> Meant:
        return self._limit(self.at_once, WORKING_DAY, Meaning.AT_ONCE)

    def _standing(self) -> Meant:
        found = self._day(date(self.today.year, 12, 31), cadence="standing", kind=Meaning.STANDING)
        if found.at is not None and found.at <= self.now:
            found = self._day(date(self.today.year + 1, 12, 31), cadence="standing", kind=Meaning.STANDING)
        return found

    def _again(self, days: list[date], cadence: str) -> Meant:
        """Return the first of some days that has not passed, as the calendar moves it."""
        for day in days:
            found = self._day(day, cadence=cadence, kind=Meaning.RECURRING)
            if found.at is not None and found.at > self.now:
                return found
        raise ValueError(cadence)

    def _every_month(self, m: re.Match[str]) -> Meant:
        return self._monthly(number(m["d"]))

    def _monthly(self, day: int) -> Meant:
        if not 1 <= day <= 31:
            raise ValueError(day)
        months = [self.today.year * 12 + self.today.month - 1 + i for i in range(3)]
        ends = [(one // 12, one % 12 + 1) for one in months]
        return self._again([date(y, mo, min(day, monthrange(y, mo)[1])) for y, mo in ends], "monthly")

    def _every_week(self, m: re.Match[str]) -> Meant:
        monday = self.today - timedelta(days=self.today.weekday())
        return self._again([monday + timedelta(days=_WEEKDAYS[m["w"]] + 7 * i) for i in range(4)], "weekly")

    def _quarterly(self) -> Meant:
        year = self.today.year
        ends = [date(y, mo, monthrange(y, mo)[1]) for y in (year, year + 1) for mo in (3, 6, 9, 12)]
        return self._again([day for day in ends if day >= self.today], "quarterly")

    def _yearly(self, month: int, day: int) -> Meant:
        years = range(self.today.year, self.today.year + 3)
        return self._again([date(y, month, min(day, monthrange(y, month)[1])) for y in years], "yearly")

    def _days(self, m: re.Match[str]) -> Meant:
        return self._limit(12, URGENT_HOUR) if m["n"] == "半" else self._span(number(m["n"]))

    def _months(self, m: re.Match[str]) -> Meant:
        if m["n"] == "半":
            return self._span(15)
        return self._in_months(number(m["n"]))

    def _years(self, m: re.Match[str]) -> Meant:
        return self._in_months(6 if m["n"] == "半" else 12 * number(m["n"]))

    def _in_months(self, count: int) -> Meant:
        if not 0 < count <= 60:
            raise ValueError(count)
        months = self.today.year * 12 + self.today.month - 1 + count
        year, month = months // 12, months % 12 + 1
        return self._on(date(year, month, min(self.today.day, monthrange(year, month)[1])), None)

    def _week(self, m: re.Match[str]) -> Meant:
        weeks = {"下周": 1, "下星期": 1, "下下周": 2}.get(m["w"], 0)
        monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=weeks)
        return self._day(monday + timedelta(days=_WEEKDAYS[m["d"]] if m["d"] else 6))

    def _next_weekday(self, m: re.Match[str]) -> Meant:
        return self._day(self.today + timedelta(days=(_WEEKDAYS[m["d"]] - self.today.weekday()) % 7))

    def _quarter(self, m: re.Match[str]) -> Meant:
        current = (self.today.month - 1) // 3 + 1
        said = m["q"].removeprefix("第")
        quarter = current if said == "本" else current + 1 if said == "下" else number(said)
        if said == "下" and quarter == 5:
            return self._of(self.today.year + 1, 3, 31)
        if not 1 <= quarter <= 4:
            raise ValueError(quarter)
        return self._of(self._year(m["y"], quarter * 3, 31), quarter * 3, 31)

    def _half(self, m: re.Match[str]) -> Meant:
        month = 6 if m["h"] == "上" else 12
        return self._of(self._year(m["y"], month, 31), month, 31)

    def _month_end(self, m: re.Match[str]) -> Meant:
        return self._month(1 if (m["which"] or "")[:1] in {"下", "次"} and m["which"] else 0, 31)

    def _month_day(self, m: re.Match[str]) -> Meant:
        return self._month(1 if m["which"][0] in "下次" else 0, number(m["d"]))

    def _this_month(self, m: re.Match[str]) -> Meant:
        """Return a day without a month: of this one, or of the next where it has passed."""
        day = number(m["d"])
        return self._month(0 if day >= self.today.day else 1, day)

    def _named_month(self, m: re.Match[str]) -> Meant:
        month = number(m["m"])
        return self._of(self._year(m["y"], month, 31), month, 31)

    def _third(self, m: re.Match[str]) -> Meant:
        month, day = number(m["m"]), {"上": 10, "中": 20, "下": 31}[m["x"]]
        return self._of(self._year(m["y"], month, day), month, day)

    def _named_day(self, m: re.Match[str]) -> Meant:
        month, day = number(m["m"]), number(m["d"])
        if day > monthrange(2024, month)[1]:
            raise ValueError(day)
        return self._of(self._year(m.groupdict().get("y"), month, day), month, day)

    def _year_end(self, m: re.Match[str]) -> Meant:
        return self._of(self._year(m["y"], 12, 31), 12, 31)

    def _feast(self, m: re.Match[str]) -> Meant:
        month, day = _FEASTS[m["f"]]
        year = self.today.year
        if date(year, month, day) <= self.today:
            year += 1
        return self._day(date(year, month, day) - _ONE)

    def _english_working(self, m: re.Match[str]) -> Meant:
        return self._limit(int(m[1]), WORKING_DAY if m[3] == "day" else WORKING_HOUR)

    def _english_span(self, m: re.Match[str]) -> Meant:
        count = int(m[1])
        match m[2]:
            case "hour":
                return self._limit(count, URGENT_HOUR)
            case "month":
                return self._in_months(count)
            case unit:
                return self._span(count * (7 if unit == "week" else 1))
