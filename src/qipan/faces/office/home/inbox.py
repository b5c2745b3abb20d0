"""The inbox of a post: what it was told, and the way to what each message is about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.ground.notify import actions, queries
from qipan.ground.notify.queries import ALL, PAGE, SHOWN
from qipan.ground.units.permissions import OWN_POST

#: Rooms that write messages; what is not named here is shown among all.
ROOMS = {
    "work": gettext_lazy("work"),
    "rounds": gettext_lazy("rounds"),
    "jobs": gettext_lazy("background work"),
}
SHOWN_WORDS = {"all": gettext_lazy("all"), "unread": gettext_lazy("unread"), "read": gettext_lazy("read")}


@require_GET
@requires(OWN_POST)
def inbox(request: HttpRequest) -> HttpResponse:
    """List the messages of the post, unread ones first."""
    desk = at_desk(request)
    shown, room = request.GET.get("shown", ALL), request.GET.get("room", "")
    shown, room = shown if shown in SHOWN else ALL, room if room in ROOMS else ""
    asked = request.GET.get("page", "1")
    found = queries.inbox(desk.post, shown=shown, room=room, page=int(asked) if asked.isdecimal() else 1)
    context: dict[str, Any] = {
        "found": found,
        # The pager wants a page of Django's; the rows are those that were read.
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "filters": [
            {"name": "shown", "label": _("Messages"), "kind": "select", "value": shown,
             "options": list(SHOWN_WORDS.items())},
            {"name": "room", "label": _("About"), "kind": "select", "value": room,
             "options": [("", _("everything")), *ROOMS.items()]},
        ],
        "reset_url": reverse("inbox") if shown != ALL or room else "",
        "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "office/home/inbox.html", context)


@require_POST
@requires(OWN_POST)
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Mark one message as read and open what it is about, or mark all that were shown."""
    desk = at_desk(request)
    asked = request.POST.get("message", "")
    if asked.isdecimal():
        message = actions.mark_read(desk.post, int(asked))
        if message is None:
            raise Http404
        return HttpResponseRedirect(_local(request, message.link) or reverse("inbox"))
    newest = request.POST.get("newest", "")
    count = actions.mark_all_read(desk.post, up_to=int(newest) if newest.isdecimal() else None)
    messages.success(
        request,
        ngettext("%(count)s message is marked as read.", "%(count)s messages are marked as read.", count)
        % {"count": count},
    )
    return redirect("inbox")


def _local(request: HttpRequest, link: str) -> str:
    """Return a link if it leads to a page of this installation."""
    allowed = link.startswith("/") and url_has_allowed_host_and_scheme(link, {request.get_host()}, request.is_secure())
    return link if allowed else ""
