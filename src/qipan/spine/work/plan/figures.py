"""How far the plan is: of each phase and each node how many items are due, closed and late, as the reader sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.phases import PhaseRow
from qipan.spine.work.branches import Branches
from qipan.spine.work.models import OPEN, VOID, State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.plan.conditions import due_between
from qipan.spine.work.queries import light_is


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a phase or a node: how many items are due, how many of these are open, closed, and late."""

    due: int = 0
    open: int = 0
    closed: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """The figures of every phase and node, by their keys."""

    phases: Mapping[int, Figures]
    nodes: Mapping[int, Figures]


def plan_figures(
    post: Post, year: CampaignYear, phases: Collection[PhaseRow], nodes: Collection[int], *, now: datetime | None = None,
    tree: Branches | None = None,
) -> PlanFigures:  # fmt: skip
    """Return the figures of the plan as a post sees them (two statements beside the tree of units).

    Args:
        post: who asks.
        year: whose items.
        phases: the phases of the plan.
        nodes: the keys of its nodes.
        now: the moment for what is late.
        tree: the county's units, where they are at hand.
    """
    moment = now or timezone.now()
    found = WorkItem.objects.filter(SEE.visible(post, tree), year=year.year).exclude(state__in=VOID).order_by()
    kinds = {"due": Q(), "open": Q(state__in=OPEN), "closed": Q(state=State.CLOSED), "late": light_is("late", moment)}
    of_phases: dict[int, Figures] = {}
    if phases:
        sums = found.aggregate(
            **{
                f"{one.pk}_{kind}": Count("pk", filter=due_between(one.first, one.last) & where)
                for one in phases
                for kind, where in kinds.items()
            }
        )
        of_phases = {one.pk: Figures(**{kind: sums[f"{one.pk}_{kind}"] for kind in kinds}) for one in phases}
    counts = {kind: Count("pk", filter=where) for kind, where in kinds.items()}
    rows = found.filter(milestone__in=nodes).values_list("milestone_id").annotate(**counts) if nodes else ()
    of_nodes = {pk: Figures(*numbers) for pk, *numbers in rows}
    return PlanFigures(of_phases, {pk: of_nodes.get(pk, Figures()) for pk in nodes})
