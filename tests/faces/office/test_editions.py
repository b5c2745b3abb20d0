"""Stored editions: list, difference, upload with a preview, download."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qipan.ground.units.models import Post, Role
from qipan.overview.editions import keep
from qipan.spine.standards.formats import dump
from qipan.spine.standards.models import Edition
from qipan.spine.standards.queries import pack
from tests.faces.office import county
from tests.faces.office.pages import text

NEW = "/standard/editions/new/"


def changed() -> dict[str, Any]:
    """Return the national standard with another title of its first section."""
    data: dict[str, Any] = copy.deepcopy(county.pack("cn-national-2015"))
    data["nodes"][0]["title"]["en"] = "Ideals, taught otherwise"
    return data


def send(client: Client, content: bytes | str, name: str = "standard.yaml") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post(NEW, {"file": SimpleUploadedFile(name, raw)})


def waiting(response: Any) -> str:
    found = re.search(r'name="waiting" value="([^"]+)"', text(response))
    assert found
    return found.group(1)


def national() -> Edition:
    return Edition.objects.get(name="cn-national-2015")


def test_editions_show_their_hash_and_the_years_that_use_them(made: county.Made, office: Client) -> None:
    page = text(office.get("/standard/editions/"))
    assert national().hash in page and "297 nodes, 131 checks" in page
    assert f'<span class="pill pill-neutral">{county.YEAR}</span>' in page
    shown = text(office.get(reverse("edition", args=[national().hash])))
    assert "Nankai District" in shown and "Ⅰ-8, Ⅱ-34" in shown
    assert office.get(reverse("edition", args=["0" * 64])).status_code == 404
    assert office.get("/standard/editions/", {"export": "csv"}).status_code == 200


def test_a_file_is_looked_at_first_and_stored_when_confirmed(made: county.Made, office: Client) -> None:
    before = Edition.objects.count()
    response = send(office, yaml.safe_dump(changed(), allow_unicode=True))
    page = text(response)
    assert "1 difference from" in page and "Ideals, taught otherwise" in page
    assert Edition.objects.count() == before
    stored = office.post(NEW, {"waiting": waiting(response)}, follow=True)
    assert "The edition is stored" in text(stored)
    assert Edition.objects.count() == before + 1
    newer = Edition.objects.filter(name="cn-national-2015").exclude(hash=national_of(made)).get()
    diff = text(office.get(reverse("edition_diff", args=[national_of(made), newer.hash])))
    assert "1 difference" in diff and "Ideals, taught otherwise" in diff
    assert reverse("edition_diff", args=[national_of(made), newer.hash]) in text(stored)
    # The year keeps what it is judged by.
    made.year.refresh_from_db()
    assert made.year.standard_id == national_of(made)


def national_of(made: county.Made) -> str:
    return made.year.standard_id


def test_what_is_stored_already_is_said(made: county.Made, office: Client) -> None:
    page = text(send(office, yaml.safe_dump(county.pack("cn-national-2015"), allow_unicode=True)))
    assert "stored already" in page and 'name="waiting"' not in page


def test_problems_name_their_line_and_nothing_is_stored(made: county.Made, office: Client) -> None:
    before = Edition.objects.count()
    data = changed()
    data["weighting"] = "dice"
    response = send(office, yaml.safe_dump(data, allow_unicode=True))
    assert response.status_code == 422
    assert re.search(r"<b>line \d+(, column \d+)?</b>", text(response))
    assert Edition.objects.count() == before
    assert send(office, "nodes: [", "broken.yaml").status_code == 422
    assert send(office, b"MZ\x00", "virus.exe").status_code == 422
    assert send(office, b"not a workbook", "standard.xlsx").status_code == 422
    assert office.post(NEW, {}).status_code == 422


def test_a_workbook_names_sheet_and_cell(made: county.Made, office: Client) -> None:
    book = dump(pack(national().hash), ".xlsx", "en")
    assert "stored already" in text(send(office, book, "standard.xlsx"))


def test_downloads_hold_the_same_content(made: county.Made, office: Client) -> None:
    address = reverse("edition", args=[national().hash])
    sent = office.get(address, {"download": "yaml"})
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "stored already" in text(send(office, sent.content))
    assert office.get(address, {"download": "xlsx"}).content[:2] == b"PK"
    lists = Edition.objects.get(name="cn-site-checklists")
    assert office.get(reverse("edition", args=[lists.hash]), {"download": "xlsx"}).status_code == 302


def test_only_the_campaign_office_reads_files_and_only_its_own(made: county.Made, office: Client, head: Client) -> None:
    assert head.get(NEW).status_code == 403
    assert "Read a new edition" not in text(head.get("/standard/editions/"))
    name = waiting(send(office, yaml.safe_dump(changed(), allow_unicode=True)))
    assert head.post(NEW, {"waiting": name}).status_code == 403
    for wrong in ("../../secret.yaml", "0" * 64 + ".yaml", name + "/../x"):
        assert office.post(NEW, {"waiting": wrong}).status_code == 422
    with pytest.raises(PermissionDenied):
        keep(county.PACKS / "functions.yaml", by=Post.objects.get(role=Role.HEAD))
