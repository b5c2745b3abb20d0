"""The `qipan` command. A subcommand's module is imported when it is called, so that each starts as fast as it can."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from qipan import __version__
from qipan.assessment.text import InputError, Text
from qipan.ground.documents.problems import FileError, FileProblem, Place, at, render
from qipan.project.terminal import FAILED, WRONG, split_language

COMMANDS = ("run", "worker", "check", "backup", "restore", "standard", "score")
"""Each a module of `qipan.project.commands` with `add(subparsers)`, which sets `run(arguments) -> int`."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in the reader's language, and exits with 2."""

    language = "en"

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong."""
        self.print_usage(sys.stderr)
        said = Text(f"调用有误：{message}", f"error: {message}").into(self.language)
        self.exit(WRONG, f"{self.prog}: {said}\n")


def parser(language: str, *commands: str) -> argparse.ArgumentParser:
    """Return the parser with some of the subcommands."""
    _Parser.language = language
    top = _Parser(
        prog="qipan",
        description=Text("棋盘：创建工作一盘棋", "Qipan: one board for an assessed campaign").into(language),
        epilog=Text(
            "--lang zh|en 选择语言。退出码：0 完成，1 失败，2 输入或调用有误。",
            "--lang zh|en chooses the language. Exit codes: 0 done, 1 failed, 2 the input or the call is wrong.",
        ).into(language),
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"qipan {__version__}",
        help=Text("显示版本号", "print the version").into(language),
    )
    top.set_defaults(language=language)
    below = top.add_subparsers(dest="command", required=True, metavar=Text("命令", "command").into(language))
    for name in commands:
        importlib.import_module(f"qipan.project.commands.{name}").add(below)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows a question mark; no command ends for that.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    language, words = split_language(sys.argv[1:] if argv is None else argv, os.environ)
    named = next((word for word in words if not word.startswith("-")), "")
    try:
        arguments = parser(language, *([named] if named in COMMANDS else COMMANDS)).parse_args(words)
        return int(arguments.run(arguments))
    except FileError as error:
        print(render(error.problems, language), file=sys.stderr)
        return WRONG
    except InputError as error:
        problems: list[FileProblem] = [at("", problem, Place()) for problem in error.problems]
        print(render(problems, language), file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # Whoever read the output has gone (`qipan … | head`); nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else FAILED if error.code else 0


if __name__ == "__main__":
    sys.exit(main())
