"""Work as the pages meet it: orders issued a little while ago in the town of `tests.spine.work.town`, and browsers."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from qipan.spine.work import actions
from qipan.spine.work.models import WorkItem
from tests.spine.work.town import Town, finding, photo


def browser(town: Town, name: str, language: str = "en") -> Client:
    """A browser of one of the town's people."""
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(town[name].person)
    return client


def jpeg(name: str = "after.jpg", colour: str = "green") -> SimpleUploadedFile:
    """A photo as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def issued(town: Town, *, hours: float = 2, **more: Any) -> WorkItem:
    """An order at a road that was issued some hours ago."""
    now = timezone.now()
    given = {"seen_at": now - timedelta(hours=hours + 1), **more}
    by = given.pop("by", town["inspector"])
    at = now - timedelta(hours=hours)
    (opened,) = actions.open_orders(town.year, [finding(**given)], by=by, origin=("visit", "1", "第一轮"), at=at)
    return WorkItem.objects.get(pk=opened.pk)


def accepted(town: Town, **more: Any) -> WorkItem:
    """An order that its lead unit has accepted."""
    item = issued(town, **more)
    actions.accept(item.pk, version=item.version, by=town["roads"])
    return WorkItem.objects.get(pk=item.pk)


def reported(town: Town, **more: Any) -> WorkItem:
    """An order that its lead unit has reported as fixed."""
    item = accepted(town, **more)
    fixed = timezone.now() - timedelta(minutes=1)
    actions.report(item.pk, version=item.version, by=town["roads"], text="已修好", fixed_at=fixed, photos=[photo(town)])
    return WorkItem.objects.get(pk=item.pk)


def closed(town: Town, *, seen: str = "pass", **more: Any) -> WorkItem:
    """An order that an inspector has re-checked and closed."""
    item = reported(town, **more)
    actions.recheck(item.pk, version=item.version, by=town["inspector-2"], outcome=seen, text="看过了")
    return WorkItem.objects.get(pk=item.pk)


def cancelled(town: Town, **more: Any) -> WorkItem:
    """An order that the office has cancelled."""
    item = issued(town, **more)
    actions.cancel(item.pk, version=item.version, by=town["office"], reason="重复")
    return WorkItem.objects.get(pk=item.pk)


def form(**fields: Any) -> dict[str, Any]:
    """A form of work with its token."""
    return {"uid": str(uuid.uuid4()), **fields}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def links(page: str) -> set[str]:
    """Every address that a page leads to."""
    return set(re.findall(r'(?:href|action)="([^"#?]+)', page))
