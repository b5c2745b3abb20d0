"""The clock of a work item: what has passed, what is left, and what of it is only a sample or a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from qipan.faces.office.work.lights import difference_words

if TYPE_CHECKING:
    from qipan.spine.work.queries import ItemPage


GONE = frozenset({"cancelled", "merged"})
"""States of what no clock judges."""


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What the page shows of the clock; `gone` and `due_x` are places on its line, as SVG writes them."""

    big: str
    over: bool
    elapsed: str
    given: str
    runs: bool
    limit: str
    difference: str
    gone: str
    due_x: str


def clock_face(found: ItemPage) -> ClockFace:
    """Return the clock of an item, in the time in which its limit is stated."""
    row, seen = found.row, found.clock
    over = seen.left < timedelta(0) and row.state not in GONE and row.held_since is None
    plain = (row.deadline - row.issued_at).total_seconds()
    due = (found.due_from - row.issued_at).total_seconds() / plain if plain > 0 else 1.0
    words = _Words(seen.working_day, day_and_night=seen.day_and_night)
    return ClockFace(
        big=_big(found, words),
        over=over,
        elapsed=words.of(seen.elapsed),
        given=words.of(seen.given),
        runs=seen.runs,
        limit=limit_words(found.limit, found.limit_unit) if found.limit is not None else "",
        difference=difference_words(row.days) if row.ended_at and row.state not in GONE else "",
        gone=f"{min(max(seen.share, 0.0), 1.0) * 100:.1f}%",
        due_x=f"{due * 100:.1f}%" if 0 < due < 1 else "",
    )


def _big(found: ItemPage, words: _Words) -> str:
    match found.row.state:
        case "cancelled":
            return _("cancelled")
        case "merged":
            return _("merged into another item")
        case "suspended":
            return _("stands: suspended by the office")
        case "closed":
            return _("closed in time") if found.row.light == "done" else _("closed late")
        case "reported":
            return _("reported, waits for a re-check")
        case _ if found.row.light == "deferred":
            return _("deferred until %(date)s") % {"date": f"{found.row.deferred_until:%Y-%m-%d}"}
        case _ if found.row.light == "standing":
            return _("ongoing, review %(date)s") % {"date": f"{timezone.localdate(found.row.deadline):%Y-%m-%d}"}
        case _ if found.row.light == "disputed":
            return _("stands: the finding is disputed")
        case _ if found.row.light == "paused":
            return _("stands: the office was asked to co-ordinate")
        case _:
            left = found.clock.left
            if left < timedelta(0):
                return _("%(span)s over") % {"span": words.of(-left)}
            return _("%(span)s left") % {"span": words.of(left)}


@dataclass(frozen=True, slots=True)
class _Words:
    """Lengths of time in words: of the wall clock, or of working time."""

    working_day: timedelta
    day_and_night: bool

    def of(self, length: timedelta) -> str:
        seconds = max(int(length.total_seconds()), 0)
        day = 86400 if self.day_and_night else max(int(self.working_day.total_seconds()), 3600)
        days, rest = divmod(seconds, day)
        hours, minutes = rest // 3600, rest % 3600 // 60
        if days >= 3:
            return self._days(days)
        parts = [self._days(days)] if days else []
        if hours:
            parts.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
        if not days and (minutes or not hours):
            parts.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
        return " ".join(parts)

    def _days(self, days: int) -> str:
        if self.day_and_night:
            return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
        return ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}


def limit_words(amount: int, unit: str) -> str:
    """Return a limit in the unit in which it is stated."""
    match unit:
        case "urgent_hour":
            words = npgettext("limit", "%(count)s hour, day and night", "%(count)s hours, day and night", amount)
        case "working_hour":
            words = npgettext("limit", "%(count)s working hour", "%(count)s working hours", amount)
        case "working_day":
            words = npgettext("limit", "%(count)s working day", "%(count)s working days", amount)
        case _:
            words = npgettext("limit", "%(count)s calendar day", "%(count)s calendar days", amount)
    return words % {"count": amount}
