"""The example's work: every stage is there, nothing is skipped, nobody closes their own, and closings moved what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from qipan.assessment.printing import printed_card
from qipan.assessment.scorecard import scorecard
from qipan.assessment.tally import Tally
from qipan.ground.audit.queries import verify as verify_journal
from qipan.ground.files.models import Photo
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Post
from qipan.project.example.loading import load
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.recompute import recompute
from qipan.spine.scorecards.queries import forget, standing
from qipan.spine.work import actions, points
from qipan.spine.work.branches import branches
from qipan.spine.work.independence import handlers
from qipan.spine.work.lifecycle import HANDLING
from qipan.spine.work.models import CHAIN, LogEntry, State, Step, WorkItem, WorkSettings

TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker) -> Iterator[CampaignYear]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(TODAY)
        transaction.set_rollback(True)
    forget()


@pytest.fixture(scope="module")
def items(year) -> list[Any]:
    return list(WorkItem.objects.select_related("lead", "territory").prefetch_related("log", "supports", "sightings"))


def test_every_stage_and_state_is_there(items):
    assert 250 <= len(items) <= 400
    states = Counter(item.state for item in items)
    # Nothing of the example was suspended or merged: that is done by hand.
    assert set(states) == set(State) - {State.SUSPENDED, State.MERGED}
    assert states["closed"] > 90 and states["reported"] > 20 and states["issued"] > 10
    steps = Counter(entry.step for item in items for entry in item.log.all())
    assert set(steps) >= {*CHAIN, Step.FAILED, Step.JOINED, Step.REASSIGNED, Step.DEADLINE, Step.INSTRUCTED, Step.NOTED}
    # Sixteen checks, and what the first weekly dispatch decided.
    assert Counter(item.kind for item in items)["task"] == 17
    assert sum(item.handling_round > 1 for item in items) > 20
    assert any(item.safety and item.state != "closed" for item in items)
    now = timezone.make_aware(datetime(2026, 11, 24, 9))
    assert any(item.deadline > now and item.is_open for item in [_open(one) for one in items])


def _open(item: Any) -> Any:
    item.is_open = item.state in {"issued", "accepted", "reported"}
    return item


def test_numbers_run_without_a_gap(items):
    assert sorted(int(item.number[5:]) for item in items) == list(range(1, len(items) + 1))
    assert WorkSettings.objects.get().next_number == len(items) + 1
    # What comes back within a special action is entered last, with the day on which it was found again.
    first: dict[tuple[str, str, str], str] = {}
    for item in sorted(items, key=lambda item: item.number):
        first.setdefault((item.kind, item.cluster, item.item or item.number), item.number)
    issued = [item.issued_at for item in sorted(items, key=lambda item: item.number) if item.number in first.values()]
    assert len(items) - len(issued) < len(items) / 10 and issued == sorted(issued)


def test_no_stage_is_skipped_and_time_runs_forward(items):
    after = {
        Step.ACCEPTED: Step.ISSUED,
        Step.REPORTED: Step.ACCEPTED,
        Step.RECHECKED: Step.REPORTED,
        Step.FAILED: Step.REPORTED,
    }
    for item in items:
        log = list(item.log.all())
        assert [entry.recorded_at for entry in log] == sorted(entry.recorded_at for entry in log), item
        seen: set[str] = set()
        for entry in log:
            if entry.step in after:
                assert after[Step(entry.step)] in seen, (item, entry.step)
            if entry.step == Step.FAILED:
                seen.discard(Step.REPORTED)
            seen.add(entry.step)
            assert entry.at <= entry.recorded_at
            assert entry.recorded_at.date() < TODAY
        assert (item.state == State.CLOSED) == any(entry.step == Step.CLOSED for entry in log)
        if item.kind == "order":
            assert item.sightings.all() and all(one.seen_at <= item.issued_at or one.pk for one in item.sightings.all())


def test_nobody_closes_what_they_had_a_hand_in(year, items):
    tree = branches(year.campaign.county_id)
    units = dict(Post.objects.values_list("person_id", "unit_id"))
    for item in items:
        for entry in item.log.all():
            if entry.step not in {Step.RECHECKED, Step.FAILED, Step.CLOSED}:
                continue
            who = handlers(item, tree)
            assert entry.person not in who.people
            assert not tree.above(units[entry.person]) & who.units, item


def test_units_handle_what_is_theirs(items):
    for item in items:
        moved = any(entry.step == Step.REASSIGNED for entry in item.log.all())
        for entry in item.log.all():
            if entry.step in HANDLING and not moved:
                assert entry.by_unit == item.lead.code


def test_a_closing_rests_on_the_re_check_in_the_ledger(items):
    for item in items:
        if item.state != State.CLOSED or item.kind != "order":
            continue
        closing = item.log.get(step=Step.CLOSED)
        seen = Observation.objects.get(uid=closing.observation)
        assert (seen.source, seen.selection, seen.own) == (f"order/{item.number}", "chosen", False)
        assert (seen.item, seen.cluster, seen.observed_at) == (item.item, item.cluster, item.closed_at)
        assert item.moved["checks"], item


def test_what_closings_moved_is_what_a_recompute_says(year, items):
    """Three of them, in the middle of the year: the ledger as of the moment before, and as of the closing."""
    book, county = rulebook(year), year.campaign.county_id
    closed = sorted(
        (item for item in items if item.state == "closed" and item.kind == "order"), key=lambda i: i.closed_at
    )
    for item in (closed[0], closed[len(closed) // 2], closed[-1]):
        recorded = Observation.objects.get(uid=item.log.get(step=Step.CLOSED).observation).recorded_at
        totals, earned = [], []
        for until in (recorded - timedelta(microseconds=1), recorded):
            tallies: dict[tuple[str, str], Tally] = {}
            for key, both in recompute(book, county, year.year, until).items():
                tallies.setdefault(key[:2], Tally()).add(both.now)
            card = printed_card(scorecard(book, tallies, frozenset(year.absent_types)))
            totals.append(card.total.earned)
            earned.append(card.checks[item.moved["checks"][0]["check"]].earned)
        assert item.moved["total"] == totals, item
        said = item.moved["checks"][0]["earned"]
        # Among the parts of a printed card a thousandth may go to the neighbour; the total is exact.
        assert all(abs(one - other) <= 1000 for one, other in zip(said, earned, strict=True)), item


def test_points_at_stake_are_part_of_what_is_lost(year, items):
    now = standing(year, TODAY)
    open_items = [item for item in items if item.state in {"issued", "accepted", "reported"}]
    assert 0 < sum(item.points_at_stake for item in open_items) <= now.card.total.lost
    assert all(item.points_at_stake == 0 for item in items if item not in open_items)
    open_items.sort(key=lambda item: item.pk)
    assert points.divided(open_items, now) == [item.points_at_stake for item in open_items]


def test_photos_are_drawn_labelled_few_and_used(items):
    assert Photo.objects.count() <= 8
    assert set(Photo.objects.values_list("used", flat=True)) == {True}
    reports = LogEntry.objects.filter(step=Step.REPORTED, work_item__kind="order")
    assert not reports.filter(photos=None).exists()


def test_inboxes_and_journal_belong_to_it(year):
    assert Message.objects.filter(kind="work.issued").exists()
    assert Message.objects.filter(read_at=None).count() < Message.objects.count() / 3
    assert all(chain.broken_at == 0 for chain in verify_journal())


def test_the_office_goes_on_from_it(year):
    """What is stored is what the acts themselves would have left: the next act works."""
    waiting = WorkItem.objects.filter(state="reported", kind="order", item="residential_compound.rc8").first()
    assert waiting is not None
    inspector = Post.objects.get(person__username="example-inspector-3")
    assert actions.recheck(waiting.pk, version=waiting.version, by=inspector, outcome="pass").closed
