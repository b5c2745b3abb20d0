"""Jobs: queued, done, failed, refused, and taken up again after their worker died."""

import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from qipan.assessment.text import InputError, Problem, Text
from qipan.ground.jobs import actions, kinds, progress
from qipan.ground.jobs.kinds import JobRefused, handles
from qipan.ground.jobs.models import Job, Worker
from qipan.ground.jobs.progress import LostJob, Progress
from qipan.ground.jobs.queries import job_for, jobs_for, live_workers, open_jobs
from qipan.ground.jobs.worker import drain
from qipan.ground.units.models import County, Role
from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = Text("导入观测", "Import observations")
Payload = Mapping[str, Any]


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds registered by a test are gone after it."""
    monkeypatch.setattr(kinds, "_KINDS", {})
    yield


def queue(name: str = "count", payload: Payload | None = None) -> Job:
    return actions.enqueue(name, payload or {}, title=TITLE, by=None)


def left_by(worker: str, job: Job) -> None:
    """As if a worker had begun the job and died."""
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, worker=worker)
    DBTaskResult.objects.filter(pk=job.task).update(status=TaskResultStatus.RUNNING, worker_ids=[worker])


def a_worker(name: str, **fields: Any) -> Worker:
    now = timezone.now()
    given = {"host": socket.gethostname(), "pid": os.getpid(), "started_at": now, "beat_at": now} | fields
    return Worker.objects.create(name=name, **given)


def gone() -> int:
    """The number of a process that has ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_a_job_is_queued_run_and_done() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> Payload:
        report(1, 2, Text("第一步", "First step"))
        report(2)
        return {"counted": payload["to"]}

    post = make_world().posts[Role.OFFICE]
    job = actions.enqueue("count", {"to": 5}, title=TITLE, by=post)
    assert (job.state, job.owner, job.county, open_jobs()) == ("waiting", "example-office", post.unit.county, 1)
    drain()
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total, job.attempts) == ("done", {"counted": 5}, 2, 2, 1)
    assert job.note == Text("第一步", "First step") and job.title == TITLE and not job.error
    assert job.started_at and job.ended_at and job.has_ended and open_jobs() == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_an_act_that_is_rolled_back_queues_nothing() -> None:
    handles("count")(lambda report, payload: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    assert not Job.objects.exists() and not DBTaskResult.objects.exists()


def test_what_nobody_handles_is_not_queued() -> None:
    with pytest.raises(LookupError, match="count"):
        queue()


def test_two_functions_do_not_handle_one_kind() -> None:
    handles("count")(lambda report, payload: None)
    with pytest.raises(ValueError, match="count"):
        handles("count")(lambda report, payload: None)


def test_a_failure_is_kept_for_whoever_runs_the_server_and_told_in_both_languages(caplog) -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> None:
        raise ZeroDivisionError("by nought")

    job = queue()
    drain()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1) and "by nought" in job.trace
    assert job.error == actions.UNEXPECTED and "by nought" not in job.error.en + job.error.zh
    assert f"job {job.pk}" in caplog.text


def test_a_refusal_says_why() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> None:
        raise JobRefused(Text("文件是空的", "The file is empty"))

    job = actions.run(queue().pk)
    assert job is not None
    assert (job.state, job.error, job.trace) == ("failed", Text("文件是空的", "The file is empty"), "")


def test_mistakes_in_the_input_are_listed() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> None:
        raise InputError([Problem(("rows", 3), Text("缺少结果", "no outcome"))])

    job = actions.run(queue().pk)
    assert job is not None and job.state == "failed"
    assert job.result == {"problems": [{"path": ["rows", 3], "zh": "缺少结果", "en": "no outcome"}]}


def test_progress_is_not_written_more_often_than_needed(monkeypatch, django_assert_num_queries) -> None:
    now = [100.0]
    monkeypatch.setattr("qipan.ground.jobs.progress.time.monotonic", lambda: now[0])
    handles("count")(lambda report, payload: None)
    job = queue()
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    job.refresh_from_db()
    report = Progress(job)
    with django_assert_num_queries(1):
        for done in range(1000):
            report(done, 1000)
    now[0] += progress.INTERVAL
    with django_assert_num_queries(1):
        report(1000)
        report(1000)
    with django_assert_num_queries(1):
        report(1000, note=Text("保存", "Saving"))
    job.refresh_from_db()
    assert (job.done, job.total, job.note.en) == (1000, 1000, "Saving")


def test_writes_and_the_end_of_the_job_are_kept_together_or_not_at_all() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> None:
        with transaction.atomic():
            County.objects.create(code="a", name_zh="甲")
            # Meanwhile the job was given to another worker.
            Job.objects.filter(pk=report.job.pk).update(attempts=2)
            report.finish({"made": 1})

    job = actions.run(queue().pk)
    assert job is not None and job.state == "running"
    assert not County.objects.exists()


def test_finishing_is_the_end_of_it() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> Payload:
        with transaction.atomic():
            report(0, 3)
            report.finish({"made": 1})
        return {"made": 2}

    job = actions.run(queue().pk)
    assert job is not None and (job.state, job.result, job.done) == ("done", {"made": 1}, 3)


def test_a_job_is_done_once() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    assert actions.run(job.pk) is not None
    assert actions.run(job.pk) is None
    drain()
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_worker_that_was_taken_for_dead_cannot_write_any_more() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    left_by("ghost", job)
    job.refresh_from_db()
    late = Progress(job)
    assert actions.recover() == 1
    with pytest.raises(LostJob):
        late(1)
    with pytest.raises(LostJob):
        late.finish()
    drain()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_of_a_dead_worker_is_taken_up_again() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    a_worker("dead", pid=gone())
    left_by("dead", job)
    first = job.task
    assert actions.recover() == 1
    assert not Worker.objects.exists()
    assert DBTaskResult.objects.get(pk=first).status == TaskResultStatus.FAILED
    job.refresh_from_db()
    assert (job.state, job.worker) == ("waiting", "") and job.task != first
    assert actions.recover() == 0
    drain()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_of_a_live_worker_is_left_alone() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    a_worker("alive")
    left_by("alive", job)
    assert actions.recover() == 0
    assert live_workers() == ["alive"]


@pytest.mark.parametrize(
    ("fields", "alive"),
    [
        ({"host": "elsewhere"}, True),
        ({"host": "elsewhere", "beat_at": timezone.now() - timedelta(minutes=6)}, False),
        ({"beat_at": timezone.now() - timedelta(minutes=6)}, True),
        ({"beat_at": timezone.now() - timedelta(hours=1)}, False),
    ],
)
def test_whether_a_worker_lives(fields: dict[str, Any], alive: bool) -> None:
    a_worker("one", **fields)
    assert live_workers() == (["one"] if alive else [])


def test_a_job_that_kills_its_workers_fails_in_the_end() -> None:
    handles("count", attempts=2)(lambda report, payload: None)
    job = queue()
    left_by("dead", job)
    actions.recover()
    Job.objects.filter(pk=job.pk).update(state="running", attempts=2, worker="dead")
    assert actions.recover() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", actions.INTERRUPTED)


def test_a_worker_that_is_stopped_at_once_gives_its_job_back() -> None:
    @handles("count")
    def count(report: Progress, payload: Payload) -> None:
        raise SystemExit(1)

    job = queue()
    with pytest.raises(SystemExit):
        actions.run(job.pk)
    job.refresh_from_db()
    assert job.state == "waiting" and DBTaskResult.objects.filter(pk=job.task, status="READY").exists()


@pytest.mark.parametrize("entry", ["none", "gone", "ended", "claimed by the dead"])
def test_a_waiting_job_that_the_queue_has_lost_is_queued_again(entry: str) -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    row = DBTaskResult.objects.filter(pk=job.task)
    if entry == "none":
        Job.objects.filter(pk=job.pk).update(task="")
    elif entry == "gone":
        Job.objects.filter(pk=job.pk).update(task=str(uuid.uuid4()))
    elif entry == "ended":
        row.update(status=TaskResultStatus.FAILED)
    else:
        row.update(status=TaskResultStatus.RUNNING, worker_ids=["dead"])
    assert actions.recover() == 1
    drain()
    job.refresh_from_db()
    assert job.state == "done"


def test_an_entry_that_a_live_worker_has_just_claimed_is_left_alone() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    a_worker("alive")
    DBTaskResult.objects.filter(pk=job.task).update(status=TaskResultStatus.RUNNING, worker_ids=["alive"])
    assert actions.recover() == 0


def test_a_job_that_an_older_version_left_is_not_lost_silently() -> None:
    handles("count")(lambda report, payload: None)
    job = queue()
    Job.objects.filter(pk=job.pk).update(kind="gone")
    drain()
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", actions.UNKNOWN)


def test_a_post_sees_the_jobs_of_its_county() -> None:
    handles("count")(lambda report, payload: None)
    ours, theirs = make_world(), make_world("linshui", example=False, prefix="real-")
    job = actions.enqueue("count", {}, title=TITLE, by=ours.posts[Role.OFFICE])
    system = queue()
    assert job_for(ours.posts[Role.HEAD], job.pk) == job
    assert jobs_for(ours.posts[Role.HEAD]) == [job]
    assert job_for(theirs.posts[Role.OFFICE], job.pk) is None
    assert job_for(ours.posts[Role.OFFICE], system.pk) is None
