"""The leader's page: one sentence, three risks, and an instruction in one tap, which can be taken back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.assessment.scale import printed, to_points
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.home.rows import shown_row
from qipan.faces.office.lead.sponsors import shown_page
from qipan.faces.office.plan.hard import shown_line
from qipan.ground.units.permissions import Rule
from qipan.ground.units.sent import AlreadySent, once
from qipan.ground.worktime.clock import Limit
from qipan.ground.worktime.queries import clock
from qipan.overview.leader import LeaderPage
from qipan.overview.leader import leader as leader_of
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.permissions import INSTRUCT
from qipan.spine.work.queries import item_page

LEADERS = Rule(frozenset(role for role, _reach in INSTRUCT.reach))
READY = {
    "fix": gettext_lazy("Have it fixed within three working days, and report back."),
    "explain": gettext_lazy("Explain why this is still open."),
    "on_site": gettext_lazy("Go there in person today, and settle it on the spot."),
}
"""Words that are ready to be sent; what is sent is what stands on the button. The first stand on the risk itself."""
FIRST = "fix"
WITHIN = Limit(3, "working_day")
"""What the first words promise: the item's deadline becomes this one if it is later; what is late stays late."""
LONGEST = 500
OWN_PLACES = 8
"""How many of the leader's own places stand on the page; the others are a press away."""


@require_GET
@requires(LEADERS)
def leader(request: HttpRequest) -> HttpResponse:
    """Show where the campaign stands and what is at risk."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = timezone.now()
    found = leader_of(desk.post, desk.year, now)
    context = shown_page(found.own, OWN_PLACES) | {
        "own": found.own,
        "hard": [shown_line(line) for line in found.hard],
        "own_url": reverse("sponsor", args=[found.own.sponsor.key]),
        "stands": _stands(found),
        "deciding": found.deciding,
        "assumptions_url": reverse("assumptions"),
        "figures": [
            Figure("late", found.counts.late, _("late"), work_url(light="late")),
            Figure("due", found.counts.due, _("due soon"), work_url(light="due")),
            Figure("waiting", found.counts.reported, _("wait for re-check"), work_url(light="reported")),
            Figure("safety", found.counts.safety, _("dangers not removed"), work_url(view="open", safety="1")),
        ],
        "risks": [{"shown": shown_row(row, now), "uid": uuid.uuid4()} for row in found.risks],
        "first": (FIRST, READY[FIRST]),
        "ready": [(key, words) for key, words in READY.items() if key != FIRST],
        "longest": LONGEST,
        "said": [{"said": each, "shown": shown_row(each.row, now)} for each in found.said],
    }
    return render(request, "office/home/leader.html", context)


def _stands(found: LeaderPage) -> dict[str, Any]:
    """Return the figures of the sentence, printed as the board prints them."""
    total, decimals = found.standing.card.total, found.standing.book.standard.decimals
    cut = found.cut
    line = to_points(cut.points) if cut else 0
    return {
        "score": printed(total.earned, decimals),
        "worst": printed(total.worst, decimals),
        "best": printed(total.best, decimals),
        "possible": printed(total.possible, 0),
        "open": bool(total.unassessed),
        "cut": printed(line, decimals) if cut else "",
        "gap": printed(line - total.earned, decimals) if cut and line > total.earned else "",
        "reached": bool(cut) and line <= total.earned,
        "assumed": bool(cut) and cut.basis.assumed if cut else False,
        "weights_assumed": found.standing.book.weights_assumed,
    }


@require_POST
@requires(LEADERS)
def leader_instruct(request: HttpRequest, number: str) -> HttpResponse:
    """Send words to an item from the leader's page, and go back there."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404(number)
    ready = READY.get(request.POST.get("ready", ""))
    words = str(ready) if ready is not None else request.POST.get("text", "").strip()[:LONGEST]
    deadline = None
    if request.POST.get("ready") == FIRST:
        until = clock(desk.county.pk).deadline(timezone.now(), WITHIN).at
        deadline = until if until < found.row.deadline else None
    try:
        with once(request.POST.get("uid", "")):
            actions.instruct(found.pk, by=desk.post, text=words, deadline=deadline)
    except AlreadySent:
        return redirect("leader")
    except WorkError as error:
        messages.error(request, error.words.into(get_language() or "en"))
        return redirect("leader")
    unit = found.row.lead.name.into(get_language() or "en") if found.row.lead else _("unowned")
    messages.success(
        request, _("Sent to %(unit)s: “%(words)s” It stands on top of %(number)s.") % {
            "unit": unit, "words": words, "number": number,
        },
    )  # fmt: skip
    return redirect("leader")


@require_POST
@requires(LEADERS)
def leader_take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Take back one's last instruction on an item, and go back to the page."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404(number)
    try:
        actions.take_back(found.pk, by=desk.post)
    except WorkError as error:
        messages.error(request, error.words.into(get_language() or "en"))
    else:
        messages.success(
            request, _("The instruction on %(number)s is taken back, and its unit is told.") % {"number": number}
        )
    return redirect("leader")
