"""The form of a task, its subtasks, and the documents that it rests on, on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from qipan.spine.work.basis.models import BasisDocument, Citation
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, hidden
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db
TASK = {"title": "整治背街小巷", "unit": "roads", "deadline": "30天内", "deliverable": "整治台账"}


@pytest.fixture
def town() -> Town:
    return make()


def give(town: Town, name: str = "office", **more: Any) -> Any:
    client = browser(town, name)
    page = text(client.get("/work/tasks/new/"))
    return client.post("/work/tasks/new/", form(**{**TASK, **more}) | {"uid": hidden(page, "uid")})


def document(town: Town) -> BasisDocument:
    sent = form(title="县创建工作实施方案", number="县办发〔2026〕3号", issued_on="2026-01-15")
    assert browser(town, "office").post("/work/basis/", sent).status_code == 302
    return BasisDocument.objects.get()


def test_a_task_is_given_and_told(town):
    paper = document(town)
    answer = give(town, supports=["east", "west"], basis=str(paper.pk), clause="第三条", side="hardware")
    item: Any = WorkItem.objects.get()
    assert answer.url == f"/work/{item.number}/"
    assert (item.lead.code, item.deadline_text, item.deliverable) == ("roads", "30天内", "整治台账")
    assert {unit.code for unit in item.supports.all()} == {"east", "west"}
    page = text(browser(town, "roads").get(answer.url))
    assert "县创建工作实施方案" in page and "第三条" in page and "整治台账" in page and "hardware" in page
    assert "Give a subtask" not in page and "Cite a document" not in page, "for the office"
    listed = text(browser(town, "roads").get(f"/work/?basis={paper.pk}"))
    assert item.number in listed and "rests on" in listed
    shown = text(browser(town, "roads").get(f"/work/basis/{paper.pk}/"))
    assert item.number in shown and "第三条" in shown and "Change the document" not in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [({"unit": ""}, "no task is saved without one"), ({"deadline": ""}, "Write a deadline"),
     ({"deadline": "尽快"}, "No date follows"), ({"title": " "}, "Write what is to be done"),
     ({"clause": "第一条"}, "Choose the document"), ({"parent": "2026-00099"}, "There is no task"),
     ({"deadline": "2026-01-05"}, "has to lie ahead")],
)  # fmt: skip
def test_nothing_is_saved_without_a_lead_and_a_date(town, change, words):
    answer = give(town, **change)
    assert answer.status_code == 422 and words in text(answer)
    assert 'value="整治台账"' in text(answer), "what was written stays"
    assert not WorkItem.objects.exists()


def test_a_form_sent_twice_gives_one_task(town):
    client = browser(town, "office")
    sent = form(**TASK) | {"uid": hidden(text(client.get("/work/tasks/new/")), "uid")}
    client.post("/work/tasks/new/", sent)
    assert client.post("/work/tasks/new/", sent).status_code == 302
    assert WorkItem.objects.count() == 1


def test_subtasks_stand_on_the_page_of_their_task_and_the_other_way_round(town):
    over = WorkItem.objects.get(number=give(town).url.split("/")[2])
    page = text(browser(town, "office").get(f"/work/{over.number}/"))
    assert f"/work/tasks/new/?parent={over.number}" in page
    assert "to end by" in text(browser(town, "office").get(f"/work/tasks/new/?parent={over.number}"))
    part = WorkItem.objects.get(number=give(town, parent=over.number, unit="east", deadline="5天内").url.split("/")[2])
    page = text(browser(town, "office").get(f"/work/{over.number}/"))
    assert part.number in page and "It cannot be closed while a subtask is open." in page
    assert over.number in text(browser(town, "office").get(f"/work/{part.number}/"))
    assert part.number in text(browser(town, "office").get(f"/work/?parent={over.number}"))


def test_documents_are_cited_and_let_go_on_the_item(town):
    paper = document(town)
    number = give(town).url.split("/")[2]
    client = browser(town, "office")
    assert client.post(f"/work/{number}/cite/", form(document=str(paper.pk), clause="第二条")).status_code == 302
    assert "第二条" in text(client.get(f"/work/{number}/"))
    client.post(f"/work/{number}/cite/", form(document="999"))
    assert Citation.objects.count() == 1
    client.post(f"/work/{number}/cite/", form(take=str(Citation.objects.get().pk)))
    assert Citation.objects.count() == 0


def test_the_register_refuses_in_words(town):
    paper = document(town)
    client = browser(town, "office")
    again = client.post("/work/basis/", form(title="县创建工作实施方案", number="县办发〔2026〕3号"))
    assert again.status_code == 422 and "entered already" in text(again)
    assert client.post("/work/basis/", form(title="甲", issued_on="soon")).status_code == 422
    address = f"/work/basis/{paper.pk}/"
    assert client.post(address, form(title="新方案", number="1", version="1")).status_code == 302
    stale = client.post(address, form(title="别的", version="1"))
    assert stale.status_code == 409 and 'value="别的"' in text(stale) and "新方案" in text(stale)
    assert browser(town, "roads").post("/work/basis/", form(title="甲")).status_code == 403
    assert browser(town, "roads").post(address, form(title="甲", version="2")).status_code == 403
