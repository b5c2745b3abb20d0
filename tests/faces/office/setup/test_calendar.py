"""The page of the working calendar: seen by all, changed by the office, loud where a year is lacking."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qipan.ground.units.models import Role
from qipan.ground.worktime import actions, queries
from qipan.ground.worktime.models import Calendar
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
URL, CHANGE = "/setup/calendar/", "/setup/calendar/change/"


@pytest.fixture
def world() -> World:
    made = make_world(example=False, with_campaign=False)
    actions.seed(made.county)
    return made


def browser(world: World, role: Role = Role.OFFICE, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(world.people[role])
    return client


def change(client: Client, act: str, **data):
    return client.post(CHANGE, {"act": act, "version": "2", "year": "2026"} | data)


def page(world: World, year: int = 2026):
    return queries.calendar_page(world.county.pk, year)


def test_a_year_at_a_glance(world, django_assert_max_num_queries):
    client = browser(world)
    with django_assert_max_num_queries(16):
        shown = client.get(URL, {"year": "2026"}).content.decode()
    assert shown.count("calendar-month") == 12
    # 33 days off and 6 made working days, and one of each in the legend; each with its word.
    assert shown.count("day-holiday") == 34
    assert shown.count("day-working") == 7
    assert "National Day" in shown
    assert "248 working days in the year" in shown  # 365 - 104 at weekends - 19 weekdays off + 6
    assert "休" in browser(world, language="zh-hans").get(URL, {"year": "2026"}).content.decode()


def test_a_year_that_lacks_is_loud(world):
    actions.take_off_file(world.county, 2026, version=2, by=world.posts[Role.OFFICE])
    shown = browser(world).get(URL, {"year": "2026"}).content.decode()
    year = date.today().year
    assert f"{year + 1} is not on file" in shown
    assert "by weekdays alone" in shown
    assert 'role="alert"' in shown


def test_others_see_it_and_change_nothing(world):
    client = browser(world, Role.LIAISON)
    shown = client.get(URL, {"year": "2026", "day": "2026-10-10"}).content.decode()
    assert CHANGE not in shown
    assert "08:00–12:00" in shown
    assert change(client, "day", day="2026-11-27", kind="holiday").status_code == 403


def test_a_day_is_changed_and_the_change_taken_back(world):
    client = browser(world)
    form = client.get(URL, {"year": "2026", "day": "2026-11-27"}).content.decode()
    assert 'name="kind" value="working"' not in form  # a Friday is worked anyhow
    assert 'name="kind" value="working"' in client.get(URL, {"day": "2026-11-28"}).content.decode()
    answer = change(client, "day", day="2026-11-27", kind="holiday", name_zh="防汛演练")
    assert answer.status_code == 302
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "27 Nov 2026 is saved: holiday." in shown
    assert "Take the last change back" in shown
    assert page(world).days[date(2026, 11, 27)].name.zh == "防汛演练"
    assert client.post(CHANGE, {"act": "undo", "version": "3", "year": "2026"}).status_code == 302
    assert date(2026, 11, 27) not in page(world).days
    assert "Take the last change back" not in client.get(URL, {"year": "2026"}).content.decode()
    # What was undone cannot be undone once more.
    assert client.post(CHANGE, {"act": "undo", "version": "4", "year": "2026"}).status_code == 409


def test_a_holiday_is_taken_away_and_comes_back_with_its_name(world):
    client = browser(world)
    change(client, "day", day="2026-10-10", kind="")
    assert date(2026, 10, 10) not in page(world).days
    change(client, "undo", version="3")
    assert page(world).days[date(2026, 10, 10)].name.en == "National Day"


def test_a_stale_form_keeps_what_was_entered(world):
    client = browser(world)
    actions.set_day(
        world.county,
        date(2026, 12, 1),
        "holiday",
        page(world).days[date(2026, 10, 1)].name,
        version=2,
        by=world.posts[Role.OFFICE],
    )
    answer = change(client, "day", day="2026-11-27", kind="holiday", name_zh="防汛演练")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "防汛演练" in shown
    assert 'name="version" value="3"' in shown
    assert date(2026, 11, 27) not in page(world).days
    assert change(client, "day", day="2026-11-27", kind="holiday", name_zh="防汛演练", version="3").status_code == 302


def test_the_hours(world):
    client = browser(world)
    times = {"morning_from": "08:30", "morning_to": "12:00", "afternoon_from": "14:30", "afternoon_to": "18:00"}
    wrong = change(client, "hours", **times | {"morning_to": "8 o'clock"})
    assert wrong.status_code == 422
    assert "is no time; write 08:00" in wrong.content.decode()
    assert 'value="08:30"' in wrong.content.decode()
    assert change(client, "hours", **times | {"morning_to": "15:00"}).status_code == 422
    assert change(client, "hours", **times).status_code == 302
    assert page(world).hours.edges() == (510, 720, 870, 1080)
    assert "A working day is 7 working hours" in client.get(URL).content.decode()
    change(client, "undo", version="3")
    assert page(world).hours.edges() == (480, 720, 840, 1080)


def test_a_year_is_pasted_with_faults_by_line_and_then_right(world):
    client = browser(world)
    text = "2027-01-01 至 2027-01-03, 放假, 元旦\n2027-01-04, 上班, 元旦\n"
    wrong = change(client, "year", year="2027", text=text, source="国办发明电〔2026〕9号")
    assert wrong.status_code == 422
    shown = wrong.content.decode()
    assert "line 2" in shown
    assert "is a Monday, a working day anyhow" in shown
    assert "国办发明电〔2026〕9号" in shown
    assert "2027-01-01 至 2027-01-03" in shown
    assert not page(world, 2027).is_on_file
    assert change(client, "year", year="2027").status_code == 422
    assert change(client, "year", year="2027", text=text.splitlines()[0], source="国办").status_code == 302
    assert sorted(page(world, 2027).days) == [date(2027, 1, day) for day in (1, 2, 3)]


def test_a_year_from_a_file(world):
    client = browser(world)
    file = SimpleUploadedFile("2027.csv", "日期,类型,名称\n2027-01-01,放假,元旦\n".encode("gb18030"))
    assert change(client, "year", year="2027", file=file).status_code == 302
    assert page(world, 2027).is_on_file
    photo = SimpleUploadedFile("2027.png", b"x")
    wrong = change(client, "year", year="2027", file=photo, version="3")
    assert wrong.status_code == 422
    assert "hand in .xlsx or .csv" in wrong.content.decode()


def test_days_entered_by_hand_make_a_year_and_a_year_goes(world):
    client = browser(world)
    change(client, "day", year="2027", day="2027-01-01", kind="holiday", name_zh="元旦")
    assert "complete as shown" in client.get(URL, {"year": "2027"}).content.decode()
    assert change(client, "confirm", year="2027", version="3").status_code == 302
    assert page(world, 2027).is_on_file
    assert change(client, "off", year="2027", version="4").status_code == 422
    assert change(client, "off", year="2027", version="4", sure="2027").status_code == 302
    assert not page(world, 2027).is_on_file


def test_a_county_without_a_calendar_is_offered_the_years_of_the_program():
    world = make_world(example=False, with_campaign=False)
    client = browser(world)
    assert "No year is on file" in client.get(URL, {"year": "2026"}).content.decode()
    assert change(client, "seed", version="0").status_code == 302
    assert Calendar.objects.get().years.count() == 3


@pytest.mark.parametrize("data", [{"act": "party"}, {"act": "day", "version": "x"}, {"version": ""}])
def test_a_form_that_is_not_ours(world, data):
    assert browser(world).post(reverse("calendar_change"), data).status_code == 400
