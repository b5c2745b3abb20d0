"""The chain in other hands: the script of the handbook verifies it, and finds what was changed."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from qipan.ground.audit import hashing
from qipan.ground.audit.hashing import chosen
from qipan.ground.audit.journal import Actor, Thing, act, canonical, said_by
from qipan.ground.audit.models import AuditEntry
from qipan.ground.audit.queries import chain_lines, chain_rows
from qipan.ground.audit.queries import verify as walk

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs/operations.md"


def verify(folder: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    found = re.search(r"```python\n(import hashlib.*?)```", PAGE.read_text("utf-8"), re.S)
    assert found is not None
    script, file = folder / "verify.py", folder / "chain.jsonl"
    script.write_text(found[1], "utf-8")
    file.write_text("".join(lines), "utf-8")
    return subprocess.run([sys.executable, script, file], capture_output=True, text=True, check=False)


def test_an_outsider_verifies_the_chain_and_sees_what_was_changed(tmp_path: Path) -> None:
    for number in range(3):
        with act(Actor("李明", "创城办主任", "office", "qinghe")) as noted:
            noted.note("work.accept", Thing("work", f"2026-0000{number}", "路面破损"), {"round": 1, "photos": ["甲"]})
    lines = list(chain_lines("qinghe"))
    whole = verify(tmp_path, lines)
    assert whole.returncode == 0 and whole.stdout.startswith("3 entries, unbroken"), whole.stderr
    changed = [lines[0], lines[1].replace("路面破损", "路面完好"), lines[2]]
    for wrong, place in ((changed, 2), (lines[1:], 1), ([lines[0], lines[2]], 2)):
        assert f"broken at entry {place}" in verify(tmp_path, wrong).stderr


def test_a_chain_of_two_algorithms_is_verified_by_both(tmp_path: Path, settings: Any) -> None:
    def note(number: int) -> None:
        with act(Actor("李明", "创城办主任", "office", "qinghe")) as noted:
            noted.note("work.accept", Thing("work", f"2026-0000{number}"), {"round": 1})

    for algorithm in ("sha256", "sm3", "sm3", "sha256"):
        settings.AUDIT_HASH = algorithm
        note(1)
    rows = list(AuditEntry.objects.order_by("seq"))
    # Each change of the setting begins a stretch with an entry of its own, which holds the end of the one before.
    assert [(row.verb, row.algorithm) for row in rows] == [
        ("work.accept", "sha256"), ("journal.algorithm", "sm3"), ("work.accept", "sm3"), ("work.accept", "sm3"),
        ("journal.algorithm", "sha256"), ("work.accept", "sha256"),
    ]  # fmt: skip
    assert rows[1].details == {"from": "sha256", "to": "sm3", "number": 1, "hash": rows[0].hash}
    assert rows[1].before == rows[0].hash
    (found,) = walk("qinghe")
    assert not found.broken and found.entries == 6
    lines = list(chain_lines("qinghe"))
    assert verify(tmp_path, lines).stdout.startswith("6 entries, unbroken")
    changed = [*lines[:2], lines[2].replace("2026-00001", "2026-00002"), *lines[3:]]
    assert "broken at entry 3" in verify(tmp_path, changed).stderr
    # Hashed by hand: the hash of an entry by SM3 covers the name of the algorithm.
    assert rows[2].hash == hashlib.new("sm3", canonical(said_by(rows[2])).encode()).hexdigest()
    assert said_by(rows[2])[-1] == "sm3"


def test_an_entry_relabelled_is_found(settings: Any) -> None:
    settings.AUDIT_HASH = "sm3"
    with act(Actor("李明", "创城办主任", "office", "qinghe")) as noted:
        noted.note("work.accept", Thing("work", "2026-00001"), {})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET algorithm = 'sha256'")
    (found,) = walk("qinghe")
    assert found.broken_at == 1


def test_an_algorithm_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen("") == "sha256" and chosen(" SM3 ") == "sm3" and chosen("SHA-256") == "sha256"
    with pytest.raises(ValueError, match="sha256 or sm3"):
        chosen("md5")
    monkeypatch.setattr(hashing, "is_there", lambda name: name == "sha256")
    with pytest.raises(ValueError, match="no SM3"):
        chosen("sm3")


def test_the_chain_as_rows_holds_what_is_hashed() -> None:
    with act(Actor("李明", "创城办主任", "office", "qinghe")) as noted:
        noted.note("work.accept", Thing("work", "2026-00001", "路面破损"), {"round": 1})
    (row,) = chain_rows("qinghe")
    assert row[0] == 1 and hashlib.sha256(str(row[-1]).encode()).hexdigest() == row[-2]
