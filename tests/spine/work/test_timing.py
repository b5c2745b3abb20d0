"""Deadlines in words on items: kept with their date, no light without an end, the next of what comes again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.worktime.clock import SHANGHAI
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import light_of, settings_of
from qipan.spine.work.models import WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.timing.again import issue_next
from qipan.spine.work.timing.at_once import set_at_once_days
from qipan.spine.work.timing.when import when
from tests.spine.work import town as towns
from tests.spine.work.town import Town, again, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.make()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def task(town: Town, words: str, now: datetime, **more) -> Any:
    given = when(words, town.county.pk, now)
    return actions.issue_task(
        town.year,
        by=town["office"],
        title=Text("报送月报", "Monthly report"),
        unit="roads",
        deadline=given,
        at=now,
        **more,
    )


def test_the_item_keeps_the_words_and_the_limit_that_they_state(town):
    start = moment("2026-03-02T08:00")
    item = task(town, "10个工作日内", start)
    # By hand: ten working days from Monday 2 March, 08:00, end on Friday 13 March at 18:00.
    assert (item.deadline, item.deadline_text) == (moment("2026-03-13T18:00"), "10个工作日内")
    assert (item.limit, item.limit_unit) == (10, "working_day")
    item = task(town, "3月底前", start)
    assert (item.deadline, item.deadline_text, item.limit) == (moment("2026-03-31T23:59:59"), "3月底前", None)


def test_words_and_a_day_have_to_agree_and_a_day_stands_beside_words_without_one(town):
    now = moment("2026-03-02T08:00")
    county = town.county.pk
    for words, picked in (("3月底前", date(2026, 4, 1)), ("尽快", None), ("", None), ("字" * 81, date(2026, 4, 1))):
        with pytest.raises(WorkError) as error:
            when(words, county, now, picked=picked)
        assert error.value.field == "deadline"
    found = when("尽快", county, now, picked=date(2026, 4, 1))
    assert (found.text, found.deadline) == ("尽快", moment("2026-04-01T23:59:59"))
    assert when("3月底前", county, now, picked=date(2026, 3, 31)).text == "3月底前"


def test_a_changed_deadline_changes_the_words_too(town):
    now = moment("2026-03-02T08:00")
    item = task(town, "3月底前", now)
    given = when("4月10日前", town.county.pk, now)
    actions.set_deadline(item.pk, version=1, by=town["office"], deadline=given, reason="下雨", at=now)
    assert (again(item).deadline_text, again(item).deadline) == ("4月10日前", moment("2026-04-10T23:59:59"))
    actions.accept(item.pk, version=2, by=town["roads"], at=now)
    asked = when("4月底前", town.county.pk, now)
    actions.extend(item.pk, version=3, by=town["roads-head"], reason="缺料", deadline=asked, at=now)
    actions.decide(item.pk, version=4, by=town["office"], upheld=True, reason="同意", at=now)
    assert (again(item).deadline_text, again(item).deadline) == ("4月底前", moment("2026-04-30T23:59:59"))
    actions.instruct(item.pk, by=town["leader"], text="抓紧", deadline=moment("2026-04-20T12:00"), at=now)
    assert again(item).deadline_text == ""


def test_what_has_no_end_has_no_light_until_its_review(town):
    now = moment("2026-03-02T08:00")
    item = task(town, "长期坚持", now)
    assert (item.cadence, item.deadline) == ("standing", moment("2026-12-31T23:59:59"))
    for moment_, light in (("2026-03-02T08:00", "standing"), ("2026-12-25T08:00", "standing"),
                           ("2026-12-30T08:00", "due"), ("2027-01-01T08:00", "late")):  # fmt: skip
        assert light_of(item, moment(moment_)) == light
        found = items(town["office"], Filters(light=light), now=moment(moment_))
        assert [row.number for row in found.rows] == [item.number], light
    assert items(town["office"], Filters(light="on_plan"), now=now).total == 0


def test_what_comes_again_is_issued_once_after_its_day(town):
    item = task(town, "每月25日前", moment("2026-03-02T08:00"), supports=["east"])
    assert item.deadline == moment("2026-03-25T23:59:59")
    assert issue_next(moment("2026-03-25T20:00")) == 0
    now = moment("2026-03-26T00:20")
    assert (issue_next(now), issue_next(now)) == (1, 0)
    second: Any = WorkItem.objects.get(follows=item)
    # 25 April 2026 is a Saturday that is not worked: the Friday before it.
    assert (second.deadline, second.deadline_text, second.lead.code) == (
        moment("2026-04-24T23:59:59"), "每月25日前", "roads",
    )  # fmt: skip
    assert [unit.code for unit in second.supports.all()] == ["east"]
    assert issue_next(moment("2026-04-25T00:20")) == 1
    third = WorkItem.objects.get(follows=second)
    assert third.deadline == moment("2026-05-25T23:59:59"), "not the Saturday that was moved"
    actions.cancel(third.pk, version=1, by=town["office"], reason="不再需要", at=moment("2026-05-01T08:00"))
    assert issue_next(moment("2026-06-01T00:20")) == 0, "a cancelled one ends the series"


def test_the_days_of_at_once_are_the_countys(town):
    now = moment("2026-03-02T08:00")
    assert task(town, "立行立改", now).deadline == moment("2026-03-04T18:00")
    set_at_once_days(1, version=settings_of(town.county.pk).version, by=town["office"], at=now)
    assert task(town, "立行立改", now).deadline == moment("2026-03-02T18:00")
    assert AuditEntry.objects.filter(verb="work.at_once").count() == 1
    for days, version in ((0, 2), (11, 2), (2, 1)):
        with pytest.raises(WorkError):
            set_at_once_days(days, version=version, by=town["office"], at=now)
    with pytest.raises(PermissionDenied):
        set_at_once_days(2, version=2, by=town["leader"], at=now)


def test_a_reassigned_item_keeps_words_that_state_its_limit(town):
    item = task(town, "10个工作日内", at())
    actions.reassign(
        item.pk, version=1, by=town["office"], unit="east", reason="职责调整", at=at() + timedelta(days=60)
    )
    assert again(item).deadline_text == "10个工作日内"
    other = task(town, "11月底前", moment("2026-11-02T08:00"))
    actions.reassign(other.pk, version=1, by=town["office"], unit="east", reason="调整", at=moment("2026-12-10T08:00"))
    assert again(other).deadline_text == ""
