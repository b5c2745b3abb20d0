"""The campaign's own page: name, honour, cycle, office; and for each year its cut and the site types that are absent."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.frame import crumbs
from qipan.faces.office.setup.meanwhile import sentence, told
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names
from qipan.overview.setup import absent_choices
from qipan.overview.setup_standard import PinnedYear, pinned_years
from qipan.spine.campaigns.actions_campaign import CampaignPlan, begin_campaign, change_campaign, set_year
from qipan.spine.campaigns.setup_honours import HONOURS, proposed_name
from qipan.spine.ledger.pins import remove_year

#: Units that run no campaign: they are left out of the list to choose from.
MINOR = frozenset({"village", "community", "village_committee", "neighbourhood_committee"})
USUAL_YEARS = 3


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_campaign(request: HttpRequest) -> HttpResponse:
    """Begin the campaign, or change it."""
    desk = at_desk(request)
    if request.method != "POST":
        return _page(request, desk, _stored(desk))
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    try:
        plan = _plan(given)
        if desk.campaign is None:
            begun = begin_campaign(desk.county, plan, by=desk.post)
            messages.success(request, _("The campaign is begun: %(name)s") % {"name": begun.name_zh})
            return HttpResponseRedirect(reverse("setup_standard"))
        version = _number(request.POST.get("version", ""))
        changed = change_campaign(desk.campaign.pk, plan, version=version, by=desk.post)
    except Stale as stale:
        return _page(request, desk, given | {"version": str(stale.version)}, stale=stale)
    except RegisterError as error:
        return _page(request, desk, given | {"version": request.POST.get("version", "")}, error=error)
    if changed:
        messages.success(request, _("Changed. %(what)s") % {"what": sentence(changed)})
    else:
        messages.info(request, _("Nothing was changed: everything is as it was."))
    return HttpResponseRedirect(reverse("setup_campaign"))


_FIELDS = ("honour", "first_year", "last_year", "office", "name_zh", "name_en")


def _plan(given: dict[str, str]) -> CampaignPlan:
    return CampaignPlan(
        given["honour"], _number(given["first_year"]), _number(given["last_year"]), given["office"],
        given["name_zh"], given["name_en"],
    )  # fmt: skip


def _number(words: str) -> int:
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else 0


def _stored(desk: Desk) -> dict[str, str]:
    campaign = desk.campaign
    if campaign is None:
        first = timezone.localdate().year
        return {
            "honour": "provincial", "first_year": str(first), "last_year": str(first + USUAL_YEARS - 1),
            "office": desk.post.unit.code, "name_zh": "", "name_en": "", "version": "",
        }  # fmt: skip
    return {
        "honour": campaign.honour, "first_year": str(campaign.first_year), "last_year": str(campaign.last_year),
        "office": campaign.office.code if campaign.office else "", "name_zh": campaign.name_zh,
        "name_en": campaign.name_en, "version": str(campaign.version),
    }  # fmt: skip


def _page(
    request: HttpRequest, desk: Desk, given: dict[str, str], *, error: RegisterError | None = None,
    stale: Stale | None = None,
) -> HttpResponse:  # fmt: skip
    language = get_language() or "en"
    proposed = proposed_name(given["honour"], _number(given["first_year"]), _number(given["last_year"]))
    units = sorted(unit_names(desk.county.pk).values(), key=lambda unit: unit.code)
    context = {
        "crumbs": crumbs((_("Campaign"), "")),
        "given": given,
        "proposed": proposed,
        "error": {error.field or "form": error.words.into(language)} if error else {},
        "meanwhile": told(stale.changes) if stale else [],
        "stale": stale is not None,
        "honours": [(honour.code, honour.name.into(language)) for honour in HONOURS],
        "offices": [(unit.code, unit.name.into(language)) for unit in units if unit.type not in MINOR],
        "campaign_begun": desk.campaign is not None,
        "years_of_cycle": pinned_years(desk.campaign) if desk.campaign else [],
    }
    return render(request, "office/setup/campaign.html", context, status=409 if stale else 422 if error else 200)


def _year_of(desk: Desk, number: int) -> PinnedYear:
    found = next((one for one in pinned_years(desk.campaign) if one.year == number), None) if desk.campaign else None
    if found is None or found.pk is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_year(request: HttpRequest, year: int) -> HttpResponse:
    """Set a year's own cut, and the site types that the county does not have."""
    desk = at_desk(request)
    found = _year_of(desk, year)
    campaign = desk.campaign
    if campaign is None or found.pk is None:
        raise Http404
    cut, absent, version = found.assumed_cut, set(found.absent_types), campaign.version
    error: RegisterError | None = None
    if request.method == "POST":
        cut, absent = request.POST.get("cut", "").strip(), set(request.POST.getlist("absent"))
        try:
            version = _number(request.POST.get("version", ""))
            changed = set_year(found.pk, cut=_points(cut), absent_types=absent, version=version, by=desk.post)
        except RegisterError as refused:
            error, version = refused, campaign.version
        else:
            said = sentence(changed) if changed else _("Nothing was changed: everything is as it was.")
            messages.success(request, _("Year %(year)s. %(what)s") % {"year": year, "what": said})
            return HttpResponseRedirect(reverse("setup_campaign"))
    chosen = next(each for each in desk.years if each.pk == found.pk)
    published, types = absent_choices(chosen, timezone.localdate())
    stale = error if isinstance(error, Stale) else None
    context = {
        "crumbs": crumbs((_("Campaign"), reverse("setup_campaign")), (str(year), "")),
        "year": found,
        "cut": cut,
        "published": published,
        "types": [{"row": one, "checked": one.code in absent} for one in types],
        "version": version,
        "error": {error.field or "form": error.words.into(get_language() or "en")} if error else {},
        "meanwhile": told(stale.changes) if stale else [],
        "stale": stale is not None,
    }
    return render(request, "office/setup/year.html", context, status=409 if stale else 422 if error else 200)


def _points(words: str) -> Decimal | None:
    if not words:
        return None
    try:
        return Decimal(words).quantize(Decimal("0.01")) if Decimal(words).is_finite() else Decimal(-1)
    except InvalidOperation:
        return Decimal(-1)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_year_remove(request: HttpRequest, year: int) -> HttpResponse:
    """Ask, then take a year out of the campaign, if nothing was recorded in it."""
    desk = at_desk(request)
    found = _year_of(desk, year)
    if request.method == "POST" and found.pk is not None:
        try:
            remove_year(found.pk, by=desk.post)
        except RegisterError as error:
            messages.error(request, error.words.into(get_language() or "en"))
        else:
            messages.success(request, _("%(year)s has no standard any more.") % {"year": year})
        return HttpResponseRedirect(reverse("setup_campaign"))
    context = {
        "crumbs": crumbs((_("Campaign"), reverse("setup_campaign")), (str(year), "")),
        "title": _("Take the standard of %(year)s away?") % {"year": year},
        "words": _(
            "The year's cut, its absent site types and the answering leads chosen for it go with it. This cannot be undone."
        ),
        "button": _("Take it away"),
        "back": reverse("setup_campaign"),
    }
    return render(request, "office/setup/confirm.html", context)
