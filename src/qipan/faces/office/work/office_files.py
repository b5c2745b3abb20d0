"""Task tables and fault registers of the office: handed in, settled, looked at, confirmed, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.jobs import RESULT_PAGES, ShownJob
from qipan.faces.office.work.fields import whole
from qipan.faces.office.work.groups import group_options
from qipan.ground.documents.problems import FileError
from qipan.ground.units.registers import post_words
from qipan.overview.points import unit_names
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.demands import leaders
from qipan.spine.work.lightness.grounds import LEAST
from qipan.spine.work.office_files import actions
from qipan.spine.work.office_files.columns import FIELDS
from qipan.spine.work.office_files.planning import STATES
from qipan.spine.work.office_files.queries import FileRow, file_of, files_of, remembered
from qipan.spine.work.office_files.recording import touched, undo
from qipan.spine.work.permissions import IMPORT_WORK

FILE_STATES = {
    "reading": gettext_lazy("being read"), "ready": gettext_lazy("read, waits for confirmation"),
    "unreadable": gettext_lazy("cannot be read"), "recording": gettext_lazy("being imported"),
    "recorded": gettext_lazy("imported"), "discarded": gettext_lazy("put aside"), "undone": gettext_lazy("taken back"),
}  # fmt: skip
FILE_PILLS = {
    "reading": "neutral", "ready": "due", "unreadable": "failed", "recording": "neutral", "recorded": "done",
    "discarded": "deferred", "undone": "deferred",
}  # fmt: skip
ROW_WORDS = {
    "order": pgettext_lazy("row of a file", "opens an order"), "task": pgettext_lazy("row of a file", "issues a task"),
    "join": pgettext_lazy("row of a file", "joins an open order"), "same": pgettext_lazy("row of a file", "is here already"),
    "differs": pgettext_lazy("row of a file", "is here, and differs"), "skip": pgettext_lazy("row of a file", "left out"),
}  # fmt: skip
ROW_PILLS = {
    "order": "on_plan", "task": "on_plan", "join": "due", "same": "neutral", "differs": "due", "skip": "failed",
}  # fmt: skip
PER_PAGE = 100
_SEVERAL = ("有关", "相关", "各", "等", "成员单位")
"""Words that usually mean more than one unit."""


def _address(result: Mapping[str, Any]) -> str:
    return reverse("work_file", args=[result["file"]]) if "file" in result else ""


RESULT_PAGES[actions.READ] = _address
RESULT_PAGES[actions.RECORD] = _address


@require_GET
@requires(IMPORT_WORK)
def work_files(request: HttpRequest) -> HttpResponse:
    """Offer to hand a file in, and list what was handed in."""
    if at_desk(request).year is None:
        return render(request, "office/board_empty.html")
    return render(request, "office/work/files.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    desk = at_desk(request)
    found = files_of(desk.post, desk.year.year) if desk.year else []
    return {
        "files": [(row, *_state(row), reverse("work_file", args=[row.id])) for row in found],
        "crumbs": [(_("Work"), reverse("work_list")), (_("Import a table of the office"), "")],
        "year": desk.year.year if desk.year else None,
        "largest": actions.LARGEST >> 20,
        "fields": [(FIELDS[name].name, FIELDS[name].words[:6]) for name in ("problem", "site", "task", "lead", "support", "deadline", "before")],
    }  # fmt: skip


def _state(row: FileRow) -> tuple[str, str]:
    if row.has_failed:
        return _("broke off, nothing imported"), "failed"
    return str(FILE_STATES[row.state]), FILE_PILLS[row.state]


@require_POST
@requires(IMPORT_WORK)
def work_file_new(request: HttpRequest) -> HttpResponse:
    """Keep a file and have it read."""
    desk = at_desk(request)
    if desk.year is None:
        raise Http404
    given = request.FILES.get("file")
    if given is None:
        return _not_taken(request, _("No file was chosen."), _("Choose a file, then send it."))
    try:
        added = actions.hand_in(given.name or "file", given.chunks(), desk.year.year, by=desk.post)
    except FileError as error:
        language = get_language() or "en"
        problem = error.problems[0]
        return _not_taken(request, problem.message.into(language), problem.remedy.into(language))
    return redirect("work_file", added.pk)


def _not_taken(request: HttpRequest, message: str, remedy: str) -> HttpResponse:
    context = _list_context(request) | {"problem": message, "remedy": remedy}
    return render(request, "office/work/files.html", context, status=422)


def _found(request: HttpRequest, pk: int) -> FileRow:
    found = file_of(at_desk(request).post, pk)
    if found is None:
        raise Http404
    return found


@require_GET
@requires(IMPORT_WORK)
def work_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of a file: its progress, its rows, what is to be settled, its result."""
    return _shown(request, _found(request, pk))


def _shown(request: HttpRequest, found: FileRow, *, status: int = 200, **more: Any) -> HttpResponse:
    word, pill = _state(found)
    summary = found.summary
    context: dict[str, Any] = {
        "found": found, "state_word": word, "pill": pill, "summary": summary,
        "crumbs": [
            (_("Work"), reverse("work_list")), (_("Import a table of the office"), reverse("work_files")), (found.name, ""),
        ],
        "job": _job(found) if found.is_busy else None,
        "unreadable": [_said_problem(one) for one in summary.get("unreadable", ())],
        "list_url": f"{reverse('work_list')}?file={found.id}",
    }  # fmt: skip
    if found.state in {"ready", "recorded", "undone"} and not found.is_busy and summary.get("lines") is not None:
        context |= _rows(request, found)
    if found.state in {"ready", "unreadable"} and not found.is_busy:
        context |= _settling(request, found)
    over, halted = summary.get("over", ()), summary.get("halted")
    if found.state == "ready" and (over or halted):
        context |= {
            "over": [(Text(zh, en), had, more) for zh, en, had, more in over], "asks_why": True,
            "halted": Text(*halted) if halted else None, "reason": request.POST.get("reason", ""),
            "leaders": [(one.pk, post_words(one)) for one in leaders(at_desk(request).county.pk, timezone.now())],
        }  # fmt: skip
    if found.state == "recorded" and not found.is_busy:
        context["touched"] = touched(found.id)
        context["refused_photos"] = [Text(*words) for words in summary.get("refused_photos", ())]
    return render(request, "office/work/file.html", context | more, status=status)


def _said_problem(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"place": Text(*one["place"]), "message": Text(*one["message"]), "remedy": Text(*one["remedy"])}


def _rows(request: HttpRequest, found: FileRow) -> dict[str, Any]:
    lines, counts = found.summary["lines"], found.summary["counts"]
    asked = request.GET.get("rows", "")
    wanted = [one for one in lines if one["state"] == asked] if asked in STATES else lines
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "views": [("", _("all rows"), len(lines), not asked)]
        + [(name, str(ROW_WORDS[name]), counts[name], name == asked) for name in STATES if counts.get(name)],
        "lines": [_line(one) for one in page.object_list],
        "page": page,
        "counts": counts,
    }  # fmt: skip


def _line(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "place": Text(*one["place"]), "title": Text(*one["title"]), "lead": Text(*one["lead"]),
        "supports": [Text(*words) for words in one.get("supports", ())],
        "word": str(ROW_WORDS[one["state"]]), "pill": ROW_PILLS[one["state"]], "item": one["item"],
        "deadline": datetime.fromisoformat(one["deadline"]) if one["deadline"] else None, "words": one["words"],
        "why": [Text(*words) for words in one["why"]], "notes": [Text(*words) for words in one["notes"]],
        "pictures": one["pictures"],
    }  # fmt: skip


def _settling(request: HttpRequest, found: FileRow) -> dict[str, Any]:
    """Return what the mapping form shows: words for units, columns, the deadline of rows without one."""
    desk = at_desk(request)
    summary = found.summary
    known = remembered(desk.post)
    words = [
        {
            "word": one["word"], "rows": one["rows"], "means": [], "several": any(sign in one["word"] for sign in _SEVERAL),
            "near": [(code, Text(zh, en)) for code, zh, en in one["near"]],
        }
        for one in summary.get("unknown_units", ())
    ] + [
        {"word": word, "rows": 0, "means": means, "several": len(means) > 1 or any(sign in word for sign in _SEVERAL), "near": []}
        for word, means in summary.get("explained", {}).items()
    ]  # fmt: skip
    tables = [
        {**one, "missing": [Text(*each) for each in one["missing"]],
         "columns": [(word, field, ("heading", word) in known) for word, field in one["columns"]]}
        for one in summary.get("tables", ())
    ]  # fmt: skip
    return {
        "unit_words": words,
        "units": [(unit.code, unit.name) for unit in unit_names(desk.county.pk).values()],
        "groups": group_options(desk.county.pk),
        "tables": tables,
        "is_missing": any(one["missing"] for one in tables),
        "field_names": [(name, field.name) for name, field in FIELDS.items() if name != "serial"],
        "fallback": found.choices.get("fallback", ""),
        "asks_day": bool(summary.get("past") or found.choices.get("fallback")),
    }


def _job(found: FileRow) -> ShownJob | None:
    job = found.job
    if job is None:
        return None
    return ShownJob(
        title=job.title, state=job.state, done=job.done, total=job.total, note=job.note, error=job.error, problems=(),
        url=reverse("work_file_progress", args=[found.id]), result_url=reverse("work_file", args=[found.id]),
    )  # fmt: skip


@require_GET
@requires(IMPORT_WORK)
def work_file_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far the work on a file is; when it has ended, lead on to what came of it."""
    found = _found(request, pk)
    if not found.is_busy and request.headers.get("HX-Request") == "true":
        response = HttpResponse()
        response.headers["HX-Redirect"] = reverse("work_file", args=[pk])
        return response
    if not found.is_busy or request.headers.get("HX-Request") != "true":
        return redirect("work_file", pk)
    return render(request, "office/_progress.html", {"job": _job(found)})


@require_POST
@requires(IMPORT_WORK)
def work_file_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what words of a file mean, and have it read again."""
    found = _found(request, pk)
    post = request.POST
    said = post.get("fallback", "").strip()
    try:
        fallback = date.fromisoformat(said) if said else None
    except ValueError:
        return _shown(request, found, status=422, refusal=_("That deadline is no day. Choose one from the calendar."))
    headings = {
        word: field
        for word, field, was in zip(post.getlist("heading"), post.getlist("field"), post.getlist("was"), strict=False)
        if field != was
    }
    units: dict[str, list[str]] = {}
    for number, word in enumerate(post.getlist("word")):
        means = post.getlist(f"unit-{number}")
        if "-" in means:
            units[word] = []
        elif any(means):
            units[word] = [code for code in means if code]
    if actions.settle(pk, by=at_desk(request).post, headings=headings, units=units, fallback=fallback) is None:
        messages.warning(request, _("This file cannot be read again now; nothing was done."))
    return redirect("work_file", pk)


@require_POST
@requires(IMPORT_WORK)
def work_file_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a file imported, as it was looked at."""
    found = _found(request, pk)
    post = request.POST
    reason, leader = post.get("reason", "").strip(), whole(post.get("leader", "")) or 0
    if (found.summary.get("over") or found.summary.get("halted")) and (len(reason) < LEAST or not leader):
        words = _("Say in at least %(least)d characters why, and which leader answers for it.") % {"least": LEAST}
        return _shown(request, found, status=422, refusal=words)
    if actions.confirm(pk, seen=post.get("seen", ""), by=at_desk(request).post, reason=reason, leader=leader) is None:
        if found.state == "ready":
            words = _("The file was read again after you opened this page. This is what it would do now.")
            return _shown(request, _found(request, pk), status=409, refusal=words)
        messages.warning(request, _("This file is not waiting for confirmation any more; nothing was done."))
    return HttpResponseRedirect(reverse("work_file", args=[pk]))


@require_POST
@requires(IMPORT_WORK)
def work_file_discard(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Put a file aside."""
    _found(request, pk)
    if actions.discard(pk, by=at_desk(request).post) is None:
        messages.warning(request, _("This file cannot be put aside any more."))
    else:
        messages.success(request, _("The file was put aside. Nothing of it was imported."))
    return HttpResponseRedirect(reverse("work_files"))


@require_POST
@requires(IMPORT_WORK)
def work_file_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back."""
    _found(request, pk)
    try:
        done = undo(pk, by=at_desk(request).post)
    except WorkError as error:
        words = error.words.into(get_language() or "en")
        return _shown(request, _found(request, pk), status=409, refusal=words)
    if done is None:
        messages.warning(request, _("There is no import of this file to take back."))
    else:
        messages.success(request, _("The import was taken back: its items are cancelled, and their units were told."))
    return HttpResponseRedirect(reverse("work_file", args=[pk]))


@require_GET
@requires(IMPORT_WORK)
def work_file_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the rows of a file with what becomes of each, as a list to work through."""
    found = _found(request, pk)
    language = get_language() or "en"
    asked = request.GET.get("rows", "")
    rows = [
        [
            line["place"].into(language), line["title"].into(language), line["word"], line["lead"].into(language),
            f"{line['deadline']:%Y-%m-%d}" if line["deadline"] else "",
            _("; ").join(words.into(language) for words in (*line["why"], *line["notes"])), line["item"],
        ]
        for line in map(_line, found.summary.get("lines", ()))
        if not asked or line["word"] == str(ROW_WORDS.get(asked, ""))
    ]  # fmt: skip
    headings = [_("Place"), _("What"), _("What it does"), _("Lead unit"), _("Deadline"), _("Why"), _("Work item")]
    return exports.export(exports.wanted(request) or "csv", _("rows of the file"), headings, rows)


@require_GET
@requires(IMPORT_WORK)
def work_file_original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a file as it was handed in."""
    found = _found(request, pk)
    path = actions.kept_file(found.digest, found.kind)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
