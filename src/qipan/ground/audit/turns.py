"""Whose turn it is to write on SQLite: those who wait are let in one after the other.

SQLite itself lets writers ask again after pauses of up to 100 ms, in no order: under load one is passed over again and
again. A lock on a file beside the database, taken before the transaction begins, keeps a queue instead. It is a
courtesy, not a safeguard: what writes without it still waits by SQLite's own rules, and where the file cannot be made
nothing changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without it
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".turn"


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to write; whoever is in a transaction already does not wait.

    A transaction that was begun without a turn holds the database: to wait for a turn in it could be for ever.
    """
    held = None if connection.in_atomic_block else _take()
    try:
        yield
    finally:
        if held is not None:
            _leave(held)


def _take() -> int | None:
    """Return the descriptor whose lock is held; a process that dies lets the next one in."""
    name = str(connection.settings_dict["NAME"])
    if fcntl is None or connection.vendor != "sqlite" or "mode=memory" in name or ":memory:" in name:
        return None
    try:
        held = os.open(f"{name}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
    except BaseException:
        os.close(held)
        raise
    return held


def _leave(held: int) -> None:
    try:
        # A child that was forked meanwhile has the descriptor too: closing it here alone would not let it go.
        fcntl.flock(held, fcntl.LOCK_UN)
    finally:
        os.close(held)
