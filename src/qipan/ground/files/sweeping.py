"""Taking away photos that nobody used, and files that no row names. A job above this room does it every hour."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.files import storage
from qipan.ground.files.models import Photo, StoredFile
from qipan.ground.units.models import Draft

KEPT_UNUSED = timedelta(days=1)
"""So long a photo waits for the form it was sent with; one that a draft names waits as long as the draft."""


def sweep(now: datetime | None = None) -> int:
    """Take away photos that nobody used within a day, and files that no row names; returns how many photos."""
    before = (now or timezone.now()) - KEPT_UNUSED
    gone = _photos(before)
    _rows(before)
    for name in storage.names():
        # Whoever keeps the same content just now writes the file anew, and its fresh date keeps it.
        if not StoredFile.objects.filter(hash=name).exists():
            storage.discard(name, before.timestamp())
    for left in storage.leavings(before.timestamp()):
        left.unlink(missing_ok=True)
    return gone


def _photos(before: datetime) -> int:
    old = list(Photo.objects.filter(used=False, added_at__lt=before).values_list("pk", "uid", "county__code"))
    if not old:
        return 0
    drafts = "\n".join(json.dumps(content) for content in Draft.objects.values_list("content", flat=True).iterator())
    gone = 0
    for pk, uid, county in old:
        if str(uid) in drafts:
            continue
        with act(Actor(county=county)) as noted:
            # Asked again under a lock: whoever uses it just now has it.
            photo = Photo.objects.select_for_update().filter(pk=pk, used=False).first()
            if photo is None or _hangs_somewhere(photo):
                continue
            photo.delete()
            noted.note("files.sweep_photo", Thing("photo", str(uid)))
            gone += 1
    return gone


def _hangs_somewhere(photo: Photo) -> bool:
    """Whether a record names a photo that nobody has marked as used: what is on record is never swept."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: photo}).exists()
        for relation in Photo._meta.related_objects
    )


def _rows(before: datetime) -> None:
    key = OuterRef("pk")
    named = Exists(Photo.objects.filter(Q(original=key) | Q(shown=key) | Q(thumbnail=key)))
    with transaction.atomic():
        # Held rows are looked at again by who waits for them: a photo that is being added gives them a fresh date.
        held = StoredFile.objects.select_for_update().filter(~named, added_at__lt=before)
        keys = [row.pk for row in held]
        StoredFile.objects.filter(~named, pk__in=keys, added_at__lt=before).delete()
