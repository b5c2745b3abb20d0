"""Deadlines worked by hand, and against a count minute by minute that shares nothing with the clock."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.ground.worktime.clock import (
    CALENDAR_DAY,
    SHANGHAI,
    URGENT_HOUR,
    WORKING_DAY,
    WORKING_HOUR,
    Clock,
    Deadline,
    Limit,
)
from qipan.ground.worktime.yearbook import shipped_calendar

SPECIAL = {day.date: day.kind == "working" for year in shipped_calendar() for day in year.days}
CLOCK = Clock(special=SPECIAL, years=frozenset({2024, 2025, 2026}))
BARE = Clock()


def at(text: str) -> datetime:
    """A moment of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # Thursday 10:00: 6 hours are left of the day, Friday has 8, Monday gives the last 2 by 10:00.
        ("2026-11-26T10:00", 2, WORKING_DAY, "2026-11-30T10:00"),
        # The whole of one day ends with it, not with the beginning of the next.
        ("2026-11-26T08:00", 1, WORKING_DAY, "2026-11-26T18:00"),
        ("2026-11-26T08:00", 4, WORKING_HOUR, "2026-11-26T12:00"),
        # Before the doors open, at noon, in the evening, on a Saturday: the time begins with the next span.
        ("2026-11-26T06:30", 1, WORKING_HOUR, "2026-11-26T09:00"),
        ("2026-11-26T12:30", 1, WORKING_HOUR, "2026-11-26T15:00"),
        ("2026-11-26T18:00", 1, WORKING_HOUR, "2026-11-27T09:00"),
        ("2026-11-28T10:00", 1, WORKING_DAY, "2026-11-30T18:00"),
        # 11:30 and 5 working hours: 0:30 before noon, 4:00 after it, 0:30 the next morning.
        ("2026-11-26T11:30", 5, WORKING_HOUR, "2026-11-27T08:30"),
        # National Day 2026: 1–7 October are off, Thursday the 8th works, and so does Saturday the 10th.
        ("2026-09-30T14:00", 1, WORKING_DAY, "2026-10-08T12:00"),
        (
            "2026-09-30T16:00",
            4,
            WORKING_DAY,
            "2026-10-12T16:00",
        ),  # 2 + 8 (8th) + 8 (9th) + 8 (10th) = 26; 6 on the 12th
        ("2026-10-03T09:00", 1, WORKING_DAY, "2026-10-08T18:00"),
        ("2026-10-09T16:00", 4, WORKING_HOUR, "2026-10-10T10:00"),
        # Sunday 20 September 2026 is worked, Friday the 25th to Sunday the 27th are off.
        ("2026-09-18T14:00", 1, WORKING_DAY, "2026-09-20T12:00"),
        ("2026-09-24T17:00", 2, WORKING_HOUR, "2026-09-28T09:00"),
        # Spring Festival 2026: 15–23 February are off; Saturdays the 14th and the 28th are worked.
        ("2026-02-13T10:00", 2, WORKING_DAY, "2026-02-24T10:00"),  # 6 (13th) + 8 (14th) = 14; 2 on the 24th
        ("2026-02-17T10:00", 5, WORKING_DAY, "2026-02-28T18:00"),  # 24, 25, 26, 27, 28
        # New Year 2026: 1–3 January off, Sunday the 4th worked.
        ("2025-12-31T17:00", 2, WORKING_HOUR, "2026-01-04T09:00"),
        # Around the clock, through holidays and nights.
        ("2026-10-01T22:15", 24, URGENT_HOUR, "2026-10-02T22:15"),
        ("2026-02-16T23:59", 2, URGENT_HOUR, "2026-02-17T01:59"),
        # A calendar day ends at midnight of the so-manieth day after, and is kept as the last second before it.
        ("2026-11-26T10:00", 3, CALENDAR_DAY, "2026-11-29T23:59:59"),
        ("2026-11-26T00:00", 1, CALENDAR_DAY, "2026-11-27T23:59:59"),
        ("2026-09-30T23:59", 1, CALENDAR_DAY, "2026-10-01T23:59:59"),
        # Nothing is over at once.
        ("2026-10-03T09:00", 0, WORKING_DAY, "2026-10-03T09:00"),
    ],
)
def test_a_deadline_worked_by_hand(start, amount, unit, end):
    assert CLOCK.deadline(at(start), Limit(amount, unit)) == Deadline(at(end), gap=False)


def test_a_moment_is_read_by_the_clocks_of_the_county():
    # 02:00 in London's winter is 10:00 in Shanghai.
    assert CLOCK.deadline(datetime(2026, 11, 26, 2, tzinfo=UTC), Limit(2, WORKING_DAY)).at == at("2026-11-30T10:00")
    with pytest.raises(ValueError, match="time zone"):
        CLOCK.deadline(datetime(2026, 11, 26, 2), Limit(2, WORKING_DAY))


def test_a_year_without_a_calendar_is_counted_by_weekdays_and_says_so():
    # 31 December 2026 is a Thursday; of 2027 nothing is known, so Friday the 1st counts as worked.
    assert CLOCK.deadline(at("2026-12-31T14:00"), Limit(1, WORKING_DAY)) == Deadline(at("2027-01-01T12:00"), gap=True)
    assert CLOCK.deadline(at("2026-12-31T08:00"), Limit(1, WORKING_DAY)) == Deadline(at("2026-12-31T18:00"), gap=False)
    # Real time needs no calendar.
    assert not CLOCK.deadline(at("2026-12-31T14:00"), Limit(48, URGENT_HOUR)).gap
    assert not CLOCK.deadline(at("2026-12-31T14:00"), Limit(5, CALENDAR_DAY)).gap
    assert BARE.deadline(at("2026-11-26T10:00"), Limit(1, WORKING_HOUR)).gap


def test_other_hours_make_another_day():
    summer = Clock(hours=((480, 720), (870, 1110)), special=SPECIAL, years=frozenset({2026}))  # 14:30–18:30
    assert summer.deadline(at("2026-07-01T10:00"), Limit(1, WORKING_DAY)).at == at("2026-07-02T10:00")
    one_span = Clock(hours=((540, 1020), (1020, 1020)))  # 09:00–17:00
    assert one_span.working_day == timedelta(hours=8)
    assert one_span.deadline(at("2026-11-26T16:00"), Limit(2, WORKING_HOUR)).at == at("2026-11-27T10:00")
    for hours in (
        ((480, 400), (840, 1080)),
        ((480, 720), (700, 1080)),
        ((480, 480), (840, 840)),
        ((0, 1500), (1500, 1500)),
    ):
        with pytest.raises(ValueError, match="working hours"):
            Clock(hours=hours)


def test_a_limit_has_one_of_the_four_units():
    with pytest.raises(ValueError, match="fortnight"):
        Limit(1, "fortnight")
    with pytest.raises(ValueError, match="between"):
        Limit(-1, WORKING_DAY)


@pytest.mark.parametrize(
    ("end", "days", "start"),
    [
        ("2026-11-30T10:00", 2, "2026-11-26T10:00"),
        # The last moment from which a day remains until the evening is that morning.
        ("2026-11-26T18:00", 1, "2026-11-26T08:00"),
        ("2026-10-08T12:00", 1, "2026-09-30T14:00"),
        ("2026-11-29T23:59:59", 1, "2026-11-27T08:00"),
        ("2026-10-03T12:00", 0, "2026-10-03T12:00"),
    ],
)
def test_so_many_working_days_before(end, days, start):
    assert CLOCK.before(at(end), days) == at(start)


def test_working_days_between_two_moments():
    assert CLOCK.working_days_between(at("2026-11-26T10:00"), at("2026-11-30T10:00")) == 2
    assert CLOCK.working_days_between(at("2026-11-30T10:00"), at("2026-11-26T10:00")) == -2
    assert CLOCK.working_days_between(at("2026-11-26T08:00"), at("2026-11-26T10:00")) == Fraction(1, 4)
    assert CLOCK.working_days_between(at("2026-10-01T00:00"), at("2026-10-07T23:59")) == 0


def test_whether_a_moment_is_worked():
    worked = {"2026-11-26T08:00": True, "2026-11-26T12:00": False, "2026-10-10T09:00": True, "2026-10-01T09:00": False}
    assert {moment: CLOCK.is_working(at(moment)) for moment in worked} == worked


# ---- against a brute force ----------------------------------------------------------------------------------------

MINUTE = timedelta(minutes=1)


def brute_worked(clock: Clock, minute: datetime) -> bool:
    """Whether the minute that begins here is worked."""
    day = minute.date()
    if day in clock.special:
        if not clock.special[day]:
            return False
    elif day.weekday() in (5, 6):
        return False
    of_day = minute.hour * 60 + minute.minute
    return any(opens <= of_day < closes for opens, closes in clock.hours)


def brute_deadline(clock: Clock, start: datetime, minutes: int) -> datetime:
    """Walk minute by minute until the time is used up."""
    while minutes:
        minutes -= brute_worked(clock, start)
        start += MINUTE
    return start


@st.composite
def clocks(draw):
    edges = sorted(draw(st.lists(st.integers(0, 48).map(lambda half: half * 30), min_size=4, max_size=4, unique=True)))
    days = st.dates(date(2026, 1, 20), date(2026, 3, 10))
    special = draw(st.dictionaries(days, st.booleans(), max_size=12))
    return Clock(hours=((edges[0], edges[1]), (edges[2], edges[3])), special=special, years=frozenset({2026}))


moments = st.datetimes(datetime(2026, 1, 26), datetime(2026, 2, 20)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@given(clocks(), moments, st.integers(1, 30), st.sampled_from([WORKING_HOUR, WORKING_DAY]))
def test_a_deadline_is_what_a_walk_of_minutes_finds(clock, start, amount, unit):
    amount = amount if unit == WORKING_HOUR else -(-amount // 10)
    a_day = sum(closes - opens for opens, closes in clock.hours)
    minutes = amount * (60 if unit == WORKING_HOUR else a_day)
    found = clock.deadline(start.replace(tzinfo=SHANGHAI), Limit(amount, unit))
    assert found.at == brute_deadline(clock, start, minutes).replace(tzinfo=SHANGHAI)


@given(clocks(), moments, st.integers(0, 3))
def test_before_is_the_last_moment_with_so_much_left(clock, end, days):
    end = end.replace(tzinfo=SHANGHAI)
    start = clock.before(end, days)
    walked, moment = 0, start.replace(tzinfo=None)
    assert not moment.second
    while moment < end.replace(tzinfo=None):
        walked += brute_worked(clock, moment)
        moment += MINUTE
    assert timedelta(minutes=walked) == days * clock.working_day
    # One minute later there is less.
    assert not days or brute_worked(clock, start.replace(tzinfo=None))
    assert clock.working_days_between(start, end) == days


@given(clocks(), moments, st.integers(1, 60), st.sampled_from([WORKING_HOUR, WORKING_DAY]))
def test_time_runs_only_forward(clock, start, amount, unit):
    """A later start never ends earlier, and a longer limit never ends earlier."""
    first = clock.deadline(start.replace(tzinfo=SHANGHAI), Limit(amount, unit)).at
    later = clock.deadline((start + 7 * MINUTE).replace(tzinfo=SHANGHAI), Limit(amount, unit)).at
    longer = clock.deadline(start.replace(tzinfo=SHANGHAI), Limit(amount + 1, unit)).at
    assert first <= later
    assert first < longer
