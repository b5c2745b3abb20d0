"""The address of a post's calendar: shown on the account's page, made, and ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qipan.faces.office.access import at_desk, desk_of, requires
from qipan.faces.office.addresses import reached
from qipan.ground.notify.feeds import end_feed, make_feed, token_of_feed
from qipan.ground.units.permissions import READ


def shown_feed(request: HttpRequest) -> dict[str, str]:
    """Return the address of the calendar of the post in front, for the account's page; in the reader's language."""
    desk = desk_of(request)
    token = token_of_feed(desk.post) if desk is not None else ""
    if not token:
        return {"feed_address": ""}
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return {"feed_address": reached(request, reverse("feed", args=[token])) + f"?lang={language}"}


@require_POST
@requires(READ)
def feed_make(request: HttpRequest) -> HttpResponse:
    """Make an address; one made before ends."""
    make_feed(by=at_desk(request).post)
    messages.success(request, _("The address is ready. An address made before leads nowhere now."))
    return redirect(reverse("account") + "#calendar")


@require_POST
@requires(READ)
def feed_end(request: HttpRequest) -> HttpResponse:
    """End the address."""
    end_feed(by=at_desk(request).post)
    messages.success(request, _("Ended: the address leads nowhere now."))
    return redirect(reverse("account") + "#calendar")
