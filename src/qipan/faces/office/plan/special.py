"""Special actions: the list, the page of one with what it found, closed and what came back, and the forms of the office."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.register_forms import (
    FIELD_WORDS,
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
from qipan.ground.units.registers import post_choices, post_words, unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.special import scope_choices, scope_words
from qipan.spine.campaigns.special import (
    ActionPlan,
    action_of,
    actions_of,
    begin_action,
    change_action,
    plan_of,
    remove_action,
)
from qipan.spine.work.branches import branches
from qipan.spine.work.special.attaching import attach, attached, detach
from qipan.spine.work.special.figures import ActionFigures, action_figures, place_figures

PAGE = "special"
SCOPE = ("site_types", "areas", "items", "classes")


def _several(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.SelectMultiple({"size": 7}), help_text=help_text
    )


class ActionForm(forms.Form):
    """What is entered of a special action."""

    name_zh = forms.CharField(label=gettext_lazy("Name of the special action"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=160, required=False)
    basis = forms.CharField(label=gettext_lazy("Basis (document and clause)"), max_length=300, required=False)
    aim_zh = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    aim_en = forms.CharField(
        label=gettext_lazy("The same in English (optional)"), max_length=500, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    first = day_field(gettext_lazy("First day"), required=True)
    last = day_field(gettext_lazy("Last day"), required=True)
    owner = forms.ChoiceField(label=gettext_lazy("Lead unit"), required=False)
    leader = forms.ChoiceField(label=gettext_lazy("Leader in charge"), required=False)
    site_types = _several(gettext_lazy("Types of sites"))
    areas = _several(gettext_lazy("Areas"), gettext_lazy("With everything below them."))
    items = _several(gettext_lazy("Checklist items"))
    classes = _several(gettext_lazy("Classes of findings"))


@require_GET
@requires(READ)
def special_actions(request: HttpRequest) -> HttpResponse:
    """List the special actions with their figures."""
    desk, today = at_desk(request), timezone.localdate()
    if desk.campaign is None or desk.year is None:
        return render(request, "office/board_empty.html")
    tree, year = branches(desk.county.pk), desk.year.year
    rows = [
        {
            "action": action, "state": state_word(action.first, action.last, today),
            "figures": figures_of(action_figures(desk.post, action, year=year, tree=tree), action.pk),
        }
        for action in actions_of(desk.campaign.pk)
    ]  # fmt: skip
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    context = {
        "rows": rows, "may_edit": may, "undo": undo.offered(request, PAGE) if may else "",
        "crumbs": [(_("Plan"), reverse("plan")), (_("Special actions"), "")],
    }  # fmt: skip
    return render(request, "office/plan/special_list.html", context)


def state_word(first: date, last: date, today: date) -> str:
    """Return whether an action is past, running or ahead, in words."""
    if last < today:
        return pgettext("special action", "over")
    return pgettext("special action", "running") if first <= today else pgettext("special action", "ahead")


def figures_of(found: ActionFigures, pk: int, **more: str) -> tuple[Figure, ...]:
    """Return the figures of an action with the lists that they open."""
    where: dict[str, Any] = {"action": pk, **more}
    return (
        Figure("all", found.found, pgettext("special action", "found"), work_url(**where)),
        Figure("closed", found.closed, pgettext("special action", "closed"), work_url(view="closed", **where)),
        Figure("open", found.open, pgettext("special action", "open"), work_url(view="open", **where)),
        Figure("late", found.late, pgettext("special action", "late"), work_url(light="late", **where)),
        Figure("late", found.recurred, pgettext("special action", "come back"), work_url(special="recurred", **where)),
    )


@require_GET
@requires(READ)
def special_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one special action."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, error: str = "") -> HttpResponse:
    desk, today = at_desk(request), timezone.localdate()
    action = action_of(desk.county.pk, pk)
    if action is None or desk.year is None:
        raise Http404
    year, tree = desk.year.year, branches(desk.county.pk)
    scope = scope_words(action, scope_choices(desk.year, today))
    by_hand = attached(action)
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    context = {
        "action": action, "state": state_word(action.first, action.last, today), "error": error, "may_edit": may,
        "figures": figures_of(action_figures(desk.post, action, year=year, tree=tree), pk),
        "places": [
            {
                "place": place, "url": reverse("site", args=[place.code]),
                "figures": figures_of(place.figures, pk, site=place.code),
            }
            for place in place_figures(desk.post, action, year=year, tree=tree)
        ],
        "scope": [(FIELD_WORDS[name], words) for name, words in scope], "attached": by_hand if may else [],
        "leader": post_words(action.leader) if action.leader else None, "uid": new_uid(),
        "numbers": request.POST.get("numbers", ""),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Special actions"), reverse("special_actions")), (said(action.name), "")],
    }  # fmt: skip
    return render(request, "office/plan/special.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def special_new(request: HttpRequest) -> HttpResponse:
    """Begin a special action."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return redirect("setup_campaign")
    form = ActionForm(request.POST if request.method == "POST" else None)
    _choices(form, desk)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = begin_action(desk.campaign, _plan(form), by=desk.post)
        except AlreadySent:
            return redirect("special_actions")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("Begun: %(name)s; its lead unit and leader were told.") % {"name": said(made.name)}
            )
            return redirect("special_action", made.pk)
    return _form(request, form, _("Begin a special action"), {"uid": new_uid(), "back": reverse("special_actions")})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def special_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or rename a special action."""
    desk = at_desk(request)
    action = action_of(desk.county.pk, pk)
    if action is None or desk.year is None:
        raise Http404
    plan = plan_of(action)
    form = ActionForm(request.POST if request.method == "POST" else None, initial=asdict(plan))
    _choices(form, desk, action.leader_id)
    context: dict[str, Any] = {
        "kept_version": action.version, "remove_url": reverse("special_remove", args=[pk]),
        "back": reverse("special_action", args=[pk]),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            change_action(pk, _plan(form), version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["name_zh"]})
            return redirect("special_action", pk)
    return _form(request, form, said(action.name), context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def special_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a special action that was entered by mistake; it can be put back."""
    desk = at_desk(request)
    action = action_of(desk.county.pk, pk)
    kept = asdict(plan_of(action)) if action else {}
    numbers = attached(action) if action else []
    name = remove_action(pk, by=desk.post)
    content = {key: value.isoformat() if isinstance(value, date) else value for key, value in kept.items()}
    undo.offer(request, PAGE, _("Taken out: %(name)s") % {"name": said(name)}, content | {"numbers": numbers})
    return redirect("special_actions")


@require_POST
@requires(MANAGE_CAMPAIGN)
def special_undo(request: HttpRequest) -> HttpResponse:
    """Put the special action back that was taken out last."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if not kept or desk.campaign is None:
        return redirect("special_actions")
    numbers = kept.pop("numbers")
    days = {name: date.fromisoformat(kept.pop(name)) for name in ("first", "last")}
    several = {name: tuple(kept.pop(name)) for name in SCOPE}
    made = begin_action(desk.campaign, ActionPlan(**(kept | days | several)), by=desk.post)
    if numbers:
        attach(made.pk, " ".join(numbers), by=desk.post)
    messages.success(request, _("The last change was taken back."))
    return redirect("special_action", made.pk)


@require_POST
@requires(MANAGE_CAMPAIGN)
def special_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach items by their numbers."""
    desk = at_desk(request)
    if action_of(desk.county.pk, pk) is None:
        raise Http404
    try:
        count = attach(pk, request.POST.get("numbers", ""), by=desk.post)
    except RegisterError as error:
        return _page(request, pk, said(error.words))
    messages.success(
        request, ngettext("%(count)s item attached.", "%(count)s items attached.", count) % {"count": count}
    )
    return redirect("special_action", pk)


@require_POST
@requires(MANAGE_CAMPAIGN)
def special_detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item off again."""
    desk, number = at_desk(request), request.POST.get("number", "")
    if action_of(desk.county.pk, pk) is None:
        raise Http404
    if detach(pk, number, by=desk.post):
        messages.success(request, _("%(number)s is no longer attached.") % {"number": number})
    return redirect("special_action", pk)


def _plan(form: ActionForm) -> ActionPlan:
    data = dict(form.cleaned_data)
    data |= {name: page_number(data[name]) for name in ("owner", "leader")}
    data |= {name: tuple(data[name]) for name in ("site_types", "items", "classes")}
    data["areas"] = tuple(key for each in data["areas"] if (key := page_number(each)))
    return ActionPlan(**data)


def _choices(form: ActionForm, desk: Desk, kept: int | None = None) -> None:
    today = timezone.localdate()
    units = unit_choices(desk.county.pk, today)
    choose(form, "owner", options(((str(pk), name) for pk, name in units), _("none")))
    leaders = post_choices(desk.county.pk, today, roles=("leader", "head"), also=kept)
    choose(form, "leader", options(((str(pk), name) for pk, name in leaders), _("none")))
    if desk.year is not None:
        known = scope_choices(desk.year, today)
        for name in SCOPE:
            choose(form, name, options(getattr(known, name)))


def _form(request: HttpRequest, form: ActionForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    context |= {
        "form": form, "heading": heading,
        "crumbs": [(_("Plan"), reverse("plan")), (_("Special actions"), reverse("special_actions")), (heading, "")],
    }  # fmt: skip
    return render(request, "office/plan/special_form.html", context, status=status_of(form, context))
