"""Highlights and innovation cases: the list, the page of one, and the form that a unit sends one in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.photos import PhotosNotTaken, taken
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
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import READ
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.programmes import site_codes
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.highlights import actions
from qipan.spine.work.highlights.actions import HighlightPlan
from qipan.spine.work.highlights.queries import Shown, highlight_of, listed, site_name
from qipan.spine.work.highlights.rules import self_reported

STATE_WORDS = {
    "written": ("due", pgettext_lazy("highlight", "waits for the head's consent")),
    "consented": ("due", pgettext_lazy("highlight", "waits for approval")),
    "approved": ("done", pgettext_lazy("highlight", "approved")),
    "returned": ("failed", pgettext_lazy("highlight", "returned")),
    "withdrawn": ("deferred", pgettext_lazy("highlight", "withdrawn")),
}
STATE_PILLS = {state: pill for state, (pill, _word) in STATE_WORDS.items()}
KIND_WORDS = {
    "highlight": pgettext_lazy("kind of highlight", "highlight"),
    "innovation": pgettext_lazy("kind of highlight", "innovation case"),
}
DECIDING = {
    "consent": (pgettext_lazy("highlight", "Consent"), ""),
    "approve": (pgettext_lazy("highlight", "Approve"), ""),
    "return": (pgettext_lazy("highlight", "Return"), gettext_lazy("Why it is returned")),
    "withdraw": (pgettext_lazy("highlight", "Withdraw"), gettext_lazy("Why it is withdrawn; all who read it see this")),
}
PHOTOS = "photos"


@require_GET
@requires(READ)
def highlights(request: HttpRequest) -> HttpResponse:
    """List the highlights that this post may read."""
    desk = at_desk(request)
    state = request.GET.get("state", "")
    found = listed(desk.post, state if state in STATE_WORDS else "")
    context = {
        "rows": [shown_line(each) for each in found], "may_submit": actions.SUBMIT.allows(desk.post, desk.county),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Highlights"), "")],
    }  # fmt: skip
    return render(request, "office/plan/highlight_list.html", context)


def shown_line(found: Shown) -> dict[str, Any]:
    """Return a highlight as lists show it."""
    state, word = STATE_WORDS[found.row.state]
    return {
        "row": found.row, "self_reported": found.self_reported, "state": state, "word": word,
        "kind": KIND_WORDS[found.row.kind], "url": reverse("highlight", args=[found.row.pk]),
    }  # fmt: skip


@require_GET
@requires(READ)
def highlight(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one highlight with its evidence."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, error: RegisterError | None = None, doing: str = "") -> HttpResponse:
    desk = at_desk(request)
    found = highlight_of(desk.post, pk)
    if found is None:
        raise Http404
    check = None
    if desk.year is not None and found.check_key:
        book = rulebook(desk.year)
        line = book.lines.get(found.check_key)
        if line is not None:
            node = book.nodes[line.node]
            check = (reverse("criterion", args=[node.key]), node.code, node.title)
    context: dict[str, Any] = {
        "found": found, "shown": shown_line(Shown(found, self_reported(found.title_zh, found.text, found.measured))),
        "photos": list(found.photos.all()), "check": check, "site": site_name(found), "uid": new_uid(),
        "may_change": actions.may_change(desk.post, found),
        "deciding": [(name, *DECIDING[name]) for name in actions.acts_of(desk.post, found)],
        "error": said(error.words) if error else "", "doing": doing, "given": request.POST if error else {},
        "crumbs": [(_("Plan"), reverse("plan")), (_("Highlights"), reverse("highlights")), (found.title_zh, "")],
        **(changed_context(error) if error else {}),
    }  # fmt: skip
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/plan/highlight.html", context, status=status)


@require_POST
@requires(actions.DECIDE)
def highlight_decide(request: HttpRequest, pk: int, doing: str) -> HttpResponse:
    """Consent to a highlight, approve it, return it, or withdraw it. The act checks the right."""
    desk = at_desk(request)
    if doing not in DECIDING or highlight_of(desk.post, pk) is None:
        raise Http404
    version, text = page_number(request.POST.get("version", "")) or 0, request.POST.get("text", "")
    try:
        with once(request.POST.get("uid", "")):
            if doing == "consent":
                actions.consent(pk, version=version, by=desk.post)
            elif doing == "approve":
                actions.approve(pk, version=version, by=desk.post)
            elif doing == "return":
                actions.give_back(pk, version=version, by=desk.post, text=text)
            else:
                actions.withdraw(pk, version=version, by=desk.post, text=text)
    except AlreadySent:
        return redirect("highlight", pk)
    except RegisterError as error:
        return _page(request, pk, error, doing)
    done = {
        "consent": _("Consented; the office was told."),
        "approve": _("Approved; it is listed for all, and its unit was told."),
        "return": _("Returned; its unit was told why."),
        "withdraw": _("Withdrawn; its unit was told why."),
    }
    messages.success(request, done[doing])
    return redirect("highlight", pk)


class HighlightForm(forms.Form):
    """What is entered of a highlight."""

    kind = forms.ChoiceField(label=pgettext_lazy("highlight", "Kind"), choices=list(KIND_WORDS.items()))
    title_zh = forms.CharField(label=pgettext_lazy("highlight", "Title"), max_length=120)
    text = forms.CharField(
        label=pgettext_lazy("highlight", "What was done"), max_length=2000, widget=forms.Textarea({"rows": 5})
    )
    measured = forms.CharField(
        label=gettext_lazy("What was measured, and how (optional)"), max_length=500, required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Numbers are shown with the mark “reported by the unit”."),
    )  # fmt: skip
    first = day_field(pgettext_lazy("highlight", "From"), required=True)
    last = day_field(pgettext_lazy("highlight", "To"), required=True)
    site = forms.ChoiceField(label=gettext_lazy("Site"), required=False)
    check = forms.ChoiceField(label=gettext_lazy("Criterion"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(actions.SUBMIT)
def highlight_new(request: HttpRequest) -> HttpResponse:
    """Send in what one's own unit did."""
    desk = at_desk(request)
    campaign = desk.campaign
    if campaign is None or desk.year is None:
        return redirect("highlights")
    form = HighlightForm(request.POST if request.method == "POST" else None)
    _choices(form, desk)
    photos: Sequence[Any] = ()
    context: dict[str, Any] = {"uid": new_uid(), "back": reverse("highlights")}
    if request.method == "POST":
        photos = _photos(request, desk, form)
        if form.is_valid():
            try:
                with once(request.POST.get("uid", "")):
                    made = actions.submit(campaign, _plan(form), by=desk.post, photos=list(photos))
            except AlreadySent:
                return redirect("highlights")
            except RegisterError as error:
                add_error(form, error)
            else:
                messages.success(request, _sent(made.state))
                return redirect("highlight", made.pk)
    return _form(request, form, _("Send in a highlight"), context | {"photos": photos})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(actions.SUBMIT)
def highlight_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a highlight anew; it goes the same way again."""
    desk = at_desk(request)
    found = highlight_of(desk.post, pk)
    if found is None or found.unit_id != desk.post.unit_id:
        raise Http404
    if not actions.may_change(desk.post, found):
        messages.error(request, _("It is approved or withdrawn, and stays as it is."))
        return redirect("highlight", pk)
    form = HighlightForm(request.POST if request.method == "POST" else None, initial=asdict(actions.plan_of(found)))
    _choices(form, desk)
    photos: Sequence[Any] = ()
    context: dict[str, Any] = {
        "kept_version": found.version,
        "back": reverse("highlight", args=[pk]),
        "there": list(found.photos.all()),
    }
    if request.method == "POST":
        photos = _photos(request, desk, form)
        if form.is_valid():
            version = page_number(request.POST.get("version", "")) or 0
            try:
                changed = actions.change(pk, _plan(form), version=version, by=desk.post, photos=list(photos))
            except RegisterError as error:
                context |= changed_context(error)
                add_error(form, error)
            else:
                messages.success(request, _sent(changed.state))
                return redirect("highlight", pk)
    return _form(request, form, found.title_zh, context | {"photos": photos})


def _sent(state: str) -> str:
    if state == "written":
        return _("Sent in; the head of your unit was asked to consent.")
    return _("Sent in; the office was told.")


def _photos(request: HttpRequest, desk: Desk, form: HighlightForm) -> Sequence[Any]:
    try:
        return taken(request, PHOTOS, desk.post)
    except PhotosNotTaken as error:
        words = Text(*("；".join(each.message.into(language) for each in error.problems) for language in ("zh", "en")))
        form.add_error(None, said(words))
        return error.taken


def _plan(form: HighlightForm) -> HighlightPlan:
    data = form.cleaned_data
    return HighlightPlan(
        data["title_zh"], data["text"], data["first"], data["last"], data["kind"], data["measured"], data["check"],
        data["site"],
    )  # fmt: skip


def _choices(form: HighlightForm, desk: Desk) -> None:
    today = timezone.localdate()
    choose(form, "site", options(site_codes(desk.county.pk, today), _("none")))
    choose(form, "check", [("", _("none")), *check_options(desk)])


def _form(request: HttpRequest, form: HighlightForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    context |= {
        "form": form, "heading": heading,
        "crumbs": [(_("Plan"), reverse("plan")), (_("Highlights"), reverse("highlights")), (heading, "")],
    }  # fmt: skip
    return render(request, "office/plan/highlight_form.html", context, status=status_of(form, context))
