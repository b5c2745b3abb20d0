"""What the campaign is judged by: standards as cards, and pinning one with what comes with it to some years."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.editions import KINDS
from qipan.faces.office.setup.frame import crumbs
from qipan.faces.office.standard_rows import missing_words
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.overview.setup_standard import PackCard, StandardCard, pinned_years, standard_card, standard_cards
from qipan.spine.ledger.pins import Choice, pin


@require_safe
@requires(MANAGE_CAMPAIGN)
def setup_standard(request: HttpRequest) -> HttpResponse:
    """Show what each year is judged by, and the standards to choose from."""
    desk = at_desk(request)
    context = {
        "crumbs": crumbs((_("Standard"), "")),
        "begun": desk.campaign is not None,
        "pinned": pinned_years(desk.campaign) if desk.campaign else [],
        "cards": [_card(card) for card in standard_cards(desk.campaign)],
    }
    return render(request, "office/setup/standard.html", context)


def _card(found: StandardCard) -> dict[str, object]:
    complete = found.card.completeness
    return {
        "found": found,
        "row": found.card,
        "counts": _counts(found.card),
        "complete": complete.status == "complete" if complete else None,
        "note": complete.note if complete else Text(),
        "missing": missing_words(complete.missing) if complete and complete.missing else Text(),
        "companions": [{"row": one, "kind": KINDS[one.kind], "counts": _counts(one)} for one in found.companions],
        "years": _(", ").join(map(str, found.years)),
        "url": reverse("setup_standard_pin", args=[found.card.hash]),
    }


def _counts(card: PackCard) -> str:
    """Say how much a pack holds."""
    if card.kind == "standard":
        said = [ngettext("%(count)s node", "%(count)s nodes", card.nodes) % {"count": card.nodes}]
        said.append(ngettext("%(count)s check", "%(count)s checks", card.checks) % {"count": card.checks})
        return _(", ").join(said)
    if card.kind == "functions":
        return ngettext("%(count)s function", "%(count)s functions", card.items) % {"count": card.items}
    if card.kind == "questionnaires":
        return ngettext("%(count)s question", "%(count)s questions", card.items) % {"count": card.items}
    return ngettext("%(count)s item", "%(count)s items", card.items) % {"count": card.items}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_standard_pin(request: HttpRequest, digest: str) -> HttpResponse:
    """Ask for which years and with what a standard is to be pinned, and pin it."""
    desk = at_desk(request)
    if desk.campaign is None:
        return HttpResponseRedirect(reverse("setup_campaign"))
    found = standard_card(desk.campaign, digest)
    if found is None:
        raise Http404(digest)
    years = pinned_years(desk.campaign)
    error: RegisterError | None = None
    if request.method == "POST":
        chosen = {int(each) for each in request.POST.getlist("years") if each.isdecimal() and len(each) == 4}
        companions = request.POST.getlist("companions")
        try:
            pin(desk.campaign, sorted(chosen), Choice(digest, tuple(companions)), by=desk.post)
        except RegisterError as refused:
            error = refused
        else:
            said = _(", ").join(map(str, sorted(chosen)))
            messages.success(request, _("Pinned for %(years)s.") % {"years": said})
            return HttpResponseRedirect(reverse("setup"))
    else:
        free = [one.year for one in years if one.pk is None or not one.recorded]
        mine = [one.year for one in years if one.hash == digest]
        chosen = set(mine or [one.year for one in years if one.pk is None] or free)
        companions = [one.hash for one in found.companions]
    card = _card(found)
    context = {
        "crumbs": crumbs(
            (_("Standard"), reverse("setup_standard")), (found.card.title.into(get_language() or "en"), "")
        ),
        "card": card,
        "lists": [
            {"row": one, "kind": KINDS[one.kind], "counts": _counts(one), "checked": one.hash in companions}
            for one in (*found.companions, *found.more)
        ],
        "year_choices": [{"row": one, "checked": one.year in chosen, "same": one.hash == digest} for one in years],
        "error": error.words.into(get_language() or "en") if error else "",
    }
    return render(request, "office/setup/pin.html", context, status=422 if error else 200)
