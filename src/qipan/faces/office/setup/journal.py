"""The journal: who did what to what, and whether its chain is unbroken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.jobs import RESULT_PAGES
from qipan.faces.office.setup.journal_words import detail_words, thing_url, thing_words, verb_words
from qipan.ground.audit import queries
from qipan.ground.audit.history import has_changes
from qipan.ground.audit.queries import Entry, Filters
from qipan.ground.documents.tables import csv_lines
from qipan.ground.jobs import housekeeping
from qipan.ground.units.acting import note_export
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ_JOURNAL

SHORT = 20_000
"""A chain of so many entries is walked while one waits; a longer one in the background."""
INSTALLATION = "installation"
MOST_EXPORTED = 100_000
_CHAIN = (
    "number", "at", "verb", "person", "post", "unit", "kind of thing", "id", "thing", "hash before", "algorithm", "hash", "said",
)  # fmt: skip
_DRAWN = re.compile(r"[0-9a-f-]{32,}")


def _address(result: Mapping[str, Any]) -> str:
    return reverse("journal")


RESULT_PAGES[housekeeping.VERIFY] = _address


@require_GET
@requires(READ_JOURNAL)
def journal(request: HttpRequest) -> HttpResponse:
    """List the entries of the county's chain, the newest first, or of the installation's own."""
    desk = at_desk(request)
    chain = "" if request.GET.get("chain") == INSTALLATION else desk.county.code
    filters, fields = _filters(request, chain)
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("journal"), _headings(), _rows(chain, filters))
    listed = queries.entries(chain, filters, before=_number(request, "before"), after=_number(request, "after"))
    length, algorithm = queries.end_of(chain)
    context = {
        "entries": [_shown(entry) for entry in listed.entries],
        "older": listed.older,
        "newer": listed.newer,
        "length": length,
        "algorithm": {"sha256": "SHA-256", "sm3": "SM3"}[algorithm],
        "filters": fields,
        "filtered": any((filters.verb, filters.person, filters.thing, filters.since, filters.until)),
        "reset_url": reverse("journal") if request.GET else "",
        "exports": exports.links(request),
        "crumbs": [(_("Settings"), reverse("setup")), (_("Journal"), "")] if MANAGE_CAMPAIGN.allows(desk.post) else [],
        "chain": chain,
        "own": bool(chain),
    }
    return render(request, "office/setup/journal.html", context)


@require_GET
@requires(READ_JOURNAL)
def journal_chain(request: HttpRequest) -> StreamingHttpResponse:
    """Hand the county's whole chain out, so that somebody else can verify it; that it was handed out is noted."""
    desk = at_desk(request)
    note_export(by=desk.post)
    as_csv = request.GET.get("format") == "csv"
    lines: Iterator[bytes] = (
        csv_lines(_CHAIN, queries.chain_rows(desk.county.code))
        if as_csv
        else (line.encode() for line in queries.chain_lines(desk.county.code))
    )
    kind = "text/csv; charset=utf-8" if as_csv else "application/x-ndjson"
    response = StreamingHttpResponse(lines, content_type=kind)
    name = f"journal-{desk.county.code}-{timezone.localdate():%Y%m%d}.{'csv' if as_csv else 'jsonl'}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@requires(READ_JOURNAL)
def journal_verify(request: HttpRequest) -> HttpResponse:
    """Walk along the chain: a short one at once, a long one in the background."""
    desk = at_desk(request)
    if queries.length(desk.county.code) > SHORT:
        return redirect("job", housekeeping.verify_journal(by=desk.post).pk)
    language = get_language() or "en"
    found = housekeeping.verified(by=desk.post)
    said = housekeeping.finding(found).into(language)
    (messages.error if found.broken else messages.success)(request, said)
    return HttpResponseRedirect(reverse("journal"))


def _filters(request: HttpRequest, chain: str) -> tuple[Filters, list[dict[str, Any]]]:
    language = get_language() or "en"
    asked = request.GET
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    filters = Filters(
        verb=asked.get("verb", "")[:60],
        person=asked.get("person", "").strip()[:150],
        thing=asked.get("thing", "").strip()[:200],
        since=_moment(since),
        until=_moment(until + timedelta(days=1)) if until else None,
    )
    verbs = sorted(((verb, verb_words(verb).into(language)) for verb in queries.verbs(chain)), key=lambda each: each[1])
    chains = [("", at_desk(request).county.name), (INSTALLATION, Text("本系统", "the installation"))]
    fields: list[dict[str, Any]] = [
        {"name": "verb", "label": _("Act"), "kind": "select", "value": filters.verb, "options": [("", _("all")), *verbs]},
        {"name": "person", "label": _("Person, post or unit"), "kind": "search", "value": filters.person},
        {"name": "thing", "label": _("Thing"), "kind": "search", "value": filters.thing},
        {"name": "since", "label": _("From"), "kind": "date", "value": since.isoformat() if since else ""},
        {"name": "until", "label": _("To"), "kind": "date", "value": until.isoformat() if until else ""},
        {"name": "chain", "label": _("Journal of"), "kind": "select", "value": "" if chain else INSTALLATION, "options": chains},
    ]  # fmt: skip
    return filters, fields


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _moment(day: date | None) -> datetime | None:
    """Return the beginning of a day here."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 18 else 0


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "verb": verb_words(entry.verb),
        "kind": thing_words(entry.thing_kind),
        # An id that is a hash or drawn by lot says no more in full.
        "label": entry.thing_label or (entry.thing_id[:12] if _DRAWN.fullmatch(entry.thing_id) else entry.thing_id),
        "url": thing_url(entry.thing_kind, entry.thing_id),
        "versions": _versions(entry),
        "details": [
            (detail_words(name), _value(value))
            for name, value in entry.details.items()
            if value not in (None, "", [], {})
        ],
        "personal": [detail_words(name) for name in sorted(entry.personal)],
    }


def _versions(entry: Entry) -> str:
    """Return where the versions of a thing are compared, where the act noted what it changed."""
    if not has_changes(entry.details.get("changes")) or entry.thing_kind == "work":
        return ""
    try:
        return reverse("versions", args=[entry.thing_kind, entry.thing_id])
    except NoReverseMatch:
        return ""


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _headings() -> list[str]:
    return [
        _("Number"), _("Moment"), _("Act"), _("Act in words"), _("Person"), _("Post"), _("Unit"), _("Kind of thing"),
        _("Id"), _("Thing"), _("Details"), _("Hash"),
    ]  # fmt: skip


def _rows(chain: str, filters: Filters) -> list[list[object]]:
    language = get_language() or "en"
    rows: list[list[object]] = []
    for entry in queries.all_entries(chain, filters, most=MOST_EXPORTED):
        rows.append([
            entry.seq, timezone.localtime(entry.at).isoformat(timespec="seconds"), entry.verb,
            verb_words(entry.verb).into(language), entry.person, entry.post, entry.unit, entry.thing_kind, entry.thing_id,
            entry.thing_label, json.dumps(entry.details, ensure_ascii=False) if entry.details else "", entry.hash,
        ])  # fmt: skip
    return rows
