"""The process that runs jobs."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from qipan.ground.jobs.actions import recover
from qipan.ground.jobs.models import Worker
from qipan.ground.jobs.recurring import queue_due, synchronise

logger = logging.getLogger("qipan.jobs")

BEAT_SECONDS = 10.0
RECOVER_EVERY = 3  # beats


def _queue_worker(name: str, *, interval: float, batch: bool) -> QueueWorker:
    """A worker of the default queue."""
    return QueueWorker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
    )


def _beat(name: str, stop: threading.Event) -> None:
    """Say every few seconds that this worker lives, and look after what dead ones left."""
    beats = 0
    while not stop.wait(BEAT_SECONDS):
        beats += 1
        try:
            Worker.objects.filter(name=name).update(beat_at=timezone.now())
            queue_due()
            if beats % RECOVER_EVERY == 0:
                recover()
        except DatabaseError:
            # A long transaction of the job itself may hold the database; the next beat will do.
            logger.info("a beat of worker %s was missed", name)
        finally:
            connection.close()
    connection.close()


@contextmanager
def _registered(name: str) -> Iterator[None]:
    """Count as a worker for a time, so that nobody takes up what this process is at."""
    now = timezone.now()
    Worker.objects.create(name=name, host=socket.gethostname(), pid=os.getpid(), started_at=now, beat_at=now)
    try:
        yield
    finally:
        Worker.objects.filter(name=name).delete()


def serve(*, interval: float = 0.5) -> None:
    """Run jobs until told to stop (SIGTERM or SIGINT): the job at hand is finished first, a second signal stops it."""
    name = f"{os.getpid()}-{secrets.token_hex(8)}"
    with _registered(name):
        recover()
        synchronise()
        queue_due()
        stop = threading.Event()
        beat = threading.Thread(target=_beat, args=(name, stop), name="beat", daemon=True)
        beat.start()
        queue = _queue_worker(name, interval=interval, batch=False)
        queue.configure_signals()
        try:
            queue.run()
        finally:
            stop.set()
            beat.join(timeout=BEAT_SECONDS)


def drain() -> None:
    """Run everything that waits, in this process, and come back: for tests and commands."""
    name = f"drain-{secrets.token_hex(8)}"
    with _registered(name):
        _queue_worker(name, interval=0, batch=True).run()
