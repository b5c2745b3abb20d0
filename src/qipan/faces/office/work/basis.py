"""Basis documents: the register, a document with the tasks under it, and what an item cites."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.fields import whole
from qipan.faces.office.work.lights import light
from qipan.ground.units.permissions import READ
from qipan.ground.units.sent import AlreadySent, once
from qipan.spine.work.basis.actions import Cited, Paper, cite, keep_document, uncite
from qipan.spine.work.basis.queries import documents, under
from qipan.spine.work.errors import WorkError
from qipan.spine.work.permissions import KEEP_BASIS
from qipan.spine.work.queries import item_page

if TYPE_CHECKING:
    from qipan.overview.desk import Desk

FIELDS = ("title", "number", "issuer", "issued_on")


@require_http_methods(["GET", "POST"])
@requires(READ)
def basis(request: HttpRequest) -> HttpResponse:
    """List the documents, and enter a new one."""
    desk = at_desk(request)
    error: WorkError | None = None
    if request.method == "POST":
        error = _keep(request, desk)
        if error is None:
            return redirect("basis")
    words = request.GET.get("q", "").strip()
    context = {
        "rows": [(row, reverse("basis_document", args=[row.pk]), _tasks_url(row.pk)) for row in documents(desk.post, words)],
        "filters": [{"name": "q", "label": _("Words"), "kind": "search", "value": words}],
        "reset_url": reverse("basis") if words else "", "may_keep": KEEP_BASIS.allows(desk.post, desk.county),
        **_form(request, error), "crumbs": [(_("Work"), reverse("work_list")), (_("Basis documents"), "")],
    }  # fmt: skip
    return render(request, "office/work/basis.html", context, status=_status(error))


@require_http_methods(["GET", "POST"])
@requires(READ)
def basis_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a document with its clauses and the tasks under each, and change it."""
    desk = at_desk(request)
    error: WorkError | None = None
    if request.method == "POST":
        error = _keep(request, desk, pk)
        if error is None:
            return redirect("basis_document", pk)
    row = next(iter(documents(desk.post, pk=pk)), None)
    if row is None:
        raise Http404
    now = timezone.now()
    found = under(pk, desk.post, now)
    shown = [
        {
            "clause": clause,
            "found": [(each, reverse("work_item", args=[each.number]), light(each, now)) for each in rows],
        }
        for clause, rows in found
    ]
    held = {
        "title": row.title,
        "number": row.number,
        "issuer": row.issuer,
        "issued_on": row.issued_on or "",
        "version": row.version,
    }
    context = {
        "row": row, "clauses": shown, "more": max(0, row.tasks - sum(len(rows) for _clause, rows in found)), "tasks_url": _tasks_url(pk), "may_keep": KEEP_BASIS.allows(desk.post, desk.county),
        **_form(request, error, held),
        "crumbs": [(_("Work"), reverse("work_list")), (_("Basis documents"), reverse("basis")), (row.title, "")],
    }  # fmt: skip
    return render(request, "office/work/basis_document.html", context, status=_status(error))


def _status(error: WorkError | None) -> int:
    return 200 if error is None else 422 if error.field else 409


def _tasks_url(pk: int) -> str:
    return f"{reverse('work_list')}?basis={pk}"


def _keep(request: HttpRequest, desk: Desk, pk: int | None = None) -> WorkError | None:
    """Enter a document or change one; return what is wrong."""
    given = request.POST
    if not KEEP_BASIS.allows(desk.post, desk.county):
        raise PermissionDenied
    try:
        day = date.fromisoformat(given["issued_on"]) if given.get("issued_on") else None
    except ValueError:
        return WorkError(Text("请填写日期，如2026-11-23。", "Enter a date, such as 2026-11-23."), "issued_on")
    paper = Paper(given.get("title", ""), given.get("number", ""), given.get("issuer", ""), day)
    try:
        with once(given.get("uid", "")):
            keep_document(paper, by=desk.post, pk=pk, version=whole(given.get("version", "")))
    except AlreadySent:
        return None
    except WorkError as error:
        return error
    messages.success(request, _("Saved. Tasks can cite it now.") if pk is None else _("Saved."))
    return None


def _form(request: HttpRequest, error: WorkError | None, held: dict[str, Any] | None = None) -> dict[str, Any]:
    given: Any = request.POST if error is not None else held or {}
    return {
        "given": {name: given.get(name, "") for name in FIELDS},
        "version": (held or {}).get("version", 0),
        "uid": uuid.uuid4(), "error": error.words if error else "", "error_field": error.field if error else "",
    }  # fmt: skip


@require_POST
@requires(KEEP_BASIS)
def work_cite(request: HttpRequest, number: str) -> HttpResponse:
    """Let an item cite a document, or take a citation from it."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    taken = whole(request.POST.get("take", ""))
    try:
        if taken:
            uncite(found.pk, taken, by=desk.post)
            messages.success(request, _("The citation was taken away."))
        else:
            cited = Cited(whole(request.POST.get("document", "")), request.POST.get("clause", ""))
            cite(found.pk, cited, by=desk.post)
            messages.success(request, _("The task cites it now."))
    except WorkError as error:
        messages.error(request, error.words.into(get_language() or "en"))
    return redirect(reverse("work_item", args=[number]) + "#basis-title")
