"""Re-checks by photo: which reports may be, which are drawn for a look on site, and the hours; each by hand."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from qipan.assessment.sampling import WHOLE, permanent_number
from qipan.spine.work import actions
from qipan.spine.work.errors import NotIndependent, WorkError
from qipan.spine.work.lightness.models import PhotoRule
from qipan.spine.work.lightness.photo_rules import Hours, drawn, recheck_page, set_rule
from qipan.spine.work.models import WorkClass, WorkItem
from qipan.spine.work.queries import Filters, items
from tests.spine.work.town import Town, accepted, at, make, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = make(hotels=6, roads=5)
    WorkClass.objects.create(county=town.county, code="LITTER", name_zh="零星垃圾", limit=1, limit_unit="working_day")
    return town


def reported(town: Town, cluster: str = "r2", **more) -> WorkItem:
    """A report of the class, an hour after it was accepted."""
    item = accepted(town, cluster=cluster, work_class="LITTER", **more)
    actions.report(
        item.pk,
        version=item.version,
        by=town["roads"],
        text="已清",
        fixed_at=at(1.5),
        photos=[photo(town, cluster[-1])],
        at=at(2),
    )
    return WorkItem.objects.get(pk=item.pk)


def look(town: Town, item: WorkItem, who: str = "inspector", **more) -> Any:
    return actions.recheck(item.pk, version=item.version, by=town[who], outcome="pass", at=at(3), by_photo=True, **more)


def test_without_a_rule_everything_is_looked_at_on_site(town):
    item = reported(town)
    with pytest.raises(WorkError) as caught:
        look(town, item)
    assert caught.value.field == "how"
    assert actions.recheck(item.pk, version=item.version, by=town["inspector"], outcome="pass", at=at(3)).closed


def test_the_draw_is_that_of_the_rounds_and_can_be_made_again(town):
    set_rule(town.county, "LITTER", 50, by=town["office"])
    found = {}
    for cluster in ("r1", "r2", "r3", "r4", "r5"):
        item = reported(town, cluster)
        draw = item.log.get(step="reported").data["draw"]
        moment = at(2).astimezone(UTC)
        assert draw["ticket"] == f"{item.number}/1/{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
        number = permanent_number(f"recheck-{town.county.code}", "LITTER", draw["ticket"])
        assert draw["site"] is (number * 100 < 50 * WHOLE)
        assert item.photo_recheck is not draw["site"]
        found[item.number] = draw["site"]
    by_photo = items(town["office"], Filters(special="recheck_photo"))
    assert {row.number for row in by_photo.rows} == {number for number, site in found.items() if not site}


@pytest.mark.parametrize(("share", "site"), [(100, True), (1, False)])
def test_what_is_drawn_no_photo_closes(town, share, site, monkeypatch):
    monkeypatch.setattr("qipan.spine.work.lightness.photo_rules.permanent_number", lambda *_: WHOLE // 2)
    set_rule(town.county, "LITTER", share, by=town["office"])
    item = reported(town)
    if site:
        with pytest.raises(WorkError) as caught:
            look(town, item)
        assert "0.5000000000" in caught.value.words.zh
        return
    with pytest.raises(NotIndependent):
        look(town, item, "inspector-roads")
    assert look(town, item).closed
    assert item.log.get(step="rechecked").data["how"] == "photo"


def test_what_came_round_again_or_is_dangerous_is_looked_at_on_site(town, monkeypatch):
    monkeypatch.setattr("qipan.spine.work.lightness.photo_rules.permanent_number", lambda *_: WHOLE // 2)
    set_rule(town.county, "LITTER", 20, by=town["office"])
    item = reported(town)
    actions.recheck(
        item.pk, version=item.version, by=town["inspector"], outcome="fail", text="仍有", at=at(3), by_photo=True
    )
    item.refresh_from_db()
    actions.report(
        item.pk,
        version=item.version,
        by=town["roads"],
        text="再清",
        fixed_at=at(4),
        photos=[photo(town, "b")],
        at=at(5),
    )
    item.refresh_from_db()
    assert not item.photo_recheck
    with pytest.raises(WorkError):
        actions.recheck(item.pk, version=item.version, by=town["inspector"], outcome="pass", at=at(6), by_photo=True)


@pytest.mark.parametrize(
    ("code", "share", "field"), [("SAFE", 20, "code"), ("nothing", 20, "code"), ("LITTER", 0, "share")]
)
def test_what_cannot_be_set(town, code, share, field):
    WorkClass.objects.create(county=town.county, code="SAFE", name_zh="危险", limit=24, limit_unit="urgent_hour")
    with pytest.raises(WorkError) as caught:
        set_rule(town.county, code, share, by=town["office"])
    assert caught.value.field == field
    assert not PhotoRule.objects.exists()


def test_a_draw_worked_by_hand():
    # SHA-256("recheck-x|06010|2026-00042/1/2026-03-06T04:00:00.000000Z") begins with these bytes, by sha256sum.
    name = "2026-00042/1/2026-03-06T04:00:00.000000Z"
    number = permanent_number("recheck-x", "06010", name)
    assert drawn("recheck-x", "06010", name, 100)[0]
    assert drawn("recheck-x", "06010", name, 0) == (False, drawn("recheck-x", "06010", name, 1)[1])
    share = number * 100 // WHOLE
    assert not drawn("recheck-x", "06010", name, share)[0]
    assert drawn("recheck-x", "06010", name, share + 1)[0]


def test_hours_by_hand(town):
    # 20 on site and 60 by photo in four weeks: (20 × 45 + 60 × 5) ÷ 60 ÷ 4 = 5 hours a week; all on site: 15.
    hours = Hours(20, 60, 2, 6, 45, 5, 40)
    assert (hours.week, hours.all_on_site, hours.backlog) == (5.0, 15.0, 2.0)
    set_rule(town.county, "LITTER", 100, by=town["office"])
    reported(town)
    page = recheck_page(town["office"], town.county, town.year.year, at(3))
    assert (page.hours.waiting_site, page.hours.site, page.hours.photo) == (1, 1, 0)
    assert [(code, share) for code, _name, share in page.rules] == [("LITTER", 100)]
