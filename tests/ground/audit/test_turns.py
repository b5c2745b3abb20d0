"""Turns to write on SQLite: one at a time, let go whatever happens, and never waited for in a transaction."""

from __future__ import annotations

import fcntl
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qipan.ground.audit import turns
from qipan.ground.audit.turns import turn


@dataclass
class Connection:
    """What a turn asks of a connection."""

    settings_dict: dict[str, Any]
    vendor: str = "sqlite"
    in_atomic_block: bool = False


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A connection to a database in a file."""
    found = Connection({"NAME": str(tmp_path / "q.db")})
    monkeypatch.setattr(turns, "connection", found)
    return found


def is_free(database: Connection) -> bool:
    """Whether somebody else would get the turn at once."""
    held = os.open(f"{database.settings_dict['NAME']}.turn", os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(held)
    return True


def test_only_one_has_the_turn(database: Connection) -> None:
    with turn():
        assert not is_free(database)
    assert is_free(database)


def test_the_next_one_is_let_in_when_it_is_over(database: Connection) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.set()
        with turn():
            order.append("second")

    with turn():
        other = threading.Thread(target=second)
        other.start()
        assert inside.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert is_free(database)


def test_in_a_transaction_nobody_waits_for_a_turn(database: Connection) -> None:
    with turn():
        database.in_atomic_block = True
        with turn():
            assert not is_free(database)
        # The inner one has let nothing go.
        assert not is_free(database)
    assert is_free(database)


def test_a_failed_act_lets_the_next_one_in(database: Connection) -> None:
    with pytest.raises(ValueError, match="failed"), turn():
        raise ValueError("failed")
    assert is_free(database)


def test_a_child_that_was_forked_meanwhile_does_not_keep_the_turn(database: Connection) -> None:
    with turn():
        kept = [os.dup(int(each)) for each in os.listdir("/proc/self/fd") if _is_turn(each, database)]
        assert kept
    try:
        assert is_free(database)
    finally:
        for each in kept:
            os.close(each)


def _is_turn(descriptor: str, database: Connection) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}") == f"{database.settings_dict['NAME']}.turn"
    except OSError:
        return False


def test_on_postgresql_nothing_is_taken(database: Connection) -> None:
    database.vendor = "postgresql"
    with turn():
        pass
    assert not Path(f"{database.settings_dict['NAME']}.turn").exists()


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_a_database_in_memory_has_no_file(
    database: Connection, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database.settings_dict["NAME"] = name
    with turn():
        pass
    assert not list(tmp_path.iterdir())


def test_where_the_file_cannot_be_made_nothing_changes(database: Connection, tmp_path: Path) -> None:
    database.settings_dict["NAME"] = str(tmp_path / "nowhere" / "q.db")
    done = False
    with turn():
        done = True
    assert done
