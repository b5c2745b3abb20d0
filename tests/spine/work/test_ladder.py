"""The ladder of urging: which rung the days propose, who decides, what the unit is told, and what is never proposed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Unit
from qipan.spine.work.actions import reassign, set_deadline
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.escalating import Chosen, confirm, hold, set_ladder
from qipan.spine.work.ladder import (
    RUNGS,
    Decided,
    addressee,
    days_of,
    escalatable,
    ladder_of,
    may_escalate,
    proposal,
)  # fmt: skip
from qipan.spine.work.ladder_queries import ladder_page, slip_page
from qipan.spine.work.measures import COUNTS, Case, counted
from qipan.spine.work.models import Escalation, Ladder, LogEntry, Rung, Slip, State, WorkItem
from tests.spine.work.test_work_page import rows
from tests.spine.work.town import Town, again, at, make, order, reported

SAMPLE = dict(zip(RUNGS, (1, 3, 7, 15, 22, 30), strict=True))
BY_WORD = {rung.value: rung for rung in RUNGS}


def done(*rungs: Rung) -> list[Decided]:
    """Rungs that were confirmed on the day on which each was due."""
    return [Decided(rung, rung, True, SAMPLE[rung]) for rung in rungs]


def held(rung: Rung, due: Rung | None = None) -> Decided:
    return Decided(rung, due or rung, False, SAMPLE[due or rung])


@pytest.mark.parametrize(("days", "rung"), [
    (0, None), (1, "remind"), (2, "remind"), (3, "urge"), (6, "urge"), (7, "supervise"), (15, "supervise"), (400, "supervise"),
])  # fmt: skip
def test_the_days_propose_a_rung(days, rung):
    found = proposal(days, SAMPLE, [])
    assert (found.rung.value if found else None) == rung


def test_the_page_says_the_same_as_the_code():
    """The table of docs/work.md: days over, what was decided before, what is proposed."""
    for days, before, wanted in rows("| days over | decided before |"):
        decisions = []
        for each in filter(None, before.replace("–", "").split(", ")):
            rung, what, _on, day = each.split(" ")
            decisions.append(Decided(BY_WORD[rung], BY_WORD[rung], what == "confirmed", int(day)))
        found = proposal(int(days), SAMPLE, decisions)
        assert (found.rung.value if found else "–") == wanted, (days, before)


def test_grave_rungs_come_one_by_one():
    climbed = [Rung.SUPERVISE]
    for rung in (Rung.BULLETIN, Rung.INTERVIEW, Rung.HANDOVER):
        found = proposal(60, SAMPLE, done(*climbed))
        assert found is not None and (found.rung, found.due) == (rung, Rung.HANDOVER)
        climbed.append(rung)
    assert proposal(60, SAMPLE, done(*climbed)) is None


def test_what_was_held_back_comes_again_with_the_next_days():
    assert proposal(3, SAMPLE, [held(Rung.URGE)]) is None
    found = proposal(7, SAMPLE, [held(Rung.URGE)])
    assert found is not None and found.rung == Rung.SUPERVISE
    # Supervision held back: the days of the bulletin bring it again, not the bulletin.
    found = proposal(15, SAMPLE, [held(Rung.SUPERVISE)])
    assert found is not None and (found.rung, found.due) == (Rung.SUPERVISE, Rung.BULLETIN)
    assert proposal(15, SAMPLE, [held(Rung.SUPERVISE, Rung.BULLETIN)]) is None


# --- on a county ---


@pytest.fixture
def town(db: None) -> Town:
    return make(roads=8)


def late(town: Town, days: int, **more) -> WorkItem:
    """An order that is so many days over its deadline at `NOW`."""
    item = order(town, **more)
    WorkItem.objects.filter(pk=item.pk).update(deadline=NOW - timedelta(days=days))
    return again(item)


NOW = at(24 * 90)


def chosen(*items: WorkItem, rung: str) -> list[Chosen]:
    return [Chosen(item.pk, item.version, rung) for item in items]


def proposed(town: Town, now: datetime = NOW) -> dict[str, str]:
    return {
        line.row.number: line.proposed.rung.value
        for unit in ladder_page(town["office"], now=now).units
        for line in unit.lines
    }


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("days", [-1, 1])
def test_one_condition_says_which_items(town, state, days):
    item = late(town, days)
    WorkItem.objects.filter(pk=item.pk).update(state=state)
    item = again(item)
    may = may_escalate(item, NOW)
    assert may == (state in {State.ISSUED, State.ACCEPTED} and days > 0)
    assert WorkItem.objects.filter(escalatable(NOW), pk=item.pk).exists() == may


@pytest.mark.parametrize("rest", [{"held_since": NOW}, {"deferred_until": NOW.date()}])
def test_nobody_is_pressed_while_it_rests(town, rest):
    item = late(town, 9)
    WorkItem.objects.filter(pk=item.pk).update(**rest)
    assert not may_escalate(again(item), NOW) and not WorkItem.objects.filter(escalatable(NOW), pk=item.pk).exists()
    assert proposed(town) == {}
    # Nor does it count as owed or late in the rates, by the row or by the list.
    now = again(item)
    case = Case(now.state, now.issued_at, now.deadline, rests=True)
    for name in ("owed", "late_open", "to_close"):
        assert not COUNTS[name](case, NOW) and not WorkItem.objects.filter(counted(name, NOW), pk=item.pk).exists()


def test_what_was_reported_waits_for_others(town):
    item = reported(town)
    WorkItem.objects.filter(pk=item.pk).update(deadline=NOW - timedelta(days=9))
    assert proposed(town) == {}


def test_urging_is_logged_told_and_noted(town):
    one, two = late(town, 3), late(town, 4, cluster="r3")
    found = confirm(chosen(one, two, rung="urge"), by=town["office"], text="请抓紧", at=NOW)
    assert len(found.done) == 2 and found.left == () and found.slips == ()
    entry = LogEntry.objects.get(work_item=one, step="escalated")
    assert (entry.data["rung"], entry.data["days"], entry.text) == ("urge", 3, "请抓紧")
    # The head and the liaison of the unit, once for both items.
    told = Message.objects.filter(kind="work.escalated")
    assert {message.post_id for message in told} == {town["roads"].pk, town["roads-head"].pk} and told.count() == 2
    assert "2件" in told[0].words_zh and "催办" in told[0].words_zh and one.number in told[0].words_zh
    assert AuditEntry.objects.filter(verb="work.escalate").count() == 2
    assert proposed(town) == {}
    assert again(one).version == one.version + 1


def test_supervision_comes_on_paper_with_a_number(town):
    one, two = late(town, 7), late(town, 9, cluster="r3")
    with pytest.raises(WorkError) as refused:
        confirm(chosen(one, two, rung="supervise"), by=town["office"], at=NOW)
    assert refused.value.field == "until"
    day = timezone.localdate(NOW) + timedelta(days=3)
    (slip,) = confirm(chosen(one, two, rung="supervise"), by=town["office"], until=day, at=NOW).slips
    assert (slip.serial, slip.unit.code, slip.until) == (1, "roads", day)
    page = slip_page(town["roads"], slip.pk)
    assert page is not None and [row.number for row, _days, _at in page.lines] == [one.number, two.number]
    assert slip_page(town["tourism"], slip.pk) is None and slip_page(town["leader"], slip.pk) is not None
    other = late(town, 8, cluster="r4")
    (second,) = confirm(chosen(other, rung="supervise"), by=town["office"], until=day, at=NOW).slips
    assert second.serial == 2


def test_the_letter_lists_what_came_before_it(town):
    item = late(town, 7)
    for rung, days in zip(RUNGS[2:], (0, 8, 15, 23), strict=True):
        moment = NOW + timedelta(days=days)
        assert proposed(town, moment) == {item.number: rung.value}
        found = confirm(chosen(again(item), rung=rung), by=town["office"], until=date(2099, 1, 1), at=moment)
        assert len(found.done) == 1, rung
        assert proposed(town, moment) == {}
    slip = Slip.objects.get(rung="handover")
    page = slip_page(town["office"], slip.pk)
    assert page is not None and page.until is None
    assert [one.rung for one in page.earlier] == ["supervise", "bulletin", "interview"]


def test_what_happened_meanwhile_is_left_alone(town):
    stays, moved = late(town, 3), late(town, 3, cluster="r3")
    seen = chosen(stays, moved, rung="urge")
    WorkItem.objects.filter(pk=moved.pk).update(state=State.REPORTED, version=moved.version + 1)
    found = confirm(seen, by=town["office"], at=NOW)
    assert [one.work_item.number for one in found.done] == [stays.number] and found.left == (moved.number,)
    # Sent twice it acts once.
    assert confirm(seen, by=town["office"], at=NOW).done == ()
    assert Escalation.objects.count() == 1


def test_two_people_decide_at_once_and_one_decision_stands(town):
    item = late(town, 3)
    seen = chosen(item, rung="urge")
    assert len(confirm(seen, by=town["office"], at=NOW).done) == 1
    assert hold(seen, by=town["office"], reason="已电话沟通", at=NOW).left == (item.number,)


def test_holding_back_needs_a_reason_and_tells_nobody(town):
    item = late(town, 3)
    with pytest.raises(WorkError):
        hold(chosen(item, rung="urge"), by=town["office"], reason="  ", at=NOW)
    assert len(hold(chosen(item, rung="urge"), by=town["office"], reason="雨天停工", at=NOW).done) == 1
    assert not Message.objects.filter(kind="work.escalated").exists()
    assert not LogEntry.objects.filter(step="escalated").exists()
    assert proposed(town) == {} and proposed(town, NOW + timedelta(days=4)) == {item.number: "supervise"}


def test_another_deadline_begins_anew(town):
    item = late(town, 3)
    confirm(chosen(item, rung="urge"), by=town["office"], at=NOW)
    item = again(item)
    set_deadline(
        item.pk, version=item.version, by=town["office"], deadline=NOW + timedelta(days=2), reason="雨天", at=NOW
    )
    assert proposed(town) == {} and proposed(town, NOW + timedelta(days=3)) == {item.number: "remind"}
    item = again(item)
    reassign(item.pk, version=item.version, by=town["office"], unit="tourism", reason="错派", at=NOW)
    assert proposed(town, NOW + timedelta(days=3)) == {}


@pytest.mark.parametrize("name", ["leader", "inspector", "roads-head", "roads"])
def test_only_the_office_decides(town, name):
    item = late(town, 3)
    with pytest.raises(PermissionDenied):
        confirm(chosen(item, rung="urge"), by=town[name], at=NOW)
    with pytest.raises(PermissionDenied):
        hold(chosen(item, rung="urge"), by=town[name], reason="不", at=NOW)
    with pytest.raises(PermissionDenied):
        set_ladder(town.county, {rung: SAMPLE[rung] for rung in RUNGS}, version=0, by=town[name])


def test_another_county_is_not_reached(town):
    item = late(town, 3)
    far = make("far", rounds=False)
    found = confirm(chosen(item, rung="urge"), by=far["office"], at=NOW)
    assert found.done == () and not Escalation.objects.exists()
    assert ladder_page(far["office"], now=NOW).count == 0


def test_a_village_is_never_named(town):
    village = Unit.objects.create(
        county=town.county, code="v1", name_zh="一村", type="village", parent=town.units["east"]
    )
    types = dict(Unit.objects.values_list("pk", "type"))
    tree = branches(town.county.pk)
    assert addressee(village.pk, types, tree) == town.units["east"].pk
    assert addressee(town.units["roads"].pk, types, tree) == town.units["roads"].pk
    item = late(town, 7)
    WorkItem.objects.filter(pk=item.pk).update(lead=village)
    (slip,) = confirm(
        chosen(again(item), rung="supervise"), by=town["office"], until=date(2099, 1, 1), at=NOW
    ).slips  # fmt: skip
    assert slip.unit.code == "east"


def test_the_days_are_a_sample_until_the_office_sets_them(town):
    sample = ladder_of(town.county.pk)
    assert (sample.basis, sample.version, days_of(sample)) == ("sample", 0, SAMPLE)
    days = {rung.value: number for rung, number in zip(RUNGS, (2, 5, 10, 20, 30, 40), strict=True)}
    saved = set_ladder(town.county, days, version=0, by=town["office"])
    assert (saved.basis, saved.version) == ("office", 1)
    with pytest.raises(WorkError) as refused:
        set_ladder(town.county, {**days, "urge": 6}, version=0, by=town["office"])
    assert refused.value.field == "version" and Ladder.objects.get().urge == 5
    with pytest.raises(WorkError) as refused:
        set_ladder(town.county, {**days, "urge": 2}, version=1, by=town["office"])
    assert refused.value.field == "urge"
    assert AuditEntry.objects.filter(verb="work.ladder").count() == 1


@pytest.mark.parametrize("more", [2, 30])
def test_ten_times_the_items_ask_no_more(town, more):
    item = late(town, 3)
    for number in range(more):
        item.pk, item.number, item.open_key = None, f"2026-9{number:04}", None
        item.save(force_insert=True)
    with CaptureQueriesContext(connection) as asked:
        assert ladder_page(town["office"], now=NOW).count == more + 1
    assert len(asked) <= 12
