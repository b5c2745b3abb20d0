"""Where to go: the unseen sites of open rounds with their filters, and sites found by words."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.faces.office.access import at_desk
from qipan.faces.office.home.links import work_url
from qipan.overview.records import Year
from qipan.sources.fieldwork.queries import find_sites, unseen
from qipan.spine.years.upkeep import first_in_upkeep

PAGE = 30


def chooser(request: HttpRequest, year: Year, size: int = PAGE) -> dict[str, Any]:
    """Return what a page that offers sites to visit shows, so many at once."""
    get = request.GET.get
    words = get("q", "").strip()
    back = first_in_upkeep(at_desk(request).post, year, timezone.localdate())
    there = unseen(year, round=get("round", ""), stratum=get("type", ""), territory=get("territory", ""), back=back)
    page = Paginator(there.places, size).get_page(get("page"))
    return {
        "page": page,
        "places": page.object_list,
        "filters": [
            _select(request, "round", _("Round"), there.rounds),
            _select(request, "territory", _("Territory"), there.territories),
            _select(request, "type", _("Type"), there.types),
        ],
        "narrowed": any(get(name) for name in ("round", "territory", "type")),
        "any_round": bool(there.rounds),
        "words": words,
        "found": find_sites(year, words, back),
        "back_url": work_url(special="recurred"),
        "upkeep": year.campaign.in_upkeep(timezone.localdate()),
    }


def _select(request: HttpRequest, name: str, label: str, options: Any) -> dict[str, Any]:
    return {
        "name": name, "label": label, "kind": "select", "value": request.GET.get(name, ""),
        "options": [("", _("all")), *options],
    }  # fmt: skip
