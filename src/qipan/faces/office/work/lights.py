"""The light of a work item in words: which state it is in, with its date or its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qipan.faces.office.marks import ITEM_WORDS
from qipan.faces.office.templatetags.office import MONTHS, minute

if TYPE_CHECKING:
    from qipan.spine.work.queries import Row


@dataclass(frozen=True, slots=True)
class Light:
    """A pill: its mark (see _pill.html), its word, and what it says on hover."""

    state: str
    word: str
    title: str = ""


def light(row: Row, now: datetime) -> Light:
    """Return an item's light in words."""
    title = _("deadline %(at)s") % {"at": minute(row.deadline)}
    if row.deadline_text:
        title = _("%(words)s: %(at)s") % {"words": row.deadline_text, "at": minute(row.deadline)}
    days = row.days_late
    match row.light:
        case "due":
            word = _due(row.deadline, now)
        case "late":
            word = late_words(days) if days else _("late today")
        case "deferred":
            word = _("deferred, review %(date)s") % {"date": f"{row.deferred_until:%Y-%m-%d}"}
        case "done_late":
            word = ngettext("closed, %(days)s day late", "closed, %(days)s days late", days) % {"days": days}
            word = word if days else _("closed late")
        case _:
            word = str(ITEM_WORDS[row.light])
    return Light(row.light, word, title)


def late_words(days: int) -> str:
    """Return so many days over a deadline in words."""
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def difference_words(days: int) -> str:
    """Return how far what happened lies from what was planned; below zero is early."""
    if days > 0:
        return late_words(days)
    if days < 0:
        return ngettext("%(days)s day early", "%(days)s days early", -days) % {"days": -days}
    return _("on the day")


def _due(deadline: datetime, now: datetime) -> str:
    local = timezone.localtime(deadline)
    if timezone.localdate(now) == local.date():
        return _("due today %(time)s") % {"time": f"{local:%H:%M}"}
    chinese = (get_language() or "").startswith("zh")
    short = f"{local.month}月{local.day}日" if chinese else f"{local.day} {MONTHS[local.month - 1]}"
    return _("due %(date)s") % {"date": short}
