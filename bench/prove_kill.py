"""The product is killed without warning in the middle of saves, again and again: no acknowledged write is lost.

    python bench/prove_kill.py [times]

Writers save visits with faults and notes; at a moment of chance every process of the product is killed (SIGKILL). It is
started again on the same data: what was acknowledged is there whole and once, what was not is there whole or not at
all, and `qipan check` finds nothing.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import threading
import time
from http.client import HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import acts
from bench.browsing import enter, links
from bench.prove_writers import ACCOUNTS, say
from bench.serving import Server

TIMES, WRITERS = 50, 6


def writer(
    number: int, address: str, sites: list[str], told: acts.Acknowledged, stop: threading.Event, errors: list[str]
) -> None:
    """Write without a pause until the server is gone."""
    chance = random.Random(time.time_ns() + number)
    try:
        client = enter(address, ACCOUNTS[number % len(ACCOUNTS)], timeout=10)
        items = list(links(client.get("/work/?view=to_accept").text, r"/work/[0-9]{4}-[0-9]+/"))
        while not stop.is_set():
            if chance.random() < 0.2 and items:
                acts.note(client, client.get(chance.choice(items) + "note/"), chance, told)
            else:
                acts.visit(client, client.get(f"/record/visit/?site={chance.choice(sites)}"), chance, told)
    except (OSError, HTTPException):
        return
    except Exception as error:  # noqa: BLE001 - whatever goes wrong while the server lives is the finding
        if not stop.is_set():
            errors.append(f"writer {number}: {type(error).__name__}: {error}")


def main(times: int) -> int:
    """Kill it so many times."""
    folder = Path(tempfile.mkdtemp(prefix="qipan-kill-"))
    server = Server(folder, processes=2)
    chance, whole, faults, in_flight = random.Random(7), acts.Acknowledged(), [], 0
    try:
        server.start()
        sites = server.ask(
            "from qipan.ground.sites.models import Site\n"
            "print(' '.join(Site.objects.filter(type__in=['main_road','back_lane','market','school','hotel'])"
            ".values_list('code', flat=True)))"
        ).split()
        for turn in range(times):
            stop, errors = threading.Event(), list[str]()
            told = [acts.Acknowledged() for _ in range(WRITERS)]
            threads = [
                threading.Thread(target=writer, args=(n, server.address, sites, told[n], stop, errors))
                for n in range(WRITERS)
            ]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(1.2, 3.0))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            for each in told:
                whole.visits |= each.visits
                whole.notes |= each.notes
                whole.unsure |= each.unsure
                whole.refused += each.refused
                in_flight += len(each.unsure)
            faults += errors
            # Started again first: what waits to be done is taken up by a worker, and nothing else is mended.
            server.start()
            if complaint := server.check():
                faults.append(f"after kill {turn + 1}: {complaint}")
            faults += acts.compare(whole, json.loads(server.ask(acts.COUNT)))
            if faults:
                break
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    faults += whole.refused
    say("kills in the middle of saves", turn + 1, "kills")
    say("saves acknowledged before a kill", len(whole.visits) + len(whole.notes), "saves")
    say("saves under way when a kill came", in_flight, "saves")
    say("lost, doubled, half or unsound", len(faults), "faults")
    for fault in faults[:20]:
        print(f"   {fault}", file=sys.stderr)
    return 1 if faults or in_flight < times // 5 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
