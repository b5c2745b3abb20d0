"""What is tried in the practice county leaves the real one as it was: ledger, score, lists, messages, journal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Model

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Person, Post, Unit
from qipan.ground.units.queries import current_posts, example_is_active
from qipan.ground.worktime.actions import seed
from qipan.ground.worktime.models import SpecialDay
from qipan.overview.desk import desk
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.practice import enter_practice, make_practice, practice_of, remove_practice, reset_practice
from qipan.spine.campaigns.practice_rows import NotForPractice, delete_rows, rows_of_a_county
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import forget, standing
from qipan.spine.work.classes import seed_classes
from qipan.spine.work.models import ItemClass, WorkClass, WorkItem
from qipan.spine.work.opening import Finding, open_orders
from tests.faces.office import county as counties

pytestmark = pytest.mark.django_db
SEEN = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.fixture
def made() -> counties.Made:
    forget()
    return counties.make()


def post_of(person: Person) -> Post:
    return current_posts(person.pk, date(2026, 6, 1))[0]


def rows(county: County) -> dict[str, list[Any]]:
    """Every row of a county, of every model, as values."""
    found = {}
    for model, path in rows_of_a_county():
        found[model._meta.label] = list(model._base_manager.filter(**{path: county.pk}).order_by("pk").values())
    return found


def year_of(county: County) -> CampaignYear:
    return CampaignYear.objects.select_related("campaign__county").get(campaign__county=county)


def test_every_room_s_rows_are_known_and_outer_rows_come_first() -> None:
    ordered = [model for model, _ in rows_of_a_county()]
    labels = [model._meta.label for model in ordered]
    assert {"ledger.Observation", "work.WorkItem", "fieldwork.Visit", "evidence.Review", "notify.Message"} <= set(
        labels
    )
    assert not {"units.Person", "units.County", "audit.AuditEntry", "files.StoredFile", "standards.Edition"} & set(
        labels
    )
    place = {model: n for n, model in enumerate(ordered)}
    for model in ordered:
        for field in model._meta.concrete_fields:
            other: type[Model] | None = field.related_model if field.is_relation else None
            if other in place and other is not model:
                assert place[model] < place[other], f"{model} refers to {other}"


def test_the_copy_holds_what_a_campaign_stands_on_and_nothing_that_was_seen(made: counties.Made) -> None:
    office = post_of(made.office)
    there = make_practice(made.county, by=office)
    real, copy = standing(year_of(made.county)), standing(year_of(there))
    assert there.is_practice
    assert there.code == "test-county-practice"
    assert Unit.objects.filter(county=there).count() == Unit.objects.filter(county=made.county).count()
    children = Unit.objects.filter(county=there, parent__isnull=False).select_related("parent")
    assert children
    assert all(unit.parent and unit.parent.county_id == there.pk for unit in children)
    assert not Observation.objects.filter(county=there).exists()
    assert copy.book is real.book
    assert (copy.card.total.earned, copy.card.total.unassessed) == (0, copy.card.total.possible)
    codes = dict(Unit.objects.values_list("pk", "code"))
    for function, units in real.duties.carried.items():
        assert [codes[u] for u in units] == [codes[u] for u in copy.duties.carried[function]]
    assert {codes[u] for u in copy.duties.territory.values()} == {codes[u] for u in real.duties.territory.values()}


def test_what_is_tried_leaves_the_real_county_as_it_was(made: counties.Made) -> None:
    office = post_of(made.office)
    there = make_practice(made.county, by=office)
    before, chain = rows(made.county), AuditEntry.objects.filter(chain=made.county.code).count()
    total = standing(year_of(made.county)).card.total
    trying = enter_practice(made.county, by=office)
    year = year_of(there)
    item, stratum, cluster = counties.failing(made.county, "main_road")[0]
    record(there.pk, 2026, [Fact(item, "fail", SEEN, stratum, cluster)], by=trying)
    finding = Finding(item=item, outcome="fail", stratum=stratum, cluster=cluster, seen_at=SEEN)
    open_orders(year, [finding], by=trying, origin=("walk", "1", "试用"))
    assert standing(year_of(there)).readings
    assert WorkItem.objects.filter(county=there).exists()
    assert rows(made.county) == before
    assert standing(year_of(made.county)).card.total == total
    assert not Message.objects.filter(post__unit__county=made.county).exists()
    assert AuditEntry.objects.filter(chain=made.county.code).count() == chain
    assert AuditEntry.objects.filter(chain=there.code).count() > 1


def test_a_reset_throws_away_what_was_tried_and_touches_nothing_else(made: counties.Made) -> None:
    office = post_of(made.office)
    there = make_practice(made.county, by=office)
    item, stratum, cluster = counties.failing(made.county, "main_road")[0]
    record(there.pk, 2026, [Fact(item, "fail", SEEN, stratum, cluster)], by=enter_practice(made.county, by=office))
    Post.objects.filter(unit__county=made.county).exclude(pk=office.pk).update(title_zh="新职务")
    before = rows(made.county)
    fresh = reset_practice(made.county, by=office)
    connection.check_constraints()
    assert not County.objects.filter(pk=there.pk).exists()
    assert fresh.code == there.code
    assert not Observation.objects.filter(county=fresh).exists()
    assert Post.objects.filter(unit__county=fresh, title_zh="新职务").exists(), "the copy is of today"
    assert rows(made.county) == before
    assert AuditEntry.objects.filter(chain=fresh.code, verb="practice.reset").exists(), "its journal goes on"


def test_a_real_county_is_never_deleted(made: counties.Made) -> None:
    with pytest.raises(NotForPractice):
        delete_rows(made.county)
    with pytest.raises(RegisterError):
        remove_practice(made.county, by=post_of(made.office))
    there = make_practice(made.county, by=post_of(made.office))
    with pytest.raises(PermissionDenied):
        reset_practice(there, by=enter_practice(made.county, by=post_of(made.office)))
    assert County.objects.filter(pk=made.county.pk).exists()


def test_removing_it_leaves_no_row(made: counties.Made) -> None:
    office = post_of(made.office)
    there = make_practice(made.county, by=office)
    remove_practice(made.county, by=office)
    connection.check_constraints()
    assert practice_of(made.county.pk) is None
    assert not any(rows(there).values())


def test_the_real_post_stays_first(made: counties.Made) -> None:
    office = post_of(made.office)
    make_practice(made.county, by=office)
    later = Post.objects.create(unit=office.unit, person=made.office, role="head", title_zh="后任")
    on = date(2026, 6, 1)
    posts = current_posts(made.office.pk, on)
    assert [post.unit.county.is_practice for post in posts] == [False, False, True]
    assert posts[1] == later
    first = desk(made.office.pk, on)
    assert first and first.post == office and first.real_post == office
    trying = desk(made.office.pk, on, post_id=posts[2].pk)
    assert trying and trying.county.is_practice and trying.real_post == office


def test_the_example_stays_the_example_with_a_practice_county(made: counties.Made) -> None:
    assert example_is_active()
    make_practice(made.county, by=post_of(made.office))
    assert example_is_active()


def test_the_number_of_statements_does_not_grow_with_the_county(
    made: counties.Made, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60):
        make_practice(made.county, by=post_of(made.office))


def test_the_office_s_own_classes_and_calendar_come_along(made: counties.Made) -> None:
    seed_classes(made.county)
    WorkClass.objects.filter(county=made.county, code="GEN").update(limit=9)
    WorkClass.objects.filter(county=made.county, code="DOC").delete()
    seed(made.county)
    there = make_practice(made.county, by=post_of(made.office))
    limits = dict(WorkClass.objects.filter(county=there).values_list("code", "limit"))
    assert limits["GEN"] == 9
    assert "DOC" not in limits
    assert SpecialDay.objects.filter(calendar__county=there).exists()
    assert not ItemClass.objects.filter(county=there).exclude(work_class__county=there).exists()


def test_one_practice_county_and_none_of_it(made: counties.Made) -> None:
    office = post_of(made.office)
    there = make_practice(made.county, by=office)
    with pytest.raises(RegisterError):
        make_practice(made.county, by=office)
    with pytest.raises(RegisterError):
        make_practice(there, by=enter_practice(made.county, by=office))
    with pytest.raises(PermissionDenied):
        make_practice(made.county, by=post_of(made.head))


def test_someone_who_came_later_gets_a_post_there(made: counties.Made) -> None:
    make_practice(made.county, by=post_of(made.office))
    person = Person.objects.create(username="late", full_name_zh="后来者")
    late = Post.objects.create(unit=post_of(made.head).unit, person=person, role="liaison", title_zh="联络员")
    first, again = enter_practice(made.county, by=late), enter_practice(made.county, by=late)
    assert first == again
    assert (first.unit.code, first.unit.county.is_practice, first.role) == (late.unit.code, True, "liaison")
    new = Unit.objects.create(county=made.county, code="new", name_zh="新单位", type="department")
    with pytest.raises(RegisterError):
        enter_practice(made.county, by=Post.objects.create(unit=new, person=person, role="head", title_zh="局长"))
