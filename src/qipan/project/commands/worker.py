"""`qipan worker`: run background jobs in a process of its own (`qipan run` starts one by itself)."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

import django

from qipan.assessment.text import Text
from qipan.project.commands import language_of_parser
from qipan.project.lifeline import follow_if_supervised
from qipan.project.terminal import DONE

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    words = Text("运行后台任务（qipan run 会自行启动）", "run background jobs; `qipan run` starts a worker by itself")
    parser = subparsers.add_parser("worker", help=words.into(language_of_parser(subparsers)))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run jobs until told to stop."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    follow_if_supervised()
    if hasattr(os, "nice"):
        # Whoever waits for a page or a save goes first; jobs take what is left of the machine.
        os.nice(5)
    from qipan.ground.jobs.worker import serve

    serve()
    return DONE


if __name__ == "__main__":
    sys.exit(run(argparse.Namespace()))
