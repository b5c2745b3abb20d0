"""A village or community that is chosen to lead has power and means in writing, or the trade department takes it."""

from __future__ import annotations

import pytest

from qipan.assessment.text import Text
from qipan.ground.units.models import Unit
from qipan.spine.work import actions
from qipan.spine.work.lightness.grounds import Grounds, given
from qipan.spine.work.lightness.halts import Unempowered
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, form, issued
from tests.spine.work.town import Town, at, finding, make, order

pytestmark = pytest.mark.django_db

POWER, MEANS = "社区环境卫生日常管理", "保洁员4名，经费2万元"


@pytest.fixture
def town() -> Town:
    town = make(hotels=6, roads=5)
    town.units["community"] = Unit.objects.create(
        county=town.county, code="c1", name_zh="桥头社区", name_en="Bridge community", type="community"
    )
    return town


def ways(town: Town) -> list:
    item = order(town)
    return [
        lambda: actions.issue_task(
            town.year, by=town["office"], title=Text("清理楼道", ""), unit="c1", deadline=at(240), at=at(1)
        ).pk,
        lambda: actions.open_orders(
            town.year, [finding(cluster="r4", unit="c1", why="在社区")], by=town["inspector"], origin=("visit", "9", ""), at=at(1)
        )[0].pk,
        lambda: actions.reassign(
            item.pk, version=WorkItem.objects.get(pk=item.pk).version, by=town["office"], unit="c1", reason="属地", at=at(1)
        ).pk,
    ]  # fmt: skip


@pytest.mark.parametrize("way", range(3))
def test_it_names_power_and_means(town, way):
    act = ways(town)[way]
    with pytest.raises(Unempowered):
        act()
    with given(Grounds(power=POWER)), pytest.raises(Unempowered) as caught:
        act()
    assert caught.value.field == "means"
    with given(Grounds(power=POWER, means=MEANS)):
        item = WorkItem.objects.get(pk=act())
    assert item.lead_id == town.units["community"].pk
    kept = item.log.order_by("-id")[0].data
    assert (kept["power"], kept["means"]) == (POWER, MEANS)


def test_the_trade_department_takes_it_instead(town):
    act = ways(town)[1]
    with pytest.raises(Unempowered) as caught:
        act()
    assert caught.value.trade == town.units["roads"].name
    with given(Grounds(instead=True)):
        item = WorkItem.objects.get(pk=act())
    assert item.lead_id == town.units["roads"].pk
    assert item.log.get().data["instead_of"] == "桥头社区"


def test_a_department_is_asked_for_neither(town):
    item = order(town)
    actions.reassign(item.pk, version=item.version, by=town["office"], unit="tourism", reason="职能", at=at(1))


def test_on_the_page(town):
    item = issued(town)
    client = browser(town, "office")
    sent = form(version=item.version, unit="c1", reason="属地管理")
    page = text(answer := client.post(f"/work/{item.number}/reassign/", sent))
    assert answer.status_code == 422
    assert "Bridge community" in page
    answer = client.post(f"/work/{item.number}/reassign/", {**sent, "ground_power": POWER, "ground_means": MEANS})
    assert answer.status_code == 302
    assert MEANS in text(client.get(f"/work/{item.number}/"))
