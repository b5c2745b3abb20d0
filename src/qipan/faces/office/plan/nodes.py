"""The page of a node: planned and actual day, what hangs on it, and tying items to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.rows import shown_row
from qipan.faces.office.plan.overview import difference_words, figures_of
from qipan.faces.office.setup.register_forms import new_uid, page_number, said
from qipan.faces.office.work.item import KIND_WORDS
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.campaigns.nodes import NodeRow, nodes, reach_node
from qipan.spine.campaigns.phases import phase_of
from qipan.spine.work.branches import branches_if_asked
from qipan.spine.work.plan.figures import plan_figures
from qipan.spine.work.plan.hanging import end_of
from qipan.spine.work.plan.tying import AT_ONCE, tie, untie
from qipan.spine.work.queries import Filters, items, options

SHOWN = 200


@require_GET
@requires(READ)
def plan_node(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a node with the items that are due by it."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, error: str = "", status: int = 200) -> HttpResponse:
    desk, now = at_desk(request), timezone.now()
    node, year = _node(desk, pk), desk.year
    if year is None:
        raise Http404
    found = items(desk.post, Filters(year=year.year, milestone=str(pk)), "late", year=year, now=now, per_page=SHOWN)
    figures = plan_figures(desk.post, year, (), [pk], now=now).nodes[pk]
    phase = phase_of(year.campaign_id, node.phase) if node.phase else None
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    context = {
        "node": node, "difference": difference_words(node), "is_late": (node.late or 0) > 0, "phase": phase,
        "figures": figures_of(figures, milestone=pk), "may_edit": may, "today": timezone.localdate(), "error": error,
        "rows": [{"item": shown_row(row, now), "row": row} for row in found.rows if row.state not in {"cancelled", "merged"}],
        "more": found.total - len(found.rows), "ahead": end_of(node.on) > now,
        "crumbs": [(_("Plan"), reverse("plan")), (said(node.name), "")], "uid": new_uid(),
    }  # fmt: skip
    return render(request, "office/plan/node.html", context, status=status)


@require_POST
@requires(MANAGE_CAMPAIGN)
def node_reach(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the day on which a node was reached, or take it back."""
    desk = at_desk(request)
    _node(desk, pk)
    given = request.POST.get("met_on", "").strip()
    try:
        on = date.fromisoformat(given) if given and "undo" not in request.POST else None
    except ValueError:
        return _page(request, pk, _("Write the day as 2026-12-01."), 422)
    if on is None and "undo" not in request.POST:
        return _page(request, pk, _("Write the day as 2026-12-01."), 422)
    try:
        reach_node(pk, on, version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
    except RegisterError as error:
        return _page(request, pk, said(error.words), 409 if hasattr(error, "version") else 422)
    messages.success(request, _("Noted as reached.") if on else _("It counts as not reached again."))
    return redirect("plan_node", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def node_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Tie open items to a node: filter, tick, confirm; each is then due by its day."""
    desk, now = at_desk(request), timezone.now()
    node, year = _node(desk, pk), desk.year
    if year is None:
        raise Http404
    error = ""
    if request.method == "POST":
        pairs = [each.partition(":") for each in request.POST.getlist("item")]
        chosen = {key: version for a, _sep, b in pairs if (key := page_number(a)) and (version := page_number(b))}
        try:
            with once(request.POST.get("uid", "")):
                count = tie(pk, chosen, by=desk.post)
        except AlreadySent:
            return redirect("plan_node", pk)
        except RegisterError as refused:
            error = said(refused.words)
        else:
            words = ngettext(
                "%(count)s item is now due by this node; its unit was told.",
                "%(count)s items are now due by this node; their units were told.",
                count,
            )
            messages.success(request, words % {"count": count})
            return redirect("plan_node", pk)
    given = {name: request.GET.get(name, "").strip() for name in ("q", "unit", "kind", "milestone")}
    filters = Filters(
        year=year.year,
        state="open",
        text=given["q"],
        unit=given["unit"],
        kind=given["kind"],
        milestone=given["milestone"],
    )
    tree = branches_if_asked(desk.county.pk)
    found = items(desk.post, filters, "deadline", year=year, now=now, per_page=AT_ONCE, tree=tree)
    kept = set(request.POST.getlist("item"))
    context: dict[str, Any] = {
        "node": node, "error": error, "uid": new_uid(), "total": found.total, "filtered": any(given.values()),
        "rows": [
            {"item": shown_row(row, now), "row": row, "key": f"{row.pk}:{row.version}", "ticked": f"{row.pk}:{row.version}" in kept}
            for row in found.rows
        ],
        "page": Paginator(range(found.total), AT_ONCE).get_page(1),
        "filters": _filters(desk, given), "past": end_of(node.on) <= now,
        "crumbs": [
            (_("Plan"), reverse("plan")), (said(node.name), reverse("plan_node", args=[pk])), (_("Tie items"), ""),
        ],
    }  # fmt: skip
    return render(request, "office/plan/tie.html", context, status=422 if error else 200)


@require_POST
@requires(MANAGE_CAMPAIGN)
def node_untie(request: HttpRequest, pk: int) -> HttpResponse:
    """Untie an item from a node."""
    desk = at_desk(request)
    _node(desk, pk)
    version = page_number(request.POST.get("version", "")) or 0
    try:
        item = untie(pk, request.POST.get("number", ""), version=version, by=desk.post)
    except RegisterError as error:
        return _page(request, pk, said(error.words), 409)
    messages.success(
        request, _("%(number)s no longer hangs on this node; its deadline stays.") % {"number": item.number}
    )
    return redirect("plan_node", pk)


def _node(desk: Desk, pk: int) -> NodeRow:
    rows = nodes(desk.year.campaign_id, timezone.localdate()) if desk.year is not None else []
    found = next((one for one in rows if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _filters(desk: Desk, given: dict[str, str]) -> list[dict[str, Any]]:
    language = get_language() or "en"
    known = options(desk.post, desk.year)

    def select(name: str, label: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
        every = [("", _("all")), *choices]
        return {"name": name, "label": label, "kind": "select", "value": given[name], "options": every}

    return [
        {"name": "q", "label": _("Words or number"), "kind": "search", "value": given["q"]},
        select("unit", _("Unit"), [(unit.code, unit.name.into(language)) for unit in known.units]),
        select("kind", _("Kind"), [(name, str(KIND_WORDS[name])) for name in known.kinds]),
        select("milestone", _("Node of the plan"), [("-", _("none"))]),
    ]
