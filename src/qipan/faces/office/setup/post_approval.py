"""Posts that wait for the security administrator: what the pages of people show of them, and the two acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import said
from qipan.ground.units import approving
from qipan.ground.units.approvals import Waiting, security_posts, waiting_of
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import APPROVE_POSTS
from qipan.overview.desk import Desk


def approval_context(desk: Desk, roles: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of people says of approval: whether it is on, why not, and what waits."""
    county = desk.county
    return {
        "approval_on": county.posts_approved,
        "approval_possible": bool(security_posts(county.pk, timezone.localdate())),
        "may_approve": APPROVE_POSTS.allows(desk.post, county),
        "waiting": shown(waiting_of(county.pk), desk, roles),
    }


def shown(rows: Iterable[Waiting], desk: Desk, roles: dict[str, Any]) -> list[dict[str, Any]]:
    """Return requests as a page shows them; nobody decides on their own."""
    return [
        {
            "row": row, "role": roles.get(row.role, row.role), "was_role": roles.get(row.was_role, ""),
            "own": desk.post.person_id in (row.person, row.asked_by_person),
        }
        for row in rows
    ]  # fmt: skip


@require_POST
@requires(APPROVE_POSTS)
def approval(request: HttpRequest) -> HttpResponse:
    """Turn the approval of posts on or off."""
    on = request.POST.get("on") == "1"
    approving.have_posts_approved(on=on, by=at_desk(request).post)
    messages.success(
        request,
        _("From now on a new post waits for your approval.")
        if on
        else _("New posts no longer wait. What waits already is still to be decided."),
    )
    return redirect("people")


@require_POST
@requires(APPROVE_POSTS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a post that waits, or refuse it with a reason."""
    by = at_desk(request).post
    if pk >= 1 << 63:
        raise PermissionDenied  # a key that no database holds
    try:
        if request.POST.get("do") == "approve":
            approving.approve(pk, by=by)
            messages.success(request, _("The post is approved; who asked for it was told."))
        else:
            approving.refuse(pk, request.POST.get("reason", ""), by=by)
            messages.success(request, _("The post is refused; who asked for it was told."))
    except RegisterError as error:
        messages.error(request, said(error.words))
    return redirect("people")
