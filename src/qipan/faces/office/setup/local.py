"""The county's own limits beside those of the standard: stricter, or refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.rules import plain
from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.frame import crumbs
from qipan.faces.office.setup.meanwhile import told
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.local import limited, set_limits


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_limits(request: HttpRequest) -> HttpResponse:
    """Show the items that the standard holds to a number, and set the county's own limits."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return HttpResponseRedirect(reverse("setup_campaign"))
    rows = limited(desk.year)
    written = {row.item: plain(row.own) if row.own is not None else "" for row in rows}
    version, error = desk.campaign.version, None
    if request.method == "POST":
        given = {item: request.POST.get(f"l-{item}", "").strip() for item in written}
        sent = request.POST.get("version", "")
        try:
            changed = set_limits(
                desk.year.pk, {item: text for item, text in given.items() if text != written[item]},
                version=int(sent) if sent.isdecimal() else 0, by=desk.post,
            )  # fmt: skip
        except RegisterError as refused:
            error, written = refused, given
            version = refused.version if isinstance(refused, Stale) else version
        else:
            count = len(changed)
            words = ngettext("%(count)d limit changed.", "%(count)d limits changed.", count) % {"count": count}
            messages.success(request, words if count else _("Nothing has changed."))
            return HttpResponseRedirect(reverse("setup_limits"))
    stale = error if isinstance(error, Stale) else None
    types = rulebook(desk.year).catalogue.types
    context = {
        "crumbs": crumbs((_("The county's own limits"), "")),
        "year": desk.year.year,
        "version": version,
        "rows": [
            {
                "row": row, "written": written[row.item], "where": [types[code].title for code in row.types if code in types],
                "error": error.words.into(get_language() or "en") if error and error.field == row.item else "",
            }
            for row in rows
        ],
        "error": error.words.into(get_language() or "en") if error else "",
        "stale": stale is not None,
        "meanwhile": _titled(stale, {row.item: row.title for row in rows}),
    }  # fmt: skip
    return render(request, "office/setup/limits.html", context, status=409 if stale else 422 if error else 200)


def _titled(stale: Stale | None, titles: dict[str, Text]) -> list[dict[str, object]]:
    """Return what others changed meanwhile, items by their titles."""
    if stale is None:
        return []
    language = get_language() or "en"
    return [
        change
        | {"fields": [(titles[name].into(language) if name in titles else name, *rest) for name, *rest in fields]}
        for change in told(stale.changes)
        if isinstance(fields := change["fields"], list)
    ]
