"""`qipan check`: whether this installation is sound; exit code 1 with a list when it is not."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import django

from qipan.assessment.text import Text
from qipan.project.commands import language_of_parser
from qipan.project.terminal import DONE, FAILED, complain, say

if TYPE_CHECKING:
    from qipan.ground.audit.queries import Chain
    from qipan.project.commands import Subparsers

#: Of a long list, so many are printed.
SHOWN = 20


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    words = Text("检查配置、数据库、后台任务和汇总数据", "look at configuration, database, worker and running tallies")
    parser = subparsers.add_parser("check", help=words.into(language_of_parser(subparsers)))
    parser.add_argument(
        "--noted",
        action="append",
        default=[],
        metavar="CHAIN:NUMBER:HASH",
        type=_note_of,
        help=Text(
            "以前抄存的日志链尾，核对它仍在链上；可多次给出",
            "an end of the journal that was noted before; it must still be there. May be given several times",
        ).into(language_of_parser(subparsers)),
    )
    parser.set_defaults(run=run)


def _note_of(words: str) -> tuple[str, int, str]:
    """Read a noted end of a chain; the chain's name may be empty."""
    chain, number, digest = words.rsplit(":", 2)
    if not digest or set(digest.lower()) - set("0123456789abcdef"):
        raise ValueError(words)
    return chain, int(number), digest.lower()


def same(words: str) -> Text:
    """Words that come from elsewhere, in one language only."""
    return Text(words, words)


def configuration() -> Iterator[Text]:
    """What is wrong with the settings and the data directory."""
    from django.conf import settings
    from django.core.checks import WARNING, run_checks

    for message in run_checks(include_deployment_checks=settings.BEHIND_TLS):
        if message.level >= WARNING and not message.is_silenced():
            yield same(str(message))
    folder: Path = settings.DATA
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Text(f"数据目录 {folder} 无法写入：{error.strerror}", f"{folder} cannot be written: {error.strerror}")
        return
    secret = folder / "secret-key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield Text(
            f"{secret} 可被他人读取，请执行 chmod 600 {secret}", f"{secret} can be read by others; chmod 600 {secret}"
        )


def database() -> Iterator[Text]:
    """What is wrong with the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT 1")
            return
        cursor.execute("PRAGMA quick_check(5)")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield same(f"SQLite: {line}")


def migrations() -> Iterator[Text]:
    """Which migrations the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = [
        f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if waiting:
        named = ", ".join(waiting[:SHOWN]) + (" …" if len(waiting) > SHOWN else "")
        yield Text(
            f"有 {len(waiting)} 项数据库变更未执行，运行 qipan run 即可：{named}",
            f"{len(waiting)} are not applied; `qipan run` applies them: {named}",
        )


def worker() -> Iterator[Text]:
    """Whether someone does what waits to be done."""
    from qipan.ground.jobs.queries import live_workers, open_jobs
    from qipan.ground.jobs.recurring import overdue

    for row in overdue():
        yield Text(
            f"定时任务 {row.name} 应在 {row.next_at:%Y-%m-%d %H:%M}（UTC）运行而未运行，请运行 qipan run 或 qipan worker",
            f"the recurring job {row.name} was due at {row.next_at:%Y-%m-%d %H:%M} UTC and was not queued; "
            "start `qipan run` or `qipan worker`",
        )
    waiting = open_jobs()
    if waiting and not live_workers():
        yield Text(
            f"有 {waiting} 项任务等待，但没有后台任务进程，请运行 qipan run 或 qipan worker",
            f"{waiting} jobs wait and no worker is at work; start `qipan run` or `qipan worker`",
        )


def editions() -> Iterator[Text]:
    """Which stored editions no longer hold what their hash names."""
    from qipan.spine.standards.queries import changed_contents

    for name in changed_contents():
        yield Text(
            f"版本 {name} 的内容已被改动，请从备份恢复",
            f"the content of edition {name} was changed; restore it from a backup",
        )


def tallies() -> Iterator[Text]:
    """Whether the running tallies equal a recompute from the observations."""
    from qipan.spine.ledger.recompute import verify
    from qipan.spine.standards.queries import ChangedContent

    try:
        differences = verify()
    except ChangedContent as error:
        yield Text(f"无法重算：{error}", f"they cannot be recomputed: {error}")
        return
    for difference in differences[:SHOWN]:
        yield same(str(difference))
    if len(differences) > SHOWN:
        more = len(differences) - SHOWN
        yield Text(f"……另有 {more} 处不一致", f"… and {more} more differences")


def items() -> Iterator[Text]:
    """Which work items are not what their log and the journal say."""
    from qipan.spine.work.agreeing import disagreements

    for i, found in enumerate(disagreements()):
        if i == SHOWN:
            yield Text("……还有更多", "… and more")
            return
        yield found.words()


def journal(noted: Mapping[tuple[str, int], str], ends: list[Chain]) -> Iterator[Text]:
    """Which chains of the journal are broken or gone, and where first; `ends` takes those that are whole."""
    from qipan.ground.audit.queries import verify as walk
    from qipan.ground.units.queries import county_codes

    walked = set()
    for chain in walk(noted=noted):
        walked.add(chain.name)
        if chain.broken:
            name = Text(chain.name or "本系统", chain.name or "installation")
            yield Text(f"{name.zh}：{chain.broken.zh}", f"{name.en}: {chain.broken.en}")
        else:
            ends.append(chain)
    # A county is made by an act, so it has a journal from its first moment.
    for code in county_codes():
        if code not in walked:
            yield Text(f"{code}：日志全部缺失", f"{code}: its whole journal is gone")


def files() -> Iterator[Text]:
    """Which files are not there, or no longer hold what their hash names."""
    from qipan.ground.files.queries import verify as read

    for i, fault in enumerate(read()):
        if i == SHOWN:
            yield Text("……还有更多", "… and more")
            return
        yield fault


def years() -> Iterator[Text]:
    """Which records of closed years are gone, or no longer say what their digest was taken of."""
    from qipan.spine.years.queries import verify as read

    yield from read()


Step = Callable[[], Iterator[Text]]
STEPS: tuple[tuple[Text, Step], ...] = (
    (Text("配置", "configuration"), configuration),
    (Text("数据库", "database"), database),
    (Text("数据库变更", "migrations"), migrations),
    (Text("后台任务", "worker"), worker),
    (Text("标准版本", "editions"), editions),
    (Text("文件与内容指纹一致", "files as their hashes say"), files),
    (Text("汇总与重算一致", "tallies equal a recompute"), tallies),
    (Text("归档记录与指纹一致", "frozen records as their digests say"), years),
    (Text("事项与办理记录一致", "work items as their logs say"), items),
)
NEEDED_BY_THE_REST = {database, migrations}


def run(arguments: argparse.Namespace) -> int:
    """Look at everything in turn, and print what is wrong."""
    language: str = arguments.language
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    noted = {(chain, number): digest for chain, number, digest in arguments.noted}
    return DONE if look(language, noted) else FAILED


def look(language: str, noted: Mapping[tuple[str, int], str] | None = None, *, without: Collection[Step] = ()) -> bool:
    """Look at everything in turn, print what is wrong and where the journal ends; say whether all is sound.

    Args:
        language: of what is printed.
        noted: ends of the journal that were written down before, by chain and number.
        without: steps to leave out.
    """
    from django.db import DatabaseError

    ends: list[Chain] = []
    walk: tuple[Text, Step] = (Text("日志未断链", "journal unbroken"), partial(journal, noted or {}, ends))
    sound = True
    steps: tuple[tuple[Text, Step], ...] = (*STEPS, walk)
    for name, step in steps:
        if step in without:
            continue
        try:
            faults = list(step())
        except DatabaseError as error:
            said = str(error).strip()
            faults = [Text(f"数据库没有应答：{said}", f"the database does not answer: {said}")]
        verdict = Text("有问题", "not sound") if faults else Text("正常", "ok")
        say(Text(f"{name.zh}：{verdict.zh}", f"{name.en}: {verdict.en}"), language)
        for fault in faults:
            complain(Text(f"  {fault.zh}", f"  {fault.en}"), language)
        sound = sound and not faults
        if faults and step in NEEDED_BY_THE_REST:
            break
    for chain in ends:
        # Written down elsewhere, it shows later that nobody has made the chain anew.
        words = f"{chain.name}:{chain.seq}:{chain.hash}"
        say(Text(f"日志链尾：{words}", f"end of the journal: {words}"), language)
    return sound
