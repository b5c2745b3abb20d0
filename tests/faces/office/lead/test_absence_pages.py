"""The pages of who is away: what is wrong is said at its field, two at once, sent twice, the deputy's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.ground.units.models import Post, Role
from tests.faces.office.pages import text
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def browser(world: World, role: Role) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.people[role])
    return client


def test_a_deputy_is_named_once_stands_in_and_is_called_off(world: World) -> None:
    office, today = browser(world, Role.OFFICE), timezone.localdate()
    head, liaison = world.posts[Role.HEAD], world.posts[Role.LIAISON]
    new = reverse("absence_new")
    assert office.get(new).status_code == 302 and office.get(new, {"of": 99999}).status_code == 404
    assert "is away, and nobody will be" in text(office.get(reverse("absences")))
    given = {
        "of": str(head.pk), "deputy": str(liaison.person_id), "first": f"{today - timedelta(days=1)}", "last": f"{today}", "uid": "a1",
    }  # fmt: skip
    wrong = office.post(new, given)
    assert wrong.status_code == 422 and "the first day is today or later" in text(wrong)
    for _ in range(2):
        assert office.post(new, given | {"first": f"{today}"}).status_code == 302
    stand_in = Post.objects.exclude(stands_for=None).get()
    assert "absent now" in text(office.get(reverse("absences")))
    assert "stands in" in text(office.get(reverse("person", args=[liaison.person_id])))

    deputy = browser(world, Role.LIAISON)
    assert deputy.get(reverse("absences")).status_code == 403
    assert deputy.post(reverse("choose_post"), {"post": stand_in.pk}).status_code == 302
    assert "You stand in until" in text(deputy.get(reverse("account")))
    assert deputy.get(reverse("absences")).status_code == 200, "with the rights of the head"
    assert "stands in for this post" in text(browser(world, Role.HEAD).get(reverse("account")))

    end = reverse("absence_end", args=[stand_in.pk])
    assert "somebody else has changed this" in text(office.post(end, {"version": 9}, follow=True))
    assert "Ended." in text(office.post(end, {"version": 1}, follow=True))
    assert deputy.get(reverse("absences")).status_code == 403, "at once"
