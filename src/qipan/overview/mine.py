"""A unit's own page: what it owes, what hangs on it, what was asked of it, who is there, and the units below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Role
from qipan.ground.units.queries import is_deputy, posts_of
from qipan.overview.board import Sums, unit_rows
from qipan.overview.points import UnitName, site_names, unit_names
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing, standing
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.models import OPEN, Kind, Sighting, WorkItem
from qipan.spine.work.queries import Counts, Filters, Page, UnitCounts, counts, items, per_unit

ROWS = 8
PLACES = 5
BELOW = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """How much was asked of a unit in a year, by kind; `spared` are findings that joined an order already open, so that
    nothing more was asked. `supports` are open items of other units that this one supports, `territory` those in its area.
    """

    orders: int
    tasks: int
    pledges: int
    spared: int
    supports: int
    territory: int

    @property
    def all(self) -> int:
        """Everything asked, whatever became of it."""
        return self.orders + self.tasks + self.pledges


@dataclass(frozen=True, slots=True)
class LostCheck:
    """A check on which the unit loses points."""

    key: str
    node: str
    code: str
    title: Text
    method: str
    lost: int


@dataclass(frozen=True, slots=True)
class LostSite:
    """A site at which the unit loses points."""

    code: str
    name: Text
    lost: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who holds a post in the unit."""

    name: Text
    title: Text
    role: str
    phone: str
    has_signed_in: bool


@dataclass(frozen=True, slots=True)
class Below:
    """A unit below, with its points and its work."""

    unit: UnitName
    sums: Sums
    work: UnitCounts | None


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything on the page; points are micro-points."""

    standing: Standing
    unit: UnitName
    counts: Counts
    owed: Page
    asked: Asked
    sums: Sums
    shared: int
    checks: tuple[LostCheck, ...]
    sites: tuple[LostSite, ...]
    people: tuple[Colleague, ...]
    lacks_head: bool
    lacks_deputy: bool
    lacks_liaison: bool
    below: tuple[Below, ...]
    below_more: int


def mine(post: Post, year: CampaignYear, now: datetime) -> Mine:
    """Return the page of a post's unit (twenty statements at most, whatever the number of items)."""
    today = timezone.localdate(now)
    here = standing(year, today)
    units = unit_names(year.campaign.county_id)
    rows = unit_rows(here)
    mine_row = rows.get(post.unit_id)
    people = posts_of([post.unit_id], list(Role), today)
    roles = {each.role for each in people}
    tree = branches(post.unit.county_id)
    below = _below(post, year, units, tree, now)
    known = [Below(units[pk], rows[pk].total if pk in rows else Sums(), work) for pk, work in below.items()]
    shown = [each for each in known if each.sums.possible or each.sums.lost or each.work]
    shown.sort(key=lambda each: (-(each.work.late if each.work else 0), -each.sums.lost, each.unit.code))
    return Mine(
        standing=here,
        unit=units[post.unit_id],
        counts=counts(post, year, reach="handle", now=now, tree=tree),
        owed=items(
            post, Filters(year=year.year, special="handle"), "deadline", year=year, per_page=ROWS, now=now, tree=tree
        ),
        asked=_asked(post, year),
        sums=mine_row.total if mine_row else Sums(),
        shared=sum(
            1 for line in here.book.lines.values() if not line.counter and post.unit_id in here.duties.supports(line)
        ),
        checks=tuple(_checks(here, post.unit_id)),
        sites=tuple(_sites(here, post.unit_id)),
        people=tuple(
            Colleague(
                Text(each.person.full_name_zh or each.person.username, each.person.full_name_en), each.title, each.role,
                each.person.phone, each.person.last_login is not None,
            )
            for each in people
        ),
        lacks_head=not any(each.role == Role.HEAD and not is_deputy(each.title) for each in people),
        lacks_deputy=not any(each.role == Role.HEAD and is_deputy(each.title) for each in people),
        lacks_liaison=Role.LIAISON not in roles,
        below=tuple(shown[:BELOW]),
        below_more=max(0, len(shown) - BELOW),
    )  # fmt: skip


def _below(
    post: Post, year: CampaignYear, units: dict[int, UnitName], tree: Branches, now: datetime
) -> dict[int, UnitCounts | None]:
    found = tree.below(post.unit_id) - tree.same(post.unit_id)
    if not found:
        return {}
    work = {each.unit.code: each for each in per_unit(post, year, now=now, tree=tree)}
    return {pk: work.get(units[pk].code) for pk in found if pk in units}


def _asked(post: Post, year: CampaignYear) -> Asked:
    of_year = WorkItem.objects.filter(county_id=year.campaign.county_id, year=year.year)
    led = of_year.filter(lead_id=post.unit_id)
    kinds = dict(led.order_by().values_list("kind").annotate(n=Count("pk")))
    seen = Sighting.objects.filter(work_item__in=led).count()
    opened = led.filter(sightings__isnull=False).distinct().count()
    helped = WorkItem.supports.through.objects.filter(
        unit_id=post.unit_id, workitem__year=year.year, workitem__state__in=OPEN
    ).count()
    there = of_year.filter(territory_id=post.unit_id, state__in=OPEN).count()
    return Asked(
        kinds.get(Kind.ORDER, 0), kinds.get(Kind.TASK, 0), kinds.get(Kind.PLEDGE, 0), seen - opened, helped, there
    )


def _checks(here: Standing, unit: int) -> list[LostCheck]:
    lost: dict[str, int] = {}
    for part in here.of_unit(unit):
        if part.lost > 0 and part.check:
            lost[part.check] = lost.get(part.check, 0) + part.lost
    found = []
    for key, points in sorted(lost.items(), key=lambda pair: (-pair[1], pair[0]))[:PLACES]:
        line = here.book.lines[key]
        node = here.book.nodes[line.node]
        found.append(LostCheck(key, node.key, node.code, node.title, line.check.method, points))
    return found


def _sites(here: Standing, unit: int) -> list[LostSite]:
    lost: dict[str, int] = {}
    for part in here.of_unit(unit):
        if part.lost > 0 and part.cluster not in {"", "-"} and not here.book.lines[part.check].survey:
            lost[part.cluster] = lost.get(part.cluster, 0) + part.lost
    most = sorted(lost.items(), key=lambda pair: (-pair[1], pair[0]))[:PLACES]
    names = site_names(here.year.campaign.county_id, [code for code, _ in most])
    return [LostSite(code, names.get(code, Text(code, code)), points) for code, points in most]
