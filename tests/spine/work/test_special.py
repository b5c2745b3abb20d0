"""Special actions: what is theirs by rule and by hand, and what came back within thirty days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.spine.campaigns.models import SpecialAction
from qipan.spine.campaigns.special import ActionPlan, action_of, begin_action, change_action, plan_of, remove_action
from qipan.spine.work import actions
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.special.attaching import attach, attached, detach
from qipan.spine.work.special.figures import ActionFigures, action_figures, place_figures
from tests.spine.work.town import NOON, Town, again, finding, make, order, photo

pytestmark = pytest.mark.django_db
DAY = day_of(NOON)


@pytest.fixture
def town() -> Town:
    return make()


def begun(town: Town, **more: object) -> SpecialAction:
    plan = ActionPlan("清洁行动", DAY - timedelta(days=2), DAY + timedelta(days=60), "Clean-up")
    return begin_action(town.year.campaign, replace(plan, **more), by=town["office"])  # type: ignore[arg-type]


def figures(town: Town, action: SpecialAction, who: str = "office") -> ActionFigures:
    found = action_figures(town[who], action, year=town.year.year, now=NOON)
    for count, more in (
        (found.found, {}),
        (found.closed, {"state": "closed"}),
        (found.recurred, {"special": "recurred"}),
    ):
        filters = Filters(year=town.year.year, action=str(action.pk), **more)  # type: ignore[arg-type]
        assert items(town[who], filters, now=NOON).total == count, "a figure is its list"
    return found


def closed(town: Town, when: datetime, **more: str) -> WorkItem:
    """An order that is reported and closed at a moment."""
    item = order(town, **more)
    actions.accept(item.pk, version=1, by=town["roads"], at=when - timedelta(hours=3))
    actions.report(
        item.pk, version=2, by=town["roads"], text="修好", fixed_at=when - timedelta(hours=2), photos=[photo(town)],
        at=when - timedelta(hours=1),
    )  # fmt: skip
    actions.recheck(item.pk, version=3, by=town["inspector-2"], outcome="pass", text="好", at=when)
    return WorkItem.objects.get(pk=item.pk)


def found_again(town: Town, when: datetime, **more: str) -> None:
    seen = replace(finding(**more), seen_at=when - timedelta(hours=1))
    actions.open_orders(town.year, [seen], by=town["inspector"], origin=("visit", "2", "再查"), at=when)


def test_orders_of_the_scope_are_counted_by_themselves(town: Town) -> None:
    empty, roads = begun(town), begun(town, site_types=("road",))
    item = begun(town, items=("road.r1",))
    later = begun(town, site_types=("road",), first=DAY + timedelta(days=5))
    east = begun(town, areas=(town.units["east"].pk,), site_types=("road",))
    first, second = order(town), order(town, item="road.r1", cluster="r1")
    assert first.stratum == "road"
    assert [figures(town, each).found for each in (empty, roads, item, later)] == [0, 2, 1, 0]
    theirs = [row for row in (first, second) if row.territory_id == town.units["east"].pk]
    assert figures(town, east).found == len(theirs)
    actions.cancel(second.pk, version=1, by=town["office"], reason="重复", at=NOON + timedelta(hours=1))
    assert [figures(town, each).found for each in (roads, item)] == [1, 0]


def test_the_same_fault_at_the_same_place_within_thirty_days_came_back(town: Town) -> None:
    action = begun(town, site_types=("road",))
    end = NOON + timedelta(days=3)
    closed(town, end)
    assert figures(town, action) == ActionFigures(found=1, closed=1)
    found_again(town, end + timedelta(days=10), item="road.r1", cluster="r2")
    assert figures(town, action).recurred == 0, "another item"
    found_again(town, end + timedelta(days=30), item="road.r2", cluster="r2")
    assert figures(town, action).recurred == 1
    assert {
        place.code: place.figures.recurred for place in place_figures(town["office"], action, year=town.year.year)
    } == {"r2": 1}


def test_after_thirty_days_it_is_a_new_fault(town: Town) -> None:
    action = begun(town, site_types=("road",))
    end = NOON + timedelta(days=3)
    closed(town, end)
    found_again(town, end + timedelta(days=30, seconds=1), item="road.r2", cluster="r2")
    assert figures(town, action).recurred == 0


def test_items_are_attached_by_hand_once_and_survive_a_new_name(town: Town) -> None:
    action = begun(town, name_zh="三对三")
    numbers = [order(town).number, order(town, item="road.r1", cluster="r1").number]
    assert attach(action.pk, "、".join(numbers), by=town["office"]) == 2
    assert attach(action.pk, numbers[0], by=town["office"]) == 0, "it is there"
    assert figures(town, action).found == 2
    renamed = change_action(action.pk, replace(plan_of(action), name_zh="作风整顿"), version=1, by=town["office"])
    assert renamed.name_zh == "作风整顿" and attached(renamed) == numbers
    with pytest.raises(Stale):
        change_action(action.pk, plan_of(renamed), version=1, by=town["office"])
    with pytest.raises(RegisterError, match="no such item"):
        attach(action.pk, "2026-99999", by=town["office"])
    assert detach(action.pk, numbers[0], by=town["office"]) and figures(town, action).found == 1
    both = begun(town, site_types=("road",))
    attach(both.pk, numbers[0], by=town["office"])
    assert figures(town, both).found == 2, "of its scope and attached: counted once"
    remove_action(action.pk, by=town["office"])
    assert action_of(town.county.pk, action.pk) is None and WorkItem.objects.count() == 2


def test_owner_and_leader_are_told_and_only_the_office_begins_one(town: Town) -> None:
    begun(town, owner=town.units["roads"].pk, leader=town["leader"].pk)
    told = set(Message.objects.filter(kind="campaigns.special").values_list("post_id", flat=True))
    assert told == {town["roads"].pk, town["roads-head"].pk, town["leader"].pk}
    with pytest.raises(PermissionDenied):
        begin_action(town.year.campaign, ActionPlan("行动", DAY, DAY), by=town["leader"])
    with pytest.raises(RegisterError, match="not before"):
        begin_action(town.year.campaign, ActionPlan("行动", DAY, DAY - timedelta(days=1)), by=town["office"])


def test_a_unit_sees_its_own_of_it(town: Town) -> None:
    action = begun(town, site_types=("road",))
    again(order(town))
    assert (figures(town, action, "roads").found, figures(town, action, "tourism").found) == (1, 0)
