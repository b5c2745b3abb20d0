"""Handing over a post: one list, two signatures, and what goes over with the second."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.notify.models import Message
from qipan.ground.sites.models import Site, Sponsor
from qipan.ground.sites.sponsors import sponsored
from qipan.ground.units.drafts import draft_of, keep_draft
from qipan.ground.units.models import Post, Role
from qipan.spine.work import handover as room
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import Handover, Step, WorkItem
from tests.spine.work.town import Town, again, make, order, page
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = make("little")
    made.posts["heir"] = make_post(make_person("little-at-heir"), made.units["roads"], Role.LIAISON)
    return made


def begun(town: Town, days: int = 0, by: str = "roads") -> Handover:
    on = timezone.localdate() + timedelta(days=days)
    pk = room.begin(town["roads"].pk, town["heir"].pk, on, by=town[by], notes="井盖厂的老周周三来")
    return Handover.objects.get(pk=pk)


def given(town: Town) -> Handover:
    row = begun(town)
    return room.give(row.pk, version=1, notes=row.notes, by=town["roads"])


def test_the_list_holds_what_waits_and_both_sign_it(town: Town) -> None:
    item = order(town)
    WorkItem.objects.filter(pk=item.pk).update(person_id=town["roads"].person_id)
    keep_draft(town["roads"], f"work.report:{item.pk}", {"text": "快修好了"})
    unread = Message.objects.filter(post=town["roads"], read_at=None).count()
    row = given(town)
    found = room.handover_page(town["heir"], row.pk)
    assert found is not None and found.may_take and not found.may_give
    assert [(each.number, each.named) for each in found.contents.items] == [(item.number, True)]
    assert (found.contents.drafts, found.contents.unread) == ((f"work.report:{item.pk}",), unread)
    assert found.notes == "井盖厂的老周周三来"
    assert town["roads"].person.full_name_zh in found.given_by

    row = room.take(row.pk, version=row.version, by=town["heir"])
    assert row.taken_at is not None and town["heir"].person.full_name_zh in row.taken_by
    assert draft_of(town["heir"], f"work.report:{item.pk}") == {"text": "快修好了"}
    assert draft_of(town["roads"], f"work.report:{item.pk}") is None
    assert not Message.objects.filter(post=town["roads"], read_at=None).exclude(kind="work.handover_taken").exists()
    assert Message.objects.filter(post=town["heir"], read_at=None).count() >= unread
    now = again(item)
    assert (now.person_id, now.version) == (town["heir"].person_id, item.version + 1)
    assert now.log.last().step == Step.NOTED
    assert page(town["heir"], item.number).row.number == item.number
    assert Post.objects.get(pk=town["roads"].pk).valid_to == timezone.localdate() - timedelta(days=1)


def test_the_list_stays_as_it_was_signed(town: Town) -> None:
    row = given(town)
    order(town)
    found = room.handover_page(town["heir"], row.pk)
    assert found is not None and found.contents.items == ()


def test_nobody_signs_twice_or_for_another(town: Town) -> None:
    row = begun(town)
    with pytest.raises(WorkError):
        room.take(row.pk, version=1, by=town["heir"])
    for name in ("heir", "office", "tourism", "roads-head"):
        with pytest.raises(PermissionDenied):
            room.give(row.pk, version=1, notes="", by=town[name])
    room.give(row.pk, version=1, notes="", by=town["roads"])
    with pytest.raises(WorkError):
        room.give(row.pk, version=2, notes="", by=town["roads"])
    with pytest.raises(WorkError):
        room.take(row.pk, version=1, by=town["heir"])
    for name in ("roads", "office"):
        with pytest.raises(PermissionDenied):
            room.take(row.pk, version=2, by=town[name])
    room.take(row.pk, version=2, by=town["heir"])
    with pytest.raises(WorkError):
        room.cancel(row.pk, version=3, by=town["office"])


def test_who_is_concerned_sees_it_and_whose_turn_it_is(town: Town) -> None:
    row = begun(town, by="office")
    assert room.waiting_for(town["roads"]) == row.pk
    assert room.waiting_for(town["heir"]) is None
    room.give(row.pk, version=1, notes="", by=town["roads"])
    assert (room.waiting_for(town["roads"]), room.waiting_for(town["heir"])) == (None, row.pk)
    assert room.handover_page(town["office"], row.pk) is not None
    for name in ("tourism", "roads-head", "leader", "inspector"):
        assert room.handover_page(town[name], row.pk) is None
    room.cancel(row.pk, version=2, by=town["office"])
    assert room.waiting_for(town["heir"]) is None
    assert Post.objects.get(pk=town["roads"].pk).valid_to is None


def test_only_the_holder_or_the_office_begins_and_only_towards_a_successor(town: Town) -> None:
    today = timezone.localdate()
    for name in ("tourism", "leader", "roads-head"):
        with pytest.raises(PermissionDenied):
            room.begin(town["roads"].pk, town["heir"].pk, today, by=town[name])
    with pytest.raises(WorkError) as refused:
        room.begin(town["roads"].pk, town["tourism"].pk, today, by=town["office"])
    assert refused.value.field == "new"
    with pytest.raises(WorkError) as refused:
        room.begin(town["roads"].pk, town["heir"].pk, today - timedelta(days=1), by=town["office"])
    assert refused.value.field == "on"
    row = begun(town)
    assert begun(town).pk == row.pk, "the same again is the same"
    with pytest.raises(WorkError):
        begun(town, days=3)


def test_sponsored_places_go_over_on_the_day(town: Town) -> None:
    heir = make_post(make_person("little-new-head"), town.units["roads"], Role.HEAD)
    site = Site.objects.filter(county=town.county).order_by("code")[0]
    Sponsor.objects.create(county=town.county, site=site, post=town["roads-head"])
    today = timezone.localdate()
    on = today + timedelta(days=5)
    pk = room.begin(town["roads-head"].pk, heir.pk, on, by=town["office"])
    room.give(pk, version=1, notes="", by=town["roads-head"])
    room.take(pk, version=2, by=heir)
    assert sponsored(town.county.pk, today).sites_of(f"p{town['roads-head'].pk}") == {site.code}
    assert sponsored(town.county.pk, on).sites_of(f"p{heir.pk}") == {site.code}
    assert Post.objects.get(pk=town["roads-head"].pk).valid_to == on - timedelta(days=1)
