"""The product as it is served, for measuring: its own settings, an embedded database on disk, someone signed in."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from qipan.ground.units.models import County


def open_house() -> None:
    """Make an empty database in a folder of its own, with the settings that users have (SQLite, synchronous FULL)."""
    folder = tempfile.mkdtemp(prefix="qipan-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("DATABASE_URL", "QIPAN_HOST", "QIPAN_TLS", "QIPAN_DEBUG"):
        os.environ.pop(name, None)
    os.environ |= {"QIPAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "qipan.project.settings"}
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "bench.house_urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def statements() -> Iterator[Callable[[], int]]:
    """Count the statements, the opening and the end of transactions among them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        yield lambda: len(found)


def signed_in(county: County) -> Client:
    """Return a browser of someone who holds a post of the county's campaign office."""
    from django.test import Client

    from qipan.ground.units.models import Person, Post, Role

    person = Person.objects.create(username=f"bench-{uuid.uuid4().hex[:8]}", full_name_zh="测量")
    unit = county.units.order_by("pk")[0]
    Post.objects.create(person=person, unit=unit, role=Role.OFFICE, title_zh="专干")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(person)
    return client


def page(client: Client, address: str) -> Any:
    """Ask for a page and make sure that it came."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return answer
