"""`qipan backup FILE`: the database and the files in one archive, read back before it gets its name."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.project.commands import language_of_parser
from qipan.project.terminal import DONE, FAILED, complain, say

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers

SHOWN = 20

LAST = "last-backup"
"""The file in the data directory that says when a backup was last made, and under which name."""


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    language = language_of_parser(subparsers)
    words = Text("备份数据库和文件", "back the database and the files up")
    parser = subparsers.add_parser("backup", help=words.into(language))
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=Text("备份文件，例如 qipan-2026-11-24.zip", "the archive to write: qipan-2026-11-24.zip").into(language),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a backup; what has that name already stays until the new one is whole."""
    language: str = arguments.language
    path = Path(arguments.file).absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise FileError.one(
            path,
            Text(
                "不能写到这里：上级文件夹不存在，或这是文件夹",
                "cannot be written: its folder is not there, or it is one",
            ),
            Text("给出已有文件夹中的文件名", "give the name of a file in a folder that is there"),
        )
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    from django.db import DatabaseError

    from qipan.project.backups import saving

    say(Text(f"备份到 {path}", f"Backing up to {path}"), language)
    try:
        saved = saving.save(path, lambda words: say(words, language))
    except DatabaseError as error:
        complain(Text(f"数据库无法读取：{error}", f"the database cannot be read: {error}".strip()), language)
        return FAILED
    except FileError as error:
        # Not the caller's mistake: what was written did not come back as it was written.
        complain(
            Text("写出的备份读回核对不符，未保留", "what was written could not be read back; it was not kept"), language
        )
        complain(Text(str(error), str(error)), language)
        return FAILED
    except OSError as error:
        complain(Text(f"无法写入：{error.strerror}", f"it cannot be written: {error.strerror}"), language)
        return FAILED
    from django.conf import settings

    # Beside the data, not in it: what a backup holds does not tell of itself.
    (settings.DATA / LAST).write_text(f"{datetime.now(UTC).isoformat()}\t{path.name}\n", "utf-8")
    mega = saved.size / (1 << 20)
    say(
        Text(
            f"备份完成，已读回核对：{saved.rows} 行，{saved.files} 个文件，{mega:.1f} MB。文件内含密钥和口令摘要，请妥善保管。",
            f"Done, and read back: {saved.rows} rows, {saved.files} files, {mega:.1f} MB. It holds the secret and password "
            "hashes; keep it safe.",
        ),
        language,
    )
    for chain, seq, digest in saved.chains:
        name = Text(chain or "（本系统）", chain or "(installation)")
        say(Text(f"日志链尾 {name.zh}：{seq} {digest}", f"end of journal {name.en}: {seq} {digest}"), language)
    for lost in saved.missing[:SHOWN]:
        complain(
            Text(f"缺少或已损坏，备份中没有：{lost}", f"missing or damaged, and not in the backup: {lost}"), language
        )
    if len(saved.missing) > SHOWN:
        more = len(saved.missing) - SHOWN
        complain(Text(f"……另有 {more} 个", f"… and {more} more"), language)
    return FAILED if saved.missing else DONE
