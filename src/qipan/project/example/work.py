"""The work of the example: tasks made of the standard, orders from what was found, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from qipan.assessment.reading import Reading
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post, Unit
from qipan.ground.worktime.queries import clock
from qipan.project.example import order_words as words
from qipan.project.example.order_life import READ_AFTER, UNREAD_FOR, Office, keep, tell, tell_the_life
from qipan.project.example.order_photos import draw_photos
from qipan.project.example.orders import DECOMPOSED, TASKS, OrderPlan, handled_by, later, posts_by_unit
from qipan.project.example.replay import moved
from qipan.project.example.world import World
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.running import Key
from qipan.spine.work import points
from qipan.spine.work.actions import accept, decompose, preview_decomposition, recheck, report
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import WorkItem, WorkSettings
from qipan.spine.work.reminders import remind

AT_SITES = 5
"""So many of the tasks are of checks at sites; the others are of documents."""


def do_the_work(
    world: World, year: CampaignYear, posts: Mapping[str, Post], orders: Sequence[OrderPlan], since: datetime,
    readings: Mapping[Key, Reading],
) -> None:  # fmt: skip
    """Let the year's work be done, after all that was seen is recorded.

    Args:
        world: the county.
        year: its campaign year.
        posts: who can act, by user name.
        orders: as they were planned.
        since: a moment before the first re-check.
        readings: as they stood then.
    """
    county = year.campaign.county_id
    end = world.calendar.moment(1.0, 0.999)
    before, after = draw_photos(posts["example-office"], world.calendar.moment(DECOMPOSED, 0.0))
    _tasks(world, year, posts, end)
    closings = {order.recheck.uid for order in orders if order.recheck is not None and order.recheck.outcome == "pass"}
    office = Office(
        world=world, posts=posts, by_unit=posts_by_unit(posts),
        units={unit.pk: unit for unit in Unit.objects.filter(county_id=county)}, counted=clock(county),
        settings=settings_of(county), before=before, after=after, moved=moved(year, world.book, closings, since, readings), end=end,
    )  # fmt: skip
    for order in orders:
        tell_the_life(order, office)
    keep(orders, office)
    WorkSettings.objects.filter(county_id=county).update(next_number=TASKS + len(orders) + 1)
    tell(orders, office, branches(county))
    points.refresh(county, end)
    remind(county, end)
    old = Message.objects.filter(post__unit__county_id=county, created_at__lt=end - UNREAD_FOR)
    old.update(read_at=F("created_at") + READ_AFTER)


def _tasks(world: World, year: CampaignYear, posts: Mapping[str, Post], end: datetime) -> None:
    """Make tasks of the checks that lose most, by the acts of the room itself, and let some be handled."""
    clerk, at = posts["example-office"], world.calendar.moment(DECOMPOSED, 0.4)
    counted = clock(year.campaign.county_id)
    plans = [
        plan
        for plan in preview_decomposition(year, later(counted, end, 60), by=clerk)
        if plan.why_not is None and plan.points and plan.lead is not None
    ]
    # Units without people stand last: their tasks would wait for ever.
    plans.sort(key=lambda plan: (not (plan.lead and handled_by(plan.lead.code)), -plan.points, plan.check))
    sites = [plan for plan in plans if plan.method == "site_inspection"][:AT_SITES]
    papers = [plan for plan in plans if plan.method == "document_review"][: TASKS - len(sites)]
    chosen = [*sites, *papers]
    #: Some were due long ago, some are due one after the other from here on.
    deadlines = {
        plan.check: later(counted, at, 200) if number % 3 == 0 else later(counted, end, 8 + 11 * number)
        for number, plan in enumerate(chosen)
    }
    by_unit = posts_by_unit(posts)
    for number, pk in enumerate(decompose(year, chosen, by=clerk, at=at, deadlines=deadlines)):
        _handle(world, WorkItem.objects.select_related("lead").get(pk=pk), number, posts, by_unit)


def _handle(
    world: World, item: WorkItem, number: int, posts: Mapping[str, Post], by_unit: Mapping[str, Sequence[Post]]
) -> None:
    if item.lead is None or not handled_by(item.lead.code) or number % 5 == 4:
        return
    handler = by_unit[item.lead.code][0]
    began = world.calendar.moment(DECOMPOSED + 0.01, 0.3 + 0.02 * number)
    accept(item.pk, version=item.version, by=handler, at=began, text=words.TASK_ACCEPTED)
    if number % 5 not in {0, 3}:
        return
    done = world.calendar.moment(0.86, 0.2 + 0.03 * number)
    text = words.TASK_REPORTED[2 if number < AT_SITES else number % 2]
    item = report(
        item.pk, version=item.version + 1, by=handler, text=text, fixed_at=done - timedelta(days=1), at=done,
        without=words.TASK_WITHOUT,
    )  # fmt: skip
    if number >= AT_SITES:
        return
    # The third round has looked at such sites since; nobody in the county's own units could say so.
    seen = world.calendar.moment(0.97, 0.3 + 0.02 * number)
    try:
        recheck(
            item.pk,
            version=item.version,
            by=posts["example-inspector-2"],
            outcome="pass",
            text=words.PASSED[1],
            at=seen,
        )
    except WorkError:
        return
