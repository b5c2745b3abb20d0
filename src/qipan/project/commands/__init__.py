"""The subcommands of `qipan`, one module each, with `add(subparsers)`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def language_of_parser(subparsers: Subparsers) -> str:
    """Return the language in which the command line is described."""
    return str(getattr(subparsers._parser_class, "language", "en"))
