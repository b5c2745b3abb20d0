"""The registers of units and people as the office keeps them: lists, and one thing with all that is entered of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from qipan.assessment.text import Text
from qipan.ground.documents.workbook import SheetToWrite
from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.ground.units.people import masked, of_county
from qipan.ground.units.people_list import people_sheet
from qipan.ground.units.queries import ROLE_ORDER, held, is_deputy
from qipan.ground.units.unit_list import unit_sheet

STALE_AFTER = timedelta(days=90)
"""An account that nobody has used for so long is flagged."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the tree: how deep it stands, what is entered of it, and whether somebody heads it and keeps contact."""

    pk: int
    code: str
    name: Text
    type: str
    depth: int
    parent: int | None
    parent_name: Text
    valid_from: date | None
    valid_to: date | None
    merged_into: str
    merged_name: Text
    version: int
    people: int
    has_head: bool
    has_liaison: bool
    current: bool


def unit_tree(county_id: int, on: date) -> list[UnitRow]:
    """Return every unit of a county, those above before those below (two statements)."""
    units = list(Unit.objects.filter(county_id=county_id).select_related("parent", "merged_into").order_by("code"))
    people: dict[int, dict[str, int]] = {}
    posts = Post.objects.filter(held(on), unit__county_id=county_id, person__is_active=True)
    for unit, role, count in (
        posts.values_list("unit_id", "role").annotate(count=Count("person", distinct=True)).order_by()
    ):
        people.setdefault(unit, {})[role] = count
    known = {unit.pk for unit in units}
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    found: list[UnitRow] = []
    waiting = [(unit, 0) for unit in reversed(below.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        theirs = people.get(unit.pk, {})
        found.append(
            UnitRow(
                pk=unit.pk, code=unit.code, name=unit.name, type=unit.type, depth=depth, parent=unit.parent_id,
                parent_name=unit.parent.name if unit.parent else Text(), valid_from=unit.valid_from,
                valid_to=unit.valid_to, merged_into=unit.merged_into.code if unit.merged_into else "",
                merged_name=unit.merged_into.name if unit.merged_into else Text(), version=unit.version,
                people=sum(theirs.values()), has_head=Role.HEAD in theirs, has_liaison=Role.LIAISON in theirs,
                current=(unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or unit.valid_to >= on),
            )
        )  # fmt: skip
        waiting += [(child, depth + 1) for child in reversed(below.get(unit.pk, []))]
    return found


def unit_row(county_id: int, pk: int, on: date) -> UnitRow | None:
    """Return one unit of a county, or None."""
    return next((row for row in unit_tree(county_id, on) if row.pk == pk), None)


def unit_choices(county_id: int, on: date) -> list[tuple[int, Text]]:
    """Return the units that stand on a day, to choose from (one statement)."""
    rows = Unit.objects.filter(held(on), county_id=county_id, merged_into=None).order_by("code")
    return [(pk, Text(zh, en)) for pk, zh, en in rows.values_list("pk", "name_zh", "name_en")]


def post_choices(
    county_id: int, on: date, *, roles: Collection[str] = (), also: int | None = None
) -> list[tuple[int, Text]]:  # fmt: skip
    """Return the posts that are held on a day, to choose from: name, unit and title (one statement).

    Who stands in for somebody absent is not among them: the post is the absent person's.

    Args:
        county_id: whose posts.
        on: the day.
        roles: only posts of these roles; empty for all.
        also: a post that stands in the list even if nobody holds it any more.
    """
    asked = held(on) & Q(person__is_active=True, stands_for=None) & (Q(role__in=roles) if roles else Q())
    rows = Post.objects.filter(asked | Q(pk=also), unit__county_id=county_id).select_related("unit", "person")
    return [(row.pk, post_words(row)) for row in rows.order_by("unit__code", "id")]


def joined(unit: str, title: str) -> str:
    """Return a unit and a title as one word: what the one ends and the other begins with is said once."""
    if unit in title:
        return title
    most = min(len(unit), len(title))
    shared = next((count for count in range(most, 1, -1) if unit.endswith(title[:count])), 0)
    return unit + title[shared:]


def post_words(post: Post) -> Text:
    """Return a post as a list names it: the holder, the unit and the title; many titles name their unit already."""
    person, unit, title = post.person, post.unit.name, post.title
    zh = joined(unit.zh, title.zh)
    en = ", ".join(
        part for part in (person.full_name_en or str(person), title.en or title.zh, unit.en or unit.zh) if part
    )
    return Text(f"{person}（{zh}）", en)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as a list or a form shows it."""

    pk: int
    unit: int
    unit_code: str
    unit_name: Text
    role: str
    title: Text
    valid_from: date | None
    valid_to: date | None
    version: int
    current: bool
    is_deputy: bool
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a county with the posts held there; `phone` as the office sees it."""

    pk: int
    username: str
    name: Text
    phone: str
    is_active: bool
    has_password: bool
    must_change: bool
    last_seen: datetime | None
    joined: datetime
    posts: tuple[PostRow, ...]
    version: int

    def is_stale(self, now: datetime) -> bool:
        """Whether nobody has used the account for so long that it should be looked at."""
        return self.is_active and self.has_password and (self.last_seen or self.joined) < now - STALE_AFTER


def people_of(county_id: int, on: date, people: Collection[int] | None = None) -> list[PersonRow]:
    """Return the people of a county by name, all or some (two statements)."""
    persons = Person.objects.filter(of_county(county_id)).order_by("username")
    posts = Post.objects.filter(unit__county_id=county_id).select_related("unit").order_by("id")
    if people is not None:
        persons, posts = persons.filter(pk__in=people), posts.filter(person_id__in=people)
    theirs: dict[int, list[PostRow]] = {}
    for post in posts:
        theirs.setdefault(post.person_id, []).append(_post_row(post, on))
    return [
        PersonRow(
            pk=person.pk, username=person.username, name=Text(person.full_name_zh or person.username, person.full_name_en),
            phone=person.phone, is_active=person.is_active, has_password=person.has_usable_password(),
            must_change=person.must_change_password, last_seen=person.last_login, joined=person.date_joined,
            posts=tuple(theirs.get(person.pk, ())), version=person.version,
        )
        for person in persons
    ]  # fmt: skip


def person_of(county_id: int, pk: int, on: date) -> PersonRow | None:
    """Return one person of a county, or None."""
    if pk >= 1 << 63:
        return None  # a key that no database holds
    return next(iter(people_of(county_id, on, [pk])), None)


def post_of(county_id: int, pk: int, on: date) -> tuple[PostRow, int] | None:
    """Return one post of a county and who holds it, or None."""
    post = Post.objects.filter(unit__county_id=county_id, pk=pk).select_related("unit").first()
    return (_post_row(post, on), post.person_id) if post else None


def _post_row(post: Post, on: date) -> PostRow:
    current = (post.valid_from is None or post.valid_from <= on) and (post.valid_to is None or post.valid_to >= on)
    return PostRow(
        pk=post.pk, unit=post.unit_id, unit_code=post.unit.code, unit_name=post.unit.name, role=post.role,
        title=post.title, valid_from=post.valid_from, valid_to=post.valid_to, version=post.version, current=current,
        is_deputy=post.role == Role.HEAD and is_deputy(post.title), stands_in=post.stands_for_id is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post of a unit, as its page shows it to everyone; the middle of the phone is hidden."""

    role: str
    is_deputy: bool
    title: Text
    person: Text
    phone: str


@dataclass(frozen=True, slots=True)
class UnitLife:
    """What a unit's page says beside its points: who holds its posts, how long it is there, and what merged when."""

    pk: int
    holders: tuple[Holder, ...]
    has_head: bool
    has_liaison: bool
    valid_from: date | None
    valid_to: date | None
    into: tuple[str, Text] | None
    merged: tuple[tuple[str, Text, date], ...]
    """Code, name and last day of each unit that was merged into it."""


def unit_life(county_id: int, code: str, on: date, *, whole_phone: bool) -> UnitLife | None:
    """Return what a unit's page says beside its points (two statements); None where there is no such unit."""
    here = Q(code=code) | Q(merged_into__code=code)
    rows = list(
        Unit.objects.filter(here, county_id=county_id).select_related("merged_into").order_by("valid_to", "code")
    )
    unit = next((row for row in rows if row.code == code), None)
    if unit is None:
        return None
    posts = list(Post.objects.filter(held(on), unit=unit, person__is_active=True).select_related("person"))
    posts.sort(key=lambda post: (ROLE_ORDER[Role(post.role)], is_deputy(post.title), post.pk))
    return UnitLife(
        pk=unit.pk,
        holders=tuple(
            Holder(
                post.role, post.role == Role.HEAD and is_deputy(post.title), post.title,
                Text(post.person.full_name_zh or post.person.username, post.person.full_name_en),
                post.person.phone if whole_phone else masked(post.person.phone),
            )
            for post in posts
        ),
        has_head=any(post.role == Role.HEAD for post in posts),
        has_liaison=any(post.role == Role.LIAISON for post in posts),
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        into=(unit.merged_into.code, unit.merged_into.name) if unit.merged_into else None,
        merged=tuple((one.code, one.name, one.valid_to) for one in rows if one.pk != unit.pk and one.valid_to is not None),
    )  # fmt: skip


def units_without(county_id: int, on: date) -> int:
    """Return how many units that stand have no head or no liaison (two statements)."""
    units = Unit.objects.filter(held(on), county_id=county_id, merged_into=None)
    posts = Post.objects.filter(held(on), person__is_active=True)
    both = units.filter(
        Q(pk__in=posts.filter(role=Role.HEAD).values("unit_id")),
        Q(pk__in=posts.filter(role=Role.LIAISON).values("unit_id")),
    )
    return units.count() - both.count()


def sheet_of_units(county: County, language: str) -> SheetToWrite:
    """Return the register of units as it is exported."""
    return unit_sheet(county, language)


def sheet_of_people(county: County, on: date, language: str) -> SheetToWrite:
    """Return people and posts as they are exported."""
    return people_sheet(county, on, language)
