"""The page of gaps: lists of what is missing, each row with the page that mends it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.assessment.scale import POINT
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.routing import served
from qipan.ground.units.permissions import SEE_GAPS
from qipan.overview.gaps import DAYS, KINDS, Gaps, Kind, Missing
from qipan.overview.gaps import gaps as gaps_of

PAGE = 50
LONGEST = 3660

TITLES = {
    "lead": gettext_lazy("Checks without an answering lead"),
    "function": gettext_lazy("Functions that no unit carries"),
    "people": gettext_lazy("Units without a head, a deputy in charge or a liaison officer"),
    "checklist": gettext_lazy("Without a checklist or a check"),
    "sites": gettext_lazy("Site types without a site"),
    "inspected": gettext_lazy("Sites not inspected"),
    "areas": gettext_lazy("Areas where no site was inspected"),
    "marks": gettext_lazy("Checks below full marks"),
    "overdue": gettext_lazy("Work that is late"),
    "limits": gettext_lazy("Classes whose limit is a sample"),
}
WORDS = {
    "lead": gettext_lazy("Nobody's points until one unit is chosen. Choose it, or map the function to a unit."),
    "function": gettext_lazy("The standard names them; say which unit of the county does this work."),
    "people": gettext_lazy("Points or functions fall to them, and somebody who should answer there is missing."),
    "checklist": gettext_lazy("The standard wants them looked at, and nothing on file says what to look for."),
    "sites": gettext_lazy("Register one, or say that the county has none of this type."),
    "inspected": gettext_lazy("By anyone but the unit that answers for them. Put them into the next round."),
    "areas": gettext_lazy("None of the sites there was inspected. Send someone."),
    "marks": gettext_lazy("Points lost on what has been looked at. Open a check to see where, and what would win them back."),
    "overdue": gettext_lazy("Not reported as fixed, and past the deadline."),
    "limits": gettext_lazy("Sources publish no limit for these. Put in the limit that your county works by."),
}  # fmt: skip


MENDED_AT: dict[Kind, Callable[[Missing], str]] = {
    "lead": lambda row: reverse("criterion", args=[row.node]),
    "function": lambda row: (served("setup_functions") or reverse("responsibilities")) + f"#function-{row.key}",
    "people": lambda row: reverse("unit", args=[row.key]),
    "checklist": lambda row: reverse("criterion", args=[row.node]),
    "sites": lambda row: f"{reverse('sites')}?{urlencode({'type': row.key})}",
    "inspected": lambda row: reverse("site", args=[row.key]),
    "areas": lambda row: f"{reverse('sites')}?{urlencode({'unit': row.key})}",
    "marks": lambda row: reverse("criterion", args=[row.node]),
    "overdue": lambda row: served("work_item", row.key),
    "limits": lambda row: served("work_classes"),
}
"""The page of a row's thing, where what is missing can be seen and put in."""


@require_GET
@requires(SEE_GAPS)
def gaps(request: HttpRequest) -> HttpResponse:
    """Show every list with its count, and one of them."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    days = _days(request.GET.get("days", ""))
    found = gaps_of(desk.year, timezone.now(), days=days)
    kind = _chosen(request.GET.get("kind", ""), found)
    rows = found.lists[kind]
    wanted = exports.wanted(request)
    if wanted:
        lists = (kind,) if request.GET.get("kind") else KINDS
        return exports.export(
            wanted, _("gaps"), _headings(), [_exported(k, row) for k in lists for row in found.lists[k]]
        )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "kinds": [
            {
                "kind": each,
                "title": _title(each, days),
                "count": found.count(each),
                "url": "?" + urlencode({"kind": each, **({"days": days} if days != DAYS else {})}),
            }
            for each in KINDS
        ],
        "whole": sum(found.count(each) for each in KINDS),
        "kind": kind,
        "title": _title(kind, days),
        "words": WORDS[kind],
        "page": page,
        "rows": [{"row": row, "url": MENDED_AT[kind](row)} for row in page],
        "by_points": any(row.points is not None for row in rows),
        "by_days": kind in {"inspected", "areas", "overdue"},
        "days": days,
        "asks_days": kind in {"inspected", "areas"},
        "exports": [(name.upper(), "?" + urlencode({"kind": kind, "days": days, "export": name})) for name in exports.FORMATS],
        "all_exports": [(name.upper(), "?" + urlencode({"days": days, "export": name})) for name in exports.FORMATS],
    }  # fmt: skip
    return render(request, "office/home/gaps.html", context)


def _days(given: str) -> int:
    return int(given) if given.isdecimal() and 0 < int(given) <= LONGEST else DAYS


def _chosen(given: str, found: Gaps) -> Kind:
    """Return the list that is asked for, else the first one that is not empty."""
    for kind in KINDS:
        if given == kind:
            return kind
    return next((kind for kind in KINDS if found.count(kind)), KINDS[0])


def _title(kind: Kind, days: int) -> str:
    if kind in {"inspected", "areas"}:
        return _("%(list)s for %(days)d days") % {"list": TITLES[kind], "days": days}
    return str(TITLES[kind])


def _headings() -> list[str]:
    return [_("Gap"), _("Code"), _("What"), _("What is missing"), _("Points"), _("Days")]


def _exported(kind: Kind, row: Missing) -> list[object]:
    language = get_language() or "en"
    return [
        str(TITLES[kind]), row.code, row.title.into(language), row.note.into(language),
        None if row.points is None else row.points / POINT, row.days,
    ]  # fmt: skip
