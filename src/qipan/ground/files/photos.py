"""What can happen to photos: they are added, and used; `sweeping.py` takes away what nobody used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.files import storage
from qipan.ground.files.imaging import COPY_TYPE, MOST_BYTES, PhotoError, look, too_large
from qipan.ground.files.models import Photo, StoredFile
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import ADD_PHOTOS

Photos: TypeAlias = "list[Photo]"
Author: TypeAlias = "Post"


class Readable(Protocol):
    """Something to read a photo from: an uploaded or an open file."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes."""
        ...


def add_photo(content: bytes | Readable, *, by: Post) -> Photo:
    """Keep a photo with its copies; it waits a day for a record that uses it.

    Raises:
        PhotoError: it is no photo by its content, too large, or broken. Nothing was kept.
        PermissionDenied: this post adds no photos.
    """
    if not ADD_PHOTOS.allows(by, by.unit.county):
        raise PermissionDenied
    return add_photo_as(content, actor(by), by.unit.county_id)


def add_photo_as(content: bytes | Readable, who: Actor, county_id: int, *, author: str = "") -> Photo:
    """Keep a photo of someone whom the caller has let in: by a post, or by a link.

    Args:
        content: the photo.
        who: as the journal has it.
        county_id: whose photo it is.
        author: under which name it is kept; the person's unless told otherwise.

    Raises:
        PhotoError: it is no photo by its content, too large, or broken. Nothing was kept.
    """
    data = content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large()
    looked = look(data)
    kept = {name: (storage.put(each), len(each)) for name, each in (("original", data), ("shown", looked.shown), ("thumbnail", looked.thumbnail))}  # fmt: skip
    now = timezone.now()
    with act(who, now) as noted:
        _name(kept, looked.media_type, now)
        photo = Photo.objects.create(
            county_id=county_id,
            original_id=kept["original"][0],
            shown_id=kept["shown"][0],
            thumbnail_id=kept["thumbnail"][0],
            width=looked.width,
            height=looked.height,
            taken_at=looked.claim.taken_at,
            lon=looked.claim.lon,
            lat=looked.claim.lat,
            added_at=now,
            added_by_person=author or who.person,
            added_by_unit=who.unit,
        )
        # With the original's hash in the journal, nobody can put another picture in its place unseen.
        details = {"original": kept["original"][0], "size": kept["original"][1]}
        noted.note("files.add_photo", Thing("photo", str(photo.uid)), details)
    return photo


def _name(kept: dict[str, tuple[str, int]], media_type: str, now: datetime) -> None:
    """Have a row for each file, in the order of their hashes; a row that is there gets a fresh date.

    The fresh date makes a sweep that waits for the row look again, and leave it.
    """
    types = {kept["original"][0]: media_type}
    for digest, size in sorted(set(kept.values())):
        if not StoredFile.objects.filter(hash=digest).update(added_at=now):
            row = StoredFile(hash=digest, size=size, media_type=types.get(digest, COPY_TYPE), added_at=now)
            StoredFile.objects.bulk_create([row], ignore_conflicts=True)


def photos_of(uids: Sequence[str | UUID], county_id: int) -> Photos:
    """Return photos of a county in the order they are named; what is no photo of the county is left out."""
    wanted = [uid for each in uids if (uid := _uid(each)) is not None]
    found = {photo.uid: photo for photo in Photo.objects.filter(county_id=county_id, uid__in=wanted)}
    return [found[uid] for uid in dict.fromkeys(wanted) if uid in found]


def waiting(uids: Sequence[str | UUID], by: Post) -> Photos:
    """Return, of photos that a form has kept, those that the same person or unit sent: nobody adopts another's."""
    person, unit = by.person.get_username(), by.unit.code
    return [
        photo
        for photo in photos_of(uids, by.unit.county_id)
        if photo.added_by_person == person or photo.added_by_unit == unit
    ]


def _uid(given: str | UUID) -> UUID | None:
    if isinstance(given, UUID):
        return given
    try:
        return UUID(given)
    except ValueError:
        return None


def use(photos: Collection[Photo]) -> None:
    """Mark photos as hanging on a record, in the transaction that writes the record.

    Raises:
        PhotoError: one was swept meanwhile.
    """
    keys = {photo.pk for photo in photos}
    if keys and Photo.objects.filter(pk__in=keys).update(used=True) != len(keys):
        raise PhotoError(
            Text("有照片放置超过一天，已被清理", "a photo waited for more than a day and was swept"),
            Text("重新上传照片", "send the photo again"),
        )
