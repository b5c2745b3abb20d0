"""Reminders: to whom, when, and never twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.ground.jobs.kinds import kind
from qipan.ground.notify.models import Message
from qipan.spine.work import actions, reminders
from qipan.spine.work.models import State, WorkItem
from tests.spine.work import town as towns
from tests.spine.work.town import at

pytestmark = pytest.mark.django_db


def moment(day, hour=9):
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def town():
    return towns.make()


@pytest.fixture
def item(town):
    """Due from the 4th, until the 6th at 18:00."""
    item = towns.order(town)
    WorkItem.objects.filter(pk=item.pk).update(due_from=moment(4), deadline=moment(6, 18))
    item.refresh_from_db()
    return item


def sent():
    """What lies in the inboxes since the last look, which is now read."""
    found = Message.objects.filter(kind__in=("work.due", "work.late"), read_at=None)
    said = sorted((m.post.role, m.kind.removeprefix("work.")) for m in found)
    found.update(read_at=moment(1))
    return said


def test_before_the_deadline_the_liaison_after_it_the_head_too(town, item):
    said = {}
    for day in range(3, 20):
        for hour in (9, 10, 19):
            reminders.remind(town.county.pk, moment(day, hour))
        said[day] = sent()
    both = [("head", "late"), ("liaison", "late")]
    assert {day: what for day, what in said.items() if what} == {4: [("liaison", "due")], 7: both, 9: both, 13: both}


def test_a_worker_that_was_away_does_not_make_up_for_every_day(town, item):
    reminders.remind(town.county.pk, moment(12))
    assert sent() == [("head", "late"), ("liaison", "late")]


def test_nobody_gets_a_second_one_while_the_first_lies_unread(town, item):
    reminders.remind(town.county.pk, moment(7))
    Message.objects.filter(post=town["roads-head"]).update(read_at=moment(7))
    reminders.remind(town.county.pk, moment(9))
    late = Message.objects.filter(kind="work.late").values_list("post__role", flat=True)
    assert sorted(late) == ["head", "head", "liaison"]


def test_danger_is_spoken_of_on_the_evening_of_its_deadline(town, item):
    WorkItem.objects.update(safety=True)
    reminders.remind(town.county.pk, moment(6, 19))
    assert sent() == [("head", "late"), ("liaison", "late")]


def test_what_is_reported_or_ended_is_left_in_peace(town, item):
    for state in (State.REPORTED, State.CLOSED, State.CANCELLED):
        WorkItem.objects.update(state=state)
        assert reminders.remind(town.county.pk, moment(9)) == 0


def test_a_deadline_that_was_moved_begins_anew(town, item):
    reminders.remind(town.county.pk, moment(5))
    assert sent() == [("liaison", "due")]
    actions.set_deadline(
        item.pk, version=1, by=town["office"], deadline=moment(20), reason="材料未到", at=moment(5, 10)
    )
    assert reminders.remind(town.county.pk, moment(6)) == 0
    reminders.remind(town.county.pk, moment(19))
    assert sent() == [("liaison", "due")]


def test_statements_follow_what_is_sent_and_not_what_is_late(town):
    for n in range(1, 5):
        towns.order(town, item=f"hotel.ho{n % 3 + 1}", cluster=f"h{n}")
    WorkItem.objects.update(due_from=moment(4), deadline=moment(6, 18))
    reminders.remind(town.county.pk, moment(7))
    with CaptureQueriesContext(connection) as seen:
        assert reminders.remind(town.county.pk, moment(7, 10)) == 0
    assert len(seen) <= 7


def test_it_runs_for_every_county(town, item):
    found: Any = kind(reminders.KIND)
    WorkItem.objects.update(due_from=at(), deadline=at(1))
    assert found.handler(None, {})["sent"] == 2
    assert found.handler(None, {})["sent"] == 0
