"""What comes round: queued once at its time, made up for once after a pause, by whatever worker is there first."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from qipan.assessment.text import Text
from qipan.ground.jobs import kinds, recurring, worker
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.models import Job, Schedule
from qipan.project.commands import check

NAME = "test.round"
NOON = datetime(2026, 11, 26, 4, 3, tzinfo=UTC)  # 12:03 in Shanghai


@pytest.fixture
def ran(monkeypatch):
    """The times at which a job that comes round every ten minutes was run; nothing else comes round."""
    times = []
    monkeypatch.setattr(recurring, "_DECLARED", {})
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))

    @recurring.recurring(NAME, cron="*/10 * * * *", title=Text("试", "Trial"))
    @kinds.handles(NAME)
    def run(progress, payload):
        times.append(payload)

    return times


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_it_is_queued_at_its_time(ran):
    recurring.synchronise(NOON)
    assert Schedule.objects.get().next_at == minutes(7)
    assert recurring.queue_due(minutes(6)) == []
    assert recurring.queue_due(minutes(7)) == [NAME]
    assert recurring.queue_due(minutes(7)) == []
    row, job = Schedule.objects.get(), Job.objects.get()
    assert (row.last_at, row.next_at) == (minutes(7), minutes(17))
    assert (job.kind, job.title, job.owner, job.county) == (NAME, Text("试", "Trial"), "", None)
    worker.drain()
    assert ran == [{}]


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_missed_times_are_made_up_for_once(ran):
    recurring.synchronise(NOON)
    # Three days without a worker.
    assert recurring.queue_due(minutes(3 * 24 * 60)) == [NAME]
    assert recurring.queue_due(minutes(3 * 24 * 60)) == []
    worker.drain()
    assert len(ran) == 1
    assert Schedule.objects.get().next_at == minutes(3 * 24 * 60 + 7)


@pytest.mark.django_db
def test_of_two_workers_one_queues_it(ran):
    recurring.synchronise(NOON)
    known = Schedule.objects.filter(next_at__lte=minutes(8))
    seen = list(known)
    assert recurring.queue_due(minutes(8)) == [NAME]
    # The other worker has read the row before and acts on it now.
    with patch.object(
        Schedule.objects, "filter", side_effect=[seen, Schedule.objects.filter(name=NAME, next_at=minutes(7))]
    ):
        assert recurring.queue_due(minutes(8)) == []
    assert Job.objects.count() == 1
    assert Schedule.objects.get().next_at == minutes(17)


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_one_that_still_waits_does_the_work_of_the_next_time_too(ran):
    recurring.synchronise(NOON)
    assert recurring.queue_due(minutes(7)) == [NAME]
    assert recurring.queue_due(minutes(17)) == []
    assert Job.objects.count() == 1
    assert Schedule.objects.get().next_at == minutes(27)
    worker.drain()
    assert recurring.queue_due(minutes(27)) == [NAME]


@pytest.mark.django_db
def test_a_queue_that_fails_leaves_the_time_due(ran):
    recurring.synchronise(NOON)
    with patch.object(recurring, "enqueue", side_effect=RuntimeError), pytest.raises(RuntimeError):
        recurring.queue_due(minutes(7))
    assert Schedule.objects.get().next_at == minutes(7)
    assert recurring.queue_due(minutes(8)) == [NAME]


@pytest.mark.django_db
def test_rows_follow_the_declarations(ran, monkeypatch):
    recurring.synchronise(NOON)
    recurring.synchronise(minutes(30))
    assert Schedule.objects.get().next_at == minutes(7)  # a start in between moves nothing
    again = recurring.Recurring(NAME, "30 6 * * 1", Text("试", "Trial"))
    monkeypatch.setitem(recurring._DECLARED, NAME, again)
    recurring.synchronise(NOON)
    # 06:30 of the next Monday in Shanghai, 30 November.
    assert Schedule.objects.get().next_at == datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
    monkeypatch.delitem(recurring._DECLARED, NAME)
    recurring.synchronise(NOON)
    assert not Schedule.objects.exists()
    assert recurring.queue_due(minutes(10**6)) == []


@pytest.mark.django_db
def test_declarations_that_cannot_be(ran):
    with pytest.raises(ValueError, match="no cron expression"):
        recurring.recurring("test.other", cron="every day")
    with pytest.raises(ValueError, match="two declarations"):
        recurring.recurring(NAME, cron="0 0 * * *")(lambda progress, payload: None)
    recurring.recurring("test.orphan", cron="0 0 * * *")(lambda progress, payload: None)
    with pytest.raises(LookupError, match=r"test\.orphan"):
        recurring.synchronise(NOON)


@pytest.mark.django_db
def test_an_overdue_schedule_is_named(ran):
    recurring.synchronise(NOON)
    assert recurring.overdue(minutes(11)) == []
    assert [row.name for row in recurring.overdue(minutes(13))] == [NAME]
    Schedule.objects.update(next_at=datetime(2020, 1, 1, 4, 10, tzinfo=UTC))
    said = [str(fault) for fault in check.worker()]
    assert len(said) == 1
    assert NAME in said[0]
    assert "2020-01-01 04:10" in said[0]


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_records_of_what_was_done_long_ago_go(ran, monkeypatch):
    monkeypatch.setitem(recurring._DECLARED, "jobs.tidy", recurring.Recurring("jobs.tidy", "0 3 * * *", Text("清理")))
    now = datetime.now(UTC)
    common = {"kind": NAME, "title_zh": "试", "created_at": now}
    Job.objects.create(**common, state="done", ended_at=now - timedelta(days=15))
    Job.objects.create(**common, state="done", ended_at=now - timedelta(days=13))
    Job.objects.create(**common, state="failed", ended_at=now - timedelta(days=99))
    Job.objects.create(**common, state="done", ended_at=now - timedelta(days=99), owner="someone")
    tidy = enqueue("jobs.tidy", {}, title=Text("清理"), by=None)
    worker.drain()
    tidy.refresh_from_db()
    assert tidy.state == "done"
    assert Job.objects.filter(kind=NAME).count() == 3
