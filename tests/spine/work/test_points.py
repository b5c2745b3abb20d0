"""Points at stake: divided by hand, adding up, refreshed without being anybody's act."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.scale import POINT
from qipan.ground.jobs.actions import run
from qipan.ground.jobs.models import Job
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import actions, points
from qipan.spine.work.models import State, WorkItem
from tests.spine.work import town as towns
from tests.spine.work.town import at, finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """Road 1: litter and surface wrong; road 2: surface wrong. Hotels are a census of four, one was seen: 1 of 3."""
    town = towns.make()
    towns.seen(
        town, ("road.r1", "r1", "9"), ("road.r2", "r1", "fail"), ("road.r1", "r2", "1"), ("road.r2", "r2", "fail"),
        ("hotel.ho1", "h1", "fail"), ("hotel.ho2", "h1", "fail"), ("hotel.ho3", "h1", "pass"),
    )  # fmt: skip
    return town


def issue(town, *findings):
    opened = actions.open_orders(town.year, list(findings), by=town["inspector"], origin=("visit", "1", ""), at=at())
    return [one.pk for one in opened]


def stakes(pks):
    rows = WorkItem.objects.in_bulk(pks)
    return [(rows[pk].points_at_stake, rows[pk].gain_alone) for pk in pks]


def test_by_hand(town):
    pks = issue(
        town, finding("road.r1", "r1"), finding("road.r2", "r1"), finding("road.r2", "r2"), finding("hotel.ho1", "h1"),
        finding("road.r2", "r3"),
    )  # fmt: skip
    points.refresh(town.county.pk, at(1))
    # 40 points on two drawn roads: road 1 loses its 20, which its two orders share; road 2 loses 10 of its 20. Each
    # gain alone is that of the whole reading. Hotels: 30 points on four, one lost 2/3 of its 7.5. Road 3 is on no list.
    assert stakes(pks) == [
        (10 * POINT, 20 * POINT), (10 * POINT, 20 * POINT), (10 * POINT, 10 * POINT), (5 * POINT, 5 * POINT), (0, 0),
    ]  # fmt: skip
    assert set(WorkItem.objects.values_list("points_at", flat=True)) == {at(1)}


def test_what_cannot_be_divided_evenly_is_divided_by_largest_remainder(town):
    items = [WorkItem(item=f"hotel.ho{n}", stratum="hotel", cluster="h1") for n in (1, 2, 3)]
    now = standing(town.year)
    assert points.divided(items, now) == [1_667_000, 1_667_000, 1_666_000], "5 points in steps of a thousandth"


def test_all_that_is_open_adds_up_to_all_that_is_lost(town):
    issue(town, finding("road.r1", "r1"), finding("road.r2", "r2"), finding("hotel.ho1", "h1"))
    plans = actions.preview_decomposition(town.year, at(900), by=town["office"])
    actions.decompose(town.year, plans, by=town["office"], at=at())
    points.refresh(town.county.pk)
    open_items = WorkItem.objects.filter(state__in=("issued", "accepted", "reported"))
    assert sum(open_items.values_list("points_at_stake", flat=True)) == standing(town.year).card.total.lost
    # The task of the roads carries nothing beside the orders there: all of its losses have one.
    assert WorkItem.objects.get(kind="task", check_key="1.2/site_inspection").points_at_stake == 0
    WorkItem.objects.filter(kind="order", cluster="r2").update(state=State.CANCELLED)
    points.refresh(town.county.pk)
    assert WorkItem.objects.get(kind="task", check_key="1.2/site_inspection").points_at_stake == 10 * POINT


def test_a_refresh_is_nobodys_act(town):
    (pk,) = issue(town, finding())
    points.refresh(town.county.pk)
    item = WorkItem.objects.get(pk=pk)
    assert item.version == 1 and item.log.count() == 1
    actions.accept(pk, version=1, by=town["roads"], at=at(1))


def test_closing_asks_for_a_refresh_once_and_carries_nothing_any_more(town):
    item = towns.reported(town)
    points.refresh(town.county.pk, at(4))
    waiting = Job.objects.filter(kind=points.KIND)
    assert waiting.count() == 1, "asked for by the opening; it still waits"
    actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    assert waiting.count() == 1
    item.refresh_from_db()
    assert (item.points_at_stake, item.gain_alone, item.moved["stake"]) == (0, 0, [10 * POINT, 10 * POINT])
    done = run(waiting.get().pk)
    assert done is not None and done.state == Job.State.DONE and done.result == {"items": 0}


def test_statements_do_not_grow_with_the_items(town):
    counts = []
    for n in (1, 2, 3):
        issue(town, *(finding(f"hotel.ho{n}", f"h{h}") for h in range(1, 5)))
        points.refresh(town.county.pk)
        with CaptureQueriesContext(connection) as seen:
            points.refresh(town.county.pk)
        counts.append(len(seen))
    assert counts[0] == counts[-1] <= 14, counts
