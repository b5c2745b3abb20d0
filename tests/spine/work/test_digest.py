"""What a group is told of work in the morning: counts and items of its unit, in its language, and no person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.ground.notify.channels.delivering import deliver, prepare
from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.units.models import Person
from qipan.spine.work import actions
from qipan.spine.work.digest import words_of
from qipan.spine.work.models import WorkItem
from tests.spine.work.town import Town, again, at, make, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def channel(town: Town, unit: str = "", language: str = "zh") -> Channel:
    return Channel.objects.create(
        county=town.county,
        unit=town.units[unit] if unit else None,
        kind="dry",
        name="群",
        language=language,
        entered_at=at(),
    )


def test_a_unit_is_told_of_its_own_and_the_county_of_every_unit(town: Town) -> None:
    Person.objects.update(full_name_zh="欧阳某某")
    item = order(town)
    WorkItem.objects.filter(pk=item.pk).update(person=town["roads"].person)
    late = item.deadline + timedelta(days=2)
    words = words_of(channel(town, "roads"), late)
    assert f"1. {item.number}" in words and "超期2天" in words and "待签收1件，临期0件，超期1件" in words
    assert "欧阳" not in words and words_of(channel(town, "tourism"), late) == ""
    county = words_of(channel(town), late)
    assert item.number not in county and town.units["roads"].name_zh in county
    english = words_of(channel(town, "roads", "en"), late)
    assert "1 to accept, 0 due soon, 1 late." in english and "2 days late" in english


def test_it_vanishes_when_the_date_the_owner_or_the_state_changes_before_it_is_sent(town: Town) -> None:
    item, roads = order(town), channel(town, "roads")
    late = item.deadline + timedelta(days=1)
    assert words_of(roads, late)
    actions.accept(item.pk, version=item.version, by=town["roads"], at=at(1))
    item = again(item)
    actions.set_deadline(
        item.pk, version=item.version, by=town["office"], deadline=late + timedelta(days=60), reason="雨", at=at(2)
    )
    assert words_of(roads, late) == ""
    item = again(item)
    actions.reassign(item.pk, version=item.version, by=town["office"], unit="tourism", reason="职能", at=at(3))
    assert words_of(roads, late) == "" and item.number not in words_of(channel(town), late)
    assert "待签收1件" in words_of(channel(town, "tourism"), late)


def test_by_the_queue_once_a_day(town: Town) -> None:
    order(town)
    made = channel(town, "roads")
    # A Wednesday, whatever day the tests run on.
    now = timezone.now() + timedelta(days=(2 - timezone.localdate().weekday()) % 7)
    for _ in range(2):
        prepare(now)
        deliver(now)
    assert [each.state for each in Delivery.objects.filter(channel=made)] == ["dry"]
