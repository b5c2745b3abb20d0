"""Sign-ins that wait after wrong passwords. Names and addresses are kept as digests, so a lock says neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, SignInFailures
from qipan.ground.units.permissions import SEE_LOCKS


@dataclass(frozen=True, slots=True)
class Lock:
    """A name at an address that has to wait: how often it was wrong, and until when."""

    count: int
    last_at: datetime
    until: datetime


def locks(now: datetime) -> list[Lock]:
    """Return what waits now, the longest first."""
    rows = SignInFailures.objects.filter(until__gt=now).order_by("-until")
    return [Lock(row.count, row.last_at, row.until) for row in rows]


def lift(*, by: Post, now: datetime) -> int:
    """Let everyone try again who waits; return how many.

    Raises:
        PermissionDenied: only the security administrator does.
    """
    if not SEE_LOCKS.allows(by, by.unit.county):
        raise PermissionDenied
    with act(actor(by), now) as noted:
        count, _kinds = SignInFailures.objects.filter(until__gt=now).delete()
        if count:
            noted.note("accounts.lift_locks", Thing("account", "", ""), {"count": count})
    return count
