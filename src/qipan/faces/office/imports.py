"""Files of observations: handed in, checked with progress, looked at, confirmed or put aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import Parts
from qipan.faces.office.jobs import RESULT_PAGES, ShownJob
from qipan.faces.office.ledger import selection_word
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import write_workbook
from qipan.ground.units.permissions import IMPORT_OBSERVATIONS
from qipan.overview.board import type_title
from qipan.overview.import_template import template
from qipan.overview.ledger import Book, outcome_words
from qipan.spine.ledger import import_actions
from qipan.spine.ledger.import_queries import ImportRow, import_of, imports_of
from qipan.spine.scorecards.queries import Standing, standing

STATES = {
    "checking": gettext_lazy("being checked"),
    "ready": gettext_lazy("checked, waits for confirmation"),
    "refused": gettext_lazy("refused"),
    "recording": gettext_lazy("being recorded"),
    "recorded": gettext_lazy("recorded"),
    "discarded": gettext_lazy("put aside"),
}
PILLS = {
    "checking": "neutral", "ready": "due", "refused": "failed", "recording": "neutral", "recorded": "done",
    "discarded": "deferred",
}  # fmt: skip
COLUMN_WORDS = {
    "id": Text("编号", "id"), "item": Text("检查项", "item"), "stratum": Text("类型", "stratum"),
    "cluster": Text("点位", "cluster"), "subject": Text("受访者", "subject"), "round": Text("轮次", "round"),
    "selection": Text("抽取方式", "selection"), "outcome": Text("结果", "outcome"), "weight": Text("权重", "weight"),
    "observed_at": Text("检查时间", "observed_at"), "recorded_at": Text("记录时间", "recorded_at"),
    "own": Text("自查", "own"), "supersedes": Text("更正", "supersedes"), "year": Text("年度", "year"),
}  # fmt: skip


def _address(result: Mapping[str, Any]) -> str:
    return reverse("import_show", args=[result["import"]]) if "import" in result else ""


RESULT_PAGES[import_actions.CHECK] = _address
RESULT_PAGES[import_actions.RECORD] = _address


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_list(request: HttpRequest) -> HttpResponse:
    """Offer to hand a file in, and list what was handed in."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    return render(request, "office/import_list.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    desk = at_desk(request)
    found = imports_of(desk.post, desk.year.year) if desk.year else []
    return {
        "imports": [(row, *_state(row), reverse("import_show", args=[row.id])) for row in found],
        "crumbs": [(_("Ledger"), reverse("ledger")), (_("Import a file"), "")],
        "year": desk.year.year if desk.year else None,
        "largest": import_actions.LARGEST >> 20,
    }


def _state(row: ImportRow) -> tuple[str, str]:
    if row.has_failed:
        return _("broke off, nothing recorded"), "failed"
    return str(STATES[row.state]), PILLS[row.state]


@require_POST
@requires(IMPORT_OBSERVATIONS)
def import_new(request: HttpRequest) -> HttpResponse:
    """Keep a file and have it checked."""
    desk = at_desk(request)
    if desk.year is None:
        raise Http404
    given = request.FILES.get("file")
    if given is None:
        return _not_taken(request, _("No file was chosen."), _("Choose a file, then send it."))
    try:
        added = import_actions.hand_in(given.name or "file", given.chunks(), desk.year.year, by=desk.post)
    except FileError as error:
        language = get_language() or "en"
        problem = error.problems[0]
        return _not_taken(request, problem.message.into(language), problem.remedy.into(language))
    return redirect("import_show", added.pk)


def _not_taken(request: HttpRequest, message: str, remedy: str) -> HttpResponse:
    context = _list_context(request) | {"problem": message, "remedy": remedy}
    return render(request, "office/import_list.html", context, status=422)


def _found(request: HttpRequest, pk: int) -> ImportRow:
    found = import_of(at_desk(request).post, pk)
    if found is None:
        raise Http404
    return found


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of a file: its progress, its preview, its refusals, its result."""
    desk = at_desk(request)
    found = _found(request, pk)
    year = next((each for each in desk.years if each.year == found.year), None)
    now = standing(year, timezone.localdate()) if year is not None and not found.is_busy else None
    word, pill = _state(found)
    context: dict[str, Any] = {
        "found": found,
        "state_word": word,
        "pill": pill,
        "crumbs": [
            (_("Ledger"), reverse("ledger")), (_("Import a file"), reverse("import_list")), (found.name, ""),
        ],
        "job": _job(found) if found.is_busy else None,
        "summary": found.summary,
        "unreadable": [_problem(each) for each in found.summary.get("unreadable", ())],
        "refusals": [_problem(each) for each in found.summary.get("refusals", ())],
        "unlisted": max(found.summary.get("refused", 0) - len(found.summary.get("refusals", ())), 0),
        "refused_by": [
            (COLUMN_WORDS.get(column, Text(column, column)), count)
            for column, count in found.summary.get("refused_by", ())
        ],
        "may_check": found.state not in {"recorded", "discarded"} and not found.is_busy,
        "ledger_url": reverse("ledger"),
    }  # fmt: skip
    if now is not None and found.summary.get("new"):
        context |= _preview(found, now)
    return render(request, "office/import_show.html", context)


def _job(found: ImportRow) -> ShownJob | None:
    job = found.job
    if job is None:
        return None
    return ShownJob(
        title=job.title, state=job.state, done=job.done, total=job.total, note=job.note, error=job.error, problems=(),
        url=reverse("import_progress", args=[found.id]), result_url=reverse("import_show", args=[found.id]),
    )  # fmt: skip


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far the work on a file is; when it has ended, lead on to what came of it."""
    found = _found(request, pk)
    if not found.is_busy and request.headers.get("HX-Request") == "true":
        response = HttpResponse()
        response.headers["HX-Redirect"] = reverse("import_show", args=[pk])
        return response
    if not found.is_busy or request.headers.get("HX-Request") != "true":
        return redirect("import_show", pk)
    return render(request, "office/_progress.html", {"job": _job(found)})


def _problem(each: Mapping[str, Any]) -> dict[str, Any]:
    column = each.get("column", "")
    return {
        "place": Text(*each["place"]),
        "column": COLUMN_WORDS.get(column, Text(column, column)),
        "message": Text(*each["message"]),
        "remedy": Text(*each["remedy"]),
    }


def _preview(found: ImportRow, now: Standing) -> dict[str, Any]:
    summary = found.summary
    book = Book(now.year)
    names = dict(book.rounds.values())
    options = now.book.catalogue.items
    return {
        "by_round": [(names.get(code, Text()) if code else Text("轮次外", "outside rounds"), code, n) for code, n in summary["by_round"]],
        "by_type": [
            (type_title(now, code) if code != "-" else Text("不在点位", "not at a site"), n) for code, n in summary["by_type"]
        ],
        "by_selection": [(selection_word(code), n) for code, n in summary["by_selection"]],
        "by_method": [
            (METHODS[code] if code in METHODS else Text("暂无测评点使用", "no check reads it yet"), n)
            for code, n in summary["by_method"]
        ],
        "first": [
            {**each, "title": book.title(each["item"]), "type_title": type_title(now, each["stratum"]) if each["stratum"] != "-" else Text(),
             "word": _word(options, each["item"], each["outcome"]), "how": selection_word(each["selection"]), "day": datetime.fromisoformat(each["observed_at"])}
            for each in summary["first"]
        ],
        "corrections": [
            {**each, "title": book.title(each["item"]), "was_word": _word(options, each["item"], each["was"]),
             "is_word": _word(options, each["item"], each["is"])}
            for each in summary["corrections"]
        ],
        "late_rounds": [names.get(code, Text(code, code)) for code in summary["late_rounds"]],
        "move": _move(summary["moves"], now),
        "assumed": now.book.weights_assumed,
    }  # fmt: skip


def _word(options: Mapping[str, Any], item: str, outcome: str) -> Text:
    known = options.get(item)
    return outcome_words(known.options if known else {}, outcome)


def _move(moves: list[dict[str, Any]], now: Standing) -> dict[str, Any] | None:
    """Return the change of the score; the sections' figures add up to the totals before and after."""
    move = next((each for each in moves if each["campaign_year"] == now.year.pk), None)
    if move is None:
        return None
    before, after = Parts(*move["before"]), Parts(*move["after"])
    sections = [
        {
            "code": node.code, "title": node.short or node.title, "before": was[0], "after": will[0],
            "change": will[0] - was[0],
        }
        for node, (was, will) in ((now.book.nodes.get(key), pair) for key, pair in move["sections"].items())
        if node is not None
    ]  # fmt: skip
    was, will = (earned for earned, *_ in move["by_rule"])
    if was or will:
        rule = Text("按规则增减", "by rule")
        sections.append({"code": "", "title": rule, "before": was, "after": will, "change": will - was})
    return {
        "before": before, "after": after, "change": after.earned - before.earned,
        "lost_change": after.lost - before.lost, "unassessed_change": after.unassessed - before.unassessed,
        "worst": (move["range_before"][0], move["range_after"][0]),
        "best": (move["range_before"][1], move["range_after"][1]),
        "checks": move["checks"], "sections": sections,
    }  # fmt: skip


@require_POST
@requires(IMPORT_OBSERVATIONS)
def import_confirm(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Have a checked file recorded."""
    _found(request, pk)
    if import_actions.confirm(pk, by=at_desk(request).post) is None:
        messages.warning(request, _("This file is not waiting for confirmation any more; nothing was done."))
    return HttpResponseRedirect(reverse("import_show", args=[pk]))


@require_POST
@requires(IMPORT_OBSERVATIONS)
def import_check(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Check a file anew."""
    _found(request, pk)
    if import_actions.check_again(pk, by=at_desk(request).post) is None:
        messages.warning(request, _("This file cannot be checked again now; nothing was done."))
    return HttpResponseRedirect(reverse("import_show", args=[pk]))


@require_POST
@requires(IMPORT_OBSERVATIONS)
def import_discard(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Put a file aside."""
    _found(request, pk)
    if import_actions.discard(pk, by=at_desk(request).post) is None:
        messages.warning(request, _("This file cannot be put aside any more."))
    else:
        messages.success(request, _("The file was put aside. Nothing of it was recorded."))
    return HttpResponseRedirect(reverse("import_list"))


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_refusals(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the refusals of a file as a list to work through."""
    found = _found(request, pk)
    language = get_language() or "en"
    kind = exports.wanted(request) or "csv"
    rows = [
        [words.into(language) for words in (each["place"], each["column"], each["message"], each["remedy"])]
        for each in map(_problem, found.summary.get("refusals", ()))
    ]
    return exports.export(
        kind, _("refusals"), [_("Place"), _("Column"), _("What is wrong"), _("What would be right")], rows
    )


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a file as it was handed in."""
    found = _found(request, pk)
    path = import_actions.kept_file(found.digest, found.kind)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )


@require_GET
@requires(IMPORT_OBSERVATIONS)
def import_template(request: HttpRequest) -> HttpResponse:
    """Return the workbook to fill, with the county's sites, items and rounds."""
    desk = at_desk(request)
    if desk.year is None:
        raise Http404
    sheets = template(standing(desk.year, timezone.localdate()), get_language() or "en")
    name = _("observations to fill in")
    response = HttpResponse(BytesIO(write_workbook(sheets, title=name)).getvalue(), content_type=exports.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response
