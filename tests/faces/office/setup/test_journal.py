"""The journal's page: what is shown, found, exported and verified, and to whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

import qipan
from qipan.faces.office.setup import journal
from qipan.faces.office.setup.journal_words import THINGS, VERBS, verb_words
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.jobs.models import Job
from qipan.ground.jobs.worker import drain
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SOURCE = Path(qipan.__file__).parent


@pytest.fixture
def world() -> World:
    made = make_world(example=False, prefix="", with_campaign=False)
    with act(actor(made.posts[Role.OFFICE])) as noted:
        noted.note("work.accept", Thing("work", "W-1", "路灯不亮"), {"round": 1, "unit": "bureau"})
        noted.note("people.edit", Thing("person", "7", "王某"), personal={"phone": "13912345678"})
        noted.note("new.verb", Thing("new_kind", "x"))
        noted.note("accounts.sign_in", Thing("account", "a-long-name-of-someone"))
    with act(Actor(county="elsewhere")) as noted:
        noted.note("work.accept", Thing("work", "W-9", "别县的事"))
    with act(Actor()) as noted:
        noted.note("accounts.fail_sign_in", Thing("account", "abc"))
    return made


@pytest.fixture
def office(world: World, client: Client) -> Client:
    client.force_login(world.people[Role.OFFICE])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_entries_stand_with_their_words_who_and_details(office: Client) -> None:
    page = office.get("/setup/journal/").text
    for words in (
        "accepted",
        "路灯不亮",
        "work item",
        "创城办专干",
        "bureau",
        "4 entries in all",
        "kept as a digest",
        "new.verb",
    ):
        assert words in page
    assert "13912345678" not in page
    assert "别县的事" not in page and "failed sign-in" not in page
    chinese = office.get("/setup/journal/", HTTP_ACCEPT_LANGUAGE="zh-CN").text
    assert "签收" in chinese and "修改人员" in chinese


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("verb=work.accept", "路灯不亮", "王某"), ("thing=王某", "王某", "路灯不亮"), ("person=nobody", "No entry matches", "王某"),
        ("person=office", "王某", "No entry matches"), ("since=2000-01-01&until=2000-01-02", "No entry matches", "王某"),
        ("since=TODAY&until=TODAY", "王某", "No entry matches"), ("since=nonsense", "王某", "No entry matches"),
        ("chain=installation", "failed sign-in", "王某"), ("chain=elsewhere", "王某", "别县的事"),
    ],
)  # fmt: skip
def test_entries_are_found_by_what_they_hold(office: Client, query: str, shown: str, hidden: str) -> None:
    page = office.get("/setup/journal/?" + query.replace("TODAY", timezone.localdate().isoformat())).text
    entries = page.partition('aria-label="Entries"')[2]
    assert shown in entries and hidden not in entries


def test_pages_lead_on_with_the_filter(office: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with act(actor(world.posts[Role.OFFICE])) as noted:
        for number in range(120):
            noted.note("work.note", Thing("work", f"W-{number}"))
    first = office.get("/setup/journal/?verb=work.note").text
    older = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert older is not None and "verb=work.note" in older[1]
    assert "W-119" in first and "W-69" not in first
    second = office.get("/setup/journal/" + older[1].replace("&amp;", "&")).text
    assert "W-69" in second and "W-119" not in second
    newer = re.search(r'rel="prev" href="(\?[^"]+)"', second)
    assert newer is not None
    assert "W-119" in office.get("/setup/journal/" + newer[1].replace("&amp;", "&")).text


def test_a_page_takes_few_statements(office: Client, world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9):
        office.get("/setup/journal/")


def test_what_is_shown_can_be_taken_along(office: Client) -> None:
    response = office.get("/setup/journal/?verb=work.accept&export=csv")
    text = response.content.decode("utf-8-sig")
    assert "work.accept" in text and "路灯不亮" in text and "people.edit" not in text
    assert office.get("/setup/journal/?export=xlsx").status_code == 200


def test_a_short_chain_is_verified_at_once_and_that_is_noted(office: Client) -> None:
    page = office.post("/setup/journal/verify/", follow=True).text
    assert "The journal is unbroken: 4 entries" in page
    assert "verified the journal" in page


def test_a_broken_chain_is_said_with_its_place(office: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET verb = 'x' WHERE chain = 'qinghe' AND seq = 2")
    page = office.post("/setup/journal/verify/", follow=True).text
    assert "The journal is broken: the content of entry 2 was changed" in page


@pytest.mark.django_db(transaction=True)
def test_a_long_chain_is_verified_in_the_background(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SHORT", 2)
    job = Job.objects.get(pk=office.post("/setup/journal/verify/").headers["Location"].strip("/").split("/")[-1])
    drain()
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.result is not None and job.result["entries"] == 5
    assert "The journal is unbroken: 5 entries" in office.get(f"/jobs/{job.pk}/").text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET verb = 'x' WHERE chain = 'qinghe' AND seq = 2")
    again = Job.objects.get(pk=office.post("/setup/journal/verify/").headers["Location"].strip("/").split("/")[-1])
    drain()
    again.refresh_from_db()
    assert again.state == Job.State.FAILED and "entry 2" in again.error_en


@pytest.mark.parametrize("role", [Role.LEADER, Role.HEAD, Role.LIAISON, Role.INSPECTOR])
def test_others_do_not_read_it(world: World, client: Client, role: Role) -> None:
    client.force_login(world.people[role])
    assert client.get("/setup/journal/").status_code == 403
    assert client.post("/setup/journal/verify/").status_code == 403


def test_every_verb_and_thing_of_the_program_has_words() -> None:
    written = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
    verbs = set(re.findall(r'\bnote\(\s*"([a-z_]+\.[a-z_]+)"', written))
    things = set(re.findall(r'\bThing\(\s*"([a-z_]+)"', written))
    assert verbs - set(VERBS) == set(), "give them words in journal_words.py"
    assert things - set(THINGS) == set(), "give them words in journal_words.py"
    for words in (*VERBS.values(), *THINGS.values()):
        assert words.zh and words.en and words.zh != words.en
    assert str(verb_words("un.known")) == "un.known"
