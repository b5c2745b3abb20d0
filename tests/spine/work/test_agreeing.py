"""`qipan check` works every item out of its log: each field that somebody changes behind the acts' back is named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from qipan.ground.units.models import Unit
from qipan.project.commands.check import items
from qipan.spine.work import deferring
from qipan.spine.work.agreeing import disagreements
from qipan.spine.work.models import LogEntry, Step, WorkItem
from qipan.spine.work.replay import UNKNOWN, Logged, replay
from tests.spine.work import town as towns
from tests.spine.work.test_lifecycle import in_state
from tests.spine.work.town import Town, at


@pytest.fixture
def town(db: None) -> Town:
    return towns.make()


def said() -> list[tuple[str, ...]]:
    return [found.fields for found in disagreements()]


@pytest.mark.parametrize(
    ("state", "change", "named"),
    [
        ("reported", {"state": "closed"}, "state"),
        ("closed", {"state": "reported"}, "state"),
        ("issued", {"handling_round": 3}, "round"),
        ("accepted", {"lead": None}, "lead"),
        ("accepted", {"deadline": F("deadline") + timedelta(days=9)}, "deadline"),
        ("issued", {"issued_at": F("issued_at") - timedelta(days=1)}, "issued_at"),
        ("accepted", {"accepted_at": F("accepted_at") - timedelta(hours=1)}, "accepted_at"),
        ("reported", {"reported_at": None}, "reported_at"),
        ("closed", {"closed_at": F("closed_at") - timedelta(days=2)}, "closed_at"),
        ("issued", {"held_since": F("issued_at")}, "held_since"),
        ("accepted", {"own_deadline": F("deadline")}, "own_deadline"),
        ("issued", {"request": "extension"}, "asks"),
        ("issued", {"instructed_at": F("issued_at")}, "instructed_at"),
        ("issued", {"merged_into": F("id")}, "merged_into"),
    ],
)
def test_a_field_that_was_changed_is_named(town: Town, state: str, change: dict[str, Any], named: str) -> None:
    item = in_state(town, state)
    assert said() == []
    WorkItem.objects.filter(pk=item.pk).update(**change)
    (fields,) = said()
    assert fields == (named,)
    (words,) = items()
    assert item.number in words.zh and item.number in words.en


def test_another_unit_is_named(town: Town) -> None:
    item = in_state(town, "accepted")
    WorkItem.objects.filter(pk=item.pk).update(lead=Unit.objects.exclude(code="roads").first())
    assert said() == [("lead",)]


def test_a_step_that_was_taken_out_of_the_log_is_missed(town: Town) -> None:
    item = in_state(town, "reported")
    LogEntry.objects.filter(work_item=item, step=Step.ACCEPTED).delete()
    (fields,) = said()
    # The row says when it was accepted, and so does the journal.
    assert set(fields) == {"accepted_at", "log"}


def test_the_deadline_of_a_clock_that_stood_is_in_the_log(town: Town) -> None:
    item = in_state(town, "accepted")
    deferring.suspend(item.pk, version=item.version, by=town["office"], reason="等雨停", at=at(20))
    item.refresh_from_db()
    deferring.resume(item.pk, version=item.version, by=town["office"], reason="雨停了", at=at(40))
    item.refresh_from_db()
    last = item.log.order_by("-id")[0]
    assert datetime.fromisoformat(last.data["due"]) == item.deadline and said() == []


def test_what_a_log_does_not_say_is_not_guessed(town: Town) -> None:
    """Entries of an earlier version have no deadline; nothing is held against the item."""
    old = [Logged(1, "issued", 1, at(0), {"unit": "roads"}), Logged(2, "accepted", 1, at(1), {})]
    found = replay(old)
    assert (found.state, found.lead, found.deadline, found.accepted_at) == ("accepted", "roads", UNKNOWN, at(1))


def test_ten_times_the_items_ask_no_more(town: Town) -> None:
    in_state(town, "closed")
    with CaptureQueriesContext(
        connection,
    ) as few:
        said()
    for number in range(1, 10):
        item = WorkItem.objects.get(number="2026-00001")
        log = list(item.log.order_by("id"))
        item.pk, item.number = None, f"2026-1000{number}"
        item.save(force_insert=True)
        for one in log:
            one.pk, one.work_item = None, item
        LogEntry.objects.bulk_create(log)
    with CaptureQueriesContext(connection) as many:
        assert said() == []
    assert len(few) == len(many) == 4
