"""The data directory, and the secret that is kept in it."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def data_directory(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return where this installation keeps its data: QIPAN_DATA, else the platform's place for a user's data."""
    if given := environ.get("QIPAN_DATA"):
        return Path(given).expanduser().resolve()
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "qipan"
    shared = environ.get("XDG_DATA_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    return (Path(shared) if Path(shared).is_absolute() else Path.home() / ".local" / "share") / "qipan"


@cache
def secret_key(folder: Path) -> str:
    """Return the installation's secret, which the first call makes: readable by its owner only, and the same for all.

    It is written aside and linked into place, so that of two processes that start at once both read one secret.
    """
    place = folder / "secret-key"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".secret-key-{os.getpid()}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text(encoding="ascii").strip()
