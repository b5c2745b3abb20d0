"""`qipan restore FILE`: put a backup in place; everything about it is checked before anything is touched."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

import django

from qipan.assessment.text import Text
from qipan.project.commands import check, language_of_parser
from qipan.project.terminal import DONE, FAILED, WRONG, complain, say

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    language = language_of_parser(subparsers)
    words = Text("从备份恢复", "restore a backup")
    parser = subparsers.add_parser("restore", help=words.into(language))
    parser.add_argument("file", type=Path, metavar="FILE", help=Text("备份文件", "the archive").into(language))
    parser.add_argument(
        "--replace",
        action="store_true",
        help=Text("替换现有数据；现有数据移到一旁保留", "replace what is there, which is set aside and kept").into(
            language
        ),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore, and look at what was restored."""
    language: str = arguments.language
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    from django.db import DatabaseError

    from qipan.project.backups import restoring

    path = Path(arguments.file).absolute()
    try:
        restored = restoring.restore(path, lambda words: say(words, language), replace=arguments.replace)
    except restoring.CannotRestore as error:
        complain(error.words, language)
        return WRONG
    except (DatabaseError, OSError) as error:
        said = str(error).strip()
        complain(
            Text(f"恢复失败，原有数据未动：{said}", f"restoring failed; what was there is untouched: {said}"), language
        )
        return FAILED
    manifest = restored.manifest
    say(
        Text(
            f"已恢复 {manifest.made_at} 的备份：{restored.rows} 行，{restored.files} 个文件。",
            f"Restored the backup of {manifest.made_at}: {restored.rows} rows, {restored.files} files.",
        ),
        language,
    )
    for place in restored.aside:
        say(Text(f"原有数据保留在：{place}", f"What was there before is kept in: {place}"), language)
    for name in manifest.missing:
        complain(Text(f"备份时就已缺少：{name}", f"was missing already when the backup was made: {name}"), language)
    sound = check.look(language, without={check.worker})
    return DONE if sound and not manifest.missing else FAILED
