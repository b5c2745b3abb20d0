"""What can be asked about counties, people and posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from qipan.assessment.text import Text
from qipan.ground.units.models import County, Person, Post, Role, Unit, UnitGroup

#: The order in which the example's accounts are offered: as in the list of users of the handbook.
ROLE_ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class ExampleAccount:
    """An account of the example county, which is entered without a password."""

    username: str
    role: Role
    person: Text
    title: Text
    unit: Text

    @property
    def post(self) -> Text:
        """The post with its unit, which many titles name already."""
        return Text(_post(self.title.zh, self.unit.zh, ""), _post(self.title.en, self.unit.en, ", "))


def _post(title: str, unit: str, between: str) -> str:
    return title if unit in title else f"{title}{between}{unit}" if between else f"{unit}{title}"


def county_codes() -> list[str]:
    """Return the codes of all counties, copies for practice among them."""
    return list(County.objects.order_by("code").values_list("code", flat=True))


def held(on: date) -> Q:
    """Return the condition of a post that is held on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


def current_posts(person_id: int, on: date) -> list[Post]:
    """Return the posts that a person holds on a day, with unit and county: real ones first, the oldest first."""
    posts = Post.objects.filter(held(on), person_id=person_id).select_related("unit__county", "person")
    return sorted(posts, key=lambda post: (post.unit.county.is_practice, post.pk))


def is_deputy(title: Text) -> bool:
    """Whether a title is that of a deputy (分管负责人): a unit's head is somebody else."""
    return "副" in title.zh or "分管" in title.zh or "deputy" in title.en.casefold() or "vice" in title.en.casefold()


def posts_of(unit_ids: Iterable[int], roles: Iterable[str], on: date) -> list[Post]:
    """Return the posts of some units and roles that are held on a day by people who may sign in.

    Ordered by unit, then by role as `Role` has it (a head before a liaison), a deputy after the one in charge, then the
    oldest first; one statement.
    """
    posts = Post.objects.filter(
        held(on), unit_id__in=set(unit_ids), role__in=[str(role) for role in roles], person__is_active=True
    ).select_related("unit__county", "person")
    return sorted(posts, key=lambda post: (post.unit.code, ROLE_ORDER[Role(post.role)], is_deputy(post.title), post.pk))


def head_of(unit_id: int, on: date) -> Post | None:
    """Return who heads a unit on a day: the oldest post of a head who is no deputy, else of a deputy; None."""
    return next(iter(posts_of([unit_id], [Role.HEAD], on)), None)


def liaison_of(unit_id: int, on: date) -> Post | None:
    """Return a unit's liaison on a day: the oldest post of one; None where it has none."""
    return next(iter(posts_of([unit_id], [Role.LIAISON], on)), None)


def example_is_active() -> bool:
    """Whether the example county is what this installation shows: it is loaded, and no real county is."""
    kinds = set(County.objects.values_list("is_example", flat=True).distinct())
    return kinds == {True}


def example_accounts(on: date) -> list[ExampleAccount]:
    """Return one account for each role of the example county: those that nobody can enter with a password."""
    posts = (
        Post.objects.filter(
            held(on), unit__county__is_example=True, person__is_active=True, person__username__startswith="example-"
        )
        .select_related("unit", "person")
        .order_by("id")
    )
    found: dict[str, ExampleAccount] = {}
    for post in posts:
        if post.role in found or post.person.has_usable_password():
            continue
        found[post.role] = ExampleAccount(
            username=post.person.username,
            role=Role(post.role),
            person=Text(post.person.full_name_zh, post.person.full_name_en),
            title=post.title,
            unit=post.unit.name,
        )
    return sorted(found.values(), key=lambda account: ROLE_ORDER[account.role])


def example_person(username: str, on: date) -> Person | None:
    """Return the person behind an account that `example_accounts` offers, and nobody else."""
    if not any(account.username == username for account in example_accounts(on)):
        return None
    return Person.objects.filter(username=username, is_active=True).first()


def units_of_group(group: UnitGroup, on: date) -> list[Unit]:
    """Return the units that a group stands for on a day, by code: what an invitation or a task to a group goes to."""
    from qipan.ground.units.groups import units_of  # the group's rule asks `held` of this module

    return units_of(group, on)
