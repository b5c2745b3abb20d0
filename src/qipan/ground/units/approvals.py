"""Posts that wait for the security administrator: whether a county has them approved, what waits, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Person, Post, PostRequest, Role, Unit
from qipan.ground.units.queries import held
from qipan.ground.units.signals import post_asked


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post as asked for: what waits for approval, or was refused."""

    pk: int
    person: int
    name: Text
    unit: Text
    title: Text
    role: str
    was: Text | None
    """Unit and title of the post that it changes; None where the post is new."""
    was_role: str
    valid_from: date | None
    valid_to: date | None
    asked_by: Text
    asked_by_person: int
    asked_at: datetime
    refused: str
    """Why it was refused; empty while it waits."""


def security_posts(county_id: int, on: date) -> list[Post]:
    """Return the posts of a county's security administrators that are held on a day (one statement)."""
    rows = Post.objects.filter(held(on), unit__county_id=county_id, role=Role.SECURITY, person__is_active=True)
    return list(rows.select_related("person").order_by("id"))


def waits(by: Post, on: date) -> bool:
    """Whether what a post gives waits for approval: the county has it so, and another person is there who approves."""
    return by.role != Role.SECURITY and by.unit.county.posts_approved and bool(security_posts(by.unit.county_id, on))


def waiting_of(county_id: int) -> list[Waiting]:
    """Return what waits for approval in a county, the oldest first (one statement)."""
    return _rows(unit__county_id=county_id, decided_at=None)


def asked_for(county_id: int, person: int) -> list[Waiting]:
    """Return what was asked for a person and waits or was refused (one statement)."""
    return _rows(unit__county_id=county_id, person_id=person, approved=False)


def _rows(**wanted: Any) -> list[Waiting]:
    rows = PostRequest.objects.filter(**wanted).select_related(
        "person", "unit", "post__unit", "asked_by__person", "asked_by__unit"
    )
    return [
        Waiting(
            row.pk, row.person_id, Text(str(row.person), row.person.full_name_en), row.unit.name, row.title, row.role,
            _named(row.post) if row.post else None, row.post.role if row.post else "", row.valid_from, row.valid_to,
            _holder(row.asked_by), row.asked_by.person_id, row.asked_at, row.reason,
        )
        for row in rows.order_by("id")
    ]  # fmt: skip


def _named(post: Post) -> Text:
    unit, title = post.unit.name, post.title
    return Text(f"{unit.zh} {title.zh}", f"{unit.en or unit.zh}, {title.en or title.zh}")


def _holder(post: Post) -> Text:
    name, title = str(post.person), post.title
    return Text(f"{name} · {title.zh}", f"{post.person.full_name_en or name} · {title.en or title.zh}")


def ask(
    person: Person, county: County, unit: Unit, values: dict[str, Any], done: Act, *, by: Post, post: Post | None = None
) -> PostRequest:
    """Ask for a post, or for a change of one, inside the act; the security administrators are told.

    Raises:
        RegisterError: the same waits already.
    """
    same = PostRequest.objects.filter(person=person, decided_at=None)
    same = same.filter(post=post) if post is not None else same.filter(post=None, unit=unit, role=values["role"])
    if same.exists():
        raise RegisterError(
            Text("同一岗位申请正在等待安全管理员审批", "the same waits for the security administrator already"), "role"
        )
    now = timezone.now()
    made = PostRequest.objects.create(
        person=person,
        unit=unit,
        post=post,
        post_version=post.version if post else 0,
        asked_by=by,
        asked_at=now,
        **values,
    )
    post_asked.send(PostRequest, request=made, told=security_posts(county.pk, timezone.localdate()))
    details = {"person": person.username, "post": f"{unit.name_zh} {made.title_zh}", "to": made.role}
    done.note("people.ask_post", thing_of(made), details | ({"from": post.role} if post else {}))
    return made


def thing_of(request: PostRequest) -> Thing:
    """Return a request as the journal names it: by the person."""
    return Thing("person", str(request.person_id), request.person.username)
