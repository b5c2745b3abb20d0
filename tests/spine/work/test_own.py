"""What a unit does of its own accord: an earlier date than it was given, and faults that it finds itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.notify.models import Message
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import light_of
from qipan.spine.work.models import Step
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.timing.when import When
from tests.spine.work import town as towns
from tests.spine.work.town import Town, accepted, again, at, order, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.make()


def own(town: Town, item: Any, deadline: datetime | None, name: str = "roads", hours: float = 2) -> Any:
    done = actions.set_own_date(item.pk, version=item.version, by=town[name], deadline=deadline, at=at(hours))
    return again(done)


def test_an_earlier_date_stands_beside_the_deadline_and_changes_no_light(town):
    item = accepted(town)
    early = item.deadline - timedelta(days=2)
    changed = own(town, item, early)
    assert (changed.own_deadline, changed.deadline) == (early, item.deadline)
    assert light_of(changed, early + timedelta(minutes=1)) == light_of(item, early + timedelta(minutes=1)) != "late"
    assert changed.log.filter(step=Step.OWN_DATE).count() == 1
    assert Message.objects.filter(kind="work.own_date", post=town["office"]).count() == 1
    row = items(town["office"], Filters(), now=at(3)).rows[0]
    assert (row.own_deadline, row.deadline) == (early, item.deadline)
    assert own(town, changed, None, hours=3).own_deadline is None


def test_a_later_one_is_refused_with_the_reason(town):
    item = accepted(town)
    with pytest.raises(WorkError) as error:
        own(town, item, item.deadline + timedelta(minutes=1))
    assert error.value.field == "deadline" and "延期" in error.value.words.zh
    with pytest.raises(WorkError):
        own(town, item, at(1))
    assert own(town, item, item.deadline).own_deadline == item.deadline, "the same day is not later"


def test_what_changes_the_deadline_or_the_unit_takes_it_away_where_it_no_longer_holds(town):
    item = own(town, accepted(town), at(40))
    actions.set_deadline(item.pk, version=item.version, by=town["office"], deadline=at(50), reason="提前", at=at(3))
    assert again(item).own_deadline == at(40)
    item = again(item)
    actions.set_deadline(item.pk, version=item.version, by=town["office"], deadline=at(30), reason="提前", at=at(3))
    assert again(item).own_deadline is None
    item = own(town, again(item), at(20), hours=4)
    actions.reassign(item.pk, version=item.version, by=town["office"], unit="east", reason="错派", at=at(5))
    assert again(item).own_deadline is None


def test_a_unit_logs_what_it_found_itself(town):
    theirs = order(town)
    found: Any = actions.log_own(
        town.year, by=town["roads"], title="护栏松动", text="三处", deadline=When(at(90), "3天内"), site="r2",
        photos=[photo(town)], at=at(),
    )  # fmt: skip
    assert (found.lead.code, found.state, found.origin_kind, found.deadline_text) == (
        "roads",
        "accepted",
        "self",
        "3天内",
    )
    assert (found.cluster, found.territory_id) == ("r2", theirs.territory_id)
    assert [entry.step for entry in found.log.all()] == ["issued", "accepted"]

    def numbers(**more: Any) -> list[str]:
        return [row.number for row in items(town["office"], Filters(**more), now=at(1)).rows]

    assert numbers(found="own") == [found.number]
    assert numbers(found="others") == [theirs.number]
    late = at(24 * 30)
    assert [row.number for row in items(town["office"], Filters(rate="owed", found="others"), now=late).rows] == [
        theirs.number
    ], "it stands in no rate"
    assert items(town["office"], Filters(origin="self"), now=at(1)).points == 0
    actions.report(
        found.pk, version=1, by=town["roads"], text="已加固", fixed_at=at(2), photos=[photo(town, "c")], at=at(2)
    )
    assert actions.recheck(found.pk, version=2, by=town["inspector"], outcome="pass", at=at(3)).closed


def test_what_cannot_be_logged(town):
    given: dict[str, Any] = {"title": "护栏松动", "text": "", "deadline": When(at(90)), "at": at()}
    for name in ("office", "inspector", "leader"):
        with pytest.raises(PermissionDenied):
            actions.log_own(town.year, by=town[name], **given)
    for field, change in (
        ("title", {"title": " "}),
        ("site", {"site": "none"}),
        ("deadline", {"deadline": When(at(-1))}),
    ):
        with pytest.raises(WorkError) as error:
            actions.log_own(town.year, by=town["roads"], **{**given, **change})
        assert error.value.field == field
