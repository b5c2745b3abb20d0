"""What can happen to files beside photos being added: an original is looked at."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied

from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.queries import Content, content
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import SEE_ORIGINALS


def see_original(uid: UUID, *, by: Post) -> Content | None:
    """Return the original of a photo, which shows what its copies leave out; the journal says who looked at it.

    Raises:
        PermissionDenied: this post sees no originals.
    """
    if not SEE_ORIGINALS.allows(by, by.unit.county):
        raise PermissionDenied
    found = content(by, uid, "original")
    if found is not None:
        with act(actor(by)) as noted:
            noted.note("files.see_original", Thing("photo", str(uid)))
    return found
