"""Days in office tables: real dates, the serial numbers of spreadsheets, and what people write (11月底前)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qipan.assessment.text import Text
from qipan.ground.documents.lists import read_day
from qipan.ground.documents.workbook import Cell
from qipan.ground.worktime.clock import Clock, Limit
from qipan.ground.worktime.words import meant

_EPOCH = date(1899, 12, 30)
_FIRST, _LAST = 36_526, 73_050
"""Serial numbers of 1 January 2000 and of 31 December 2099."""
_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Dated:
    """A deadline: its moment, what is kept of the words, and what it says as plain text; why it is none."""

    at: datetime | None = None
    words: str = ""
    said: str = ""
    why: Text | None = None
    cadence: str = ""
    limit: Limit | None = None


def serial_day(cell: Cell) -> date | None:
    """Return the day that a spreadsheet's number stands for, if it may be one."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)) and _FIRST <= cell <= _LAST:
        return _EPOCH + timedelta(days=int(cell))
    if isinstance(cell, str) and re.fullmatch(r"[3-7]\d{4}(?:\.0)?", cell.strip()):
        return serial_day(float(cell))
    return None


class Deadlines:
    """Reads the days of one file; the same words are worked out once."""

    def __init__(self, clock: Clock, now: datetime, at_once_days: int) -> None:
        self._clock, self._now, self._at_once = clock, now, at_once_days
        self._known: dict[str, Dated] = {}

    def read(self, cell: Cell, words: str) -> Dated:
        """Return the deadline that a cell states."""
        day = serial_day(cell)
        if day is not None:
            return Dated(self._end(day), said=day.isoformat())
        if not words:
            return Dated()
        if words not in self._known:
            self._known[words] = self._meant(words)
        return self._known[words]

    def found(self, cell: Cell, words: str) -> tuple[datetime | None, Text]:
        """Return when something was found, and what is odd about the cell."""
        day = serial_day(cell)
        if day is None and words:
            iso = read_day(words)
            day = date.fromisoformat(iso) if iso else self._without_year(words)
        if day is None:
            return None, Text(
                f"发现时间“{words}”不是日期，按今天", f"{words!r} is no date: found today"
            ) if words else Text()
        at = datetime.combine(day, time(12), self._clock.zone)
        if at > self._now and day > self._now.astimezone(self._clock.zone).date():
            return self._now, Text("发现时间在今天之后，按今天", "found after today: counted as today")
        return at, Text()

    def _without_year(self, words: str) -> date | None:
        found = re.fullmatch(r"(\d{1,2})[月./-](\d{1,2})日?", words.strip())
        if found is None:
            return None
        today = self._now.astimezone(self._clock.zone).date()
        try:
            day = date(today.year, int(found[1]), int(found[2]))
        except ValueError:
            return None
        return day if day <= today else day.replace(year=today.year - 1)

    def _meant(self, words: str) -> Dated:
        iso = read_day(words)
        if iso:
            return Dated(self._end(date.fromisoformat(iso)), said=iso)
        found = meant(words, self._now, self._clock, at_once_days=self._at_once)
        return Dated(found.at, words[:80], words, found.why_not, found.cadence, found.limit)

    def _end(self, day: date) -> datetime:
        return datetime.combine(day, _END, self._clock.zone)
