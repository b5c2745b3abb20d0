"""What a special action comes to: found, closed, late and come back, altogether and site by site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import SpecialAction
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.models import OPEN, State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.queries import light_is
from qipan.spine.work.special.conditions import of_actions, recurred

PLACES = 50


@dataclass(frozen=True, slots=True)
class ActionFigures:
    """How much was found, is open, closed and late, and how much of what was closed came back."""

    found: int = 0
    open: int = 0
    closed: int = 0
    late: int = 0
    recurred: int = 0


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """The figures of one site of an action."""

    code: str
    name: Text
    figures: ActionFigures


def action_figures(
    post: Post, action: SpecialAction, *, year: int, now: datetime | None = None, tree: Branches | None = None
) -> ActionFigures:
    """Return the figures of an action as a post sees them (five statements at most).

    Args:
        post: who asks.
        action: the action.
        year: whose items, as the list of work asks.
        now: the moment for what is late.
        tree: the county's units, where they are at hand.
    """
    moment = now or timezone.now()
    return ActionFigures(**_found(post, action, year, tree).aggregate(**_counts(moment)))


def place_figures(
    post: Post, action: SpecialAction, *, year: int, now: datetime | None = None, tree: Branches | None = None
) -> list[PlaceFigures]:
    """Return the sites of an action with the most that came back first, then with the most found (six statements at most)."""
    moment = now or timezone.now()
    rows = _found(post, action, year, tree).exclude(cluster="").values_list("cluster").annotate(**_counts(moment))
    figures = {code: ActionFigures(*numbers) for code, *numbers in rows}
    names = dict.fromkeys(figures, Text())
    sites = Site.objects.filter(county_id=post.unit.county_id, code__in=figures)
    names |= {site.code: site.name for site in sites}
    places = [PlaceFigures(code, names[code] or Text(code, code), each) for code, each in figures.items()]
    return sorted(places, key=lambda one: (-one.figures.recurred, -one.figures.found, one.code))[:PLACES]


def _found(post: Post, action: SpecialAction, year: int, tree: Branches | None):  # type: ignore[no-untyped-def]
    known = tree or branches(post.unit.county_id)
    where = SEE.visible(post, known) & of_actions(post.unit.county_id, str(action.pk), known)
    return WorkItem.objects.filter(where, year=year).order_by()


def _counts(now: datetime) -> dict[str, Count]:
    kinds = {
        "found": Q(), "open": Q(state__in=OPEN), "closed": Q(state=State.CLOSED), "late": light_is("late", now),
        "recurred": recurred(),
    }  # fmt: skip
    return {name: Count("pk", filter=where) for name, where in kinds.items()}
