"""Pages for what went wrong. Each says what happened, what was kept, and what to do."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _

import qipan
from qipan.spine.campaigns.years.guard import YearClosed

logger = logging.getLogger("qipan.office")


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    """A page with a title and a paragraph."""
    return render(request, "office/error.html", {"status": status, "title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense."""
    return _page(
        request,
        400,
        _("This request could not be understood"),
        _("Nothing was changed. Go back, load the page anew, and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer someone whose post does not allow it."""
    return render(request, "office/403.html", status=403)


def no_post(request: HttpRequest) -> HttpResponse:
    """Answer a person who holds no post (any more)."""
    return _page(
        request,
        403,
        _("You hold no post at present"),
        _("Rights come from a post in a unit. Ask the campaign office to enter yours, with its dates."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit: usually a page left open while someone signed in or out."""
    logger.warning("form refused at %s: %s", request.path, reason)
    return _page(
        request,
        403,
        _("This form had grown too old"),
        _("Nothing was changed. Go back, load the page anew, and send it again."),
    )


def year_closed(request: HttpRequest, exception: YearClosed) -> HttpResponse:
    """Answer someone who would change something in a closed year; nothing was changed."""
    words = exception.words.into(get_language() or "en")
    return _page(request, 409, _("The year %(year)s is closed") % {"year": exception.year}, words)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address behind which there is nothing that this person may see."""
    return render(request, "office/404.html", status=404)


def not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """Answer someone who opens an address to which a form is sent, or sends a form to a page; the page leads back."""
    sends = request.method in {"GET", "HEAD"}
    words = _(
        "This address takes what a form sends; it cannot be opened by itself, from a bookmark or after signing in anew. "
        "Nothing was changed. Open the page below and press the button there."
    ) if sends else _("Nothing was changed. Open the page below and begin there.")  # fmt: skip
    title = _("This page cannot be opened this way")
    back = above(request.path) if sends else request.path
    context = {"status": 405, "title": title, "words": words, "back": back}
    answer = render(request, "office/error.html", context, status=405)
    answer.headers["Allow"] = response.headers["Allow"]
    return answer


def above(path: str) -> str:
    """Return the nearest address above one that there is: of the thing that a form belongs to."""
    parts = [part for part in path.split("/") if part]
    for end in range(len(parts) - 1, 0, -1):
        found = f"/{'/'.join(parts[:end])}/"
        try:
            resolve(found)
        except Resolver404:
            continue
        return found
    return ""


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours, without asking the database for anything."""
    return HttpResponse(render_to_string("office/500.html", {"version": qipan.__version__}), status=500)
