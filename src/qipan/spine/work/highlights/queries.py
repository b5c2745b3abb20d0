"""What can be asked about highlights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.work.highlights.rules import self_reported
from qipan.spine.work.models import Highlight
from qipan.spine.work.permissions import UNITS
from qipan.spine.work.rows import Named

ON_MINE = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A highlight with what has to be said wherever it is shown: whether its numbers are the unit's own word."""

    row: Highlight
    self_reported: bool


def visible(post: Post) -> Q:
    """Return the condition of what a post may read: what was approved at some time; more of its own unit; all, the office."""
    county = Q(campaign__county_id=post.unit.county_id)
    if MANAGE_CAMPAIGN.allows(post):
        return county
    if post.role in UNITS:
        return county & (Q(approved_at__isnull=False) | Q(unit_id=post.unit_id))
    return county & Q(approved_at__isnull=False)


def highlight_of(post: Post, pk: int) -> Highlight | None:
    """Return a highlight that a post may read, or None."""
    return _rows(visible(post)).filter(pk=pk).first()


def listed(post: Post, state: str = "") -> list[Shown]:
    """Return what a post may read, the newest first; of one state if asked (one statement)."""
    return [_shown(row) for row in _rows(visible(post) & (Q(state=state) if state else Q()))]


def of_unit(unit_id: int) -> list[Shown]:
    """Return the newest of one unit (one statement)."""
    return [_shown(row) for row in _rows(Q(unit_id=unit_id))[:ON_MINE]]


def waiting(post: Post) -> int:
    """Return how many wait for a post: a head's consent, or the office's decision (one statement or none)."""
    if post.role == Role.HEAD:
        return Highlight.objects.filter(unit_id=post.unit_id, state=Highlight.State.WRITTEN).count()
    return 0


def approved(county_id: int, since: date, until: date) -> list[Shown]:
    """Return what stands approved and was done in some days, the newest first (one statement).

    Args:
        county_id: whose.
        since: the first day; something that ended before it is left out.
        until: the last day; something that began after it is left out.
    """
    found = Q(campaign__county_id=county_id, state=Highlight.State.APPROVED, last__gte=since, first__lte=until)
    return [_shown(row) for row in _rows(found)]


def site_name(highlight: Highlight) -> Named | None:
    """Return the site that a highlight concerns."""
    if not highlight.site:
        return None
    found = Site.objects.filter(county_id=highlight.campaign.county_id, code=highlight.site).first()
    return Named(found.code, found.name) if found else None


def _rows(condition: Q) -> QuerySet[Highlight]:
    return Highlight.objects.filter(condition).select_related("campaign__county", "unit", "author")


def _shown(row: Highlight) -> Shown:
    return Shown(row, self_reported(row.title_zh, row.text, row.measured))
