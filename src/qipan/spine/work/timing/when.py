"""A deadline as somebody gives it: a moment, with the words in which it was written and how often it comes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.worktime.clock import Clock, Limit
from qipan.ground.worktime.queries import clock
from qipan.ground.worktime.words import Meaning, Meant, meant
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import STANDING, due_by, settings_of
from qipan.spine.work.models import WorkItem

LONGEST_TEXT = 80
"""Characters of the words that an item keeps."""


@dataclass(frozen=True, slots=True)
class When:
    """A deadline: the moment, the words ("11月底前"), its cadence (monthly, standing, …), the limit that it states."""

    deadline: datetime
    text: str = ""
    cadence: str = ""
    limit: Limit | None = None


def meaning(words: str, county_id: int, now: datetime, counted: Clock | None = None) -> Meant:
    """Return what a deadline in words means in a county (two statements at most)."""
    days = settings_of(county_id).at_once_days
    return meant(words, now, counted or clock(county_id), at_once_days=days)


def when(words: str, county_id: int, now: datetime, *, picked: date | None = None, field: str = "deadline") -> When:
    """Return the deadline that somebody gave in words, by a day, or by both.

    A day that was picked stands beside words of which no date follows; where both name a day they have to agree.

    Raises:
        WorkError: there is neither, no date follows from the words, or they contradict the day.
    """
    text = words.strip()
    if len(text) > LONGEST_TEXT:
        raise WorkError(Text(f"时限最多{LONGEST_TEXT}字。", f"At most {LONGEST_TEXT} characters."), field)
    counted = clock(county_id)
    chosen = datetime.combine(picked, time(23, 59, 59), counted.zone) if picked else None
    if not text:
        if chosen is None:
            raise WorkError(
                Text("请写时限（如“11月底前”）或选日期。", "Write a deadline (such as “11月底前”), or pick a day."),
                field,
            )
        return When(chosen)
    found = meaning(text, county_id, now, counted)
    if found.at is None:
        if chosen is None:
            raise WorkError(found.why_not or Text(), field)
        return When(chosen, found.text)
    if picked is not None and picked not in {found.at.date(), found.named}:
        raise WorkError(
            Text(
                f"文字时限为{found.at:%Y-%m-%d}，所选日期为{picked}，请保留其一。",
                f"The words say {found.at:%Y-%m-%d}, the day that was picked is {picked}: leave one of them out.",
            ),
            field,
        )
    if found.kind == Meaning.STANDING or found.cadence:
        return When(found.at, found.text, found.cadence, None)
    return When(found.at, found.text, "", found.limit)


def as_when(given: datetime | When) -> When:
    """Return a deadline as it was given; a bare moment has no words."""
    return given if isinstance(given, When) else When(given)


def set_to(item: WorkItem, given: When) -> dict[str, Any]:
    """Return the changes by which an item gets another deadline, with its words and the moment its light turns."""
    until = due_by(
        clock(item.county_id), item.issued_at, given.deadline, settings_of(item.county_id),
        standing=given.cadence == STANDING,
    )  # fmt: skip
    own = item.own_deadline if item.own_deadline is None or item.own_deadline <= given.deadline else None
    return {
        "own_deadline": own, "deadline": given.deadline, "deadline_text": given.text, "cadence": given.cadence, "due_from": until.due_from,
        "calendar_gap": until.gap,
    }  # fmt: skip


def moved_to(item: WorkItem, given: When) -> dict[str, str]:
    """Return what the log keeps of a deadline that moves: from when to when, and the words where there are any."""
    found = {
        "words_from": item.deadline_text, "cadence_from": item.cadence, "words": given.text,
        "from": item.deadline.isoformat(), "to": given.deadline.isoformat(),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}
