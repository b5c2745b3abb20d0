"""The standard decomposed: the checks of a year given to their units as tasks, after a preview."""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.fields import Wrong, when_field, when_if
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.actions import PlannedTask, decompose, preview_decomposition
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import ahead
from qipan.spine.work.permissions import DECOMPOSE
from qipan.spine.work.timing.when import When

if TYPE_CHECKING:
    from qipan.assessment.rulebook import Rulebook

#: Where the session keeps what the last decomposition issued.
RESULT = "work_decomposed"
SIDES = {"hardware": gettext_lazy("hardware"), "software": gettext_lazy("software")}


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A planned task as the preview shows it."""

    check: str
    code: str
    title: Text
    method: Text
    url: str
    lead: Text
    supports: tuple[Text, ...]
    lost: int
    possible: int
    deadline: date
    ticked: bool
    why_not: Text | None
    fix_url: str
    fix_word: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a preview is asked for."""

    when: When | None
    section: str
    side: str
    words: str = ""
    day: str = ""
    error: Text | str = ""


@require_http_methods(["GET", "POST"])
@requires(DECOMPOSE)
def work_decompose(request: HttpRequest) -> HttpResponse:
    """Show what would be issued, and issue what was ticked."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    book = rulebook(desk.year)
    given = request.POST if request.method == "POST" else request.GET
    choice = _choice(desk, given)
    if request.method != "POST":
        return _page(request, desk, book, choice, None)
    ticked = set(request.POST.getlist("check"))
    if choice.when is None or not ticked:
        words = choice.error or _("Nothing was issued: tick at least one task.")
        return _page(request, desk, book, choice, ticked, words, status=422)
    plans = _plans(desk, choice)
    wanted = [plan for plan in plans if plan.check in ticked]
    try:
        with once(given.get("uid", "")):
            made = decompose(desk.year, wanted, by=desk.post, words=choice.when)
    except AlreadySent:
        return redirect(reverse("work_decompose") + "?done=1")
    except WorkError as error:
        return _page(request, desk, book, choice, ticked, error.words, status=422)
    issued = [plan for plan in wanted if plan.why_not is None]
    request.session[RESULT] = {
        "count": len(made),
        "units": len({plan.lead.pk for plan in issued if plan.lead}),
        "left": len(ticked) - len(made),
    }
    return redirect(reverse("work_decompose") + "?done=1")


def _choice(desk: Desk, given: Mapping[str, str]) -> Choice:
    side = given.get("side", "") if given.get("side", "") in SIDES else ""
    words, day = given.get("deadline", ""), given.get("deadline_day", "")
    section = given.get("section", "")
    now = timezone.now()
    error: Text | str = ""
    found = None
    try:
        found = when_if(given, desk.county.pk, now)
        if found is not None:
            ahead(found.deadline, now)
    except (Wrong, WorkError) as problem:
        found, error = None, problem.words
    return Choice(found, section, side, words, day, error)


def _plans(desk: Desk, choice: Choice) -> list[PlannedTask]:
    if choice.when is None or desk.year is None:
        return []
    only = {choice.section} if choice.section else None
    found = preview_decomposition(desk.year, choice.when.deadline, by=desk.post, only=only)
    if not choice.side:
        return found
    lines = rulebook(desk.year).lines
    return [plan for plan in found if lines[plan.check].side == choice.side]


def _page(
    request: HttpRequest,
    desk: Desk,
    book: Rulebook,
    choice: Choice,
    ticked: set[str] | None,
    error: Text | str = "",
    status: int = 200,
) -> HttpResponse:
    shown = [_shown(plan, book, ticked) for plan in _plans(desk, choice)]
    context: dict[str, Any] = {
        "deadline": when_field({"deadline": choice.words, "deadline_day": choice.day}, _("Deadline")),
        "written": choice.when.text if choice.when else "",
        "section": choice.section,
        "side": choice.side,
        "filters": _filters(book, choice),
        "quick": list(_quick(timezone.localdate(), choice)),
        "error": error or choice.error,
        "plans": [plan for plan in shown if plan.why_not is None],
        "blocked": [plan for plan in shown if plan.why_not is not None],
        "uid": uuid.uuid4(),
        "crumbs": [(_("Work"), reverse("work_list")), (_("Assign tasks from the standard"), "")],
    }
    if request.GET.get("done") and RESULT in request.session:
        context["result"] = {**request.session[RESULT], "url": reverse("work_list") + "?kind=task&view=to_accept"}
    return render(request, "office/work/decompose.html", context, status=status)


def _shown(plan: PlannedTask, book: Rulebook, ticked: set[str] | None) -> ShownPlan:
    node = book.nodes[plan.node]
    line = book.lines[plan.check]
    fix_url = fix_word = ""
    if plan.reason == "unowned":
        fix_url, fix_word = f"{reverse('responsibilities')}#check-{line.check.id}", _("Choose a lead")
    elif plan.reason == "answered":
        fix_url, fix_word = f"{reverse('criterion', args=[node.key])}#check-{line.check.id}", _("Open the answer")
    elif plan.reason == "open":
        fix_url, fix_word = f"{reverse('work_list')}?{urlencode({'check': plan.check})}", _("Open the task")
    return ShownPlan(
        check=plan.check, code=node.code, title=line.check.title or node.title, method=METHODS.get(plan.method, Text(plan.method, plan.method)),
        url=f"{reverse('criterion', args=[node.key])}#check-{line.check.id}", lead=plan.lead.name if plan.lead else Text(),
        supports=tuple(unit.name for unit in plan.supports), lost=plan.points, possible=plan.possible,
        deadline=timezone.localdate(plan.deadline), ticked=ticked is None or plan.check in ticked, why_not=plan.why_not,
        fix_url=fix_url, fix_word=fix_word,
    )  # fmt: skip


def _filters(book: Rulebook, choice: Choice) -> list[dict[str, object]]:
    language = get_language() or "en"
    sections = {node.section for node in book.nodes.values()}
    named = [(key, f"{node.code} {node.title.into(language)}") for key, node in book.nodes.items() if key in sections]
    return [
        {"name": "section", "label": _("Section"), "kind": "select", "value": choice.section,
         "options": [("", _("all")), *named]},
        {"name": "side", "label": _("Hardware or software"), "kind": "select", "value": choice.side,
         "options": [("", _("all")), *((key, str(words)) for key, words in SIDES.items())]},
    ]  # fmt: skip


def _quick(today: date, choice: Choice) -> Iterable[tuple[str, str]]:
    """Deadlines that people name, each with its address."""
    month = today.replace(day=monthrange(today.year, today.month)[1])
    after = month + timedelta(days=1)
    following = after.replace(day=monthrange(after.year, after.month)[1])
    days = {
        _("in two weeks"): today + timedelta(days=14),
        _("end of this month"): month,
        _("end of next month"): following,
        _("end of the year"): date(today.year, 12, 31),
    }
    seen: set[date] = set()
    for words, day in days.items():
        if day > today and day not in seen:
            seen.add(day)
            asked = {"deadline": day.isoformat(), "section": choice.section, "side": choice.side}
            yield words, "?" + urlencode({name: value for name, value in asked.items() if value})
