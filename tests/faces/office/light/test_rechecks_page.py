"""Re-checks by photo on the pages: set by the office, asked in the form where the draw allows it, refused where not."""

from __future__ import annotations

import pytest

from qipan.assessment.sampling import WHOLE
from qipan.spine.work.lightness.models import PhotoRule
from qipan.spine.work.models import WorkClass, WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = make(hotels=6, roads=5)
    WorkClass.objects.create(county=town.county, code="LITTER", name_zh="零星垃圾", limit=1, limit_unit="working_day")
    return town


def test_set_by_the_office_and_used_in_the_form(town, monkeypatch):
    monkeypatch.setattr("qipan.spine.work.lightness.photo_rules.permanent_number", lambda *_: WHOLE // 2)
    office = browser(town, "office")
    answer = office.post("/work/lightness/rechecks/", {"code": "LITTER", "share": "200"})
    assert answer.status_code == 422
    assert "between 1 and 100" in text(answer)
    assert office.post("/work/lightness/rechecks/", {"code": "LITTER", "share": "20"}).status_code == 302
    assert PhotoRule.objects.get().share == 20
    item = reported(town, work_class="LITTER")
    inspector = browser(town, "inspector")
    assert "may be re-checked by photo" in text(inspector.get(f"/work/{item.number}/"))
    assert 'name="how"' in text(inspector.get(f"/work/{item.number}/recheck/"))
    sent = form(version=item.version, outcome="pass", how="photo")
    assert inspector.post(f"/work/{item.number}/recheck/", sent).status_code == 302
    assert WorkItem.objects.get(pk=item.pk).state == "closed"
    assert "by the photos of the report" in text(inspector.get(f"/work/{item.number}/"))


def test_what_is_drawn_says_so_and_is_not_closed_by_photo(town):
    office = browser(town, "office")
    office.post("/work/lightness/rechecks/", {"code": "LITTER", "share": "100"})
    item = reported(town, work_class="LITTER")
    inspector = browser(town, "inspector")
    assert "drawn for a look on site" in text(inspector.get(f"/work/{item.number}/"))
    assert 'name="how"' not in text(inspector.get(f"/work/{item.number}/recheck/"))
    sent = form(version=item.version, outcome="pass", how="photo")
    answer = inspector.post(f"/work/{item.number}/recheck/", sent)
    assert answer.status_code == 422
    assert "no photo closes it" in text(answer)
    assert WorkItem.objects.get(pk=item.pk).state == "reported"
    office.post("/work/lightness/rechecks/", {"code": "LITTER", "act": "drop"})
    assert not PhotoRule.objects.exists()
