"""The rates: the worked table of docs/work.md, the arithmetic, and each count against the list that it opens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.ground.units.models import Unit
from qipan.ground.worktime.clock import Clock
from qipan.spine.work.actions import recheck
from qipan.spine.work.measures import COUNTS, RATES, Case, Meter, Place, Ratio, Tally, meter_for, places
from qipan.spine.work.models import State, WorkItem
from qipan.spine.work.queries import Filters, items
from qipan.spine.work.rates import rates
from tests.little_ledger import YEAR
from tests.spine.work.test_work_page import rows
from tests.spine.work.town import Town, accepted, at, make, order, reported

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 20, 18, tzinfo=ZONE)
NOBODY = Meter(Clock(), date(2026, 1, 1), date(2026, 12, 31))


def moment(words: str) -> datetime | None:
    return None if words == "–" else datetime.strptime(f"2026 {words}", "%Y %d %b %H:%M").replace(tzinfo=ZONE)


def worked() -> dict[str, tuple[Case, set[str]]]:
    """The eight items of the page, and the counts that it names."""
    found = {}
    for name, issued, deadline, state, sent, handling_round, counts in rows("| item | issued | deadline |"):
        begun, until = moment(issued), moment(deadline)
        assert begun is not None and until is not None
        case = Case(state, begun, until, moment(sent), moment(sent) if state == "closed" else None, int(handling_round))
        found[name] = case, set() if counts == "–" else set(counts.split(", "))
    return found


def test_the_page_names_every_count_and_every_formula():
    assert [row[0] for row in rows("| count | what is in it |")] == list(COUNTS)
    assert {row[0]: row[1] for row in rows("| rate | formula |")} == {
        name: f"{rate.numerator} ÷ {rate.denominator}" for name, rate in RATES.items()
    }


def test_the_items_of_the_page_enter_the_counts_it_says():
    for name, (case, counts) in worked().items():
        assert {count for count, belongs in COUNTS.items() if belongs(case, NOW)} == counts, name


def test_the_rates_of_the_page():
    tally = Tally()
    cases = [case for case, _counts in worked().values()]
    meter = meter_for(Clock(), cases)
    for case in cases:
        tally.add(case, NOW, meter)
    said = {row[0]: row[1] for row in rows("| rate | of the eight |")}
    for name, rate in RATES.items():
        ratio = tally.ratio(rate)
        assert said[name] == f"{ratio.numerator} ÷ {ratio.denominator} = {ratio.percent()}"
    hours = [meter.between(case.issued_at, case.handled_at) // timedelta(hours=1) for case in cases if case.handled_at]
    assert (hours, tally.average) == ([36, 84, 72, 24], timedelta(hours=54))


@pytest.mark.parametrize(
    ("upper", "lower", "words"),
    [(0, 0, "—"), (0, 7, "0.0%"), (7, 7, "100.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 2000, "0.1%"),
     (1, 10000, "0.1%"), (9999, 10000, "99.9%"), (1, 16, "6.3%")],
)  # fmt: skip
def test_a_rate_in_words(upper, lower, words):
    assert Ratio(upper, lower).percent() == words


def test_an_average_of_nothing_is_nothing():
    assert Tally().average is None and Tally().ratio(RATES["handling"]).share is None


def test_the_same_share_has_the_same_place():
    shares = {"a": Fraction(1, 2), "b": Fraction(2, 4), "c": Fraction(9, 10), "d": None, "e": Fraction(0)}
    assert places(shares) == {"a": Place(2, True), "b": Place(2, True), "c": Place(1, False), "e": Place(4, False)}
    assert places({"a": Fraction(1, 9), "b": Fraction(0)}, more=False) == {"b": Place(1, False), "a": Place(2, False)}


def test_the_meter_measures_as_the_clock():
    clock = Clock(special={date(2026, 2, 17): False, date(2026, 2, 14): True})
    meter = Meter(clock, date(2026, 2, 1), date(2026, 3, 31))
    start = datetime(2026, 2, 1, 1, 30, tzinfo=ZONE)
    for step in range(0, 900, 7):
        for length in (0, 3, 25, 200):
            since, until = start + timedelta(hours=step), start + timedelta(hours=step + length)
            assert meter.between(since, until) == clock.working_time(since, until)
    assert meter.between(start + timedelta(days=9), start) == -meter.between(start, start + timedelta(days=9))


# --- on a county ---

LATE = at(24 * 40)
"""Long after every deadline of these orders."""


@pytest.fixture
def town(db: None) -> Town:
    made = make(hotels=6, roads=8)
    order(made)
    accepted(made, cluster="r3")
    reported(made, cluster="r5")
    done = reported(made, cluster="r4")
    recheck(done.pk, version=done.version, by=made["inspector"], outcome="pass", at=at(4))
    again = reported(made, cluster="r6")
    recheck(again.pk, version=again.version, by=made["inspector"], outcome="fail", text="没修好", at=at(4))
    order(made, item="hotel.ho1", cluster="h2")
    # The roads bureau's own inspector looked first.
    order(made, cluster="r7", by=made["inspector-roads"])
    order(made, cluster="r8", by=made["inspector-section"])
    WorkItem.objects.filter(cluster="r3").update(state=State.CANCELLED)
    return made


def listed(town: Town, name: str, **filters) -> int:
    return items(town[name], Filters(year=YEAR, **filters), now=LATE).total


@pytest.mark.parametrize("by", ["unit", "kind", "group", "side"])
@pytest.mark.parametrize("now", [at(5), LATE])
def test_each_count_is_that_of_its_list(town, by, now):
    found = rates(town["office"], Filters(year=YEAR), by, now=now)
    assert found.whole is not None
    seen = 0
    for row in [found.whole, *(row for group in found.groups for row in group.rows)]:
        mine: dict[str, Any] = {by: row.key} if row is not found.whole else {}
        for count, n in row.tally.counts.items():
            listing = items(town["office"], Filters(year=YEAR, rate=count, found="others", **mine), now=now)
            assert listing.total == n, (row.key, count)
            seen += n
        assert items(town["office"], Filters(year=YEAR, found="own", **mine), now=now).total == row.own
    assert seen


def test_by_hand(town):
    """Roads: one open, one reported, one closed, one failed; the cancelled one and the two it found itself aside."""
    found = rates(town["office"], Filters(year=YEAR), now=LATE)
    (department,) = (group for group in found.groups if any(row.key == "roads" for row in group.rows))
    roads = next(row for row in department.rows if row.key == "roads")
    assert roads.tally.counts == {
        "owed": 4, "handled": 2, "on_time": 2, "late_open": 2, "to_close": 4, "closed": 1, "closed_on_time": 1, "rework": 1,
    }  # fmt: skip
    assert (roads.own, found.whole.own if found.whole else 0) == (2, 2)
    # NOON is a day on which nobody works or in working hours; both reports came three hours after the issue.
    assert roads.tally.average is not None and roads.tally.average <= timedelta(hours=3)


def test_before_a_deadline_nothing_open_is_owed(town):
    found = rates(town["office"], Filters(year=YEAR), now=at(5))
    tourism = next(row for group in found.groups for row in group.rows if row.key == "tourism")
    assert not tourism.is_assessed and tourism.place is None
    assert {ratio.percent() for ratio in map(tourism.tally.ratio, RATES.values())} == {"—"}


def test_units_stand_in_groups_the_best_first_and_the_not_assessed_last(town):
    for code, name in (("aa", "甲局"), ("zz", "乙局")):
        unit = Unit.objects.create(county=town.county, code=code, name_zh=name, type="department")
        item = order(town, cluster="r2" if code == "aa" else "r3", item="road.r1")
        WorkItem.objects.filter(pk=item.pk).update(lead=unit, deadline=LATE + timedelta(days=9 if code == "aa" else -9))
    groups = {
        group.name.en: [row.key for row in group.rows]
        for group in rates(town["office"], Filters(year=YEAR), now=LATE).groups
        if group.name
    }
    # Roads half in time; tourism and the second bureau tied with nothing in time; of the first nothing is owed yet.
    assert groups == {"Department": ["roads", "tourism", "zz", "aa"]}


def test_a_period_is_that_of_the_deadline(town):
    one = WorkItem.objects.get(cluster="h2")
    day = one.deadline.astimezone(ZONE).date()
    within = Filters(year=YEAR, since=day.isoformat(), until=day.isoformat(), unit="tourism")
    outside = Filters(year=YEAR, since=(day + timedelta(days=1)).isoformat(), unit="tourism")
    for filters, n in ((within, 1), (outside, 0)):
        whole = rates(town["office"], filters, now=LATE).whole
        assert whole is not None and whole.tally.counts["owed"] == n


def test_a_head_gets_what_its_own_branch_leads(town):
    found = rates(town["roads-head"], Filters(year=YEAR), now=LATE)
    assert found.whole is None and [row.key for group in found.groups for row in group.rows] == ["roads"]
    # A town sees what lies in its area; it leads none of it.
    assert rates(town["east"], Filters(year=YEAR), now=LATE).groups == ()


@pytest.mark.parametrize("more", [0, 40])
def test_ten_times_the_units_ask_no_more(town, more):
    item = WorkItem.objects.get(cluster="h2")
    for number in range(more):
        unit = Unit.objects.create(county=town.county, code=f"u{number}", name_zh=f"单位{number}", type="department")
        item.pk, item.number, item.lead, item.open_key = None, f"2026-9{number:04}", unit, None
        item.save(force_insert=True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = rates(town["office"], Filters(year=YEAR), now=LATE)
    assert sum(len(group.rows) for group in found.groups) >= 2 + more
    assert len(asked) <= 10
