"""Which items belong to a phase or a node: the one condition for figures and for the lists that they open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from qipan.spine.campaigns.models import Phase
from qipan.spine.work.limits import STANDING
from qipan.spine.work.models import VOID

NOTHING = Q(pk__in=())


def of_plan(county_id: int, *, milestone: str = "", phase: str = "") -> Q:
    """Return the condition that the list's conditions on the plan come to (one statement where a phase is asked for).

    Args:
        county_id: whose plan.
        milestone: the key of a node; "-" for what hangs on none.
        phase: the key of a phase.
    """
    where = Q()
    if milestone == "-":
        where &= Q(milestone=None)
    elif milestone:
        where &= due_by_node(int(milestone)) if milestone.isascii() and milestone.isdecimal() else NOTHING
    if phase:
        known = phase.isascii() and phase.isdecimal()
        found = Phase.objects.filter(pk=phase, campaign__county_id=county_id).first() if known else None
        where &= due_between(found.first, found.last) if found is not None else NOTHING
    return where


def due_by_node(pk: int) -> Q:
    """Return the condition of the items that hang on a node; what was cancelled or merged hangs on nothing."""
    return Q(milestone_id=pk) & ~Q(state__in=VOID)


def due_between(first: date, last: date) -> Q:
    """Return the condition of the items whose deadline lies on one of these days; what was cancelled or merged has none, and what
    has no end (长期坚持) has only a day of review.
    """
    days = Q(deadline__gte=midnight(first), deadline__lt=midnight(last + timedelta(days=1)))
    return days & ~Q(state__in=VOID) & ~Q(cadence=STANDING)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
