"""How the county runs its work: shown to whoever handles it, set by the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.fields import whole
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import settings_of
from qipan.spine.work.permissions import SET_RULES
from qipan.spine.work.settings import RANGES, set_rules


def _words() -> dict[str, tuple[str, str]]:
    """Return what each number is called, and what it means."""
    return {
        "return_days": (
            _("Return within"),
            _("Working days after issue in which a unit may return what is not its own. Once an item."),
        ),
        "extension_days": (
            _("Longest extension"),
            _("Working days by which one extension may move the deadline; 0: as many as the office grants."),
        ),
        "due_share": (
            _("Due when so much is left, in per cent"),
            _("The light turns yellow when so little of the time between issue and deadline is left."),
        ),
        "due_working_days": (
            _("Or so many working days"),
            _("Whichever comes earlier; 0: the share alone."),
        ),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_RULES)
def work_settings(request: HttpRequest) -> HttpResponse:
    """Show and set how the county runs its work."""
    desk = at_desk(request)
    held = settings_of(desk.county.pk)
    now = {name: str(getattr(held, name)) for name in RANGES}
    if request.method != "POST":
        return _page(request, now, pauses=held.coordination_pauses, version=held.version)
    given = {name: request.POST.get(name, "").strip() for name in RANGES}
    pauses, version = request.POST.get("coordination_pauses") == "yes", whole(request.POST.get("version", ""))
    try:
        numbers = {name: int(value) if value.isascii() and value.isdecimal() else -1 for name, value in given.items()}
        set_rules(desk.county, numbers, coordination_pauses=pauses, version=version, by=desk.post)
    except WorkError as error:
        if error.field == "version":
            return _page(request, given, pauses=pauses, version=held.version, stale=error.words, now=now, status=409)
        return _page(request, given, pauses=pauses, version=version, error=error, status=422)
    messages.success(request, _("Saved. What is issued, asked or given another deadline from now on goes by it."))
    return redirect("work_settings")


def _page(
    request: HttpRequest, given: dict[str, str], *, pauses: bool, version: int, error: WorkError | None = None,
    stale: Text | None = None, now: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = [
        {
            "name": name, "label": label, "hint": hint, "value": given[name], "now": (now or {}).get(name, ""),
            "error": error.words if error is not None and error.field == name else None,
        }
        for name, (label, hint) in _words().items()
    ]  # fmt: skip
    context: dict[str, Any] = {
        "crumbs": [(_("Work"), reverse("work_list")), (_("Rules of handling"), "")], "rows": rows, "pauses": pauses,
        "version": version, "stale": stale,
    }  # fmt: skip
    return render(request, "office/work/rules.html", context, status=status)
