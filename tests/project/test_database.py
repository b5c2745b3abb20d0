"""Addresses of databases, as Django settings."""

from pathlib import Path
from typing import Any

import pytest

from qipan.project.database import PRAGMAS, AddressError, database

FOLDER = Path("/srv/qipan")
POSTGRES = "django.db.backends.postgresql"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "/srv/qipan/qipan.db"),
        ("sqlite:///other.db", "/srv/qipan/other.db"),
        ("sqlite:////var/lib/county.db", "/var/lib/county.db"),
        ("sqlite:///with%20space.db", "/srv/qipan/with space.db"),
    ],
)
def test_sqlite_lies_in_the_data_directory_or_where_it_is_told(address: str, name: str) -> None:
    found = database(address, FOLDER)
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", name)


def test_sqlite_begins_transactions_as_a_writer_and_keeps_what_it_acknowledged() -> None:
    options = database("", FOLDER)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;" in options["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_by_name_and_port(scheme: str) -> None:
    found = database(
        f"{scheme}://us%40er:p%2Fw%3A@db.example.cn:6543/qi%20pan?sslmode=require&connect_timeout=5", FOLDER
    )
    assert found["ENGINE"] == POSTGRES
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "qi pan",
        "USER": "us@er",
        "PASSWORD": "p/w:",
        "HOST": "db.example.cn",
        "PORT": "6543",
    }
    assert found["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "postgresql://postgres:@/postgres?host=/tmp/a-b",
            {"HOST": "/tmp/a-b", "USER": "postgres", "NAME": "postgres"},
        ),
        ("postgresql://%2Frun%2Fpostgresql/qipan", {"HOST": "/run/postgresql", "NAME": "qipan"}),
        ("postgresql:///qipan?host=%2Frun%2Fpostgresql&port=5433", {"HOST": "/run/postgresql", "PORT": "5433"}),
        ("postgresql:///?dbname=qipan&user=a&password=b", {"NAME": "qipan", "USER": "a", "PASSWORD": "b"}),
        ("postgresql://[::1]:5432/qipan", {"HOST": "::1", "PORT": "5432"}),
    ],
)
def test_postgresql_by_socket_and_other_ways(address: str, expected: dict[str, Any]) -> None:
    found = database(address, FOLDER)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://u:secret@h/d", "must begin with"),
        ("qipan.db", "must begin with"),
        ("sqlite://qipan.db", "sqlite:///name"),
        ("sqlite:///", "sqlite:///name"),
        ("postgresql://u:secret@h:port/d", "port"),
        ("postgresql://u:secret@h/", "names no database"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address: str, words: str) -> None:
    with pytest.raises(AddressError, match=words) as refused:
        database(address, FOLDER)
    assert "secret" not in str(refused.value)


@pytest.mark.django_db
def test_the_pragmas_hold(tmp_path: Path) -> None:
    from django.db.utils import ConnectionHandler

    handler = ConnectionHandler({"default": database("", tmp_path)})
    connection = handler["default"]
    wanted = {"WAL": "wal", "FULL": 2, "ON": 1, "MEMORY": 2}
    try:
        with connection.cursor() as cursor:
            for name, value in PRAGMAS.items():
                cursor.execute(f"PRAGMA {name}")
                held = cursor.fetchone()[0]
                assert held == wanted.get(value, held) and str(held) == str(wanted.get(value, value)), name
    finally:
        connection.close()
