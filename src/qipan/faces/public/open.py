"""Views whose right lies in the address itself: no account, no session, no token of a form.

A form's token guards what a browser sends along by itself; here nothing is sent along, and who knows the address may.
The address must not wander: no referrer, no copy in a cache, no search engine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def by_address(view: View[P]) -> View[P]:
    """Let in whoever asks; the view looks the secret of its address up itself. `?lang=` chooses the language."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        wanted = LANGUAGES.get(request.GET.get("lang", ""))
        if wanted:
            translation.activate(wanted)
            request.LANGUAGE_CODE = wanted
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return opened
