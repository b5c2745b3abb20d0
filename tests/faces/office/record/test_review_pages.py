"""The pages of reviews: a check is chosen, answered and shown; the list of records with its filters and exports."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.sources.evidence.models import Review
from qipan.sources.fieldwork import rounds
from qipan.sources.fieldwork.actions import Answer, NewVisit, save_visit
from qipan.sources.fieldwork.models import Correction
from qipan.sources.fieldwork.rounds import DESK, Plan
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import rows, text
from tests.little_ledger import Little, little_county

pytestmark = pytest.mark.django_db
CHECK = "2.1/document_review"
NEW = reverse("review_new", args=["document"])


@pytest.fixture
def little() -> Little:
    return little_county(rounds=False)


def browser(post: Any, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(post.person)
    return client


def sent(**more: str) -> dict[str, str]:
    return {
        "uid": str(uuid.uuid4()), "check": CHECK, "observed_on": f"{timezone.localdate():%Y-%m-%d}", "o-2.1": "C",
        "r-2.1": "", **more,
    }  # fmt: skip


def test_checks_to_review_stand_with_how_far_they_are(little: Little) -> None:
    client = browser(little.inspector)
    assert "1 item, nothing yet" in text(client.get(NEW))
    assert client.post(NEW, sent()).status_code == 302
    assert "1 of 1 answered" in text(client.get(NEW))
    assert "?check=" not in text(client.get(NEW, {"state": "open"}))
    assert "The standard has no check of this kind" in text(client.get(reverse("review_new", args=["figure"])))
    assert client.get(reverse("review_new", args=["gossip"])).status_code == 404
    assert client.get(NEW, {"check": "1.1/site_inspection"}).status_code == 404


def test_the_form_says_what_it_counts_for(little: Little) -> None:
    client = browser(little.office)
    page = text(client.get(NEW, {"check": CHECK}))
    assert "enters no score" in page and f"{reverse('round_new')}?kind=desk" in page
    assert "Your own unit answers for this check" in page
    rounds.open_round(little.year, Plan(Text("材料", "Documents"), "docs", DESK, {}), by=little.office)
    assert "Counts for <b>Documents</b>" in text(client.get(NEW, {"check": CHECK}))


def test_a_review_is_saved_with_its_order_and_shown(little: Little) -> None:
    client = browser(little.inspector)
    answer = client.post(
        NEW, sent(document="创城方案 1号", note="附件不全", **{"d-2.1": "1", "t-2.1": "缺年度计划"})
    )  # fmt: skip
    review = Review.objects.get()
    assert answer.headers["Location"] == reverse("review_show", args=[review.uid])
    page = text(client.get(answer.headers["Location"]))
    for words in ("创城方案 1号", "附件不全", WorkItem.objects.get().number, "What it moved"):
        assert words in page
    assert WorkItem.objects.get().text == "缺年度计划"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"o-2.1": "Z"}, "write a grade"),
        ({"o-2.1": ""}, "answer at least one"),
        ({"observed_on": "soon"}, "Enter a day"),
        ({"observed_on": "2999-01-01"}, "must not lie ahead"),
    ],
)
def test_what_is_wrong_is_named_and_the_form_stays_filled_in(
    little: Little, fields: dict[str, str], words: str
) -> None:
    answer = browser(little.inspector).post(NEW, sent(note="keep me", **fields))
    assert answer.status_code == 422
    assert words in text(answer) and "keep me" in text(answer)
    assert not Review.objects.exists()


def test_a_day_before_the_round_opened_is_told(little: Little) -> None:
    rounds.open_round(little.year, Plan(Text("材料", "Documents"), "docs", DESK, {}), by=little.office)
    yesterday = timezone.localdate() - timedelta(days=1)
    if yesterday.year != little.year.year:
        Round.objects.update(opened_at=timezone.now())
        return
    client = browser(little.inspector)
    data = sent(observed_on=f"{yesterday:%Y-%m-%d}", **{"r-2.1": "docs"})
    answer = client.post(NEW, data)
    assert answer.status_code == 409
    assert "no round was open on that day" in text(answer)
    assert 'name="r-2.1" value=""' in text(answer)
    assert client.post(NEW, data | {"r-2.1": ""}).status_code == 302


def test_a_review_is_corrected_with_a_reason(little: Little) -> None:
    client = browser(little.inspector)
    client.post(NEW, sent())
    review, old = Review.objects.get(), Observation.objects.get()
    data = {"item": "2.1", "o-2.1": "A", "reason": "补充材料后", "corrects": str(old.uid)}
    address = reverse("review_correct", args=[review.uid])
    assert client.post(address, data | {"reason": ""}).status_code == 422
    assert client.post(address, data).status_code == 302
    assert Correction.objects.get().source == f"review/{review.uid}"
    assert "补充材料后" in text(client.get(reverse("review_show", args=[review.uid])))


def visited(little: Little, site: str, outcome: str = "pass") -> None:
    at = timezone.now()
    save_visit(
        little.year, NewVisit(uuid.uuid4(), site, at, (Answer("hotel.ho1", outcome),)), by=little.inspector
    )  # fmt: skip


def test_visits_and_reviews_stand_in_one_list(little: Little) -> None:
    client = browser(little.inspector)
    visited(little, "h1", "fail")
    visited(little, "h2")
    client.post(NEW, sent(document="方案"))
    address = reverse("record_list")
    found = [cells[0] for _, cells in rows(text(client.get(address))) if len(cells) == 7][1:]
    assert [words.split()[0] for words in found] == [
        "2.1" if "2.1" in found[0][:4] else found[0].split()[0],
        "hotel",
        "hotel",
    ]
    faults = text(client.get(address, {"faults": "1"}))
    assert "h1" in faults and ">h2<" not in faults
    assert "方案" in text(client.get(address, {"kind": "document_review"}))
    assert "Nothing of this kind" in text(client.get(address, {"q": "nowhere"}))
    lines = client.get(address, {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4


def test_the_list_asks_as_much_for_many_records_as_for_few(little: Little) -> None:
    client = browser(little.inspector)

    def statements() -> int:
        client.get(reverse("record_list"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("record_list"))
        return len(captured)

    visited(little, "h1")
    few = statements()
    for n in range(12):
        visited(little, f"h{n % 4 + 1}", "fail" if n % 2 else "pass")
    assert statements() == few


def test_pages_lead_to_their_forms(little: Little) -> None:
    client = browser(little.inspector)
    assert f"{reverse('visit_new')}?site=h1" in text(client.get(reverse("site", args=["h1"])))
    assert "?check=2.1%2Fdocument_review" in text(client.get(reverse("criterion", args=["2.1"])))
    assert reverse("round_new") not in text(client.get(reverse("rounds")))
    assert reverse("round_new") in text(browser(little.office).get(reverse("rounds")))
