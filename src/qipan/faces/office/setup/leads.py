"""Choosing who answers for what several units could answer for: one tap a check, or all proposals at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.standard import METHODS
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import points_url
from qipan.faces.office.responsibilities import why_open
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.frame import crumbs
from qipan.faces.office.setup.functions import PAGE
from qipan.ground.units.permissions import CHOOSE_ANSWERING_LEADS
from qipan.overview.points import UNOWNED
from qipan.overview.setup_leads import FEW, LeadChoice, lead_choices
from qipan.spine.campaigns.actions import ChoiceError, choose_answering_leads
from qipan.spine.scorecards.queries import standing


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHOOSE_ANSWERING_LEADS)
def setup_leads(request: HttpRequest) -> HttpResponse:
    """Show the checks whose lead is to be chosen; choose one, or take all proposals that are ticked."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return HttpResponseRedirect(reverse("setup_standard" if desk.campaign else "setup_campaign"))
    found = lead_choices(desk.year, standing(desk.year, timezone.localdate()))
    error = ""
    if request.method == "POST":
        offered = {(one.open.line.key, each.unit.code) for one in found.choices for each in one.candidates}
        # A button of one unit names it; "accept" takes what is ticked.
        sent = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist("pair")
        pairs = {
            check: unit for check, _bar, unit in (pair.rpartition("|") for pair in sent) if (check, unit) in offered
        }
        try:
            made = choose_answering_leads(desk.year, pairs, by=desk.post) if pairs else []
        except ChoiceError as refused:
            error = refused.words.into(get_language() or "en")
        else:
            if made:
                words = ngettext("%(count)d lead chosen.", "%(count)d leads chosen.", len(made)) % {"count": len(made)}
                undo.offer(request, PAGE, words, {"withdraw": [each.check_key for each in made]})
                return HttpResponseRedirect(reverse("setup_leads"))
            error = _(
                "Nothing was chosen: tick a proposal, or tap a unit. What was chosen meanwhile is gone from the list."
            )
    context = {
        "crumbs": crumbs((_("Functions and units"), reverse("setup_functions")), (_("Leads to choose"), "")),
        "rows": [_shown(one) for one in found.choices],
        "ticked": sum(1 for one in found.choices if one.proposed),
        "found": found, "owned": found.possible - found.unowned.possible, "error": error, "undo": undo.offered(request, PAGE),
        "points_url": points_url(whose=UNOWNED, by="check", sort="-possible"),
    }  # fmt: skip
    return render(request, "office/setup/leads.html", context, status=422 if error else 200)


def _shown(one: LeadChoice) -> dict[str, object]:
    line = one.open.line
    return {
        "one": one, "key": line.key, "id": line.check.id, "points": one.open.sums.possible, "method": METHODS[line.check.method],
        "why": why_open(one.open), "url": reverse("criterion", args=[one.node]) + f"#check-{line.check.id}",
        "pair": f"{line.key}|{one.proposed}" if one.proposed else "",
        "few": [(f"{line.key}|{each.unit.code}", each) for each in one.candidates[:FEW]],
        "more": [(f"{line.key}|{each.unit.code}", each) for each in one.candidates[FEW:]],
    }  # fmt: skip
