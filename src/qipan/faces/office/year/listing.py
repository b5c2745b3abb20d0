"""The years of the county's campaigns: which run, which are closed, with what score, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.spine.years.queries import ShownYear, years_of


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year as the page lists it; it can be closed once it has begun."""

    year: ShownYear
    may_close: bool
    is_last_closed: bool
    next: int
    """The year that can be begun from it, or 0: of the latest year, and of one whose next year is still open."""
    next_there: bool


@require_GET
@requires(READ)
def years(request: HttpRequest) -> HttpResponse:
    """List the years, the latest first."""
    desk = at_desk(request)
    found = years_of(desk.county.pk)
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    this = timezone.localdate().year
    last_closed = next((each.pk for each in found if each.closed_at is not None), None)
    open_years = {each.year for each in found if each.closed_at is None}
    last = max((each.year for each in found), default=0)
    rows = [
        YearRow(
            each, may and each.closed_at is None and each.year <= this, may and each.pk == last_closed,
            each.year + 1 if may and (each.year == last or each.year + 1 in open_years) else 0,
            each.year + 1 in open_years,
        )
        for each in found
    ]  # fmt: skip
    context = {
        "rows": rows,
        "may": may,
        "upkeep": desk.campaign,
        "crumbs": [(_("Plan"), reverse("plan")), (_("Years"), "")],
    }
    return render(request, "office/year/years.html", context)
