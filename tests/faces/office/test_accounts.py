"""Signing in and out, waits, the example's accounts, posts, years, languages and passwords."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.ground.units.actions import FREE_TRIES
from qipan.ground.units.models import County, Person, Role
from tests.world import PASSWORD, make_person, make_post, make_world

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
SIGN_IN = "/accounts/sign-in/"


@pytest.fixture
def here() -> Client:
    """A browser on the machine that serves."""
    return Client(**HERE)


def signed_in(client: Client) -> str:
    """Who the client is signed in as; empty for nobody."""
    number = client.session.get("_auth_user_id")
    return Person.objects.get(pk=number).username if number else ""


def try_password(client: Client, password: str, **extra: str) -> Any:
    return client.post(SIGN_IN, {"username": "wang", "password": password, **extra}, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def wang() -> Person:
    """Someone with a password and a post."""
    world = make_world(example=False)
    person = make_person("wang")
    make_post(person, world.bureau, Role.HEAD)
    return person


# ---- with a password


def test_name_and_password_open_the_door(client: Client, wang: Person) -> None:
    response = try_password(client, PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("home"))
    assert signed_in(client) == "wang"
    cookie = response.cookies["qipan_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_a_wrong_password_does_not(client: Client, wang: Person) -> None:
    response = try_password(client, "wrong")
    assert response.status_code == 422 and signed_in(client) == ""
    assert "Please enter a correct" in response.text


def test_someone_who_left_does_not_come_in(client: Client, wang: Person) -> None:
    wang.is_active = False
    wang.save()
    assert try_password(client, PASSWORD).status_code == 422 and signed_in(client) == ""


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/accounts/", "/accounts/"),
        ("https://evil.cn/", "/home/"),
        ("//evil.cn/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("/\\evil.cn", "/home/"),
    ],
)
def test_one_goes_on_to_a_page_of_ours_only(client: Client, wang: Person, wanted: str, goes_to: str) -> None:
    assert try_password(client, PASSWORD, next=wanted).headers["Location"] == goes_to


def test_too_many_wrong_passwords_make_one_wait_even_with_the_right_one(client: Client, wang: Person) -> None:
    for _ in range(FREE_TRIES):
        try_password(client, "wrong")
    response = try_password(client, PASSWORD)
    assert response.status_code == 422 and signed_in(client) == ""
    assert "Try again in 1 minute." in response.text
    other = Client(REMOTE_ADDR="10.0.0.9")
    assert try_password(other, PASSWORD).status_code == 302


def test_behind_the_proxy_each_visitor_waits_for_himself(client: Client, wang: Person, settings: Any) -> None:
    settings.BEHIND_TLS = True
    for _ in range(FREE_TRIES):
        # What a visitor writes in front does not make him another one.
        client.post(SIGN_IN, {"username": "wang", "password": "x"}, headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.7"})
    for seen, status in (("2.2.2.2, 10.0.0.7", 422), ("10.0.0.8", 302)):
        given = {"username": "wang", "password": PASSWORD}
        assert client.post(SIGN_IN, given, headers={"X-Forwarded-For": seen}).status_code == status


def test_a_sign_in_gives_the_session_another_number(client: Client, wang: Person) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    try_password(client, PASSWORD)
    assert client.session.session_key != before


def test_signing_out_ends_the_session(client: Client, wang: Person) -> None:
    client.force_login(wang)
    assert client.post("/accounts/sign-out/").headers["Location"] == SIGN_IN
    assert signed_in(client) == ""


# ---- the example


def test_the_example_s_accounts_are_offered_to_someone_at_this_machine(here: Client) -> None:
    make_world()
    page = here.get(SIGN_IN).text
    assert [f'value="example-{role}"' in page for role in Role] == [True] * len(Role)
    response = here.post(SIGN_IN, {"example": "example-head", "next": "/accounts/"})
    assert response.headers["Location"] == "/accounts/" and signed_in(here) == "example-head"


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "10.0.0.1"},
        {"HTTP_HOST": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
    ],
)
def test_and_to_nobody_else(here: Client, extra: dict[str, Any]) -> None:
    make_world()
    assert "example-office" not in here.get(SIGN_IN, **extra).text
    assert here.post(SIGN_IN, {"example": "example-office"}, **extra).status_code == 403
    assert signed_in(here) == ""


@pytest.mark.parametrize("what", ["name", "tls", "real county"])
def test_a_server_for_others_has_no_open_door(here: Client, settings: Any, what: str) -> None:
    make_world()
    if what == "name":
        settings.SERVED_HOSTS = ["board.example.cn"]
    elif what == "tls":
        settings.BEHIND_TLS = True
    else:
        County.objects.create(code="real", name_zh="真县")
    assert "example-office" not in here.get(SIGN_IN).text
    assert here.post(SIGN_IN, {"example": "example-office"}).status_code == 403


def test_the_door_leads_to_the_example_s_people_only(here: Client) -> None:
    make_world()
    make_person("boss")
    for name in ("boss", "example-nobody", ""):
        assert here.post(SIGN_IN, {"example": name}).status_code == 403
    assert signed_in(here) == ""


def test_the_door_needs_the_form_s_token_and_our_own_page() -> None:
    make_world()
    client = Client(enforce_csrf_checks=True, **HERE)
    assert client.post(SIGN_IN, {"example": "example-office"}).status_code == 403
    client.get(SIGN_IN)
    token = client.cookies["qipan_csrf"].value
    given = {"example": "example-office", "csrfmiddlewaretoken": token}
    assert client.post(SIGN_IN, given, headers={"Origin": "https://board.example.cn"}).status_code == 403
    assert client.post(SIGN_IN, given, headers={"Origin": "http://127.0.0.1:8000"}).status_code == 302
    assert signed_in(client) == "example-office"


def test_nobody_enters_the_example_with_a_password(client: Client) -> None:
    make_world()
    for password in ("", "!", "example-office", PASSWORD):
        response = client.post(SIGN_IN, {"username": "example-office", "password": password})
        assert response.status_code == 422 and signed_in(client) == ""


# ---- posts and years


def test_a_person_works_from_one_of_his_posts_and_may_change(client: Client, wang: Person) -> None:
    other = make_world("linshui", example=False, prefix="other-")
    second = make_post(wang, other.office, Role.OFFICE)
    client.force_login(wang)
    page = client.get("/accounts/")
    assert page.context["post"].unit.code == "bureau" and len(page.context["posts"]) == 2
    assert client.post("/accounts/post/", {"post": second.pk}).status_code == 302
    page = client.get("/accounts/")
    assert (page.context["post"], page.context["county"]) == (second, other.county)


def test_nobody_takes_another_s_post(client: Client, wang: Person) -> None:
    stranger = make_post(make_person("li"), make_world("x", example=False, prefix="x-").office, Role.OFFICE)
    client.force_login(wang)
    for wanted in (str(stranger.pk), "", "x"):
        assert client.post("/accounts/post/", {"post": wanted}).status_code == 403


def test_a_post_that_ends_is_left_at_once(client: Client, wang: Person) -> None:
    client.force_login(wang)
    assert client.get("/accounts/").status_code == 200
    wang.posts.update(valid_to=timezone.localdate() - timedelta(days=1))
    response = client.get("/accounts/", HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 403 and "You hold no post at present" in response.text


def test_the_year_of_today_is_shown_first_and_another_may_be_chosen(
    client: Client, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2026, 3, 1))
    client.force_login(wang)
    assert client.get("/accounts/").context["campaign_year"].year == 2026
    assert client.post("/accounts/year/", {"year": "2027", "next": "/accounts/"}).headers["Location"] == "/accounts/"
    assert client.get("/accounts/").context["campaign_year"].year == 2027
    assert client.post("/accounts/year/", {"year": "2031"}).status_code == 403
    bar = client.get("/accounts/", HTTP_ACCEPT_LANGUAGE="en").text
    assert '<option value="2027" selected>Year 2027</option>' in bar
    assert 'name="next" value="/accounts/"' in bar


@pytest.mark.parametrize(("today", "year"), [(date(2020, 1, 1), 2025), (date(2031, 1, 1), 2027)])
def test_before_and_after_the_campaign_the_nearest_year_is_shown(
    client: Client, wang: Person, monkeypatch: pytest.MonkeyPatch, today: date, year: int
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: today)
    client.force_login(wang)
    assert client.get("/accounts/").context["campaign_year"].year == year


def test_the_frame_costs_few_questions_to_the_database(
    client: Client, wang: Person, django_assert_max_num_queries
) -> None:
    client.force_login(wang)
    client.get("/accounts/")
    # Session, person, posts, campaign, years; the calendar of the account, and who is away.
    with django_assert_max_num_queries(7):
        client.get("/accounts/")


# ---- languages


@pytest.mark.parametrize(
    ("asked", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en-GB,en;q=0.9", "en"), ("fr", "zh-CN"), ("", "zh-CN")],
)
def test_the_browser_chooses_first(client: Client, wang: Person, asked: str, language: str) -> None:
    assert f'<html lang="{language}">' in client.get(SIGN_IN, HTTP_ACCEPT_LANGUAGE=asked).text


def test_then_the_reader_does(client: Client, wang: Person) -> None:
    response = client.post("/language/", {"language": "en", "next": SIGN_IN}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert response.headers["Location"] == SIGN_IN
    assert '<html lang="en">' in client.get(SIGN_IN, HTTP_ACCEPT_LANGUAGE="zh-CN").text
    assert client.post("/language/", {"language": "en", "next": "https://evil.cn/"}).headers["Location"] == "/"


# ---- passwords


def test_a_password_is_changed_and_other_sessions_end(client: Client, wang: Person) -> None:
    elsewhere = Client()
    elsewhere.force_login(wang)
    client.force_login(wang)
    new = "a much better phrase 7"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", given).headers["Location"] == "/accounts/"
    assert client.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert try_password(Client(), new).status_code == 302


@pytest.mark.parametrize("new", ["short", "1234567890", "password123", "wang-wang-wang"])
def test_a_weak_password_is_refused(client: Client, wang: Person, new: str) -> None:
    wang.username = "wang-wang-wang"
    wang.save()
    client.force_login(wang)
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", given).status_code == 422


def test_the_example_s_people_get_no_password(client: Client) -> None:
    client.force_login(make_world().people[Role.OFFICE])
    assert client.get("/accounts/password/").status_code == 403
