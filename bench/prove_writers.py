"""Many people write for a minute, on SQLite and on PostgreSQL: nothing is lost or doubled, and nobody waits long.

    python bench/prove_writers.py [sqlite|postgres] [seconds]

Two crowds, one after the other: fifty inspectors at work as fast as they read (a second between two acts, three of four
a visit to a site), and two hundred people of a county on a busy day (each acts about every five seconds, one of ten a
visit). Each writes through the pages of the served product on this machine: visits to sites with faults that open or
join orders (one form in ten is sent twice), and notes on items. After it, the database is compared with what was
acknowledged, and `qipan check` is run. Fails if anything differs, or if the 99th percentile of a save is above 2 s.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import acts
from bench.browsing import Client, enter, links
from bench.serving import Server

SECONDS, MOST = 60.0, 2.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people; each acts `every` so many seconds, or so long after the last act; this share of acts are visits."""

    people: int
    every: float
    visits: float
    after: bool


#: Between two acts a person reads: fifty people who never read would be many hundreds at work.
CROWDS = (Crowd(50, 1.0, 0.75, after=True), Crowd(200, 5.0, 0.1, after=False))
ACCOUNTS = ("example-inspector", "example-office", "example-leader")


def say(name: str, value: float, unit: str) -> None:
    """Print a figure as a line of JSON."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit}), flush=True)


def writer(
    crowd: Crowd, number: int, client: Client, sites: list[str], items: list[str], until: float, told: acts.Acknowledged,
    errors: list[str],
) -> None:  # fmt: skip
    """Write until the time is over."""
    chance = random.Random(number)
    try:
        # People do not begin in one moment.
        begins = time.monotonic() + crowd.every * chance.random()
        time.sleep(begins - time.monotonic())
        while time.monotonic() < until:
            if chance.random() >= crowd.visits and items:
                page = client.get(chance.choice(items) + "note/")
                acts.note(client, page, chance, told)
            else:
                page = client.get(f"/record/visit/?site={chance.choice(sites)}")
                acts.visit(client, page, chance, told)
            pause = crowd.every * chance.uniform(0.5, 1.5)
            begins = time.monotonic() + pause if crowd.after else begins + pause
            time.sleep(max(0.0, begins - time.monotonic()))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
        errors.append(f"writer {number}: {type(error).__name__}: {error}")


def prove(engine: str, seconds: float, crowd: Crowd) -> bool:
    """Run it on one database with one crowd; whether all held."""
    folder = Path(tempfile.mkdtemp(prefix="qipan-writers-"))
    server = Server(folder, database=_postgres() if engine == "postgres" else "", processes=2)
    try:
        server.start()
        sites = server.ask(
            "from qipan.ground.sites.models import Site\n"
            "print(' '.join(Site.objects.filter(type__in=['main_road','back_lane','market','school','hotel','community','bus_stop'])"
            ".values_list('code', flat=True)))"
        ).split()
        entered = [enter(server.address, ACCOUNTS[n % len(ACCOUNTS)]) for n in range(len(ACCOUNTS))]
        clients = [entered[n % len(entered)].another() for n in range(crowd.people)]
        told = [acts.Acknowledged() for _ in clients]
        errors: list[str] = []
        items = list(links(clients[0].get("/work/?view=to_accept").text, r"/work/[0-9]{4}-[0-9]+/"))
        until = time.monotonic() + seconds
        threads = [
            # Every site has several writers, so that they meet.
            threading.Thread(target=writer, args=(crowd, n, client, sites[n % 10 :: 10], items, until, told[n], errors))
            for n, client in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = acts.Acknowledged()
        for each in told:
            whole.visits |= each.visits
            whole.notes |= each.notes
            whole.unsure |= each.unsure
            whole.seconds += each.seconds
            whole.refused += each.refused
        faults = [*errors, *whole.refused, *acts.compare(whole, json.loads(server.ask(acts.COUNT)))]
        server.stop()
        if complaint := server.check():
            faults.append(complaint)
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    times = sorted(whole.seconds)
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] if times else 0.0 for share in (0.5, 0.99))
    name = f"{engine}, {crowd.people} writers"
    say(f"{name}: saves acknowledged in {seconds:.0f} s", len(times), "saves")
    say(f"{name}: a save, median", p50, "s")
    say(f"{name}: a save, 99th percentile (≤ {MOST:.0f})", p99, "s")
    say(f"{name}: lost, doubled, refused or unsound", len(faults), "faults")
    for fault in faults[:20]:
        print(f"   {fault}", file=sys.stderr)
    return not faults and bool(times) and p99 <= MOST


def _postgres() -> str:
    """Start a PostgreSQL for this run and return its address."""
    from tests.postgres import start_debian, start_embedded

    try:
        return start_embedded()
    except Exception:  # noqa: BLE001 - whatever keeps the package from starting, Debian's server may work
        return start_debian()


if __name__ == "__main__":
    wanted = sys.argv[1:2] or ["sqlite", "postgres"]
    length = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    # Both are run, whatever the first one shows.
    held = [prove(engine, length, crowd) for crowd in CROWDS for engine in wanted]
    sys.exit(0 if all(held) else 1)
