"""Programmes that share places with the campaign: the list, the page of one with its sites, and the forms of the office."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.faces.office.sites import STATE_PILLS, STATE_WORDS
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.ground.units.registers import unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.programmes import programme_page, site_choices
from qipan.spine.campaigns.programmes import (
    ProgrammePlan,
    add_programme,
    change_programme,
    plan_of,
    programme_of,
    programmes_of,
    remove_programme,
)

PAGE = "programmes"


class ProgrammeForm(forms.Form):
    """What is entered of a programme."""

    name_zh = forms.CharField(label=gettext_lazy("Name of the programme"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=160, required=False)
    basis = forms.CharField(label=gettext_lazy("Basis (document and clause)"), max_length=300, required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Lead unit"), required=False)
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Units"), required=False, widget=forms.SelectMultiple({"size": 9}),
        help_text=gettext_lazy("With all sites of their territory."),
    )  # fmt: skip
    sites = forms.MultipleChoiceField(
        label=gettext_lazy("Sites"), required=False, widget=forms.SelectMultiple({"size": 9})
    )


@require_GET
@requires(READ)
def programmes(request: HttpRequest) -> HttpResponse:
    """List the programmes."""
    desk, now = at_desk(request), timezone.now()
    year = desk.year
    if year is None:
        return render(request, "office/board_empty.html")
    rows = [
        {"programme": one, "page": programme_page(desk.post, year, one, now), "open_url": work_url(programme=one.pk, view="open"),
         "late_url": work_url(programme=one.pk, light="late")}
        for one in programmes_of(desk.county.pk)
    ]  # fmt: skip
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    context = {
        "rows": rows, "may_edit": may, "undo": undo.offered(request, PAGE) if may else "",
        "crumbs": [(_("Plan"), reverse("plan")), (_("Programmes"), "")],
    }  # fmt: skip
    return render(request, "office/plan/programmes.html", context)


@require_GET
@requires(READ)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a programme's sites with their score on what the campaign looks at, and their open work."""
    desk, now = at_desk(request), timezone.now()
    known = programme_of(desk.county.pk, pk)
    if known is None or desk.year is None:
        raise Http404
    found = programme_page(desk.post, desk.year, known, now)
    ordered = sorted(found.places, key=lambda place: (-place.late, -place.open, place.row.code))
    context = {
        "programme": known, "found": found, "may_edit": MANAGE_CAMPAIGN.allows(desk.post, desk.county),
        "places": [
            {
                "place": place, "url": reverse("site", args=[place.row.code]), "area": "",
                "work_url": work_url(site=place.row.code, view="open"),
                "late_url": work_url(site=place.row.code, light="late"),
                "state_word": STATE_WORDS[place.row.state], "pill": STATE_PILLS[place.row.state],
            }
            for place in ordered
        ],
        "open_url": work_url(programme=pk, view="open"), "late_url": work_url(programme=pk, light="late"),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Programmes"), reverse("programmes")), (said(known.name), "")],
    }  # fmt: skip
    return render(request, "office/plan/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def programme_new(request: HttpRequest) -> HttpResponse:
    """Add a programme."""
    desk = at_desk(request)
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    _choices(form, desk)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = add_programme(desk.county, _plan(form), by=desk.post)
        except AlreadySent:
            return redirect("programmes")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Added: %(name)s") % {"name": said(made.name)})
            return redirect("programme", made.pk)
    return _form(request, form, _("Add a programme"), {"uid": new_uid(), "back": reverse("programmes")})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme."""
    desk = at_desk(request)
    known = programme_of(desk.county.pk, pk)
    if known is None:
        raise Http404
    form = ProgrammeForm(request.POST if request.method == "POST" else None, initial=asdict(plan_of(known)))
    _choices(form, desk)
    context: dict[str, Any] = {
        "kept_version": known.version, "remove_url": reverse("programme_remove", args=[pk]),
        "back": reverse("programme", args=[pk]),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            change_programme(pk, _plan(form), version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["name_zh"]})
            return redirect("programme", pk)
    return _form(request, form, said(known.name), context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def programme_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a programme out; it can be put back."""
    gone = remove_programme(pk, by=at_desk(request).post)
    undo.offer(request, PAGE, _("Taken out: %(name)s") % {"name": gone.name_zh}, asdict(gone))
    return redirect("programmes")


@require_POST
@requires(MANAGE_CAMPAIGN)
def programme_undo(request: HttpRequest) -> HttpResponse:
    """Put the programme back that was taken out last."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if kept:
        add_programme(desk.county, ProgrammePlan(**kept), by=desk.post)
        messages.success(request, _("The last change was taken back."))
    return redirect("programmes")


def _plan(form: ProgrammeForm) -> ProgrammePlan:
    data = form.cleaned_data
    keys = {name: tuple(key for each in data[name] if (key := page_number(each))) for name in ("sites", "units")}
    return ProgrammePlan(
        data["name_zh"], data["name_en"], data["basis"], page_number(data["owner"]), keys["sites"], keys["units"]
    )


def _choices(form: ProgrammeForm, desk: Desk) -> None:
    today = timezone.localdate()
    units = unit_choices(desk.county.pk, today)
    choose(form, "owner", options(((str(pk), name) for pk, name in units), _("none")))
    choose(form, "units", options((str(pk), name) for pk, name in units))
    choose(form, "sites", options((str(pk), name) for pk, name in site_choices(desk.county.pk, today)))


def _form(request: HttpRequest, form: ProgrammeForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    context |= {
        "form": form, "heading": heading,
        "crumbs": [(_("Plan"), reverse("plan")), (_("Programmes"), reverse("programmes")), (heading, "")],
    }  # fmt: skip
    return render(request, "office/plan/programme_form.html", context, status=status_of(form, context))
