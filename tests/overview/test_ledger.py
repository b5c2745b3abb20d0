"""Reading the ledger: each filter, the chain of corrections, what reads an observation, and the rounds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.overview.ledger import Book, Wanted, all_rows, matching, observation_page, rows
from qipan.overview.rounds import round_list
from qipan.spine.ledger.actions import close_round, open_round, record
from qipan.spine.scorecards.queries import forget, standing
from tests.little_ledger import FIRST, YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    forget()
    made = little_county()
    census, draw = made.rounds["census"].pk, made.rounds["draw"].pk
    wrong = look("hotel.ho1", "h1", "fail", round=census, selection="census", source="v1")
    gone = look("hotel.ho2", "h1", "fail", round=census, selection="census", source="v1")
    record(made.county.pk, YEAR, [
        wrong, gone,
        look("hotel.ho3", "h1", "not_seen", round=census, selection="census", source="v1"),
        look("road.r1", "r1", "9", round=draw, selection="drawn", observed_at=FIRST + timedelta(days=9)),
        look("road.r2", "r2", "na", round=draw, selection="drawn"),
        look("2.1", "", "B", selection="census"),
        look("hotel.ho1", "h2", "pass", by_unit="tourism", own=True),
        look("hotel.ho1", "", "pass", supersedes=wrong.uid, recorded_at=FIRST + timedelta(days=5)),
        look("hotel.ho2", "", "withdrawn", supersedes=gone.uid, recorded_at=FIRST + timedelta(days=5)),
    ], by=made.office)  # fmt: skip
    return made


def listed(little: Little, **wanted: Any) -> list[tuple[str, str, str]]:
    book = Book(little.year)
    found = matching(little.year, Wanted(**wanted), book, standing(little.year))
    return [(row.item, row.cluster, row.outcome) for row in rows(found, book, "seq", 0, 100)]


ALL = 9


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, ALL),
        ({"round": "draw"}, 2),
        ({"round": "-"}, 2),
        ({"round": "nothing"}, 0),
        ({"stratum": "road"}, 2),
        ({"stratum": "-"}, 1),
        ({"cluster": "h1"}, 5),
        ({"cluster": "宾馆"}, 6),
        ({"cluster": "hotel 2"}, 1),
        ({"cluster": "-"}, 1),
        ({"item": "hotel.ho1"}, 3),
        ({"item": "宾馆检查项"}, 6),
        ({"item": "litter"}, 1),
        ({"item": "no such thing"}, 0),
        ({"check": "1.2/site_inspection"}, 2),
        ({"check": "nothing"}, 0),
        ({"node": "1"}, 8),
        ({"node": "1.1"}, 6),
        ({"node": "2"}, 1),
        ({"by_unit": "tourism"}, 1),
        ({"selection": "chosen"}, 1),
        ({"selection": "drawn"}, 2),
        ({"outcome": "fail"}, 2),
        ({"outcome": "missing"}, 1),
        ({"outcome": "not_seen"}, 1),
        ({"outcome": "other"}, 2),
        ({"outcome": "na"}, 1),
        ({"stands": "live"}, 6),
        ({"stands": "corrected"}, 2),
        ({"stands": "corrections"}, 2),
        ({"stands": "withdrawn"}, 1),
        ({"since": date(YEAR, 1, 5)}, 1),
        ({"until": date(YEAR, 1, 3)}, 8),
        ({"cluster": "h1", "outcome": "fail", "stands": "live"}, 0),
    ],
)
def test_each_filter(little, wanted, count):
    assert len(listed(little, **wanted)) == count


def test_what_a_unit_s_points_rest_on(little):
    unit = little.units["tourism"].pk
    assert {item for item, _, _ in listed(little, unit=unit)} == {"hotel.ho1", "hotel.ho2", "hotel.ho3"}
    assert listed(little, unit=little.units["office"].pk) == [("2.1", "-", "B")]
    assert listed(little, unit=0) == [("road.r1", "r1", "9")], "nobody answers for the first road"
    assert listed(little, unit=little.units["roads"].pk) == [("road.r2", "r2", "na")]
    assert listed(little, unit=-1) == []


def test_other_counties_and_years_are_not_listed(little):
    other = little_county(code="other")
    record(other.county.pk, YEAR, [look("hotel.ho1", "h1", "pass")], by=other.office)
    assert len(listed(little)) == ALL
    assert len(listed(other)) == 1


def test_orders_and_pages(little):
    book = Book(little.year)
    found = matching(little.year, Wanted(), book)
    newest = [row.seq for row in rows(found, book, "-seq", 0, 100)]
    assert newest == sorted(newest, reverse=True)
    assert [row.seq for row in rows(found, book, "-seq", 2, 5)] == newest[2:5]
    seen = [row.observed_at for row in rows(found, book, "-observed", 0, 100)]
    assert seen == sorted(seen, reverse=True)
    places = [(row.cluster, row.item) for row in rows(found, book, "site", 0, 100)]
    assert places == sorted(places)
    assert [row.seq for row in all_rows(found, book, "seq")] == newest[::-1]


def test_a_corrected_row_names_its_correction_and_says_whether_it_counts(little):
    book = Book(little.year)
    by = {
        (row.item, row.outcome): row
        for row in rows(matching(little.year, Wanted(cluster="h1"), book), book, "seq", 0, 9)
    }
    wrong, right = by["hotel.ho1", "fail"], by["hotel.ho1", "pass"]
    assert (wrong.corrected_by, wrong.stands, right.stands) == (right.uid, False, True)
    assert by["hotel.ho2", "fail"].withdrawn
    assert not by["hotel.ho2", "withdrawn"].stands
    assert (wrong.code, wrong.good, right.good) == ("1.1", False, True)
    assert by["hotel.ho3", "not_seen"].good is None


def test_one_observation_with_its_chain_and_its_checks(little):
    book = Book(little.year)
    row = next(
        each for each in rows(matching(little.year, Wanted(item="hotel.ho1", cluster="h1"), book), book, "seq", 0, 1)
    )
    page = observation_page(little.year, row.uid, timezone.localdate())
    assert page is not None
    assert [each.outcome for each in page.chain] == ["fail", "pass"]
    assert page.same_visit == 5
    (read,) = page.read_by
    assert (read.check, read.worth.en) == ("1.1/site_inspection", "counts as 0%")
    assert page.later is None
    record(little.county.pk, YEAR, [look("hotel.ho1", "h1", "na", observed_at=FIRST + timedelta(days=8))], by=None)
    again = observation_page(little.year, row.uid, timezone.localdate())
    assert again is not None
    assert again.later is not None
    assert again.later.outcome == "na"
    other = little_county(code="other")
    assert observation_page(other.year, row.uid, timezone.localdate()) is None


def test_rounds_with_their_lists_figures_and_amendments(little):
    now = FIRST + timedelta(days=20)
    close_round(little.rounds["census"].pk, FIRST + timedelta(days=10))
    newest, oldest = round_list(little.year, now)
    assert (oldest.code, oldest.listed, oldest.listed_seen, oldest.looks, oldest.late) == ("census", 4, 1, 5, 0)
    assert (newest.code, newest.seed, newest.listed, newest.closed_at, newest.days_open) == ("draw", "7", 2, None, 19)
    (section,) = oldest.sections
    assert (section.section, section.seen, section.listed, section.amended) == ("1", 1, 4, ())
    late = look("hotel.ho1", "h2", "fail", round=oldest.id, selection="census", recorded_at=FIRST + timedelta(days=12))
    record(little.county.pk, YEAR, [late], by=None)
    again = round_list(little.year, now)[1]
    assert (again.late, again.sections[0].mean, again.sections[0].seen) == (1, section.mean, section.seen)
    assert [seen for _, seen, _ in again.sections[0].amended] == [2], (
        "the published figure stays, the new one beside it"
    )


def test_a_round_that_a_later_one_has_overtaken_is_late(little):
    from qipan.assessment.text import Text

    assert not any(row.overtaken for row in round_list(little.year, FIRST + timedelta(days=40)))
    open_round(little.county.pk, "draw-2", Text("抽查2"), "drawn", FIRST + timedelta(days=30), [("road", "r3")])
    late = {row.code for row in round_list(little.year, FIRST + timedelta(days=40)) if row.overtaken}
    assert late == {"draw"}


def test_a_round_that_is_open_after_its_day_is_late(little):
    from qipan.assessment.text import Text

    due = FIRST + timedelta(days=20)
    number = open_round(
        little.county.pk, "due", Text("抽查"), "drawn", FIRST, [("road", "r3")], due_on=timezone.localdate(due)
    ).pk

    def overdue(now):
        return {row.code for row in round_list(little.year, now) if row.overdue}

    assert overdue(due) == set(), "on the day itself it is in time"
    assert overdue(due + timedelta(days=1)) == {"due"}
    close_round(number, due + timedelta(days=2))
    assert overdue(due + timedelta(days=3)) == set()


def statements(count: int) -> tuple[int, int, int]:
    forget()
    little = little_county(count, 3, code=f"c{count}")
    facts = [look(f"hotel.ho{n}", f"h{h}", "fail") for h in range(1, count + 1) for n in (1, 2, 3)]
    done = record(little.county.pk, YEAR, facts, by=little.office)
    for n in range(count // 5):
        open_round(little.county.pk, f"more-{n}", little.county.name, "chosen", FIRST + timedelta(days=n), [])
    standing(little.year)
    with CaptureQueriesContext(connection) as listing:
        book = Book(little.year)
        found = matching(little.year, Wanted(), book)
        found.count()
        rows(found, book, "-seq", 0, 50)
    with CaptureQueriesContext(connection) as one:
        observation_page(little.year, done[0].uid, timezone.localdate())
    with CaptureQueriesContext(connection) as rounds:
        round_list(little.year, timezone.now())
    return len(listing), len(one), len(rounds)


def test_ten_times_as_much_takes_as_many_statements():
    small, large = statements(20), statements(200)
    assert small == large
    assert large[0] <= 7
    assert large[1] <= 12
    assert large[2] <= 7
