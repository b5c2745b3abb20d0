"""Putting a hard problem on the list, and changing what it says."""

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
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.plan.checks import check_options
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    day_field,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.registers import post_choices, unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.programmes import site_codes
from qipan.spine.work.hard.actions import HardPlan, begin, change, plan_of
from qipan.spine.work.hard.queries import problem_of


def _several(label: Any, size: int = 7) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.SelectMultiple({"size": size}),
        help_text=gettext_lazy("Hold Ctrl to choose several."),
    )  # fmt: skip


def _long(label: Any, *, required: bool = False, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, required=required, widget=forms.Textarea({"rows": rows}))


class HardForm(forms.Form):
    """What is entered of a hard problem."""

    title_zh = forms.CharField(label=gettext_lazy("The hard problem"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=160, required=False)
    text = _long(gettext_lazy("What it is"))
    why = _long(gettext_lazy("Why it is hard"), required=True)
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner leader"), required=False,
        help_text=gettext_lazy("Without one it is shown as unowned."),
    )  # fmt: skip
    lead = forms.ChoiceField(label=gettext_lazy("Lead unit"))
    supports = _several(gettext_lazy("Supporting units"))
    sites = _several(gettext_lazy("Sites"))
    checks = _several(gettext_lazy("Criteria"))
    review_on = day_field(
        gettext_lazy("First review"), required=True, help_text=gettext_lazy("Its owner and the office are reminded.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def hard_new(request: HttpRequest) -> HttpResponse:
    """Put a problem on the list."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return redirect("setup_campaign")
    form = HardForm(request.POST if request.method == "POST" else None)
    _choices(form, desk)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = begin(desk.campaign, _plan(form), form.cleaned_data["review_on"], by=desk.post)
        except AlreadySent:
            return redirect("hard_problems")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("On the list: %(name)s. Its owner and units were told.") % {"name": said(made.title)}
            )
            return redirect("hard_problem", made.pk)
    context = {"uid": new_uid(), "back": reverse("hard_problems")}
    return _form(request, form, _("Put a hard problem on the list"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def hard_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a problem says."""
    desk = at_desk(request)
    problem = problem_of(desk.county.pk, pk)
    if problem is None or desk.year is None:
        raise Http404
    form = HardForm(request.POST if request.method == "POST" else None, initial=asdict(plan_of(problem)))
    del form.fields["review_on"]
    _choices(form, desk, problem.owner_id)
    context: dict[str, Any] = {"kept_version": problem.version, "back": reverse("hard_problem", args=[pk])}
    if request.method == "POST" and form.is_valid():
        try:
            change(pk, _plan(form), version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["title_zh"]})
            return redirect("hard_problem", pk)
    return _form(request, form, said(problem.title), context)


def _plan(form: HardForm) -> HardPlan:
    data = form.cleaned_data
    supports = tuple(key for each in data["supports"] if (key := page_number(each)))
    return HardPlan(
        data["title_zh"], data["why"], page_number(data["lead"]), page_number(data["owner"]), data["title_en"],
        data["text"], supports, tuple(data["sites"]), tuple(data["checks"]),
    )  # fmt: skip


def _choices(form: HardForm, desk: Desk, kept: int | None = None) -> None:
    today = timezone.localdate()
    units = [(str(pk), name) for pk, name in unit_choices(desk.county.pk, today)]
    choose(form, "lead", options(units, _("choose")))
    choose(form, "supports", options(units))
    leaders = post_choices(desk.county.pk, today, roles=("leader",), also=kept)
    choose(form, "owner", options(((str(pk), name) for pk, name in leaders), _("none")))
    choose(form, "sites", options(site_codes(desk.county.pk, today)))
    if desk.year is not None:
        choose(form, "checks", check_options(desk))


def _form(request: HttpRequest, form: HardForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    context |= {
        "form": form, "heading": heading,
        "crumbs": [(_("Plan"), reverse("plan")), (_("Hard problems"), reverse("hard_problems")), (heading, "")],
    }  # fmt: skip
    return render(request, "office/plan/hard_form.html", context, status=status_of(form, context))
