"""One item, by a link: what was found, until when, accept it, report it. Nothing else of the county is shown."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qipan.assessment.text import Text
from qipan.faces.office.work.fields import Wrong, as_entered, moment_of, text_of, whole
from qipan.faces.public.open import by_address
from qipan.ground.files.imaging import PhotoError
from qipan.ground.files.photos import Photos, add_photo_as
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.work.errors import WorkError
from qipan.spine.work.links.actions import TooOften, accept_by_link, count_try, journal_actor, report_by_link
from qipan.spine.work.links.queries import LinkPage, author_of, kept_by_link, link_of, link_page, photo_by_link

logger = logging.getLogger("qipan.links")

MOST = 6
"""So many photos a report by link takes."""
FIELDS = ("name", "text", "fixed_at", "without")


@by_address
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the item of a link, or why the link is good for nothing more."""
    known = link_of(token)
    if known is None:
        return render(request, "public/unknown.html", status=404)
    return _page(request, token, link_page(known))


@by_address
@require_POST
def link_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept the item of a link."""
    known = link_of(token)
    if known is None:
        return render(request, "public/unknown.html", status=404)
    try:
        count_try(known)
        with once(request.POST.get("uid", "")):
            accept_by_link(known, version=whole(request.POST.get("version", "")), name=_word(request, "name"))
    except TooOften:
        return _too_often(request)
    except AlreadySent:
        pass
    except WorkError as error:
        return _page(request, token, link_page(known), refused=error.words, status=409)
    return _back(request, token)


@by_address
@require_POST
def link_report(request: HttpRequest, token: str) -> HttpResponse:
    """Report the item of a link as fixed."""
    known = link_of(token)
    if known is None:
        return render(request, "public/unknown.html", status=404)
    try:
        count_try(known)
    except TooOften:
        return _too_often(request)
    found = link_page(known)
    if not found.is_good:
        # Nothing is stored by a link that is good for nothing.
        return _page(request, token, found, status=409)
    photos, problems = _photos(request, found)
    errors: dict[str, Any] = {"photos": problems} if problems else {}
    try:
        if errors:
            raise Wrong("photos", problems[0])
        fixed_at = moment_of(_word(request, "fixed_at"), "fixed_at")
        text = text_of(request.POST.get("text", ""), "text")
        with once(request.POST.get("uid", "")):
            report_by_link(
                known, version=whole(request.POST.get("version", "")), name=_word(request, "name"), text=text,
                fixed_at=min(fixed_at, timezone.now()), photos=photos, without=_word(request, "without", 1000),
            )  # fmt: skip
    except AlreadySent:
        pass
    except Wrong as error:
        return _page(request, token, found, wrong={error.field: error.words, **errors}, photos=photos, status=422)
    except PhotoError as error:
        return _page(request, token, found, wrong={"photos": error.words}, photos=(), status=422)
    except WorkError as error:
        now = link_page(known)
        if error.field:
            return _page(request, token, now, wrong={error.field: error.words}, photos=photos, status=422)
        return _page(request, token, now, refused=error.words, photos=photos, status=409)
    return _back(request, token)


@by_address
@require_safe
def link_photo(request: HttpRequest, token: str, uid: UUID, kind: str) -> HttpResponse | FileResponse:
    """Send a copy of a photo that the page of a link shows."""
    known = link_of(token)
    found = photo_by_link(known, uid, kind) if known is not None else None
    if found is None:
        return render(request, "public/unknown.html", status=404)
    try:
        file = found.path.open("rb")
    except OSError:
        logger.exception("the file of photo %s (%s) cannot be read", uid, kind)
        raise Http404 from None
    response = FileResponse(file, content_type=found.media_type)
    response.headers["Content-Length"] = str(found.size)
    return response


def _word(request: HttpRequest, field: str, most: int = 80) -> str:
    return request.POST.get(field, "").strip()[:most]


def _photos(request: HttpRequest, found: LinkPage) -> tuple[Photos, list[Text]]:
    """Store what was sent, and return it after what the form carries along, with what could not be taken."""
    kept = {photo.pk: photo for photo in kept_by_link(found.link, request.POST.getlist("photos_kept"))}
    problems: list[Text] = []
    for upload in request.FILES.getlist("photos"):
        if len(kept) >= MOST:
            problems.append(Text(f"最多{MOST}张照片。", f"At most {MOST} photos."))
            break
        try:
            actor, county = journal_actor(found.link), found.link.unit.county_id
            added = add_photo_as(upload, actor, county, author=author_of(found.link))
        except PhotoError as error:
            problems.append(
                Text(
                    f"{upload.name}：{error.words.zh}；{error.remedy.zh}。",
                    f"{upload.name}: {error.words.en}; {error.remedy.en}.",
                )
            )
        else:
            kept[added.pk] = added
    return list(kept.values()), problems


def _page(
    request: HttpRequest, token: str, found: LinkPage, *, wrong: dict[str, Any] | None = None,
    refused: Text | None = None, photos: Sequence[Any] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    given = {name: request.POST.get(name, "") for name in FIELDS}
    if not given["fixed_at"]:
        given["fixed_at"] = as_entered(now)
    context = {
        "found": found, "token": token, "given": given, "wrong": wrong or {}, "refused": refused, "kept": photos,
        "late": now > found.deadline, "latest": as_entered(now), "uid": uuid.uuid4(), "language": _language(request),
        "query": f"?lang={request.GET['lang']}" if request.GET.get("lang") in {"zh", "en"} else "",
    }  # fmt: skip
    return render(request, "public/link.html", context, status=status)


def _language(request: HttpRequest) -> tuple[str, str]:
    """Return the other language: its code in the address, and its own name."""
    return ("zh", "中文") if (get_language() or "en").startswith("en") else ("en", "English")


def _back(request: HttpRequest, token: str) -> HttpResponse:
    lang = request.GET.get("lang", "")
    return redirect(reverse("link", args=[token]) + (f"?lang={lang}" if lang in {"zh", "en"} else ""))


def _too_often(request: HttpRequest) -> HttpResponse:
    words = _("This link was used too often within the hour. Nothing was changed; try again in an hour.")
    return render(request, "public/unknown.html", {"words": words}, status=429)
