"""`qipan score` as a whole process: 200 criteria, a hundred thousand and a million observations in a file."""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench import core
from bench.figures import Figure

BARS = {100_000: "≤ 1", 1_000_000: "≤ 5"}


def measure() -> list[Figure]:
    """Return the measurements of the command."""
    found = []
    with tempfile.TemporaryDirectory(prefix="qipan-bench-") as name:
        folder = Path(name)
        standard = folder / "standard.yaml"
        # JSON is YAML.
        standard.write_text(json.dumps(core.standard(), ensure_ascii=False), encoding="utf-8")
        for size, bar in BARS.items():
            path = folder / f"{size}.csv"
            _write(path, size)
            wall, cpu = min(_run(standard, path) for _ in range(3))
            found.append(Figure("qipan score, whole process", wall, "s", bar, size=f"{core.CRITERIA} criteria, {size:,} observations",
                                against="best of three", cpu=cpu))  # fmt: skip
    return found


def _write(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("item", "stratum", "cluster", "subject", "round", "selection", "outcome", "observed_at", "source")
        )
        for n, row in enumerate(islice(core.rows(random.Random(3)), size)):
            item, outcome, moment, stratum, cluster, subject, name, _ = row
            # Hours of one round, so that a million rows lie within a year.
            seen = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=(moment - core.START) // core.HOUR)
            writer.writerow((item, stratum, cluster, subject, name, "drawn", outcome, seen.isoformat(), f"v{n // 14}"))


def _run(standard: Path, observations: Path) -> tuple[float, float]:
    command = [
        sys.executable,
        "-m",
        "qipan.project.cli",
        "score",
        "--standard",
        str(standard),
        "--observations",
        str(observations),
    ]
    # Users have compiled modules; an environment that forbids writing them would compile them anew in every process.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
