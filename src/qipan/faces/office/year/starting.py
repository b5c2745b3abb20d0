"""The next year, or a new cycle, is begun from a year: the edition is chosen, what is copied is shown, then it is begun."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import CHOSEN_YEAR, at_desk, requires
from qipan.faces.office.editions import grouped
from qipan.faces.office.setup.register_forms import new_uid, page_number, said
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.editions import comparison
from qipan.overview.setup_standard import StandardCard, standard_cards
from qipan.spine.campaigns.setup_honours import BY_CODE, HONOURS, proposed_name
from qipan.spine.ledger.pins import Choice
from qipan.spine.years.queries import year_of_county
from qipan.spine.years.starting import Cycle, Following, choice_of, following, preview, start


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def year_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose by which edition the next year is judged, see what goes along and what does not, and begin it."""
    desk = at_desk(request)
    year = year_of_county(desk.county.pk, pk)
    if year is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    found = following(year)
    cards = {card.card.hash: card for card in standard_cards(year.campaign) if card.card.stored}
    now = choice_of(found.there or year)
    wanted = given.get("standard") or now.standard
    if found.recorded or wanted not in cards:
        wanted = now.standard
    choice = now if wanted == now.standard else _choice(cards[wanted])
    cycle, error = (
        _cycle(
            given.get("honour", ""), given.get("last_year", ""), given.get("name_zh", ""), year.campaign.honour, found
        ),
        None,
    )
    if request.method == "POST":
        version = page_number(request.POST.get("version", "")) or 0
        try:
            with once(request.POST.get("uid", "")):
                begun, parts = start(pk, choice, version=version, by=desk.post, cycle=cycle)
        except AlreadySent:
            return redirect("years")
        except RegisterError as refused:
            error = refused
            year.campaign.refresh_from_db(fields=["version"])
        else:
            copied, dropped = (sum(len(getattr(part, name)) for part in parts) for name in ("copied", "dropped"))
            words = _("%(year)s is begun.") % {"year": begun.year}
            taken = ngettext("%(n)s entry was copied", "%(n)s entries were copied", copied) % {"n": copied}
            left = ngettext("%(n)s was left behind", "%(n)s were left behind", dropped) % {"n": dropped}
            messages.success(request, f"{words} {taken}{_(', ')}{left}{_('.')}")
            request.session[CHOSEN_YEAR] = begun.year
            return redirect("years")
    differs = comparison(desk.county.pk, year.standard_id, choice.standard) if wanted != year.standard_id else None
    context = {
        "year": year,
        "found": found,
        "cards": list(cards.values()),
        "wanted": wanted,
        "companions": [one.title for one in cards[wanted].companions] if wanted in cards and choice is not now else [],
        "differs": differs,
        "groups": grouped(differs.differences) if differs else [],
        "parts": preview(year, choice),
        "cycle": _given_cycle(found, cycle),
        "error": said(error.words) if error else "",
        "field": error.field if error else "",
        "uid": new_uid(),
        "crumbs": [
            (_("Plan"), reverse("plan")), (_("Years"), reverse("years")),
            (_("Begin %(year)s from %(was)s") % {"year": found.year, "was": year.year}, ""),
        ],
    }  # fmt: skip
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/year/start.html", context, status=status)


def _choice(card: StandardCard) -> Choice:
    """Return a standard with what comes with it, as far as it is stored."""
    return Choice(card.card.hash, tuple(one.hash for one in card.companions if one.stored))


def _cycle(honour: str, last_year: str, name: str, was: str, found: Following) -> Cycle:
    """Return the new cycle as the form says it; the honour of the old one and its usual years where it is silent."""
    usual = BY_CODE[was].years if was in BY_CODE else 3
    last = page_number(last_year) if last_year else found.year + usual - 1
    return Cycle(honour or was, last or 0, name)


def _given_cycle(found: Following, cycle: Cycle) -> dict[str, object] | None:
    """Return what the form shows of a new cycle; None where the next year lies in a campaign."""
    if found.campaign is not None:
        return None
    proposed = proposed_name(cycle.honour, found.year, max(cycle.last_year, found.year))
    return {
        "honours": [(one.code, said(one.name)) for one in HONOURS], "honour": cycle.honour,
        "last_year": cycle.last_year, "name_zh": cycle.name_zh, "proposed": proposed.zh,
    }  # fmt: skip
