"""The page of one's own unit: what it owes, by when, and how many points hang on it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.assessment.standard import METHODS
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import points_url
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.home.rows import shown_row
from qipan.faces.office.plan.highlights import shown_line
from qipan.ground.units.permissions import SET_ABSENCES, Rule
from qipan.overview.desk import Desk
from qipan.overview.mine import Mine
from qipan.overview.mine import mine as mine_of
from qipan.spine.work.highlights.queries import of_unit, waiting
from qipan.spine.work.permissions import CONSENT, UNITS
from qipan.spine.work.queries import count_of

OWN_UNIT = Rule(UNITS)
HEADS = Rule(frozenset(role for role, _reach in CONSENT.reach))


@require_GET
@requires(OWN_UNIT)
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the unit of the post owes."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = timezone.now()
    found = mine_of(desk.post, desk.year, now)
    code = found.unit.code
    context = {
        "highlights": [shown_line(each) for each in of_unit(found.unit.id)],
        "found": found,
        "unit_url": reverse("unit", args=[code]),
        "rates_url": f"{reverse('rates')}?{urlencode({'unit': code})}",
        "figures": [*_figures(found), *_to_answer(desk)],
        "waiting": Figure("waiting", found.counts.reported, _("wait for re-check"), work_url(special="waiting")),
        "owed": [shown_row(row, now) for row in found.owed.rows],
        "owed_more": found.owed.total - len(found.owed.rows),
        "owed_url": work_url(special="handle"),
        "asked": _asked(found),
        "asked_url": work_url(unit=code),
        "sums": [
            (found.sums.lost, "lost", points_url(whose=code, by="check", sort="-lost")),
            (found.sums.unassessed, "unassessed", points_url(whose=code, by="check", sort="-unassessed")),
            (found.sums.possible, "possible", points_url(whose=code, by="check", sort="-possible")),
        ],
        "checks": [
            {
                "row": row,
                "method": METHODS[row.method],
                "url": reverse("criterion", args=[row.node]),
                "points_url": points_url(whose=code, check=row.key, by="part", sort="-lost"),
            }
            for row in found.checks
        ],
        "sites": [{"row": row, "url": reverse("site", args=[row.code])} for row in found.sites],
        "people": found.people,
        "may_absent": SET_ABSENCES.allows(desk.post),
        "below": [
            {
                "row": row,
                "url": reverse("unit", args=[row.unit.code]),
                "open_url": work_url(unit=row.unit.code, view="open"),
                "late_url": work_url(unit=row.unit.code, light="late"),
                "points_url": points_url(whose=row.unit.code, by="check", sort="-lost"),
            }
            for row in found.below
        ],
        "assumed": found.standing.book.weights_assumed,
        "assumptions_url": reverse("assumptions"),
        "explain_url": reverse("assumptions") + "#whose",
    }
    return render(request, "office/home/mine.html", context)


def _figures(found: Mine) -> list[Figure]:
    counts = found.counts
    return [
        Figure("open", counts.open - counts.reported, _("owed now"), work_url(special="handle")),
        Figure("due", counts.due_this_week, _("due this week"), work_url(special="handle_week")),
        Figure("late", counts.late, _("late"), work_url(special="handle", light="late")),
    ]


def _to_answer(desk: Desk) -> list[Figure]:
    """Return how many extensions wait for the consent of a head, where some do."""
    if not HEADS.allows(desk.post):
        return []
    count = count_of(desk.post, "to_consent", year=desk.year)
    words = _("extensions that wait for your consent")
    figures = [Figure("consent", count, words, work_url(special="to_consent"))] if count else []
    if praised := waiting(desk.post):
        url = reverse("highlights") + "?state=written"
        figures.append(Figure("highlights", praised, _("highlights that wait for your consent"), url))
    return figures


def _asked(found: Mine) -> list[tuple[int, str, str]]:
    """Return how much was asked, by kind, each with its list; what is nothing is left out, the whole is not."""
    code, asked = found.unit.code, found.asked
    kinds = [
        (asked.orders, _("orders from inspections"), work_url(unit=code, kind="order")),
        (asked.tasks, _("tasks from the standard"), work_url(unit=code, kind="task")),
        (asked.pledges, _("pledges from meetings"), work_url(unit=code, kind="pledge")),
        (asked.supports, _("open where this unit supports another"), work_url(unit=code, role="support", view="open")),
        (asked.territory, _("open in its territory"), work_url(unit=code, role="territory", view="open")),
    ]  # fmt: skip
    return [entry for entry in kinds if entry[0]]
