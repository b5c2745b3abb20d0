"""Requests to units: what counts, the limit of a month, and what the ledger answers; each figure by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.notify.models import Message
from qipan.spine.campaigns.books import rulebook
from qipan.spine.ledger.actions import record
from qipan.spine.scorecards.queries import forget
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.counts import Wanted, light_page, requests
from qipan.spine.work.lightness.grounds import Grounds, given
from qipan.spine.work.lightness.halts import OnFile, OverLimit
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.lightness.months import month_bounds, months_back
from qipan.spine.work.lightness.settings import RANGES, change_settings
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import WorkItem, WorkSettings
from qipan.spine.work.tasks import decompose, preview_decomposition
from tests.little_ledger import YEAR, look
from tests.spine.work.town import Town, at, make, order

pytestmark = pytest.mark.django_db

REASON = "省级复核临时调阅，县委已同意"


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def task(town: Town, title: str = "报送三季度数据", **more) -> WorkItem:
    given = {"unit": "roads", "deadline": at(24 * 20), "at": at(), **more}
    return actions.issue_task(town.year, by=town["office"], title=Text(title, ""), **given)


def kinds() -> Counter:
    return Counter(Demand.objects.values_list("unit__code", "kind"))


def limit(town: Town, most: int) -> None:
    WorkSettings.objects.update_or_create(county=town.county, defaults={"requests_a_month": most})


def test_what_counts(town):
    item = order(town)
    assert kinds() == {}, "an order from a fault that somebody saw asks for work in the street"
    task(town, supports=["tourism", "east"])
    assert kinds() == {("roads", "task"): 1, ("tourism", "support"): 1, ("east", "support"): 1}
    actions.instruct(item.pk, by=town["leader"], text="请抓紧", at=at(1))
    assert kinds()["roads", "instruction"] == 1
    actions.take_back(item.pk, by=town["leader"], at=at(2))
    assert kinds()["roads", "instruction"] == 0
    actions.note(item.pk, by=town["office"], text="已电话沟通", at=at(1))
    actions.note(item.pk, by=town["office"], text="请报照片清单", at=at(1), asks=True)
    assert kinds() == {("roads", "task"): 1, ("roads", "papers"): 1, ("tourism", "support"): 1, ("east", "support"): 1}
    with pytest.raises(PermissionDenied):
        actions.note(item.pk, by=town["roads"], text="请报照片清单", at=at(1), asks=True)


def test_over_the_limit_a_named_leader_answers_in_writing(town):
    limit(town, 2)
    task(town)
    task(town, "第二件")
    items = WorkItem.objects.count()
    with pytest.raises(OverLimit) as caught:
        task(town, "第三件")
    (loaded,) = caught.value.units
    assert (loaded.code, loaded.had, loaded.more, caught.value.limit) == ("roads", 2, 1, 2)
    assert WorkItem.objects.count() == items
    for grounds, wrong in (
        (Grounds(reason="急", leader=town["leader"].pk), "reason"), (Grounds(reason=REASON), "leader"),
        (Grounds(reason=REASON, leader=town["inspector"].pk), "leader"),
    ):  # fmt: skip
        with given(grounds), pytest.raises(OverLimit) as caught:
            task(town, "第三件")
        assert caught.value.field == wrong
    with given(Grounds(reason=REASON, leader=town["leader"].pk)):
        item = task(town, "第三件")
    kept = Demand.objects.get(work_item=item)
    assert kept.reason == REASON
    assert str(town["leader"].person) in kept.leader
    assert item.log.get().data["over"] == {"reason": REASON, "leader": kept.leader}
    assert [each.post_id for each in Message.objects.filter(kind="demand.over")] == [town["leader"].pk]
    # Another unit, and the next month, have a limit of their own.
    task(town, "另一单位", unit="tourism")
    task(town, "下月", at=at(24 * 40), deadline=at(24 * 60))
    assert [each.pk for each in requests(town["office"], town.year, Wanted(over=True))] == [kept.pk]


def test_no_limit_where_it_is_nought(town):
    limit(town, 0)
    for number in range(4):
        task(town, f"第{number}件")
    assert not Demand.objects.exclude(reason="").exists()


def test_every_figure_is_that_of_its_list(town):
    task(town, supports=["east"])
    task(town, "第二件", unit="tourism")
    page = light_page(town["office"], town.year, at(1))
    for load in page.units:
        for month in page.months:
            assert load.months.get(month, 0) == requests(town["office"], town.year, Wanted(load.code, month)).count()
    assert dict(page.sent) == {
        level: count
        for level in ("department", "territory", "grassroots")
        if (count := requests(town["office"], town.year, Wanted(level=level)).count()) or level in page.sent
    }
    assert sum(count for _month, count in page.routine) == WorkItem.objects.count()
    # A unit reads what it was asked itself, and what it supports.
    assert {each.unit.code for each in requests(town["east"], town.year, Wanted())} <= {"roads", "east"}


def test_settings_are_set_by_the_office_with_a_version(town):
    held = settings_of(town.county.pk)
    values = {name: str(getattr(held, name)) for name in RANGES} | {"requests_a_month": "12"}
    WorkSettings.objects.get_or_create(county=town.county)
    version = settings_of(town.county.pk).version
    change_settings(town.county, values, version=version, by=town["office"])
    assert settings_of(town.county.pk).requests_a_month == 12
    with pytest.raises(WorkError) as caught:
        change_settings(town.county, values, version=version, by=town["office"])
    assert caught.value.field == "version"
    with pytest.raises(WorkError) as caught:
        change_settings(town.county, {**values, "bunching_share": "101"}, version=version + 1, by=town["office"])
    assert caught.value.field == "bunching_share"


def test_months():
    assert months_back("2026-02", 3) == ["2025-12", "2026-01", "2026-02"]
    begins, ends = month_bounds("2026-12")
    assert (f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}") == ("2026-12-01", "2027-01-01")
    assert month_bounds("x")[0] == month_bounds("x")[1]


def papers(town: Town) -> str:
    """The key of the check that looks at documents."""
    return next(line.key for line in rulebook(town.year).lines.values() if line.one_thing)


def seen_on_paper(town: Town, outcome: str) -> None:
    forget()
    record(
        town.county.pk, YEAR, [look("2.1", "-", outcome, source="review/1", selection="census")], by=town["inspector"]
    )


def test_what_the_ledger_has_in_full_is_not_asked_for(town):
    check = papers(town)
    seen_on_paper(town, "A")
    with pytest.raises(OnFile) as caught:
        task(town, "报送工作方案", check=check, unit="roads")
    assert [each.outcome for each in caught.value.filed] == ["A"]
    assert not WorkItem.objects.exists()
    forget()
    (plan,) = preview_decomposition(town.year, at(24 * 20), by=town["office"], only={check})
    assert plan.reason == "answered"
    assert decompose(town.year, [plan], by=town["office"], at=at()) == []


def test_what_it_has_in_part_may_be_bettered_and_is_not_asked_for_once_more(town):
    check = papers(town)
    seen_on_paper(town, "B")
    forget()
    item = task(town, "完善工作方案", check=check)
    with pytest.raises(OnFile):
        actions.note(item.pk, by=town["office"], text="请再报一份方案", asks=True, at=at(1))
    actions.note(item.pk, by=town["office"], text="方案已看到，请补签发页", at=at(1))
