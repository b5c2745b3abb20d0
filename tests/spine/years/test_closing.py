"""A year is closed whole or not at all; its record never changes, nothing is written into it, what is open goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError, Stale
from qipan.spine.campaigns.actions import choose_answering_lead
from qipan.spine.campaigns.actions_campaign import set_year
from qipan.spine.campaigns.functions import Mapping, end_function, map_function, unmap_function
from qipan.spine.campaigns.local import set_limits
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty, YearRecord
from qipan.spine.campaigns.years.guard import YearClosed
from qipan.spine.ledger.actions import close_round, open_round, record
from qipan.spine.ledger.import_actions import hand_in
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import State, Step, WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.years.closing import before_closing, close_year, closing_day, reopen_year
from qipan.spine.years.queries import compared, record_of, records_of, verify, years_of
from tests.little_ledger import YEAR, look
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at

pytestmark = pytest.mark.django_db
NEW_YEAR = at(24 * 365)


@pytest.fixture
def town() -> Town:
    """The town with what it saw, and the year after it."""
    made = towns.make()
    Campaign.objects.update(last_year=YEAR + 1)
    following = CampaignYear.objects.create(campaign=made.year.campaign, year=YEAR + 1, standard=made.year.standard)
    following.companions.set(made.year.companions.all())
    towns.seen(made, ("hotel.ho2", "h1", "fail"), ("road.r2", "r2", "fail"), ("road.r1", "r2", "5"))
    return made


def rounds_closed(town: Town) -> None:
    for each in town.little.rounds.values():
        close_round(each.pk, at(10))


def version() -> int:
    return Campaign.objects.values_list("version", flat=True).get()


def closed(town: Town, **more) -> YearRecord:
    rounds_closed(town)
    return close_year(town.year.pk, version=version(), by=town["office"], at=NEW_YEAR, **more)


def test_what_stands_in_the_way_is_named_and_nothing_is_changed(town: Town) -> None:
    item = towns.accepted(town)
    actions.appeal(item.pk, version=item.version, by=town["roads"], reason="不是坏的", at=at(2))
    CampaignYear.objects.filter(year=YEAR + 1).delete()
    found = before_closing(town.year, NEW_YEAR)
    assert (found.open, found.late, len(found.rounds), found.appeals, len(found.obstacles)) == (1, 0, 2, 1, 3)
    with pytest.raises(RegisterError, match="2 rounds of inspection"):
        close_year(town.year.pk, version=version(), by=town["office"], at=NEW_YEAR)
    assert not YearRecord.objects.exists()
    assert CampaignYear.objects.get(pk=town.year.pk).closed_at is None


def test_only_the_office_closes_and_only_what_it_has_read(town: Town) -> None:
    rounds_closed(town)
    with pytest.raises(PermissionDenied):
        close_year(town.year.pk, version=version(), by=town["leader"], at=NEW_YEAR)
    with pytest.raises(Stale):
        close_year(town.year.pk, version=version() + 1, by=town["office"], at=NEW_YEAR)
    with pytest.raises(RegisterError, match="not begun"):
        close_year(CampaignYear.objects.get(year=YEAR + 1).pk, version=version(), by=town["office"], at=at(5))


def test_the_record_is_the_standing_and_stays_what_it_was(town: Town) -> None:
    rounds_closed(town)
    now = standing(town.year, closing_day(town.year, NEW_YEAR))
    made = closed(town, note="年终")
    found = record_of(town.county.pk, town.year.pk)
    assert found is not None and found.serial == 1 and found.note == "年终"
    assert found.total["earned"] == now.card.total.earned and found.total["worst"] == now.card.total.worst
    for part in ("sections", "units", "checks"):
        for name in ("possible", "earned", "lost", "unassessed"):
            assert sum(row[name] for row in found.content[part]) == found.total[name], (part, name)
    # Hotels: one of three items failed at one hotel of four; roads: both items failed at one of two.
    by_type = {row["code"]: row for row in found.content["types"]}
    assert (by_type["hotel"]["registered"], by_type["hotel"]["seen"]) == (4, 1)
    assert found.content["editions"][0]["hash"] == town.year.standard_id
    assert found.content["journal"]["hash"]
    entry = AuditEntry.objects.get(verb="year.close")
    assert entry.details["digest"] == made.digest == found.digest
    assert list(verify()) == []
    YearRecord.objects.filter(pk=made.pk).update(content=made.content.replace('"serial":1', '"serial":2'))
    assert [words.en for words in verify()] == [f"little {YEAR} #1: the frozen record is not what its digest says; restore it from a backup"]  # fmt: skip
    YearRecord.objects.all().delete()
    assert ["closed and has no" in words.en for words in verify()] == [True]


def test_nothing_is_written_into_a_closed_year(town: Town) -> None:
    mended = towns.reported(town)
    actions.recheck(mended.pk, version=mended.version, by=town["inspector-2"], outcome="pass", text="好了", at=at(9))
    closed(town)
    item = WorkItem.objects.get(pk=mended.pk)
    assert item.state == State.CLOSED and item.year == YEAR
    before = Observation.objects.count()
    plan = next(key for key in standing(town.year).book.lines if key.startswith("2.1"))
    refused = (
        lambda: record(town.county.pk, YEAR, [look("road.r2", "r1", "pass")], by=town["inspector"]),
        lambda: open_round(town.county.pk, "late", Text("补", "late"), "census", at(50), [("road", "r1")]),
        lambda: actions.open_orders(town.year, [towns.finding()], by=town["inspector"], origin=("visit", "9", "")),
        lambda: actions.reopen(item.pk, version=item.version, by=town["office"], reason="又坏了"),
        lambda: actions.note(item.pk, by=town["office"], text="记一笔"),
        lambda: choose_answering_lead(town.year, plan, "office", by=town["office"]),
        lambda: set_limits(town.year.pk, {"road.r1": "2"}, version=version(), by=town["office"]),
        lambda: set_year(town.year.pk, cut=None, absent_types=["hotel"], version=version(), by=town["office"]),
        lambda: hand_in("a.csv", [b"item,outcome\n"], YEAR, by=town["office"]),
        lambda: close_year(town.year.pk, version=version(), by=town["office"]),
    )
    for each in refused:
        with pytest.raises(YearClosed) as raised:
            each()
        assert str(YEAR) in raised.value.words.zh
    assert Observation.objects.count() == before
    assert WorkItem.objects.get(pk=item.pk).version == item.version


def test_who_carried_a_function_in_a_closed_year_carried_it(town: Town) -> None:
    closed(town)
    first = date(YEAR + 1, 1, 1)
    roads = FunctionDuty.objects.get(function="roads")
    with pytest.raises(RegisterError, match="last day instead"):
        unmap_function(roads.pk, by=town["office"])
    with pytest.raises(RegisterError, match="change from 1 January"):
        end_function(roads.pk, first - timedelta(days=20), by=town["office"])
    assert end_function(roads.pk, first + timedelta(days=20), by=town["office"]).valid_to
    # One that is given without days begins after the closed year.
    given = map_function(town.year.campaign, Mapping("roads", "east"), by=town["office"])
    assert given.valid_from == first
    unmap_function(given.pk, by=town["office"])


def test_open_items_go_on_with_number_deadline_and_history(town: Town) -> None:
    item = towns.accepted(town)
    closed(town)
    went = WorkItem.objects.get(pk=item.pk)
    assert (went.year, went.from_year, went.number, went.deadline) == (YEAR + 1, YEAR, item.number, item.deadline)
    assert went.log.filter(step=Step.CARRIED).get().data["from"] == YEAR
    assert items(town["office"], Filters(year=YEAR)).total == 0
    assert items(town["office"], Filters(year=YEAR + 1, from_year=str(YEAR))).total == 1
    assert items(town["office"], Filters(from_year="any")).total == 1
    assert items(town["office"], Filters(from_year=str(YEAR - 1))).total == 0
    assert record_of(town.county.pk, town.year.pk).content["carried"]["numbers"] == [item.number]  # type: ignore[union-attr]
    told = Message.objects.get(kind="year.carried", post=town["roads"])
    assert "1件" in told.words_zh
    # It is handled and re-checked in the year it goes on in; the closed one is left alone.
    before = Observation.objects.filter(year=YEAR).count()
    actions.report(went.pk, version=went.version, by=town["roads"], text="修好", fixed_at=NEW_YEAR + timedelta(hours=2), photos=[towns.photo(town)], at=NEW_YEAR + timedelta(hours=3))  # fmt: skip
    went.refresh_from_db()
    done = actions.recheck(went.pk, version=went.version, by=town["inspector-2"], outcome="pass", text="好了", at=NEW_YEAR + timedelta(hours=4))  # fmt: skip
    assert done.closed
    assert Observation.objects.filter(year=YEAR).count() == before
    assert Observation.objects.get(year=YEAR + 1).item == "road.r2"


def test_what_was_found_in_a_closed_year_is_disputed_no_more(town: Town) -> None:
    item = towns.accepted(town)
    sighting = item.sightings.get()
    sighting.observation = Observation.objects.get(item="road.r2").uid
    sighting.save()
    closed(town)
    item.refresh_from_db()
    with pytest.raises(WorkError, match="frozen"):
        actions.appeal(item.pk, version=item.version, by=town["roads"], reason="不是", at=NEW_YEAR + timedelta(hours=1))


def test_a_year_is_opened_again_and_its_records_stand_side_by_side(town: Town) -> None:
    left, acted = towns.accepted(town), towns.order(town, item="road.r1", cluster="r3", outcome="9")
    closed(town)
    acted.refresh_from_db()
    actions.accept(acted.pk, version=acted.version, by=town["roads"], at=NEW_YEAR)
    with pytest.raises(RegisterError, match="say why"):
        reopen_year(town.year.pk, version=version(), by=town["office"], reason=" ")
    with pytest.raises(PermissionDenied):
        reopen_year(town.year.pk, version=version(), by=town["leader"], reason="补录")
    later = NEW_YEAR + timedelta(days=1)
    assert reopen_year(town.year.pk, version=version(), by=town["office"], reason="补录一次检查", at=later) == 1
    left.refresh_from_db()
    acted.refresh_from_db()
    assert (left.year, left.from_year, acted.year, acted.from_year) == (YEAR, None, YEAR + 1, YEAR)
    assert AuditEntry.objects.get(verb="year.reopen").details["stayed"] == 1
    record(town.county.pk, YEAR, [look("hotel.ho1", "h1", "fail")], by=town["inspector"])
    again = close_year(town.year.pk, version=version(), by=town["office"], at=later + timedelta(days=1))
    second, first = records_of(town.county.pk, town.year.pk)
    assert (first.serial, second.serial, again.serial) == (1, 2, 2)
    assert first.reason == "补录一次检查" and first.digest != second.digest
    rows = {(row.part, row.code): row for row in compared(first, second)}
    assert ("total", "") in rows and ("types", "hotel") in rows and ("types", "road") not in rows
    assert list(verify()) == []


def test_years_are_opened_again_from_the_last(town: Town) -> None:
    closed(town)
    following = CampaignYear.objects.get(year=YEAR + 1)
    close_year(following.pk, version=version(), by=town["office"], at=NEW_YEAR + timedelta(days=365))
    with pytest.raises(RegisterError, match="closed as well"):
        reopen_year(town.year.pk, version=version(), by=town["office"], reason="补录")
    assert [(each.year, each.closed_at is not None, len(each.records)) for each in years_of(town.county.pk)] == [
        (YEAR + 1, True, 1), (YEAR, True, 1),
    ]  # fmt: skip


def test_a_closed_year_stands_as_on_its_last_day(town: Town) -> None:
    closed(town)
    year = CampaignYear.objects.get(pk=town.year.pk)
    assert standing(year, timezone.localdate() + timedelta(days=900)).on <= date(YEAR, 12, 31)
