"""The one-time code that opens the first page from another machine: printed in the terminal, kept as a digest."""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from pathlib import Path

from django.utils.crypto import salted_hmac

FILE = "setup-code"
#: Letters and digits that are not mistaken for one another when they are read off a screen.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, LETTERS = 4, 5


def _digest(code: str) -> str:
    letters = "".join(code.upper().split()).replace("-", "")
    return salted_hmac("qipan.setup-code", letters, algorithm="sha256").hexdigest()


def make(folder: Path) -> str:
    """Make a new code, whose digest takes the place of the one before, and return it to be printed."""
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{FILE}-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_digest(code))
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(folder / FILE)
    return code


def kept(folder: Path) -> str:
    """Return the digest of the code in force; empty if there is none."""
    try:
        return (folder / FILE).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def fits(folder: Path, code: str) -> bool:
    """Whether a code is the one in force; the answer takes the same time wherever they differ."""
    wanted = kept(folder)
    return bool(wanted) and hmac.compare_digest(wanted, _digest(code))


def forget(folder: Path) -> None:
    """Throw the code away, when the first account exists."""
    (folder / FILE).unlink(missing_ok=True)
