"""What can be asked about a county's calendar."""

from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

from qipan.ground.worktime.clock import Clock
from qipan.ground.worktime.models import Calendar, SpecialDay

_kept: dict[int, tuple[UUID, Clock]] = {}
_UNKNOWN = Clock()


def clock(county_id: int) -> Clock:
    """Return a county's clock: one statement while its calendar is unchanged.

    A county without a calendar has the usual hours and no year on file, so that every deadline in working time says
    that it was counted by weekdays alone.
    """
    calendar = Calendar.objects.filter(county_id=county_id).first()
    if calendar is None:
        return _UNKNOWN
    known = _kept.get(county_id)
    if known is not None and known[0] == calendar.stamp:
        return known[1]
    days = calendar.days.values_list("date", "kind")
    found = Clock(
        hours=(
            (calendar.morning_from, calendar.morning_to),
            (calendar.afternoon_from, calendar.afternoon_to),
        ),
        special=MappingProxyType({day: kind == SpecialDay.Kind.WORKING for day, kind in days}),
        years=frozenset(calendar.years.values_list("year", flat=True)),
    )
    _kept[county_id] = (calendar.stamp, found)
    return found
