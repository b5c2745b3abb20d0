"""Speaking on a terminal, in the reader's language."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from qipan.assessment.text import Text

DONE, FAILED, WRONG = 0, 1, 2
"""Exit codes: done; failed although the input was right; the input or the call is wrong."""

LANGUAGES = ("zh", "en")


def language_of(environ: Mapping[str, str]) -> str:
    """Return zh or en by the locale of the environment; English where it names none."""
    for name in ("QIPAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "").lower()
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"


def split_language(words: Sequence[str], environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """Take `--lang zh|en` out of a command line wherever it stands; return the language and the other words."""
    language, rest = language_of(environ), []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word == "--lang" and left:
            language = _known(left.pop(0), language)
        elif word.startswith("--lang="):
            language = _known(word.partition("=")[2], language)
        else:
            rest.append(word)
    return language, rest


def _known(word: str, otherwise: str) -> str:
    return next((language for language in LANGUAGES if word.lower().startswith(language)), otherwise)


def say(text: Text, language: str) -> None:
    """Print words on standard output."""
    print(text.into(language))


def complain(text: Text, language: str) -> None:
    """Print words on standard error."""
    print(text.into(language), file=sys.stderr)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            # A temporary file is its owner's alone; a written one follows the user's mask.
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(draft.name, 0o666 & ~mask)
            os.replace(draft.name, path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
