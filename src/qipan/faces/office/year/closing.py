"""Closing a year, and opening it again: what stands open is shown first, then it is confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from qipan.faces.office import headline
from qipan.faces.office.access import CHOSEN_YEAR, at_desk, requires
from qipan.faces.office.board import points_url
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.setup.register_forms import new_uid, page_number, said
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.scorecards.queries import Standing, standing
from qipan.spine.work.request_rules import NAMES
from qipan.spine.years.closing import BeforeClosing, before_closing, close_year, closing_day, reopen_year
from qipan.spine.years.queries import record_of, year_of_county


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def year_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what stands open in a year and what its score is, then close it."""
    desk = at_desk(request)
    year = year_of_county(desk.county.pk, pk)
    if year is None:
        raise Http404
    if year.closed_at is not None:
        return redirect("year_report", pk)
    if desk.year is not None and desk.year.pk != pk:
        # The lists behind the figures are those of the year that the pages show.
        request.session[CHOSEN_YEAR] = year.year
        if request.method != "POST":
            return redirect("year_close", pk)
    error: RegisterError | None = None
    if request.method == "POST":
        version = page_number(request.POST.get("version", "")) or 0
        try:
            with once(request.POST.get("uid", "")):
                record = close_year(pk, version=version, by=desk.post, note=request.POST.get("note", ""))
        except AlreadySent:
            return redirect("year_report", pk)
        except RegisterError as refused:
            error = refused
            year.campaign.refresh_from_db(fields=["version"])
        else:
            n = len(record.carried)
            words = _("%(year)s is closed and its score frozen.") % {"year": year.year}
            went = ngettext("%(n)s item goes on in the next year.", "%(n)s items go on in the next year.", n) % {"n": n}
            messages.success(request, f"{words} {went}" if n else words)
            return redirect("year_report", pk)
    found = before_closing(year)
    now = standing(year, closing_day(year))
    context = {
        "year": year,
        "found": found,
        "now": now,
        "headline": headline.layout(headline_of(now)),
        "figures": _figures(found),
        "unowned": sum(part.possible for part in now.of_unit(None)),
        "unowned_url": points_url(whose="unowned", by="check"),
        "requests": [(said(NAMES[kind]), n) for kind, n in sorted(found.requests.items())],
        "error": said(error.words) if error else "",
        "note": request.POST.get("note", ""),
        "uid": new_uid(),
        "crumbs": [
            (_("Plan"), reverse("plan")),
            (_("Years"), reverse("years")),
            (_("Close %(year)s") % {"year": year.year}, ""),
        ],
    }
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/year/close.html", context, status=status)


def headline_of(now: Standing) -> headline.Headline:
    """Return the total of a standing with its range."""
    total = now.card.total
    return headline.Headline(
        total.earned, total.worst, total.best, total.possible, total.unassessed, None, now.book.standard.decimals
    )


def _figures(found: BeforeClosing) -> tuple[Figure, ...]:
    """Return what stands open, each figure with the list that it counts."""
    asked = sum(found.requests.values())
    return (
        Figure("open", found.open, _("open items"), work_url(view="open")),
        Figure("late", found.late, _("of them late"), work_url(light="late")),
        Figure("asked", asked, _("requests to be decided"), work_url(special="asked")),
        Figure("rounds", len(found.rounds), _("open rounds of inspection"), reverse("rounds")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def year_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed year again, with a reason."""
    desk = at_desk(request)
    year = year_of_county(desk.county.pk, pk)
    record = record_of(desk.county.pk, pk) if year is not None else None
    if year is None or record is None:
        raise Http404
    if year.closed_at is None:
        return redirect("years")
    error: RegisterError | None = None
    if request.method == "POST":
        version = page_number(request.POST.get("version", "")) or 0
        try:
            with once(request.POST.get("uid", "")):
                back = reopen_year(pk, version=version, by=desk.post, reason=request.POST.get("reason", ""))
        except AlreadySent:
            return redirect("years")
        except RegisterError as refused:
            error = refused
            year.campaign.refresh_from_db(fields=["version"])
        else:
            words = _("%(year)s is open again. Its record stays.") % {"year": year.year}
            came = ngettext("%(n)s item came back with it.", "%(n)s items came back with it.", back) % {"n": back}
            messages.success(request, f"{words} {came}" if back else words)
            return redirect("years")
    context = {
        "year": year,
        "record": record,
        "error": said(error.words) if error else "",
        "field": error.field if error else "",
        "reason": request.POST.get("reason", ""),
        "uid": new_uid(),
        "crumbs": [
            (_("Plan"), reverse("plan")),
            (_("Years"), reverse("years")),
            (_("Open %(year)s again") % {"year": year.year}, ""),
        ],
    }
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/year/reopen.html", context, status=status)
