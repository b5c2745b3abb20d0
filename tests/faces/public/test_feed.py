"""A post's calendar: what it holds, in UTC, for whom, and when it ends."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Person, Post
from qipan.spine.campaigns.models import TimeNode
from qipan.spine.work import actions
from tests.faces.office.working import accepted, browser, issued, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def subscribed(town: Town, name: str) -> str:
    """The address that a person of the town finds on the page of the account."""
    client = browser(town, name)
    assert client.post("/accounts/calendar/").status_code == 302
    found = re.search(r'value="http://testserver(/p/c/[\w-]{27}\.ics\?lang=en)"', client.get("/accounts/").text)
    assert found is not None
    return found[1]


def entries(address: str) -> dict[str, Any]:
    response = Client().get(address)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    return {str(each["UID"]).partition("@")[0]: each for each in calendar.walk("VEVENT")}


def test_deadlines_of_the_unit_in_utc_and_nodes_as_days(town: Town) -> None:
    Person.objects.update(full_name_zh="欧阳某某")
    item, day = accepted(town), timezone.localdate() + timedelta(days=9)
    node = TimeNode.objects.create(campaign=town.year.campaign, name_zh="省级测评", name_en="Assessment", on=day)
    address = subscribed(town, "roads")
    found = entries(address)
    due = found[f"work-{item.number}"]
    assert due.decoded("DTSTART") == item.deadline.astimezone(UTC).replace(microsecond=0)
    assert re.search(rb"DTSTART:\d{8}T\d{6}Z", Client().get(address).content)
    assert "DTEND" not in due and str(due["URL"]) == f"http://testserver/work/{item.number}/"
    assert found[f"node-{node.pk}"].decoded("DTSTART") == day
    assert type(found[f"node-{node.pk}"].decoded("DTSTART")) is date
    assert "欧阳" not in Client().get(address).text
    # Another unit's work is not in it.
    assert f"work-{item.number}" not in entries(subscribed(town, "tourism"))


def test_it_follows_the_date_and_the_owner(town: Town) -> None:
    item = issued(town)
    roads, tourism = subscribed(town, "roads"), subscribed(town, "tourism")
    before = entries(roads)[f"work-{item.number}"]
    later = datetime(2027, 3, 1, 9, tzinfo=UTC)
    actions.set_deadline(item.pk, version=item.version, by=town["office"], deadline=later, reason="雨")
    after = entries(roads)[f"work-{item.number}"]
    assert after.decoded("DTSTART") == later and after.decoded("SEQUENCE") > before.decoded("SEQUENCE")
    item.refresh_from_db()
    actions.reassign(item.pk, version=item.version, by=town["office"], unit="tourism", reason="职能")
    assert f"work-{item.number}" not in entries(roads) and f"work-{item.number}" in entries(tourism)


def test_what_waits_for_a_re_check_is_one_line_for_who_may(town: Town) -> None:
    reported(town)
    line = entries(subscribed(town, "inspector-2"))["rechecks"]
    assert str(line["SUMMARY"]) == "1 to re-check" and line.decoded("DTSTART") == timezone.localdate()
    assert "rechecks" not in entries(subscribed(town, "inspector-roads")), "not free to"
    assert "rechecks" not in entries(subscribed(town, "roads"))


def test_an_address_ends_with_another_one_by_wish_and_with_the_post(town: Town) -> None:
    first = subscribed(town, "roads")
    second = subscribed(town, "roads")
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    Post.objects.filter(pk=town["roads"].pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert Client().get(second).status_code == 404
    Post.objects.filter(pk=town["roads"].pk).update(valid_to=None)
    assert browser(town, "roads").post("/accounts/calendar/end/").status_code == 302
    assert Client().get(second).status_code == 404
    verbs = list(AuditEntry.objects.filter(verb__startswith="accounts.feed").values_list("verb", flat=True))
    assert verbs == ["accounts.feed_make", "accounts.feed_make", "accounts.feed_end"]
    assert second[5:32] not in str(list(AuditEntry.objects.values()))


def test_statements_do_not_grow_with_the_work(town: Town, django_assert_max_num_queries: Any) -> None:
    for place in ("r1", "r2", "r3"):
        issued(town, cluster=place)
    address = subscribed(town, "roads")
    with django_assert_max_num_queries(10):
        assert Client().get(address).status_code == 200
