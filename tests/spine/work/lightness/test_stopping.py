"""Orders, tasks, instructions and reasons are stopped by a guard rail, and what goes over one is kept and reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Role
from qipan.spine.work import actions
from qipan.spine.work.lightness.grounds import Grounds, given
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.lightness.models import Override
from qipan.spine.work.lightness.stopping import guard_page
from qipan.spine.work.models import WorkItem
from tests.spine.work.town import Town, at, finding, make, order
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db

SHUT = "迎检期间沿街商铺一律关门。"
REASON = "供水抢修停水停电，商户已同意，不涉及迎检"


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def acts(town: Town, words: str) -> list:
    """Every way in which words reach a unit."""
    item = order(town)
    later = at(24 * 60)
    return [
        lambda: actions.open_orders(
            town.year, [finding(cluster="r3", text=words)], by=town["inspector"], origin=("visit", "2", ""), at=at()
        ),
        lambda: actions.issue_task(
            town.year, by=town["office"], title=Text("沿街整治", ""), unit="roads", deadline=later, text=words, at=at()
        ),
        lambda: actions.issue_task(town.year, by=town["office"], title=Text(words, ""), unit="roads", deadline=later, at=at()),
        lambda: actions.instruct(item.pk, by=town["leader"], text=words, at=at(1)),
        lambda: actions.note(item.pk, by=town["office"], text=words, at=at(1)),
        lambda: actions.set_deadline(
            item.pk, version=WorkItem.objects.get(pk=item.pk).version, by=town["office"], deadline=later, reason=words, at=at(1)
        ),
        lambda: actions.reassign(
            item.pk, version=WorkItem.objects.get(pk=item.pk).version, by=town["office"], unit="tourism", reason=words, at=at(1)
        ),
    ]  # fmt: skip


def test_every_way_is_stopped_and_nothing_is_changed(town):
    ways = acts(town, SHUT)
    items = WorkItem.objects.count()
    told, entries = Message.objects.count(), AuditEntry.objects.count()
    for way in ways:
        with pytest.raises(RuleBroken) as caught:
            way()
        assert [hit.rule.code for hit in caught.value.hits] == ["shut"]
    assert WorkItem.objects.count() == items
    assert (Message.objects.count(), AuditEntry.objects.count()) == (told, entries)
    assert not Override.objects.exists()


def test_harmless_words_pass(town):
    for way in acts(town, "占道经营已劝导，商户已恢复营业"):
        way()
    assert not Override.objects.exists()


def test_a_reason_lets_it_pass_is_kept_and_reported_to_the_head_of_the_office(town):
    head = make_post(make_person("office-head", password=None), town.units["office"], Role.HEAD)
    item = order(town)
    with given(Grounds(override=REASON)):
        actions.instruct(item.pk, by=town["leader"], text=SHUT, at=at(1))
    kept = Override.objects.get()
    assert (kept.rule, kept.sentence, kept.reason) == ("shut", SHUT.rstrip("。"), REASON)
    assert (kept.thing_id, kept.by_post, kept.at) == (item.number, town["leader"].title_zh, at(1))
    assert AuditEntry.objects.get(verb="guard.override").details == {"rule": "shut"}
    (told,) = Message.objects.filter(kind="guard.overridden")
    assert told.post_id == head.pk
    assert REASON[:10] in told.words_zh
    page = guard_page(town.county, 1)
    assert (page.counts, list(page.overrides)) == ({"shut": 1}, [kept])


def test_without_a_head_on_file_the_office_is_told(town):
    item = order(town)
    with given(Grounds(override=REASON)):
        actions.instruct(item.pk, by=town["leader"], text=SHUT, at=at(1))
    told = [each.post for each in Message.objects.filter(kind="guard.overridden")]
    assert town["office"] in told
    assert {post.role for post in told} == {Role.OFFICE}


@pytest.mark.parametrize("reason", ["", "   ", "特殊情况", "领导要求"])
def test_what_is_no_reason_lets_nothing_pass(town, reason):
    item = order(town)
    with given(Grounds(override=reason)), pytest.raises(RuleBroken) as caught:
        actions.instruct(item.pk, by=town["leader"], text=SHUT, at=timezone.now() + timedelta(days=1))
    assert caught.value.short is bool(reason.strip())


def test_a_finding_that_breaks_two_rules_shows_both(town):
    words = "迎检期间沿街商铺一律关门。把流动摊贩赶走。"
    with pytest.raises(RuleBroken) as caught:
        order(town, text=words)
    assert [hit.rule.code for hit in caught.value.hits] == ["shut", "vendors"]
