"""A post that waits for the security administrator is no post: it gives no rights, hears nothing, and heads nothing."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units import approving, people
from qipan.ground.units.approvals import asked_for, waiting_of
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Person, Post, Role
from qipan.ground.units.people import PersonEntry, PostEntry
from qipan.ground.units.queries import current_posts, head_of
from tests.world import World, make_post, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = make_world(example=False, with_campaign=False)
    approving.have_posts_approved(on=True, by=made.posts[Role.SECURITY])
    for post in made.posts.values():
        post.unit.county.refresh_from_db()
    made.county.refresh_from_db()
    return made


def entry(world: World, role: Role, unit: int | None = None) -> PostEntry:
    return PostEntry(unit or world.bureau.pk, role, Text("新岗", "new post"))


def newcomer(world: World, role: Role = Role.HEAD, unit: int | None = None) -> Person:
    return people.add_person(PersonEntry(Text("新人")), entry(world, role, unit), by=world.posts[Role.OFFICE])


def words_to(post: Post) -> list[str]:
    return list(Message.objects.filter(post=post).order_by("id").values_list("words_en", flat=True))


def test_a_post_that_waits_gives_nothing_until_it_is_approved(world: World) -> None:
    today, security = timezone.localdate(), world.posts[Role.SECURITY]
    person = newcomer(world, unit=world.office.pk)
    assert current_posts(person.pk, today) == []
    assert head_of(world.office.pk, today) is None
    assert [row.person for row in waiting_of(world.county.pk)] == [person.pk]
    assert words_to(security) == ["A post waits for approval: 新人, new post."]
    approving.approve(waiting_of(world.county.pk)[0].pk, by=security)
    assert [post.role for post in current_posts(person.pk, today)] == [Role.HEAD]
    found = head_of(world.office.pk, today)
    assert found is not None and found.person_id == person.pk
    assert words_to(world.posts[Role.OFFICE]) == ["Approved: 新人, new post."]
    assert waiting_of(world.county.pk) == []
    verbs = list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["people.approval_on", "people.add", "people.ask_post", "people.add_post", "people.approve_post"]


def test_a_refusal_says_why_and_leaves_no_post(world: World) -> None:
    person, security = newcomer(world), world.posts[Role.SECURITY]
    request = waiting_of(world.county.pk)[0].pk
    with pytest.raises(RegisterError):
        approving.refuse(request, "  ", by=security)
    approving.refuse(request, "没有任命文件", by=security)
    assert not Post.objects.filter(person=person).exists()
    assert [row.refused for row in asked_for(world.county.pk, person.pk)] == ["没有任命文件"]
    assert words_to(world.posts[Role.OFFICE]) == ["Refused: 新人, new post. Reason: 没有任命文件"]
    with pytest.raises(RegisterError):
        approving.approve(request, by=security)
    assert people.add_post(person.pk, entry(world, Role.LIAISON), by=world.posts[Role.OFFICE]) is None, "asked again"


def test_another_role_waits_and_the_post_stays_as_it_was(world: World) -> None:
    post, office, security = world.posts[Role.LIAISON], world.posts[Role.OFFICE], world.posts[Role.SECURITY]
    assert people.change_post(post.pk, entry(world, Role.INSPECTOR), version=1, by=office) is None
    post.refresh_from_db()
    assert (post.role, post.version) == (Role.LIAISON, 1)
    with pytest.raises(RegisterError):
        people.change_post(post.pk, entry(world, Role.INSPECTOR), version=1, by=office)
    assert people.change_post(post.pk, entry(world, Role.LIAISON), version=1, by=office), "a title is no right"
    request = waiting_of(world.county.pk)[0].pk
    with pytest.raises(Stale):
        approving.approve(request, by=security)
    assert waiting_of(world.county.pk)[0].pk == request, "what cannot be approved waits on, to be refused"
    approving.refuse(request, "岗位已变", by=security)
    assert people.change_post(post.pk, entry(world, Role.INSPECTOR), version=2, by=office) is None
    approving.approve(waiting_of(world.county.pk)[0].pk, by=security)
    post.refresh_from_db()
    assert (post.role, post.version) == (Role.INSPECTOR, 3)


def test_nobody_decides_on_their_own_and_only_the_security_administrator_decides(world: World) -> None:
    office, security = world.posts[Role.OFFICE], world.posts[Role.SECURITY]
    assert people.add_post(security.person_id, entry(world, Role.LIAISON), by=office) is None
    request = waiting_of(world.county.pk)[0].pk
    with pytest.raises(RegisterError):
        approving.approve(request, by=security)
    with pytest.raises(PermissionDenied):
        approving.approve(request, by=office)
    with pytest.raises(PermissionDenied):
        approving.have_posts_approved(on=False, by=office)
    other = make_post(newcomer(world), world.bureau, Role.SECURITY)
    approving.approve(request, by=other)
    assert Post.objects.filter(person_id=security.person_id, role=Role.LIAISON).exists()


def test_the_security_administrator_s_own_gifts_do_not_wait(world: World) -> None:
    given = people.add_post(world.people[Role.LIAISON].pk, entry(world, Role.INSPECTOR), by=world.posts[Role.SECURITY])
    assert given is not None and given.role == Role.INSPECTOR


def test_without_a_security_administrator_nothing_waits(world: World) -> None:
    Post.objects.filter(role=Role.SECURITY).delete()
    assert people.add_post(world.people[Role.LIAISON].pk, entry(world, Role.INSPECTOR), by=world.posts[Role.OFFICE])


def test_two_who_change_a_person_are_told_of_each_other(world: World) -> None:
    person, office = world.people[Role.HEAD], world.posts[Role.OFFICE]
    people.change_person(person.pk, PersonEntry(Text("王强"), "13812345678"), version=1, by=office)
    with pytest.raises(Stale) as refused:
        people.change_person(person.pk, PersonEntry(Text("王刚")), version=1, by=world.posts[Role.SECURITY])
    assert refused.value.version == 2
    fields = {one.field: one.now for change in refused.value.changes for one in change.fields}
    assert fields["phone"] == fields["full_name_zh"] == "•••", "the journal holds neither"
    person.refresh_from_db()
    assert (person.full_name_zh, person.version) == ("王强", 2)
