"""Accepting, reporting, directing: what is written, who is told, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.files.models import Photo
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Role
from qipan.spine.work import acting, actions, lifecycle, messages
from qipan.spine.work.errors import NotIndependent, Stale, WorkError
from qipan.spine.work.independence import free_posts
from qipan.spine.work.models import LogEntry, State, Step, WorkItem
from qipan.spine.work.permissions import RECHECK
from tests.spine.work import town as towns
from tests.spine.work.town import again, at, page
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = towns.make()
    towns.seen(town, ("road.r1", "r2", "1"), ("road.r2", "r2", "fail"))
    return town


def told(kind):
    return {(m.post.unit.code, m.post.role) for m in Message.objects.filter(kind=f"work.{kind}")}


# --- the whole way round ---


def test_found_owned_fixed_seen_closed(town):
    item = towns.reported(town)
    assert (item.lead.code, item.territory.code) == ("roads", "west")
    done = actions.recheck(item.pk, version=3, by=town["inspector-2"], outcome="pass", text="好", at=at(5))
    assert done.closed
    item = again(item)
    assert (item.state, item.closed_at, item.version, item.open_key) == (State.CLOSED, at(5), 4, None)
    log = list(item.log.all())
    assert [(e.step, e.at, e.recorded_at) for e in log] == [
        (Step.ISSUED, at(), at()), (Step.ACCEPTED, at(1), at(1)), (Step.FIXED, at(2), at(3)),
        (Step.REPORTED, at(3), at(3)), (Step.RECHECKED, at(5), at(5)), (Step.CLOSED, at(5), at(5)),
    ]  # fmt: skip
    assert [e.person for e in log] == [
        town[name].person_id for name in ("inspector", "roads", "roads", "roads", "inspector-2", "inspector-2")
    ]
    assert told("issued") == {("roads", "head"), ("roads", "liaison")}
    assert told("issued_here") == {("west", "liaison")}
    assert told("closed") == {("roads", "head"), ("roads", "liaison"), ("west", "liaison")}
    verbs = list(AuditEntry.objects.filter(thing_kind="work").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["work.issue", "work.accept", "work.report", "work.close"]
    chain = page(town["office"], item.number).chain
    assert [[(stone.step, stone.state) for stone in one.stones] for one in chain] == [
        [(step, "done") for step in ("issued", "accepted", "fixed", "reported", "rechecked", "closed")]
    ]


def test_a_report_goes_to_those_who_may_look(town):
    towns.reported(town)
    who = {m.post.person.username for m in Message.objects.filter(kind="work.reported")}
    assert who == {f"little-{name}" for name in ("office", "at-office", "at-inspector", "at-inspector-2", "inspector")}


def test_a_unit_without_people_is_told_through_the_one_above(town):
    item = towns.order(town)
    section = town.units["section"]
    town["section"].delete()
    actions.reassign(item.pk, version=1, by=town["office"], unit=section.code, reason="路段", at=at(1))
    latest = Message.objects.filter(kind="work.issued", created_at=at(1))
    assert {(m.post.unit.code, m.post.role) for m in latest} == {("roads", "head"), ("roads", "liaison")}


# --- what a report needs ---


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "  "}, "text"),
        ({"photos": []}, "photos"),
        ({"fixed_at": at(3.1)}, "fixed_at"),
        ({"fixed_at": at(-1.1)}, "fixed_at"),
    ],
)
def test_a_report_that_is_not_whole(town, change, field):
    item = towns.accepted(town)
    given: dict[str, Any] = {"text": "修好", "fixed_at": at(2), "photos": [towns.photo(town)], **change}
    with pytest.raises(WorkError) as error:
        actions.report(item.pk, version=2, by=town["roads"], at=at(3), **given)
    assert error.value.field == field
    assert error.value.words.zh and error.value.words.en
    assert again(item).state == State.ACCEPTED and not Photo.objects.filter(used=True).exists()


def test_a_fix_may_lie_before_the_acceptance_but_not_before_the_finding(town):
    item = towns.accepted(town)  # found at −1 h, accepted at +1 h
    actions.report(
        item.pk, version=2, by=town["roads"], text="当场整改", fixed_at=at(-0.5), photos=[towns.photo(town)], at=at(2)
    )
    assert again(item).log.get(step=Step.FIXED).at == at(-0.5)


def test_photos_hang_on_the_report_and_count_as_used(town):
    item = towns.reported(town)
    entry = item.log.get(step=Step.REPORTED)
    assert [photo.used for photo in entry.photos.all()] == [True]
    seen = page(town["inspector"], item.number)
    assert [picture.uid for picture in seen.after] == [photo.uid for photo in entry.photos.all()]
    assert seen.before == ()


def test_a_person_can_be_named_from_the_lead_unit_only(town):
    item = towns.order(town)
    with pytest.raises(WorkError) as error:
        actions.accept(item.pk, version=1, by=town["roads"], person=town["tourism"].person_id, at=at(1))
    assert error.value.field == "person"
    head = town["roads-head"].person
    actions.accept(item.pk, version=1, by=town["roads"], person=head.pk, at=at(1))
    assert again(item).person == head


# --- two at once ---


def test_of_two_who_act_on_the_same_version_one_is_told_what_changed(town):
    item = towns.order(town)
    actions.accept(item.pk, version=1, by=town["roads-head"], at=at(1), text="我来办")
    with pytest.raises(Stale) as error:
        actions.accept(item.pk, version=1, by=town["roads"], at=at(2))
    assert [(e.step, e.text) for e in error.value.changes] == [(Step.ACCEPTED, "我来办")]
    assert error.value.item.version == 2
    assert again(item).log.count() == 2


def test_the_loser_is_found_out_at_the_writing_too(town, monkeypatch):
    """Both read version 1 before either has written."""
    item = towns.order(town)
    real = lifecycle.check

    def meanwhile(*args):
        real(*args)
        monkeypatch.setattr(acting, "check", real)
        actions.accept(item.pk, version=1, by=town["roads-head"], at=at(1))

    monkeypatch.setattr(acting, "check", meanwhile)
    with pytest.raises(Stale) as error:
        actions.accept(item.pk, version=1, by=town["roads"], at=at(2))
    assert [e.step for e in error.value.changes] == [Step.ACCEPTED]
    assert [e.person for e in again(item).log.all()] == [town["inspector"].person_id, town["roads-head"].person_id]


def test_an_instruction_never_collides(town):
    item = towns.accepted(town)
    actions.instruct(item.pk, by=town["leader"], text="三日内办结", at=at(2))
    with pytest.raises(Stale) as error:
        actions.report(
            item.pk, version=2, by=town["roads"], text="好", fixed_at=at(2), photos=[towns.photo(town)], at=at(3)
        )
    assert [e.text for e in error.value.changes] == ["三日内办结"]
    assert told("instructed") == {("roads", "head"), ("roads", "liaison")}
    seen = page(town["roads"], item.number)
    assert [line.text for line in seen.instructions] == ["三日内办结"]


def test_an_instruction_is_taken_back_until_somebody_acts_on_it(town):
    item = towns.accepted(town)
    before = again(item).deadline
    with pytest.raises(WorkError):
        actions.take_back(item.pk, by=town["leader"], at=at(2))
    actions.instruct(item.pk, by=town["leader"], text="本周看到变化", at=at(2))
    actions.instruct(item.pk, by=town["leader"], text="三日内办结", deadline=at(60), at=at(3))
    assert again(item).deadline == at(60) and again(item).instructed_at == at(3)

    actions.take_back(item.pk, by=town["leader"], at=at(4))
    assert (again(item).deadline, again(item).instructed_at) == (before, at(2)), "the earlier words stand again"
    assert [line.text for line in page(town["roads"], item.number).instructions] == ["本周看到变化"]
    assert [e.step for e in again(item).log.all()][-2:] == [Step.INSTRUCTED, Step.TAKEN_BACK]

    actions.note(item.pk, by=town["roads"], text="明早开工", at=at(5))
    with pytest.raises(WorkError):
        actions.take_back(item.pk, by=town["leader"], at=at(6))
    with pytest.raises(PermissionDenied):
        actions.take_back(item.pk, by=town["office"], at=at(6))


# --- all or nothing ---


@pytest.mark.parametrize("verb", ["accept", "report", "recheck"])
def test_log_messages_and_journal_go_with_the_act_or_not_at_all(town, monkeypatch, verb):
    item = {"accept": towns.order, "report": towns.accepted, "recheck": towns.reported}[verb](town)
    before = (
        again(item).version, LogEntry.objects.count(), Message.objects.count(), AuditEntry.objects.count(),
        Photo.objects.filter(used=True).count(), town.little.county.ledger.version,
    )  # fmt: skip
    photo = towns.photo(town, "d")

    def broken(*args, **more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("qipan.ground.audit.journal._append", broken)
    with pytest.raises(RuntimeError):
        if verb == "accept":
            actions.accept(item.pk, version=item.version, by=town["roads"], at=at(9))
        elif verb == "report":
            actions.report(
                item.pk, version=item.version, by=town["roads"], text="好", fixed_at=at(8), photos=[photo], at=at(9)
            )
        else:
            actions.recheck(
                item.pk, version=item.version, by=town["inspector"], outcome="pass", photos=[photo], at=at(9)
            )
    town.little.county.ledger.refresh_from_db()
    assert before == (
        again(item).version, LogEntry.objects.count(), Message.objects.count(), AuditEntry.objects.count(),
        Photo.objects.filter(used=True).count(), town.little.county.ledger.version,
    )  # fmt: skip


# --- beside the chain ---


def test_reassigning_starts_the_limit_anew_and_keeps_the_former_handlers_out(town):
    item = towns.accepted(town)
    actions.reassign(item.pk, version=2, by=town["office"], unit="tourism", reason="属文旅局", at=at(72))
    item = again(item)
    assert (item.lead.code, item.state, item.accepted_at) == ("tourism", State.ISSUED, None)
    assert item.deadline == at(72 + 24 * 7) or item.deadline > at(72)
    assert told("reassigned") == {("roads", "head"), ("roads", "liaison")}
    actions.accept(item.pk, version=3, by=town["tourism"], at=at(73))
    actions.report(
        item.pk, version=4, by=town["tourism"], text="好", fixed_at=at(74), photos=[towns.photo(town)], at=at(75)
    )
    for name in ("inspector-roads", "inspector-section"):
        with pytest.raises(NotIndependent):
            actions.recheck(item.pk, version=5, by=town[name], outcome="pass", at=at(80))
    assert actions.recheck(item.pk, version=5, by=town["inspector"], outcome="pass", at=at(80)).closed


def test_who_was_only_assigned_by_mistake_has_handled_nothing(town):
    item = towns.order(town)
    actions.reassign(item.pk, version=1, by=town["office"], unit="tourism", reason="错派", at=at(1))
    actions.accept(item.pk, version=2, by=town["tourism"], at=at(2))
    actions.report(
        item.pk, version=3, by=town["tourism"], text="好", fixed_at=at(2), photos=[towns.photo(town)], at=at(3)
    )
    assert actions.recheck(item.pk, version=4, by=town["inspector-roads"], outcome="pass", at=at(9)).closed


def test_nobody_closes_their_own_fix_with_another_hat(town):
    """The liaison who reported is also an inspector of the office, a post in another unit."""
    item = towns.reported(town)
    second = make_post(town["roads"].person, town.units["office"], Role.INSPECTOR)
    with pytest.raises(NotIndependent) as error:
        actions.recheck(item.pk, version=3, by=second, outcome="pass", at=at(9))
    assert "本人" in error.value.words.zh


def test_a_post_in_the_handling_unit_binds_whatever_its_role(town):
    """An inspector of the office who took no step, but is also head of the unit that did."""
    item = towns.reported(town)
    make_post(town["inspector"].person, town.units["section"], Role.HEAD)
    with pytest.raises(NotIndependent) as error:
        actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(9))
    assert "任职" in error.value.words.zh
    gone = make_person("gone", password=None)
    past = make_post(gone, town.units["section"], Role.HEAD, valid_to=at(-9999).date())
    free = make_post(gone, town.units["office"], Role.INSPECTOR)
    assert past.pk and actions.recheck(item.pk, version=3, by=free, outcome="pass", at=at(9)).closed


@pytest.mark.parametrize(("ended", "is_free"), [(-24, True), (0, False), (24, False)])
def test_who_left_the_handling_unit_after_the_order_was_issued_does_not_close_it(town, ended, is_free):
    """Held until the day before the issue: free; until that day, or the day after: not, however short the post was."""
    item = towns.reported(town)
    moved = make_person("moved", password=None)
    make_post(
        moved, town.units["section"], Role.HEAD, valid_to=timezone.localdate(item.issued_at + timedelta(hours=ended))
    )
    looking = make_post(moved, town.units["office"], Role.INSPECTOR)
    assert RECHECK.allows(looking, item) is is_free
    assert WorkItem.objects.filter(RECHECK.visible(looking), pk=item.pk).exists() is is_free
    assert (looking in free_posts(item, timezone.localdate())) is is_free
    if not is_free:
        with pytest.raises(NotIndependent):
            actions.recheck(item.pk, version=3, by=looking, outcome="pass", at=at(9))


def test_who_was_named_in_charge_does_not_close_it_from_elsewhere(town):
    item = towns.order(town)
    actions.accept(item.pk, version=1, by=town["roads"], person=town["roads"].person_id, at=at(1))
    fixed = again(item)
    actions.report(
        item.pk, version=2, by=town["roads-head"], text="好", fixed_at=at(2), photos=[towns.photo(town)], at=at(3)
    )
    WorkItem.objects.filter(pk=item.pk).update(person=(person := make_person("in-charge", password=None)))
    looking = make_post(person, town.units["office"], Role.INSPECTOR)
    item = again(fixed)
    assert not RECHECK.allows(looking, item)
    assert not WorkItem.objects.filter(RECHECK.visible(looking), pk=item.pk).exists()


def test_who_is_told_of_a_report_is_free_to_look(town):
    """An inspector who also holds a post in the handling unit is not sent there."""
    make_post(town["inspector"].person, town.units["section"], Role.HEAD)
    towns.reported(town)
    posts = set(Message.objects.filter(kind="work.reported").values_list("post_id", flat=True))
    assert posts
    assert town["inspector"].pk not in posts


def test_a_deadline_set_by_hand_says_why_and_moves_the_light(town):
    item = towns.order(town)
    far = at().replace(year=9999)
    for change, field in (
        ({"reason": " "}, "reason"),
        ({"deadline": at(1)}, "deadline"),
        ({"deadline": far}, "deadline"),
    ):
        given: dict[str, Any] = {"deadline": at(400), "reason": "等待材料", **change}
        with pytest.raises(WorkError) as error:
            actions.set_deadline(item.pk, version=1, by=town["office"], at=at(1), **given)
        assert error.value.field == field
    actions.set_deadline(item.pk, version=1, by=town["office"], deadline=at(400), reason="等待材料", at=at(1))
    item = again(item)
    assert item.deadline == at(400) and item.due_from < at(400)
    assert told("deadline") == {("roads", "head"), ("roads", "liaison")}


def test_reopening_is_another_round_with_a_new_limit(town):
    item = towns.reported(town)
    actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    actions.reopen(item.pk, version=4, by=town["office"], reason="又坏了", at=at(900))
    item = again(item)
    assert (item.state, item.handling_round, item.moved) == (State.ISSUED, 2, None)
    assert item.deadline > at(900) and item.open_key
    first, second = page(town["office"], item.number).chain
    assert [stone.state for stone in first.stones] == ["done"] * 6
    assert [stone.state for stone in second.stones] == ["done", "next", "open", "open", "open", "open"]
    actions.accept(item.pk, version=5, by=town["roads"], at=at(901))
    with pytest.raises(WorkError):  # the fix of the first round is no fix of the second
        actions.report(
            item.pk, version=6, by=town["roads"], text="好", fixed_at=at(3), photos=[towns.photo(town)], at=at(902)
        )


def test_it_cannot_be_reopened_beside_another_open_order(town):
    item = towns.reported(town)
    actions.recheck(item.pk, version=3, by=town["inspector"], outcome="pass", at=at(5))
    new = towns.order(town)
    assert new.pk != item.pk
    with pytest.raises(WorkError) as error:
        actions.reopen(item.pk, version=4, by=town["office"], reason="反弹", at=at(9))
    assert new.number in error.value.words.zh


def test_a_cancelled_item_leaves_room_for_a_new_order(town):
    item = towns.order(town)
    with pytest.raises(WorkError):
        actions.cancel(item.pk, version=1, by=town["office"], reason="", at=at(1))
    actions.cancel(item.pk, version=1, by=town["office"], reason="已拆除", at=at(1))
    assert towns.order(town).number != item.number


def test_a_note_is_for_who_sees_it(town):
    item = towns.order(town)
    with pytest.raises(PermissionDenied):
        actions.note(item.pk, by=town["tourism"], text="?", at=at(1))
    with pytest.raises(WorkError):
        actions.note(item.pk, by=town["west"], text=" ", at=at(1))
    actions.note(item.pk, by=town["west"], text="已现场核实", photos=[towns.photo(town)], at=at(1))
    entry = again(item).log.get(step=Step.NOTED)
    assert entry.photos.count() == 1 and entry.by_unit == "west"


def test_long_titles_still_fit_a_message(town):
    item = towns.order(town)
    WorkItem.objects.filter(pk=item.pk).update(title_zh="长" * 200, title_en="long " * 40)
    actions.instruct(item.pk, by=town["leader"], text="请" * 400, at=at(1))
    for message in Message.objects.all():
        assert len(message.words_zh) <= 300 and len(message.words_en) <= 300
    assert messages.said(at()).zh
    assert timedelta(0) < at(1) - at()
