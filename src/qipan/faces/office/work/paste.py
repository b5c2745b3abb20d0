"""Tasks from the points of a speech and orders from the lines of a chat: pasted, recognised, confirmed row by row."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.photos import PhotosNotTaken, taken
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.acts import unit_options
from qipan.faces.office.work.fields import Words, Wrong, when_field, when_if
from qipan.faces.office.work.groups import group_options
from qipan.ground.units.groups import named_in, unit_groups
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.sponsors import sites_to_choose
from qipan.spine.work.errors import WorkError
from qipan.spine.work.pasting.actions import CHAT, SPEECH, Draft, DraftError, issue_drafts
from qipan.spine.work.pasting.known import dates, sites_by_name, units_by_name
from qipan.spine.work.pasting.reading import MOST, chat_lines, speech_points
from qipan.spine.work.permissions import DECOMPOSE

if TYPE_CHECKING:
    from qipan.overview.desk import Desk

LONGEST = 20_000
"""Characters of a text that is pasted."""


@dataclass(slots=True)
class ShownDraft:
    """A draft as the page shows it: what was recognised, or what a person made of it, and what is wrong."""

    place: int
    title: str
    text: str
    label: str = ""
    unit: str = ""
    deadline: str = ""
    site: str = ""
    ticked: bool = True
    photos: Sequence[Any] = ()
    at: str = ""
    errors: dict[str, Words] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its place as names of fields carry it."""
        return str(self.place)


@require_http_methods(["GET", "POST"])
@requires(DECOMPOSE)
def work_paste(request: HttpRequest) -> HttpResponse:
    """Take a pasted text, show what it comes to, and issue what was confirmed."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    kind = CHAT if (request.POST or request.GET).get("kind") == CHAT else SPEECH
    if request.method != "POST":
        return _page(request, desk, kind, None)
    if request.POST.get("do") != "issue":
        return _preview(request, desk, kind)
    return _issue(request, desk, kind)


def _preview(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    text = request.POST.get("text", "")
    if not text.strip() or len(text) > LONGEST:
        words = _("Paste a text of at most %(most)s characters.") % {"most": LONGEST}
        return _page(request, desk, kind, None, error=words, status=422)
    today, now = timezone.localdate(), timezone.now()
    county = desk.county.pk
    if kind == SPEECH:
        groups = [group for group in unit_groups(county, today) if group.units]
        rows = [
            ShownDraft(
                place,
                point.title,
                point.text,
                point.label,
                unit=found.key if (found := named_in(point.text, groups)) else "",
            )
            for place, point in enumerate(speech_points(text))
        ]
    else:
        lines = chat_lines(text, sites_by_name(county, today), units_by_name(county, today), dates(county, now))
        rows = [
            ShownDraft(place, one.what, one.line, unit=one.unit, deadline=one.deadline, site=one.site)
            for place, one in enumerate(lines)
        ]
    if not rows:
        words = (
            _("No point was recognised: points begin with 一、, （一）, 1. or 一要.")
            if kind == SPEECH
            else _("No line says anything.")
        )
        return _page(request, desk, kind, None, error=words, status=422)
    return _page(request, desk, kind, rows)


def _issue(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    given, now = request.POST, timezone.now()
    rows = _rows(request, desk)
    wanted = [row for row in rows if row.ticked]
    drafts = []
    for row in wanted:
        when = None
        try:
            own = {
                "deadline": row.deadline or given.get("deadline", ""),
                "deadline_day": "" if row.deadline else given.get("deadline_day", ""),
            }
            when = when_if(own, desk.county.pk, now)
        except Wrong as error:
            row.errors["deadline"] = error.words
        if when is None:
            row.errors.setdefault("deadline", _("Write a deadline, here or for all of them above."))
        else:
            row.at = minute(when.deadline)
        if not row.unit:
            row.errors["unit"] = _("Choose a lead unit.")
        drafts.append(Draft(row.title, row.unit, when, row.text, row.label, row.site, tuple(row.photos)))
    if not wanted:
        return _page(request, desk, kind, rows, error=_("Nothing was issued: tick at least one."), status=422)
    if any(row.errors for row in wanted):
        words = _("Nothing was issued yet: each ticked row needs a lead unit and a deadline.")
        return _page(request, desk, kind, rows, error=words, status=422)
    source = given.get("source", "").strip()[:100] or str(_("speech") if kind == SPEECH else _("chat"))
    try:
        with once(given.get("uid", "")):
            numbers = issue_drafts(desk.year, kind, drafts, by=desk.post, source=source) if desk.year else []
    except AlreadySent:
        return redirect(f"{reverse('work_list')}?origin={kind}&sort=-number")
    except DraftError as error:
        wanted[error.row].errors[error.field] = error.words
        return _page(request, desk, kind, rows, error=_("Nothing was issued yet; see the row below."), status=422)
    except WorkError as error:
        return _page(request, desk, kind, rows, error=error.words, status=422)
    count = len(numbers)
    messages.success(
        request,
        ngettext(
            "%(count)s was issued; its unit has been told.", "%(count)s were issued; their units have been told.", count
        )
        % {"count": count},
    )
    shown = ",".join(numbers)
    # What an address cannot carry is found by where it came from, the newest first.
    chosen = f"number={shown}" if len(shown) < 1500 else f"origin={kind}&sort=-number"
    return redirect(f"{reverse('work_list')}?{chosen}")


def _rows(request: HttpRequest, desk: Desk) -> list[ShownDraft]:
    """Return the rows as they were sent, with the photos of each."""
    given: Mapping[str, str] = request.POST
    rows = []
    for place in range(MOST):
        if f"title-{place}" not in given:
            break
        row = ShownDraft(
            place, given[f"title-{place}"].strip()[:200], given.get(f"text-{place}", ""), given.get(f"label-{place}", ""),
            given.get(f"unit-{place}", ""), given.get(f"deadline-{place}", "").strip()[:80], given.get(f"site-{place}", ""),
            ticked=bool(given.get(f"pick-{place}")),
        )  # fmt: skip
        try:
            row.photos = taken(request, f"photos-{place}", desk.post)
        except PhotosNotTaken as error:
            row.photos = error.taken
            row.errors["photos"] = Text(
                *("；".join(each.message.into(language) for each in error.problems) for language in ("zh", "en"))
            )
        rows.append(row)
    return rows


def _page(
    request: HttpRequest, desk: Desk, kind: str, rows: list[ShownDraft] | None, *, error: Words = "", status: int = 200
) -> HttpResponse:
    given, language = request.POST, get_language() or "en"
    context: dict[str, Any] = {
        "kind": kind, "rows": rows, "error": error, "text": given.get("text", ""), "source": given.get("source", ""),
        "uid": uuid.uuid4(), "longest": LONGEST,
        "deadline": when_field(given, _("Deadline of all that have none of their own"), required=False),
        "units": unit_options(desk.county.pk) if rows else [],
        "groups": group_options(desk.county.pk) if rows and kind == SPEECH else [],
        "sites": [(site.code, site.name.into(language)) for site in sites_to_choose(desk.county.pk, timezone.localdate())]
        if rows and kind == CHAT else [],
        "tabs": [
            {"word": _("Points of a speech"), "url": f"{reverse('work_paste')}?kind={SPEECH}", "here": kind == SPEECH},
            {"word": _("Lines of a chat"), "url": f"{reverse('work_paste')}?kind={CHAT}", "here": kind == CHAT},
        ],
        "crumbs": [(_("Work"), reverse("work_list")), (_("From pasted text"), "")],
    }  # fmt: skip
    return render(request, "office/work/paste.html", context, status=status)
