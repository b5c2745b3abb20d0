"""Phases are entered, changed and taken out; a change of their days goes by the page that shows what moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.plan.overview import PAGE
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    day_field,
    new_uid,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.campaigns.nodes import put_into_phase
from qipan.spine.campaigns.phases import PhasePlan, PhaseRow, add_phase, change_phase, phase_of, remove_phase


class PhaseForm(forms.Form):
    """What is entered of a phase."""

    name_zh = forms.CharField(label=gettext_lazy("Name of the phase"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=120, required=False)
    aim_zh = forms.CharField(
        label=gettext_lazy("What the phase is for"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )
    aim_en = forms.CharField(
        label=gettext_lazy("The same in English (optional)"), max_length=300, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    first = day_field(gettext_lazy("First day"), required=True)
    last = day_field(gettext_lazy("Last day"), required=True)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def phase_new(request: HttpRequest) -> HttpResponse:
    """Add a phase."""
    desk = at_desk(request)
    if desk.campaign is None:
        return redirect("setup_campaign")
    form = PhaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = add_phase(desk.campaign, PhasePlan(**form.cleaned_data), by=desk.post)
        except AlreadySent:
            return redirect("plan")
        except RegisterError as error:
            add_error(form, error)
        else:
            words = _("Added: %(name)s") % {"name": said(made.name)}
            undo.offer(request, PAGE, words, {"do": "remove", "pk": made.pk})
            return redirect("plan")
    return _form(request, form, _("Add a phase"), {"uid": new_uid()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def phase_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a phase is called; other days lead on to the page that shows what would move."""
    desk = at_desk(request)
    row = phase_of(desk.campaign.pk, pk) if desk.campaign else None
    if row is None:
        raise Http404
    plan = _plan(row)
    initial = {name: getattr(plan, name) for name in PhaseForm.base_fields}
    form = PhaseForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {"kept_version": row.version, "remove_url": reverse("phase_remove", args=[pk])}
    if request.method == "POST" and form.is_valid():
        wanted = PhasePlan(**form.cleaned_data)
        same_days = replace(wanted, first=plan.first, last=plan.last)
        try:
            if wanted.first and wanted.last and wanted.last < wanted.first:
                raise RegisterError(Text("结束日期不得早于开始日期", "the last day is not before the first"), "last")
            if same_days != plan:
                change_phase(pk, same_days, version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            if (wanted.first, wanted.last) != (plan.first, plan.last):
                days = {"first": str(wanted.first), "last": str(wanted.last)}
                return redirect(f"{reverse('phase_move', args=[pk])}?{urlencode(days)}")
            messages.success(request, _("Saved: %(name)s") % {"name": wanted.name_zh})
            return redirect("plan")
    return _form(request, form, said(row.name), context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def phase_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a phase out; its nodes stay in the plan."""
    gone, nodes = remove_phase(pk, by=at_desk(request).post)
    words = _("Taken out: %(name)s; its nodes stay") % {"name": gone.name_zh}
    content = {name: getattr(gone, name) for name in ("name_zh", "name_en", "aim_zh", "aim_en")}
    content |= {"first": str(gone.first), "last": str(gone.last), "nodes": list(nodes), "do": "add"}
    undo.offer(request, PAGE, words, content)
    return redirect("plan")


@require_POST
@requires(MANAGE_CAMPAIGN)
def plan_undo(request: HttpRequest) -> HttpResponse:
    """Take the last change of the phases back."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if not kept or desk.campaign is None:
        return redirect("plan")
    if kept.pop("do") == "remove":
        remove_phase(kept["pk"], by=desk.post)
    else:
        nodes = kept.pop("nodes")
        first, last = (date.fromisoformat(kept.pop(name)) for name in ("first", "last"))
        made = add_phase(desk.campaign, PhasePlan(first=first, last=last, **kept), by=desk.post)
        put_into_phase(nodes, made, by=desk.post)
    messages.success(request, _("The last change was taken back."))
    return redirect("plan")


def _plan(row: PhaseRow) -> PhasePlan:
    return PhasePlan(row.name.zh, row.first, row.last, row.name.en, row.aim.zh, row.aim.en)


def _form(request: HttpRequest, form: PhaseForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    context |= {"form": form, "heading": heading, "crumbs": [(_("Plan"), reverse("plan")), (heading, "")]}
    return render(request, "office/plan/phase_form.html", context, status=status_of(form, context))
