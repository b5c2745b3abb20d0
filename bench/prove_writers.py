"""Fifty people write for a minute, on SQLite and on PostgreSQL: nothing is lost or doubled, and nobody waits long.

    python bench/prove_writers.py [sqlite|postgres] [seconds]

Each writes through the pages of the served product on this machine: visits to sites with faults that open or join
orders (one form in ten is sent twice), and notes on items. After it, the database is compared with what was
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import acts
from bench.browsing import Client, enter, links
from bench.serving import Server

WRITERS, SECONDS, MOST = 50, 60.0, 2.0
#: Between two acts a person reads; 50 people who never read would be 2,000 at work.
PAUSE = 1.0
ACCOUNTS = ("example-inspector", "example-office", "example-leader")


def say(name: str, value: float, unit: str) -> None:
    """Print a figure as a line of JSON."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit}), flush=True)


def writer(
    number: int, client: Client, sites: list[str], until: float, told: acts.Acknowledged, errors: list[str]
) -> None:
    """Write until the time is over."""
    chance = random.Random(number)
    try:
        items = list(links(client.get("/work/?view=to_accept").text, r"/work/[0-9]{4}-[0-9]+/"))
        while time.monotonic() < until:
            if chance.random() < 0.25 and items:
                page = client.get(chance.choice(items) + "note/")
                acts.note(client, page, chance, told)
            else:
                page = client.get(f"/record/visit/?site={chance.choice(sites)}")
                acts.visit(client, page, chance, told)
            time.sleep(PAUSE * chance.uniform(0.5, 1.5))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
        errors.append(f"writer {number}: {type(error).__name__}: {error}")


def prove(engine: str, seconds: float) -> bool:
    """Run it on one database; whether all held."""
    folder = Path(tempfile.mkdtemp(prefix="qipan-writers-"))
    server = Server(folder, database=_postgres() if engine == "postgres" else "", processes=2)
    try:
        server.start()
        sites = server.ask(
            "from qipan.ground.sites.models import Site\n"
            "print(' '.join(Site.objects.filter(type__in=['main_road','back_lane','market','school','hotel','community','bus_stop'])"
            ".values_list('code', flat=True)))"
        ).split()
        clients = [enter(server.address, ACCOUNTS[n % len(ACCOUNTS)]) for n in range(WRITERS)]
        told = [acts.Acknowledged() for _ in clients]
        errors: list[str] = []
        until = time.monotonic() + seconds
        threads = [
            # Every site has several writers, so that they meet.
            threading.Thread(target=writer, args=(n, client, sites[n % 10 :: 10], until, told[n], errors))
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
    say(f"{engine}: saves acknowledged by {WRITERS} writers in {seconds:.0f} s", len(times), "saves")
    say(f"{engine}: a save, median", p50, "s")
    say(f"{engine}: a save, 99th percentile (≤ {MOST:.0f})", p99, "s")
    say(f"{engine}: lost, doubled, refused or unsound", len(faults), "faults")
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
    held = [prove(engine, length) for engine in wanted]
    sys.exit(0 if all(held) else 1)
