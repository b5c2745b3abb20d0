"""The pages of the ladder: proposals by unit, one tap for several, reasons, days, and the papers to print."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.spine.work.models import Escalation, Ladder, Slip, WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, issued, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = make(hotels=6, roads=8)
    for cluster, days in (("r2", 3), ("r3", 4), ("r4", 8)):
        late(issued(made, cluster=cluster), days)
    late(issued(made, item="hotel.ho1", cluster="h2"), 1)
    late(reported(made, cluster="r5"), 9)
    issued(made, cluster="r6")
    return made


def late(item: WorkItem, days: int) -> None:
    WorkItem.objects.filter(pk=item.pk).update(deadline=timezone.now() - timedelta(days=days))


def values(page: str, unit: str) -> list[str]:
    part = page[page.index(f'data-unit="{unit}"') :].split("</section>")[0]
    return re.findall(r'name="items" value="([^"]*)" checked', part)


def test_proposals_stand_by_unit_and_one_tap_takes_several(town):
    client = browser(town, "office")
    page = text(client.get("/work/ladder/"))
    roads, tourism = values(page, "roads"), values(page, "tourism")
    assert [value.split(":")[2] for value in roads] == ["supervise", "urge", "urge"] and len(tourism) == 1
    day = (timezone.localdate() + timedelta(days=4)).isoformat()
    sent = form(unit="roads", items=roads, until=day, act="confirm", text="请抓紧")
    answer = client.post("/work/ladder/decide/", sent)
    slip = Slip.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/work/ladder/slips/{slip.pk}/")
    assert client.post("/work/ladder/decide/", sent).status_code == 302 and Escalation.objects.count() == 3
    page = text(client.get("/work/ladder/"))
    assert 'data-unit="roads"' not in page and page.count("data-decision=") == 3
    # The unit sees why and when, on the item and in its inbox, and opens the slip.
    mine = browser(town, "roads")
    number = WorkItem.objects.get(cluster="r4").number
    item = text(mine.get(f"/work/{number}/"))
    assert (
        "supervised handling" in item
        and "8 days over the deadline" in item
        and f"/work/ladder/slips/{slip.pk}/" in item
    )
    assert number in text(mine.get("/inbox/"))
    assert mine.get(f"/work/ladder/slips/{slip.pk}/").status_code == 200
    assert browser(town, "tourism").get(f"/work/ladder/slips/{slip.pk}/").status_code == 404


def test_the_slip_names_units_and_numbers_and_no_person(town):
    client = browser(town, "office")
    roads = values(text(client.get("/work/ladder/")), "roads")
    client.post("/work/ladder/decide/", form(unit="roads", items=roads[0], until="2099-09-01", act="confirm"))
    page = text(client.get(f"/work/ladder/slips/{Slip.objects.get().pk}/"))
    paper = page[page.index("<article") : page.index("</article>")]
    assert "Draft, to be approved" in paper and WorkItem.objects.get(cluster="r4").number in paper
    assert "1 Sep 2099" in paper
    people = {str(post.person) for post in town.posts.values()}
    assert not [name for name in people if name in paper]


def test_a_reason_is_needed_to_hold_back_and_what_was_chosen_stays(town):
    client = browser(town, "office")
    roads = values(text(client.get("/work/ladder/")), "roads")
    answer = client.post("/work/ladder/decide/", form(unit="roads", items=roads[1:], text=" ", act="hold"))
    assert answer.status_code == 422 and values(text(answer), "roads") == roads[1:]
    assert "Say why it is held back" in text(answer)
    assert (
        client.post("/work/ladder/decide/", form(unit="roads", items=roads[1:], text="雨天", act="hold")).status_code
        == 302
    )
    page = text(client.get("/work/ladder/"))
    assert values(page, "roads") == roads[:1] and "held back" in page and "雨天" in page


def test_a_day_is_needed_for_a_supervision_order(town):
    client = browser(town, "office")
    roads = values(text(client.get("/work/ladder/")), "roads")
    answer = client.post("/work/ladder/decide/", form(unit="roads", items=roads, until="", act="confirm", text="留着"))
    assert answer.status_code == 422 and "留着" in text(answer) and "wants a report" in text(answer)
    assert client.post("/work/ladder/decide/", form(unit="roads", act="confirm")).status_code == 422


def test_what_changed_meanwhile_is_named(town):
    client = browser(town, "office")
    tourism = values(text(client.get("/work/ladder/")), "tourism")
    item = WorkItem.objects.get(cluster="h2")
    WorkItem.objects.filter(pk=item.pk).update(version=item.version + 1)
    answer = client.post("/work/ladder/decide/", form(unit="tourism", items=tourism, act="confirm"), follow=True)
    assert item.number in text(answer) and "Left alone" in text(answer) and not Escalation.objects.exists()


def test_others_read_and_decide_nothing(town):
    page = text(browser(town, "leader").get("/work/ladder/"))
    assert 'data-unit="roads"' in page and 'name="items"' not in page and "/work/ladder/days/" not in page
    assert browser(town, "roads").get("/work/ladder/").status_code == 403


def test_the_days_are_set_with_a_guard(town):
    client = browser(town, "office")
    assert "sample" in text(client.get("/work/ladder/days/"))
    days = {"remind": "2", "urge": "4", "supervise": "8", "bulletin": "16", "interview": "24", "handover": "32"}
    assert client.post("/work/ladder/days/", {**days, "version": "0"}).status_code == 302
    assert Ladder.objects.get().urge == 4
    stale = client.post("/work/ladder/days/", {**days, "urge": "5", "version": "0"})
    assert stale.status_code == 409 and 'value="5"' in text(stale) and 'name="version" value="1"' in text(stale)
    wrong = client.post("/work/ladder/days/", {**days, "urge": "x", "version": "1"})
    assert wrong.status_code == 422 and 'value="x"' in text(wrong)
    assert client.post("/work/ladder/days/", {**days, "urge": "9", "version": "1"}).status_code == 422
