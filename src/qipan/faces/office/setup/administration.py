"""The pages of two administrators: how the installation runs, and which sign-ins are locked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.ground.units.locks import lift, locks
from qipan.ground.units.permissions import SEE_LOCKS, SEE_SYSTEM
from qipan.overview.installation import installation


@require_GET
@requires(SEE_SYSTEM)
def system(request: HttpRequest) -> HttpResponse:
    """Show how the installation runs."""
    return render(request, "office/setup/system.html", {"found": installation(at_desk(request).county)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE_LOCKS)
def locked(request: HttpRequest) -> HttpResponse:
    """Show which sign-ins wait after wrong passwords, and let them try again."""
    desk, now = at_desk(request), timezone.now()
    if request.method == "POST":
        count = lift(by=desk.post, now=now)
        words = ngettext("%(count)s lock was lifted.", "%(count)s locks were lifted.", count) % {"count": count}
        messages.success(request, words if count else _("Nothing was locked any more."))
        return redirect("locks")
    return render(request, "office/setup/locks.html", {"rows": locks(now)})
