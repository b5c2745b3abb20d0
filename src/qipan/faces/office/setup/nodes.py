"""The nodes of the plan: the fixed days ahead, in a list that can be added to, changed, and taken from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.frame import crumbs
from qipan.faces.office.setup.meanwhile import told
from qipan.faces.office.setup.register_forms import new_uid, page_number
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.campaigns.nodes import NodePlan, add_node, change_node, nodes, remove_node
from qipan.spine.campaigns.phases import phases

PAGE = "nodes"
EMPTY = {"name_zh": "", "name_en": "", "on": "", "decides": "", "phase": ""}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_nodes(request: HttpRequest) -> HttpResponse:
    """Show the nodes, and add one."""
    desk = at_desk(request)
    if desk.campaign is None:
        return HttpResponseRedirect(reverse("setup_campaign"))
    if request.method != "POST":
        return _list(request, desk, EMPTY)
    given = _given(request)
    try:
        with once(request.POST.get("uid", "")):
            node = add_node(desk.campaign, _plan(given), by=desk.post)
    except AlreadySent:
        return HttpResponseRedirect(reverse("setup_nodes"))
    except RegisterError as error:
        return _list(request, desk, given, error)
    messages.success(request, _("Added: %(name)s") % {"name": node.name.into(get_language() or "en")})
    return HttpResponseRedirect(reverse("setup_nodes"))


def _list(request: HttpRequest, desk: Desk, given: dict[str, str], error: RegisterError | None = None) -> HttpResponse:
    campaign = desk.campaign
    context = {
        "crumbs": crumbs((_("Nodes of the plan"), "")),
        "nodes": nodes(campaign.pk, timezone.localdate()) if campaign else [],
        "given": given,
        "phases": _phases(desk),
        "error": {error.field or "form": error.words.into(get_language() or "en")} if error else {},
        "undo": undo.offered(request, PAGE),
        "uid": new_uid(),
    }
    return render(request, "office/setup/nodes.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_node(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a node."""
    desk = at_desk(request)
    listed = nodes(desk.campaign.pk, timezone.localdate()) if desk.campaign else []
    row = next((one for one in listed if one.pk == pk), None)
    if row is None:
        raise Http404
    given = {
        "name_zh": row.name.zh, "name_en": row.name.en, "on": row.on.isoformat(), "decides": "1" if row.decides else "",
        "phase": str(row.phase or ""),
    }  # fmt: skip
    kept, version, error = given, row.version, None
    if request.method == "POST":
        given = _given(request)
        sent = request.POST.get("version", "")
        plan = _plan(given)
        try:
            # Another day goes by the page that shows what hangs on this one; the rest is saved here.
            rest = replace(plan, on=row.on) if plan.on is not None else plan
            if rest != _plan(kept) or plan.on == row.on:
                change_node(pk, rest, version=page_number(sent) or 0, by=desk.post)
        except RegisterError as refused:
            error = refused
            version = refused.version if isinstance(refused, Stale) else version
        else:
            if plan.on != row.on:
                return HttpResponseRedirect(f"{reverse('node_move', args=[pk])}?to={plan.on}")
            messages.success(request, _("Changed: %(name)s") % {"name": given["name_zh"]})
            return HttpResponseRedirect(reverse("setup_nodes"))
    stale = error if isinstance(error, Stale) else None
    context = {
        "crumbs": crumbs((_("Nodes of the plan"), reverse("setup_nodes")), (row.name.into(get_language() or "en"), "")),
        "row": row,
        "given": given,
        "phases": _phases(desk),
        "version": version,
        "error": {error.field or "form": error.words.into(get_language() or "en")} if error else {},
        "stale": stale is not None,
        "meanwhile": told(stale.changes) if stale else [],
    }
    return render(request, "office/setup/node.html", context, status=409 if stale else 422 if error else 200)


@require_POST
@requires(MANAGE_CAMPAIGN)
def setup_node_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a node out; the page offers to put it back."""
    try:
        gone = remove_node(pk, by=at_desk(request).post)
    except RegisterError as refused:
        messages.error(request, refused.words.into(get_language() or "en"))
        return HttpResponseRedirect(reverse("plan_node", args=[pk]))
    words = _("Taken out: %(name)s") % {"name": gone.name_zh}
    content = {"name_zh": gone.name_zh, "name_en": gone.name_en, "decides": gone.decides, "phase": gone.phase}
    undo.offer(request, PAGE, words, content | {"on": gone.on.isoformat() if gone.on else ""})
    return HttpResponseRedirect(reverse("setup_nodes"))


@require_POST
@requires(MANAGE_CAMPAIGN)
def setup_node_undo(request: HttpRequest) -> HttpResponse:
    """Put the node back that was taken out last."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if kept and desk.campaign is not None:
        plan = NodePlan(kept["name_zh"], _day(kept["on"]), kept["name_en"], bool(kept["decides"]), kept["phase"])
        add_node(desk.campaign, plan, by=desk.post)
        messages.success(request, _("Put back: %(name)s") % {"name": kept["name_zh"]})
    return HttpResponseRedirect(reverse("setup_nodes"))


def _phases(desk: Desk) -> list[tuple[str, str]]:
    found = phases(desk.campaign.pk) if desk.campaign else []
    return [(str(row.pk), row.name.into(get_language() or "en")) for row in found]


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in EMPTY}


def _plan(given: dict[str, str]) -> NodePlan:
    return NodePlan(
        given["name_zh"], _day(given["on"]), given["name_en"], bool(given["decides"]), page_number(given["phase"])
    )


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
