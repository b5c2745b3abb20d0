"""`qipan backup` and `qipan restore`: whatever is backed up comes back, on either database; nothing is half done."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qipan.ground.documents.problems import FileError
from qipan.project.backups import archive
from tests.project.commands.installations import Installation, files, tables, tree


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Gives an installation with something of everything, on a kind of database; each is filled once."""
    folder = tmp_path_factory.mktemp("filled")
    known: dict[str, Installation] = {}

    def give(vendor: str) -> Installation:
        if vendor not in known:
            known[vendor] = Installation(folder, vendor, vendor)
            known[vendor].fill()
        return known[vendor]

    yield give
    with django_db_blocker.unblock():
        for each in known.values():
            each.close()


@pytest.fixture
def installation(
    db: None, tmp_path: Path, filled: Callable[[str], Installation]
) -> Iterator[Callable[..., Installation]]:
    """Makes installations, empty ones or full ones, and leaves none of them behind."""
    made: list[Installation] = []

    def make(name: str, vendor: str = "", *, full: bool = False) -> Installation:
        made.append(Installation(tmp_path, name, vendor))
        if full:
            made[-1].fill(filled(made[-1].vendor))
        return made[-1]

    yield make
    for each in made:
        each.close()


def same(before: Path, after: Path) -> None:
    """Two archives hold the same rows and files; only the entry that says that it was restored came to it."""
    was, is_ = tables(before), tables(after)
    assert set(was) == set(is_)
    assert is_["audit.auditentry"][-1]["verb"] == "installation.restore"
    is_["audit.auditentry"].pop()
    is_["audit.audithead"] = [row for row in is_["audit.audithead"] if row["chain"]]
    was["audit.audithead"] = [row for row in was["audit.audithead"] if row["chain"]]
    for model in was:
        assert is_[model] == was[model], model
    assert files(after) == files(before)


# ---- there and back ----------------------------------------------------------------------------------------------


def test_what_was_backed_up_comes_back_row_by_row(installation: Callable[..., Installation], tmp_path: Path) -> None:
    first, second = installation("first", full=True), installation("second")
    # Something that a secret kept: only with it can digests be told apart again.
    first.python("from django.conf import settings; str(settings.SECRET_KEY)")
    made = first.run("backup", str(tmp_path / "one.zip"))
    assert made.returncode == 0, made.stderr
    assert "read back" in made.stdout and "end of journal elsewhere" in made.stdout
    assert stat.S_IMODE((tmp_path / "one.zip").stat().st_mode) == 0o600
    held = tables(tmp_path / "one.zip")
    assert len(held["files.photo"]) == 3 and len(held["ledger.observation"]) == 3
    assert {"secret-key"} < set(files(tmp_path / "one.zip")) and len(files(tmp_path / "one.zip")) == 1 + 9 + 1

    restored = second.run("restore", str(tmp_path / "one.zip"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "journal unbroken: ok" in restored.stdout and "files as their hashes say: ok" in restored.stdout
    assert "tallies equal a recompute: ok" in restored.stdout
    assert "kept in" not in restored.stdout, "nothing was there before"
    second.backup(tmp_path / "two.zip")
    same(tmp_path / "one.zip", tmp_path / "two.zip")
    # New rows get numbers of their own.
    said = second.python(
        "from qipan.ground.units.models import County; from qipan.ground.audit.journal import *\n"
        "with act(Actor()) as noted: noted.note('a.b', Thing('x', '1'))\n"
        "print(County.objects.create(code='new', name_zh='新').pk > County.objects.exclude(code='new').order_by('-pk')[0].pk)"
    )
    assert said.strip() == "True"


def test_a_backup_of_one_database_comes_back_on_the_other(
    installation: Callable[..., Installation], tmp_path: Path
) -> None:
    """On PostgreSQL's run this crosses over and back; on SQLite's both ends are the same kind."""
    first, second, third = (
        installation("file", "sqlite", full=True),
        installation("server"),
        installation("again", "sqlite"),
    )
    first.backup(tmp_path / "one.zip")
    crossed = second.run("restore", str(tmp_path / "one.zip"))
    assert crossed.returncode == 0, crossed.stdout + crossed.stderr
    second.backup(tmp_path / "two.zip")
    same(tmp_path / "one.zip", tmp_path / "two.zip")
    back = third.run("restore", str(tmp_path / "two.zip"), language="zh")
    assert back.returncode == 0, back.stdout + back.stderr
    assert "已恢复" in back.stdout
    third.backup(tmp_path / "three.zip")
    same(tmp_path / "two.zip", tmp_path / "three.zip")


def test_what_is_there_is_set_aside_and_only_when_asked(
    installation: Callable[..., Installation], tmp_path: Path
) -> None:
    here = installation("here", full=True)
    here.backup(tmp_path / "one.zip")
    here.python("from qipan.ground.units.models import County; County.objects.create(code='later', name_zh='后来')")
    before = tree(here.data / "files")
    refused = here.run("restore", str(tmp_path / "one.zip"))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr and "Nothing was changed" in refused.stderr
    assert tree(here.data / "files") == before and count(here, "later") == 1
    assert not list(here.data.glob("re*-*"))

    done = here.run("restore", str(tmp_path / "one.zip"), "--replace")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What was there before is kept in" in done.stdout
    assert count(here, "later") == 0
    (aside,) = here.data.glob("replaced-*")
    assert tree(aside / "files") == before
    assert not list(here.data.glob("restoring-*"))
    if here.vendor == "sqlite":
        # The old database is whole where it lies.
        old = Installation(tmp_path, aside.relative_to(tmp_path).as_posix(), "sqlite")
        assert count(old, "later") == 1
    else:
        schema = f"replaced_{aside.name.removeprefix('replaced-').replace('-', '_')}"
        sql = f"from django.db import connection as c; k=c.cursor(); k.execute(\"SELECT count(*) FROM {schema}.units_county WHERE code='later'\"); print(k.fetchone()[0])"
        assert here.python(sql).strip() == "1"
    here.backup(tmp_path / "two.zip")
    same(tmp_path / "one.zip", tmp_path / "two.zip")


def count(where: Installation, code: str) -> int:
    """How many counties of a code there are."""
    return int(
        where.python(
            f"from qipan.ground.units.models import County; print(County.objects.filter(code='{code}').count())"
        )
    )


def test_nothing_is_restored_under_a_running_worker(installation: Callable[..., Installation], tmp_path: Path) -> None:
    here = installation("here", full=True)
    here.backup(tmp_path / "one.zip")
    said = here.python(
        "import os, socket, subprocess, sys\n"
        "from django.utils import timezone as t; from qipan.ground.jobs.models import Worker\n"
        "Worker.objects.create(name='w', host=socket.gethostname(), pid=os.getpid(), started_at=t.now(), beat_at=t.now())\n"
        f"done = subprocess.run([sys.executable, '-m', 'qipan.project.cli', '--lang', 'en', 'restore', {str(tmp_path / 'one.zip')!r}, '--replace'], capture_output=True, text=True)\n"
        "print(done.returncode, done.stderr)"
    )
    assert said.startswith("2 ") and "Qipan is running here" in said


def test_a_restore_that_breaks_off_leaves_what_was_there(
    installation: Callable[..., Installation], tmp_path: Path
) -> None:
    here = installation("here", full=True)
    here.backup(tmp_path / "one.zip")

    def broken(rows: list[dict[str, Any]]) -> None:
        rows[-1]["county_id"] = 9999

    forge(tmp_path / "one.zip", tmp_path / "bad.zip", "files.photo", broken)
    before = tree(here.data / "files")
    refused = here.run("restore", str(tmp_path / "bad.zip"), "--replace")
    assert refused.returncode == 2 and "refer to what is not there" in refused.stderr
    assert tree(here.data / "files") == before
    assert not list(here.data.glob("re*-*")) and not list(here.data.glob("*.restoring*"))
    here.backup(tmp_path / "two.zip")
    assert tables(tmp_path / "two.zip") == tables(tmp_path / "one.zip")


def forge(source: Path, target: Path, model: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Make an archive that is whole by its own word, with other rows in a table."""
    import hashlib

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        table = next(each for each in manifest["tables"] if each["model"] == model)
        lines = old.read(table["member"]).decode().split("\n")[:-1]
        rows = [dict(zip(table["columns"], json.loads(line), strict=True)) for line in lines]
        change(rows)
        content = "".join(json.dumps(list(row.values())) + "\n" for row in rows).encode()
        manifest["members"][table["member"]] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name in old.namelist():
            if name not in {"manifest.json", table["member"]}:
                new.writestr(name, old.read(name))
        new.writestr(table["member"], content)
        new.writestr("manifest.json", json.dumps(manifest))


# ---- archives that are not as they were written ------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, filled: Callable[[str], Installation]) -> Path:
    """A backup of an embedded installation."""
    return filled("sqlite").backup(tmp_path_factory.mktemp("whole") / "one.zip")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as source:
        return {name: source.read(name) for name in source.namelist()}


def rebuilt(path: Path, held: dict[str, bytes], *more: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, content in [*held.items(), *more]:
            out.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        archive.verify(path)
    problem = caught.value.problems[0]
    assert problem.message.zh and problem.message.en and problem.remedy.zh and problem.remedy.en
    return problem.message.en


def test_a_whole_archive_is_taken(whole: Path) -> None:
    assert archive.verify(whole).tables


@pytest.mark.parametrize("part", [0.0, 0.2, 0.9, 0.999])
def test_an_archive_that_was_cut_is_refused(whole: Path, tmp_path: Path, part: float) -> None:
    content = whole.read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: int(len(content) * part)])
    refused(tmp_path / "cut.zip")


def test_an_archive_with_a_flipped_bit_anywhere_is_refused_or_the_same(whole: Path, tmp_path: Path) -> None:
    content, manifest = whole.read_bytes(), archive.verify(whole)
    path = tmp_path / "flipped.zip"
    for place in range(7, len(content), len(content) // 60):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :])
        try:
            # Some bytes of a ZIP mean nothing: a date, a system's number.
            assert archive.verify(path) == manifest
        except FileError:
            continue


def test_a_changed_member_is_refused(whole: Path, tmp_path: Path) -> None:
    held = members(whole)
    name = next(name for name in held if name.startswith("files/"))
    assert name in refused(rebuilt(tmp_path / "a.zip", held | {name: held[name] + b"x"}))
    assert "was changed" in refused(rebuilt(tmp_path / "b.zip", held | {"tables/units.county.jsonl": b"[]\n"}))


def test_a_missing_an_extra_and_a_doubled_member_are_refused(whole: Path, tmp_path: Path) -> None:
    held = members(whole)
    name = next(name for name in held if name.startswith("files/"))
    left = {key: value for key, value in held.items() if key != name}
    assert "missing" in refused(rebuilt(tmp_path / "a.zip", left))
    assert "does not belong" in refused(rebuilt(tmp_path / "b.zip", held, ("files/ab/more", b"x")))
    with pytest.warns(UserWarning, match="Duplicate name"):
        rebuilt(tmp_path / "c.zip", held, (name, held[name]))
    assert "two files of one name" in refused(tmp_path / "c.zip")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "files/../../evil", "files\\..\\evil", "secret-key/../x", "tables/../x.jsonl", "."]
)
def test_a_member_that_leads_elsewhere_is_refused_even_when_the_manifest_names_it(
    whole: Path, tmp_path: Path, name: str
) -> None:
    held = members(whole)
    manifest = json.loads(held["manifest.json"])
    manifest["members"][name] = {
        "size": 1,
        "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    }
    held["manifest.json"] = json.dumps(manifest).encode()
    assert "does not belong" in refused(rebuilt(tmp_path / "a.zip", held, (name, b"x")))


def test_a_file_under_another_name_than_its_hash_is_refused(whole: Path, tmp_path: Path) -> None:
    held = members(whole)
    manifest = json.loads(held["manifest.json"])
    name = next(name for name in held if name.startswith("files/"))
    other = "files/ab/ab" + "0" * 62
    manifest["members"][other] = manifest["members"].pop(name)
    held["manifest.json"] = json.dumps(manifest).encode()
    held[other] = held.pop(name)
    assert "was changed" in refused(rebuilt(tmp_path / "a.zip", held))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "qipan-backup/2"}, {"tables": "x"}, {"members": []}, {"migrations": None}, {"tables": []},
    ],
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused(whole: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    held = members(whole)
    held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | change).encode()
    refused(rebuilt(tmp_path / "a.zip", held))
    held["manifest.json"] = b"no json"
    refused(rebuilt(tmp_path / "b.zip", held))


def test_a_table_with_fewer_lines_than_promised_is_refused(whole: Path, tmp_path: Path) -> None:
    forge(whole, tmp_path / "a.zip", "files.photo", lambda rows: rows.pop())
    assert "should have 3 lines and has 2" in refused(tmp_path / "a.zip")


def test_a_damaged_archive_changes_nothing(whole: Path, tmp_path: Path, filled: Callable[[str], Installation]) -> None:
    here = filled("sqlite")
    before = tree(here.data)
    path = tmp_path / "cut.zip"
    path.write_bytes(whole.read_bytes()[:-100])
    done = here.run("restore", str(path), "--replace")
    assert done.returncode == 2 and "no whole backup" in done.stderr
    assert "完整" in here.run("restore", str(path), "--replace", language="zh").stderr
    assert tree(here.data) == before


def test_a_backup_of_a_newer_program_is_refused(whole: Path, tmp_path: Path) -> None:
    held = members(whole)
    manifest = json.loads(held["manifest.json"])
    manifest["migrations"]["units"].append("0099_tomorrow")
    held["manifest.json"] = json.dumps(manifest).encode()
    path = rebuilt(tmp_path / "a.zip", held)
    done = Installation(tmp_path, "fresh", "sqlite").run("restore", str(path))
    assert done.returncode == 2 and "units.0099_tomorrow" in done.stderr and "newer" in done.stderr


def test_an_older_backup_is_brought_up_to_date(whole: Path, tmp_path: Path) -> None:
    """A backup from before a migration: without its rows and columns, it is restored and migrated."""
    held = members(whole)
    manifest = json.loads(held["manifest.json"])
    # The last step of the inbox's room taken back: as if the backup were older than its table.
    manifest["migrations"]["notify"] = []
    manifest["tables"] = [table for table in manifest["tables"] if not table["model"].startswith("notify.")]
    for name in [name for name in held if name.startswith("tables/notify.")]:
        del held[name], manifest["members"][name]
    held["manifest.json"] = json.dumps(manifest).encode()
    here = Installation(tmp_path, "fresh", "sqlite")
    done = here.run("restore", str(rebuilt(tmp_path / "a.zip", held)))
    assert done.returncode == 0, done.stdout + done.stderr
    here.backup(tmp_path / "two.zip")
    assert tables(tmp_path / "two.zip")["notify.message"] == []


# ---- writing -----------------------------------------------------------------------------------------------------


def test_a_backup_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(b"the old backup")
    with pytest.raises(RuntimeError), archive.writing(path) as writer:
        writer.add("tables/a.b.jsonl", [b"[1]\n"])
        raise RuntimeError("the disk is full")
    assert path.read_bytes() == b"the old backup"
    # One that is whole and yet cannot be read back is not kept either.
    with pytest.raises(FileError), archive.writing(path) as writer:
        writer.add("tables/a.b.jsonl", [b"[1]\n"])
    assert path.read_bytes() == b"the old backup"
    assert [each.name for each in tmp_path.iterdir()] == ["one.zip"]


def test_a_missing_file_is_said_and_the_rest_is_saved(
    installation: Callable[..., Installation], tmp_path: Path
) -> None:
    here = installation("here", full=True)
    lost = next(path for path in (here.data / "files").rglob("*") if len(path.name) == 64)
    lost.unlink()
    done = here.run("backup", str(tmp_path / "one.zip"))
    assert done.returncode == 1 and lost.name in done.stderr
    assert archive.verify(tmp_path / "one.zip").missing == [f"files/{lost.name[:2]}/{lost.name}"]
    checked = here.run("check")
    assert checked.returncode == 1 and lost.name in checked.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_place_that_cannot_be_written_is_a_wrong_call(tmp_path: Path, language: str) -> None:
    here = Installation(tmp_path, "here", "sqlite")
    for path in (tmp_path, tmp_path / "no" / "one.zip"):
        assert here.run("backup", str(path), language=language).returncode == 2
    assert here.run("restore", str(tmp_path / "none.zip"), language=language).returncode == 2
    assert not here.data.exists()


def test_a_backup_sees_one_moment(installation: Callable[..., Installation], tmp_path: Path) -> None:
    """What is written while it is made is in all of it or in none, and whoever writes does not wait."""
    here = installation("here", full=True)
    said = here.python(
        "import threading\n"
        "from pathlib import Path\n"
        "from django.db import connection\n"
        "from qipan.ground.units.models import County, Unit\n"
        "from qipan.project.backups import saving\n"
        "def write():\n"
        "    made = County.objects.create(code='meanwhile', name_zh='期间')\n"
        "    Unit.objects.create(county=made, code='u', name_zh='u', type='x')\n"
        "    connection.close()\n"
        "def say(words):\n"
        "    if 'audit.auditentry' in words.en:\n"
        "        other = threading.Thread(target=write); other.start(); other.join(10)\n"
        "        assert not other.is_alive(), 'the writer waits'\n"
        f"saving.save(Path({str(tmp_path / 'one.zip')!r}), say)\n"
        "print(County.objects.filter(code='meanwhile').count())"
    )
    assert said.strip() == "1"
    held = tables(tmp_path / "one.zip")
    assert not [row for row in held["units.county"] if row["code"] == "meanwhile"]
    assert not [row for row in held["units.unit"] if row["code"] == "u"]


# ---- the check ---------------------------------------------------------------------------------------------------


def test_the_check_prints_the_ends_of_the_journal_and_holds_noted_ones_against_it(
    installation: Callable[..., Installation],
) -> None:
    here = installation("here", full=True)
    done = here.run("check")
    (end,) = [line for line in done.stdout.splitlines() if line.startswith("end of the journal: elsewhere:")]
    noted = end.removeprefix("end of the journal: ")
    assert "journal unbroken: ok" in here.run("check", "--noted", noted).stdout
    chain, number, _ = noted.rsplit(":", 2)
    wrong = here.run("check", "--noted", f"{chain}:{number}:{'0' * 64}")
    assert wrong.returncode == 1 and f"entry {number} is not the one that was noted" in wrong.stderr
    assert here.run("check", "--noted", "nonsense").returncode == 2
    table = "audit_auditentry"
    here.python(
        f"from django.db import connection as c; c.cursor().execute(\"UPDATE {table} SET verb='x' WHERE seq=1\")"
    )
    broken = here.run("check")
    assert broken.returncode == 1 and "the content of entry 1 was changed" in broken.stderr
