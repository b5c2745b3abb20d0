"""How fast the arithmetic is: the running score observation by observation, and a score from a whole ledger at once.

Each function returns records {name, value, unit, bar, size, against}; `bar` is what must hold, `against` what the value
was held against.
"""

from __future__ import annotations

import gc
import random
import resource
import statistics
import time
from collections.abc import Iterator
from typing import Any, TypeAlias

from qipan.assessment import Gathering, Rulebook, Standard
from qipan.assessment.batch import tallies_of
from qipan.assessment.running import Running
from qipan.assessment.scorecard import Scorecard, scorecard

Record: TypeAlias = dict[str, Any]
Row: TypeAlias = tuple[str, str, int, str, str, str, str, bool]
"""(item, outcome, observed, stratum, cluster, subject, round, at random)"""

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CRITERIA = 200
TYPES = 20
SITES = 100
WINDOW = 100_000
HOUR = 3_600_000_000
START = 1_772_323_200_000_000


def record(name: str, value: float, unit: str, *, bar: str = "", size: int = 0, against: str = "") -> Record:
    """Return one measurement."""
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": bar, "size": size, "against": against}


def standard() -> dict[str, Any]:
    """Return a standard of 200 criteria as plain data: 140 judged at sites of 20 types, 40 by documents, 20 by surveys."""
    answer = {"kind": "option_values", "values": {"a": 1, "b": 1, "c": 0}, "excluded": ["e"]}
    bands = {"kind": "banded", "bands": [{"above": "0.8", "value": 1}, {"above": "0.75", "value": "0.66"}],
             "otherwise": "0.33"}  # fmt: skip
    nodes: list[dict[str, Any]] = []
    for n in range(CRITERIA):
        check: dict[str, Any]
        if n < 140:
            check = {"method": "site_inspection", "strata": {f"type-{n % TYPES}": [f"{n}.a", f"{n}.b"]}}
            if n % 5 == 0:
                check |= {"site": {"kind": "all_of"}, "points": bands}
        elif n < 180:
            check = {"method": "document_review", "items": [f"{n}.a", f"{n}.b"]}
        else:
            check = {"method": "survey", "strata": {"residents": [{"key": f"{n}.q", "value": answer}]}, "points": bands,
                     "join": {"kind": "pooled_rate", "min_sample": 30}}  # fmt: skip
        nodes.append({"code": str(n), "title": {"en": f"criterion {n}"}, "checks": [check]})
    shares = [
        {"code": "d", "points": 40, "methods": ["document_review"], "assumed": True},
        {"code": "s", "points": 40, "methods": ["site_inspection"], "assumed": True},
        {"code": "q", "points": 20, "methods": ["survey"], "assumed": True},
    ]
    return {"format": "qipan-standard/1", "id": "bench", "title": {"en": "bench"}, "shares": shares, "nodes": nodes}


def book() -> Rulebook:
    """Return the rulebook of that standard."""
    return Rulebook(Standard.from_data(standard()))


def rows(chance: random.Random) -> Iterator[Row]:
    """Yield made-up looks without end: visits of sites item by item, forms of residents, now and then a document."""
    hour = 0
    while True:
        hour += 1
        moment, name = START + hour * HOUR, f"round-{hour // 20_000}"
        kind = chance.random()
        if kind < 0.7:
            type_, site = chance.randrange(TYPES), f"site-{chance.randrange(SITES)}"
            for n in range(type_, 140, TYPES):
                for item in ("a", "b"):
                    outcome = "pass" if chance.random() < 0.85 else "na" if chance.random() < 0.2 else "fail"
                    yield f"{n}.{item}", outcome, moment, f"type-{type_}", site, "", name, True
        elif kind < 0.98:
            zone = f"zone-{chance.randrange(30)}"
            for n in range(180, 200):
                yield f"{n}.q", chance.choice("aaaabbce"), moment, "residents", zone, f"p{hour}", name, True
        else:
            n = chance.randrange(140, 180)
            for item in ("a", "b"):
                yield f"{n}.{item}", chance.choice(("pass", "pass", "fail")), moment, "-", "-", "", name, True


def running(most: int = SIZES[-1]) -> list[Record]:
    """Measure one observation, recorded and the total read, when 10^4 to 10^7 have been recorded before.

    The first look at an item of a site makes its place and costs more than every later one, so it is measured apart;
    of the first 10^4 looks nearly all are first ones, of the next 10^7 hardly any.
    """
    made, source = Running(book()), rows(random.Random(7))
    found: list[Record] = []
    costs: dict[int, float] = {}
    seen: set[tuple[str, str, str]] = set()
    for size in [one for one in SIZES if one <= most]:
        window = min(WINDOW, size // 2)
        for _ in range(size - window - made.count):
            one = next(source)
            made.record(*one)
            seen.add((one[0], one[3], one[4]))
        first: list[Row] = []
        later: list[Row] = []
        for one in (next(source) for _ in range(window)):
            (later if (one[0], one[3], one[4]) in seen else first).append(one)
            seen.add((one[0], one[3], one[4]))
        gc.collect()
        if size == SIZES[0]:
            found.append(record("core: a first look at an item of a site", _median_cost(made, first), "µs", size=size,
                                against="recorded, and the total read"))  # fmt: skip
        else:
            for one in first:
                made.record(*one)
        costs[size] = _median_cost(made, later)
        found.append(record(f"core: a later look after 10^{len(str(size)) - 1}", costs[size], "µs", bar="≤ 5",
                            size=size, against="recorded, and the total read"))  # fmt: skip
    found.append(record("core: growth", costs[max(costs)] / costs[min(costs)], "ratio", bar="≤ 1.5", size=max(costs),
                        against=f"cost at {min(costs)} recorded"))  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found.append(record("core: memory with all rows kept", peak, "GB", size=made.count))
    return found


def _median_cost(made: Running, ready: list[Row]) -> float:
    """Return µs of processor time for one observation, recorded and the total read: the median over twenty stretches.

    Processor time, since other work on the machine is not ours; the median, since a stretch may hold a pause of the
    memory's keeper.
    """
    stretch = len(ready) // 20
    found = []
    for first in range(0, stretch * 20, stretch):
        began = time.process_time()
        for item, outcome, moment, stratum, cluster, subject, name, drawn in ready[first : first + stretch]:
            made.record(item, outcome, moment, stratum, cluster, subject, name, drawn)
            made.total  # noqa: B018  read on purpose: the score after every observation
        found.append((time.process_time() - began) / stretch * 1e6)
    return statistics.median(found)


def equality(size: int = 100_000) -> list[Record]:
    """Hold the running score against a recompute from nothing."""
    held = book()
    made, gathering, source = Running(held), Gathering(held), rows(random.Random(11))
    for _ in range(size):
        one = next(source)
        made.record(*one)
        _gather(gathering, one)
    tallies = tallies_of(gathering.readings())
    card = scorecard(held, tallies)
    whole = (card.total.possible, card.total.earned, card.total.lost, card.total.unassessed)
    now = made.total
    same = whole == (now.possible, now.earned, now.lost, now.unassessed)
    same = same and {k: t for k, t in made.tallies().items() if t} == {k: t for k, t in tallies.items() if t}
    return [record("core: running equals recomputed", float(same), "yes", bar="1", size=size, against="recompute")]


def _gather(gathering: Gathering, one: Row) -> None:
    item, outcome, moment, stratum, cluster, subject, name, drawn = one
    gathering.add_row(item, stratum, cluster, subject, name, drawn, outcome, 1, moment, 0, "", False, "", "")


def batch(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> list[Record]:
    """Measure a score of 200 criteria from rows in memory: gathering, reading, tallies, points."""
    found: list[Record] = []
    for size in sizes:
        held, source = book(), rows(random.Random(3))
        ready = [next(source) for _ in range(size)]
        gc.collect()
        began = time.process_time()
        gathering = Gathering(held)
        for one in ready:
            _gather(gathering, one)
        card: Scorecard = scorecard(held, tallies_of(gathering.readings()))
        seconds = time.process_time() - began
        found.append(record(f"core: score {CRITERIA} criteria from {size:,} observations", seconds, "s", size=size,
                            against=f"{card.total.earned} micro-points"))  # fmt: skip
    return found


def measure(most: int = SIZES[-1]) -> list[Record]:
    """Return every measurement of the arithmetic."""
    return [*equality(), *batch(), *running(most)]


if __name__ == "__main__":
    for line in measure():
        print(line, flush=True)
