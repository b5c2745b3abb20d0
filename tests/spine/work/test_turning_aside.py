"""What turns aside: suspended, merged and taken out again, a request withdrawn, words between the units of an item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.scale import POINT
from qipan.ground.notify.models import Message
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.recompute import verify
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import actions, points
from qipan.spine.work.errors import Stale, WorkError
from qipan.spine.work.item_page import allowed
from qipan.spine.work.ladder import may_escalate
from qipan.spine.work.limits import light_of
from qipan.spine.work.models import State, Step, WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.settings import set_rules
from tests.spine.work import town as towns
from tests.spine.work.town import Town, again, at, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.make()
    towns.seen(
        town, ("road.r1", "r1", "1"), ("road.r2", "r1", "pass"), ("road.r1", "r2", "1"), ("road.r2", "r2", "fail")
    )
    return town


def suspended(town: Town, hours: float = 2) -> Any:
    item = towns.accepted(town)
    actions.suspend(item.pk, version=item.version, by=town["office"], reason="等待拆迁", at=at(hours))
    return again(item)


def told(kind: str) -> set[tuple[str, str]]:
    rows = Message.objects.filter(kind=f"work.{kind}").values_list("post__unit__code", "post__role")
    return set(rows)


def test_a_suspended_item_is_not_late_and_gets_its_time_back(town):
    item = suspended(town)
    deadline = item.deadline
    long_after = deadline + timedelta(days=20)
    assert (item.state, light_of(item, long_after)) == (State.SUSPENDED, "suspended")
    assert not may_escalate(item, long_after)
    assert not items(town["office"], Filters(light="late"), now=long_after).rows
    assert [row.number for row in items(town["office"], Filters(state="suspended")).rows] == [item.number]
    assert ("roads", "liaison") in told("suspended")
    # Out again after 100 hours: the state that it had, and a deadline that lies later by the working time between.
    actions.resume(item.pk, version=item.version, by=town["office"], reason="已交地", at=at(102))
    item = again(item)
    assert (item.state, item.held_since) == (State.ACCEPTED, None)
    assert item.deadline > deadline
    assert [entry.step for entry in item.log.all()][-2:] == [Step.SUSPENDED, Step.RESUMED]


def test_an_item_that_was_never_accepted_comes_back_to_be_accepted(town):
    item = towns.order(town)
    actions.suspend(item.pk, version=1, by=town["office"], reason="等待", at=at(1))
    actions.resume(item.pk, version=2, by=town["office"], reason="恢复", at=at(2))
    assert again(item).state == State.ISSUED


def test_a_reason_is_needed_and_an_open_request_stands_against_it(town):
    item = towns.accepted(town)
    with pytest.raises(WorkError) as error:
        actions.suspend(item.pk, version=item.version, by=town["office"], reason=" ", at=at(2))
    assert error.value.field == "reason"
    actions.coordinate(item.pk, version=item.version, by=town["roads"], reason="权属不清", at=at(2))
    with pytest.raises(WorkError):
        actions.suspend(item.pk, version=again(item).version, by=town["office"], reason="等", at=at(3))


def merged(town: Town) -> tuple[Any, Any]:
    """What the tourism bureau has at a hotel is the same as what the roads bureau fixes at road 2."""
    goes_on = towns.accepted(town)
    ends = towns.order(town, item="hotel.ho2", cluster="h1")
    actions.merge(ends.pk, version=1, by=town["office"], into=goes_on.number, reason="同一问题", at=at(2))
    return again(ends), again(goes_on)


def test_a_merged_item_shows_where_it_went_and_its_units_help_there(town):
    ends, goes_on = merged(town)
    assert (ends.state, ends.merged_into_id) == (State.MERGED, goes_on.pk)
    assert [unit.code for unit in goes_on.supports.all()] == ["tourism"]
    shown = page(town["office"], ends.number)
    assert shown.merged_into and shown.merged_into[0] == goes_on.number
    assert len(shown.sightings) == 1 and shown.log[-1].step == Step.MERGED
    other = page(town["tourism"], goes_on.number)
    assert [number for number, _ in other.absorbed] == [ends.number]
    assert told("merged") >= {("tourism", "liaison"), ("roads", "liaison")}
    assert not items(town["office"], Filters(state="open", site="h1")).rows


def test_a_merger_is_undone_while_nothing_has_happened(town):
    ends, goes_on = merged(town)
    actions.part(ends.pk, version=ends.version, by=town["office"], at=at(3))
    ends, goes_on = again(ends), again(goes_on)
    assert (ends.state, ends.merged_into_id, ends.closed_at) == (State.ISSUED, None, None)
    assert ends.open_key and not goes_on.supports.exists()


@pytest.mark.parametrize("where", ["ends", "goes_on"])
def test_a_merger_stands_once_something_has_happened(town, where):
    pair = dict(zip(("ends", "goes_on"), merged(town), strict=True))
    actions.note(pair[where].pk, by=town["office"], text="已与两局沟通", at=at(3))
    ends = again(pair["ends"])
    offered = allowed(town["office"], ends, now=at(4))["unmerge"]
    assert not offered.allowed and offered.reason
    with pytest.raises(WorkError):
        actions.part(ends.pk, version=ends.version, by=town["office"], at=at(4))


def test_what_cannot_be_merged_is_refused(town):
    goes_on = towns.accepted(town)
    ends = towns.order(town, item="hotel.ho2", cluster="h1")
    for into in ("2026-99999", ends.number, ""):
        with pytest.raises(WorkError) as error:
            actions.merge(ends.pk, version=1, by=town["office"], into=into, reason="同一", at=at(2))
        assert error.value.field == "into"
    with pytest.raises(Stale):
        actions.merge(ends.pk, version=9, by=town["office"], into=goes_on.number, reason="同一", at=at(2))
    # A finding of the ledger costs points, and only its own re-check brings them back.
    seen = Observation.objects.filter(item="road.r2", cluster="r2").latest("seq")
    rests = towns.order(town, item="hotel.ho3", cluster="h2", observation=seen.uid)
    with pytest.raises(WorkError):
        actions.merge(rests.pk, version=1, by=town["office"], into=goes_on.number, reason="同一", at=at(2))
    assert WorkItem.objects.filter(state=State.MERGED).count() == 0


def at_one_site(town: Town) -> tuple[Any, Any]:
    """Two findings at road 2 that turn out to be one hole: the surface, and the litter in it."""
    towns.seen(town, ("road.r1", "r2", "9"))
    seen = {row.item: row.uid for row in Observation.objects.filter(cluster="r2").order_by("seq")}
    goes_on = towns.accepted(town, observation=seen["road.r2"])
    ends = towns.order(town, item="road.r1", observation=seen["road.r1"])
    return ends, goes_on


def test_findings_at_one_site_go_on_together_and_a_recheck_looks_at_both(town):
    ends, goes_on = at_one_site(town)
    points.refresh(town.county.pk)
    both = again(ends).points_at_stake + again(goes_on).points_at_stake
    assert both == 20 * POINT and again(goes_on).gain_alone == 20 * POINT
    actions.merge(
        ends.pk, version=again(ends).version, by=town["office"], into=goes_on.number, reason="同一坑", at=at(2)
    )
    points.refresh(town.county.pk)
    assert (again(goes_on).points_at_stake, again(goes_on).gain_alone) == (both, both), (
        "what was lost there hangs on it"
    )
    # Found again: it joins what goes on, and opens nothing.
    towns.order(town, item="road.r1", text="还在")
    assert WorkItem.objects.count() == 2 and again(goes_on).sightings.count() == 2
    item = again(goes_on)
    actions.report(
        item.pk, version=item.version, by=town["roads"], text="好", fixed_at=at(3), photos=[towns.photo(town)], at=at(4)
    )
    item = again(item)
    assert [one.item for one in page(town["inspector-2"], item.number).questions] == ["road.r2", "road.r1"]
    with pytest.raises(WorkError):
        actions.recheck(item.pk, version=item.version, by=town["inspector-2"], outcome="pass", at=at(5))
    before = standing(town.year).card.total.earned
    said = {"road.r2": "pass", "road.r1": "0"}
    done = actions.recheck(item.pk, version=item.version, by=town["inspector-2"], outcomes=said, at=at(5))
    assert done.closed and standing(town.year).card.total.earned == before + 20 * POINT
    assert again(ends).open_key is None and not verify()
    assert towns.order(town, item="road.r1", text="反弹").number not in {ends.number, goes_on.number}


@pytest.mark.parametrize("kind", ["return", "extension", "coordination", "appeal"])
def test_a_request_is_withdrawn_while_it_is_not_decided(town, kind):
    seen = Observation.objects.filter(item="road.r2", cluster="r2").latest("seq")
    item = towns.order(town, observation=seen.uid)
    before = standing(town.year).card.total
    by = town["roads"]
    todo = {
        "return": lambda: actions.give_back(item.pk, version=1, by=by, reason="不归我局", at=at(2)),
        "extension": lambda: actions.extend(item.pk, version=1, by=by, reason="缺料", deadline=at(900), at=at(2)),
        "coordination": lambda: actions.coordinate(item.pk, version=1, by=by, reason="权属不清", at=at(2)),
        "appeal": lambda: actions.appeal(item.pk, version=1, by=by, reason="已符合", at=at(2)),
    }
    todo[kind]()
    deadline = item.deadline
    actions.withdraw(item.pk, version=2, by=by, reason="已与镇里商定", at=at(102))
    item = again(item)
    assert (item.request, item.held_since, item.state) == ("", None, State.ISSUED)
    assert (item.requests.get().state, item.log.last().step) == ("withdrawn", Step.WITHDRAWN)
    assert (item.deadline > deadline) == (kind in {"coordination", "appeal"})
    assert standing(town.year).card.total == before, "a dispute that was withdrawn leaves the finding as found"
    assert not verify()
    with pytest.raises(WorkError):
        actions.withdraw(item.pk, version=item.version, by=by, at=at(103))
    with pytest.raises(WorkError):
        actions.decide(item.pk, version=item.version, by=town["office"], upheld=True, reason="同意", at=at(103))


def test_a_note_is_told_to_the_other_units_and_to_whoever_has_spoken(town):
    item = towns.accepted(town)
    item.supports.add(town.units["tourism"])
    actions.note(item.pk, by=town["roads"], text="请旅游局先清场", at=at(2))
    # The helping bureau and the inspector who issued it; not the one who writes, not an office that has said nothing.
    assert told("noted") == {("tourism", "liaison"), ("office", "inspector")}
    actions.note(item.pk, by=town["office"], text="本周内商定", at=at(3))
    Message.objects.all().delete()
    actions.note(item.pk, by=town["tourism"], text="今晚清场", at=at(4))
    assert told("noted") == {("roads", "liaison"), ("office", "inspector"), ("office", "office")}


RULES = {"return_days": 2, "extension_days": 5, "due_share": 20, "due_working_days": 3}


def test_the_office_sets_how_long_an_extension_may_be(town):
    set_rules(town.county, RULES, coordination_pauses=True, version=1, by=town["office"])
    item = towns.accepted(town)
    # Five working days after the deadline; a day more is refused with the last day that would do.
    far = item.deadline + timedelta(days=8)
    with pytest.raises(WorkError) as error:
        actions.extend(item.pk, version=item.version, by=town["roads-head"], reason="缺料", deadline=far, at=at(2))
    assert error.value.field == "deadline" and "5 working days" in error.value.words.en
    near = item.deadline + timedelta(days=5)
    actions.extend(item.pk, version=item.version, by=town["roads-head"], reason="缺料", deadline=near, at=at(2))


def test_whether_a_coordination_stops_the_clock_is_a_setting(town):
    set_rules(town.county, RULES, coordination_pauses=False, version=1, by=town["office"])
    item = towns.accepted(town)
    actions.coordinate(item.pk, version=item.version, by=town["roads"], reason="权属不清", at=at(2))
    assert again(item).held_since is None


def test_settings_need_the_office_a_version_and_numbers_that_can_be(town):
    with pytest.raises(PermissionDenied):
        set_rules(town.county, RULES, coordination_pauses=True, version=1, by=town["leader"])
    with pytest.raises(WorkError) as error:
        set_rules(town.county, RULES | {"return_days": 0}, coordination_pauses=True, version=1, by=town["office"])
    assert error.value.field == "return_days"
    set_rules(town.county, RULES, coordination_pauses=True, version=1, by=town["office"])
    with pytest.raises(WorkError) as error:
        set_rules(town.county, RULES, coordination_pauses=True, version=1, by=town["office"])
    assert error.value.field == "version"
