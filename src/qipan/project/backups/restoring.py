"""Restoring: everything is made beside what is there, checked, and only then put in its place.

What was there is set aside and never deleted: files and the embedded database in a folder `replaced-…` of the data
directory, tables of PostgreSQL in a schema `replaced_…` of their database.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import DateField
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.documents.problems import FileError
from qipan.ground.files import storage
from qipan.project.backups import archive, rows
from qipan.project.place import secret_key

Say = Callable[[Text], None]
_AT_ONCE = 1000
#: Whoever has a row in one of these has data to lose.
_TELLING = ("units_county", "units_person", "standards_edition", "audit_auditentry", "files_storedfile", "jobs_job")


class CannotRestore(RuntimeError):
    """The archive is sound, and cannot be restored here; nothing was changed. `words` say why and what to do."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where that lies now which was there before (empty: nothing was)."""

    manifest: archive.Manifest
    rows: int
    files: int
    aside: list[str]


def restore(path: Path, say: Say, *, replace: bool = False) -> Restored:
    """Restore a backup.

    Args:
        path: the archive.
        say: is told how far it is.
        replace: set aside what is there.

    Raises:
        FileError: the archive is no backup, is damaged, or was made by a newer program. Nothing was changed.
        CannotRestore: there is data here, or someone is at work here. Nothing was changed.
    """
    say(Text("核对备份……", "looking at the backup …"))
    manifest = archive.verify(path)
    steps = _steps(path, manifest)
    _free(replace=replace)
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    place = Place(Path(settings.DATA), stamp)
    storage.make(place.staging)
    try:
        say(Text("写入文件……", "writing the files …"))
        files = _stage(path, manifest, place.staging)
        build = _in_a_new_file if connection.vendor == "sqlite" else _in_a_schema
        count = build(path, manifest, steps, place, say)
    finally:
        shutil.rmtree(place.staging, ignore_errors=True)
    secret_key.cache_clear()
    return Restored(manifest, count, files, place.aside_names())


# ---- may it be restored here? ------------------------------------------------------------------------------------


def _steps(path: Path, manifest: archive.Manifest) -> list[tuple[str, str]]:
    """Return the migrations that a backup was made after; each must be one of this program's."""
    steps = [(label, name) for label, names in manifest.migrations.items() for name in names]
    graph = MigrationLoader(None).graph
    unknown = [f"{label}.{name}" for label, name in steps if (label, name) not in graph.nodes]
    if unknown:
        raise FileError.one(
            path,
            Text(
                f"备份由较新的程序（{manifest.version}）制作，本程序不认识：{'、'.join(unknown[:5])}",
                f"it was made by a newer Qipan ({manifest.version}); this one does not know {', '.join(unknown[:5])}",
            ),
            Text("先升级程序再恢复；什么都没有改动", "upgrade first; nothing was changed"),
        )
    labels, given = set(rows.product_apps()), set(steps)
    for step in steps:
        for parent in graph.node_map[step].parents:
            if parent.key[0] in labels and parent.key not in given:
                raise archive.damaged(path, "清单中的数据库变更不连贯", "its list of migrations has gaps")
    return steps


def _free(*, replace: bool) -> None:
    """Refuse where someone is at work, or where there is data that nobody asked to set aside."""
    tables = _tables()
    if "jobs_worker" in tables:
        from qipan.ground.jobs.queries import live_workers

        try:
            alive = live_workers()
        except DatabaseError:  # a table of another version
            alive = []
        if alive:
            raise CannotRestore(
                Text(
                    "棋盘正在运行。请先停止 qipan run 和 qipan worker，再恢复；什么都没有改动。",
                    "Qipan is running here. Stop `qipan run` and `qipan worker` first; nothing was changed.",
                )
            )
    if not replace and (_has_rows(tables) or any(storage.names())):
        raise CannotRestore(
            Text(
                "这里已有数据。确要替换请加 --replace：现有数据会移到一旁保留，不会删除。什么都没有改动。",
                "There is data here already. With --replace it is set aside, not deleted, and the backup takes its "
                "place. Nothing was changed.",
            )
        )


def _tables() -> set[str]:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        # Looking would make the file.
        return set()
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _has_rows(tables: set[str]) -> bool:
    if not tables:
        return False
    with connection.cursor() as cursor:
        for table in _TELLING:
            if table in tables:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 - our own names
                if cursor.fetchone():
                    return True
    return False


# ---- places ------------------------------------------------------------------------------------------------------


@dataclass
class Place:
    """Where things are made, and where what they replace is set aside; moves can be taken back until all are made."""

    data: Path
    stamp: str
    schema: str = ""
    moved: list[tuple[Path, Path]] = field(default_factory=list)

    @property
    def staging(self) -> Path:
        """Where new things are made."""
        return self.data / f"restoring-{self.stamp}"

    def aside(self, of: Path) -> Path:
        """Return where a thing is set aside: in a folder beside it."""
        return of.parent / f"replaced-{self.stamp}" / of.name

    def aside_names(self) -> list[str]:
        """Say where what was there lies now."""
        folders = {str(new.parent) for old, new in self.moved if new.parent.name == f"replaced-{self.stamp}"}
        return [*sorted(folders), *([f"schema {self.schema}"] if self.schema else [])]

    def set_aside(self, old: Path) -> None:
        """Set aside what is there, if anything is."""
        if old.exists():
            storage.make(self.aside(old).parent)
            self._move(old, self.aside(old))

    def put(self, name: str) -> None:
        """Put a thing that was made in place of the one that is there."""
        self.set_aside(self.data / name)
        if (self.staging / name).exists():
            self._move(self.staging / name, self.data / name)

    def _move(self, old: Path, new: Path) -> None:
        os.rename(old, new)
        self.moved.append((old, new))
        storage.sync_folder(new.parent)
        storage.sync_folder(old.parent)

    @contextmanager
    def taken_back_on_failure(self) -> Iterator[None]:
        """Undo the moves where something goes wrong."""
        try:
            yield
        except BaseException:
            for old, new in reversed(self.moved):
                os.rename(new, old)
            self.moved.clear()
            raise


def _stage(path: Path, manifest: archive.Manifest, staging: Path) -> int:
    """Write the files of an archive, each to the disk, where they will be moved from."""
    names = [name for name in manifest.members if not name.startswith("tables/")]
    folders: set[Path] = set()
    with zipfile.ZipFile(path) as source:
        for name in names:
            # The archive was looked through: every name has one of the few known forms.
            target = staging / name
            if target.parent not in folders:
                storage.make(target.parent)
                folders.add(target.parent)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out, source.open(name) as file:
                for chunk in archive.pieces(file):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
    for folder in folders:
        storage.sync_folder(folder)
    return sum(1 for name in names if name != archive.SECRET)


def _put_files(place: Place) -> None:
    for name in (storage.FOLDER, "imports", archive.SECRET):
        place.put(name)


# ---- databases ---------------------------------------------------------------------------------------------------


def _in_a_new_file(
    path: Path, manifest: archive.Manifest, steps: Sequence[tuple[str, str]], place: Place, say: Say
) -> int:
    """Make an embedded database beside the one that is there, and change them over."""
    there = Path(connection.settings_dict["NAME"])
    storage.make(there.parent)
    fresh = there.parent / f"{there.name}.restoring-{place.stamp}"
    connection.close()
    connection.settings_dict["NAME"] = str(fresh)
    try:
        count = _fill(path, manifest, steps, say)
        connection.close()
        _settle(fresh)
        with place.taken_back_on_failure():
            for ending in ("", "-wal", "-shm"):
                place.set_aside(there.with_name(there.name + ending))
            _put_files(place)
            os.rename(fresh, there)
            storage.sync_folder(there.parent)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(there)
        for ending in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
    return count


def _settle(file: Path) -> None:
    """Bring a database that nobody has open to the disk, in one file."""
    with sqlite3.connect(file) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_a_schema(
    path: Path, manifest: archive.Manifest, steps: Sequence[tuple[str, str]], place: Place, say: Say
) -> int:
    """Make the tables anew, and move those that are there to a schema of their own, in one transaction."""
    with place.taken_back_on_failure(), transaction.atomic():
        ours = [table for table in sorted(_tables()) if _is_ours(table)]
        if ours:
            place.schema = f"replaced_{place.stamp.replace('-', '_')}"
            quote = connection.ops.quote_name
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {quote(place.schema)}")
                for table in ours:
                    cursor.execute(f"ALTER TABLE {quote(table)} SET SCHEMA {quote(place.schema)}")
        count = _fill(path, manifest, steps, say)
        _put_files(place)
    return count


def _is_ours(table: str) -> bool:
    from django.apps import apps

    return table == "django_migrations" or any(
        table.startswith(f"{prefix}_")
        for config in apps.get_app_configs()
        for prefix in {config.label, *({"django"} if config.label in {"contenttypes", "sessions"} else ())}
    )


def _fill(path: Path, manifest: archive.Manifest, steps: Sequence[tuple[str, str]], say: Say) -> int:
    """Make the tables as they were when the backup was made, fill them, and bring them up to date."""
    say(Text("建立数据表……", "making the tables …"))
    executor = MigrationExecutor(connection)
    executor.migrate(_last(executor, steps))
    known = executor.loader.project_state(list(steps)).apps
    count = 0
    with transaction.atomic(), zipfile.ZipFile(path) as source:
        for table in manifest.tables:
            try:
                model = known.get_model(table.model)
                back = rows.readers(model, table.columns)
            except LookupError:
                raise archive.damaged(
                    path, f"清单中的表“{table.model}”与其版本不符", f"table {table.model!r} is not of its version"
                ) from None
            for column in model._meta.concrete_fields:
                # Moments that a table sets itself are what they were, not now.
                if isinstance(column, DateField):
                    column.auto_now = column.auto_now_add = False
            # What a migration put there is in the backup as it has become since.
            model._base_manager.all()._raw_delete(connection.alias)
            lines = archive.rows(source, table)
            try:
                while batch := list(islice(lines, _AT_ONCE)):
                    made = [
                        model(**dict(zip(table.columns, rows.unread(values, back), strict=True))) for values in batch
                    ]
                    model._base_manager.bulk_create(made, batch_size=_AT_ONCE)
            except (DatabaseError, ValueError, TypeError) as error:
                words = str(error).strip().splitlines()[0]
                raise FileError.one(
                    path,
                    Text(
                        f"表“{table.model}”的数据写不进数据库：{words}",
                        f"table {table.model!r} cannot be written: {words}",
                    ),
                ) from error
            count += table.rows
            if table.rows:
                say(Text(f"  {table.model}：{table.rows} 行", f"  {table.model}: {table.rows} rows"))
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise archive.damaged(
                path, f"数据之间的引用不完整：{error}", f"rows refer to what is not there: {error}"
            ) from None
    call_command("migrate", interactive=False, verbosity=0)
    _reset_sequences()
    with act(Actor()) as noted:
        details: dict[str, Any] = {"made_at": manifest.made_at, "rows": count, "version": manifest.version}
        noted.note("installation.restore", Thing("backup", path.name), details)
    return count


def _last(executor: MigrationExecutor, steps: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the last migration of each room: those before it come along, and one named after it would undo it."""
    graph, given = executor.loader.graph, set(steps)
    return [
        step
        for step in steps
        if not any(child.key[0] == step[0] and child.key in given for child in graph.node_map[step].children)
    ]


def _reset_sequences() -> None:
    """Have new rows get numbers after those that were restored; SQLite sees to it itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), rows.models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
