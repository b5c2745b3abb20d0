"""How fast a scorecard follows from observations, without a database: the national standard, made-up visits.

Usage: python bench/bench_score.py [OBSERVATIONS]
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files

import yaml

from qipan.assessment import Catalogue, Gathering, Observation, ObservationError, Rulebook, Standard, score
from qipan.assessment.batch import tallies_of
from qipan.assessment.scorecard import scorecard

FIRST = datetime(2026, 3, 1, 8)
ROUNDS = 5


def pack(name: str) -> object:
    """A pack that comes with the package, as plain data."""
    return yaml.load((files("qipan") / "packs" / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)


def questions(book: Rulebook) -> list[tuple[str, str]]:
    """The items, with their type of site, that may be answered with passed or failed."""
    found = []
    gathering = Gathering(book)
    for item, places in sorted(book.by_item.items()):
        try:
            gathering.check_outcome(item, "pass")
        except ObservationError:
            continue
        found += [(item, stratum) for stratum in sorted({stratum for _line, stratum in places})]
    return found


def observations(asked: list[tuple[str, str]], count: int, chance: random.Random) -> Iterator[Observation]:
    """Made-up visits: every site is seen in several rounds, and one look in eight finds a fault."""
    sites = max(1, count // (len(asked) * ROUNDS))
    for number in range(count):
        item, stratum = asked[number % len(asked)]
        visit = number // len(asked)
        yield Observation(
            item=item,
            stratum=stratum,
            cluster="" if stratum == "-" else f"site-{visit % sites}",
            outcome="fail" if chance.random() < 0.125 else "pass",
            observed_at=FIRST + timedelta(days=30 * (visit // sites), seconds=number % 36_000),
        )


def say(name: str, value: float, unit: str) -> None:
    """One figure, for people and for tools/record.py."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit}), flush=True)


def main(count: int) -> int:
    """Measure and print."""
    begun = time.perf_counter()
    standard = Standard.from_data(pack("cn-national-2015"))
    catalogue = Catalogue.from_data(pack("cn-site-checklists"), pack("cn-questionnaires"))
    book = Rulebook(standard, catalogue=catalogue)
    say("standard and checklists read", time.perf_counter() - begun, "s")
    made = list(observations(questions(book), count, random.Random(20260301)))
    say("observations", len(made), "rows")
    begun = time.perf_counter()
    card = score(book, made)
    seconds = time.perf_counter() - begun
    say("scorecard from observations", seconds, "s")
    say("observations scored", len(made) / seconds, "rows/s")
    gathering = Gathering(book)
    for observation in made:
        gathering.add(observation)
    tallies = tallies_of(gathering.readings())
    begun = time.perf_counter()
    again = scorecard(book, tallies)
    say("scorecard from tallies", 1000 * (time.perf_counter() - begun), "ms")
    return 0 if again.score == card.score else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
