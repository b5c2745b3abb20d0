"""Visits: a site is chosen, its checklist answered, what was recorded shown and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.record import answers, places
from qipan.faces.office.record.answers import Entered, Source
from qipan.faces.office.record.shown import item_rows, moved_rows
from qipan.ground.files.photos import waiting
from qipan.ground.units.drafts import draft_of, drop_draft
from qipan.ground.units.permissions import READ, RECORD_VISITS
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names
from qipan.overview.records import Year, moved
from qipan.sources.fieldwork.actions import Answer, NewVisit, VisitError, save_visit
from qipan.sources.fieldwork.checklist import Question
from qipan.sources.fieldwork.corrections import CorrectionError, correct
from qipan.sources.fieldwork.counting import CountingChanged
from qipan.sources.fieldwork.queries import (
    VisitForm,
    asked_at,
    classes_to_name,
    next_place,
    units_to_name,
    visit_form,
    visit_page,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RECORD_VISITS)
def visit_new(request: HttpRequest) -> HttpResponse:
    """Choose a site, then answer its checklist."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    code = request.POST.get("site", "") if request.method == "POST" else request.GET.get("site", "")
    if not code:
        return _choose(request, desk.year)
    now = timezone.now()
    if request.method == "POST":
        # What the form shows is asked for only if it has to be shown again.
        asked = asked_at(desk.year, code)
        return _choose(request, desk.year, missing=code) if asked is None else _save(request, desk, code, asked, now)
    form = visit_form(desk.year, code, desk.post, now)
    return _choose(request, desk.year, missing=code) if form is None else _ask(request, desk, form, now)


def _choose(request: HttpRequest, year: Year, missing: str = "") -> HttpResponse:
    context = places.chooser(request, year) | {
        "missing": missing, "crumbs": [(_("Record"), reverse("record_home")), (_("Record a visit"), "")],
    }  # fmt: skip
    return render(request, "office/record/visit_choose.html", context, status=404 if missing else 200)


def _key(site: str) -> str:
    return f"visit:{site}"[:120]


def _ask(request: HttpRequest, desk: Desk, form: VisitForm, now: datetime) -> HttpResponse:
    draft = draft_of(desk.post, _key(form.site.code))
    source = Source(draft)
    entered = answers.read([asked.question for asked in form.asked], source)
    if draft:
        _photos_of_draft(draft, entered, desk)
    at = source.one("visited_at") or f"{timezone.localtime(now):%Y-%m-%dT%H:%M}"
    return _form(request, form, entered, {"visited_at": at, "note": source.one("note"), "draft_found": bool(draft)})


def _photos_of_draft(draft: dict[str, Any], entered: Sequence[Entered], desk: Desk) -> None:
    for each in entered:
        uids = draft.get(f"p-{each.key}_kept") or []
        each.photos = waiting(uids if isinstance(uids, list) else [uids], desk.post) if uids else ()


def _form(
    request: HttpRequest, form: VisitForm, entered: Sequence[Entered], more: dict[str, Any], status: int = 200
) -> HttpResponse:
    rows = []
    said = {each.key: each for each in entered}
    for asked in form.asked:
        each = said.get(asked.question.key) or Entered(asked.question)
        each.more = asked
        rows.append(each)
    names = {each.code: each.name for each in form.counting.rounds}
    counted: dict[str, int] = {}
    for asked in form.asked:
        counted[asked.round] = counted.get(asked.round, 0) + 1
    context = {
        "form": form,
        "site": form.site,
        "rows": rows,
        "uid": request.POST.get("uid") or uuid4(),
        "draft": _key(form.site.code),
        "address": f"{reverse('visit_new')}?site={form.site.code}",
        "counted": [(names[code], n, how) for code, n, how in _by_round(form, counted)],
        "chosen": counted.get("", 0),
        "own": sum(asked.own for asked in form.asked),
        "latest": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "answered": sum(bool(each.outcome) for each in rows),
        "wrong": sum(each.is_wrong for each in rows),
        "crumbs": [
            (_("Record"), reverse("record_home")), (_("Record a visit"), reverse("visit_new")), (form.site.name, ""),
        ],
    }  # fmt: skip
    return render(request, "office/record/visit_new.html", context | more, status=status)


def _by_round(form: VisitForm, counted: dict[str, int]) -> list[tuple[str, int, str]]:
    how = {each.code: each.selection for each in form.counting.rounds}
    return [(code, n, how[code]) for code, n in counted.items() if code]


def _again(
    request: HttpRequest, desk: Desk, site: str, entered: Sequence[Entered], more: dict[str, Any], at: datetime,
    status: int = 422,
) -> HttpResponse:  # fmt: skip
    """Show the form again as it was filled in."""
    form = visit_form(desk.year, site, desk.post, at) if desk.year else None
    if form is None:
        raise Http404
    return _form(request, form, entered, more, status)


def _name_others(entered: Sequence[Entered], year: Year, now: datetime) -> dict[str, str]:
    """Turn the classes and units that were named into codes (the units' by item); what cannot be says so at its field."""
    if any(each.work_class for each in entered):
        classes = classes_to_name(year.campaign.county_id)
        for each in entered:
            if each.work_class and (code := answers.named(each.work_class, classes)) is not None:
                each.class_code = code
            elif each.work_class:
                each.class_error = _("No class has this code or name, or several have it: choose one from the list.")
    units = {}
    if any(each.unit for each in entered):
        known = units_to_name(year.campaign.county_id, timezone.localdate(now))
        for each in entered:
            if each.unit and (code := answers.named(each.unit, known)) is not None:
                units[each.key] = code
            elif each.unit:
                each.unit_error = _("No unit has this name or code: choose one from the list.")
    return units


def _save(request: HttpRequest, desk: Desk, site: str, asked: Sequence[Question], now: datetime) -> HttpResponse:
    year = desk.year
    if year is None:
        raise Http404
    source = Source(request.POST)
    entered = answers.read(asked, source)
    answers.check(entered)
    more: dict[str, Any] = {
        "visited_at": source.one("visited_at"), "note": source.one("note"), "general": [], "at_error": "",
    }  # fmt: skip
    whole = answers.take_photos(request, entered, desk.post)
    at = answers.moment_of(source.one("visited_at"), now)
    if at is None:
        more["at_error"] = _("Enter a date and a time of day, such as 2026-11-23 16:30.")
    units = _name_others(entered, year, now)
    # An item that this form does not have comes from an older form, or from nowhere.
    known = {each.key for each in entered}
    foreign = [
        name[2:]
        for name in request.POST
        if name[:2] in {"o-", "v-", "k-"} and name[2:] not in known and request.POST.get(name)
    ]
    if at is None or not whole or any(each.is_wrong for each in entered):
        return _again(request, desk, site, entered, more, now)
    uid = _uid(request.POST.get("uid", ""))
    told = {each.key: source.one(f"r-{each.key}") for each in entered}
    visit = NewVisit(
        uid, site, at,
        tuple(
            Answer(
                each.key, each.outcome, each.text, tuple(each.photos), each.class_code, units.get(each.key, ""), each.why
            )
            for each in entered
            if each.outcome
        )
        + tuple(Answer(item, "pass") for item in dict.fromkeys(foreign)),
        told, source.one("note"),
    )  # fmt: skip
    try:
        saved = save_visit(year, visit, by=desk.post)
    except VisitError as error:
        return _again(request, desk, site, entered, more | _place_errors(entered, error, more), now)
    except CountingChanged as changed:
        titles = {each.key: each.question.title for each in entered}
        more["changed"] = [(titles[item], counts.name if counts else None) for item, counts in changed.changed.items()]
        return _again(request, desk, site, entered, more, at, 409)
    drop_draft(desk.post, _key(site))
    if saved.again:
        messages.info(request, _("This form had been sent before; it is one visit."))
    else:
        words = ngettext("%(count)s item recorded.", "%(count)s items recorded.", saved.visit.items)
        messages.success(request, words % {"count": saved.visit.items})
    return redirect("visit_show", saved.visit.uid)


def _uid(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        return uuid4()


def _place_errors(entered: Sequence[Entered], error: VisitError, more: dict[str, Any]) -> dict[str, Any]:
    by_key = {each.key: each for each in entered}
    found: dict[str, Any] = {"general": []}
    for name, words in error.problems:
        if name in by_key:
            by_key[name].errors.append(words)
        elif name == "visited_at":
            found["at_error"] = words
        elif name in {"site", "answers"}:
            found["general"].append(words)
        else:
            found["general"].append(Text(f"{name}：{words.zh}", f"{name}: {words.en}"))
    return found


# --- what was recorded ---


@require_safe
@requires(READ)
def visit_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a visit: what was recorded, what it opened, what it moved, and where to go next."""
    return _show(request, uid)


def _show(request: HttpRequest, uid: UUID, wrong: tuple[str, CorrectionError] | None = None) -> HttpResponse:
    desk = at_desk(request)
    found = visit_page(desk.year, uid, desk.post) if desk.year else None
    if found is None or desk.year is None:
        raise Http404
    by_code = {unit.code: unit for unit in unit_names(desk.county.pk).values()}
    unit = by_code.get(found.by_unit)
    moves = moved(desk.year, found.site.stratum, found.site.code, found.source, [each.item for each in found.items])
    may_record = RECORD_VISITS.allows(desk.post, desk.county)
    orders = [order for each in found.items for order in each.orders]
    context = {
        "found": found,
        "site": found.site,
        "rows": item_rows(found.items, request, wrong),
        "unseen": max(0, found.asked - len(found.items)),
        "unit": unit,
        "orders": orders,
        "opened": sum(not order.joined for order in orders),
        "moved": moved_rows(moves),
        "next": next_place(desk.year, found.site.code, found.round) if may_record else None,
        "may_record": may_record,
        "correct_url": reverse("visit_correct", args=[uid]),
        "crumbs": [(_("Record"), reverse("record_list")), (found.site.name, "")],
        "ledger_url": f"{reverse('ledger')}?cluster={found.site.code}",
    }
    return render(request, "office/record/visit_show.html", context, status=422 if wrong else 200)


@require_POST
@requires(RECORD_VISITS)
def visit_correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct or withdraw one item of a visit."""
    desk = at_desk(request)
    found = visit_page(desk.year, uid, desk.post) if desk.year else None
    if found is None or desk.year is None:
        raise Http404
    item = request.POST.get("item", "")
    seen = next((each for each in found.items if each.item == item), None)
    if seen is None:
        raise Http404
    try:
        outcome, corrects = corrected(request, seen.question)
        made = correct(
            desk.year, found.source, (found.site.stratum, found.site.code), item, outcome,
            request.POST.get("reason", ""), recorder=found.recorder, by=desk.post, corrects=corrects,
        )  # fmt: skip
    except CorrectionError as error:
        return _show(request, uid, (item, error))
    messages.success(request, _("The correction stands in the ledger beside what was recorded."))
    language = get_language() or "en"
    for order in made.orders:
        lead = order.lead.name.into(language) if order.lead else ""
        messages.info(request, _("Order %(number)s went to %(unit)s.") % {"number": order.number, "unit": lead})
    return redirect("visit_show", uid)


def corrected(request: HttpRequest, question: Any) -> tuple[str, UUID]:
    """Return the outcome and the record that a form of correction names.

    Raises:
        CorrectionError: one of them is missing or cannot be read.
    """
    (entered,) = answers.read([question], Source(request.POST))
    answers.check([entered])
    if entered.errors:
        raise CorrectionError("outcome", entered.errors[0])  # type: ignore[arg-type]
    if not entered.outcome:
        raise CorrectionError("outcome", Text("请选择更正后的结果", "say what is right"))
    try:
        return entered.outcome, UUID(request.POST.get("corrects", ""))
    except ValueError:
        words = Text("请重新打开页面后再更正", "open the page again, then correct it")
        raise CorrectionError("item", words) from None
