"""`qipan check`: whether this installation is sound; exit code 1 with a list when it is not."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers

#: Of a long list of differences, so many are printed.
SHOWN = 20


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("check", help="look at configuration, database, worker and tallies")
    parser.set_defaults(run=run)


def configuration() -> Iterator[str]:
    """What is wrong with the settings and the data directory."""
    from django.conf import settings
    from django.core.checks import WARNING, run_checks

    for message in run_checks(include_deployment_checks=settings.BEHIND_TLS):
        if message.level >= WARNING and not message.is_silenced():
            yield str(message)
    folder: Path = settings.DATA
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield f"{folder} cannot be written: {error.strerror}"
        return
    secret = folder / "secret-key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield f"{secret} can be read by others; chmod 600 {secret}"


def database() -> Iterator[str]:
    """What is wrong with the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(5)")
            for (line,) in cursor.fetchall():
                if line != "ok":
                    yield f"SQLite: {line}"
        else:
            cursor.execute("SELECT 1")


def migrations() -> Iterator[str]:
    """Which migrations the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = [
        f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if waiting:
        named = ", ".join(waiting[:SHOWN]) + (" …" if len(waiting) > SHOWN else "")
        yield f"{len(waiting)} are not applied; `qipan run` applies them: {named}"


def worker() -> Iterator[str]:
    """Whether someone does what waits to be done."""
    from qipan.ground.jobs.queries import live_workers, open_jobs

    waiting = open_jobs()
    if waiting and not live_workers():
        yield f"{waiting} jobs wait and no worker is at work; start `qipan run` or `qipan worker`"


def tallies() -> Iterator[str]:
    """Whether the running tallies equal a recompute from the observations."""
    from qipan.spine.ledger.recompute import verify

    differences = verify()
    for difference in differences[:SHOWN]:
        yield str(difference)
    if len(differences) > SHOWN:
        yield f"… and {len(differences) - SHOWN} more differences"


STEPS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("configuration", configuration),
    ("database", database),
    ("migrations", migrations),
    ("worker", worker),
    ("tallies equal a recompute", tallies),
)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything in turn; what follows from a fault that was found already is not looked at."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    from django.db import DatabaseError

    sound = True
    for name, step in STEPS:
        try:
            faults = list(step())
        except DatabaseError as error:
            faults = [f"the database does not answer: {str(error).strip()}"]
        print(f"{name}: {'not sound' if faults else 'ok'}", flush=True)
        for fault in faults:
            print(f"  {fault}", file=sys.stderr, flush=True)
        sound = sound and not faults
        # Without a database that answers and has its tables, nothing else can be asked.
        if faults and name in {"database", "migrations"}:
            break
    return 0 if sound else 1
