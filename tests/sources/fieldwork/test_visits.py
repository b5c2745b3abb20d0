"""A visit is recorded: what counts for which round, what its faults open, what is refused, and how little it asks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.files.photos import add_photo
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import Role
from qipan.sources.fieldwork.actions import Answer, NewVisit, Saved, VisitError, save_visit
from qipan.sources.fieldwork.counting import CountingChanged
from qipan.sources.fieldwork.models import Visit, VisitItem
from qipan.spine.ledger.actions import close_round, record
from qipan.spine.ledger.models import Observation, Reading
from qipan.spine.work.models import Sighting, WorkItem
from tests.little_ledger import YEAR, Little, little_county, look
from tests.sources.pictures import photo
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    return little_county()


def visit(site: str, answers: dict[str, Any], **more: Any) -> NewVisit:
    given = {"uid": uuid.uuid4(), "visited_at": timezone.now() - timedelta(minutes=5), **more}
    made = tuple(each if isinstance(each, Answer) else Answer(item, each) for item, each in answers.items())
    return NewVisit(site=site, answers=made, **given)


def save(little: Little, site: str, answers: dict[str, Any], **more: Any) -> Saved:
    return save_visit(little.year, visit(site, answers, **more), by=little.inspector)


def rows(saved: Saved) -> dict[str, Observation]:
    return {row.item: row for row in Observation.objects.filter(source=f"visit/{saved.visit.uid}")}


def test_what_is_answered_is_recorded_and_nothing_else(little: Little) -> None:
    saved = save(little, "h1", {"hotel.ho1": "pass", "hotel.ho2": "na"}, note="前台 ")
    found = rows(saved)
    assert {item: row.outcome for item, row in found.items()} == {"hotel.ho1": "pass", "hotel.ho2": "na"}
    row = found["hotel.ho1"]
    assert (row.stratum, row.cluster, row.selection, row.round_id) == (
        "hotel", "h1", "census", little.rounds["census"].pk,
    )  # fmt: skip
    assert (row.by_unit, row.by_post) == ("tourism", "督查员")
    assert (saved.visit.items, saved.visit.faults, saved.visit.note) == (2, 0, "前台")
    assert saved.visit.round == little.rounds["census"]
    assert saved.orders == ()
    assert AuditEntry.objects.filter(verb="visits.save", thing_id=str(saved.visit.uid)).count() == 1


def test_a_fault_opens_an_order_with_its_words_and_photos(little: Little) -> None:
    shot = add_photo(photo(), by=little.inspector)
    saved = save(little, "r2", {"road.r2": Answer("road.r2", "fail", "坑洞", (shot,)), "road.r1": "9"})
    orders = {item.item: item for item in WorkItem.objects.all()}
    assert set(orders) == {"road.r1", "road.r2"}
    assert orders["road.r2"].lead == little.units["roads"]
    assert orders["road.r2"].territory == little.units["west"]
    assert (orders["road.r2"].origin_kind, orders["road.r2"].origin_id) == ("visit", str(saved.visit.uid))
    sighting = Sighting.objects.get(work_item=orders["road.r2"])
    assert (sighting.text, sighting.observation) == ("坑洞", rows(saved)["road.r2"].uid)
    assert list(sighting.photos.all()) == [shot]
    kept = VisitItem.objects.get()
    assert (kept.item, kept.text, list(kept.photos.all())) == ("road.r2", "坑洞", [shot])
    shot.refresh_from_db()
    assert shot.used
    assert saved.visit.faults == 2


def test_three_pieces_of_litter_comply_and_four_do_not(little: Little) -> None:
    assert save(little, "r1", {"road.r1": "3"}).orders == ()
    assert len(save(little, "r2", {"road.r1": "4"}).orders) == 1


def test_the_second_look_in_a_round_is_chosen(little: Little) -> None:
    save(little, "h1", {"hotel.ho1": "pass", "hotel.ho2": "not_seen"})
    again = rows(save(little, "h1", {"hotel.ho1": "fail", "hotel.ho2": "pass"}))
    assert (again["hotel.ho1"].selection, again["hotel.ho1"].round_id) == ("chosen", None)
    # That it could not be seen was no look: the first one comes now.
    assert again["hotel.ho2"].selection == "census"


def test_a_site_on_no_list_is_chosen_and_enters_nothing(little: Little) -> None:
    row = rows(save(little, "r3", {"road.r2": "fail"}))["road.r2"]
    assert (row.selection, row.round_id) == ("chosen", None)
    assert not Reading.objects.get(cluster="r3", level=Reading.Level.NOW).enters
    assert WorkItem.objects.get().cluster == "r3"


def test_a_withdrawn_look_leaves_the_round_open_for_another(little: Little) -> None:
    first = rows(save(little, "h1", {"hotel.ho1": "pass"}))["hotel.ho1"]
    record(little.county.pk, YEAR, [look("hotel.ho1", "h1", "withdrawn", supersedes=first.uid)], by=little.office)
    assert rows(save(little, "h1", {"hotel.ho1": "fail"}))["hotel.ho1"].selection == "census"


def test_the_unit_that_answers_can_only_lower(little: Little) -> None:
    """The inspector's unit leads hotels; of roads another unit has the duty."""
    assert rows(save(little, "h1", {"hotel.ho1": "pass"}))["hotel.ho1"].own
    assert not rows(save(little, "r2", {"road.r2": "pass"}))["road.r2"].own
    # At one hotel another unit has the duty: there the inspector is no party.
    SiteDuty.objects.create(site=Site.objects.get(code="h2"), function="tourism", unit=little.units["office"])
    assert not rows(save(little, "h2", {"hotel.ho1": "pass"}))["hotel.ho1"].own


def test_a_form_sent_twice_is_one_visit(little: Little) -> None:
    once = visit("h1", {"hotel.ho1": "fail"})
    first = save_visit(little.year, once, by=little.inspector)
    second = save_visit(little.year, once, by=little.inspector)
    assert (first.again, second.again, second.visit) == (False, True, first.visit)
    assert (Visit.objects.count(), Observation.objects.count(), WorkItem.objects.count()) == (1, 1, 1)


def test_a_round_closed_meanwhile_is_told_before_anything_is_recorded(little: Little) -> None:
    form = visit("h1", {"hotel.ho1": "pass"}, told={"hotel.ho1": "census"})
    close_round(little.rounds["census"].pk, timezone.now())
    with pytest.raises(CountingChanged) as told:
        save_visit(little.year, form, by=little.inspector)
    assert told.value.changed == {"hotel.ho1": None}
    assert not Visit.objects.exists()
    accepted = NewVisit(form.uid, form.site, form.visited_at, form.answers, {"hotel.ho1": ""})
    assert rows(save_visit(little.year, accepted, by=little.inspector))["hotel.ho1"].selection == "chosen"


def test_a_look_by_someone_else_meanwhile_is_told(little: Little) -> None:
    save(little, "h1", {"hotel.ho1": "pass"})
    with pytest.raises(CountingChanged):
        save(
            little,
            "h1",
            {"hotel.ho1": "fail", "hotel.ho2": "pass"},
            told={"hotel.ho1": "census", "hotel.ho2": "census"},
        )
    assert Observation.objects.count() == 1


def test_what_was_seen_before_a_round_opened_is_no_look_of_it(little: Little) -> None:
    before = little.rounds["draw"].opened_at - timedelta(hours=1)
    if timezone.localdate(before).year == YEAR:
        row = rows(save(little, "r1", {"road.r2": "pass"}, visited_at=before))["road.r2"]
        assert row.selection == "chosen"


@pytest.mark.parametrize(
    ("site", "answers", "more", "field"),
    [
        ("nowhere", {"hotel.ho1": "pass"}, {}, "site"),
        ("h1", {}, {}, "answers"),
        ("h1", {"road.r2": "pass"}, {}, "road.r2"),
        ("r1", {"road.r1": "3.5"}, {}, "road.r1"),
        ("r1", {"road.r1": "-1"}, {}, "road.r1"),
        ("r1", {"road.r1": "2000000"}, {}, "road.r1"),
        ("r1", {"road.r1": "many"}, {}, "road.r1"),
        ("h1", {"hotel.ho1": "B"}, {}, "hotel.ho1"),
        ("h1", {"hotel.ho1": Answer("hotel.ho1", "fail", unit="roads")}, {}, "hotel.ho1"),
        ("h1", {"hotel.ho1": Answer("hotel.ho1", "fail", unit="no-unit", why="x")}, {}, "hotel.ho1"),
        ("h1", {"hotel.ho1": "pass"}, {"visited_at": timezone.now() + timedelta(days=1)}, "visited_at"),
        ("h1", {"hotel.ho1": "pass"}, {"visited_at": timezone.now() - timedelta(days=400)}, "visited_at"),
    ],
)
def test_what_cannot_be_recorded_names_its_place_and_leaves_nothing(
    little: Little, site: str, answers: dict[str, Any], more: dict[str, Any], field: str
) -> None:
    answers = {"hotel.ho2": "fail", **answers} if site == "h1" and answers else answers
    with pytest.raises(VisitError) as refused:
        save(little, site, answers, **more)
    assert [name for name, _ in refused.value.problems] == [field]
    assert all(words.zh and words.en for _, words in refused.value.problems)
    assert not (Visit.objects.exists() or Observation.objects.exists() or WorkItem.objects.exists())
    assert not AuditEntry.objects.filter(verb="visits.save").exists()


def test_a_site_that_has_ended_takes_no_visit(little: Little) -> None:
    Site.objects.filter(code="h1").update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(VisitError) as refused:
        save(little, "h1", {"hotel.ho1": "pass"})
    assert refused.value.problems[0][0] == "site"


@pytest.mark.parametrize("role", [Role.HEAD, Role.LIAISON])
def test_units_record_no_visits(little: Little, role: Role) -> None:
    post = make_post(make_person(f"little-{role}"), little.units["roads"], role)
    with pytest.raises(PermissionDenied):
        save_visit(little.year, visit("h1", {"hotel.ho1": "pass"}), by=post)


def test_another_county_s_post_records_nothing_here(little: Little) -> None:
    other = little_county(code="other", rounds=False)
    with pytest.raises(PermissionDenied):
        save_visit(little.year, visit("h1", {"hotel.ho1": "pass"}), by=other.inspector)


def _statements(little: Little, site: str, outcome: str) -> int:
    answers = {"hotel.ho1": outcome, "hotel.ho2": outcome, "hotel.ho3": "pass"}
    with CaptureQueriesContext(connection) as captured:
        save(little, site, answers)
    return len([each for each in captured if "SAVEPOINT" not in each["sql"]])


def test_a_visit_takes_as_many_statements_in_a_large_ledger_and_with_many_faults(little: Little) -> None:
    save(little, "h1", {"hotel.ho1": "fail"})  # what is asked once in a process is asked here
    few, faulty = _statements(little, "h2", "pass"), _statements(little, "h3", "fail")
    facts = [look(f"hotel.ho{n % 3 + 1}", f"x{n}", "pass") for n in range(400)]
    record(little.county.pk, YEAR, facts, by=little.office)
    Site.objects.bulk_create(
        Site(county=little.county, code=f"h{n}", name_zh=f"宾馆{n}", type="hotel") for n in range(10, 110)
    )
    assert _statements(little, "h4", "pass") == few <= 26
    more = {f"hotel.ho{n}": "fail" for n in (1, 2, 3)}
    with CaptureQueriesContext(connection) as captured:
        save(little, "h10", more)
    assert len([each for each in captured if "SAVEPOINT" not in each["sql"]]) <= faulty + 2
