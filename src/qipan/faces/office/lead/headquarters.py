"""The headquarters: the list of any day, for everyone, and the forms with which the office keeps it."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup import undo
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
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.ground.units.registers import post_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.campaigns import headquarters as room
from qipan.spine.campaigns.headquarters import GroupPlan, SeatPlan

PAGE = "headquarters"
SEATS = {
    "commander": gettext_lazy("Commander"),
    "deputy": gettext_lazy("Deputy commander"),
    "office": gettext_lazy("Office of the headquarters"),
    "group": gettext_lazy("Special group"),
}


class GroupForm(forms.Form):
    """What is entered of a special group."""

    name_zh = forms.CharField(label=gettext_lazy("Name of the group"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=120, required=False)
    duties_zh = forms.CharField(
        label=gettext_lazy("Duties of the group"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    duties_en = forms.CharField(
        label=gettext_lazy("Duties in English (optional)"), max_length=500, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=999, required=False)
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"))


class SeatForm(forms.Form):
    """What is entered of a seat."""

    seat = forms.ChoiceField(label=gettext_lazy("Sits as"), choices=list(SEATS.items()))
    group = forms.ChoiceField(label=gettext_lazy("Special group"), required=False)
    leads = forms.BooleanField(label=gettext_lazy("Heads the group, or the office"), required=False)
    post = forms.ChoiceField(
        label=gettext_lazy("Post, where there is an account"),
        required=False,
        help_text=gettext_lazy("Name and title are then taken from it, as they are now."),
    )
    person_zh = forms.CharField(label=gettext_lazy("Full name"), max_length=40, required=False)
    person_en = forms.CharField(label=gettext_lazy("Full name in English"), max_length=80, required=False)
    title_zh = forms.CharField(
        label=gettext_lazy("Unit and title (Chinese)"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as 县公安局局长; left empty where a post is chosen."),
    )
    title_en = forms.CharField(label=gettext_lazy("Unit and title (English)"), max_length=160, required=False)
    duty_zh = forms.CharField(label=gettext_lazy("Duty (Chinese)"), max_length=300, required=False)
    duty_en = forms.CharField(label=gettext_lazy("Duty (English)"), max_length=300, required=False)
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=999, required=False)
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"))


@require_GET
@requires(READ)
def headquarters(request: HttpRequest) -> HttpResponse:
    """Show the headquarters of a day, today unless another is asked for."""
    desk, today = at_desk(request), timezone.localdate()
    on, wrong = today, ""
    asked = request.GET.get("on", "").strip()
    if asked:
        try:
            on = date.fromisoformat(asked)
        except ValueError:
            wrong = asked
    campaign = desk.campaign
    found = room.headquarters(campaign.pk, on) if campaign else None
    may = campaign is not None and MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    days = [day for day in room.days_of_change(campaign.pk) if day <= today][:12] if campaign else []
    context = {
        "found": found, "on": on, "is_today": on == today, "wrong": wrong, "days": days, "may_edit": may,
        "campaign_name": campaign.name if campaign else "", "office_unit": campaign.office if campaign else None,
        "undo": undo.offered(request, PAGE) if may else "", "county_name": desk.county.name,
        "sections": [
            (SEATS["commander"], found.commanders), (SEATS["deputy"], found.deputies), (SEATS["office"], found.office),
        ] if found else [],
    }  # fmt: skip
    return render(request, "office/lead/headquarters.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def headquarters_group_new(request: HttpRequest) -> HttpResponse:
    """Add a special group."""
    desk = at_desk(request)
    if desk.campaign is None:
        return redirect("setup_campaign")
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"place": 0})
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = room.add_group(desk.campaign, _group_plan(form), by=desk.post)
        except AlreadySent:
            return redirect("headquarters")
        except RegisterError as error:
            add_error(form, error)
        else:
            _offer(request, _("Added: %(name)s") % {"name": said(made.name)}, ["remove_group", made.pk])
            return redirect("headquarters")
    return _form(request, form, _("Add a special group"), {"uid": new_uid()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def headquarters_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a special group."""
    desk = at_desk(request)
    known = room.group_plan(desk.campaign.pk, pk) if desk.campaign else None
    if known is None:
        raise Http404
    plan, version = known
    form = GroupForm(request.POST if request.method == "POST" else None, initial=asdict(plan))
    context: dict[str, Any] = {"kept_version": version, "remove_url": reverse("headquarters_group_remove", args=[pk])}
    if request.method == "POST" and form.is_valid():
        seen = page_number(request.POST.get("version", "")) or 0
        try:
            kept = room.change_group(pk, _group_plan(form), version=seen, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            words = _("Changed: %(name)s") % {"name": said(kept.name)}
            _offer(request, words, ["change_group", pk, kept.version, _plain(plan)])
            return redirect("headquarters")
    return _form(request, form, plan.name_zh, context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def headquarters_group_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a group that was entered by mistake."""
    try:
        gone = room.remove_group(pk, by=at_desk(request).post)
    except RegisterError as error:
        messages.error(request, said(error.words))
        return redirect("headquarters_group", pk)
    _offer(request, _("Taken out: %(name)s") % {"name": gone.name_zh}, ["add_group", _plain(gone)])
    return redirect("headquarters")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def headquarters_member_new(request: HttpRequest) -> HttpResponse:
    """Seat somebody; `instead` names the seat that ends on the day before."""
    desk = at_desk(request)
    if desk.campaign is None:
        return redirect("setup_campaign")
    instead = page_number(request.POST.get("instead", "") or request.GET.get("instead", ""))
    before = room.seat_plan(desk.campaign.pk, instead) if instead else None
    initial: dict[str, Any] = {
        "seat": request.GET.get("seat", "group"), "group": request.GET.get("group", ""), "place": 0,
        "valid_from": timezone.localdate(),
    }  # fmt: skip
    if before is not None:
        old = before[0]
        initial |= {
            "seat": old.seat, "group": old.group, "leads": old.leads, "duty_zh": old.duty_zh, "duty_en": old.duty_en,
            "place": old.place, "title_zh": old.title_zh, "title_en": old.title_en,
        }  # fmt: skip
    form = SeatForm(request.POST if request.method == "POST" else None, initial=initial)
    _choices(form, desk)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = room.add_member(
                    desk.campaign, _seat_plan(form), by=desk.post, instead_of=instead if before else None
                )
        except AlreadySent:
            return redirect("headquarters")
        except RegisterError as error:
            add_error(form, error)
        else:
            steps: list[list[Any]] = [["remove_member", made.pk]]
            if before is not None:
                steps.append(["change_member", instead, before[1] + 1, _plain(before[0])])
            _offer(request, _("Added: %(name)s") % {"name": said(made.person) or said(made.title)}, *steps)
            return redirect("headquarters")
    context = {"uid": new_uid(), "instead": instead if before else "", "before": before[0] if before else None}
    return _form(request, form, _("Successor") if before else _("Add a member"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def headquarters_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a seat: its dates, duty, title."""
    desk = at_desk(request)
    known = room.seat_plan(desk.campaign.pk, pk) if desk.campaign else None
    if known is None:
        raise Http404
    plan, version = known
    form = SeatForm(request.POST if request.method == "POST" else None, initial=asdict(plan))
    _choices(form, desk, plan.post)
    context: dict[str, Any] = {
        "kept_version": version, "remove_url": reverse("headquarters_member_remove", args=[pk]),
        "instead_url": f"{reverse('headquarters_member_new')}?instead={pk}",
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        seen = page_number(request.POST.get("version", "")) or 0
        try:
            kept = room.change_member(pk, _seat_plan(form), version=seen, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            words = _("Changed: %(name)s") % {"name": said(kept.person) or said(kept.title)}
            _offer(request, words, ["change_member", pk, kept.version, _plain(plan)])
            return redirect("headquarters")
    return _form(request, form, plan.person_zh or plan.title_zh, context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def headquarters_member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a seat that was entered by mistake."""
    gone = room.remove_member(pk, by=at_desk(request).post)
    _offer(request, _("Taken out: %(name)s") % {"name": gone.person_zh or gone.title_zh}, ["add_member", _plain(gone)])
    return redirect("headquarters")


@require_POST
@requires(MANAGE_CAMPAIGN)
def headquarters_undo(request: HttpRequest) -> HttpResponse:
    """Take the last change back."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if not kept or desk.campaign is None:
        return redirect("headquarters")
    try:
        for step in kept["steps"]:
            match step:
                case ["remove_group", pk]:
                    room.remove_group(pk, by=desk.post)
                case ["add_group", plan]:
                    room.add_group(desk.campaign, GroupPlan(**_days(plan)), by=desk.post)
                case ["change_group", pk, version, plan]:
                    room.change_group(pk, GroupPlan(**_days(plan)), version=version, by=desk.post)
                case ["remove_member", pk]:
                    room.remove_member(pk, by=desk.post)
                case ["add_member", plan]:
                    room.add_member(desk.campaign, SeatPlan(**_days(plan)), by=desk.post)
                case ["change_member", pk, version, plan]:
                    room.change_member(pk, SeatPlan(**_days(plan)), version=version, by=desk.post)
    except RegisterError as error:
        messages.error(request, said(error.words))
    else:
        messages.success(request, _("The last change was taken back."))
    return redirect("headquarters")


def _offer(request: HttpRequest, words: str, *steps: list[Any]) -> None:
    undo.offer(request, PAGE, words, {"steps": list(steps)})


def _plain(plan: GroupPlan | SeatPlan) -> dict[str, Any]:
    """Return a plan as a session keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(plan).items()}


def _days(plan: dict[str, Any]) -> dict[str, Any]:
    return plan | {name: date.fromisoformat(plan[name]) for name in ("valid_from", "valid_to") if plan[name]}


def _group_plan(form: GroupForm) -> GroupPlan:
    data = form.cleaned_data
    return GroupPlan(**{each.name: data[each.name] for each in fields(GroupPlan)} | {"place": data["place"] or 0})


def _seat_plan(form: SeatForm) -> SeatPlan:
    data = form.cleaned_data
    keys = {name: page_number(data[name]) for name in ("group", "post")}
    return SeatPlan(**{each.name: data[each.name] for each in fields(SeatPlan)} | keys | {"place": data["place"] or 0})


def _choices(form: SeatForm, desk: Desk, kept: int | None = None) -> None:
    campaign = desk.campaign
    groups = room.groups_of(campaign.pk) if campaign else []
    choose(form, "group", options(((str(pk), name) for pk, name in groups), _("none")))
    posts = post_choices(desk.county.pk, timezone.localdate(), also=kept)
    choose(form, "post", options(((str(pk), name) for pk, name in posts), _("none")))


def _form(request: HttpRequest, form: forms.Form, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    campaign = at_desk(request).campaign
    context |= {
        "form": form, "heading": heading, "is_seat": isinstance(form, SeatForm),
        "crumbs": [(_("Headquarters"), reverse("headquarters")), (heading, "")],
        "campaign_name": campaign.name.into(get_language() or "en") if campaign else "",
    }  # fmt: skip
    return render(request, "office/lead/headquarters_form.html", context, status=status_of(form, context))
