"""Somebody is away: who may stand in, with which rights, from when until when; nobody answers what they asked themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units import people
from qipan.ground.units.absences import absences, concerning, deputies_for, end_absence, posts_in_hand, set_absence
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Post, Role
from qipan.ground.units.people_list import people_sheet
from qipan.ground.units.permissions import ADMINISTRATORS
from qipan.ground.units.queries import current_posts, head_of, posts_of
from qipan.ground.units.registers import post_choices
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(with_campaign=False)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def away(world: World, days: int = 3, *, by: Role = Role.HEAD, **more: int) -> Post:
    """The head is away from today on, and the liaison of the same bureau stands in."""
    today = timezone.localdate()
    with transaction.atomic():
        return set_absence(
            more.get("post", world.posts[Role.HEAD].pk), more.get("deputy", world.people[Role.LIAISON].pk), today,
            today + timedelta(days=days), by=world.posts[by],
        )  # fmt: skip


def test_the_deputy_has_a_post_with_the_rights_of_the_absent_one(world: World, today: date) -> None:
    made = away(world)
    assert (made.role, made.unit_id, made.person_id) == (Role.HEAD, world.bureau.pk, world.people[Role.LIAISON].pk)
    assert (made.title_zh, made.title_en) == ("局长（代测试人员）", "Head of bureau (for Test Person)")
    held = current_posts(world.people[Role.LIAISON].pk, today)
    assert [post.pk for post in held] == [world.posts[Role.LIAISON].pk, made.pk], "the own post comes first"
    # Messages to the heads of the unit reach both; its head is who was its head.
    assert [post.pk for post in posts_of([world.bureau.pk], [Role.HEAD], today)] == [world.posts[Role.HEAD].pk, made.pk]
    head = head_of(world.bureau.pk, today)
    assert head is not None and head.pk == world.posts[Role.HEAD].pk
    # It ends by itself.
    later = today + timedelta(days=4)
    assert [post.pk for post in current_posts(world.people[Role.LIAISON].pk, later)] == [world.posts[Role.LIAISON].pk]


def test_the_journal_names_the_deputy_and_for_which_account(world: World) -> None:
    made = Post.objects.get(pk=away(world).pk)
    named = actor(made)
    assert named.person == world.people[Role.LIAISON].username
    assert named.post == f"局长（代 {world.people[Role.HEAD].username}）"
    note = AuditEntry.objects.get(verb="people.absence")
    assert note.details["deputy"] == world.people[Role.LIAISON].username and note.details["stand_in"] == made.pk


def test_both_are_told_but_not_who_set_it(world: World) -> None:
    away(world, by=Role.OFFICE)
    told = set(Message.objects.filter(kind="units.absence").values_list("post_id", flat=True))
    assert told == {world.posts[Role.HEAD].pk, world.posts[Role.LIAISON].pk}
    Message.objects.all().delete()
    world2 = Post.objects.exclude(stands_for=None).get()
    end_absence(world2.pk, version=1, by=world.posts[Role.HEAD])
    assert list(Message.objects.values_list("post_id", flat=True)) == [world.posts[Role.LIAISON].pk]


def test_it_can_be_ended_earlier_by_whoever_read_it_last(world: World, today: date) -> None:
    made = away(world)
    with pytest.raises(Stale):
        end_absence(made.pk, version=7, by=world.posts[Role.OFFICE])
    end_absence(made.pk, version=1, by=world.posts[Role.OFFICE])
    assert len(current_posts(world.people[Role.LIAISON].pk, today)) == 1
    with pytest.raises(RegisterError, match="over already"):
        end_absence(made.pk, version=2, by=world.posts[Role.OFFICE])
    assert absences(world.posts[Role.OFFICE], today) == [], "what ended before its first day was over never was"
    assert away(world).pk != made.pk, "the days are free again"


def test_who_may_set_it(world: World, today: date) -> None:
    heads = {pk for pk, _ in posts_in_hand(world.posts[Role.HEAD], today)}
    units = set(Post.objects.filter(unit=world.bureau).exclude(role__in=ADMINISTRATORS).values_list("pk", flat=True))
    assert heads == units
    for role in set(Role) - {Role.OFFICE, Role.HEAD}:
        with pytest.raises(PermissionDenied):
            away(world, by=role)
    with pytest.raises(PermissionDenied):
        away(world, post=world.posts[Role.OFFICE].pk)
    with pytest.raises(PermissionDenied):
        away(world, post=world.posts[Role.SYSTEM].pk, by=Role.OFFICE)
    with pytest.raises(PermissionDenied):
        # Nobody stands in for whoever stands in.
        away(world, post=away(world).pk, by=Role.OFFICE)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("self", "nobody stands in for themselves"),
        ("other unit", "the deputy is of the same unit"),
        ("leaves first", "holds a post there on all these days"),
        ("no officer", "a deputy for the office is of the office"),
        ("past", "today or later"),
        ("backwards", "before the first"),
        ("post ends", "nobody stands in for it after that"),
        ("twice", "stands in already from"),
        ("deputy away", "is absent too"),
        ("absent deputises", "end that first"),
    ],
)
def test_what_cannot_be(world: World, today: date, case: str, words: str) -> None:
    head, liaison, office = world.posts[Role.HEAD], world.posts[Role.LIAISON], world.posts[Role.OFFICE]
    post, deputy, first, last = head, liaison.person_id, today, today + timedelta(days=3)
    match case:
        case "self":
            deputy = head.person_id
        case "other unit":
            stranger = make_person("stranger")
            make_post(stranger, world.office, Role.INSPECTOR)
            deputy = stranger.pk
        case "leaves first":
            Post.objects.filter(pk=liaison.pk).update(valid_to=today + timedelta(days=1))
        case "no officer":
            assistant = make_person("assistant")
            make_post(assistant, world.office, Role.INSPECTOR)
            post, deputy = office, assistant.pk
        case "past":
            first = today - timedelta(days=1)
        case "backwards":
            last = today - timedelta(days=1)
        case "post ends":
            Post.objects.filter(pk=head.pk).update(valid_to=today + timedelta(days=1))
        case "twice":
            away(world, 0)
        case "deputy away":
            clerk = make_person("clerk")
            make_post(clerk, world.bureau, Role.SUPPORT)
            set_absence(liaison.pk, clerk.pk, last, last, by=office)
        case "absent deputises":
            clerk = make_person("clerk")
            make_post(clerk, world.bureau, Role.SUPPORT)
            set_absence(liaison.pk, head.person_id, last, last, by=office)
            deputy = clerk.pk
    with pytest.raises(RegisterError, match=words):
        set_absence(post.pk, deputy, first, last, by=office)


def test_it_ends_with_the_post_and_when_the_deputy_leaves(world: World, today: date) -> None:
    made = away(world, 9)
    people.end_post(world.posts[Role.HEAD].pk, today, version=1, by=world.posts[Role.OFFICE])
    made.refresh_from_db()
    assert made.valid_to == today
    people.reopen_post(world.posts[Role.HEAD].pk, version=2, by=world.posts[Role.OFFICE])
    end_absence(made.pk, version=made.version, by=world.posts[Role.OFFICE])
    again = away(world, 9)
    people.end_post(world.posts[Role.LIAISON].pk, today, version=1, by=world.posts[Role.OFFICE])
    again.refresh_from_db()
    assert again.valid_to == today
    assert AuditEntry.objects.filter(verb="people.absence_end").count() == 3


def test_a_stand_in_is_no_post_of_its_own(world: World, today: date) -> None:
    before = [[str(cell) for cell in row] for row in people_sheet(world.county, today, "zh").rows]
    made = away(world)
    with pytest.raises(RegisterError, match="stands in for somebody absent"):
        people.end_post(made.pk, today, version=1, by=world.posts[Role.OFFICE])
    assert made.pk not in dict(post_choices(world.county.pk, today))
    assert [[str(cell) for cell in row] for row in people_sheet(world.county, today, "zh").rows] == before
    assert [one.state for one in concerning(world.posts[Role.HEAD], today)] == ["now"]
    assert world.people[Role.HEAD].pk not in dict(deputies_for(world.posts[Role.HEAD], today))
