"""The targets that a unit has set itself: beside what the standard asks, with where the check stands."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.rules import percent, plain
from qipan.assessment.standard import METHODS
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import page_number, said
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import READ
from qipan.overview.own_targets import targets_of
from qipan.overview.points import unit_names
from qipan.spine.campaigns.own_targets import SET_TARGETS, set_own_target
from qipan.spine.scorecards.queries import standing


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ)
def own_targets(request: HttpRequest, code: str) -> HttpResponse:
    """Show a unit's checks with its own targets; its head and liaison set them."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    unit = next((one for one in unit_names(desk.county.pk).items() if one[1].code == code), None)
    if unit is None:
        raise Http404(code)
    may_set = SET_TARGETS.allows(desk.post, desk.county) and desk.post.unit_id == unit[0]
    error, check, written, status = "", "", "", 200
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied
        check, written = request.POST.get("check", ""), request.POST.get("per_cent", "").strip()
        version = page_number(request.POST.get("version", "")) or 0
        try:
            changed = set_own_target(desk.year, check, written, version=version, by=desk.post)
        except RegisterError as refused:
            error, status = said(refused.words), 409 if isinstance(refused, Stale) else 422
        else:
            messages.success(
                request, _("Your own target is set; it moves no score.") if changed else _("Nothing has changed.")
            )
            return redirect("own_targets", code)
    now = standing(desk.year, timezone.localdate())
    nodes = now.book.nodes
    rows = [
        {
            "key": each.line.key, "id": each.line.check.id, "code": nodes[each.line.node].code,
            "title": each.line.check.title or nodes[each.line.node].title, "method": METHODS[each.line.check.method],
            "url": reverse("criterion", args=[each.line.node]) + f"#check-{each.line.check.id}",
            "asked": f"≥ {plain(each.asked * 100)}%" if each.asked is not None else "",
            "own": plain(each.own.rate * 100) if each.own else "", "version": each.own.version if each.own else 0,
            "written": written if error and each.line.key == check else plain(each.own.rate * 100) if each.own else "",
            "stands": percent(each.stands) if each.stands is not None else "", "met": each.met,
            "error": error if each.line.key == check else "",
        }
        for each in targets_of(desk.year, now, unit[0])
    ]  # fmt: skip
    context = {
        "unit": unit[1], "rows": rows, "may_set": may_set, "error": error,
        "crumbs": [(_("Units"), reverse("units")), (unit[1].name, reverse("unit", args=[code])), (_("Own targets"), "")],
    }  # fmt: skip
    return render(request, "office/own_targets.html", context, status=status)
