"""The ladder of urging: what the days propose, the office's decisions, the days themselves, and the slips to print."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
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

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.lights import difference_words
from qipan.ground.units.permissions import READ
from qipan.ground.units.sent import AlreadySent, once
from qipan.ground.worktime.clock import Limit
from qipan.ground.worktime.queries import clock
from qipan.spine.work.errors import WorkError
from qipan.spine.work.escalating import Chosen, Outcome, confirm, hold, set_ladder
from qipan.spine.work.ladder import RUNG_WORDS, RUNGS, days_of, ladder_of, paper_number
from qipan.spine.work.ladder_queries import DECISIONS, LadderPage, UnitLines, ladder_page, slip_page
from qipan.spine.work.permissions import READ_LADDER, SET_LADDER

REPORT_WITHIN = Limit(3, "working_day")
"""The day that a slip's form starts with."""


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A unit's proposals as a form; what was entered and refused stands in it again."""

    found: UnitLines
    url: str
    text: str
    until: str
    chosen: frozenset[str]
    uid: uuid.UUID
    error: Text | None = None
    field: str = ""


@require_GET
@requires(READ_LADDER)
def work_ladder(request: HttpRequest) -> HttpResponse:
    """Show what stands before a rung, and what was decided."""
    page = request.GET.get("page", "")
    desk = at_desk(request)
    return _page(request, ladder_page(desk.post, int(page) if page.isdecimal() else 1))


def _page(
    request: HttpRequest, found: LadderPage, *, refused: WorkError | None = None, status: int = 200
) -> HttpResponse:
    desk = at_desk(request)
    until = clock(desk.county.pk).deadline(found.now, REPORT_WITHIN).at.date().isoformat()
    given = request.POST if refused is not None else None
    units = []
    for each in found.units:
        values = frozenset(value_of(line.row.pk, line.row.version, line.proposed.rung) for line in each.lines)
        mine = refused if given is not None and given.get("unit") == each.unit.code else None
        units.append(
            ShownUnit(
                each, reverse("unit", args=[each.unit.code]),
                given.get("text", "") if mine and given is not None else "",
                given.get("until", "") if mine and given is not None else until,
                frozenset(given.getlist("items")) if mine and given is not None else values,
                uuid.uuid4(), mine.words if mine else None, mine.field if mine else "",
            )
        )  # fmt: skip
    days = days_of(found.ladder)
    context: dict[str, Any] = {
        "crumbs": [(_("Work"), reverse("work_list")), (_("Ladder of urging"), "")],
        "found": found,
        "units": units,
        "rungs": [(RUNG_WORDS[rung], days[rung]) for rung in RUNGS],
        "words": RUNG_WORDS,
        "is_sample": found.ladder.basis == "sample",
        "may_decide": SET_LADDER.allows(desk.post, desk.county),
        "today": timezone.localdate().isoformat(),
        "page": Paginator(range(found.decided), DECISIONS).get_page(found.page),
        "decisions": [(each, RUNG_WORDS[each.rung]) for each in found.decisions],
    }
    return render(request, "office/work/ladder.html", context, status=status)


def value_of(pk: int, version: int, rung: str) -> str:
    """Return a proposal as a form carries it: the item, the version that was seen, the rung."""
    return f"{pk}:{version}:{rung}"


def _chosen(given: list[str]) -> list[Chosen]:
    out = []
    for value in given:
        pk, _sep, rest = value.partition(":")
        version, _sep, rung = rest.partition(":")
        if pk.isdecimal() and version.isdecimal() and rung in RUNG_WORDS:
            out.append(Chosen(int(pk), int(version), rung))
    return out


@require_POST
@requires(SET_LADDER)
def work_ladder_decide(request: HttpRequest) -> HttpResponse:
    """Confirm what is proposed for a unit, or hold it back."""
    desk = at_desk(request)
    chosen = _chosen(request.POST.getlist("items"))
    text = request.POST.get("text", "")
    try:
        with once(request.POST.get("uid", "")):
            if request.POST.get("act") == "hold":
                done = hold(chosen, by=desk.post, reason=text)
                said = ngettext("%(count)s proposal held back.", "%(count)s proposals held back.", len(done.done))
            else:
                done = confirm(chosen, by=desk.post, text=text, until=_day(request.POST.get("until", "")))
                said = ngettext(
                    "%(count)s item: confirmed, and the unit was told.",
                    "%(count)s items: confirmed, and the unit was told once for each rung.",
                    len(done.done),
                )
    except AlreadySent:
        return redirect("ladder")
    except WorkError as error:
        return _page(request, ladder_page(desk.post), refused=error, status=422)
    if done.done:
        messages.success(request, said % {"count": len(done.done)})
    _say_left(request, done)
    return redirect("slip", done.slips[0].pk) if len(done.slips) == 1 else redirect("ladder")


def _say_left(request: HttpRequest, done: Outcome) -> None:
    if done.left:
        words = _("Left alone, since something happened to them after you opened the page: %(numbers)s")
        messages.warning(request, words % {"numbers": ", ".join(done.left)})


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_LADDER)
def work_ladder_days(request: HttpRequest) -> HttpResponse:
    """Show after how many days each rung is proposed, and set it."""
    desk = at_desk(request)
    ladder = ladder_of(desk.county.pk)
    standing = {rung.value: str(days) for rung, days in days_of(ladder).items()}
    if request.method != "POST":
        return _days_page(request, standing, ladder.version, basis=ladder.basis)
    given = {rung.value: request.POST.get(rung.value, "").strip() for rung in RUNGS}
    version = request.POST.get("version", "")
    try:
        days = {name: _number(name, value) for name, value in given.items()}
        set_ladder(desk.county, days, version=int(version) if version.isdecimal() else -1, by=desk.post)
    except WorkError as error:
        if error.field == "version":
            now = ladder_of(desk.county.pk)
            said = {rung.value: str(number) for rung, number in days_of(now).items()}
            return _days_page(request, given, now.version, basis=now.basis, stale=error.words, now=said, status=409)
        return _days_page(request, given, int(version) if version.isdecimal() else 0, error=error, status=422)
    messages.success(request, _("Saved. The page of the ladder proposes by these days from now on."))
    return redirect("ladder")


def _number(field: str, value: str) -> int:
    if not value.isdecimal() or len(value) > 4:
        raise WorkError(Text("请填写整数天数。", "Write a whole number of days."), field)
    return int(value)


def _days_page(
    request: HttpRequest, given: dict[str, str], version: int, *, basis: str = "", error: WorkError | None = None,
    stale: Text | None = None, now: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = [
        (
            rung.value, RUNG_WORDS[rung], given[rung.value], (now or {}).get(rung.value, ""),
            error.words if error is not None and error.field == rung.value else None,
        )
        for rung in RUNGS
    ]  # fmt: skip
    context = {
        "crumbs": [
            (_("Work"), reverse("work_list")), (_("Ladder of urging"), reverse("ladder")), (_("Days of the rungs"), ""),
        ],
        "rows": rows, "version": version, "stale": stale, "is_sample": basis == "sample",
    }  # fmt: skip
    return render(request, "office/work/ladder_days.html", context, status=status)


@require_GET
@requires(READ)
def work_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a supervision slip or a hand-over letter, to be printed."""
    desk = at_desk(request)
    found = slip_page(desk.post, pk)
    if found is None:
        raise Http404
    number = paper_number(found.rung, found.year, found.serial)
    lead = READ_LADDER.allows(desk.post, desk.county)
    context = {
        "crumbs": [
            (_("Work"), reverse("work_list")), (_("Ladder of urging"), reverse("ladder") if lead else ""), (number, ""),
        ],
        "found": found,
        "number": number,
        "is_letter": found.rung == "handover",
        "lines": [(row, days, deadline, difference_words(row.days)) for row, days, deadline in found.lines],
        "earlier": [(each, RUNG_WORDS[each.rung]) for each in found.earlier],
        "language": get_language(),
    }  # fmt: skip
    return render(request, "office/work/slip.html", context)
