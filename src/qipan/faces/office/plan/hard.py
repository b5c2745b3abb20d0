"""Hard problems: the list with lights and points at stake, the page of one, and what is printed as a ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.marks import MARKS
from qipan.faces.office.setup.register_forms import changed_context, new_uid, options, page_number, said
from qipan.faces.office.templatetags.office import day, points
from qipan.faces.office.work.lights import Light, late_words
from qipan.ground.documents.office.layout import LaidColumn, LaidSheet, write_laid_out
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.ground.units.registers import post_words, unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.hard import actions
from qipan.spine.work.hard.queries import Line, Step, lines, page, problem_of, step_of

ENTRY_WORDS = {
    "begun": pgettext_lazy("hard problem", "put on the list"),
    "reviewed": pgettext_lazy("hard problem", "reviewed"),
    "deferred": pgettext_lazy("hard problem", "deferred"),
    "solved": pgettext_lazy("hard problem", "solved"),
    "reopened": pgettext_lazy("hard problem", "taken up again"),
}
DECIDING = {
    "review": pgettext_lazy("hard problem", "Review"), "solve": pgettext_lazy("hard problem", "Solved"),
    "reopen": pgettext_lazy("hard problem", "Take up again"),
}  # fmt: skip


@require_GET
@requires(READ)
def hard_problems(request: HttpRequest) -> HttpResponse:
    """List the hard problems."""
    desk, now = at_desk(request), timezone.now()
    if desk.campaign is None or desk.year is None:
        return render(request, "office/board_empty.html")
    found = lines(desk.year, now)
    if exports.wanted(request) == "xlsx":
        return _ledger_file(desk, found)
    book = rulebook(desk.year)
    context = {
        "rows": [shown_line(line) for line in found], "decimals": book.standard.decimals,
        "may_edit": MANAGE_CAMPAIGN.allows(desk.post, desk.county), "now": now,
        "exports": [(format, url) for format, url in exports.links(request) if format == "XLSX"] if found else [],
        "sheet_url": reverse("hard_sheet"),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Hard problems"), "")],
    }  # fmt: skip
    return render(request, "office/plan/hard_list.html", context)


@require_GET
@requires(READ)
def hard_sheet(request: HttpRequest) -> HttpResponse:
    """Show the ledger of hard problems, to be printed on A4."""
    desk, now = at_desk(request), timezone.now()
    if desk.campaign is None or desk.year is None:
        return render(request, "office/board_empty.html")
    context = {
        "columns": [heading for heading, _width in COLUMNS], "now": now,
        "rows": [[_printed(value) for value in _ledger_row(line)] for line in lines(desk.year, now)],
        "crumbs": [(_("Plan"), reverse("plan")), (_("Hard problems"), reverse("hard_problems")), (_("Ledger for A4"), "")],
    }  # fmt: skip
    return render(request, "office/plan/hard_sheet.html", context)


def shown_line(line: Line) -> dict[str, Any]:
    """Return a problem as lists and the leader's page show it."""
    return {
        "line": line, "light": light_words(line), "url": reverse("hard_problem", args=[line.problem.pk]),
        "owner": post_words(line.problem.owner) if line.problem.owner else None,
        "open_url": work_url(hard=line.problem.pk, view="open"), "all_url": work_url(hard=line.problem.pk, view="all"),
        "next_light": step_light(line.next) if line.next else None,
    }  # fmt: skip


def light_words(line: Line) -> Light:
    """Return the light of a problem in words, with its date or its days."""
    problem = line.problem
    title = _("reviewed on %(date)s") % {"date": day(problem.review_on)} if problem.solved_at is None else ""
    match line.light:
        case "late":
            word = late_words(line.late_days)
        case "deferred":
            word = _("deferred, review %(date)s") % {"date": f"{problem.review_on:%Y-%m-%d}"}
        case "unowned":
            word = _("no owner")
        case "due":
            days = [problem.review_on, *([line.next.due] if line.next else [])]
            word = _("due %(date)s") % {"date": _short(min(days))}
        case "done" | "done_late":
            word = pgettext("hard problem", "solved") if line.light == "done" else _("solved late")
        case _:
            word = str(MARKS["on_plan"].word)
    return Light(line.light, word, title)


def step_light(step: Step) -> Light:
    """Return the light of a step in words."""
    match step.light:
        case "done":
            word = str(MARKS["done"].word)
        case "done_late":
            late = (step.done_on - step.due).days if step.done_on else 0
            word = ngettext("done, %(days)s day late", "done, %(days)s days late", late) % {"days": late}
        case "late":
            word = late_words((timezone.localdate() - step.due).days)
        case "due":
            word = _("due %(date)s") % {"date": _short(step.due)}
        case _:
            word = str(MARKS["on_plan"].word)
    return Light(step.light, word)


def _short(on: date) -> str:
    return f"{on.month}月{on.day}日" if (get_language() or "").startswith("zh") else f"{on.day} {on:%b}"


@require_GET
@requires(READ)
def hard_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one hard problem."""
    return hard_page(request, pk)


@require_GET
@requires(READ)
def hard_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Go from a step to its problem: what the origin of a task opens."""
    step = step_of(at_desk(request).county.pk, pk)
    if step is None:
        raise Http404
    return redirect(reverse("hard_problem", args=[step.problem_id]) + f"#step-{pk}")


def hard_page(request: HttpRequest, pk: int, error: RegisterError | None = None, doing: str = "") -> HttpResponse:
    """Return the page of a problem; with what was refused, at the form that was sent, with its text kept.

    Args:
        request: the request.
        pk: the problem.
        error: what was refused.
        doing: the form that was sent: review, solve, reopen, attach, step, or step- with a key.
    """
    desk, now = at_desk(request), timezone.now()
    problem = problem_of(desk.county.pk, pk)
    if problem is None or desk.year is None:
        raise Http404
    found = page(desk.year, problem, now)
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    units = options(((str(key), name) for key, name in unit_choices(desk.county.pk, timezone.localdate())), _("choose"))
    solved = problem.solved_at is not None
    may_review = actions.may_review(desk.post, problem)
    names = (
        (["reopen"] if may else []) if solved else [*(["review"] if may_review else []), *(["solve"] if may else [])]
    )
    context: dict[str, Any] = {
        "problem": problem, "found": found, "shown": shown_line(found.line), "units": units, "uid": new_uid(),
        "solved": solved, "may_edit": may, "may_change": may and not solved, "may_end": may_review and not solved,
        "steps": [{"step": step, "light": step_light(step), "doing": f"step-{step.pk}"} for step in found.steps],
        "deciding": [(name, DECIDING[name]) for name in names],
        "blocking": actions.blocking(problem) if may and not solved else [],
        "attached": list(problem.items.order_by("number").values_list("number", flat=True)) if may else [],
        "figures": (
            Figure("all", found.line.items, _("all its items"), work_url(hard=pk, view="all")),
            Figure("open", found.line.open, _("still open"), work_url(hard=pk, view="open")),
        ),
        "entries": [(entry, ENTRY_WORDS[entry.kind]) for entry in found.entries],
        "checks": [(reverse("criterion", args=[node]), code, title) for node, code, title in found.checks],
        "decimals": rulebook(desk.year).standard.decimals,
        "error": said(error.words) if error else "", "doing": doing, "given": request.POST if error else {},
        "crumbs": [(_("Plan"), reverse("plan")), (_("Hard problems"), reverse("hard_problems")), (said(problem.title), "")],
        **(changed_context(error) if error else {}),
    }  # fmt: skip
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/plan/hard.html", context, status=status)


@require_POST
@requires(actions.REVIEW)
def hard_decide(request: HttpRequest, pk: int, doing: str) -> HttpResponse:
    """Review a problem, call it solved, or take it up again. The act checks the right."""
    desk = at_desk(request)
    if doing not in DECIDING or problem_of(desk.county.pk, pk) is None:
        raise Http404
    version = page_number(request.POST.get("version", "")) or 0
    text, on = request.POST.get("text", ""), day_of_form(request, "review_on")
    try:
        with once(request.POST.get("uid", "")):
            if doing == "review":
                rests = request.POST.get("rests") == "yes"
                actions.review(pk, version=version, by=desk.post, text=text, review_on=on, rests=rests)
            elif doing == "solve":
                actions.solve(pk, version=version, by=desk.post, text=text)
            else:
                actions.reopen(pk, version=version, by=desk.post, text=text, review_on=on)
    except AlreadySent:
        return redirect("hard_problem", pk)
    except RegisterError as error:
        return hard_page(request, pk, error, doing)
    done = {
        "review": _("Written down; the next review is on %(day)s.") % {"day": day(on)},
        "solve": _("The problem is solved; its owner and units were told."),
        "reopen": _("It is on the list again; its owner and units were told."),
    }
    messages.success(request, done[doing])
    return redirect("hard_problem", pk)


@require_POST
@requires(MANAGE_CAMPAIGN)
def hard_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach items by their numbers, or take one off."""
    desk = at_desk(request)
    if problem_of(desk.county.pk, pk) is None:
        raise Http404
    off = request.POST.get("off", "")
    try:
        if off:
            actions.detach(pk, off, by=desk.post)
            messages.success(request, _("%(number)s is no longer attached.") % {"number": off})
        else:
            count = actions.attach(pk, request.POST.get("numbers", ""), by=desk.post)
            words = ngettext("%(count)s item attached.", "%(count)s items attached.", count)
            messages.success(request, words % {"count": count})
    except RegisterError as error:
        return hard_page(request, pk, error, "attach")
    return redirect("hard_problem", pk)


@require_POST
@requires(actions.REVIEW)
def hard_step_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a step to the plan, change one, note it as done, or take it out. The act checks the right."""
    desk = at_desk(request)
    if problem_of(desk.county.pk, pk) is None:
        raise Http404
    step, act = page_number(request.POST.get("step", "")), request.POST.get("act", "keep")
    plan = actions.StepPlan(
        request.POST.get("text", ""), page_number(request.POST.get("unit", "")), day_of_form(request, "due")
    )
    try:
        with once(request.POST.get("uid", "")):
            if act == "remove" and step:
                actions.remove_step(pk, step, by=desk.post)
                words = _("The step is taken out.")
            elif act == "done":
                result, on = request.POST.get("result", ""), day_of_form(request, "on")
                actions.end_step(pk, step or 0, by=desk.post, result=result, on=on)
                words = _("Noted as done.")
            else:
                version = page_number(request.POST.get("version", "")) or 0
                actions.keep_step(pk, plan, step=step, version=version, by=desk.post)
                words = _("The plan is saved.")
    except AlreadySent:
        return redirect("hard_problem", pk)
    except RegisterError as error:
        return hard_page(request, pk, error, f"step-{step}" if step else "step")
    messages.success(request, words)
    return redirect(reverse("hard_problem", args=[pk]) + "#plan")


def day_of_form(request: HttpRequest, name: str) -> date | None:
    """Return a day that a form sent, or None."""
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError:
        return None


COLUMNS: tuple[tuple[Any, float], ...] = (
    (pgettext_lazy("office layout", "Hard problem"), 24), (pgettext_lazy("office layout", "Why it is hard"), 28),
    (pgettext_lazy("office layout", "Owner"), 14), (pgettext_lazy("office layout", "Lead unit"), 14),
    (pgettext_lazy("office layout", "Supporting units"), 18), (pgettext_lazy("office layout", "Next step"), 28),
    (pgettext_lazy("office layout", "By"), 11), (pgettext_lazy("office layout", "Review"), 11),
    (pgettext_lazy("office layout", "Points at stake"), 9), (pgettext_lazy("office layout", "Light"), 14),
)  # fmt: skip
"""The columns of the ledger, with their widths in the workbook."""


def _ledger_row(line: Line) -> list[str | date | None]:
    problem = line.problem
    units = "、".join(said(unit.name) for unit in problem.supports.all())
    return [
        said(problem.title), problem.why, said(post_words(problem.owner)) if problem.owner else "",
        said(problem.lead.name), units, line.next.text if line.next else "", line.next.due if line.next else None,
        problem.review_on if problem.solved_at is None else None, points(line.points), light_words(line).word,
    ]  # fmt: skip


def _printed(value: str | date | None) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value or "—"


def _ledger_file(desk: Desk, found: list[Line]) -> HttpResponse:
    name, county = _("Hard problems"), said(desk.county.name)
    columns = tuple(LaidColumn(str(heading), width) for heading, width in COLUMNS)
    line = _("%(unit)s · %(day)s · %(count)s items") % {
        "unit": said(desk.post.unit.name), "day": day(timezone.localdate()), "count": len(found),
    }  # fmt: skip
    title = f"{county}{name}" if (get_language() or "").startswith("zh") else f"{county} {name}"
    sheet = LaidSheet(
        name, title, line, columns, [_ledger_row(each) for each in found], pgettext("office layout", "No."),
        _("Nothing stands here."),
    )  # fmt: skip
    response = HttpResponse(write_laid_out([sheet]), content_type=exports.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx") or "attachment"
    return response
