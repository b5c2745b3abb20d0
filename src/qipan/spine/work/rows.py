"""Items as lists show them: one row each, with the light, the days over or left, and the names of all that is linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Unit
from qipan.spine.work.limits import light_of
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import OPEN, Sighting, WorkItem


@dataclass(frozen=True, slots=True)
class Named:
    """A unit or a site: its code and its name."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Milestone:
    """A node of the plan that something is due by."""

    pk: int
    name: Text


@dataclass(frozen=True, slots=True)
class Row:
    """A work item in a list.

    `days` are whole days between the planned and the actual day (today while it is open): above zero is late, below
    zero is time left; while its clock stands they stand too. `came_by` says how its unit's last word came, where not from its own desk. `request` is the kind of the request that is open ("consent"
    while it waits for the head). `ended_at` is the report that a re-check passed, which a unit is judged by. Points are
    micro-points at `points_at`.
    """

    pk: int
    number: str
    version: int
    kind: str
    title: Text
    state: str
    light: str
    lead: Named | None
    supports: tuple[Named, ...]
    territory: Named | None
    person: str
    site: Named | None
    site_type: str
    check: str
    node: str
    item: str
    work_class: Named | None
    safety: bool
    side: str
    issued_at: datetime
    deadline: datetime
    ended_at: datetime | None
    days: int
    points: int
    gain: int
    points_at: datetime | None
    handling_round: int
    sightings: int
    instructed_at: datetime | None
    origin: tuple[str, str, str]
    round: str
    request: str = ""
    held_since: datetime | None = None
    deferred_until: date | None = None
    came_by: str = ""
    deadline_text: str = ""
    cadence: str = ""
    milestone: Milestone | None = None
    own_deadline: datetime | None = None
    year: int = 0
    from_year: int | None = None
    """The year it was issued for, where it was carried over since; `year` is the one in whose lists it is now."""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN

    @property
    def days_late(self) -> int:
        """Whole days over the deadline; 0 while in time."""
        return max(0, self.days)


def named(unit: Unit | None) -> Named | None:
    """Return a unit as a value."""
    return Named(unit.code, unit.name) if unit is not None else None


def fetched(found: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Return a list of items with what a row shows of them (two statements)."""
    return (
        found.select_related("lead", "territory", "work_class", "person", "milestone")
        .prefetch_related("supports")
        .only(
            *(field.attname for field in WorkItem._meta.concrete_fields if field.name not in {"text", "moved"}),
            "lead__code", "lead__name_zh", "lead__name_en", "territory__code", "territory__name_zh",
            "territory__name_en", "work_class__code", "work_class__name_zh", "work_class__name_en",
            "person__full_name_zh", "person__username", "milestone__name_zh", "milestone__name_en",
        )
    )  # fmt: skip


def rows_of(items: Iterable[WorkItem], now: datetime, county_id: int) -> list[Row]:
    """Return fetched items as rows (two statements more)."""
    kept = list(items)
    clusters = {item.cluster for item in kept if item.cluster}
    sites = (
        {site.code: site for site in Site.objects.filter(county_id=county_id, code__in=clusters)} if clusters else {}
    )
    seen = Sighting.objects.filter(work_item__in=[item.pk for item in kept]).order_by()
    counts = dict(seen.values_list("work_item_id").annotate(n=Count("id"))) if kept else {}
    return [row_of(item, now, sites, counts) for item in kept]


def row_of(item: WorkItem, now: datetime, sites: Mapping[str, Site], sightings: Mapping[int, int]) -> Row:
    """Return an item as a row."""
    site = sites.get(item.cluster)
    ended = item.reported_at or item.closed_at
    found = item.work_class
    return Row(
        pk=item.pk, number=item.number, version=item.version, kind=item.kind, title=item.title, state=item.state,
        light=light_of(item, now), lead=named(item.lead),
        supports=tuple(Named(unit.code, unit.name) for unit in item.supports.all()), territory=named(item.territory),
        person=str(item.person) if item.person else "", site=Named(site.code, site.name) if site else None,
        site_type=item.stratum, check=item.check_key, node=item.node, item=item.item,
        work_class=Named(found.code, found.name) if found else None, safety=item.safety, side=item.side,
        issued_at=item.issued_at, deadline=item.deadline, ended_at=ended,
        days=(day_of(ended or item.held_since or now) - day_of(item.deadline)).days, points=item.points_at_stake, gain=item.gain_alone,
        points_at=item.points_at, handling_round=item.handling_round, sightings=sightings.get(item.pk, 0),
        instructed_at=item.instructed_at, origin=(item.origin_kind, item.origin_id, item.origin_label),
        round=item.round, request=item.request, held_since=item.held_since if ended is None else None,
        deferred_until=item.deferred_until, deadline_text=item.deadline_text, cadence=item.cadence,
        own_deadline=item.own_deadline,
        came_by=item.came_by, year=item.year, from_year=item.from_year,
        milestone=Milestone(item.milestone.pk, item.milestone.name) if item.milestone else None,
    )  # fmt: skip
