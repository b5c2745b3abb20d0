"""`qipan run`, `worker` and `check` as processes: what a person who runs the server relies on."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qipan.project.commands.run import address_of, free_port, is_loopback

#: Not through a proxy that the environment may name.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def qipan(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command with a data directory of the test's own, and ends what is left of it."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("QIPAN", "DATABASE", "DJANGO"))}
    env = inherited | {"QIPAN_DATA": str(tmp_path / "data")}
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "qipan.project.cli", "--lang", "en", *arguments],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> str:
    """Wait until the pages answer; their address."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"is ready: (http://\S+)", line):
            return found[1]
    raise AssertionError(process.stderr.read() if process.stderr else "")


def status(address: str) -> int:
    """The status code of a page."""
    try:
        with OPENER.open(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def children(pid: int) -> dict[int, str]:
    """The processes that a process has started, with their command lines."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):
            continue
        if parent == pid and "resource_tracker" not in line:
            found[int(entry.name)] = line
    return found


def the_worker(pid: int) -> int:
    """The number of the job worker of a `qipan run`; 0 for none."""
    return next((number for number, line in children(pid).items() if "commands.worker" in line), 0)


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "it did not come about"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_from_an_empty_folder_to_pages_and_back(qipan: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    first = qipan("run", "--empty", "--port", "0")
    address = ready(first)
    assert status(f"{address}accounts/sign-in/") == 200 and status(f"{address}nowhere/") == 404

    # Nothing is set up: it says where to begin, and by which code from another machine; the code is not kept as it is.
    assert first.stdout is not None
    begin, ask = first.stdout.readline(), first.stdout.readline()
    assert f"{address}setup/first/" in begin and status(f"{address}setup/first/") == 200
    code = re.search(r"[A-Z2-9]{5}(-[A-Z2-9]{5}){3}", ask)
    kept = tmp_path / "data" / "setup-code"
    assert code and code[0] not in kept.read_text() and kept.stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "qipan.db").stat().st_mode & 0o077 == 0

    # A second server at the same port is refused.
    second = qipan("run", "--empty", "--port", address.rsplit(":", 1)[1].strip("/"))
    _, said = second.communicate(timeout=30)
    assert second.returncode == 1 and "Address already in use" in said and "--port" in said

    # A worker that dies is followed by another.
    wait_for(lambda: the_worker(first.pid))
    dead = the_worker(first.pid)
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: the_worker(first.pid) not in {0, dead})

    check = qipan("check")
    printed, said = check.communicate(timeout=60)
    assert (check.returncode, said) == (0, ""), said
    assert "tallies equal a recompute: ok" in printed

    # Told to stop, it stops, and nothing of it goes on.
    family = list(children(first.pid))
    assert len(family) == 3
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0
    assert not [pid for pid in family if lives(pid)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_when_it_is_killed_nothing_of_it_goes_on(qipan: Callable[..., subprocess.Popen[str]]) -> None:
    process = qipan("run", "--empty", "--port", "0")
    ready(process)
    wait_for(lambda: the_worker(process.pid))
    # The worker follows only once it has read what it is to follow; give it that moment.
    time.sleep(1)
    family = list(children(process.pid))
    process.kill()
    process.wait()
    wait_for(lambda: not any(lives(pid) for pid in family))


def test_a_check_of_an_installation_without_its_tables_says_so(qipan: Callable[..., subprocess.Popen[str]]) -> None:
    check = qipan("check")
    printed, said = check.communicate(timeout=60)
    assert check.returncode == 1
    assert "migrations: not sound" in printed and "are not applied" in said and "tallies" not in printed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_that_someone_listens_at_is_not_free(host: str) -> None:
    with socket.socket() as taken:
        # As the server does it: sharing.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            free_port(host, taken.getsockname()[1])
    assert free_port(host, 0) > 0


def test_the_address_to_open() -> None:
    assert address_of("127.0.0.1", 8000) == "http://127.0.0.1:8000/"
    assert address_of("0.0.0.0", 8000) == "http://127.0.0.1:8000/"
    assert address_of("::", 80) == "http://[::1]:80/"
    assert address_of("::1", 80) == "http://[::1]:80/"
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "board.cn")] == [
        *(True, True, True),
        *(False, False),
    ]
