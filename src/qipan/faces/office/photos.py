"""Photos: sent with forms, and shown by pages."""

from __future__ import annotations

import logging
from typing import Any, cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.files.actions import see_original
from qipan.ground.files.imaging import PhotoError
from qipan.ground.files.photos import Author, Photos, add_photo, waiting
from qipan.ground.files.queries import content
from qipan.ground.units.permissions import READ

logger = logging.getLogger("qipan.photos")

_STORED = "_qipan_photos"
MOST = 20
"""So many photos one field of a form takes."""


class PhotosNotTaken(FileError):
    """Photos that could not be taken; `taken` holds what was: the form carries those along."""

    def __init__(self, problems: list[FileProblem], taken: Photos) -> None:
        super().__init__(problems)
        self.taken = taken


def kept(request: HttpRequest, field: str, by: Author) -> Photos:
    """Return the photos that a form carries along from an earlier try, without those to be removed."""
    removed = set(request.POST.getlist(f"{field}_removed"))
    names = [uid for uid in request.POST.getlist(f"{field}_kept") if uid not in removed]
    return waiting(names, by)


def taken(request: HttpRequest, field: str, by: Author) -> Photos:
    """Store what was sent in a field of a form, and return it after the photos that the form carries along.

    Raises:
        PhotosNotTaken: with every photo that could not be taken; the others are stored and in its `taken`.
    """
    found = {photo.pk: photo for photo in kept(request, field, by)}
    # Whoever answers in the form's place finds here what it has brought.
    _stored(request)[field] = found
    problems: list[FileProblem] = []
    for upload in request.FILES.getlist(field):
        if len(found) >= MOST:
            words = Text(f"一次最多 {MOST} 张照片", f"at most {MOST} photos at once")
            problems.append(
                FileProblem("", Place(), words, Text("留下最能说明问题的几张", "keep those that show most"))
            )
            break
        try:
            added = add_photo(upload, by=by)
        except PhotoError as error:
            problems.append(FileProblem(upload.name or "", Place(), error.words, error.remedy))
        else:
            found[added.pk] = added
    if problems:
        raise PhotosNotTaken(problems, list(found.values()))
    return list(found.values())


def stored(request: HttpRequest) -> dict[str, list[Any]]:
    """Return the photos that this request has brought or carried along so far, by the field of the form."""
    return {field: list(found.values()) for field, found in _stored(request).items()}


def _stored(request: HttpRequest) -> dict[str, dict[int, Any]]:
    if not hasattr(request, _STORED):
        setattr(request, _STORED, {})
    return cast("dict[str, dict[int, Any]]", getattr(request, _STORED))


@require_safe
@requires(READ)
def photo(request: HttpRequest, uid: UUID, kind: str) -> FileResponse:
    """Send one of a photo's files: a copy to whoever may read in the county, the original to who may see originals."""
    post = at_desk(request).post
    found = see_original(uid, by=post) if kind == "original" else content(post, uid, kind)
    if found is None:
        raise Http404
    try:
        file = found.path.open("rb")
    except OSError:
        logger.exception("the file of photo %s (%s) cannot be read", uid, kind)
        raise Http404 from None
    response = FileResponse(file, content_type=found.media_type)
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Disposition"] = content_disposition_header(False, found.name) or "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # What lies under a hash never changes. An original is looked at, not kept.
    keep = "private, no-store" if kind == "original" else "private, max-age=31536000, immutable"
    response.headers["Cache-Control"] = keep
    return response
