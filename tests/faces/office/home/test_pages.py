"""My unit, the leader's page, the newcomer's page: each number is its list, each act leaves its trace."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.ground.units.models import Person, Post, Role, Unit
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import standing
from qipan.spine.work.models import Kind, LogEntry, Sighting, State, Step, WorkItem
from tests.faces.office.county import YEAR, Made
from tests.faces.office.pages import text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def unit_of(made: Made) -> Unit:
    """The unit of the head."""
    return made.head.posts.get().unit


def work(made: Made, lead: Unit | None, left: float, state: State = State.ISSUED, **more: Any) -> WorkItem:
    """A piece of work with so many days left."""
    now = timezone.now()
    fields = {
        "county": made.county, "year": YEAR, "number": f"{YEAR}-{WorkItem.objects.count() + 1:05}", "kind": Kind.ORDER,
        "origin_kind": "visit", "title_zh": "井盖缺失", "title_en": "Manhole cover missing", "lead": lead, "state": state,
        "issued_at": now - 20 * DAY, "deadline": now + left * DAY, "due_from": now + (left - 3) * DAY, "side": "hardware",
    }  # fmt: skip
    return WorkItem.objects.create(**fields | more)


@pytest.fixture
def busy(made: Made) -> Made:
    """A county with work of every state: the head's unit, a unit below it, and another."""
    mine = unit_of(made)
    below = Unit.objects.create(county=made.county, code="below", name_zh="下属中心", name_en="Centre", parent=mine)
    other = Unit.objects.exclude(pk__in=(mine.pk, below.pk)).exclude(parent=mine).order_by("code")[2]
    now = timezone.now()
    work(made, mine, 0.001)
    work(made, mine, -2, State.ACCEPTED, safety=True)
    work(made, mine, 20, kind=Kind.TASK, side="software")
    work(made, mine, -5, State.REPORTED, reported_at=now - 6 * DAY)
    work(made, mine, -5, State.CLOSED, reported_at=now - 6 * DAY, closed_at=now - timedelta(minutes=1))
    work(made, mine, -5, State.CANCELLED)
    work(made, below, -1)
    work(made, other, -9)
    work(made, other, 1).supports.add(mine)
    joined = work(made, mine, 15)
    for _ in range(3):
        Sighting.objects.create(work_item=joined, seen_at=now)
    return made


def person(made: Made, role: Role, unit: Unit) -> Client:
    """A browser of someone in a new post, in English."""
    someone = Person.objects.create(username=f"example-{role}-x", full_name_zh="某人", full_name_en="Someone")
    Post.objects.create(unit=unit, person=someone, role=role, title_zh="职务", title_en="post")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(someone)
    return client


def figures(page: str) -> list[tuple[str, int]]:
    """The addresses behind the numbers of work on a page, with the numbers."""
    found = re.findall(r'<a href="([^"]+)"><b>(\d+)</b>', page)
    return [(address.replace("&amp;", "&"), int(count)) for address, count in found if address.startswith("/work/")]


def listed(client: Client, address: str) -> int:
    """How many pieces of work the list at an address has."""
    response = client.get(address)
    assert response.status_code == 200
    assert response.context is not None
    return int(response.context["count"])


# ---- my unit


def test_each_number_of_my_unit_is_its_list(busy: Made, head: Client) -> None:
    page = text(head.get("/mine/"))
    found = figures(page)
    # Owed: the one due now, the late one, the task, the one that was joined. Due this week: the first. Late: the second.
    assert [count for _, count in found[:3]] == [4, 1, 1]
    assert len(found) >= 6
    for address, count in found:
        assert listed(head, address) == count, address
    waiting = re.search(r'href="(/work/[^"]*special=waiting[^"]*)">1 piece of work was reported', page)
    assert waiting and listed(head, waiting[1].replace("&amp;", "&")) == 1


def test_what_was_asked_is_counted_whatever_became_of_it(busy: Made, head: Client) -> None:
    page = text(head.get("/mine/"))
    assert "7 requests this year" in page
    assert "2 more findings joined ones that were open" in page
    assert "<b>6</b> orders from inspections" in page and "<b>1</b> tasks from the standard" in page
    assert "<b>1</b> open where this unit supports another" in page


def test_points_at_stake_are_those_of_the_standing(busy: Made, head: Client) -> None:
    parts = list(standing(CampaignYear.objects.get(pk=busy.year.pk), timezone.localdate()).of_unit(unit_of(busy).pk))
    lost = sum(part.lost for part in parts)
    assert lost > 0
    response = head.get("/mine/")
    assert response.context["sums"][0][0] == lost
    assert response.context["sums"][2][0] == sum(part.possible for part in parts)
    assert "carries 0 points of" in text(response)


def test_a_head_sees_the_units_below_and_who_is_missing(busy: Made, head: Client) -> None:
    page = text(head.get("/mine/"))
    assert "Centre" in page and "A liaison officer." in page
    below = next(row for row in head.get("/mine/").context["below"] if row["row"].unit.code == "below")
    assert (below["row"].work.open, below["row"].work.late) == (1, 1)
    assert listed(head, below["late_url"]) == 1


def test_a_unit_that_owes_nothing_is_told_so(made: Made, head: Client) -> None:
    page = text(head.get("/mine/"))
    assert "This unit owes nothing now." in page and figures(page)[:1] == [("/work/?special=handle", 0)]


# ---- the leader


def test_risks_come_late_first_and_each_number_is_its_list(busy: Made) -> None:
    leader = person(busy, Role.LEADER, busy.office.posts.get().unit)
    response = leader.get("/leader/")
    assert [risk["shown"].row.days for risk in response.context["risks"]] == [2, 9, 1]
    for address, count in figures(text(response)):
        assert listed(leader, address) == count, address
    assert "By the rule book we stand at" in text(response)


def test_an_instruction_is_one_press_on_words_and_is_sent_once(busy: Made) -> None:
    leader = person(busy, Role.LEADER, busy.office.posts.get().unit)
    page = text(leader.get("/leader/"))
    number, uid = re.search(r'action="/leader/([^/]+)/instruct/">.*?name="uid" value="([^"]+)"', page, re.S).groups()  # type: ignore[union-attr]
    for _ in range(2):
        answer = leader.post(f"/leader/{number}/instruct/", {"uid": uid, "ready": "fix"}, follow=True)
    said = LogEntry.objects.get(step=Step.INSTRUCTED)
    assert said.text == "Have it fixed within three working days, and report back." and said.work_item.number == number
    assert "What you asked for" in text(answer) and said.text in text(answer)
    leader.post(f"/leader/{number}/instruct/", {"uid": "other", "text": "  I come on Monday. "})
    assert LogEntry.objects.filter(step=Step.INSTRUCTED, text="I come on Monday.").count() == 1
    empty = leader.post(f"/leader/{number}/instruct/", {"uid": "third", "text": " "}, follow=True)
    assert "Say what is wanted." in text(empty)
    assert LogEntry.objects.filter(step=Step.INSTRUCTED).count() == 2
    back = leader.post(f"/leader/{number}/take-back/", follow=True)
    assert "I come on Monday." not in text(back).split("What you asked for")[1] and said.text in text(back)
    assert LogEntry.objects.get(step=Step.TAKEN_BACK).work_item.number == number


def test_only_leaders_come_there(busy: Made, office: Client, head: Client) -> None:
    number = WorkItem.objects.order_by("pk")[0].number
    for client in (office, head):
        assert client.get("/leader/").status_code == 403
        assert client.post(f"/leader/{number}/instruct/", {"ready": "fix"}).status_code == 403
    assert office.get("/mine/").status_code == 403


# ---- the newcomer


def test_a_newcomer_sees_the_most_urgent_piece_and_is_shown_around_once(busy: Made) -> None:
    liaison = person(busy, Role.LIAISON, unit_of(busy))
    assert liaison.get("/home/").headers["Location"] == "/welcome/"
    page = text(liaison.get("/welcome/"))
    urgent = WorkItem.objects.get(lead=unit_of(busy), state=State.ACCEPTED)
    assert urgent.number in page and "3 more wait after it." in page
    answer = liaison.post("/welcome/done/", {"number": urgent.number})
    assert answer.headers["Location"] == f"/work/{urgent.number}/"
    assert liaison.get("/home/").headers["Location"] == "/mine/"


def test_a_newcomer_to_whom_nothing_is_asked_is_told_so(made: Made) -> None:
    liaison = person(made, Role.LIAISON, unit_of(made))
    assert "Your unit owes nothing now" in text(liaison.get("/welcome/"))
    assert liaison.post("/welcome/done/").headers["Location"] == "/mine/"


# ---- the board


def test_each_number_of_work_on_the_board_is_its_list(busy: Made, office: Client) -> None:
    response = office.get("/")
    found = figures(text(response))
    assert [count for _, count in found] == [8, 2, 3, 1, 1]
    for address, count in found:
        assert listed(office, address) == count, address
    shown = response.context["work"]
    for side in shown.sides:
        for figure in (side.closed, side.open):
            assert listed(office, figure.url) == figure.count
    assert [(mover.late, listed(office, mover.url)) for mover in shown.movers] == [(1, 1)] * 3
    assert office.get(f"/?on={YEAR}-03-31").context["work"] is None, "the board of an earlier day knows points alone"


# ---- statements


def statements(client: Client, address: str) -> int:
    """How many statements a page takes when everything is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_ten_times_as_much_work_takes_as_many_statements(busy: Made, head: Client, office: Client) -> None:
    leader = person(busy, Role.LEADER, busy.office.posts.get().unit)
    pages = ((head, "/mine/"), (leader, "/leader/"), (office, "/"), (office, "/gaps/"))
    few = [statements(client, address) for client, address in pages]
    for _ in range(90):
        work(busy, unit_of(busy), -1)
    assert [statements(client, address) for client, address in pages] == few
    assert max(few) <= 26
