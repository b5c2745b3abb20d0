"""The guard rails in force, and what went over them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.journal_words import thing_url
from qipan.ground.units.permissions import READ
from qipan.spine.work.lightness.rules import shipped_rules
from qipan.spine.work.lightness.stopping import guard_page
from qipan.spine.work.permissions import READ_LADDER


@require_GET
@requires(READ)
def guard_rails(request: HttpRequest) -> HttpResponse:
    """Show every rule as it is quoted; to those who look for the county, also each time one was gone over, and why."""
    desk = at_desk(request)
    rails = shipped_rules()
    rule = request.GET.get("rule", "")
    page = request.GET.get("page", "")
    sees = READ_LADDER.allows(desk.post, desk.county)
    found = guard_page(desk.county, int(page) if page.isdecimal() else 1, rule) if sees else None
    context = {
        "rails": rails,
        "rules": [(each, found.counts.get(each.code, 0) if found else None) for each in rails.rules],
        "found": found,
        "page": found.overrides if found else None,
        "rows": [(each, thing_url(each.thing_kind, each.thing_id)) for each in found.overrides] if found else [],
        "chosen": next((each.title for each in rails.rules if each.code == rule), None),
        "crumbs": [(_("Work"), reverse("work_list")), (_("Lightness"), reverse("lightness")), (_("Guard rails"), "")],
    }
    return render(request, "office/light/rails.html", context)
