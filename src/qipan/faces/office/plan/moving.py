"""A node or a phase is moved in two steps: what hangs on it is shown, with what would move; then it is confirmed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.setup.register_forms import new_uid, page_number, said
from qipan.faces.office.work.columns import STATE_WORDS
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.work.plan.hanging import Shift, shift_of_node, shift_of_phase
from qipan.spine.work.plan.moving import Chosen, Moved, Otherwise, move_node, move_phase, node_to_move, phase_to_move


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def node_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a node: choose the day, see what hangs on it, confirm."""
    desk = at_desk(request)
    node = node_to_move(desk.county.pk, pk)
    if node is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    to, error = _day(given.get("to", "")), None
    if request.method == "POST" and to is not None:
        try:
            with once(request.POST.get("uid", "")):
                moved = move_node(
                    pk, to, version=page_number(given.get("version", "")) or 0, chosen=_chosen(request),
                    reason=given.get("reason", ""), by=desk.post,
                )  # fmt: skip
        except AlreadySent:
            return redirect("plan_node", pk)
        except RegisterError as refused:
            error = refused
            node.refresh_from_db()
        else:
            _say(request, moved)
            return redirect("plan_node", pk)
    moves = to is not None and to != node.on
    wrong = "" if moves or "to" not in given else _("Write a day other than the present one, such as 2026-12-01.")
    context = {
        "what": "node", "name": said(node.name), "version": node.version,
        "days": [("to", _("New day"), (to or node.on).isoformat())],
        "was": [node.on], "shift": shift_of_node(node, to) if moves and to else None, "to": [to],
        "crumbs": [(_("Plan"), reverse("plan")), (said(node.name), reverse("plan_node", args=[pk])), (_("Move"), "")],
        "back": reverse("plan_node", args=[pk]),
    }  # fmt: skip
    return _page(request, context, error, wrong)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def phase_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a phase: choose its days, see what hangs on them, confirm."""
    desk = at_desk(request)
    phase = phase_to_move(desk.county.pk, pk)
    if phase is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    first, last, error = _day(given.get("first", "")), _day(given.get("last", "")), None
    by_days = given.get("days", "").strip()
    if by_days.lstrip("-").isdecimal() and by_days.isascii() and len(by_days) < 5:
        first, last = (day + timedelta(days=int(by_days)) for day in (phase.first, phase.last))
    asked = any(name in given for name in ("first", "last", "days"))
    if request.method == "POST" and first is not None and last is not None:
        try:
            with once(request.POST.get("uid", "")):
                moved = move_phase(
                    pk, first, last, version=page_number(given.get("version", "")) or 0, chosen=_chosen(request),
                    reason=given.get("reason", ""), by=desk.post,
                )  # fmt: skip
        except AlreadySent:
            return redirect("plan")
        except RegisterError as refused:
            error = refused
            phase.refresh_from_db()
        else:
            _say(request, moved)
            return redirect("plan")
    right = first is not None and last is not None and first <= last and (first, last) != (phase.first, phase.last)
    wrong = (
        ""
        if right or not asked
        else _("Write two days, the last not before the first, that differ from the present ones.")
    )
    context = {
        "what": "phase", "name": said(phase.name), "version": phase.version,
        "days": [
            ("first", _("First day"), (first or phase.first).isoformat()),
            ("last", _("Last day"), (last or phase.last).isoformat()),
        ],
        "was": [phase.first, phase.last], "to": [first, last],
        "shift": shift_of_phase(phase, first, last, year=desk.year.year if desk.year else 0) if right and first and last else None,
        "loose_url": work_url(phase=pk, milestone="-", view="open"),
        "crumbs": [(_("Plan"), reverse("plan")), (said(phase.name), reverse("phase_edit", args=[pk])), (_("Move"), "")],
        "back": reverse("plan"),
    }  # fmt: skip
    return _page(request, context, error, wrong)


def _page(request: HttpRequest, context: dict[str, Any], error: RegisterError | None, wrong: str) -> HttpResponse:
    shift: Shift | None = context["shift"]
    sent = request.method == "POST"
    ticked = {name: set(request.POST.getlist(name)) for name in ("node", "item", "round")} if sent else None
    same = not isinstance(error, Otherwise | Stale)
    if shift is not None:
        context["nodes"] = [
            {
                "node": node, "moving": node.on != node.to,
                "ticked": str(node.pk) in ticked["node"] if ticked and same else node.moves,
                "items": [
                    {
                        "item": item, "url": reverse("work_item", args=[item.number]),
                        "word": STATE_WORDS[item.state],
                        "ticked": str(item.pk) in ticked["item"] if ticked and same else item.moves,
                    }
                    for item in node.items
                ],
            }
            for node in shift.nodes
        ]  # fmt: skip
        context["rounds"] = [
            {"round": each, "ticked": str(each.pk) in ticked["round"] if ticked and same else True}
            for each in shift.rounds
        ]
        context["count"] = len(shift.items)
    field = error.field if error is not None else ""
    context |= {
        "error": said(error.words) if error is not None and field != "reason" else wrong,
        "reason_error": said(error.words) if error is not None and field == "reason" else "",
        "reason": request.POST.get("reason", ""), "uid": new_uid(),
    }  # fmt: skip
    status = 409 if isinstance(error, Otherwise | Stale) else 422 if error is not None or wrong else 200
    return render(request, "office/plan/move.html", context, status=status)


def _chosen(request: HttpRequest) -> Chosen:
    def keys(name: str) -> frozenset[int]:
        return frozenset(pk for each in request.POST.getlist(name) if (pk := page_number(each)))

    return Chosen(request.POST.get("seen", ""), keys("item"), keys("round"), keys("node"))


def _say(request: HttpRequest, moved: Moved) -> None:
    words = _("Moved: %(name)s.") % {"name": said(moved.name)}
    if moved.items:
        along = ngettext(
            "%(count)s item moved with it; its units were told.", "%(count)s items moved with it; their units were told.",
            moved.items,
        )  # fmt: skip
        words += f" {along % {'count': moved.items}}"
    if moved.rounds:
        rounds = ngettext("%(count)s round ends on another day.", "%(count)s rounds end on another day.", moved.rounds)
        words += f" {rounds % {'count': moved.rounds}}"
    messages.success(request, words)


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        return None
