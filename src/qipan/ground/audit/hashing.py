"""By what the journal is hashed: SHA-256, or SM3 where the installation asks for it and its OpenSSL has it."""

from __future__ import annotations

import hashlib

SHA256, SM3 = "sha256", "sm3"
ALGORITHMS = (SHA256, SM3)


def chosen(named: str) -> str:
    """Return the algorithm that an installation names; SHA-256 where it names none.

    Raises:
        ValueError: it is none of the two, or the machine does not have it: nothing is hashed by another in silence.
    """
    name = named.strip().lower().replace("-", "") or SHA256
    if name not in ALGORITHMS:
        raise ValueError(f"QIPAN_AUDIT_HASH is sha256 or sm3, not {named!r} / 只能是 sha256 或 sm3")
    if not is_there(name):
        raise ValueError(
            "QIPAN_AUDIT_HASH=sm3, but the OpenSSL of this Python has no SM3; use one that has it, or sha256 / "
            "本机 Python 所用的 OpenSSL 不提供 SM3，请更换或改用 sha256"
        )
    return name


def is_there(algorithm: str) -> bool:
    """Whether this machine can hash by an algorithm."""
    try:
        hashlib.new(algorithm)
    except ValueError:
        return False
    return True


def hashed(algorithm: str, content: bytes) -> str:
    """Return the hash of a content, in hexadecimal signs."""
    return hashlib.new(algorithm, content).hexdigest()
