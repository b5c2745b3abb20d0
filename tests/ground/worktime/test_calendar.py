"""A county's calendar: seeded once, changed by the office alone, read from memory while it stays the same."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from qipan.ground.worktime import actions, queries
from qipan.ground.worktime.actions import CalendarError, Hours, StaleCalendar
from qipan.ground.worktime.clock import SHANGHAI, WORKING_DAY, WORKING_HOUR, Limit
from qipan.ground.worktime.models import Calendar
from qipan.ground.worktime.yearbook import Day
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 11, 26, 10, tzinfo=SHANGHAI)
DRILL = Text("防汛演练", "Flood drill")


@pytest.fixture
def world() -> World:
    made = make_world(with_campaign=False)
    assert actions.seed(made.county) == 3
    return made


def two_days(world: World) -> datetime:
    return queries.clock(world.county.pk).deadline(THURSDAY, Limit(2, WORKING_DAY)).at


def test_a_calendar_is_seeded_once(world):
    first = Calendar.objects.get(county=world.county)
    assert actions.seed(world.county) == 0
    assert Calendar.objects.get(county=world.county) == first
    assert queries.clock(world.county.pk).years == {2024, 2025, 2026}
    assert queries.clock(world.county.pk).special[date(2026, 10, 10)]
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["calendar.seed"]


def test_a_year_of_the_office_is_not_overwritten_by_the_pack(world):
    other = make_world("other", prefix="o-", with_campaign=False)
    actions.add_year(other.county, 2026, [Day(date(2026, 10, 1), "holiday")], version=0, by=other.posts[Role.OFFICE])
    assert actions.seed(other.county) == 2
    assert list(queries.calendar_page(other.county.pk, 2026).days) == [date(2026, 10, 1)]


def test_the_clock_is_kept_until_the_calendar_changes(world, django_assert_num_queries):
    office = world.posts[Role.OFFICE]
    assert two_days(world) == datetime(2026, 11, 30, 10, tzinfo=SHANGHAI)
    with django_assert_num_queries(1):
        kept = queries.clock(world.county.pk)
    assert queries.clock(world.county.pk) is kept
    version = Calendar.objects.get(county=world.county).version
    version = actions.set_day(world.county, date(2026, 11, 27), "holiday", DRILL, version=version, by=office)
    assert two_days(world) == datetime(2026, 12, 1, 10, tzinfo=SHANGHAI)
    version = actions.remove_day(world.county, date(2026, 11, 27), version=version, by=office)
    assert two_days(world) == datetime(2026, 11, 30, 10, tzinfo=SHANGHAI)
    # Four hours from 10:00: two before noon, and without a break two after it.
    four = Limit(4, WORKING_HOUR)
    assert queries.clock(world.county.pk).deadline(THURSDAY, four).at == datetime(2026, 11, 26, 16, tzinfo=SHANGHAI)
    actions.set_hours(world.county, Hours(480, 720, 720, 960), version=version, by=office)
    assert queries.clock(world.county.pk).deadline(THURSDAY, four).at == datetime(2026, 11, 26, 14, tzinfo=SHANGHAI)


def test_a_county_without_a_calendar_has_usual_hours_and_says_gap():
    found = queries.clock(999)
    assert found.deadline(THURSDAY, Limit(2, WORKING_DAY)).gap


def test_two_people_change_it_at_once(world):
    office = world.posts[Role.OFFICE]
    version = Calendar.objects.get(county=world.county).version
    actions.set_day(world.county, date(2026, 11, 28), "working", DRILL, version=version, by=office)
    for act in (
        lambda: actions.set_day(world.county, date(2026, 11, 27), "holiday", DRILL, version=version, by=office),
        lambda: actions.remove_day(world.county, date(2026, 11, 28), version=version, by=office),
        lambda: actions.set_hours(world.county, Hours(), version=version, by=office),
        lambda: actions.take_off_file(world.county, 2026, version=version, by=office),
        lambda: actions.confirm_year(world.county, 2026, version=version, by=office),
    ):
        with pytest.raises(StaleCalendar) as told:
            act()
        assert told.value.version == version + 1
    page = queries.calendar_page(world.county.pk, 2026)
    assert page.version == version + 1
    assert page.days[date(2026, 11, 28)] == Day(date(2026, 11, 28), "working", DRILL)
    assert date(2026, 11, 27) not in page.days


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_changes_it(world, role):
    post = world.posts[role]
    for act in (
        lambda: actions.set_day(world.county, date(2026, 11, 27), "holiday", DRILL, version=2, by=post),
        lambda: actions.remove_day(world.county, date(2026, 10, 1), version=2, by=post),
        lambda: actions.set_hours(world.county, Hours(), version=2, by=post),
        lambda: actions.add_year(world.county, 2027, [Day(date(2027, 1, 1), "holiday")], version=2, by=post),
        lambda: actions.take_off_file(world.county, 2026, version=2, by=post),
        lambda: actions.seed(world.county, by=post),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_another_countys_office_changes_nothing(world):
    stranger = make_world("other", prefix="o-", with_campaign=False).posts[Role.OFFICE]
    with pytest.raises(PermissionDenied):
        actions.set_day(world.county, date(2026, 11, 27), "holiday", DRILL, version=2, by=stranger)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda county, by: actions.set_day(county, date(2026, 11, 27), "working", DRILL, version=2, by=by),
            "a Friday",
        ),
        (lambda county, by: actions.set_day(county, date(2026, 11, 27), "party", DRILL, version=2, by=by), "choose"),
        (
            lambda county, by: actions.set_day(
                county, date(2026, 11, 27), "holiday", Text("长" * 41), version=2, by=by
            ),
            "40",
        ),
        (
            lambda county, by: actions.set_hours(county, Hours(720, 480, 840, 1080), version=2, by=by),
            "one after the other",
        ),
        (
            lambda county, by: actions.set_hours(county, Hours(480, 480, 840, 840), version=2, by=by),
            "some working time",
        ),
        (lambda county, by: actions.add_year(county, 2027, [], version=2, by=by), "not one holiday"),
        (
            lambda county, by: actions.add_year(county, 2027, [Day(date(2026, 1, 1), "holiday")], version=2, by=by),
            "does not lie in 2027",
        ),
        (lambda county, by: actions.add_year(county, 20270, [], version=2, by=by), "a year from"),
    ],
)
def test_what_cannot_be_entered(world, act, words):
    with pytest.raises(CalendarError, match=words) as told:
        act(world.county, world.posts[Role.OFFICE])
    assert told.value.words.zh
    assert told.value.field
    assert Calendar.objects.get(county=world.county).version == 2


def test_a_year_is_put_on_file_and_taken_off(world):
    office = world.posts[Role.OFFICE]
    today = date(2026, 11, 24)
    assert queries.calendar_page(world.county.pk, 2027).lacking(today) == (2027,)
    days = [Day(date(2027, 1, 1), "holiday", Text("元旦")), Day(date(2027, 1, 3), "working", Text("元旦"))]
    version = actions.add_year(world.county, 2027, days, source="国办发明电〔2026〕9号", version=2, by=office)
    page = queries.calendar_page(world.county.pk, 2027)
    assert page.is_on_file
    assert page.lacking(today) == ()
    assert [(each.year, each.holidays, each.working) for each in page.filed][-1] == (2027, 1, 1)
    assert not page.clock.deadline(datetime(2026, 12, 31, 14, tzinfo=SHANGHAI), Limit(1, WORKING_DAY)).gap
    # Put on file again, the year holds only what was said last.
    version = actions.add_year(world.county, 2027, days[:1], version=version, by=office)
    assert list(queries.calendar_page(world.county.pk, 2027).days) == [date(2027, 1, 1)]
    actions.take_off_file(world.county, 2027, version=version, by=office)
    page = queries.calendar_page(world.county.pk, 2027)
    assert not page.is_on_file
    assert not page.days


def test_days_entered_one_by_one_make_a_year_when_someone_says_so(world):
    office = world.posts[Role.OFFICE]
    version = actions.set_day(world.county, date(2027, 1, 1), "holiday", Text("元旦"), version=2, by=office)
    assert not queries.calendar_page(world.county.pk, 2027).is_on_file
    actions.confirm_year(world.county, 2027, source="县政府办", version=version, by=office)
    page = queries.calendar_page(world.county.pk, 2027)
    assert page.is_on_file
    assert page.days[date(2027, 1, 1)].name == Text("元旦")


def test_the_journal_tells_what_was_changed(world):
    office = world.posts[Role.OFFICE]
    actions.set_day(world.county, date(2026, 11, 27), "holiday", DRILL, version=2, by=office)
    entry = AuditEntry.objects.latest("seq")
    assert (entry.verb, entry.person, entry.chain) == ("calendar.day", office.person.username, "qinghe")
    assert entry.details == {"version": 3, "day": "2026-11-27", "changes": {"kind": ["", "holiday"]}}
