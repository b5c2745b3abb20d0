"""The served product: one observation recorded until the score has changed, in a small and in a large ledger; the board."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

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
    plain = [item for item, places in book.by_item.items() if all(_passes(line, item) for line, _ in places)]
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


def _passes(line: Any, item: str) -> bool:
    try:
        line.worth(item, "pass")
    except ValueError:
        return False
    return bool(line.check.method == "site_inspection")


def _recording() -> list[Figure]:
    from django.db import connection

    year = _county()
    found: list[Figure] = []
    number, counts, middles = itertools.count(), [], []
    for size in SIZES:
        began = time.perf_counter()
        _fill(year, size)
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
        found.append(Figure("one observation recorded to score changed, p95", times.at(0.95), "ms", "≤ 15", counts[-1], 15,
                            f"{size:,} observations", f"median {times.middle:.2f} ms; {times.words}; filled in {filled:.0f} s", times.middle_cpu))  # fmt: skip
    found.append(Figure("… statements, largest against smallest", counts[-1] - counts[0], "more", "= 0"))
    found.append(Figure("… process time, largest against smallest", middles[-1] / middles[0], "times", "≤ 1.5"))
    found += _board(year, _one_more(year, number))
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


def _county() -> CampaignYear:
    """Make a county judged by the national standard, with a unit for each function."""
    from django.utils import timezone

    from qipan.ground.units.models import County, Unit
    from qipan.project.example.loading import COMPANIONS, STANDARD, store_pack
    from qipan.spine.campaigns.books import functions
    from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty

    county = County.objects.create(code="large", name_zh="测量县")
    now = timezone.now().year
    campaign = Campaign.objects.create(county=county, name_zh="测量", first_year=now, last_year=now)
    year = CampaignYear.objects.create(campaign=campaign, year=now, standard=store_pack(STANDARD))
    year.companions.set([store_pack(name) for name in COMPANIONS])
    for code in functions(year):
        unit = Unit.objects.create(county=county, code=code, name_zh=code, type="department")
        FunctionDuty.objects.create(campaign=campaign, function=code, unit=unit)
    return year


def _fill(year: CampaignYear, size: int) -> None:
    """Bring the county's ledger to a size, in realistic grain: each site visited whole in each of ten rounds."""
    from django.db import connection, transaction
    from django.utils import timezone

    from qipan.ground.sites.models import Site
    from qipan.spine.campaigns.books import rulebook
    from qipan.spine.ledger.models import Observation
    from qipan.spine.ledger.recompute import rebuild

    county = year.campaign.county
    Observation.objects.filter(county=county).delete()
    Site.objects.filter(county=county).delete()
    book, chance = rulebook(year), random.Random(1)
    types: dict[str, list[str]] = {}
    for line in book.lines.values():
        if line.check.method == "site_inspection":
            for stratum, items in line.strata.items():
                known = types.setdefault(stratum, [])
                known += [item for item in items if item not in known and _passes(line, item)]
    visit_rows = sum(len(items) for items in types.values())
    sites = max(1, size // (visit_rows * ROUNDS))
    begin = timezone.make_aware(datetime(year.year, 1, 2, 9))
    Site.objects.bulk_create(
        [Site(county=county, code=f"{t[:30]}-{n}", name_zh="点", type=t) for t in types for n in range(sites)],
        batch_size=1000,
    )
    columns = (
        "uid", "county_id", "year", "item", "stratum", "cluster", "subject", "selection", "outcome", "weight", "observed_at",
        "recorded_at", "by_person", "by_post", "by_unit", "own", "source",
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(ROUNDS):
            seen = str((begin + timedelta(days=n)).astimezone(tz=None).replace(tzinfo=None))
            for kind, items in types.items():
                for site in range(sites):
                    visit = f"{kind[:30]}-{site}"
                    for item in items:
                        outcome = "fail" if chance.random() < 0.15 else "pass"
                        yield (
                            uuid.UUID(int=chance.getrandbits(128)).hex, county.pk, year.year, item, kind, visit, "", "census",
                            outcome, 1, seen, seen, "", "", "", False, f"{n}/{visit}",
                        )  # fmt: skip

    table = connection.ops.quote_name(Observation._meta.db_table)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 names of our own columns
    with transaction.atomic(), connection.cursor() as cursor:
        ready = rows()
        while chunk := list(islice(ready, 20_000)):
            cursor.executemany(statement, chunk)
        rebuild(year)
