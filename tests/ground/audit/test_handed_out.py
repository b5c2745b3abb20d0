"""The chain in other hands: the script of the handbook verifies it, and finds what was changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.audit.queries import chain_lines

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
