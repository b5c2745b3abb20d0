"""Drafts of forms: one address keeps what anyone writes on any form with a key."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.photos import PhotosNotTaken, taken
from qipan.ground.units.drafts import keep_draft
from qipan.ground.units.permissions import READ

KEY = re.compile(r"[a-z_]+(\.[a-z_]+)?(:[\w.\-]+)*")
#: Tokens of the form itself; the draft is of the words.
OWN = frozenset({"csrfmiddlewaretoken", "draft", "next", "uid", "version"})


@require_POST
@requires(READ)
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Keep what was written, with the photos that were sent along; answer a script with words, a person with the form."""
    desk = at_desk(request)
    key = request.POST.get("draft", "")
    if not KEY.fullmatch(key) or len(key) > 120:
        return HttpResponseBadRequest()
    content: dict[str, Any] = {}
    for name, values in request.POST.lists():
        if name not in OWN:
            content[name] = values if len(values) > 1 or name.endswith("_kept") else values[0]
    problem = None
    for field in request.FILES:
        try:
            photos = taken(request, field, desk.post)
        except PhotosNotTaken as error:
            photos, problem = error.taken, error.problems[0]
        content[f"{field}_kept"] = [str(photo.uid) for photo in photos]
    at = keep_draft(desk.post, key, content)
    local = timezone.localtime(at) if at else None
    words = (
        _("Draft kept at %(time)s") % {"time": f"{local:%H:%M}"}
        if local
        else _("This is too long to be kept as a draft. It is still in the form; send it or shorten it.")
    )
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"words": words})
    (messages.success if at else messages.error)(request, words)
    if problem is not None:
        language = get_language() or "en"
        messages.error(request, f"{problem.message.into(language)} {problem.remedy.into(language)}")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)
