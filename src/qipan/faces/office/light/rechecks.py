"""Re-checks by photo: the classes that allow them, the share on site, and the hours that re-checks take."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.light.settings import SETTERS
from qipan.faces.office.work.fields import whole
from qipan.overview.desk import Desk
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.months import LATELY
from qipan.spine.work.lightness.photo_rules import SHARE, recheck_page, set_rule
from qipan.spine.work.permissions import READ_LADDER


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ_LADDER)
def light_rechecks(request: HttpRequest) -> HttpResponse:
    """Show which classes are re-checked by photo and what re-checks take; let the office change it."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    if request.method != "POST":
        return _page(request, desk)
    code, given = request.POST.get("code", ""), request.POST.get("share", "").strip()
    share = None if request.POST.get("act") == "drop" else whole(given)
    try:
        set_rule(desk.county, code, share, by=desk.post)
    except WorkError as error:
        return _page(request, desk, error=error, code=code, share=given, status=422)
    if share is None:
        messages.success(request, _("%(code)s is looked at on site again.") % {"code": code})
    else:
        words = _("Reports of %(code)s that come from now on: %(share)s%% on site, the others by photo.")
        messages.success(request, words % {"code": code, "share": share})
    return redirect("light_rechecks")


def _page(
    request: HttpRequest,
    desk: Desk,
    *,
    error: WorkError | None = None,
    code: str = "",
    share: str = "",
    status: int = 200,
) -> HttpResponse:
    found = recheck_page(desk.post, desk.county, desk.year.year if desk.year else 0, timezone.now())
    hours = found.hours
    context: dict[str, Any] = {
        "found": found,
        "error": error,
        "code": code,
        "share": share or str(SHARE),
        "may_set": SETTERS.allows(desk.post, desk.county),
        "weeks": LATELY,
        "figures": [
            (f"{hours.week:.1f}", _("hours a week that re-checks take"), ""),
            (f"{hours.all_on_site:.1f}", _("hours it would take on site alone"), ""),
            (str(hours.available), _("hours a week that there are"), ""),
            (f"{hours.backlog:.1f}", _("hours for what waits now"), ""),
        ],
        "lists": [
            (_count(hours.site, "site"), _work("lately_site")), (_count(hours.photo, "photo"), _work("lately_photo")),
            (_count(hours.waiting_site, "waiting_site"), _work("recheck_site")),
            (_count(hours.waiting_photo, "waiting_photo"), _work("recheck_photo")),
        ],
        "short": hours.week > hours.available,
        "crumbs": [(_("Work"), reverse("work_list")), (_("Lightness"), reverse("lightness")), (_("Re-checks by photo"), "")],
    }  # fmt: skip
    return render(request, "office/light/rechecks.html", context, status=status)


def _work(special: str) -> str:
    return f"{reverse('work_list')}?{urlencode({'special': special})}"


def _count(count: int, what: str) -> str:
    match what:
        case "site":
            words = ngettext("%(count)s report to look at on site", "%(count)s reports to look at on site", count)
        case "photo":
            words = ngettext("%(count)s report for a photo", "%(count)s reports for a photo", count)
        case "waiting_site":
            words = ngettext("%(count)s waits now for a look on site", "%(count)s wait now for a look on site", count)
        case _:
            words = ngettext("%(count)s waits now for a photo", "%(count)s wait now for a photo", count)
    return words % {"count": count}
