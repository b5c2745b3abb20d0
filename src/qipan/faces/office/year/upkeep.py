"""Upkeep after the title: the office goes into it with a day and a reason, changes it, and ends it with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.record.answers import day_of
from qipan.faces.office.setup.register_forms import new_uid, page_number, said
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.years.upkeep import end_upkeep, set_upkeep

FIELDS = ("since", "share", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def year_upkeep(request: HttpRequest) -> HttpResponse:
    """Put the campaign into upkeep, or change its day and its share."""
    return _upkeep(request, ends=False)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def year_upkeep_end(request: HttpRequest) -> HttpResponse:
    """End upkeep."""
    return _upkeep(request, ends=True)


def _upkeep(request: HttpRequest, *, ends: bool) -> HttpResponse:
    desk = at_desk(request)
    campaign = desk.campaign
    if campaign is None:
        return render(request, "office/board_empty.html")
    if ends and campaign.upkeep_since is None:
        if request.method == "POST":
            messages.info(request, _("The campaign is not in upkeep."))
        return redirect("years")
    today = timezone.localdate()
    values = {"since": f"{campaign.upkeep_since or today}", "share": str(campaign.upkeep_share), "reason": ""}
    error: RegisterError | None = None
    if request.method == "POST":
        values |= {name: request.POST.get(name, "").strip() for name in FIELDS}
        version = page_number(request.POST.get("version", "")) or 0
        try:
            with once(request.POST.get("uid", "")):
                if ends:
                    end_upkeep(campaign.pk, version=version, reason=values["reason"], by=desk.post)
                else:
                    set_upkeep(
                        campaign.pk, version=version, since=day_of(values["since"]), share=page_number(values["share"]),
                        reason=values["reason"], by=desk.post,
                    )  # fmt: skip
        except AlreadySent:
            return redirect("years")
        except RegisterError as refused:
            error = refused
            campaign.refresh_from_db()
        else:
            words = _("Upkeep is ended.") if ends else _("The campaign is in upkeep.")
            messages.success(request, words)
            return redirect(f"{reverse('years')}#upkeep")
    title = _("End upkeep") if ends else _("Change upkeep") if campaign.upkeep_since else _("Go into upkeep")
    context = {
        "shown": campaign,
        "ends": ends,
        "title": title,
        "values": values,
        "today": today,
        "error": said(error.words) if error else "",
        "field": error.field if error else "",
        "changes": error.changes if isinstance(error, Stale) else (),
        "uid": new_uid(),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Years"), reverse("years")), (title, "")],
    }
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/year/upkeep.html", context, status=status)
