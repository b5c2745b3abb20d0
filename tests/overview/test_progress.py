"""How the work goes: each figure by hand, at one moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.ground.units.models import Unit
from qipan.overview.points import UNOWNED
from qipan.overview.progress import progress, week_of
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.models import Kind, State, WorkItem
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday."""
SECTIONS = {"a/1": "A", "b/1": "B", "n": "B"}
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    """A county whose campaign has the year 2026."""
    return make_world()


def year(world: World) -> CampaignYear:
    """The year of the work."""
    return CampaignYear.objects.select_related("campaign").get(campaign=world.campaign, year=2026)


def work(
    world: World, *, lead: Unit | None, state: State = State.ISSUED, left: float = 10, due: float = 3, check: str = "a/1",
    side: str = "hardware", closed: datetime | None = None, node: str = "", in_year: int = 2026,
) -> WorkItem:  # fmt: skip
    """A piece of work with so many days left, whose light turns so many days before its deadline."""
    deadline = NOW + left * DAY
    return WorkItem.objects.create(
        county=world.county, year=in_year, number=f"{in_year}-{WorkItem.objects.count() + 1:05}", kind=Kind.ORDER,
        origin_kind="visit", title_zh="井盖缺失", lead=lead, state=state, issued_at=NOW - 20 * DAY,
        due_from=deadline - due * DAY, deadline=deadline, check_key=check, node=node, side=side, closed_at=closed,
    )  # fmt: skip


def test_each_figure_by_hand(world: World) -> None:
    office, bureau = world.office, world.bureau
    work(world, lead=bureau)  # on plan
    work(world, lead=bureau, left=2, check="b/1")  # due
    work(world, lead=bureau, left=-3)  # late
    work(world, lead=bureau, left=-1, state=State.ACCEPTED, check="", node="n", side="software")  # late
    work(world, lead=bureau, left=-5, state=State.REPORTED)  # waits for others, whatever its deadline
    work(world, lead=office, left=-9, check="", side="")  # late, at no section
    work(world, lead=None, left=1)  # due, nobody's
    work(world, lead=bureau, state=State.CLOSED, closed=NOW - 2 * DAY)  # on this week's Monday
    work(world, lead=bureau, state=State.CLOSED, closed=NOW - 3 * DAY, side="software")  # on Sunday
    work(world, lead=bureau, state=State.CANCELLED, left=-5)
    work(world, lead=bureau, left=-5, in_year=2025)
    shown = year(world)
    with CaptureQueriesContext(connection) as statements:
        found = progress(shown, NOW, SECTIONS)
    assert len(statements) == 2
    assert (found.open, found.due, found.late, found.waiting) == (7, 2, 3, 1)
    assert (found.closed, found.closed_this_week) == (2, 1)
    hardware, software = found.sides["hardware"], found.sides["software"]
    # 1 on plan, 1 due, 1 late, 1 reported, 1 of nobody, 1 closed: 1 of 6 is 16.7 %; 1 of 2 is 50 %.
    assert (hardware.closed, hardware.all, hardware.percent) == (1, 6, 17)
    assert (software.closed, software.all, software.percent) == (1, 2, 50)
    assert [(unit.whose, unit.late, unit.oldest) for unit in found.units] == [
        (bureau.pk, 2, NOW - 3 * DAY), (office.pk, 1, NOW - 9 * DAY)
    ]  # fmt: skip
    marks = {place: (mark.late, mark.due) for place, mark in found.marks.items()}
    assert marks == {
        (bureau.pk, "A"): (1, 0),
        (bureau.pk, "B"): (1, 1),
        (office.pk, ""): (1, 0),
        (UNOWNED, "A"): (0, 1),
    }


def test_a_week_begins_on_monday() -> None:
    monday = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert week_of(NOW) == monday == week_of(monday) == week_of(monday + 7 * DAY - timedelta(seconds=1))


def test_no_work_is_no_division_by_nothing(world: World) -> None:
    found = progress(year(world), NOW, SECTIONS)
    assert not found.any and not found.sides and not found.units
