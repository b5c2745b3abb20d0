"""The settings of lightness: the limit of requests, what counts as bunching, what re-checks take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.fields import whole
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.settings import RANGES, change_settings
from qipan.spine.work.limits import settings_of
from qipan.spine.work.permissions import SET_LADDER

SETTERS = SET_LADDER
LABELS = {
    "requests_a_month": gettext_lazy("Requests to one unit in a month that need no reason (0: no limit)"),
    "bunching_days": gettext_lazy("Last days before a node that are looked at"),
    "bunching_share": gettext_lazy("Per cent of the deadlines before a node that may lie in these days"),
    "recheck_site_minutes": gettext_lazy("Minutes of one re-check on site, with the way"),
    "recheck_photo_minutes": gettext_lazy("Minutes of one re-check by photo"),
    "recheck_hours": gettext_lazy("Hours a week that there are for re-checks, of all who look"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SETTERS)
def light_settings(request: HttpRequest) -> HttpResponse:
    """Show the settings, and change them."""
    desk = at_desk(request)
    now = settings_of(desk.county.pk)
    standing = {name: str(getattr(now, name)) for name in RANGES}
    if request.method != "POST":
        return _page(request, standing, now.version)
    given = {name: request.POST.get(name, "").strip() for name in RANGES}
    version = whole(request.POST.get("version", ""))
    try:
        change_settings(desk.county, given, version=version, by=desk.post)
    except WorkError as error:
        if error.field == "version":
            return _page(
                request, given, settings_of(desk.county.pk).version, stale=error.words, now=standing, status=409
            )
        return _page(request, given, version, error=error, status=422)
    messages.success(request, _("Saved."))
    return redirect("lightness")


def _page(
    request: HttpRequest, given: dict[str, str], version: int, *, error: WorkError | None = None,
    stale: Text | None = None, now: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "rows": [
            (name, LABELS[name], given[name], (now or {}).get(name, ""), error.words if error and error.field == name else None)
            for name in RANGES
        ],
        "version": version,
        "stale": stale,
        "crumbs": [(_("Work"), reverse("work_list")), (_("Lightness"), reverse("lightness")), (_("Settings"), "")],
    }  # fmt: skip
    return render(request, "office/light/settings.html", context, status=status)
