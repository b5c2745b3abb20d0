"""The pages of groups of units, and a task that is given to one: preview, ticks, one or each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.ground.units.models import UnitGroup
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.spine.work import town as towns
from tests.spine.work.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.make()


def browser(town: Town) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(town["office"].person)
    return client


def test_a_group_is_made_changed_by_two_and_removed(town: Town) -> None:
    office, new = browser(town), reverse("unit_group_new")
    assert "Each township" in text(office.get(reverse("unit_groups")))
    given = {
        "name_zh": "各路段",
        "name_en": "Road units",
        "aliases": "路段单位、各路政",
        "listed": ["roads"],
        "uid": "g1",
    }
    wrong = office.post(new, given | {"listed": []})
    assert wrong.status_code == 422 and "without them no unit is in it" in text(wrong) and "各路段" in text(wrong)
    for _ in range(2):
        assert office.post(new, given, follow=True).status_code == 200
    made = UnitGroup.objects.get(name_zh="各路段")
    assert made.aliases == ["路段单位", "各路政"]
    edit = reverse("unit_group", args=[made.code])
    assert office.post(edit, given | {"version": 1, "uid": "g2", "functions": ["*"]}).status_code == 302
    stale = office.post(edit, given | {"version": 1, "uid": "g3", "name_en": "Other"})
    assert stale.status_code == 409 and "Other" in text(stale)
    assert "somebody else has changed this" in text(office.post(edit, {"do": "drop", "version": 1}))
    assert office.post(edit, {"do": "drop", "version": 2}).status_code == 302
    assert office.get(edit).status_code == 404


def test_a_task_for_a_group_is_shown_before_it_is_given(town: Town) -> None:
    office, new = browser(town), reverse("task_new")
    day = f"{timezone.localdate() + timedelta(days=20)}"
    form = {
        "title": "开展清洁行动",
        "unit": "group:townships",
        "deadline_day": day,
        "supports": ["group:departments-concerned"],
        "uid": "t1",
    }
    assert "Each township (" in text(office.get(new))
    shown = office.post(new, form)
    assert shown.status_code == 200 and "Nothing is issued yet" in text(shown) and not WorkItem.objects.exists()
    back = office.post(new, form | {"do": "back"})
    assert "开展清洁行动" in text(back) and "Lead unit" in text(back)
    none = office.post(new, form | {"do": "group", "share": "each"})
    assert none.status_code == 422 and "Tick between 1 and" in text(none)
    given = form | {"do": "group", "share": "each", "member": ["east", "west"]}
    for _ in range(2):
        assert office.post(new, given).status_code == 302
    assert sorted(item.lead.code for item in WorkItem.objects.all() if item.lead) == ["east", "west"]
    together = given | {"share": "one", "lead": "west", "uid": "t2"}
    assert office.post(new, together).status_code == 302
    last = WorkItem.objects.order_by("-pk")[0]
    assert last.lead is not None and last.lead.code == "west" and "east" in {unit.code for unit in last.supports.all()}
    late = office.post(new, form | {"deadline_day": "", "uid": "t3"})
    assert late.status_code == 422
