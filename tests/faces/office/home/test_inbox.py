"""The inbox: unread first, opened with one press, and the count in the bar of every page."""

import pytest
from django.test import Client
from django.urls import reverse

from qipan.assessment.text import Text
from qipan.ground.notify import actions
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(example=False, with_campaign=False)


@pytest.fixture
def head(world: World) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.people[Role.HEAD])
    return client


def tell(world: World, words: str, role: Role = Role.HEAD, link: str = "/setup/calendar/") -> int:
    actions.send([world.posts[role]], "work.issued", Text(f"中文{words}", words), link=link)
    return Message.objects.order_by("-pk")[0].pk


def test_messages_are_listed_and_counted(world, head):
    assert "No messages yet" in head.get(reverse("inbox")).content.decode()
    assert "bar-count" not in head.get(reverse("inbox")).content.decode()
    tell(world, "First <b>order</b>")
    tell(world, "Somebody else's", Role.LIAISON)
    shown = head.get(reverse("inbox")).content.decode()
    assert "First &lt;b&gt;order&lt;/b&gt;" in shown
    assert "Somebody else" not in shown
    assert "1 message is unread." in shown
    # The bar of any page counts it.
    assert '<span class="bar-count">1<' in head.get("/setup/calendar/").content.decode()


def test_opening_one_marks_it_and_leads_on(world, head):
    pk = tell(world, "Order")
    answer = head.post(reverse("inbox_read"), {"message": pk})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/setup/calendar/")
    assert Message.objects.get(pk=pk).read_at
    assert "Everything is read" in head.get(reverse("inbox")).content.decode()


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/x", "javascript:alert(1)", ""])
def test_a_link_that_leads_elsewhere_is_not_followed(world, head, link):
    pk = tell(world, "Order", link=link)
    assert head.post(reverse("inbox_read"), {"message": pk}).headers["Location"] == reverse("inbox")


def test_a_message_of_another_post_is_not_there(world, head):
    pk = tell(world, "Order", Role.LIAISON)
    assert head.post(reverse("inbox_read"), {"message": pk}).status_code == 404
    assert Message.objects.get(pk=pk).read_at is None


def test_all_are_marked_and_filters_show_what_is_asked(world, head):
    for number in range(3):
        tell(world, f"No. {number}")
    head.post(reverse("inbox_read"), {"message": Message.objects.order_by("pk")[0].pk})
    unread = head.get(reverse("inbox"), {"shown": "unread"}).content.decode()
    assert ("No. 0" in unread, "No. 1" in unread) == (False, True)
    assert "No message matches" in head.get(reverse("inbox"), {"room": "jobs"}).content.decode()
    assert head.get(reverse("inbox"), {"shown": "x", "room": "y", "page": "z"}).status_code == 200
    assert head.post(reverse("inbox_read")).status_code == 302
    assert not Message.objects.filter(post=world.posts[Role.HEAD], read_at=None).exists()
