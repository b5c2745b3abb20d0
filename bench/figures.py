"""One measurement as a value: its bar, and whether it holds; how many of them make a table."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure; `bar` says what must hold ("≤ 3"), empty where it is only told.

    `cpu` is the process time in the same unit, where time was measured: on a machine that others use, it says more.
    """

    name: str
    value: float
    unit: str
    bar: str = ""
    statements: int | None = None
    statements_bar: int | None = None
    size: str = ""
    against: str = ""
    cpu: float | None = None

    @property
    def missed(self) -> bool:
        """Whether a bar is missed."""
        many = self.statements is not None and self.statements_bar is not None and self.statements > self.statements_bar
        return many or not _holds(self.bar, self.value)

    def data(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        return {**asdict(self), "ok": not self.missed}


def figure(record: Mapping[str, Any]) -> Figure:
    """Return a figure from plain data; what it does not know is left out."""
    known = {name: record[name] for name in Figure.__dataclass_fields__ if name in record}
    size = known.get("size")
    return Figure(**{**known, "size": f"{size:,}" if isinstance(size, int) and size else str(size or "")})


def _holds(bar: str, value: float) -> bool:
    found = re.fullmatch(r"(≤|≥|=)?\s*([0-9.]+)", bar.strip())
    if not found:
        return not bar
    limit = float(found[2])
    return value <= limit if found[1] == "≤" else value >= limit if found[1] == "≥" else value == limit


@dataclass(frozen=True, slots=True)
class Timed:
    """Times of one thing done many times, in milliseconds of the clock and of this process.

    `disturbed` counts the runs during which the system gave the processor to other work; their times are left out
    where at least half of the runs were left in peace. Waiting for the disk is no disturbance, and counts.
    """

    wall: list[float]
    cpu: list[float]
    disturbed: int

    def at(self, share: float) -> float:
        """Return the time within which a share of the runs were done."""
        ordered = sorted(self.wall)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def middle(self) -> float:
        """The median by the clock."""
        return median(self.wall)

    @property
    def middle_cpu(self) -> float:
        """The median of process time."""
        return median(self.cpu)

    @property
    def words(self) -> str:
        """How many runs the times are of."""
        return f"{len(self.wall)} runs, {self.disturbed} more interrupted by other work"


def timed(do: Callable[[], object], times: int, *, before: Callable[[], object] | None = None) -> Timed:
    """Do something many times; `before` is done each time without being measured."""
    runs: list[tuple[float, float, bool]] = []
    for _ in range(times):
        if before is not None:
            before()
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        began, ran = time.perf_counter(), time.process_time()
        do()
        wall, cpu = time.perf_counter() - began, time.process_time() - ran
        quiet = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw == switches
        runs.append((wall * 1000, cpu * 1000, quiet))
    undisturbed = [run for run in runs if run[2]]
    kept = undisturbed if len(undisturbed) * 2 >= times else runs
    return Timed([run[0] for run in kept], [run[1] for run in kept], len(runs) - len(kept))


def rounded(one: Figure) -> Figure:
    """Return a figure with three decimals."""
    return replace(one, value=round(one.value, 3), cpu=None if one.cpu is None else round(one.cpu, 3))


def table(figures: Iterable[Figure]) -> str:
    """Return figures as a table for people."""
    heading = ("figure", "value", "cpu", "bar", "SQL", "bar", "size", "", "against")
    rows = [heading]
    for one in figures:
        state = "" if not one.bar and one.statements_bar is None else "MISSED" if one.missed else "ok"
        rows.append((
            one.name, f"{one.value:,.3f} {one.unit}", "" if one.cpu is None else f"{one.cpu:,.3f}", one.bar,
            "" if one.statements is None else str(one.statements),
            "" if one.statements_bar is None else f"≤ {one.statements_bar}", one.size, state, one.against,
        ))  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(heading) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
