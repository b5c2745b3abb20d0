"""The pages of the plan: two steps before anything moves, two who act at once, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.spine.campaigns.models import Phase, TimeNode
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, hidden, issued
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def town() -> Town:
    return make()


@pytest.fixture
def office(town: Town) -> Client:
    return browser(town, "office")


@pytest.fixture
def node(town: Town) -> TimeNode:
    on = timezone.localdate() + timedelta(days=30)
    return TimeNode.objects.create(campaign=town.year.campaign, name_zh="整改清零", name_en="All fixed", on=on)


def test_items_are_tied_and_move_with_the_node_only_when_confirmed(town: Town, office: Client, node: TimeNode) -> None:
    item = issued(town)
    tie, shown = reverse("node_tie", args=[node.pk]), reverse("plan_node", args=[node.pk])
    assert item.number in office.get(tie).text
    assert office.post(tie, form()).status_code == 422, "nothing is ticked"
    sent = form(item=f"{item.pk}:{item.version}")
    assert office.post(tie, sent).status_code == 302
    assert office.post(tie, sent).status_code == 302, "sent twice"
    item.refresh_from_db()
    assert (item.milestone_id, item.version) == (node.pk, 2)
    assert item.number in office.get(shown).text

    to = (node.on + WEEK).isoformat()
    edited = office.post(
        reverse("setup_node", args=[node.pk]), {"name_zh": "整改清零", "name_en": "All fixed", "on": to, "version": "1"}
    )
    assert edited.headers["Location"] == f"{reverse('node_move', args=[node.pk])}?to={to}"
    assert TimeNode.objects.get().on == node.on, "nothing has moved yet"
    page = office.get(edited.headers["Location"]).text
    confirmed = form(to=to, version="1", seen=hidden(page, "seen"), item=str(item.pk))
    refused = office.post(reverse("node_move", args=[node.pk]), confirmed | {"reason": ""})
    assert refused.status_code == 422 and "say why it moves" in text(refused)
    again = office.post(reverse("node_move", args=[node.pk]), confirmed | {"reason": "推迟"}, follow=True)
    assert "1 item moved with it" in text(again)
    assert WorkItem.objects.get().deadline == item.deadline + WEEK
    stale = office.post(
        reverse("node_move", args=[node.pk]),
        form(to=(node.on + 2 * WEEK).isoformat(), version="1", seen="x", reason="再推"),
    )
    assert stale.status_code == 409


def test_a_phase_is_entered_moved_taken_out_and_put_back(town: Town, office: Client, node: TimeNode) -> None:
    first = timezone.localdate()
    sent = form(name_zh="攻坚", first=first.isoformat(), last=(first + timedelta(days=40)).isoformat())
    assert office.post(reverse("phase_new"), sent | {"last": "2001-01-01"}).status_code == 422
    assert office.post(reverse("phase_new"), sent).status_code == 302
    phase = Phase.objects.get()
    TimeNode.objects.update(phase=phase)
    page = office.get(reverse("phase_move", args=[phase.pk]), {"days": "7"}).text
    given = {"first": (phase.first + WEEK).isoformat(), "last": (phase.last + WEEK).isoformat()}
    answer = office.post(
        reverse("phase_move", args=[phase.pk]),
        form(**given, version="1", seen=hidden(page, "seen"), node=str(node.pk), reason="顺延一周"),
    )
    assert answer.status_code == 302
    assert TimeNode.objects.get().on == node.on + WEEK
    assert office.post(reverse("phase_remove", args=[phase.pk])).status_code == 302
    assert not Phase.objects.exists()
    office.post(reverse("plan_undo"))
    assert TimeNode.objects.get().phase == Phase.objects.get()


def test_a_unit_sees_the_plan_with_its_own_items_and_changes_nothing(town: Town, node: TimeNode) -> None:
    item = issued(town)
    browser(town, "office").post(reverse("node_tie", args=[node.pk]), form(item=f"{item.pk}:{item.version}"))
    for name, sees in (("roads", True), ("tourism", False)):
        unit = browser(town, name)
        assert (item.number in unit.get(reverse("plan_node", args=[node.pk])).text) is sees
        assert reverse("node_move", args=[node.pk]) not in unit.get(reverse("plan")).text
        assert unit.post(reverse("node_move", args=[node.pk]), form(reason="x")).status_code == 403


def test_a_node_is_reached_and_not(town: Town, office: Client, node: TimeNode) -> None:
    reach = reverse("node_reach", args=[node.pk])
    assert office.post(reach, {"met_on": "soon", "version": "1"}).status_code == 422
    assert office.post(reach, {"met_on": timezone.localdate().isoformat(), "version": "1"}).status_code == 302
    assert "30 days early" in text(office.get(reverse("plan_node", args=[node.pk])))
    assert office.post(reach, {"undo": "1", "version": "1"}).status_code == 409
    assert office.post(reach, {"undo": "1", "version": "2"}).status_code == 302
    assert TimeNode.objects.get().met_on is None
