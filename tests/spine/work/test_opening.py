"""Findings become orders: whose, until when, and what joins what is open already."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.notify.models import Message
from qipan.ground.worktime.actions import seed
from qipan.ground.worktime.clock import Clock, Limit
from qipan.spine.campaigns.models import FunctionDuty
from qipan.spine.work import actions
from qipan.spine.work.classes import seed_classes
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import due, due_by
from qipan.spine.work.models import ItemClass, Kind, LogEntry, Sighting, Step, WorkClass, WorkItem, WorkSettings
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at, finding

VISIT = ("visit", "7", "第一轮")


@pytest.fixture
def town(db) -> Town:
    return towns.make(hotels=60, roads=4)


def opened(town: Town, *findings, by="inspector", when=None):
    return actions.open_orders(town.year, list(findings), by=town[by], origin=VISIT, at=when or at())


def item_of(one) -> Any:
    return WorkItem.objects.get(pk=one.pk)


# --- whose ---


def test_the_unit_responsible_at_the_site_leads_and_the_town_is_the_territory(town):
    one = item_of(opened(town, finding())[0])
    assert (one.lead.code, one.territory.code, one.state, one.kind) == ("roads", "west", "issued", Kind.ORDER)
    assert one.title == Text("路2：路面完好", "road 2: surface sound")
    assert (one.check_key, one.node, one.stratum, one.cluster) == ("1.2/site_inspection", "1.2", "road", "r2")
    assert one.log.get().data["why"] == "site"


def test_where_the_site_has_no_unit_the_function_answers_else_nobody(town):
    (hotel,) = opened(town, finding("hotel.ho2", "h1"))
    assert item_of(hotel).lead.code == "tourism" and item_of(hotel).log.get().data["why"] == "function"
    FunctionDuty.objects.filter(function="roads").delete()
    (road,) = opened(town, finding("road.r2", "r1"))
    assert road.lead == town.units["office"], "unowned: the campaign office holds it until it is reassigned"
    logged = item_of(road).log.get().data
    assert datetime.fromisoformat(logged.pop("due")) == item_of(road).deadline
    assert logged == {"unit": "", "why": "nobody", "v": 1}


def test_the_function_of_the_class_answers_where_no_check_does(town):
    seed_classes(town.county)
    WorkClass.objects.filter(county=town.county, code="GEN").update(function="tourism")
    loose = finding("free.item", "r3", title=Text("路边有坑", "a pothole"))
    (one,) = opened(town, loose)
    assert one.lead.code == "tourism"
    (named,) = opened(town, finding("free.item", "r4", title=Text("坑", "hole"), unit="east", why="村道"))
    assert named.lead.code == "east"
    assert item_of(named).log.get().text == "村道"
    with pytest.raises(WorkError) as error:
        opened(town, finding("free.item", "r1", unit="nowhere"))
    assert error.value.field == "unit"


def test_the_form_is_told_the_unit_before_anything_is_saved(town):
    FunctionDuty.objects.filter(function="roads").delete()
    found = actions.proposed(town.year, [finding(), finding("road.r2", "r1"), finding("hotel.ho1", "h2")])
    assert [(one.unit.code if one.unit else None, one.why) for one in found] == [
        ("roads", "site"), (None, "nobody"), ("tourism", "function"),
    ]  # fmt: skip
    assert not WorkItem.objects.exists() and not WorkSettings.objects.exists()


@pytest.mark.parametrize("name", ["roads", "tourism-head", "west"])
def test_units_open_no_orders(town, name):
    with pytest.raises(PermissionDenied):
        opened(town, finding(), by=name)


# --- until when ---


def test_the_class_gives_the_limit(town):
    """By hand: 24 urgent hours for danger; five working days for the rest. Thursday 26 March 2026, 10:00."""
    seed(town.county)
    seed_classes(town.county)
    thursday = datetime(2026, 3, 26, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    danger, general = opened(town, finding("hotel.ho1", "h1"), finding("hotel.ho2", "h1"), when=thursday)
    assert item_of(danger).work_class.code == "SAFE" and item_of(danger).safety
    assert item_of(danger).deadline == thursday + timedelta(hours=24)
    assert item_of(general).work_class.code == "GEN"
    assert item_of(general).deadline == datetime(2026, 4, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert not item_of(general).calendar_gap
    leaves = WorkClass.objects.get(county=town.county, code="06001")
    ItemClass.objects.update_or_create(county=town.county, item="hotel.ho3", defaults={"work_class": leaves})
    (own,) = opened(town, finding("hotel.ho3", "h1"), when=thursday)
    assert item_of(own).work_class.code == "06001"
    (named,) = opened(town, finding("hotel.ho3", "h2", work_class="SAFE"), when=thursday)
    assert item_of(named).work_class.code == "SAFE"
    by_hand = thursday + timedelta(days=2)
    (set_by_hand,) = opened(town, finding("hotel.ho3", "h3", deadline=by_hand), when=thursday)
    assert item_of(set_by_hand).deadline == by_hand
    with pytest.raises(WorkError) as error:
        opened(town, finding("hotel.ho3", "h4", deadline=thursday), when=thursday)
    assert error.value.field == "deadline"


def test_a_changed_limit_touches_only_orders_that_are_issued_later(town):
    seed_classes(town.county)
    first = item_of(opened(town, finding("hotel.ho2", "h1"))[0])
    WorkClass.objects.filter(county=town.county, code="GEN").update(limit=1)
    second = item_of(opened(town, finding("hotel.ho2", "h2"))[0])
    first.refresh_from_db()
    assert (first.limit, second.limit) == (5, 1) and second.deadline < first.deadline


MONDAY = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("limit", "turns"),
    [
        # Ten working days end on Friday the 13th at 18:00; three working days are left from Wednesday morning on, a fifth
        # of the time is less.
        (Limit(10, "working_day"), datetime(2026, 3, 11, 8)),
        # Twenty working days end on Friday the 27th at 18:00, after 25 days and 10 hours: a fifth of that, 5 days and
        # 2 hours, begins before the last three working days (Wednesday the 25th, 08:00).
        (Limit(20, "working_day"), datetime(2026, 3, 22, 16)),
        # Three working days are no longer than the three that the setting says: a fifth of 58 hours alone.
        (Limit(3, "working_day"), datetime(2026, 3, 4, 6, 24)),
        (Limit(24, "urgent_hour"), datetime(2026, 3, 3, 3, 12)),
    ],
)
def test_when_the_light_turns(limit, turns):
    found = due(Clock(), MONDAY, limit, WorkSettings(), None)
    assert found.due_from == turns.replace(tzinfo=MONDAY.tzinfo)


def test_a_setting_of_nothing_turns_the_light_at_the_deadline():
    settings = WorkSettings(due_share=0, due_working_days=0)
    found = due_by(Clock(), MONDAY, MONDAY + timedelta(days=9), settings)
    assert found.due_from == found.deadline


# --- numbers, joining ---


def test_numbers_follow_the_order_of_issue_and_are_never_given_twice(town):
    first = opened(town, finding(), finding("road.r1", "r2"))
    second = opened(town, finding("road.r1", "r3"))
    year = at().astimezone(ZoneInfo("Asia/Shanghai")).year
    assert [one.number for one in (*first, *second)] == [f"{year}-{n:05}" for n in (1, 2, 3)]


def test_the_same_thing_at_the_same_site_joins_the_open_order(town):
    photo = towns.photo(town)
    first = opened(town, finding(text="坑"))[0]
    again, other = opened(town, finding(text="还是坑", photos=(photo,)), finding("road.r1", "r2"), when=at(2))
    assert again.joined and again.pk == first.pk and not other.joined
    item = item_of(first)
    assert [s.text for s in item.sightings.all()] == ["坑", "还是坑"]
    assert [(e.step, e.data.get("origin")) for e in item.log.all()] == [(Step.ISSUED, None), (Step.JOINED, list(VISIT))]
    assert item.version == 2 and Photo.objects.get(pk=photo.pk).used
    assert Message.objects.filter(kind="work.joined").count() == 2
    assert WorkItem.objects.count() == 2


def test_two_findings_of_one_visit_join_each_other(town):
    one, two = opened(town, finding(text="东侧"), finding(text="西侧"))
    assert (one.joined, two.joined) == (False, True) and one.pk == two.pk
    assert Sighting.objects.count() == 2 and WorkItem.objects.count() == 1


def test_nothing_is_opened_where_something_is_wrong(town):
    with pytest.raises(WorkError):
        opened(town, finding(), finding("road.r1", "r2", unit="nowhere"))
    assert not WorkItem.objects.exists() and not LogEntry.objects.exists() and not Message.objects.exists()


def test_one_message_for_all_that_a_visit_brings_to_a_unit(town):
    opened(town, *(finding(f"hotel.ho{n}", "h1") for n in (1, 2, 3)))
    (message,) = Message.objects.filter(kind="work.issued", post=town["tourism"])
    assert "3件" in message.words_zh and message.link.startswith("/work/?number=")


# --- few statements ---


def test_statements_do_not_grow_with_the_findings(town):
    opened(town, finding())  # settings, caches
    counts = []
    for start, many in ((1, 5), (6, 50)):
        findings = [finding("hotel.ho2", f"h{n}", photos=(towns.photo(town),)) for n in range(start, start + many)]
        with CaptureQueriesContext(connection) as seen:
            opened(town, *findings)
        counts.append(len(seen))
    # SQLite takes so many values at once, so ten times the rows are a few statements more.
    assert counts[1] <= counts[0] + 3, counts
    assert counts[0] <= 32


# --- at once ---

AT_ONCE = """
import threading
from django.db import connection
from qipan.spine.work.actions import open_orders
from tests.spine.work import town as towns

town = towns.make("race")
gate, failures, results = threading.Barrier(4), [], []

def work(who):
    try:
        gate.wait(timeout=30)
        for number in range(3):
            findings = [towns.finding(text=str(who)), towns.finding("road.r1", f"r{number + 1}", text=str(who))]
            made = open_orders(town.year, findings, by=town["inspector"], origin=("visit", "7", "x"), at=towns.at())
            results.extend(made)
    except BaseException as failure:
        failures.append(repr(failure))
    finally:
        connection.close()

threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
from qipan.spine.work.models import Sighting, WorkItem, WorkSettings
found = {
    "numbers": sorted(WorkItem.objects.filter(county=town.county).values_list("number", flat=True)),
    "opened": sum(not one.joined for one in results),
    "sightings": Sighting.objects.filter(work_item__county=town.county).count(),
    "versions": sorted(WorkItem.objects.filter(county=town.county).values_list("version", flat=True)),
    "next": WorkSettings.objects.get(county=town.county).next_number,
}
"""


def at_once_on_a_file(folder: Path) -> dict[str, Any]:
    """Do it in a process of its own: the test's database lies in memory, where writers do not wait for each other."""
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n" + AT_ONCE + "print(repr((failures, found)))"
    )
    environ = {
        **os.environ, "QIPAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "qipan.project.settings",
        "PYTHONPATH": str(Path(towns.__file__).parents[3]),
    }  # fmt: skip
    environ.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    failures, found = ast.literal_eval(done.stdout)
    return {"failures": failures, "found": found}


@pytest.mark.django_db(transaction=True)
def test_four_people_who_find_the_same_things_open_each_order_once(tmp_path):
    said: dict[str, Any] = {}
    if connection.vendor == "sqlite":
        said = at_once_on_a_file(tmp_path)
    else:
        exec(AT_ONCE, said)
    assert said["failures"] == []
    # One order at road 2 that all twelve calls found, and one of another item at each of three roads.
    assert [number[-5:] for number in said["found"]["numbers"]] == ["00001", "00002", "00003", "00004"]
    assert said["found"]["opened"] == 4
    assert said["found"]["sightings"] == 24
    assert said["found"]["versions"] == [4, 4, 4, 12], "each joining raises the version by one"
    assert said["found"]["next"] == 5
