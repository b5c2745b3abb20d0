"""The product as a process of its own, for proofs: started, killed without warning, started again, checked."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

#: Not through a proxy that the environment may name.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Server:
    """`qipan run` on a data directory, with the example campaign unless the directory holds another."""

    def __init__(self, folder: Path, *, database: str = "", processes: int = 2) -> None:
        self.folder, self._processes = folder, processes
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("QIPAN", "DJANGO", "DATABASE"))
        }
        self.environment = {**inherited, "QIPAN_DATA": str(folder / "data"), "QIPAN_LANG": "en"}
        if database:
            self.environment["DATABASE_URL"] = database
        self.log = folder / "server.log"
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> str:
        """Start it, wait until it answers, and return its address."""
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qipan.project.cli", "run", "--port", "0", "--processes", str(self._processes), *more],
                stdout=out, stderr=subprocess.STDOUT, env=self.environment, start_new_session=True,
            )  # fmt: skip
        last = time.monotonic() + 180
        while time.monotonic() < last and self._process.poll() is None:
            found = re.search(r"is ready: (http://127\.0\.0\.1:\d+)", self.log.read_text("utf-8", "replace"))
            if found:
                self.address = found[1]
                _OPENER.open(f"{self.address}/accounts/sign-in/", timeout=30).close()
                return self.address
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")

    def kill(self) -> None:
        """Kill it and all that it started, without warning."""
        if self._process is None:
            return
        # The worker has a session of its own, so it is looked for by its parent.
        doomed = [self._process.pid, *_below(self._process.pid)]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(30)
        self._process = None

    def stop(self) -> None:
        """End it in good order."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def check(self) -> str:
        """Run `qipan check`; return what it complains of, empty when all is sound."""
        done = subprocess.run(
            [sys.executable, "-m", "qipan.project.cli", "check"], env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def ask(self, code: str) -> str:
        """Run a few lines of Python inside the product's settings; return what they print."""
        lines = (
            f"import django, os\nos.environ['DJANGO_SETTINGS_MODULE']='qipan.project.settings'\ndjango.setup()\n{code}"
        )
        done = subprocess.run(
            [sys.executable, "-c", lines], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()


def _below(pid: int) -> list[int]:
    """The processes below one, the deepest last."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
