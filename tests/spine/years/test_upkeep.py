"""Upkeep: begun with a day and a reason, ended with one; a smaller draw, and what came back first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.sources.fieldwork.draws import last_drawn
from qipan.sources.fieldwork.queries import find_sites, unseen
from qipan.spine.campaigns.models import Campaign
from qipan.spine.work import actions
from qipan.spine.work.models import WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.years.upkeep import came_back, end_upkeep, first_in_upkeep, set_upkeep, smaller_draw
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.make()


def begin(town: Town, **more) -> None:
    given = {"version": 1, "since": timezone.localdate(), "share": 50, "reason": "已获称号", **more}
    set_upkeep(town.year.campaign_id, by=town["office"], **given)


@pytest.mark.parametrize(("usual", "share", "drawn"), [
    (10, 50, 5), (5, 50, 3), (1, 50, 1), (3, 1, 1), (7, 100, 7), (0, 50, 0), (10, 33, 4), (10, 30, 3),
])  # fmt: skip
def test_the_share_is_rounded_up_and_is_at_least_one(usual: int, share: int, drawn: int) -> None:
    assert smaller_draw(usual, share) == drawn


def test_it_is_begun_changed_and_ended_with_reasons(town: Town) -> None:
    today = timezone.localdate()
    begin(town)
    campaign = Campaign.objects.get()
    assert (campaign.upkeep_since, campaign.upkeep_reason, campaign.upkeep_share) == (today, "已获称号", 50)
    assert campaign.in_upkeep(today) and not campaign.in_upkeep(today - timedelta(days=1))
    told = Message.objects.filter(kind="campaign.upkeep")
    assert town["leader"].pk in told.values_list("post_id", flat=True)
    before = told.count()
    begin(town, version=2, share=30, reason="再减少")
    assert told.count() == before, "another share moves no day"
    end_upkeep(campaign.pk, version=3, reason="复检不合格", by=town["office"])
    campaign.refresh_from_db()
    assert (campaign.upkeep_since, campaign.upkeep_reason, campaign.upkeep_share) == (None, "", 30)
    entries = AuditEntry.objects.filter(verb__startswith="campaign.upkeep").order_by("seq")
    assert [(each.verb, each.details["reason"]) for each in entries] == [
        ("campaign.upkeep", "已获称号"), ("campaign.upkeep", "再减少"), ("campaign.upkeep_end", "复检不合格"),
    ]  # fmt: skip
    assert entries[1].details["changes"]["upkeep_share"] == ["50", "30"]


def test_what_cannot_be_is_refused_and_changes_nothing(town: Town) -> None:
    today = timezone.localdate()
    for field, more in (
        ("since", {"since": None}), ("since", {"since": today + timedelta(days=1)}), ("share", {"share": 0}),
        ("share", {"share": 101}), ("reason", {"reason": "  "}), ("reason", {"reason": "长" * 301}),
    ):  # fmt: skip
        with pytest.raises(RegisterError) as refused:
            begin(town, **more)
        assert refused.value.field == field
    with pytest.raises(PermissionDenied):
        set_upkeep(town.year.campaign_id, version=1, since=today, share=50, reason="x", by=town["leader"])
    with pytest.raises(RegisterError, match="not in upkeep"):
        end_upkeep(town.year.campaign_id, version=1, reason="x", by=town["office"])
    with pytest.raises(Stale):
        begin(town, version=2)
    assert Campaign.objects.get().upkeep_since is None


def test_what_came_back_stands_first_and_the_count_is_that_of_its_list(town: Town) -> None:
    first = towns.reported(town)
    actions.recheck(first.pk, version=first.version, by=town["inspector-2"], outcome="pass", text="好了", at=at(9))
    assert came_back(town["office"], town.year) == {}
    site = WorkItem.objects.get(pk=first.pk).cluster
    again = towns.finding(seen_at=at(23))
    actions.open_orders(town.year, [again], by=town["inspector"], origin=("visit", "2", "第二轮"), at=at(24))
    assert came_back(town["office"], town.year) == {site: 1}
    assert items(town["office"], Filters(special="recurred", site=site), year=town.year).total == 1

    today = timezone.localdate()
    assert first_in_upkeep(town["office"], town.year, today) == {}, "not before upkeep"
    begin(town)
    town.year.campaign.refresh_from_db()
    back = first_in_upkeep(town["office"], town.year, today)
    assert back == {site: 1}
    usual = [place.code for place in unseen(town.year).places]
    last = usual[-1]
    assert unseen(town.year, back={last: 2}).places[0].code == last
    assert [each.code for each in unseen(town.year, back={last: 2}).places[1:] if each.code != last] == [
        code for code in usual if code != last
    ]
    found = find_sites(town.year, "r", {"r2": 2})
    assert (found[0].code, found[0].back) == ("r2", 2)


def test_where_the_standard_names_no_number_the_last_draw_before_upkeep_is_the_usual_one(town: Town) -> None:
    draw = town.little.rounds["draw"]
    listed: dict[str, int] = {}
    for stratum in draw.listings.values_list("stratum", flat=True):
        listed[stratum] = listed.get(stratum, 0) + 1
    opened = timezone.localdate(draw.opened_at)
    assert last_drawn(town.year, opened + timedelta(days=1)) == listed != {}
    assert last_drawn(town.year, opened) == {}
