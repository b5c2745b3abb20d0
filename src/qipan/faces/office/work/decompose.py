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
from qipan.spine.campaigns.nodes import NodeRow, nodes
from qipan.spine.work.actions import PlannedTask, decompose, preview_decomposition
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import ahead
from qipan.spine.work.permissions import DECOMPOSE
from qipan.spine.work.plan.hanging import end_of
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
    candidates: tuple[tuple[str, Text, bool], ...] = ()
    """Code and name of each unit that could lead, and whether it is chosen; empty where there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a preview is asked for."""

    when: When | None
    section: str
    side: str
    words: str = ""
    day: str = ""
    error: Text | str = ""
    node: NodeRow | None = None
    """A node of the plan by whose day all are due."""


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
            made = decompose(
                desk.year, wanted, by=desk.post, words=choice.when, leads=_leads(request.POST, wanted),
                milestone=choice.node.pk if choice.node else None,
            )  # fmt: skip
    except AlreadySent:
        return redirect(reverse("work_decompose") + "?done=1")
    except WorkError as error:
        return _page(request, desk, book, choice, ticked, error.words, status=422)
    chosen = _leads(request.POST, wanted)
    leads = {chosen.get(plan.check) or (plan.lead.code if plan.lead else "") for plan in wanted if _may_go(plan)}
    request.session[RESULT] = {
        "count": len(made),
        "units": len(leads - {""}),
        "left": len(ticked) - len(made),
    }
    return redirect(reverse("work_decompose") + "?done=1")


def _may_go(plan: PlannedTask) -> bool:
    """Whether a check can be issued, at least once somebody has said who leads."""
    return plan.why_not is None or (plan.reason == "unowned" and bool(plan.candidates))


def _leads(given: Mapping[str, str], plans: Iterable[PlannedTask]) -> dict[str, str]:
    """Return the units that were chosen to lead, by check, of those that could."""
    found = {}
    for plan in plans:
        code = given.get(f"lead-{plan.check}", "")
        if code in {unit.code for unit in plan.candidates}:
            found[plan.check] = code
    return found


def _nodes(desk: Desk) -> list[NodeRow]:
    """Return the nodes of the plan that lie ahead."""
    return [node for node in nodes(desk.campaign.pk, timezone.localdate()) if node.days > 0] if desk.campaign else []


def _choice(desk: Desk, given: Mapping[str, str]) -> Choice:
    side = given.get("side", "") if given.get("side", "") in SIDES else ""
    words, day = given.get("deadline", ""), given.get("deadline_day", "")
    section = given.get("section", "")
    now = timezone.now()
    error: Text | str = ""
    found = None
    node = next((each for each in _nodes(desk) if str(each.pk) == given.get("node", "")), None)
    if node is not None:
        # A node says the day: what was written beside it no longer counts.
        return Choice(When(end_of(node.on)), section, side, node=node)
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
    plans = _plans(desk, choice)
    chosen = _leads(request.POST, plans)
    shown = [_shown(plan, book, ticked, chosen.get(plan.check, "")) for plan in plans]
    context: dict[str, Any] = {
        "deadline": when_field({"deadline": choice.words, "deadline_day": choice.day}, _("Deadline")),
        "written": choice.when.text if choice.when else "",
        "section": choice.section,
        "side": choice.side,
        "node": choice.node,
        "filters": _filters(book, choice, _nodes(desk)),
        "quick": list(_quick(timezone.localdate(), choice)),
        "error": error or choice.error,
        "plans": [plan for plan in shown if plan.why_not is None or plan.candidates],
        "blocked": [plan for plan in shown if plan.why_not is not None and not plan.candidates],
        "uid": uuid.uuid4(),
        "crumbs": [(_("Work"), reverse("work_list")), (_("Assign tasks from the standard"), "")],
    }
    if request.GET.get("done") and RESULT in request.session:
        context["result"] = {**request.session[RESULT], "url": reverse("work_list") + "?kind=task&view=to_accept"}
    return render(request, "office/work/decompose.html", context, status=status)


def _shown(plan: PlannedTask, book: Rulebook, ticked: set[str] | None, chosen: str) -> ShownPlan:
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
        deadline=timezone.localdate(plan.deadline), why_not=plan.why_not, fix_url=fix_url, fix_word=fix_word,
        # What nobody leads yet is ticked by whoever says who does.
        ticked=plan.why_not is None if ticked is None else plan.check in ticked,
        candidates=tuple(
            (unit.code, unit.name, unit.code == (chosen or (plan.lead.code if plan.lead else ""))) for unit in plan.candidates
        ) if _may_go(plan) and (len(plan.candidates) > 1 or plan.lead is None) else (),
    )  # fmt: skip


def _filters(book: Rulebook, choice: Choice, ahead_of: list[NodeRow]) -> list[dict[str, object]]:
    language = get_language() or "en"
    sections = {node.section for node in book.nodes.values()}
    named = [(key, f"{node.code} {node.title.into(language)}") for key, node in book.nodes.items() if key in sections]
    by_node: list[dict[str, object]] = [
        {"name": "node", "label": _("or due by a node of the plan"), "kind": "select", "value": choice.node.pk if choice.node else "",
         "options": [("", _("no node")), *((str(one.pk), f"{one.on} {one.name.into(language)}") for one in ahead_of)]},
    ] if ahead_of else []  # fmt: skip
    return [
        *by_node,
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
