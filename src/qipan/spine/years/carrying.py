"""What is open at the end of a year goes on in the next: number, deadline, history and unit stay; the points are those
of the year it goes on in. What was carried over comes back with its year as long as nobody has acted on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.models import OPEN, Kind, LogEntry, State, Step, WorkItem
from qipan.spine.work.tasks import CHECK, task_key
from qipan.spine.work.writing import entry

COLUMNS = ("year", "from_year", "open_key", "version", "points_at_stake", "gain_alone")


def carry_over(year: CampaignYear, into: CampaignYear, by: Post, now: datetime) -> list[WorkItem]:
    """Let what is open in a year go on in the next one; with what was merged into it. To be called in a transaction."""
    goes_on = Q(state__in=OPEN) | Q(state=State.MERGED, merged_into__state__in=OPEN)
    rows = WorkItem.objects.select_for_update(of=("self",)).filter(
        goes_on, county_id=year.campaign.county_id, year=year.year
    )
    items = list(rows.order_by("pk"))
    for item in items:
        item.from_year = item.from_year or year.year
    _move(items, year.year, into.year, by, now)
    return items


def carry_back(year: CampaignYear, carried: Iterable[Sequence[int]], by: Post, now: datetime) -> list[WorkItem]:
    """Take back what was carried over, as far as nothing was done to it since. To be called in a transaction."""
    versions = {each[0]: each[1] for each in carried}
    rows = WorkItem.objects.select_for_update(of=("self",)).filter(pk__in=list(versions)).order_by("pk")
    items = [item for item in rows if item.version == versions[item.pk]]
    moved = {item.pk: item.year for item in items}
    for item in items:
        if item.from_year == year.year:
            item.from_year = None
    for number in sorted(set(moved.values())):
        _move([item for item in items if moved[item.pk] == number], number, year.year, by, now)
    return items


def _move(items: Sequence[WorkItem], was: int, to: int, by: Post, now: datetime) -> None:
    """Put items into another year, and say so in their logs."""
    if not items:
        return
    county = items[0].county_id
    taken = set(
        WorkItem.objects.filter(county_id=county, year=to, kind=Kind.TASK, state__in=OPEN)
        .exclude(open_key=None)
        .values_list("open_key", flat=True)
    )
    for item in items:
        item.year = to
        item.version += 1
        # Of what it carried there, the next look at the points of the year says what it is now.
        item.points_at_stake = item.gain_alone = 0
        if item.kind == Kind.TASK and item.origin_kind == CHECK and item.open_key:
            key = task_key(county, to, item.check_key)
            item.open_key = item.open_key if key in taken else key
            taken.add(key)
    WorkItem.objects.bulk_update(items, COLUMNS, batch_size=200)
    data = {"from": was, "to": to}
    LogEntry.objects.bulk_create([entry(item, Step.CARRIED, by, now, data=data) for item in items], batch_size=500)
