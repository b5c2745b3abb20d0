"""Points at stake of open items, kept with the moment of which they are true.

An order stands on an item at a site: the points lost at each reading that this item belongs to are divided over the
open orders there by the weights of their items in the checklist, in printed steps by largest remainder. A task of a
check carries what of the check's lost points no open order carries. So the points of all open items can be added up,
and together with what is lost where nothing is open they come to all that is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils import timezone

from qipan.assessment.scale import largest_remainder
from qipan.assessment.text import Text
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.models import Job
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.units.models import County, Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.actions import years_on
from qipan.spine.ledger.running import Key, Touched, keys_of
from qipan.spine.scorecards.queries import PRINTED_STEP, Standing, standing
from qipan.spine.scorecards.stakes import Gains, losses
from qipan.spine.work.models import OPEN, State, WorkItem

KIND = "work.points"
TITLE = Text("更新在办事项的影响分值", "Points at stake of open items")
AT_ONCE = 500


def readings_of(item: WorkItem, now: Standing) -> tuple[Key, ...]:
    """Return the readings that an order's item belongs to at its site; none for what stands on no item."""
    if not item.item:
        return ()
    found = keys_of(now.book, [Touched(item.item, "" if item.stratum == "-" else item.stratum, item.cluster)])
    return tuple(key for key, line in found.items() if not line.counter)


def divided(items: Sequence[WorkItem], now: Standing) -> list[int]:
    """Return the points at stake of open items of a year, in their order; whole printed steps."""
    lost = losses(now)
    claims: dict[Key, list[tuple[int, int]]] = {}
    tasks: dict[str, list[int]] = {}
    for i, item in enumerate(items):
        keys = readings_of(item, now)
        for key in keys:
            claims.setdefault(key, []).append((i, now.book.lines[key[0]].strata[key[1]].get(item.item, 1)))
        if not keys and item.check_key:
            tasks.setdefault(item.check_key, []).append(i)
    points = [0] * len(items)
    carried: dict[str, int] = {}
    for key, mine in claims.items():
        carried[key[0]] = carried.get(key[0], 0) + lost.get(key, 0)
        parts = largest_remainder(lost.get(key, 0) // PRINTED_STEP, [weight for _, weight in mine])
        for (i, _), part in zip(mine, parts, strict=True):
            points[i] += part * PRINTED_STEP
    of_check: dict[str, int] = {}
    for key, amount in lost.items():
        of_check[key[0]] = of_check.get(key[0], 0) + amount
    for check, at in tasks.items():
        rest = of_check.get(check, 0) - carried.get(check, 0)
        for i, part in zip(at, largest_remainder(rest // PRINTED_STEP, [1] * len(at)), strict=True):
            points[i] += part * PRINTED_STEP
    return points


def gains(
    items: Sequence[WorkItem], now: Standing, merged: Mapping[int, Sequence[WorkItem]] | None = None
) -> list[int]:
    """Return what the total would gain by each item alone: by its readings, or by its check, becoming full.

    Args:
        items: of one year.
        now: how the year stands.
        merged: what goes on as one of the items, by its number; their readings become full with its own.
    """
    known = Gains(now)
    out = []
    for item in items:
        keys = readings_of(item, now)
        for other in (merged or {}).get(item.pk, ()):
            keys = (*keys, *(key for key in readings_of(other, now) if key not in keys))
        out.append(known.of(keys) if keys else known.of_check(item.check_key) if item.check_key else 0)
    return out


def refresh(county_id: int, at: datetime | None = None) -> int:
    """Bring the points at stake of a county's open items up to date; returns how many there are.

    It is no act of anybody, so versions stay: who reads an item meanwhile can still act on it.
    """
    moment = at or timezone.now()
    count = 0
    for year in (
        WorkItem.objects.filter(county_id=county_id, state__in=OPEN)
        .order_by()
        .values_list("year", flat=True)
        .distinct()
    ):
        campaign = latest(years_on(county_id, year))
        columns = ("item", "stratum", "cluster", "check_key", "points_at_stake", "gain_alone")
        rows = WorkItem.objects.filter(county_id=county_id, year=year, state__in=OPEN)
        items = list(rows.order_by("id").only(*columns))
        count += len(items)
        if campaign is None:
            continue
        now = standing(campaign)
        merged = _merged(items, columns)
        others = [one for group in merged.values() for one in group]
        points = divided([*items, *others], now)
        place = {item.pk: i for i, item in enumerate(items)}
        for one, part in zip(others, points[len(items) :], strict=True):
            points[place[cast("int", one.merged_into_id)]] += part
        found = list(zip(items, points[: len(items)], gains(items, now, merged), strict=True))
        for start in range(0, len(found), AT_ONCE):
            _store(found[start : start + AT_ONCE], moment)
    return count


def _merged(items: Sequence[WorkItem], columns: Sequence[str]) -> dict[int, list[WorkItem]]:
    """Return what was merged into some open items, by the number of the one that goes on; its points hang there now."""
    known = {item.pk for item in items}
    rows = WorkItem.objects.filter(state=State.MERGED, merged_into__state__in=OPEN).order_by("pk")
    found: dict[int, list[WorkItem]] = {}
    for one in rows.only(*columns, "merged_into_id"):
        if one.merged_into_id in known:
            found.setdefault(one.merged_into_id, []).append(one)
    return found


def _store(found: Sequence[tuple[WorkItem, int, int]], moment: datetime) -> None:
    """Store the points of some items; what was closed since they were read carries nothing any more.

    The rows are taken in the order of their numbers, as everyone does who takes several: nobody waits in a circle.
    """
    with transaction.atomic():
        rows = WorkItem.objects.select_for_update().filter(pk__in=[item.pk for item, _, _ in found], state__in=OPEN)
        still = set(rows.order_by("pk").values_list("pk", flat=True))
        changed = []
        for item, points, gain in found:
            if item.pk in still and (item.points_at_stake, item.gain_alone) != (points, gain):
                item.points_at_stake, item.gain_alone = points, gain
                changed.append(item)
        if changed:
            WorkItem.objects.bulk_update(changed, ["points_at_stake", "gain_alone"])
        WorkItem.objects.filter(pk__in=still).update(points_at=moment)


def latest(years: Sequence[CampaignYear]) -> CampaignYear | None:
    """Return, of the campaign years that count a year's observations, that of the campaign that began last."""
    return max(years, key=lambda one: (one.campaign.first_year, -one.pk), default=None)


def ask(county: County, by: Post | None) -> None:
    """Queue a refresh for a county after an act that changes points, unless one waits already."""
    if not Job.objects.filter(kind=KIND, state=Job.State.WAITING, county=county).exists():
        enqueue(KIND, {"county": county.pk}, title=TITLE, by=by)


@recurring(KIND, cron="*/10 * * * *", title=TITLE)
@handles(KIND)
def run(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Refresh one county, or all that have open work."""
    wanted = payload.get("county")
    if wanted is not None:
        counties = [int(str(wanted))]
    else:
        counties = sorted(set(WorkItem.objects.filter(state__in=OPEN).order_by().values_list("county_id", flat=True)))
    return {"items": sum(refresh(county) for county in counties)}
