"""Practising: a copy of the county to try everything in, of which nothing counts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.faces.office.access import CHOSEN_POST, CHOSEN_YEAR, at_desk, requires
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.spine.campaigns.practice import enter_practice, make_practice, practice_of, remove_practice, reset_practice


def _above(*, may_set_up: bool) -> list[tuple[str, str]]:
    return [(_("Settings"), reverse("setup"))] if may_set_up else []


@require_safe
@requires(READ)
def practice(request: HttpRequest) -> HttpResponse:
    """Say what practising is, and lead in and out."""
    desk = at_desk(request)
    real = desk.real_post
    county = real.unit.county if real else desk.county
    there = practice_of(county.pk)
    context = {
        "crumbs": [*_above(may_set_up=MANAGE_CAMPAIGN.allows(real, county)), (_("Practice"), "")],
        "inside": desk.county.is_practice,
        "exists": there is not None,
        "place": there.name if there else None,
        "real": real,
        "may_make": MANAGE_CAMPAIGN.allows(real, county),
    }
    return render(request, "office/setup/practice.html", context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def practice_make(request: HttpRequest) -> HttpResponse:
    """Make the copy, and go in."""
    desk = at_desk(request)
    try:
        make_practice(desk.county, by=desk.post)
    except RegisterError as error:
        messages.error(request, error.words.into(get_language() or "en"))
        return HttpResponseRedirect(reverse("practice"))
    return _go_in(request)


@require_POST
@requires(READ)
def practice_enter(request: HttpRequest) -> HttpResponse:
    """Go on from the post in the practice county that is a copy of one's own."""
    return _go_in(request)


def _go_in(request: HttpRequest) -> HttpResponse:
    desk = at_desk(request)
    real = desk.real_post
    if real is None or desk.county.is_practice:
        return HttpResponseRedirect(reverse("practice"))
    try:
        post = enter_practice(real.unit.county, by=real)
    except RegisterError as error:
        messages.error(request, error.words.into(get_language() or "en"))
        return HttpResponseRedirect(reverse("practice"))
    return _at(request, post.pk)


@require_POST
@requires(READ)
def practice_leave(request: HttpRequest) -> HttpResponse:
    """Go back to the real county."""
    real = at_desk(request).real_post
    return _at(request, real.pk) if real else HttpResponseRedirect(reverse("practice"))


def _at(request: HttpRequest, post: int) -> HttpResponse:
    request.session[CHOSEN_POST] = post
    # The other county's campaign may have other years.
    request.session.pop(CHOSEN_YEAR, None)
    return HttpResponseRedirect(reverse("board"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def practice_reset(request: HttpRequest) -> HttpResponse:
    """Ask, then throw away what was tried and copy the county anew."""
    return _confirmed(
        request,
        _("Make the practice county anew?"),
        _("Everything that was tried there is thrown away, and the county is copied as it is now. "
          "Nothing of the real county is touched. This cannot be undone."),
        _("Make it anew"),
        remove=False,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def practice_remove(request: HttpRequest) -> HttpResponse:
    """Ask, then throw the practice county away."""
    return _confirmed(
        request,
        _("Throw the practice county away?"),
        _("Everything that was tried there is thrown away; people practise no more until it is made again. "
          "Nothing of the real county is touched. This cannot be undone."),
        _("Throw it away"),
        remove=True,
    )  # fmt: skip


def _confirmed(request: HttpRequest, title: str, words: str, button: str, *, remove: bool) -> HttpResponse:
    real = at_desk(request).real_post
    if real is None:
        return HttpResponseRedirect(reverse("practice"))
    if request.method != "POST":
        context = {
            "crumbs": [*_above(may_set_up=True), (_("Practice"), reverse("practice")), (title, "")],
            "title": title, "words": words, "button": button, "back": reverse("practice"),
        }  # fmt: skip
        return render(request, "office/setup/confirm.html", context)
    try:
        if remove:
            remove_practice(real.unit.county, by=real)
            messages.success(request, _("The practice county is gone; its journal is kept."))
        else:
            reset_practice(real.unit.county, by=real)
            messages.success(request, _("The practice county is as new."))
    except RegisterError as error:
        messages.error(request, error.words.into(get_language() or "en"))
    request.session[CHOSEN_POST] = real.pk
    request.session.pop(CHOSEN_YEAR, None)
    return HttpResponseRedirect(reverse("practice"))
