"""What the machine does at best: an empty page through the whole house, one raw commit to the disk, one plain loop."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.figures import Figure, timed


def measure() -> list[Figure]:
    """Return the measurements that all others are read against."""
    return [_loop(), _commit(), _empty_page()]


def _loop() -> Figure:
    found = timed(lambda: sum(i * i for i in range(200_000)), 20)
    return Figure("calibration: 200,000 squares added in Python", found.middle, "ms", cpu=found.middle_cpu)


def _commit() -> Figure:
    import sqlite3

    from qipan.project.database import PRAGMAS

    with tempfile.TemporaryDirectory(prefix="qipan-bench-") as folder:
        database = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        for name, value in PRAGMAS.items():
            database.execute(f"PRAGMA {name}={value}")
        database.execute("CREATE TABLE one (n INTEGER)")

        def commit() -> None:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO one VALUES (1)")
            database.execute("COMMIT")

        found = timed(commit, 300)
        database.close()
    return Figure("calibration: a raw commit, p95", found.at(0.95), "ms", cpu=found.middle_cpu,
                  against=f"median {found.middle:.3f} ms; SQLite, WAL, synchronous FULL")  # fmt: skip


def _empty_page() -> Figure:
    from bench.house import open_house, page, signed_in

    open_house()
    from qipan.ground.units.models import County, Unit

    county = County.objects.create(code="bench", name_zh="测量县")
    Unit.objects.create(county=county, code="office", name_zh="办公室", type="department")
    client = signed_in(county)
    page(client, "/bench/empty/")
    found = timed(lambda: page(client, "/bench/empty/"), 100)
    return Figure("calibration: an empty page, median", found.middle, "ms", cpu=found.middle_cpu,
                  against="all middleware, session, post and county of who asks")  # fmt: skip
