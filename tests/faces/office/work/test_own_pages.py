"""A unit's own earlier date and what it finds itself, on the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import accepted, browser, form, hidden, jpeg
from tests.spine.work.town import Town, again, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def test_an_earlier_date_is_shown_to_the_office_and_a_later_one_is_refused(town):
    item = accepted(town)
    client = browser(town, "roads")
    address = f"/work/{item.number}/own-date/"
    page = text(client.get(address))
    own = timezone.localdate(item.deadline) - timedelta(days=1)
    later = timezone.localdate(item.deadline) + timedelta(days=3)
    version = hidden(page, "version")
    refused = client.post(address, form(deadline=f"{later}", version=version))
    assert refused.status_code == 422 and "never later" in text(refused)
    assert client.post(address, form(deadline=f"{own}", version=version)).status_code == 302
    assert again(item).own_deadline is not None
    for name in ("office", "roads"):
        assert "Set by the unit itself" in text(browser(town, name).get(f"/work/{item.number}/"))
    assert f"own date {own}" in text(browser(town, "office").get("/work/"))
    assert browser(town, "office").get(address).status_code == 403
    assert client.post(address, form(deadline="", version="3")).status_code == 302
    assert again(item).own_deadline is None


def test_a_unit_logs_what_it_found(town):
    client = browser(town, "roads")
    page = text(client.get("/work/own/new/"))
    sent = form(title="护栏松动", deadline="3天内", site="r2", photos=jpeg()) | {"uid": hidden(page, "uid")}
    assert client.post("/work/own/new/", sent | {"deadline": "尽快"}).status_code == 422
    sent["photos"] = jpeg()
    answer = client.post("/work/own/new/", sent)
    item = WorkItem.objects.get()
    assert answer["Location"] == f"/work/{item.number}/"
    assert item.sightings.get().photos.count() == 1
    listed = text(client.get("/work/?origin=self"))
    assert item.number in listed and "found by the unit itself" in listed
    assert "Log what your unit found" in listed
    assert browser(town, "office").get("/work/own/new/").status_code == 403
