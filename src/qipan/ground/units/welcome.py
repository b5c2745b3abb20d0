"""The first visit of a person, which is shown around once."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Person, Post


def mark_welcomed(*, by: Post, at: datetime | None = None) -> bool:
    """Keep that a person has been shown around; False where that was so before."""
    moment = at or timezone.now()
    with act(actor(by), moment) as done:
        if not Person.objects.filter(pk=by.person_id, welcomed_at=None).update(welcomed_at=moment):
            return False
        done.note("units.welcome", Thing("post", str(by.pk), by.title_zh))
    return True
