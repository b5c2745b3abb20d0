"""The plan on one page: a line of time, and of each phase and node what is due, closed and late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.home.links import work_url
from qipan.faces.office.home.progress import Figure
from qipan.faces.office.setup import undo
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.spine.campaigns.nodes import NodeRow, nodes
from qipan.spine.campaigns.phases import PhaseRow, phases
from qipan.spine.work.permissions import READ_LADDER
from qipan.spine.work.plan.figures import Figures, plan_figures

PAGE = "plan"


@dataclass(frozen=True, slots=True)
class ShownNode:
    """A node with its figures, and how the fact stands to the plan."""

    row: NodeRow
    figures: tuple[Figure, ...]
    difference: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Track:
    """A phase's place on the line of time, in per cent of its width."""

    x: str
    width: str
    nodes: tuple[tuple[str, bool], ...]
    today: str


@dataclass(frozen=True, slots=True)
class ShownPhase:
    """A phase with its nodes; `row` is None for the nodes that belong to none."""

    row: PhaseRow | None
    state: str
    word: str
    figures: tuple[Figure, ...]
    nodes: tuple[ShownNode, ...]
    track: Track | None
    days: int = 0


@require_GET
@requires(READ)
def plan(request: HttpRequest) -> HttpResponse:
    """Show the phases and nodes of the plan."""
    desk, today = at_desk(request), timezone.localdate()
    if desk.campaign is None or desk.year is None:
        return render(request, "office/board_empty.html")
    rows, fixed = phases(desk.campaign.pk), nodes(desk.campaign.pk, today)
    found = plan_figures(desk.post, desk.year, rows, [node.pk for node in fixed])
    span = span_of(rows, fixed, desk.year.year)
    shown = [
        ShownPhase(
            row, state_of(row, today), state_word(row, today), figures_of(found.phases[row.pk], phase=row.pk),
            tuple(shown_node(node, found.nodes[node.pk]) for node in fixed if node.phase == row.pk),
            _track(row, [node for node in fixed if node.phase == row.pk], span, today),
            (row.last - row.first).days + 1,
        )
        for row in rows
    ]  # fmt: skip
    rest = tuple(shown_node(node, found.nodes[node.pk]) for node in fixed if node.phase is None)
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county)
    context = {
        "sees_runs": READ_LADDER.allows(desk.post, desk.county),
        "shown": shown, "rest": rest, "may_edit": may, "span": span, "today": today, "nothing": not (rows or fixed),
        "undo": undo.offered(request, PAGE) if may else "", "ahead": next((n for n in fixed if n.days >= 0), None),
    }  # fmt: skip
    return render(request, "office/plan/plan.html", context)


def figures_of(found: Figures, **where: int) -> tuple[Figure, ...]:
    """Return figures with the lists that they open."""
    return (
        Figure("due-all", found.due, pgettext("plan", "due"), work_url(**where)),
        Figure("closed", found.closed, pgettext("plan", "closed"), work_url(view="closed", **where)),
        Figure("open", found.open, pgettext("plan", "open"), work_url(view="open", **where)),
        Figure("late", found.late, pgettext("plan", "late"), work_url(light="late", **where)),
    )


def shown_node(node: NodeRow, found: Figures) -> ShownNode:
    """Return a node with its figures, and plan and fact in words."""
    return ShownNode(node, figures_of(found, milestone=node.pk), difference_words(node), (node.late or 0) > 0)


def difference_words(node: NodeRow) -> str:
    """Return the days between plan and fact in words."""
    late = node.late
    if late is None:
        if node.days == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", node.days) % {"days": node.days}
    if node.met_on is None:
        return ngettext("%(days)s day over, not yet reached", "%(days)s days over, not yet reached", late) % {
            "days": late
        }
    if late == 0:
        return _("as planned")
    if late > 0:
        return ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
    return ngettext("%(days)s day early", "%(days)s days early", -late) % {"days": -late}


def state_of(row: PhaseRow, today: date) -> str:
    """Return whether a phase is past, running or ahead."""
    return "past" if row.last < today else "running" if row.first <= today else "ahead"


def state_word(row: PhaseRow, today: date) -> str:
    """Return it in words, with the days that are left or that it takes until it begins."""
    match state_of(row, today):
        case "past":
            return pgettext("phase", "past")
        case "running":
            left = (row.last - today).days
            return ngettext("running, %(days)s day left", "running, %(days)s days left", left) % {"days": left}
    wait = (row.first - today).days
    return ngettext("begins in %(days)s day", "begins in %(days)s days", wait) % {"days": wait}


def span_of(rows: Sequence[PhaseRow], fixed: Sequence[NodeRow], year: int) -> tuple[date, date]:
    """Return the days that the line of time runs over: those of the plan, at least the year."""
    days = [day for row in rows for day in (row.first, row.last)] + [node.on for node in fixed]
    return min([*days, date(year, 1, 1)]), max([*days, date(year, 12, 31)])


def _track(row: PhaseRow, fixed: Sequence[NodeRow], span: tuple[date, date], today: date) -> Track:
    whole = (span[1] - span[0]).days + 1

    def at(day: date) -> float:
        return 100 * (day - span[0]).days / whole

    width = max(100 * ((row.last - row.first).days + 1) / whole, 0.6)
    marks = tuple((f"{at(node.on):.2f}%", node.met_on is not None) for node in fixed)
    here = f"{at(today):.2f}%" if span[0] <= today <= span[1] else ""
    return Track(f"{at(row.first):.2f}%", f"{width:.2f}%", marks, here)
