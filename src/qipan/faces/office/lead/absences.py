"""Absences: who is away from when until when, and who stands in with the rights of the post."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import (
    add_error,
    choose,
    day_field,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.units import absences as room
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_PEOPLE, SET_ABSENCES
from qipan.ground.units.registers import post_words
from qipan.ground.units.sent import AlreadySent, once

STATES = {
    "now": (pgettext_lazy("absence", "absent now"), "due"), "coming": (pgettext_lazy("absence", "coming"), "not_assessed"),
    "over": (pgettext_lazy("absence", "over"), "neutral"),
}  # fmt: skip


class AbsenceForm(forms.Form):
    """Who stands in, from when until when."""

    deputy = forms.ChoiceField(label=gettext_lazy("Who stands in"))
    first = day_field(gettext_lazy("First day of the absence"), required=True)
    last = day_field(
        gettext_lazy("Last day of the absence"), required=True, help_text=gettext_lazy("Standing in ends by itself at the end of this day.")
    )  # fmt: skip


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Absences and deputies"), reverse("absences") if more else ""), *more]


@require_GET
@requires(SET_ABSENCES)
def absences(request: HttpRequest) -> HttpResponse:
    """List who is absent, who will be, and who was in the last year."""
    desk, today = at_desk(request), timezone.localdate()
    rows = [(row, *STATES[row.state]) for row in room.absences(desk.post, today)]
    choices = [(str(pk), said(words)) for pk, words in room.posts_in_hand(desk.post, today)]
    people = MANAGE_PEOPLE.allows(desk.post, desk.county)
    crumbs = [(_("Settings"), reverse("setup")), (_("People and posts"), reverse("people"))] if people else []
    context = {"rows": rows, "choices": choices, "crumbs": [*crumbs, *_crumbs()], "all_units": people}
    return render(request, "office/lead/absences.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_ABSENCES)
def absence_new(request: HttpRequest) -> HttpResponse:
    """Name a deputy for a post and the days of its absence."""
    desk, today = at_desk(request), timezone.localdate()
    wanted = request.POST.get("of") or request.GET.get("of", "")
    if not wanted:
        return redirect("absences")
    absent = room.absent_post(page_number(wanted) or 0, by=desk.post)
    if absent is None:
        raise Http404
    deputies = room.deputies_for(absent, today)
    form = AbsenceForm(request.POST if request.method == "POST" else None, initial={"first": today})
    choose(form, "deputy", options(((str(pk), words) for pk, words in deputies), _("choose")))
    styled(form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with once(request.POST.get("uid", "")):
                made = room.set_absence(absent.pk, int(data["deputy"]), data["first"], data["last"], by=desk.post)
        except AlreadySent:
            return redirect("absences")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("%(name)s stands in from %(first)s to %(last)s. Both have a message; standing in ends by itself.")
                % {"name": said(room.person_words(made)), "first": made.valid_from, "last": made.valid_to},
            )  # fmt: skip
            return redirect("absences")
    context = {
        "form": form, "absent_pk": absent.pk, "post_name": said(post_words(absent)), "deputies": deputies, "uid": new_uid(),
        "of_office": absent.role == "office", "may_add": MANAGE_PEOPLE.allows(desk.post, desk.county),
        "crumbs": _crumbs((said(post_words(absent)), "")),
    }  # fmt: skip
    return render(request, "office/lead/absence_new.html", context, status=status_of(form, {}))


@require_POST
@requires(SET_ABSENCES)
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an absence before its last day."""
    try:
        room.end_absence(pk, version=page_number(request.POST.get("version", "")) or 0, by=at_desk(request).post)
    except RegisterError as error:
        messages.error(request, said(error.words))
    else:
        messages.success(request, _("Ended. From now on only the holder of the post acts for it; both have a message."))
    return redirect("absences")
