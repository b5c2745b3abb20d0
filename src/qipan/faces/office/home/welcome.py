"""The page that a newcomer sees once: one real piece of work of the unit, and the three steps it takes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.mine import OWN_UNIT
from qipan.faces.office.home.routing import served
from qipan.faces.office.home.rows import shown_row
from qipan.ground.units.welcome import mark_welcomed
from qipan.spine.work.queries import Filters, items


@require_GET
@requires(OWN_UNIT)
def welcome(request: HttpRequest) -> HttpResponse:
    """Show the most urgent piece of work of the unit and what happens to it."""
    desk = at_desk(request)
    now = timezone.now()
    found = None
    if desk.year is not None:
        wanted = Filters(year=desk.year.year, special="handle")
        found = items(desk.post, wanted, "deadline", year=desk.year, per_page=1, now=now)
    row = found.rows[0] if found and found.rows else None
    context = {
        "item": shown_row(row, now) if row else None,
        "others": found.total - 1 if found and row else 0,
        "owed_url": work_url(special="handle"),
        "inbox_url": served("inbox"),
        "unit": desk.post.unit.name,
    }
    return render(request, "office/home/welcome.html", context)


@require_POST
@requires(OWN_UNIT)
def welcomed(request: HttpRequest) -> HttpResponse:
    """Keep that the person has been shown around, and go to the item or to the unit's page."""
    desk = at_desk(request)
    mark_welcomed(by=desk.post)
    address = served("work_item", request.POST.get("number", "")) if request.POST.get("number") else ""
    return redirect(address or "mine")
