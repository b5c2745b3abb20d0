"""What can be asked about jobs and workers."""

from __future__ import annotations

import socket

from django.db.models import Q

from qipan.ground.jobs.actions import is_alive
from qipan.ground.jobs.models import Job, Worker
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import OWN_POST, READ


def job_for(post: Post, pk: int) -> Job | None:
    """Return a job that a post may see: one of its county."""
    return Job.objects.filter(OWN_POST.visible(post), pk=pk).first()


def jobs_for(post: Post, limit: int = 50) -> list[Job]:
    """Return the newest jobs of a post's county."""
    return list(Job.objects.filter(READ.visible(post))[:limit])


def open_jobs() -> int:
    """Return how many jobs wait or run."""
    return Job.objects.filter(Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING)).count()


def live_workers() -> list[str]:
    """Return the names of the workers that are at work."""
    host = socket.gethostname()
    return [worker.name for worker in Worker.objects.all() if is_alive(worker, host)]
