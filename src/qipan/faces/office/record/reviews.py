"""What is learnt at a desk: a document review, a declared figure, an authority's opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.record import answers
from qipan.faces.office.record.answers import Entered, Source
from qipan.faces.office.record.links import OF_METHOD
from qipan.faces.office.record.shown import item_rows, moved_rows
from qipan.faces.office.record.visits import corrected
from qipan.ground.units.drafts import draft_of, drop_draft
from qipan.ground.units.permissions import OPEN_ROUNDS, READ, RECORD_REVIEWS
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names
from qipan.overview.records import Year, moved
from qipan.sources.evidence.actions import NewReview, ReviewAnswer, ReviewError, save_review
from qipan.sources.evidence.queries import KINDS, DeskCheck, ReviewForm, desk_checks, review_form, review_page
from qipan.sources.fieldwork.corrections import CorrectionError, correct
from qipan.sources.fieldwork.counting import CountingChanged
from qipan.spine.campaigns.books import rulebook

TITLES = {
    "document": gettext_lazy("Review documents"),
    "figure": gettext_lazy("Enter a declared figure"),
    "opinion": gettext_lazy("Enter an authority's opinion"),
}
SHORT = {
    "document": gettext_lazy("Documents"),
    "figure": gettext_lazy("Figures"),
    "opinion": gettext_lazy("Opinions"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RECORD_REVIEWS)
def review_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a check, then record what was learnt of it."""
    desk = at_desk(request)
    if kind not in KINDS:
        raise Http404
    if desk.year is None:
        return render(request, "office/board_empty.html")
    key = request.POST.get("check", "") if request.method == "POST" else request.GET.get("check", "")
    if not key:
        return _choose(request, desk, desk.year, kind)
    now = timezone.now()
    form = review_form(desk.year, KINDS[kind], key, desk.post, now)
    if form is None:
        raise Http404
    if request.method == "POST":
        return _save(request, desk, desk.year, kind, form)
    source = Source(draft_of(desk.post, _key(kind, key)))
    values = {name: source.one(name) for name in ("authority", "document", "note")}
    values["observed_on"] = source.one("observed_on") or f"{timezone.localdate():%Y-%m-%d}"
    entered = answers.read([question for question, _round in form.questions], source)
    return _form(request, kind, form, entered, values)


def _choose(request: HttpRequest, desk: Desk, year: Year, kind: str) -> HttpResponse:
    words = request.GET.get("q", "").strip().lower()
    state = request.GET.get("state", "")
    book = rulebook(year)
    rows: dict[str, list[DeskCheck]] = {}
    every = desk_checks(year, KINDS[kind])
    for each in every:
        hit = not words or words in f"{each.key} {each.title.zh} {each.title.en}".lower()
        open_still = each.answered < each.items
        if hit and (not state or (state == "open") == open_still):
            rows.setdefault(each.section, []).append(each)
    context = {
        "kind": kind,
        "heading": TITLES[kind],
        "kinds": [(code, SHORT[code], reverse("review_new", args=[code])) for code in KINDS],
        "sections": [(book.nodes[key] if key else None, found) for key, found in rows.items()],
        "count": sum(len(found) for found in rows.values()),
        "done": sum(each.answered >= each.items for each in every),
        "all": len(every),
        "filters": [
            {
                "name": "state", "label": _("State"), "kind": "select", "value": state,
                "options": [("", _("all")), ("open", _("something is missing")), ("done", _("complete"))],
            },
            {"name": "q", "label": _("Code or words"), "kind": "search", "value": request.GET.get("q", "")},
        ],
        "reset_url": request.path if words or state else "",
        "crumbs": [(_("Record"), reverse("record_home")), (TITLES[kind], "")],
    }  # fmt: skip
    return render(request, "office/record/review_choose.html", context)


def _key(kind: str, check: str) -> str:
    # A key of a draft is plain letters; a check's key may hold anything.
    plain = "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in check)
    return f"review:{kind}:{plain}"[:120]


def _form(
    request: HttpRequest, kind: str, form: ReviewForm, entered: Sequence[Entered], values: dict[str, str],
    more: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    for each, (_question, counts) in zip(entered, form.questions, strict=True):
        each.more = counts
    desk = at_desk(request)
    rounds = {counts.code: counts for _question, counts in form.questions if counts is not None}
    context = {
        "kind": kind,
        "heading": TITLES[kind],
        "form": form,
        "rows": entered,
        "values": values,
        "rounds": list(rounds.values()),
        "chosen": sum(counts is None for _question, counts in form.questions),
        "uid": request.POST.get("uid") or uuid4(),
        "draft": _key(kind, form.key),
        "latest": f"{timezone.localdate():%Y-%m-%d}",
        "criterion_url": reverse("criterion", args=[form.node]) if form.node else "",
        "address": f"{request.path}?check={form.key}",
        "may_open": OPEN_ROUNDS.allows(desk.post, desk.county),
        "crumbs": [
            (_("Record"), reverse("record_home")), (TITLES[kind], reverse("review_new", args=[kind])), (form.title, ""),
        ],
    }  # fmt: skip
    return render(request, "office/record/review_new.html", context | (more or {}), status=status)


def _save(request: HttpRequest, desk: Desk, year: Year, kind: str, form: ReviewForm) -> HttpResponse:
    source = Source(request.POST)
    entered = answers.read([question for question, _round in form.questions], source)
    answers.check(entered)
    values = {name: source.one(name) for name in ("authority", "document", "note", "observed_on")}
    on = answers.day_of(values["observed_on"])
    wrong: dict[str, Any] = {}
    if on is None:
        wrong["observed_on"] = _("Enter a day, such as 2026-11-23.")
    if on is None or any(each.errors for each in entered):
        return _form(request, kind, form, entered, values, {"wrong": wrong}, 422)
    try:
        uid = UUID(request.POST.get("uid", ""))
    except ValueError:
        uid = uuid4()
    review = NewReview(
        uid, form.kind, form.key, on,
        tuple(ReviewAnswer(each.key, each.outcome, each.order, each.text) for each in entered if each.outcome),
        values["authority"], values["document"], values["note"],
        {question.key: source.one(f"r-{question.key}") for question, _round in form.questions},
    )  # fmt: skip
    try:
        saved = save_review(year, review, by=desk.post)
    except ReviewError as error:
        by_key = {each.key: each for each in entered}
        for name, words in error.problems:
            if name in by_key:
                by_key[name].errors.append(words)
            else:
                wrong[name] = words
        return _form(request, kind, form, entered, values, {"wrong": wrong}, 422)
    except CountingChanged as changed:
        titles = {question.key: question.title for question, _round in form.questions}
        told = [(titles[item], counts.name if counts else None) for item, counts in changed.changed.items()]
        # On an earlier day a round may not have been open yet; the form says what holds for that day.
        fresh = tuple((question, changed.changed.get(question.key, counts)) for question, counts in form.questions)
        again = ReviewForm(
            form.key, form.kind, form.node, form.code, form.title, form.evidence, form.text, fresh, form.own, form.lead
        )
        return _form(request, kind, again, entered, values, {"changed": told}, 409)
    drop_draft(desk.post, _key(kind, form.key))
    told_of = ngettext("%(count)s item recorded.", "%(count)s items recorded.", len(review.answers))
    messages.success(request, told_of % {"count": len(review.answers)})
    return redirect("review_show", saved.review.uid)


@require_safe
@requires(READ)
def review_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a review: what was recorded, what it opened and what it moved."""
    return _show(request, uid)


def _show(request: HttpRequest, uid: UUID, wrong: tuple[str, CorrectionError] | None = None) -> HttpResponse:
    desk = at_desk(request)
    found = review_page(desk.year, uid, desk.post) if desk.year else None
    if found is None or desk.year is None:
        raise Http404
    kind = OF_METHOD.get(found.kind, "document")
    by_code = {unit.code: unit for unit in unit_names(desk.county.pk).values()}
    context = {
        "found": found,
        "kind_word": METHODS.get(found.kind, Text()),
        "rows": item_rows(found.items, request, wrong),
        "unit": by_code.get(found.by_unit),
        "orders": [order for each in found.items for order in each.orders],
        "moved": moved_rows(moved(desk.year, "-", "-", found.source, [each.item for each in found.items])),
        "criterion_url": reverse("criterion", args=[found.node]) if found.node else "",
        "correct_url": reverse("review_correct", args=[uid]),
        "more_url": reverse("review_new", args=[kind]) if RECORD_REVIEWS.allows(desk.post, desk.county) else "",
        "crumbs": [(_("Record"), reverse("record_list")), (found.title, "")],
    }
    return render(request, "office/record/review_show.html", context, status=422 if wrong else 200)


@require_POST
@requires(RECORD_REVIEWS)
def review_correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct or withdraw one item of a review."""
    desk = at_desk(request)
    found = review_page(desk.year, uid, desk.post) if desk.year else None
    if found is None or desk.year is None:
        raise Http404
    item = request.POST.get("item", "")
    seen = next((each for each in found.items if each.item == item), None)
    if seen is None:
        raise Http404
    try:
        outcome, corrects = corrected(request, seen.question)
        correct(
            desk.year, found.source, ("-", "-"), item, outcome, request.POST.get("reason", ""),
            recorder=found.recorder, by=desk.post, corrects=corrects,
        )  # fmt: skip
    except CorrectionError as error:
        return _show(request, uid, (item, error))
    messages.success(request, _("The correction stands in the ledger beside what was recorded."))
    return redirect("review_show", uid)
