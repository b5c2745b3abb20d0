"""When things happened: fixed fractions of the time between the year's start and yesterday, in working hours.

The campaign year is the current year from May on; before that there would be too little of it to show three rounds, so
the example shows the previous year. Nothing but the calendar depends on the day of loading, and nothing lies ahead of
it except the time nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_MONTH = 5
"""From this month on the example shows the current year."""

#: Shares of the time passed at which things happened. The third round is open and late.
KICKOFF = 0.01
DOCUMENTS = (0.10, 0.33)
FIRST_ROUND = (0.16, 0.40)
SURVEY = (0.45, 0.56)
SECOND_ROUND = (0.58, 0.72)
FIXES = (0.73, 0.86)
LATE_CORRECTION = 0.80
THIRD_ROUND = (0.87, 0.96)
CHOSEN_LOOKS = (0.30, 0.99)

MORNING = 8 * 60 + 30
AFTERNOON = 14 * 60 + 30


@dataclass(frozen=True, slots=True)
class Calendar:
    """The year that is shown, and the working days between which everything in it has happened."""

    year: int
    first: date
    last: date

    @classmethod
    def before(cls, today: date) -> Calendar:
        """Return the calendar of an example that is loaded on a day."""
        year = today.year if today.month >= FIRST_MONTH else today.year - 1
        last = min(today - timedelta(days=1), date(year, 12, 28))
        while last.weekday() >= 5:
            last -= timedelta(days=1)
        return cls(year, date(year, 1, 8), last)

    def day(self, share: float) -> date:
        """Return the working day at a share of the time passed; later shares never give earlier days."""
        found = self.first + timedelta(days=round(share * (self.last - self.first).days))
        return min(self.last, found + timedelta(days={5: -1, 6: 1}.get(found.weekday(), 0)))

    def moment(self, share: float, of_day: float, *, minutes: float = 0) -> datetime:
        """Return a moment in working hours.

        Args:
            share: of the time passed.
            of_day: of a working day's visits, 0 to 1: the morning's half, then the afternoon's.
            minutes: later than that, as a visit goes on.
        """
        half = MORNING + of_day * 2 * 150 if of_day < 0.5 else AFTERNOON + (of_day - 0.5) * 2 * 150
        start = datetime.combine(self.day(share), time(), ZONE)
        return start + timedelta(minutes=int(half) + int(minutes), seconds=int(minutes * 60) % 60)
