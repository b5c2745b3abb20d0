"""How much is asked of units, of whom, when, and whether it bunches; every figure opens its list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.light.settings import SETTERS
from qipan.ground.units.permissions import READ
from qipan.overview.desk import Desk
from qipan.spine.work.lightness.counts import (
    LEVELS,
    LightPage,
    UnitLoad,
    Wanted,
    asked_units,
    light_page,
    request_pages,
    requests,
)
from qipan.spine.work.permissions import READ_LADDER

LEVEL_WORDS = {
    "department": gettext_lazy("departments and other units of the county"),
    "territory": gettext_lazy("towns, townships, subdistricts"),
    "grassroots": gettext_lazy("villages and communities"),
}
KIND_WORDS = {
    "task": gettext_lazy("task"),
    "support": gettext_lazy("task, as a supporting unit"),
    "document": gettext_lazy("order for documents or figures"),
    "instruction": gettext_lazy("leader's instruction"),
    "papers": gettext_lazy("note that asks for papers"),
}


@require_GET
@requires(READ)
def lightness(request: HttpRequest) -> HttpResponse:
    """Show the requests by unit and month, the share sent downward, routine over the year, and what bunches."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    found = light_page(desk.post, desk.year, timezone.now())
    total = sum(found.sent.values())
    context: dict[str, Any] = {
        "found": found,
        "units": [_unit(each, found) for each in found.units],
        "total": total,
        "sent": [
            {
                "word": LEVEL_WORDS[level], "count": found.sent.get(level, 0), "url": _list(level=level),
                "share": f"{100 * found.sent.get(level, 0) / total:.0f}%" if total else "—",
            }
            for level in LEVELS
        ],
        "routine": [
            (month, count, f"{reverse('work_list')}?{urlencode({'issued': month})}", f"{100 * count / most:.1f}%")
            for most in [max([1, *(count for _month, count in found.routine)])]
            for month, count in found.routine
        ],
        "bunching": [
            {
                "row": each, "percent": f"{each.share:.0f}%" if each.all else "—",
                "all_url": _work(each.since, each.until), "last_url": _work(each.last_from, each.until),
            }
            for each in found.bunching
        ],
        "rechecks_url": reverse("light_rechecks") if READ_LADDER.allows(desk.post, desk.county) else "",
        "settings_url": reverse("light_settings") if SETTERS.allows(desk.post, desk.county) else "",
        "crumbs": [(_("Work"), reverse("work_list")), (_("Lightness"), "")],
    }  # fmt: skip
    return render(request, "office/light/lightness.html", context)


def _list(**given: str) -> str:
    return f"{reverse('light_requests')}?{urlencode(given)}"


def _work(since: object, until: object) -> str:
    return f"{reverse('work_list')}?{urlencode({'since': since, 'until': until, 'special': 'kept'})}"


def _unit(each: UnitLoad, found: LightPage) -> dict[str, object]:
    cells = [
        {
            "month": month, "count": each.months.get(month, 0), "over": each.over.get(month, 0),
            "full": bool(found.limit) and each.months.get(month, 0) > found.limit,
            "url": _list(unit=each.code, month=month),
        }
        for month in found.months
    ]  # fmt: skip
    return {
        "load": each, "cells": cells, "url": _list(unit=each.code), "unit_url": reverse("unit", args=[each.code]),
        "work_url": f"{reverse('work_list')}?{urlencode({'unit': each.code, 'role': 'lead', 'view': 'open'})}",
    }  # fmt: skip


@require_GET
@requires(READ)
def light_requests(request: HttpRequest) -> HttpResponse:
    """List the requests that a figure counts."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    get = request.GET
    wanted = Wanted(
        unit=get.get("unit", ""), month=get.get("month", ""), kind=get.get("kind", ""), level=get.get("level", ""),
        over=get.get("over") == "yes",
    )  # fmt: skip
    found = requests(desk.post, desk.year, wanted)
    language = get_language() or "en"
    if kind := exports.wanted(request):
        headings = [
            _("When"),
            _("Unit"),
            _("Request"),
            _("Item of work"),
            _("Title"),
            _("By"),
            _("Reason"),
            _("Answers for it"),
        ]
        rows = [
            (
                f"{timezone.localtime(each.at):%Y-%m-%d %H:%M}", each.unit.name.into(language), str(KIND_WORDS[each.kind]),
                each.work_item.number, each.work_item.title.into(language), each.by_post, each.reason, each.leader,
            )
            for each in found
        ]  # fmt: skip
        return exports.export(kind, _("Requests to units"), headings, rows)
    number = get.get("page", "")
    page = request_pages(found, int(number) if number.isdecimal() and len(number) < 8 else 1)
    context: dict[str, Any] = {
        "page": page,
        "count": page.paginator.count,
        "rows": [(each, KIND_WORDS[each.kind]) for each in page],
        "filters": _filters(desk, wanted),
        "keep": [],
        "reset_url": reverse("light_requests") if any(get.get(name) for name in ("unit", "month", "kind", "level", "over")) else "",
        "exports": exports.links(request),
        "crumbs": [
            (_("Work"), reverse("work_list")), (_("Lightness"), reverse("lightness")), (_("Requests to units"), ""),
        ],
    }  # fmt: skip
    return render(request, "office/light/requests.html", context)


def _filters(desk: Desk, wanted: Wanted) -> list[dict[str, object]]:
    if desk.year is None:
        return []
    months = [f"{desk.year.year}-{month:02}" for month in range(1, 13)]
    return [
        {"name": "unit", "label": _("Unit"), "kind": "select", "value": wanted.unit,
         "options": [("", _("all")), *asked_units(desk.post, desk.year)]},
        {"name": "month", "label": _("Month"), "kind": "select", "value": wanted.month,
         "options": [("", _("all")), *((month, month) for month in months)]},
        {"name": "kind", "label": _("Request"), "kind": "select", "value": wanted.kind,
         "options": [("", _("all")), *((key, str(word)) for key, word in KIND_WORDS.items())]},
        {"name": "level", "label": _("Sent to"), "kind": "select", "value": wanted.level,
         "options": [("", _("all")), *((key, str(word)) for key, word in LEVEL_WORDS.items())]},
        {"name": "over", "label": _("Over the limit"), "kind": "select", "value": "yes" if wanted.over else "",
         "options": [("", _("all")), ("yes", _("yes, with a reason"))]},
    ]  # fmt: skip
