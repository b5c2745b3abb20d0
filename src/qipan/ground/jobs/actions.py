"""What can happen to a job: it is queued, run, and taken up again when its worker has died."""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from qipan.assessment.text import InputError, Text
from qipan.ground.jobs.kinds import JobRefused, kind
from qipan.ground.jobs.models import Job, Worker
from qipan.ground.jobs.progress import LostJob, Progress
from qipan.ground.units.models import Post

logger = logging.getLogger("qipan.jobs")

#: A worker elsewhere that has not been heard for so long is taken for dead; one on this machine is looked for.
SILENT_FOR = timedelta(minutes=5)
#: Even one whose process number lives: numbers are given again, and a long transaction may hold its beat back.
SILENT_HERE_FOR = timedelta(minutes=30)
KEEP_QUEUE_ENTRIES = timedelta(days=14)

UNEXPECTED = Text(
    "处理时出现意外错误，未完成的部分没有保存。请稍后重试；如再次出现，请将任务编号告知系统管理员。",
    "Something unexpected went wrong; the unfinished part was not kept. Try again later, and if it happens again, "
    "tell the person who runs the server the number of this job.",
)
INTERRUPTED = Text(
    "处理程序多次中断，任务未完成。请重新提交。",
    "The work was interrupted several times and is not done. Please start it again.",
)
UNKNOWN = Text(
    "当前程序版本没有此类任务的处理方法。", "This version of the program does not know how to do this kind of job."
)


def enqueue(kind_name: str, payload: Mapping[str, Any], *, title: Text, by: Post | None, priority: int = 0) -> Job:
    """Queue a job, in the transaction of the act that asks for it, if there is one."""
    if kind(kind_name) is None:
        raise LookupError(f"no function handles the job {kind_name!r}")
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind_name,
            county=by.unit.county if by else None,
            owner=by.person.get_username() if by else "",
            title_zh=title.zh,
            title_en=title.en,
            payload=dict(payload),
            created_at=timezone.now(),
        )
        _queue(job, priority)
    return job


def _queue(job: Job, priority: int = 0) -> None:
    """Give a waiting job an entry in the queue."""
    entry = run_job.using(priority=priority).enqueue(job.pk)
    job.task = str(entry.id)
    Job.objects.filter(pk=job.pk).update(task=job.task)


@task(takes_context=True)
def run_job(context: TaskContext, job_id: int) -> None:
    """Run a job in a worker: the queue's side of `run`."""
    workers = context.task_result.worker_ids
    run(job_id, worker=workers[-1] if workers else "")


def run(job_id: int, *, worker: str = "") -> Job | None:
    """Do a waiting job here and now; None if it is not waiting (any more)."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.WAITING).first()
        if job is None:
            return None
        job.state, job.attempts, job.worker = Job.State.RUNNING, job.attempts + 1, worker
        job.started_at = timezone.now()
        job.done = 0
        job.save(update_fields=["state", "attempts", "worker", "started_at", "done"])
    found = kind(job.kind)
    if found is None:
        _fail(job, UNKNOWN)
    else:
        progress = Progress(job)
        try:
            result = found.handler(progress, job.payload)
            if not progress.finished:
                progress.finish(result)
        except JobRefused as refusal:
            _fail(job, refusal.words)
        except InputError as error:
            problems = [
                {"path": list(each.path), "zh": each.message.zh, "en": each.message.en} for each in error.problems
            ]
            count = len(problems)
            _fail(
                job, Text(f"输入有{count}处错误。", f"The input has {count} mistakes."), result={"problems": problems}
            )
        except LostJob:
            logger.warning("job %s was taken up by another worker", job.pk)
        except Exception:
            logger.exception("job %s (%s) failed", job.pk, job.kind)
            _fail(job, UNEXPECTED, trace=traceback.format_exc())
        except BaseException:
            # The worker was told to stop at once: the job goes back to the queue.
            _take_up(job)
            raise
    job.refresh_from_db()
    return job


def _fail(job: Job, words: Text, *, trace: str = "", result: Mapping[str, Any] | None = None) -> None:
    """Mark this attempt as failed, if it is still ours."""
    Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING).update(
        state=Job.State.FAILED,
        ended_at=timezone.now(),
        error_zh=words.zh,
        error_en=words.en,
        trace=trace,
        result=dict(result) if result else None,
    )


def _take_up(job: Job) -> None:
    """Queue a running job anew whose worker is gone, or fail it when it has had its attempts."""
    found = kind(job.kind)
    if found is None or job.attempts >= found.attempts:
        _fail(job, INTERRUPTED)
        return
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)
        if mine.update(state=Job.State.WAITING, worker="", done=0):
            _queue(job)


def is_alive(worker: Worker, host: str) -> bool:
    """Whether a worker is still at work, as far as can be told from here."""
    silent = timezone.now() - worker.beat_at
    if worker.host != host:
        return silent < SILENT_FOR
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's process: it lives
    return silent < SILENT_HERE_FOR


def recover() -> int:
    """Take up what dead workers left, and queue what waits without an entry in the queue; returns how many jobs."""
    # Who runs what is asked before who lives: a worker registers before it claims, so no living one is missed.
    running = list(Job.objects.filter(state=Job.State.RUNNING))
    entries = list(DBTaskResult.objects.running().values_list("pk", "worker_ids"))
    host = socket.gethostname()
    dead = [worker.name for worker in Worker.objects.all() if not is_alive(worker, host)]
    Worker.objects.filter(name__in=dead).delete()
    alive = set(Worker.objects.values_list("name", flat=True))
    lost = [pk for pk, workers in entries if not alive & set(workers)]
    DBTaskResult.objects.running().filter(pk__in=lost).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )
    taken_up = 0
    for job in running:
        if job.worker in alive:
            continue
        logger.warning("job %s (%s) was left by its worker", job.pk, job.kind)
        _take_up(job)
        taken_up += 1
    for job in Job.objects.filter(state=Job.State.WAITING):
        # An entry that a living worker runs is about to claim the job.
        queued = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING)
        if job.task and DBTaskResult.objects.filter(queued, pk=job.task).exists():
            continue
        with transaction.atomic():
            if Job.objects.select_for_update().filter(pk=job.pk, state=Job.State.WAITING, task=job.task).exists():
                _queue(job)
                taken_up += 1
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_QUEUE_ENTRIES).delete()
    return taken_up
