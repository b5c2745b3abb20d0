"""The served product: one observation recorded until the score has changed, in a small and in a large ledger; the board."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from bench import large, loop, office_files
from bench.figures import Figure, timed
from bench.house import open_house, page, signed_in, statements

if TYPE_CHECKING:
    from qipan.spine.campaigns.models import CampaignYear

SIZES = (10_000, 1_000_000)
ROUNDS = 10
TIMES = 400


def measure() -> list[Figure]:
    """Return the measurements of the served product."""
    open_house()
    return [*_example(), *_recording()]


def _example() -> list[Figure]:
    from qipan.project.example.loading import load
    from qipan.spine.ledger.models import Observation

    began, ran = time.perf_counter(), time.process_time()
    year = load()
    loaded = Figure("the example campaign made", time.perf_counter() - began, "s", cpu=time.process_time() - ran)
    size = f"{Observation.objects.count():,} observations"
    client = signed_in(year.campaign.county)
    record_one = _one_more(year, itertools.count())
    page(client, "/")
    warm = timed(lambda: page(client, "/"), 20)
    fresh = timed(lambda: page(client, "/"), 12, before=record_one)
    with statements() as count:
        page(client, "/")
        kept = count()
    record_one()
    with statements() as count:
        page(client, "/")
        anew = count()
    return [
        loaded,
        Figure("board of the example", warm.middle, "ms", "≤ 150", kept, 25, size, "on the server, whole page", warm.middle_cpu),
        Figure("board of the example, after a change", fresh.middle, "ms", "≤ 150", anew, 25, size,
               "the first look after something was recorded", fresh.middle_cpu),
    ]  # fmt: skip


def _one_more(year: CampaignYear, number: Iterator[int]) -> Callable[[], None]:
    """Return what records one more observation at a place that is seen already, so that the score moves every time."""
    from django.utils import timezone

    from qipan.spine.campaigns.books import rulebook
    from qipan.spine.ledger.actions import Fact, record
    from qipan.spine.ledger.models import Observation
    from qipan.spine.scorecards.queries import card

    county, chance = year.campaign.county_id, random.Random(5)
    book = rulebook(year)
    plain = [item for item, places in book.by_item.items() if all(large.passes(line, item) for line, _ in places)]
    found = Observation.objects.filter(county_id=county, year=year.year, item__in=plain).exclude(stratum="-")
    stands: dict[tuple[str, str, str], str] = {}
    for item, stratum, cluster, outcome in found.order_by("-seq").values_list("item", "stratum", "cluster", "outcome")[
        :20_000
    ]:
        stands.setdefault((item, stratum, cluster), outcome)
    places = list(stands)
    start = timezone.now() + timedelta(days=1)

    last: dict[tuple[str, str, str], str] = {}

    def one() -> None:
        place = chance.choice(places)
        # Not what stood there before, so that readings, tallies and score change each time.
        outcome = last[place] = "pass" if last.get(place, stands[place]) == "fail" else "fail"
        seen = start + timedelta(seconds=next(number))
        record(county, year.year, [Fact(place[0], outcome, seen, *place[1:], selection="census")], by=None)
        card(year)

    return one


def _recording() -> list[Figure]:
    from django.db import connection

    year = large.county()
    found: list[Figure] = []
    number, counts, middles = itertools.count(), [], []
    for size in SIZES:
        began = time.perf_counter()
        large.fill(year, size)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        filled = time.perf_counter() - began
        one = _one_more(year, number)
        for _ in range(20):
            one()
        with statements() as count:
            one()
            counts.append(count())
        times = timed(one, TIMES)
        middles.append(times.middle_cpu)
        found.append(Figure("one observation recorded to score changed, p95", times.at(0.95), "ms", "≤ 15", counts[-1], 18,
                            f"{size:,} observations", f"median {times.middle:.2f} ms; {times.words}; filled in {filled:.0f} s", times.middle_cpu))  # fmt: skip
    found.append(Figure("… statements, largest against smallest", counts[-1] - counts[0], "more", "= 0"))
    found.append(Figure("… process time, largest against smallest", middles[-1] / middles[0], "times", "≤ 1.5"))
    found += _board(year, _one_more(year, number))
    found += loop.visits(year, f"{SIZES[-1]:,} observations")
    found += loop.work_list(year)
    found += office_files.imports(year, f"{SIZES[-1]:,} observations")
    return found


def _board(year: CampaignYear, one: Callable[[], None]) -> list[Figure]:
    """What a board costs in a county of that size; nobody has set a bar for it."""
    from qipan.spine.ledger.models import Reading

    client = signed_in(year.campaign.county)
    size = f"{SIZES[-1]:,} observations"
    readings = Reading.objects.filter(campaign_year=year, level=0).count()
    fresh = timed(lambda: page(client, "/"), 2, before=one)
    warm = timed(lambda: page(client, "/"), 3)
    return [
        Figure("board of the large county", warm.middle, "ms", size=size, cpu=warm.middle_cpu, against=f"{readings:,} readings"),
        Figure("board of the large county, after a change", fresh.middle, "ms", size=size, cpu=fresh.middle_cpu),
    ]  # fmt: skip
