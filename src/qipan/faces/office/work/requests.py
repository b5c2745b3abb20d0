"""How often each unit returned, asked and disputed, and how often it was right; each number opens its list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.ground.units.permissions import READ
from qipan.spine.work.request_counts import Asked, request_counts

LISTS = {"return": "returned", "extension": "extended", "coordination": "coordinated", "appeal": "appealed"}


@require_GET
@requires(READ)
def work_requests(request: HttpRequest) -> HttpResponse:
    """Show what units asked of the work that this post sees."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    rows = [
        {
            "unit": each.unit.name,
            "url": reverse("unit", args=[each.unit.code]),
            "cells": [_cell(each.kinds.get(kind, Asked()), name, each.unit.code) for kind, name in LISTS.items()],
        }
        for each in request_counts(desk.post, desk.year.year)
    ]
    heads = [_("Returns"), _("Extensions"), _("Co-ordination requests"), _("Appeals")]
    context: dict[str, Any] = {
        "rows": rows,
        "heads": heads,
        "upheld": [_("upheld"), _("granted"), _("co-ordinated"), _("upheld")],
        "crumbs": [(_("Work"), reverse("work_list")), (_("Requests of units"), "")],
    }
    return render(request, "office/work/requests.html", context)


def _cell(asked: Asked, name: str, unit: str) -> dict[str, object]:
    address = reverse("work_list")
    return {
        "all": asked.all, "upheld": asked.upheld,
        "url": f"{address}?{urlencode({'special': name, 'unit': unit})}",
        "upheld_url": f"{address}?{urlencode({'special': name + '_upheld', 'unit': unit})}",
    }  # fmt: skip
