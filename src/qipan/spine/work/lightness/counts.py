"""What the page of lightness shows: requests by unit and month, the share sent downward, routine, bunching. Figures only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.types import unit_types
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.nodes import nodes
from qipan.spine.work.lightness.demands import month_of
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.lightness.months import midnight, months_back
from qipan.spine.work.limits import STANDING, settings_of
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.queries import UnitCounts, per_unit

Level = Literal["department", "territory", "grassroots"]
LEVELS: tuple[Level, ...] = ("department", "territory", "grassroots")
SHOWN_MONTHS = 6
FEWEST = 5
"""So many deadlines before a node are too few to speak of bunching."""
ON_A_PAGE = 50


def levels(county_id: int) -> dict[str, Level]:
    """Return, for every type of unit, whether it is a department, answers for an area, or is grassroots (two statements)."""
    return {
        row.code: "grassroots" if row.is_grassroots else "territory" if row.is_territorial else "department"
        for row in unit_types(county_id)
    }


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """A unit's requests by month, and its open work."""

    code: str
    name: Text
    level: Level
    months: Mapping[str, int]
    over: Mapping[str, int]
    total: int
    work: UnitCounts | None


@dataclass(frozen=True, slots=True)
class Bunching:
    """The deadlines before a node: how many, and how many of them in its last days. `since` and `until` are days."""

    node: Text
    on: date
    since: date
    last_from: date
    until: date
    all: int
    last: int
    warns: bool

    @property
    def share(self) -> float:
        """The last days' part in per cent."""
        return 100 * self.last / self.all if self.all else 0.0


@dataclass(frozen=True, slots=True)
class LightPage:
    """All figures of the page, as of a moment. `sent` counts the year's requests by level, `routine` items by month."""

    now: datetime
    month: str
    months: tuple[str, ...]
    limit: int
    units: tuple[UnitLoad, ...]
    sent: Mapping[Level, int]
    routine: tuple[tuple[str, int], ...]
    bunching: tuple[Bunching, ...]
    share_limit: int
    last_days: int


def light_page(post: Post, year: CampaignYear, now: datetime) -> LightPage:
    """Return the figures of a year that a post may read: its own unit's and those below it, or the county's."""
    county = year.campaign.county_id
    settings = settings_of(county)
    known = levels(county)
    month = month_of(now) if day_of(now).year == year.year else f"{year.year}-12"
    shown = tuple(months_back(month, SHOWN_MONTHS))
    mine = _seen(post)
    rows = Demand.objects.filter(mine, month__startswith=f"{year.year}-").order_by()
    counts: dict[int, Counter[str]] = {}
    over: dict[int, Counter[str]] = {}
    for unit, one, n, beyond in rows.values_list("unit_id", "month").annotate(
        n=Count("pk"), beyond=Count("pk", filter=~Q(reason=""))
    ):
        counts.setdefault(unit, Counter())[one] = n
        if beyond:
            over.setdefault(unit, Counter())[one] = beyond
    work = {each.unit.code: each for each in per_unit(post, year, now=now)}
    units = Unit.objects.filter(Q(pk__in=counts) | Q(code__in=work), county_id=county)
    loads = [
        UnitLoad(
            unit.code, unit.name, known.get(unit.type, "department"), counts.get(unit.pk, {}), over.get(unit.pk, {}),
            sum(counts.get(unit.pk, {}).values()), work.get(unit.code),
        )
        for unit in units
    ]  # fmt: skip
    loads.sort(key=lambda each: (-each.months.get(month, 0), -each.total, each.code))
    sent: Counter[Level] = Counter()
    for each in loads:
        sent[each.level] += each.total
    return LightPage(
        now, month, shown, settings.requests_a_month, tuple(loads), sent, _routine(post, year),
        tuple(_bunching(post, year, now, settings.bunching_share, settings.bunching_days)),
        settings.bunching_share, settings.bunching_days,
    )  # fmt: skip


def _seen(post: Post) -> Q:
    """Return the condition of the requests that a post may read: those of the items that it sees."""
    county = Q(county_id=post.unit.county_id)
    return county & Q(work_item__in=WorkItem.objects.filter(SEE.visible(post)).order_by().values("pk"))


def _routine(post: Post, year: CampaignYear) -> tuple[tuple[str, int], ...]:
    begins, ends = midnight(date(year.year, 1, 1)), midnight(date(year.year + 1, 1, 1))
    issued = WorkItem.objects.filter(
        SEE.visible(post), year=year.year, issued_at__gte=begins, issued_at__lt=ends
    ).values_list("issued_at", flat=True)
    found = Counter(month_of(at) for at in issued)
    return tuple((f"{year.year}-{month:02}", found[f"{year.year}-{month:02}"]) for month in range(1, 13))


def _bunching(post: Post, year: CampaignYear, now: datetime, share: int, days: int) -> list[Bunching]:
    """Return each node of the year with the deadlines since the node before it; what was cancelled has none."""
    stops = [each for each in nodes(year.campaign_id, day_of(now)) if each.on.year == year.year]
    found = (
        WorkItem.objects.filter(SEE.visible(post), year=year.year)
        .exclude(state=State.CANCELLED)
        .exclude(cadence=STANDING)
    )
    due = sorted(day_of(at) for at in found.values_list("deadline", flat=True))
    out = []
    since = date(year.year, 1, 1)
    for stop in stops:
        last_from = max(since, stop.on - timedelta(days=days - 1))
        before = [day for day in due if since <= day <= stop.on]
        last = sum(1 for day in before if day >= last_from)
        # A node that comes so soon after another has nothing but last days.
        measured = last_from > since
        warns = measured and len(before) >= FEWEST and last * 100 > share * len(before)
        out.append(Bunching(stop.name, stop.on, since, last_from, stop.on, len(before), last, warns))
        since = stop.on + timedelta(days=1)
    return out


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a list shows; what is empty does not count."""

    unit: str = ""
    month: str = ""
    kind: str = ""
    level: str = ""
    over: bool = False


def requests(post: Post, year: CampaignYear, wanted: Wanted) -> QuerySet[Demand]:
    """Return the requests of a year that a post may read, the newest first."""
    where = _seen(post) & Q(month__startswith=wanted.month or f"{year.year}-")
    if wanted.unit:
        where &= Q(unit__code=wanted.unit)
    if wanted.kind:
        where &= Q(kind=wanted.kind)
    if wanted.level:
        types = [code for code, level in levels(post.unit.county_id).items() if level == wanted.level]
        where &= Q(unit__type__in=types)
    if wanted.over:
        where &= ~Q(reason="")
    return Demand.objects.filter(where).select_related("unit", "work_item")


def request_pages(found: QuerySet[Demand], page: int) -> Page[Demand]:
    """Return one page of a list of requests."""
    return Paginator(found, ON_A_PAGE).get_page(page)


def asked_units(post: Post, year: CampaignYear) -> Sequence[tuple[str, Text]]:
    """Return the units that were asked for something in a year, by code."""
    pks = Demand.objects.filter(_seen(post), month__startswith=f"{year.year}-").order_by().values("unit_id")
    return [(unit.code, unit.name) for unit in Unit.objects.filter(pk__in=pks).order_by("code")]
