"""Where the database is: an address such as `sqlite:////srv/qipan/qipan.db` or `postgresql://…`, as Django settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

#: An acknowledged write survives a power cut (synchronous=FULL); readers do not wait for the writer (WAL).
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "temp_store": "MEMORY",
    "mmap_size": "268435456",
    "cache_size": "-65536",
    "journal_size_limit": "67108864",
}
ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
}
#: Words of the query string that Django keeps beside the connection; all others go to libpq as they are.
PLACES = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}


class AddressError(ValueError):
    """A DATABASE_URL that cannot be used; it never repeats the address, which holds a password."""


def _sqlite(name: str) -> dict[str, Any]:
    """Settings of an embedded database in one file."""
    return {
        "ENGINE": ENGINES["sqlite"],
        "NAME": name,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 20,
            # A transaction that reads first and writes later would fail with "database is locked" otherwise.
            "transaction_mode": "IMMEDIATE",
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in PRAGMAS.items()),
        },
    }


def database(address: str, folder: Path) -> dict[str, Any]:
    """Return the entry of DATABASES for an address; without one, SQLite in the data directory.

    `sqlite:///name` lies in the data directory, `sqlite:////name` is absolute. A PostgreSQL server behind a unix
    socket is named in the query string: `postgresql://user@/name?host=/run/postgresql`.
    """
    if not address:
        return _sqlite(str(folder / "qipan.db"))
    parts = urlsplit(address)
    if parts.scheme not in ENGINES:
        raise AddressError("DATABASE_URL must begin with sqlite: or postgresql:")
    name = unquote(parts.path)[1:]
    if parts.scheme == "sqlite":
        if not name or parts.netloc:
            raise AddressError("DATABASE_URL: write sqlite:///name or sqlite:////folder/name")
        return _sqlite(str(folder / name))
    try:
        port = parts.port
    except ValueError:
        raise AddressError("DATABASE_URL: the port is not a number") from None
    found: dict[str, Any] = {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
    }
    options: dict[str, Any] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key in PLACES:
            found[PLACES[key]] = value
        else:
            options[key] = value
    if not found["NAME"]:
        raise AddressError("DATABASE_URL names no database")
    return {
        "ENGINE": ENGINES["postgresql"],
        **found,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
