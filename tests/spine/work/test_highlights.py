"""Highlights: sent in by a unit, consented to by its head, approved by the office; nobody decides on their own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Role
from qipan.spine.work.highlights.actions import (
    HighlightPlan,
    acts_of,
    approve,
    change,
    consent,
    give_back,
    submit,
    withdraw,
)
from qipan.spine.work.highlights.queries import approved, highlight_of, listed, waiting
from qipan.spine.work.highlights.rules import self_reported
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import Highlight
from tests.spine.work.town import NOON, Town, make, photo
from tests.world import make_post

pytestmark = pytest.mark.django_db
DAY = day_of(NOON)
PLAN = HighlightPlan("错峰清运", "早市散场后清运，路面不再积水", DAY - timedelta(days=9), DAY)


@pytest.fixture
def town() -> Town:
    return make()


def sent(town: Town, by: str = "roads", **more: Any) -> Highlight:
    plan = replace(PLAN, **more)
    return submit(town.year.campaign, plan, by=town[by], photos=[photo(town)], at=NOON)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("投诉下降30%", True),
        ("下降三成", True),
        ("百分之八十", True),
        ("整治十二处", True),
        ("路面不再积水", False),
        ("", False),
    ],
)
def test_a_number_is_the_units_own_word(text: str, claims: bool) -> None:
    assert self_reported(text) is claims


def test_from_the_liaison_by_the_head_to_the_office(town: Town) -> None:
    found = sent(town, measured="投诉由12件降到3件")
    assert (found.state, found.photos.count(), waiting(town["roads-head"])) == ("written", 1, 1)
    assert Message.objects.filter(kind="work.highlight", post=town["roads-head"]).count() == 1
    with pytest.raises(RegisterError):
        approve(found.pk, version=1, by=town["office"], at=NOON)
    consent(found.pk, version=1, by=town["roads-head"], at=NOON)
    assert Message.objects.filter(kind="work.highlight", post=town["office"]).count() == 1
    # Nobody but the unit and the office reads it until it is approved.
    assert highlight_of(town["tourism"], found.pk) is None and listed(town["leader"]) == []
    with pytest.raises(Stale):
        approve(found.pk, version=1, by=town["office"], at=NOON)
    approve(found.pk, version=2, by=town["office"], at=NOON)
    (shown,) = approved(town.county.pk, DAY, DAY)
    assert shown.self_reported and shown.row.consented_by == town["roads-head"].title_zh
    assert approved(town.county.pk, DAY + timedelta(days=1), DAY + timedelta(days=9)) == []
    with pytest.raises(RegisterError):
        change(found.pk, PLAN, version=3, by=town["roads"], at=NOON)
    assert list(AuditEntry.objects.filter(thing_kind="highlight").order_by("seq").values_list("verb", flat=True)) == [
        "highlight.submit", "highlight.consent", "highlight.approve",
    ]  # fmt: skip


def test_what_came_back_goes_the_same_way_again(town: Town) -> None:
    found = sent(town, "roads-head")
    assert found.state == "consented"
    with pytest.raises(RegisterError):
        give_back(found.pk, version=1, by=town["office"], text=" ", at=NOON)
    give_back(found.pk, version=1, by=town["office"], text="请补照片", at=NOON)
    changed = change(found.pk, replace(PLAN, text="补了照片"), version=2, by=town["roads"], at=NOON)
    assert (changed.state, changed.reason, changed.photos.count()) == ("written", "", 1)


def test_nobody_decides_on_their_own_words(town: Town) -> None:
    found = sent(town)
    twice = make_post(town["roads"].person, town.units["roads"], Role.HEAD)
    office = make_post(town["roads"].person, town.units["office"], Role.OFFICE)
    assert "consent" not in acts_of(twice, found)
    with pytest.raises(PermissionDenied):
        consent(found.pk, version=1, by=twice, at=NOON)
    consent(found.pk, version=1, by=town["roads-head"], at=NOON)
    found.refresh_from_db()
    assert "approve" not in acts_of(office, found) and "approve" in acts_of(town["office"], found)
    with pytest.raises(PermissionDenied):
        approve(found.pk, version=2, by=office, at=NOON)


@pytest.mark.parametrize("by", ["tourism-head", "roads", "leader", "inspector"])
def test_others_decide_nothing(town: Town, by: str) -> None:
    found = sent(town)
    for doing in (consent, approve):
        with pytest.raises(PermissionDenied):
            doing(found.pk, version=1, by=town[by], at=NOON)
    with pytest.raises(PermissionDenied):
        withdraw(found.pk, version=1, by=town[by], text="撤", at=NOON)
    if by not in {"roads", "tourism-head"}:
        with pytest.raises(PermissionDenied):
            sent(town, by)


def test_a_withdrawn_one_says_why_to_all_who_read_it(town: Town) -> None:
    found = sent(town, "roads-head")
    approve(found.pk, version=1, by=town["office"], at=NOON)
    withdraw(found.pk, version=2, by=town["office"], text="数据有误", at=NOON)
    (shown,) = listed(town["tourism"])
    assert (shown.row.state, shown.row.reason) == ("withdrawn", "数据有误")
    assert approved(town.county.pk, DAY, DAY) == []
    with pytest.raises(RegisterError):
        withdraw(found.pk, version=3, by=town["office"], text="再撤", at=NOON)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_zh", " "),
        ("text", ""),
        ("last", DAY - timedelta(days=30)),
        ("first", None),
        ("site", "nowhere"),
        ("kind", "x"),
    ],
)
def test_what_does_not_do_is_said_of_its_field(town: Town, field: str, value: object) -> None:
    with pytest.raises(RegisterError) as refused:
        sent(town, "roads", **{field: value})
    assert refused.value.field in {field, "last"} and not Highlight.objects.exists()


def test_the_guard_rails_read_it(town: Town) -> None:
    with pytest.raises(RuleBroken):
        sent(town, text="测评组来时沿街商铺一律关门")
    assert not Highlight.objects.exists()
