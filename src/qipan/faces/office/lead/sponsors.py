"""Sponsors: the list of them, one sponsor's places, and setting a sponsor for many places at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.rows import shown_row
from qipan.faces.office.lead.headquarters import SEATS
from qipan.faces.office.setup.register_forms import page_number, said
from qipan.faces.office.sites import STATE_PILLS, STATE_WORDS
from qipan.ground.sites.sponsors import KINDS, LEADER, SPONSORING, plan_many, set_many
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_SITES, READ
from qipan.ground.units.registers import post_choices, unit_choices
from qipan.overview.desk import Desk
from qipan.overview.site_words import site_words
from qipan.overview.sponsors import (
    SponsorPage,
    areas_to_choose,
    sites_to_choose,
    sponsor_lines,
    sponsor_page,
    types_and_territories,
)


def seat_words(seat: str, group: Text) -> str:
    """Return a seat of the headquarters in words."""
    return said(group) or str(SEATS.get(seat, seat))


@require_GET
@requires(READ)
def sponsors(request: HttpRequest) -> HttpResponse:
    """List who sponsors places, with how many."""
    desk = at_desk(request)
    found, lines = sponsor_lines(desk.county.pk, timezone.localdate())
    context = {
        "leaders": [line for line in lines if line.sponsor.kind == LEADER],
        "units": [line for line in lines if line.sponsor.kind != LEADER],
        "sites": len(found.sites), "crumbs": [(_("Sites"), reverse("sites")), (_("Sponsors"), "")],
        "may_edit": MANAGE_SITES.allows(desk.post, desk.county),
    }  # fmt: skip
    return render(request, "office/lead/sponsors.html", context)


@require_GET
@requires(READ)
def sponsor(request: HttpRequest, key: str) -> HttpResponse:
    """Show one sponsor's places with their open work and their points."""
    desk, now = at_desk(request), timezone.now()
    found = sponsor_page(desk.post, desk.year, key, now) if desk.year else None
    if found is None:
        raise Http404
    context = shown_page(found) | {
        "work": [shown_row(row, now) for row in found.work], "more": found.open - len(found.work),
        "crumbs": [(_("Sites"), reverse("sites")), (_("Sponsors"), reverse("sponsors")), (said(found.sponsor.words), "")],
        "sites_url": f"{reverse('sites')}?sponsor={found.sponsor.key}",
        "kind": _("Sponsoring leader") if found.sponsor.kind == LEADER else _("Sponsoring unit"),
    }  # fmt: skip
    return render(request, "office/lead/sponsor.html", context)


def shown_page(found: SponsorPage, most: int | None = None) -> dict[str, Any]:
    """Return a sponsor's places as a page shows them: the most late and open work first, then by code.

    Args:
        found: the sponsor's page.
        most: how many places are shown; all where nothing is said.
    """
    units = found.listed.units
    ordered = sorted(found.places, key=lambda place: (-place.late, -place.open, place.row.code))
    return {
        "found": found,
        "places": [
            {
                "place": place, "url": reverse("site", args=[place.row.code]),
                "area": units[place.area].name if place.area in units else "",
                "work_url": work_url(site=place.row.code, view="open"),
                "late_url": work_url(site=place.row.code, light="late"),
                "state_word": STATE_WORDS[place.row.state], "pill": STATE_PILLS[place.row.state],
            }
            for place in ordered[:most]
        ],
        "more_places": max(0, len(ordered) - most) if most is not None else 0,
        "areas": [(units[pk].name, reverse("unit", args=[units[pk].code])) for pk in found.areas if pk in units],
        "groups": [(seat_words(seat, group), said(duty)) for seat, group, duty in found.groups],
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_SITES)
def sponsor_set(request: HttpRequest) -> HttpResponse:
    """Let somebody sponsor many places: choose, see what would change, confirm."""
    desk, today = at_desk(request), timezone.localdate()
    of_areas = request.GET.get("what") == "areas"
    context: dict[str, Any] = {
        "crumbs": [(_("Sites"), reverse("sites")), (_("Sponsors"), reverse("sponsors")), (_("Set sponsors"), "")]
    }
    error, chosen, key, since = "", set(request.POST.getlist("place")), request.POST.get("who", ""), today
    if request.method == "POST":
        try:
            since = date.fromisoformat(request.POST.get("since", ""))
        except ValueError:
            error = _("Write the day as 2026-12-01.")
        kind = LEADER if key.startswith("p") or key == "-leader" else KINDS[1]
        sponsor_key = "-" if key.startswith("-") else key
        sites, areas = ((), [pk for each in chosen if (pk := page_number(each))]) if of_areas else (sorted(chosen), ())
        if not key:
            error = error or _("Choose who sponsors them.")
        elif not chosen:
            error = error or _("Choose the places first.")
        if not error and request.POST.get("do") == "set":
            try:
                count = set_many(sponsor_key, kind, sites, areas, since=since, by=desk.post)
            except RegisterError as refused:
                error = said(refused.words)
            else:
                words = ngettext("%(count)d place changed.", "%(count)d places changed.", count)
                messages.success(request, words % {"count": count})
                return redirect(reverse("sponsor", args=[sponsor_key]) if sponsor_key != "-" else reverse("sponsors"))
        if not error:
            plan = plan_many(desk.county, sponsor_key, kind, sites, areas, since)
            context |= {
                "plan": plan, "changing": sum(1 for each in plan if each.changes), "sponsor": key, "since": since,
                "chosen_words": dict(_choices(desk, today)).get(key, ""), "query": request.GET.urlencode(),
                "places": sorted(chosen),
            }  # fmt: skip
            return render(request, "office/lead/sponsor_preview.html", context)
    given = {name: request.GET.get(name, "").strip() for name in ("type", "unit", "sponsor", "q")}
    if of_areas:
        rows = areas_to_choose(desk.county.pk, today, words=given["q"])
    else:
        rows = sites_to_choose(
            desk.county.pk,
            today,
            kind=given["type"],
            territory=given["unit"],
            sponsor=given["sponsor"],
            words=given["q"],
        )
    context |= {
        "rows": rows, "of_areas": of_areas, "filters": _filters(desk, today, given, of_areas), "error": error,
        "choices": _choices(desk, today), "sponsor": key, "since": since, "chosen": chosen,
        "all_on": request.method != "POST" and any(given.values()),
    }  # fmt: skip
    return render(request, "office/lead/sponsor_set.html", context, status=422 if error else 200)


def _choices(desk: Desk, today: date) -> list[tuple[str, str]]:
    leaders = post_choices(desk.county.pk, today, roles=SPONSORING)
    return [
        *((f"p{pk}", _("Leader: %(name)s") % {"name": said(words)}) for pk, words in leaders),
        *((f"u{pk}", _("Unit: %(name)s") % {"name": said(words)}) for pk, words in unit_choices(desk.county.pk, today)),
        ("-leader", _("no sponsoring leader any more")), ("-unit", _("no sponsoring unit any more")),
    ]  # fmt: skip


def _filters(desk: Desk, today: date, given: dict[str, str], of_areas: bool) -> list[dict[str, Any]]:
    language = get_language() or "en"
    what = {
        "name": "what", "label": _("Places"), "kind": "select", "value": "areas" if of_areas else "",
        "options": [("", pgettext("places", "sites")), ("areas", _("townships and communities"))],
    }  # fmt: skip
    search = {"name": "q", "label": _("Name, code or address"), "kind": "search", "value": given["q"]}
    if of_areas:
        return [what, search]
    kinds, territories = types_and_territories(desk.county.pk, today)
    titles = site_words(desk.year).types
    known, _lines = sponsor_lines(desk.county.pk, today)

    def select(name: str, label: str, options: list[tuple[str, str]]) -> dict[str, Any]:
        every = [("", _("all")), *options]
        return {"name": name, "label": label, "kind": "select", "value": given[name], "options": every}

    return [
        what,
        select("type", _("Type"), [(code, titles.get(code, Text(code, code)).into(language)) for code in kinds]),
        select("unit", _("Territory"), [(code, name.into(language)) for code, name in territories]),
        select(
            "sponsor", _("Sponsor"),
            [*((key, name.words.into(language)) for key, name in known.names.items()), ("-", _("no sponsor"))],
        ),
        search,
    ]  # fmt: skip
