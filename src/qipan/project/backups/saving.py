"""Making a backup: one view of the database, and the files that its rows name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils import timezone

import qipan
from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditHead
from qipan.ground.files import storage
from qipan.ground.files.models import StoredFile
from qipan.project.backups import archive, rows
from qipan.spine.ledger.import_actions import kept_file
from qipan.spine.ledger.imports import Import
from qipan.spine.work.office_files.models import OfficeFile

Say = Callable[[Text], None]
_LINES = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written."""

    rows: int
    files: int
    size: int
    missing: list[str]
    chains: list[tuple[str, int, str]]


@contextmanager
def one_view() -> Iterator[None]:
    """See the database as it is now, whatever others write meanwhile, and without making them wait."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not `atomic`, which takes the right to write at once: readers and a writer do not wait for each other.
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                cursor.execute("SELECT count(*) FROM django_migrations")
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def save(path: Path, say: Say) -> Saved:
    """Write a backup, read it back, and give it its name.

    Args:
        path: the file; one that is there is replaced when the new one is whole.
        say: is told how far it is.

    Raises:
        FileError: what was written could not be read back.
        OSError: the disk is full, or may not be written to.
    """
    with storage.kept_from_sweeping(), archive.writing(path) as writer:
        with one_view():
            tables = [_table(model, writer, say) for model in rows.models()]
            missing = _files(writer, say)
            chains = list(AuditHead.objects.order_by("chain").values_list("chain", "seq", "hash"))
            applied = MigrationRecorder(connection).applied_migrations()
        secret = Path(settings.DATA) / archive.SECRET
        if secret.exists():
            writer.add(archive.SECRET, [secret.read_bytes()])
        labels = rows.product_apps()
        manifest = archive.Manifest(
            version=qipan.__version__,
            made_at=timezone.now().isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations={label: sorted(name for app, name in applied if app == label) for label in labels},
            tables=tables,
            members=writer.members,
            chains=[{"chain": chain, "seq": seq, "hash": hash_} for chain, seq, hash_ in chains],
            missing=missing,
        )
        writer.add(archive.MANIFEST, [archive.written(manifest)])
        say(Text("读回核对……", "reading it back …"))
    count = sum(table.rows for table in tables)
    kept = sum(1 for name in writer.members if name.startswith(("files/", "imports/")))
    return Saved(count, kept, path.stat().st_size, missing, chains)


def _table(model: type[Model], writer: archive.Writer, say: Say) -> archive.Table:
    label = model._meta.label_lower
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        waiting: list[str] = []
        for row in rows.read(model):
            waiting.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
            count += 1
            if len(waiting) == _LINES:
                yield ("\n".join(waiting) + "\n").encode()
                waiting.clear()
        if waiting:
            yield ("\n".join(waiting) + "\n").encode()

    name = f"tables/{label}.jsonl"
    writer.add(name, lines())
    if count:
        say(Text(f"  {label}：{count} 行", f"  {label}: {count} rows"))
    return archive.Table(label, name, tuple(rows.columns(model)), count)


def _files(writer: archive.Writer, say: Say) -> list[str]:
    """Write the files that rows name; return those that are not there or not what their name says."""
    wanted = [
        (f"files/{digest[:2]}/{digest}", storage.path_of(digest))
        for digest in StoredFile.objects.order_by("hash").values_list("hash", flat=True)
    ]
    handed_in = {
        pair for model in (Import, OfficeFile) for pair in model.objects.values_list("digest", "kind").distinct()
    }
    wanted += [(f"imports/{digest[:2]}/{digest}.{kind}", kept_file(digest, kind)) for digest, kind in sorted(handed_in)]
    missing = []
    for i, (name, path) in enumerate(wanted, 1):
        if not path.is_file() or storage.digest_of(path) != path.name.partition(".")[0]:
            missing.append(name)
            continue
        with path.open("rb") as file:
            writer.add(name, archive.pieces(file), packed=name.endswith(".csv"))
        if i % 1000 == 0 or i == len(wanted):
            say(Text(f"  文件：{i}/{len(wanted)}", f"  files: {i} of {len(wanted)}"))
    return missing
