"""Rounds: one is opened as a census or a seeded draw, shown with its list, extended, closed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.assessment.sampling import shown
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.record.answers import day_of
from qipan.ground.units.permissions import OPEN_ROUNDS, READ, RECORD_REVIEWS, RECORD_VISITS
from qipan.overview.points import unit_names
from qipan.overview.records import Year
from qipan.overview.rounds import ListedSite, RoundPage, round_list, round_page
from qipan.sources.fieldwork import rounds as room
from qipan.sources.fieldwork.draws import Frame, frames, last_drawn
from qipan.sources.fieldwork.rounds import DESK, Plan, RoundError
from qipan.spine.years.upkeep import first_in_upkeep, smaller_draw

KINDS = ("drawn", "census", DESK)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OPEN_ROUNDS)
def round_new(request: HttpRequest) -> HttpResponse:
    """Plan a round, look at its list, open it."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    today = timezone.localdate()
    of = frames(desk.year, today)
    fields: Any = request.POST if request.method == "POST" else request.GET
    kind = fields.get("kind", "drawn")
    kind = kind if kind in KINDS else "drawn"
    if request.method != "POST":
        return _form(request, desk.year, of, kind, _proposed(desk.year))
    values = {name: fields.get(name, "").strip() for name in ("name_zh", "name_en", "code", "seed", "due_on")}
    plan, errors = _plan(fields, kind, values, of)
    errors += room.check(desk.year, plan, of, today)
    asked = request.POST.get("action", "preview")
    if asked == "open":
        try:
            opened = room.open_round(desk.year, plan, by=desk.post)
        except RoundError as error:
            errors = errors or [error]
        else:
            messages.success(request, _("The round is open."))
            return redirect("round_show", opened.code)
    if errors:
        return _form(request, desk.year, of, kind, values, errors)
    if asked == "change":
        return _form(request, desk.year, of, kind, values)
    listed = room.listing(plan, of)
    context = {
        "kind": kind,
        "values": values,
        "numbers": [(stratum, n) for stratum, n in plan.numbers.items() if n],
        "listed": [(place, each, _u(each.number)) for place, each in enumerate(listed, 1)],
        "titles": {frame.stratum: frame.title for frame in of},
        "types": [
            (frame, min(plan.numbers[frame.stratum], len(frame.sites)) if kind == "drawn" else len(frame.sites))
            for frame in of
            if plan.numbers.get(frame.stratum)
        ],
        "due_on": plan.due_on,
        "example": listed[0] if listed else None,
        "crumbs": _crumbs(_("Look at the list")),
    }
    return render(request, "office/record/round_preview.html", context)


def _u(number: int | None) -> str:
    return "" if number is None else shown(number)


def _crumbs(last: Text | str) -> list[tuple[Text | str, str]]:
    return [(_("Record"), reverse("record_home")), (_("Rounds"), reverse("rounds")), (last, "")]


def _proposed(year: Year) -> dict[str, str]:
    today = timezone.localdate()
    number = len(round_list(year, timezone.now())) + 1
    return {
        "name_zh": "", "name_en": "", "code": f"{year.year}-{number:02}",
        "seed": f"{today:%Y%m%d}-{secrets.token_hex(4)}", "due_on": "",
    }  # fmt: skip


def _plan(
    fields: Any, kind: str, values: dict[str, str], of: Sequence[Frame]
) -> tuple[Plan, list[RoundError]]:  # fmt: skip
    errors: list[RoundError] = []
    numbers: dict[str, int] = {}
    for frame in of:
        said = fields.get(f"n-{frame.stratum}", "").strip()
        if kind == "census":
            numbers[frame.stratum] = len(frame.sites) if said else 0
        elif kind == "drawn" and said:
            if said.isdecimal() and len(said) < 7:
                numbers[frame.stratum] = int(said)
            else:
                most = len(frame.sites)
                words = Text(f"填0至{most}之间的整数", f"write a whole number from 0 to {most}")
                errors.append(RoundError(f"n:{frame.stratum}", words))
                numbers[frame.stratum] = 0
    due = day_of(values["due_on"])
    if values["due_on"] and due is None:
        errors.append(RoundError("due_on", Text("请填日期，如2026-12-31", "write a date, such as 2026-12-31")))
    name = Text(values["name_zh"][:120], values["name_en"][:120])
    return Plan(name, values["code"], kind, numbers, values["seed"] if kind == "drawn" else "", due), errors


def _form(
    request: HttpRequest, year: Year, of: Sequence[Frame], kind: str, values: dict[str, str],
    errors: Sequence[RoundError] = (),
) -> HttpResponse:  # fmt: skip
    wrong = {error.field: error.words for error in reversed(errors)}
    rows = []
    sent = request.method == "POST"
    campaign, today = year.campaign, timezone.localdate()
    upkeep = campaign.in_upkeep(today)
    back = first_in_upkeep(at_desk(request).post, year, today)
    # Where the standard names no number, what the county drew before upkeep is its usual one.
    earlier = last_drawn(year, campaign.upkeep_since) if upkeep and campaign.upkeep_since else {}
    for frame in of:
        given = request.POST.get(f"n-{frame.stratum}", "") if sent else ""
        usual = min(frame.official or earlier.get(frame.stratum, 0), len(frame.sites))
        if not sent and kind == "drawn" and usual:
            given = str(smaller_draw(usual, campaign.upkeep_share) if upkeep else usual)
        checked = bool(given) if sent else not frame.respondents
        places = sum(1 for code in frame.sites if code in back)
        row = (frame, len(frame.sites), given, checked, wrong.get(f"n:{frame.stratum}", ""), usual, places)
        rows.append(row)
    # In upkeep the types with places where faults came back stand first; without any the order stays.
    rows.sort(key=lambda row: -row[-1])
    context = {
        "kind": kind,
        "kinds": [
            ("drawn", _("Seeded draw of sites")), ("census", _("Every site of some types")),
            (DESK, _("Documents, figures and opinions")),
        ],
        "values": values,
        "rows": rows,
        "wrong": wrong,
        "crumbs": _crumbs(_("Open a round")),
        "today": today,
        "upkeep": campaign if upkeep else None,
        "other_year": year.year if today.year != year.year else None,
    }  # fmt: skip
    return render(request, "office/record/round_new.html", context, status=422 if errors else 200)


# --- one round ---


def _page(request: HttpRequest, code: str) -> tuple[Year, RoundPage]:
    desk = at_desk(request)
    found = round_page(desk.year, code, timezone.now()) if desk.year else None
    if found is None or desk.year is None:
        raise Http404
    return desk.year, found


@require_safe
@requires(READ)
def round_show(request: HttpRequest, code: str) -> HttpResponse:
    """Show a round: its list with who looked when, how far it is, how it was drawn."""
    found = _page(request, code)[1]
    desk = at_desk(request)
    units = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()}
    wanted = {name: request.GET.get(name, "") for name in ("type", "seen")}
    sites = [
        site
        for site in found.sites
        if (not wanted["type"] or site.stratum == wanted["type"])
        and (not wanted["seen"] or (site.looks > 0) == (wanted["seen"] == "yes"))
    ]
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, f"{_('round')} {code}", _headings(), _lines(found, sites, units))
    row = found.row
    context = {
        "found": found,
        "row": row,
        "sites": [
            (site, _u(site.number), [(person, units.get(unit, Text(unit, unit))) for person, unit in site.by])
            for site in sites
        ],
        "unseen": row.listed - row.listed_seen,
        "share": row.listed_seen * 100 // row.listed if row.listed else 0,
        "filters": [
            {
                "name": "type", "label": _("Type"), "kind": "select", "value": wanted["type"],
                "options": [("", _("all")), *((each.stratum, each.title) for each in found.types)],
            },
            {
                "name": "seen", "label": _("Seen"), "kind": "select", "value": wanted["seen"],
                "options": [("", _("all")), ("no", _("not seen yet")), ("yes", _("seen"))],
            },
        ],
        "reset_url": request.path if any(wanted.values()) else "",
        "exports": exports.links(request),
        "may_open": OPEN_ROUNDS.allows(desk.post, desk.county) and row.closed_at is None,
        "may_visit": RECORD_VISITS.allows(desk.post, desk.county) and row.closed_at is None,
        "may_review": RECORD_REVIEWS.allows(desk.post, desk.county) and row.closed_at is None,
        "example": next((site for site in found.sites if site.number is not None), None),
        "ledger_url": f"{reverse('ledger')}?round={code}",
        "records_url": f"{reverse('record_list')}?round={code}",
        "crumbs": _crumbs(row.name),
    }  # fmt: skip
    return render(request, "office/record/round_show.html", context)


def _headings() -> list[str]:
    return [
        _("Type"), _("Site code"), _("Site"), _("Territory"), _("Address"), _("Random number"), _("Looks"),
        _("Last look"), _("By"),
    ]  # fmt: skip


def _lines(found: RoundPage, sites: Sequence[ListedSite], units: dict[str, Text]) -> Iterator[list[object]]:
    language = get_language() or "en"
    for site in sites:
        by = "; ".join(f"{person} ({units.get(unit, Text(unit, unit)).into(language)})" for person, unit in site.by)
        yield [
            site.type_title.into(language), site.code, site.name.into(language), site.territory.into(language),
            site.address, _u(site.number), site.looks,
            f"{timezone.localtime(site.last):%Y-%m-%d %H:%M}" if site.last else "", by,
        ]  # fmt: skip


@require_POST
@requires(OPEN_ROUNDS)
def round_extend(request: HttpRequest, code: str) -> HttpResponse:
    """Let a draw grow: first show what would come, then put it on the list."""
    year, found = _page(request, code)
    desk = at_desk(request)
    numbers, wrong = {}, {}
    for each in found.types:
        said = request.POST.get(f"n-{each.stratum}", "").strip()
        if said.isdecimal() and len(said) < 7 and int(said) >= each.listed:
            numbers[each.stratum] = int(said)
        else:
            wrong[each.stratum] = Text(
                f"填{each.listed}至{each.registered}之间的整数，已抽中的保留",
                f"write a whole number from {each.listed} to {each.registered}: what was drawn stays",
            )
    added, problems = room.more(year, room.named(year, code), numbers, timezone.localdate()) if not wrong else ([], [])
    for error in problems:
        wrong[error.field.removeprefix("n:")] = error.words
    if not wrong and request.POST.get("action") == "extend":
        try:
            count = room.extend_round(year, code, numbers, by=desk.post)
        except RoundError as error:
            wrong[error.field.removeprefix("n:")] = error.words
        else:
            words = ngettext("%(count)s site came to the list.", "%(count)s sites came to the list.", count)
            messages.success(request, words % {"count": count})
            return redirect("round_show", code)
    titles = {each.stratum: each.title for each in found.types}
    context = {
        "found": found,
        "row": found.row,
        "types": [
            (each, numbers.get(each.stratum, request.POST.get(f"n-{each.stratum}", "")), wrong.get(each.stratum, ""))
            for each in found.types
        ],
        "general": wrong.get("numbers", ""),
        "added": [(each, titles.get(each.stratum, ""), _u(each.number)) for each in added],
        "crumbs": [*_crumbs(found.row.name)[:-1], (found.row.name, reverse("round_show", args=[code])), (_("Draw more"), "")],
    }  # fmt: skip
    return render(request, "office/record/round_extend.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OPEN_ROUNDS)
def round_close(request: HttpRequest, code: str) -> HttpResponse:
    """Say what closing publishes and what it leaves unseen; close."""
    year, found = _page(request, code)
    desk = at_desk(request)
    if found.row.closed_at is not None:
        messages.info(request, _("The round is closed already."))
        return redirect("round_show", code)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        room.close_round(year, code, by=desk.post)
        messages.success(request, _("The round is closed; what it found is published."))
        return redirect(f"{reverse('rounds')}#round-{code}")
    context = {
        "found": found,
        "row": found.row,
        "unseen": found.row.listed - found.row.listed_seen,
        "unsure": request.method == "POST",
        "crumbs": [*_crumbs(found.row.name)[:-1], (found.row.name, reverse("round_show", args=[code])), (_("Close the round"), "")],
    }  # fmt: skip
    return render(request, "office/record/round_close.html", context, status=422 if request.method == "POST" else 200)
