"""Measure the product, hold each figure against its bar, and write what was found to bench/results.json.

    python -m bench                 everything; exit code 1 if a bar is missed
    python -m bench web score       some topics; nothing is written

Each topic runs in a process of its own, after a calibration in the same run.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure, figure, rounded, table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
TOPICS = ("calibration", "standards", "web", "core", "score")
ONE = "--one"


def one(topic: str) -> int:
    """Measure one topic in this process and print its figures as lines of JSON."""
    for found in importlib.import_module(f"bench.{topic}").measure():
        made = found if isinstance(found, Figure) else figure(found)
        print(json.dumps(rounded(made).data(), ensure_ascii=False), flush=True)
    return 0


def run(topic: str) -> list[Figure]:
    """Measure one topic in a process of its own."""
    began = time.monotonic()
    print(f"== {topic}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench", ONE, topic]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    found = [figure(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    print(f"   {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def git(*arguments: str) -> str:
    """Return what git answers."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> dict[str, Any]:
    """Return on what was measured, and how busy it was."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--", "src", "bench")),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }


def main(topics: list[str]) -> int:
    """Measure, print the table, write the record."""
    unknown = set(topics) - set(TOPICS)
    if unknown:
        print(f"no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}", file=sys.stderr)
        return 2
    record = machine()
    found = [one for topic in topics or TOPICS for one in run(topic)]
    record["load_after"] = [round(one, 2) for one in os.getloadavg()]
    print(table(found))
    missed = [one for one in found if one.missed]
    if not topics:
        record["figures"] = [one.data() for one in found]
        RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {RESULTS.relative_to(ROOT)}")
    print(f"load {record['load_before'][0]} before, {record['load_after'][0]} after; {len(missed)} bars missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(one(sys.argv[2]) if sys.argv[1:2] == [ONE] else main(sys.argv[1:]))
