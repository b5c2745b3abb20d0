"""Installations of their own for tests of commands: a data directory, a database, and the command in a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src"
FILL = """
import uuid
from datetime import datetime, timedelta, UTC
from decimal import Decimal
from django.utils import timezone
from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.photos import add_photo, use
from qipan.ground.jobs.models import Job
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Draft, Role
from qipan.spine.ledger.actions import Fact, open_round, record
from qipan.spine.ledger import import_actions
from qipan.assessment.text import Text
from tests.ground.files.test_photos import camera, picture
from tests.spine.ledger import small
from tests.world import make_world

made = small.make()
other = make_world("elsewhere", prefix="", example=False, with_campaign=False)
post = other.posts[Role.INSPECTOR]
photos = [add_photo(picture((40 + n, 30), exif=camera()), by=post) for n in range(3)]
use(photos[:2])
open_round(made.county.pk, "r", Text("第一轮"), "drawn", small.at(0), [("street", "s1"), ("street", "s2")], seed="7")
rows = record(made.county.pk, small.YEAR, [small.fact("street.clean", "fail", 1, "s1"), small.fact("street.lamps", "pass", 1, "s1")], by=None)
record(made.county.pk, small.YEAR, [Fact("street.clean", "pass", small.at(2), supersedes=rows[0].uid)], by=None)
Draft.objects.create(post=post, form="visit:S1", content={"文字": "半句 \\u2028 'quoted' \\"text\\"", "n": [1, 2.5, None, True]}, saved_at=timezone.now())
import_actions.hand_in("观测.csv", [b"item,outcome,observed_at\\nstreet.clean,pass,2026-03-01\\n"], small.YEAR, by=other.posts[Role.OFFICE])
Job.objects.create(kind="gone", created_at=timezone.now(), payload={"a": 1}, done=2**30)
"""


class Installation:
    """One installation, on the kind of database that the test run uses unless told otherwise."""

    def __init__(self, folder: Path, name: str, vendor: str = "") -> None:
        self.data = folder / name
        self.vendor = vendor or connection.vendor
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("QIPAN", "DATABASE", "DJANGO"))}
        self.env = inherited | {"QIPAN_DATA": str(self.data), "PYTHONPATH": f"{SOURCE}{os.pathsep}{ROOT}"}
        self.database = ""
        if self.vendor == "postgresql":
            self.database = f"qipan_{os.getpid()}_{folder.name}_{name}".replace("-", "_")[:60].lower()
            self._on_server(f'DROP DATABASE IF EXISTS "{self.database}"', f'CREATE DATABASE "{self.database}"')
            self.env["DATABASE_URL"] = self._address()

    def _address(self) -> str:
        known = connection.settings_dict
        words = {key.lower(): str(known[key]) for key in ("HOST", "PORT", "USER", "PASSWORD") if known[key]}
        return f"postgresql:///{self.database}?" + "&".join(f"{key}={quote(value)}" for key, value in words.items())

    def _on_server(self, *statements: str) -> None:
        # Databases are made and dropped outside the transaction that a test lives in.
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            other.close()

    def close(self) -> None:
        """Leave nothing on the server."""
        if self.database:
            self._on_server(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def run(self, *words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        """Run the command."""
        return subprocess.run(
            [sys.executable, "-m", "qipan.project.cli", "--lang", language, *words],
            env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def python(self, script: str) -> str:
        """Run a script with the installation's settings, and return what it prints."""
        env = self.env | {"DJANGO_SETTINGS_MODULE": "qipan.project.settings"}
        done = subprocess.run(
            [sys.executable, "-c", "import django; django.setup()\n" + script],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def migrate(self) -> None:
        """Make the tables."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.python("from django.core.management import call_command; call_command('migrate', verbosity=0)")

    def fill(self, like: Installation | None = None) -> None:
        """Make the tables, and put something of everything into them; or take it all over from another."""
        if like is None:
            self.migrate()
            self.python(FILL)
            return
        shutil.copytree(like.data, self.data)
        if self.database:
            self._on_server(
                f'DROP DATABASE "{self.database}"', f'CREATE DATABASE "{self.database}" TEMPLATE "{like.database}"'
            )

    def backup(self, path: Path) -> Path:
        """Make a backup that must succeed."""
        done = self.run("backup", str(path))
        assert done.returncode == 0, done.stdout + done.stderr
        return path


def tables(path: Path) -> dict[str, list[Any]]:
    """Return the rows of an archive's tables as mappings of columns to values, in their order."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = {}
        for table in manifest["tables"]:
            # A line of text may hold what Python takes for the end of a line; JSON's own lines end in \n.
            lines = archive.read(table["member"]).decode().split("\n")[:-1]
            found[table["model"]] = [dict(zip(table["columns"], json.loads(line), strict=True)) for line in lines]
        return found


def files(path: Path) -> dict[str, bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(("files/", "imports/", "secret"))]
        return {name: archive.read(name) for name in names}


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, to see whether anything was touched."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
