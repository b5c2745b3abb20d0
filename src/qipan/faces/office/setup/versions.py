"""The versions of a record: who changed what and when, and two of them side by side. One page for every kind of record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.journal_words import thing_url, thing_words, verb_words
from qipan.faces.office.setup.meanwhile import FIELDS
from qipan.faces.office.setup.register_forms import FIELD_WORDS
from qipan.faces.office.work.chain import word
from qipan.faces.office.work.columns import STATE_WORDS
from qipan.ground.audit.history import Version
from qipan.ground.audit.history import versions as versions_of
from qipan.ground.sites.queries import site_of
from qipan.ground.units.permissions import READ, READ_JOURNAL
from qipan.ground.units.registers import unit_row
from qipan.spine.work.replay import UNKNOWN
from qipan.spine.work.versions import item_versions

_ITEM_FIELDS: dict[str, str | Promise] = {
    "state": gettext_lazy("State"), "round": gettext_lazy("Handling round"), "lead": gettext_lazy("Lead unit"),
    "deadline": gettext_lazy("Deadline"), "own_deadline": gettext_lazy("Own date"), "accepted_at": gettext_lazy("Accepted"),
    "reported_at": gettext_lazy("Reported"), "closed_at": gettext_lazy("Ended"), "held_since": gettext_lazy("Clock stands since"),
    "merged_into": gettext_lazy("Goes on as"), "text": gettext_lazy("Words"),
}  # fmt: skip


@require_safe
@requires(READ_JOURNAL)
def versions(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show the versions of a record of the registers, as the journal tells them."""
    found = versions_of(at_desk(request).county.code, kind, key)
    if not found:
        if not _is_there(at_desk(request).county.pk, kind, key):
            raise Http404
        return render(
            request, "office/setup/versions.html", {"title": _("Versions"), "url": _page_of(kind, key), "crumbs": []}
        )
    words = {**FIELDS, **FIELD_WORDS}
    title = f"{thing_words(kind).into(_language(request))} {_name(found[-1]) or key}"
    return _page(request, found, title, thing_url(kind, key) or _page_of(kind, key), words)


@require_safe
@requires(READ)
def work_versions(request: HttpRequest, number: str) -> HttpResponse:
    """Show the versions of a work item that one sees, as its log tells them."""
    found = item_versions(at_desk(request).post, number)
    if not found:
        raise Http404
    return _page(request, found, number, reverse("work_item", args=[number]), _ITEM_FIELDS)


def _page(
    request: HttpRequest, found: list[Version], title: str, url: str, words: dict[str, str | Promise]
) -> HttpResponse:
    last = len(found)
    new = _chosen(request, "to", last, last)
    old = _chosen(request, "from", max(last - 1, 1), last)
    one, two = found[old - 1], found[new - 1]
    context = {
        "title": title, "url": url, "one": one, "two": two,
        "crumbs": [(title, url), (_("Versions"), "")],
        "rows": [_line(version, words) for version in reversed(found)],
        "fields": [
            {
                "label": _label(name, words), "was": _value(name, one.values.get(name, "")), "now": _value(name, two.values.get(name, "")),
                "differs": one.values.get(name, "") != two.values.get(name, ""),
            }
            for name in dict.fromkeys([*one.values, *two.values])
        ],
    }  # fmt: skip
    context["count"] = sum(bool(each["differs"]) for each in context["fields"])  # type: ignore[attr-defined]
    return render(request, "office/setup/versions.html", context)


def _chosen(request: HttpRequest, name: str, usual: int, last: int) -> int:
    given = request.GET.get(name, "")
    return min(max(int(given), 1), last) if given.isdecimal() and len(given) < 6 else usual


def _line(version: Version, words: dict[str, str | Promise]) -> dict[str, Any]:
    kind, _dot, step = version.verb.partition(".")
    return {
        "version": version, "verb": word(step) if kind == "step" else verb_words(version.verb),
        "changed": [_label(name, words) for name in version.changed],
    }  # fmt: skip


def _label(name: str, words: dict[str, str | Promise]) -> str:
    return str(words.get(name, name))


def _value(name: str, value: str) -> str:
    if value == UNKNOWN:
        return _("not said in the log")
    return str(STATE_WORDS.get(value, value)) if name == "state" else value


def _name(version: Version) -> str:
    return version.values.get("name_zh") or version.values.get("title_zh") or ""


def _is_there(county: int, kind: str, key: str) -> bool:
    """Whether the county has such a record, of which nothing was noted yet."""
    if not key.isdecimal():
        return False
    today = timezone.localdate()
    if kind == "site":
        return site_of(county, int(key), today) is not None
    return kind == "unit" and unit_row(county, int(key), today) is not None


def _page_of(kind: str, key: str) -> str:
    """Return the page of a record that the journal does not lead to."""
    names = {"unit": "unit_edit", "site": "site_edit", "post": "post_edit", "person": "person"}
    return reverse(names[kind], args=[key]) if kind in names and key.isdecimal() else reverse("journal")


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "en"))
