"""The settings as an installation sees them: in a process of its own, from the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

PRINT = """
import json, sys
import django
django.setup()
from django.conf import settings
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))
"""
CHECK = """
import django
django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
"""


def python(code: str, *arguments: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process with nothing but these settings."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("QIPAN", "DATABASE", "DJANGO"))}
    env = inherited | {"DJANGO_SETTINGS_MODULE": "qipan.project.settings", "QIPAN_DATA": str(data)} | environ
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], env=env, capture_output=True, text=True, timeout=60
    )


def read(*names: str, data: Path, **environ: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(python(PRINT, *names, data=data, **environ).stdout)
    return found


def test_without_any_setting_it_serves_this_machine_only(tmp_path: Path) -> None:
    found = read(
        "ALLOWED_HOSTS", "SERVED_HOSTS", "DEBUG", "SESSION_COOKIE_SECURE", "ATOMIC_REQUESTS", data=tmp_path / "new"
    )
    assert found == {
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
        "SERVED_HOSTS": [],
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": False,
        "ATOMIC_REQUESTS": None,
    }
    assert not (tmp_path / "new").exists(), "reading the settings leaves no trace"


def test_behind_tls_cookies_are_for_tls_and_forms_come_from_our_names(tmp_path: Path) -> None:
    found = read(
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS"),
        data=tmp_path,
        QIPAN_TLS="1",
        QIPAN_HOST="board.example.cn, .town.example.cn",
    )
    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": ["https://board.example.cn", "https://*.town.example.cn"],
    }


def test_django_finds_nothing_to_warn_of_in_an_installation_behind_tls(tmp_path: Path) -> None:
    done = python(CHECK, data=tmp_path, QIPAN_TLS="1", QIPAN_HOST="board.example.cn")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ["/accounts/sign-in/", "/nowhere/", "/static/office/mark.svg"])
@pytest.mark.django_db
def test_every_answer_keeps_foreign_things_out(client: Client, path: str) -> None:
    response = client.get(path)
    response.close()
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert (
        policy.startswith("default-src 'self';")
        and "frame-ancestors 'none'" in policy
        and "form-action 'self'" in policy
    )
    assert "unsafe" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    # A site is placed on the map from where one stands; no other origin may ask.
    assert "geolocation=(self)" in headers["Permissions-Policy"] and "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_a_foreign_name_is_not_answered(client: Client) -> None:
    assert client.get("/accounts/sign-in/", HTTP_HOST="evil.cn").status_code == 400
