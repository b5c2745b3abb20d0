"""Handing over a post: one list, signed by the holder and then by the successor, who sees it first."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import page_number, said
from qipan.faces.office.work.columns import STATE_WORDS
from qipan.ground.units.permissions import MANAGE_PEOPLE, READ
from qipan.ground.units.registers import post_words
from qipan.spine.work import handover as room
from qipan.spine.work.errors import WorkError

#: What a draft was begun on, by the beginning of its key.
DRAFTS = {
    "work.report": pgettext_lazy("draft", "report"), "work.recheck": pgettext_lazy("draft", "re-check"),
    "visit": pgettext_lazy("draft", "visit"), "review": pgettext_lazy("draft", "review"),
    "work": pgettext_lazy("draft", "work"),
}  # fmt: skip


def draft_words(form: str) -> str:
    """Return what a draft was begun on."""
    kind, _colon, thing = form.partition(":")
    for key, words in DRAFTS.items():
        if kind == key or kind.startswith(f"{key}."):
            return f"{words} {thing}".strip()
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ)
def handover_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to hand a post over: one's own, or for the office any of the county."""
    desk, today = at_desk(request), timezone.localdate()
    post = room.post_to_hand_over(pk, by=desk.post, on=today)
    if post is None:
        raise Http404
    under_way = room.running_of(pk)
    if under_way is not None:
        return redirect("handover", under_way)
    given = {"new": "", "on": (today + timedelta(days=1)).isoformat(), "notes": ""}
    error: dict[str, str] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip() for name in given}
        try:
            on = date.fromisoformat(given["on"])
        except ValueError:
            on, error = today, {"on": _("Write the day as 2026-12-01.")}
        if not error:
            try:
                found = room.begin(pk, page_number(given["new"]) or 0, on, by=desk.post, notes=given["notes"])
            except WorkError as refused:
                error = {refused.field or "form": said(refused.words)}
            else:
                messages.success(request, _("The hand-over has begun; both have a message."))
                return redirect("handover", found)
    context = {
        "post_name": said(post_words(post)), "successors": [(str(key), said(words)) for key, words in room.successors(post, today)],
        "contents": room.contents_of(post), "given": given, "error": error,
        "may_add": MANAGE_PEOPLE.allows(desk.post, desk.county), "crumbs": [(_("Hand over a post"), "")],
        "longest": room.LONGEST_NOTES,
    }  # fmt: skip
    return render(request, "office/lead/handover_new.html", context, status=422 if error else 200)


@require_GET
@requires(READ)
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a hand-over to those whom it concerns."""
    desk = at_desk(request)
    found = room.handover_page(desk.post, pk)
    if found is None:
        raise Http404
    context = {
        "found": found, "items": [
            (item, str(STATE_WORDS[item.state]), reverse("work_item", args=[item.number])) for item in found.contents.items
        ],
        "drafts": [draft_words(form) for form in found.contents.drafts], "longest": room.LONGEST_NOTES,
        "crumbs": [(_("Hand over a post"), "")],
    }  # fmt: skip
    return render(request, "office/lead/handover.html", context)


@require_POST
@requires(READ)
def handover_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign as the holder or as the successor, or cancel."""
    desk = at_desk(request)
    if room.handover_page(desk.post, pk) is None:
        raise Http404
    version = page_number(request.POST.get("version", "")) or 0
    try:
        match request.POST.get("do"):
            case "give":
                room.give(pk, version=version, notes=request.POST.get("notes", ""), by=desk.post)
                messages.success(request, _("Signed. The successor has a message and sees the list first."))
            case "take":
                room.take(pk, version=version, by=desk.post)
                messages.success(request, _("Signed. Drafts, unread messages and sponsored places are now yours."))
            case "cancel":
                room.cancel(pk, version=version, by=desk.post)
                messages.success(request, _("The hand-over was cancelled; everything stays as it was."))
    except WorkError as error:
        messages.error(request, said(error.words))
    return redirect("handover", pk)
