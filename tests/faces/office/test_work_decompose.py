"""Tasks from the standard: what the preview shows, what is issued, and what is not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.spine.campaigns.models import FunctionDuty, TimeNode
from qipan.spine.work.models import WorkItem
from qipan.spine.work.plan.hanging import end_of, shift_of_node
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, hidden
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + timedelta(days=20)


@pytest.fixture
def town() -> Town:
    return make()


def boxes(page: str) -> list[tuple[str, bool]]:
    """The boxes of the preview: the check of each, and whether it is ticked."""
    return [(check, bool(on)) for check, on in re.findall(r'name="check" value="([^"]+)"( checked)?', page)]


def test_nothing_is_shown_before_there_is_a_deadline(town):
    client = browser(town, "office")
    assert "Choose a deadline first" in text(client.get("/work/decompose/"))
    assert "No date follows" in text(client.get("/work/decompose/?deadline=soon"))
    assert "The deadline has to lie ahead." in text(client.get("/work/decompose/?deadline=2020-01-01"))


def test_the_preview_shows_each_check_with_its_lead(town):
    page = text(browser(town, "office").get(f"/work/decompose/?deadline={DAY}"))
    assert {check.split("/")[0] for check, _on in boxes(page)} == {"1.1", "1.2", "2.1", "2.2"}
    assert all(on for _check, on in boxes(page))
    assert WorkItem.objects.count() == 0
    section = re.findall(r'<option value="([^"]+)">1 ', page)[0]
    narrower = text(browser(town, "office").get("/work/decompose/", {"deadline": str(DAY), "section": section}))
    assert {check.split("/")[0] for check, _on in boxes(narrower)} == {"1.1", "1.2"}


def test_what_is_ticked_is_issued_and_the_result_counts_it(town):
    client = browser(town, "office")
    page = text(client.get(f"/work/decompose/?deadline={DAY}"))
    ticked = [check for check, _on in boxes(page) if not check.startswith("2.2")]
    sent = form(deadline=str(DAY), check=ticked) | {"uid": hidden(page, "uid")}
    answer = client.post("/work/decompose/", sent, follow=True)
    result = text(answer)
    assert "3 tasks were issued" in result
    assert "3 units have been told." in result
    assert "/work/?kind=task&amp;view=to_accept" in result
    made = WorkItem.objects.all()
    assert {item.check_key for item in made} == set(ticked)
    assert {timezone.localdate(item.deadline) for item in made} == {DAY}
    assert all(item.lead_id for item in made)
    # Sent twice, it issues once; shown again, those checks cannot be issued and lead to their tasks.
    client.post("/work/decompose/", sent)
    assert WorkItem.objects.count() == 3
    page = text(client.get(f"/work/decompose/?deadline={DAY}"))
    assert [check.split("/")[0] for check, _on in boxes(page)] == ["2.2"]
    assert "What cannot be issued" in page
    assert page.count("Open the task") == 3


def test_without_a_lead_unit_nothing_is_issued(town):
    FunctionDuty.objects.filter(function="tourism").delete()
    client = browser(town, "office")
    page = text(client.get(f"/work/decompose/?deadline={DAY}"))
    assert "no unit leads" in page
    assert "/responsibilities/#check-" in page
    unowned = "1.1/site_inspection"
    assert unowned not in dict(boxes(page))
    answer = client.post("/work/decompose/", form(deadline=str(DAY), check=[unowned]))
    assert answer.status_code == 422
    assert "has no lead unit" in text(answer)
    assert WorkItem.objects.count() == 0


def test_what_was_ticked_stays_ticked_when_nothing_could_be_issued(town):
    client = browser(town, "office")
    page = text(client.get(f"/work/decompose/?deadline={DAY}"))
    answer = client.post("/work/decompose/", form(deadline=str(DAY)))
    assert answer.status_code == 422
    assert "tick at least one task" in text(answer)
    assert not any(on for _check, on in boxes(text(answer)))
    one = boxes(page)[0][0]
    answer = client.post("/work/decompose/", form(deadline="2020-01-01", check=[one]))
    assert answer.status_code == 422
    assert WorkItem.objects.count() == 0


def test_tasks_by_a_node_hang_on_it(town):
    node = TimeNode.objects.create(campaign=town.year.campaign, name_zh="迎检前", on=DAY)
    TimeNode.objects.create(campaign=town.year.campaign, name_zh="启动日", on=timezone.localdate() - timedelta(days=3))
    client = browser(town, "office")
    page = text(client.get(f"/work/decompose/?node={node.pk}"))
    assert f'value="{node.pk}" selected' in page and "启动日" not in page
    ticked = [check for check, _on in boxes(page)]
    sent = form(node=str(node.pk), check=ticked) | {"uid": hidden(page, "uid")}
    assert "tasks were issued" in text(client.post("/work/decompose/", sent, follow=True))
    made = WorkItem.objects.all()
    assert {item.milestone_id for item in made} == {node.pk} and {item.deadline for item in made} == {end_of(DAY)}
    # Moving the node lists them for confirmation, as every item of the plan.
    (shift,) = shift_of_node(node, DAY + timedelta(days=5)).nodes
    assert {one.number for one in shift.items} == {item.number for item in made}


def test_another_unit_that_could_lead_is_chosen_in_the_row(town):
    check = "1.1/site_inspection"
    for unit in ("roads", "tourism"):
        FunctionDuty.objects.get_or_create(campaign=town.year.campaign, function="tourism", unit=town.units[unit])
    client = browser(town, "office")
    page = text(client.get(f"/work/decompose/?deadline={DAY}"))
    assert (check, False) in boxes(page), "several could lead: somebody has to say who"
    sent = form(deadline=str(DAY), check=[check]) | {"uid": hidden(page, "uid")}
    assert client.post("/work/decompose/", sent | {f"lead-{check}": "office"}).status_code == 422
    assert client.post("/work/decompose/", sent | {f"lead-{check}": "roads"}).status_code == 302
    made = WorkItem.objects.get(check_key=check)
    assert made.lead is not None and made.lead.code == "roads"
    assert "tourism" in {unit.code for unit in made.supports.all()}
