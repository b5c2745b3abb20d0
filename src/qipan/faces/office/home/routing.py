"""Which page each post opens first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.ground.units.permissions import OWN_POST
from qipan.overview.desk import Desk
from qipan.spine.work.handover import waiting_for

FIRST = {
    "office": "board",
    "leader": "leader",
    "head": "mine",
    "liaison": "mine",
    "inspector": "record_home",
    "reviewer": "record_home",
    "support": "work_list",
    "system": "system",
    "security": "people",
    "audit": "journal",
}
"""The name of each role's first page."""


def first_page(desk: Desk) -> str:
    """Return the name of the page that a post opens first.

    A liaison who has not been here before is shown around; an office without a campaign sets one up.
    """
    role = desk.post.role
    if role == "liaison" and desk.post.person.welcomed_at is None:
        return "welcome"
    if role == "office" and desk.year is None:
        return "setup"
    return FIRST[role]


def served(name: str, *args: str) -> str:
    """Return the address of a page, or an empty text where the program does not serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@require_GET
@requires(OWN_POST)
def home(request: HttpRequest) -> HttpResponse:
    """Send a post to its first page; a hand-over that waits for its holder's signature comes before all."""
    desk = at_desk(request)
    waiting = waiting_for(desk.post)
    if waiting is not None:
        return redirect("handover", waiting)
    return redirect(served(first_page(desk)) or "board")
