"""The day as of which a page is shown."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.overview.desk import Desk


def as_of(request: HttpRequest, desk: Desk) -> date | None:
    """Return the past day that an address asks for with `on`; None for now.

    A day that is not one of the campaign year before today is passed over, and the page says so.
    """
    asked = request.GET.get("on", "")
    if not asked or desk.year is None:
        return None
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = None
    today = timezone.localdate()
    if day is None or day > today or day.year != desk.year.year:
        messages.warning(request, _("%(day)s is not a past day of the year shown; you see today.") % {"day": asked})
        return None
    return None if day == today else day


def bounds(desk: Desk) -> tuple[date, date]:
    """Return the first and the last day that can be asked for."""
    today = timezone.localdate()
    year = desk.year.year if desk.year else today.year
    return date(year, 1, 1), min(today, date(year, 12, 31))
