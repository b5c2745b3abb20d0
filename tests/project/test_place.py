"""Where data are kept, and the secret among them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qipan.project.place import data_directory, secret_key


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", "~/.local/share/qipan"),
        ({"XDG_DATA_HOME": "/data"}, "linux", "/data/qipan"),
        ({"XDG_DATA_HOME": "relative"}, "linux", "~/.local/share/qipan"),
        ({"QIPAN_DATA": "/srv/qipan", "XDG_DATA_HOME": "/data"}, "linux", "/srv/qipan"),
        ({"QIPAN_DATA": "~/qipan"}, "linux", "~/qipan"),
        ({}, "darwin", "~/Library/Application Support/qipan"),
    ],
)
def test_the_data_directory(environ: dict[str, str], platform: str, expected: str) -> None:
    assert data_directory(environ, platform) == Path(expected).expanduser()


def test_a_relative_place_is_taken_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_directory({"QIPAN_DATA": "var"}) == tmp_path / "var"


def test_the_secret_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first = secret_key.__wrapped__(folder)
    assert len(first) >= 64 and secret_key.__wrapped__(folder) == first
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.listdir(folder) == ["secret-key"]


def test_two_places_have_two_secrets(tmp_path: Path) -> None:
    assert secret_key.__wrapped__(tmp_path / "a") != secret_key.__wrapped__(tmp_path / "b")


def test_processes_that_start_at_once_read_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: secret_key.__wrapped__(tmp_path / "new"), range(64)))
    assert len(secrets) == 1 and os.listdir(tmp_path / "new") == ["secret-key"]
