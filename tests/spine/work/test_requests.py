"""What units ask of an item, and what becomes of it: every kind of request × state × action × post, and each rule by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post, Role
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.recompute import verify
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import actions, deferring, reminders
from qipan.spine.work.errors import NotIndependent, Stale, WorkError
from qipan.spine.work.item_page import allowed
from qipan.spine.work.limits import light_of
from qipan.spine.work.models import Request, State, Step, WorkItem, WorkSettings
from qipan.spine.work.queries import Filters, count_of, items
from qipan.spine.work.request_counts import request_counts
from qipan.spine.work.request_rules import returned_until
from tests.spine.work import town as towns
from tests.spine.work.town import Town, again, at
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db

HANDLERS = {"roads", "roads-head"}
EVERYONE = {
    "office", "leader", "inspector", "inspector-2", "inspector-roads", "inspector-section", "roads", "roads-head",
    "tourism", "tourism-head", "east", "west", "section",
}  # fmt: skip
LATER = at(24 * 20)


@pytest.fixture
def town() -> Town:
    """Roads 1 and 2 are drawn; road 2 has a fault that costs 10 of 40 points."""
    town = towns.make()
    towns.seen(
        town, ("road.r1", "r1", "1"), ("road.r2", "r1", "pass"), ("road.r1", "r2", "1"), ("road.r2", "r2", "fail")
    )
    return town


def found(town: Town, **more: Any) -> WorkItem:
    """An order that rests on what the first look of the year saw."""
    seen = Observation.objects.filter(item="road.r2", cluster="r2").latest("seq")
    return towns.order(town, observation=seen.uid, **more)


def asked(town: Town, kind: str, item: WorkItem | None = None, by: str = "roads", hours: float = 2) -> Any:
    """An item of which its unit has asked something."""
    item = item or found(town)
    who, now = town[by], at(hours)
    todo: dict[str, Callable[[], object]] = {
        "return": lambda: actions.give_back(item.pk, version=item.version, by=who, reason="不归我局管理", at=now),
        "extension": lambda: actions.extend(
            item.pk, version=item.version, by=who, reason="材料未到", deadline=LATER, at=now
        ),
        "coordination": lambda: actions.coordinate(item.pk, version=item.version, by=who, reason="权属不清", at=now),
        "appeal": lambda: actions.appeal(
            item.pk, version=item.version, by=who, reason="当日已修复", photos=[towns.photo(town, "d")], at=now
        ),
    }
    todo[kind]()
    return again(item)


def decide(item: WorkItem, by: Post, *, upheld: bool = True, hours: float = 4, **more: Any) -> Any:
    actions.decide(item.pk, version=item.version, by=by, upheld=upheld, reason="已核实", at=at(hours), **more)
    return again(item)


def total(town: Town) -> int:
    return standing(town.year).card.total.earned


def steps(item: WorkItem) -> list[str]:
    return [entry.step for entry in item.log.all()]


def inbox(kind: str) -> set[tuple[str, str]]:
    """Who was told: unit and role."""
    rows = Message.objects.filter(kind=f"work.{kind}").values_list("post__unit__code", "post__role")
    return set(rows)


# --- every kind of request × action × post ---

#: Written by hand: who can answer what is open.
DECIDERS = {
    "return": {"office"},
    "consent": set(),
    "extension": {"office"},
    "coordination": {"office"},
    # The inspector recorded it; two more inspectors hold posts in the unit that handles it, or below it.
    "appeal": {"office", "leader", "inspector-2"},
}
CONSENTERS = {"consent": {"roads-head"}}


def open_of(town: Town, kind: str) -> Any:
    if kind == "consent":
        return asked(town, "extension")
    return asked(town, kind, by="roads-head" if kind == "extension" else "roads")


@pytest.mark.parametrize("kind", list(DECIDERS))
@pytest.mark.parametrize("state", ["issued", "accepted"])
def test_who_can_answer_what_is_asked(town, kind, state):
    item = found(town)
    if state == "accepted":
        actions.accept(item.pk, version=1, by=town["roads"], at=at(1))
    item = again(item)
    by = "roads-head" if kind == "extension" else "roads"
    item = asked(town, "extension" if kind == "consent" else kind, item, by=by)
    assert item.state == state, "asking moves nothing"
    for name in sorted(EVERYONE):
        by = town[name]
        offered = allowed(by, item, now=at(3))
        for action in ("return", "extend", "coordinate", "appeal", "defer", "resume"):
            assert not offered[action].allowed, f"{name} {action}: one request at a time"
        for verb, who in (("decide", DECIDERS[kind]), ("consent", CONSENTERS.get(kind, set()))):
            sid = transaction.savepoint()
            try:
                if verb == "decide":
                    unit = "tourism" if kind == "return" else ""
                    decide(item, by, unit=unit)
                else:
                    actions.consent(item.pk, version=item.version, by=by, at=at(4))
            except (PermissionDenied, WorkError):
                assert name not in who, f"{name} {verb} {kind}"
                assert not offered[verb].allowed and offered[verb].reason
            else:
                assert name in who, f"{name} {verb} {kind}"
                assert offered[verb].allowed
            transaction.savepoint_rollback(sid)
        assert bool(count_of(by, "to_decide")) == (name in DECIDERS[kind]), name
        assert bool(count_of(by, "to_consent")) == (name in CONSENTERS.get(kind, ())), name
        in_reach = name not in {"tourism", "tourism-head", "east", "section"}
        assert count_of(by, "asked") == in_reach, name


@pytest.mark.parametrize("action", ["consent", "decide", "resume"])
def test_what_is_not_open_cannot_be_answered(town, action):
    item = found(town)
    by = {"consent": "roads-head", "decide": "office", "resume": "office"}[action]
    offered = allowed(town[by], item, now=at(1))[action]
    assert not offered.allowed and offered.reason
    todo: dict[str, Callable[[], object]] = {
        "consent": lambda: actions.consent(item.pk, version=1, by=town[by], at=at(1)),
        "decide": lambda: decide(item, town[by]),
        "resume": lambda: actions.resume(item.pk, version=1, by=town[by], reason="到期", at=at(1)),
    }
    with pytest.raises(WorkError):
        todo[action]()


@pytest.mark.parametrize("kind", ["return", "extension", "coordination", "appeal"])
@pytest.mark.parametrize("end", ["report", "reassign", "cancel"])
def test_what_the_item_outruns_lapses(town, kind, end):
    item = found(town)
    actions.accept(item.pk, version=1, by=town["roads"], at=at(1))
    before = total(town)
    item = asked(town, kind, again(item))
    todo: dict[str, Callable[[], object]] = {
        "report": lambda: actions.report(
            item.pk, version=3, by=town["roads"], text="好", fixed_at=at(3), photos=[towns.photo(town)], at=at(4)
        ),
        "reassign": lambda: actions.reassign(
            item.pk, version=3, by=town["office"], unit="tourism", reason="改", at=at(4)
        ),
        "cancel": lambda: actions.cancel(item.pk, version=3, by=town["office"], reason="重复", at=at(4)),
    }
    todo[end]()
    item = again(item)
    assert (item.request, item.held_since) == ("", None)
    assert Request.objects.get().state == Request.State.LAPSED
    assert Step.LAPSED in steps(item)
    assert total(town) == before, "an open dispute is taken back"


def test_asking_on_an_old_version_is_refused(town):
    item = found(town)
    actions.note(item.pk, by=town["office"], text="请尽快", at=at(1))
    with pytest.raises(Stale):
        asked(town, "return", item)
    item = asked(town, "return", again(item))
    with pytest.raises(Stale):
        actions.decide(item.pk, version=1, by=town["office"], upheld=False, reason="应办", at=at(3))
    with pytest.raises(WorkError) as error:
        actions.decide(item.pk, version=item.version, by=town["office"], upheld=False, reason=" ", at=at(3))
    assert error.value.field == "reason"


# --- return ---


def test_a_return_goes_on_and_its_clock_runs_until_it_is_decided(town):
    item = asked(town, "return")
    assert (item.request, item.held_since, item.lead.code) == ("return", None, "roads")
    assert light_of(item, at(2)) == "on_plan"
    assert inbox("asked") == {("office", "office")}
    # The first receiver co-ordinates: it can accept meanwhile.
    actions.accept(item.pk, version=item.version, by=town["roads"], at=at(3))
    assert again(item).request == "return"


def test_an_upheld_return_gives_it_to_another_unit_with_its_limit_anew(town):
    item = asked(town, "return")
    with pytest.raises(WorkError) as error:
        decide(item, town["office"])
    assert error.value.field == "unit"
    item = decide(item, town["office"], unit="tourism", hours=80)
    assert (item.lead.code, item.state, item.request) == ("tourism", State.ISSUED, "")
    # Five working days from then on.
    assert item.deadline > again(found(town, cluster="r4")).deadline
    assert steps(item)[-2:] == [Step.DECIDED, Step.REASSIGNED]
    assert ("tourism", "liaison") in inbox("issued")
    assert ("roads", "liaison") in inbox("decided")
    (row,) = [one for one in request_counts(town["office"], item.year) if one.unit.code == "roads"]
    assert (row.kinds["return"].all, row.kinds["return"].upheld, row.kinds["return"].open) == (1, 1, 0)
    listed = items(town["office"], Filters(special="returned_upheld", unit="roads"), now=at(40))
    assert [one.number for one in listed.rows] == [item.number]
    assert items(town["office"], Filters(special="returned_upheld", unit="tourism"), now=at(40)).total == 0


def test_a_rejected_return_changes_neither_unit_nor_deadline(town):
    item = asked(town, "return")
    until = item.deadline
    item = decide(item, town["office"], upheld=False)
    assert (item.lead.code, item.deadline, item.state) == ("roads", until, State.ISSUED)
    with pytest.raises(WorkError) as error:
        asked(town, "return", item, hours=5)
    assert "一次" in error.value.words.zh, "a second return is refused"


def test_the_unit_that_it_was_given_to_cannot_return_it_again(town):
    item = decide(asked(town, "return"), town["office"], unit="tourism")
    with pytest.raises(WorkError):
        asked(town, "return", item, by="tourism", hours=5)


def test_a_return_comes_within_the_time_that_the_county_has_set(town):
    item = found(town)
    until = returned_until(item).at
    hours = (until - at()) / timedelta(hours=1)
    with pytest.raises(WorkError) as error:
        asked(town, "return", item, hours=hours + 0.1)
    assert "期限" in error.value.words.zh
    WorkSettings.objects.filter(county=town.county).update(return_days=3)
    assert asked(town, "return", item, hours=hours + 0.1).request == "return"


def test_a_return_says_why_and_names_a_unit_that_is_there(town):
    item = found(town)
    for unit, reason, field in (("", " ", "reason"), ("nowhere", "不归我局", "unit"), ("roads", "不归我局", "unit")):
        with pytest.raises(WorkError) as error:
            actions.give_back(item.pk, version=1, by=town["roads"], reason=reason, unit=unit, at=at(1))
        assert error.value.field == field


# --- extension ---


def test_an_extension_waits_for_the_head_and_then_for_the_office(town):
    item = asked(town, "extension")
    before = item.deadline
    assert item.request == "consent"
    assert inbox("consent") == {("roads", "head")} and not inbox("asked")
    actions.consent(item.pk, version=item.version, by=town["roads-head"], at=at(3))
    item = again(item)
    assert item.request == "extension" and inbox("asked") == {("office", "office")}
    item = decide(item, town["office"])
    assert item.deadline == LATER and item.due_from < LATER
    data = item.log.get(step=Step.DECIDED).data
    assert (data["from"], data["to"]) == (before.isoformat(), LATER.isoformat())
    days = data["working_days"]
    assert days[0] == 5.0 < days[1], "the interval before and after"


def test_a_head_who_asks_has_consented_and_a_deputy_is_one(town):
    item = asked(town, "extension", by="roads-head")
    assert item.request == "extension"
    assert Request.objects.get().consented_by == str(town["roads-head"].person)
    deputy = make_post(make_person("deputy"), town.units["roads"], Role.HEAD)
    other = asked(town, "extension", towns.order(town, cluster="r4"))
    actions.consent(other.pk, version=other.version, by=deputy, at=at(3))
    assert again(other).request == "extension"


def test_whoever_stands_in_for_the_head_answers_nothing_that_they_asked(town):
    today = timezone.localdate(at(2))
    stand_in = make_post(
        town["roads"].person, town.units["roads"], Role.HEAD, valid_from=today, valid_to=today + timedelta(days=9)
    )
    Post.objects.filter(pk=stand_in.pk).update(stands_for=town["roads-head"], title_zh="局长（代测试人员）")
    stand_in.refresh_from_db()
    item = asked(town, "extension")
    with pytest.raises(NotIndependent, match="asked for this extension yourself"):
        actions.consent(item.pk, version=item.version, by=stand_in, at=at(3))
    assert not count_of(stand_in, "to_consent") and count_of(town["roads-head"], "to_consent") == 1
    # Asked from the head's post it has the consent of whoever acts for the head; the log says for whom.
    other = actions.extend(
        (order := towns.order(town, cluster="r4")).pk, version=order.version, by=stand_in, reason="雨天", deadline=LATER, at=at(2),
    )  # fmt: skip
    assert other.by_post == "局长（代测试人员）" and again(order).request == "extension"
    # An officer who asked from another post decides nothing of it.
    officer = make_post(town["roads"].person, town["office"].unit, Role.OFFICE)
    with pytest.raises(NotIndependent, match="asked for this yourself"):
        decide(again(order), officer)


def test_what_the_head_refuses_never_reaches_the_office(town):
    item = asked(town, "extension")
    with pytest.raises(WorkError):
        actions.consent(item.pk, version=item.version, by=town["roads-head"], agrees=False, at=at(3))
    actions.consent(item.pk, version=item.version, by=town["roads-head"], agrees=False, reason="按期完成", at=at(3))
    assert again(item).request == "" and not inbox("asked")
    assert Request.objects.get().state == Request.State.REFUSED
    assert ("roads", "liaison") in inbox("refused")


def test_the_office_may_grant_another_day_or_none(town):
    item = asked(town, "extension", by="roads-head")
    assert decide(item, town["office"], deadline=at(24 * 15)).deadline == at(24 * 15)
    other = asked(town, "extension", towns.order(town, cluster="r4"), by="roads-head")
    until = other.deadline
    assert decide(other, town["office"], upheld=False).deadline == until


def test_an_extension_goes_forward_and_needs_a_head(town):
    item = found(town)
    for deadline in (item.deadline, at(1)):
        with pytest.raises(WorkError) as error:
            actions.extend(item.pk, version=1, by=town["roads"], reason="缺料", deadline=deadline, at=at(2))
        assert error.value.field == "deadline"
    Post.objects.filter(pk=town["roads-head"].pk).update(valid_to=at(-48).date())
    with pytest.raises(WorkError) as error:
        asked(town, "extension", item)
    assert "负责人" in error.value.words.zh


# --- co-ordination ---


def test_the_clock_stands_while_the_office_is_asked_to_co_ordinate(town):
    item = asked(town, "coordination", hours=46)
    before = item.deadline
    assert light_of(item, at(1000)) == "paused"
    assert reminders.remind(town.county.pk, at(1000)) == 0
    # Monday to Wednesday: two working days pass.
    item = decide(item, town["office"], hours=46 + 48, supports=["east"])
    span = item.deadline - before
    assert span == timedelta(days=4) or span == timedelta(days=2), "two working days, over a weekend or not"
    assert [unit.code for unit in item.supports.all()] == ["east"]
    assert item.held_since is None and light_of(item, at(1000)) == "late"


def test_a_county_can_let_the_clock_run(town):
    WorkSettings.objects.update_or_create(county=town.county, defaults={"coordination_pauses": False})
    item = asked(town, "coordination")
    assert item.held_since is None and light_of(item, at(1000)) == "late"
    assert reminders.remind(town.county.pk, at(1000)) == 0, "nobody is urged while the office is asked"
    until = item.deadline
    assert decide(item, town["office"], hours=100).deadline == until


def test_a_co_ordination_gives_another_lead_and_another_day_and_keeps_the_old(town):
    item = decide(asked(town, "coordination"), town["office"], unit="tourism", deadline=LATER, supports=["roads"])
    assert (item.lead.code, item.deadline) == ("tourism", LATER)
    assert [unit.code for unit in item.supports.all()] == ["roads"]
    assert item.log.get(step=Step.REASSIGNED).data["from"] == "roads"
    with pytest.raises(WorkError) as error:
        other = asked(town, "coordination", towns.order(town, cluster="r4"))
        decide(other, town["office"], supports=["nowhere"])
    assert error.value.field == "supports"


# --- appeal ---


def test_a_disputed_finding_counts_as_disputed_and_not_as_lost(town):
    before = standing(town.year).card.total
    item = asked(town, "appeal")
    seen = Observation.objects.latest("seq")
    assert (seen.outcome, seen.selection, seen.source) == ("disputed", "chosen", f"appeal/{item.number}")
    # Road 2 was half in order: its 10 points were lost, and are open now.
    after = standing(town.year).card.total
    assert (before.lost, after.lost) == (10 * POINT, 0)
    assert (after.earned, after.unassessed - before.unassessed) == (before.earned, 10 * POINT)
    assert light_of(item, at(1000)) == "disputed" and reminders.remind(town.county.pk, at(1000)) == 0
    assert Request.objects.get().photos.count() == 1
    assert verify() == []


def test_a_rejected_appeal_stands_as_found(town):
    before = total(town)
    item = asked(town, "appeal")
    until = item.deadline
    item = decide(item, town["inspector-2"], upheld=False, hours=50)
    assert total(town) == before and verify() == []
    assert (item.state, item.held_since) == (State.ISSUED, None)
    assert item.deadline > until, "the time of the dispute is given back"
    with pytest.raises(WorkError) as error:
        asked(town, "appeal", item, hours=51)
    assert "一次" in error.value.words.zh


def test_an_upheld_appeal_corrects_the_finding_and_cancels_the_order(town):
    item = found(town)
    original = Observation.objects.get(item="road.r2", cluster="r2")
    before = total(town)
    item = decide(asked(town, "appeal", item), town["inspector-2"], outcome="pass")
    assert (item.state, item.open_key, item.request) == (State.CANCELLED, None, "")
    correction = Observation.objects.get(supersedes=original.uid)
    assert (correction.outcome, correction.selection) == ("pass", original.selection)
    assert total(town) == before + 10 * POINT and verify() == []
    assert steps(item)[-2:] == [Step.DECIDED, Step.CANCELLED]


def test_an_upheld_appeal_can_withdraw_the_finding(town):
    item = decide(asked(town, "appeal"), town["leader"])
    original = Observation.objects.get(item="road.r2", cluster="r2", outcome="fail")
    assert Observation.objects.get(supersedes=original.uid).outcome == "withdrawn"
    assert item.state == State.CANCELLED and verify() == []


def test_an_upheld_appeal_does_not_say_that_something_was_wrong(town):
    item = asked(town, "appeal")
    for outcome in ("fail", "perhaps"):
        with pytest.raises(WorkError) as error:
            decide(item, town["inspector-2"], outcome=outcome)
        assert error.value.field == "outcome"
    assert again(item).request == "appeal"


def test_whoever_recorded_it_does_not_decide(town):
    item = asked(town, "appeal")
    with pytest.raises(NotIndependent):
        decide(item, town["inspector"])
    with pytest.raises(NotIndependent):
        decide(item, town["inspector-section"])


def test_what_was_found_again_meanwhile_stays_an_order(town):
    item = asked(town, "appeal")
    towns.order(town, by=town["inspector-2"], text="又看到了")
    item = decide(again(item), town["office"], outcome="pass")
    assert item.state == State.ISSUED and item.request == ""


def test_a_task_is_not_disputed_and_an_order_without_records_is(town):
    task = actions.issue_task(
        town.year, unit="roads", title=Text("台账", "files"), deadline=at(500), by=town["office"], at=at()
    )  # fmt: skip
    with pytest.raises(WorkError):
        asked(town, "appeal", task)
    loose = asked(town, "appeal", towns.order(town, item="free.item", cluster="r3", unit="roads"))
    count = Observation.objects.count()
    assert decide(loose, town["office"]).state == State.CANCELLED
    assert Observation.objects.count() == count


def test_a_finding_that_was_withdrawn_is_not_disputed(town):
    from qipan.spine.ledger.actions import Fact, record

    item = found(town)
    seen = Observation.objects.get(item="road.r2", cluster="r2")
    record(town.county.pk, item.year, [Fact("road.r2", "withdrawn", at(1), supersedes=seen.uid)], by=town["inspector"])
    with pytest.raises(WorkError):
        asked(town, "appeal", item)


# --- deferred ---


def deferred(town: Town, item: WorkItem, days: int = 30, hours: float = 2) -> WorkItem:
    actions.defer(
        item.pk, version=item.version, by=town["office"], leader=town["leader"].pk, reason="涉及拆迁", at=at(hours),
        until=at(24 * days).date(),
    )  # fmt: skip
    return again(item)


def test_a_deferred_item_leaves_the_late_ones_and_comes_back_by_itself(town):
    item = deferred(town, found(town))
    late = at(24 * 25)
    assert light_of(item, late) == "deferred"
    for light in ("late", "due", "on_plan", "paused", "disputed"):
        assert items(town["office"], Filters(light=light), now=late).total == 0, light
    (row,) = items(town["office"], Filters(special="deferred"), now=late).rows
    assert (row.light, row.deferred_until) == ("deferred", at(24 * 30).date())
    assert reminders.remind(town.county.pk, late) == 0
    data = item.log.get(step=Step.DEFERRED).data
    assert data["leader"] == str(town["leader"].person)
    assert deferring.review(at(24 * 29)) == 0
    assert deferring.review(at(24 * 30)) == 1 and deferring.review(at(24 * 30)) == 0
    back = again(item)
    assert (back.deferred_until, back.held_since) == (None, None)
    assert back.deadline > at(24 * 30), "its clock goes on where it stood"
    assert ("office", "office") in inbox("review") and ("roads", "liaison") in inbox("resumed")


def test_deferring_needs_a_leader_a_reason_and_a_day_ahead(town):
    item = found(town)
    given = {"leader": town["leader"].pk, "reason": "涉及拆迁", "until": at(24 * 30).date()}
    for field, wrong in (("leader", None), ("leader", town["inspector"].pk), ("reason", " "), ("until", at().date())):
        with pytest.raises(WorkError) as error:
            actions.defer(item.pk, version=1, by=town["office"], at=at(1), **{**given, field: wrong})
        assert error.value.field == field
    item = deferred(town, item)
    for kind in ("return", "extension", "coordination", "appeal"):
        with pytest.raises(WorkError):
            asked(town, kind, item, hours=3)
    assert deferred(town, item, 60, 5).deferred_until == at(24 * 60).date(), "another day of review"
    actions.resume(item.pk, version=again(item).version, by=town["office"], reason="已协调", at=at(6))
    assert again(item).deferred_until is None


# --- supporting units ---


def test_the_lead_reports_when_all_parts_are_in_or_says_why_not(town):
    item = towns.accepted(town)
    item.supports.add(town.units["east"], town.units["tourism"])

    def report(**more: Any) -> None:
        actions.report(
            item.pk, version=again(item).version, by=town["roads"], text="已修好", fixed_at=at(2),
            photos=[towns.photo(town)], at=at(9), **more,
        )  # fmt: skip

    actions.contribute(
        item.pk, version=again(item).version, by=town["east"], text="已清理", photos=[towns.photo(town, "e")], at=at(3)
    )
    with pytest.raises(WorkError) as error:
        report()
    assert error.value.field == "without" and "旅" in error.value.words.zh
    page = towns.page(town["roads"], item.number)
    assert [line.unit.code for line in page.parts] == ["east"] and [one.code for one in page.missing] == ["tourism"]
    sid = transaction.savepoint()
    report(without="文旅局路段另案处理")
    assert again(item).log.get(step=Step.REPORTED).data["without"] == ["tourism"]
    transaction.savepoint_rollback(sid)
    actions.contribute(item.pk, version=again(item).version, by=town["tourism-head"], text="已配合", at=at(4))
    report()
    # Another round of handling wants the parts anew.
    actions.recheck(
        item.pk, version=again(item).version, by=town["inspector"], outcome="fail", text="仍破损", at=at(10)
    )
    assert len(towns.page(town["roads"], item.number).missing) == 2
