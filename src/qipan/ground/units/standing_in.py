"""Standing in for somebody absent (代岗): a post of its own, of the deputy, that has the rights of the absent one's.

It is a row among the posts, so every rule about posts holds for it: the deputy switches to it at the top, gets the
messages of the unit's posts, and is bound by what binds the unit. It ends with its last day, with the post that it stands
for, and when the deputy leaves the unit.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import ADMINISTRATORS

LONGEST = 80


def stand_in_title(absent: Post) -> Text:
    """Return the title of whoever stands in for a post: 局长（代王强）."""
    name, name_en = str(absent.person), absent.person.full_name_en or str(absent.person)
    after, after_en = f"（代{name}）", f" (for {name_en})"
    title, title_en = absent.title_zh, absent.title_en or absent.title_zh
    return Text(title[: LONGEST - len(after)] + after, title_en[: LONGEST - len(after_en)] + after_en)


def end_stand_in(stand_in: Post, last: date, done: Act) -> None:
    """End standing in after a last day, inside an act; one that has not begun never does."""
    if stand_in.valid_to is not None and stand_in.valid_to <= last:
        return
    was = stand_in.valid_to
    Post.objects.filter(pk=stand_in.pk).update(valid_to=last, version=F("version") + 1)
    details = {
        "version": stand_in.version + 1, "changes": {"valid_to": [str(was or ""), str(last)]}, "person": stand_in.person.username,
    }  # fmt: skip
    done.note(
        "people.absence_end",
        Thing("post", str(stand_in.pk), f"{stand_in.unit.name_zh} {stand_in.title_zh}"[:200]),
        details,
    )


def end_stand_ins(post: Post, done: Act, *, moved: bool = False) -> None:
    """End whatever stands for a post that has ended or has become another, and what its holder stands in for there.

    Args:
        post: as it is now.
        done: the act under way.
        moved: whether its unit or role has changed.
    """
    yesterday = timezone.localdate() - timedelta(days=1)
    last = yesterday if moved else post.valid_to
    rows = Post.objects.select_related("unit", "person")
    if last is not None:
        for each in rows.filter(Q(valid_to__gt=last), stands_for=post).order_by("id"):
            end_stand_in(each, last, done)
    for each in rows.filter(Q(valid_to__gt=last or yesterday), person_id=post.person_id).exclude(stands_for=None):
        left = _last_day_there(each)
        if left < (each.valid_to or date.max):
            end_stand_in(each, left, done)


def _last_day_there(stand_in: Post) -> date:
    """Return until when a deputy has a post of their own in the unit (of the same role where it is the office's)."""
    own = own_posts(stand_in.unit_id, stand_in.role).filter(person_id=stand_in.person_id)
    ends = [until or date.max for until in own.values_list("valid_to", flat=True)]
    return max(ends, default=timezone.localdate() - timedelta(days=1))


def own_posts(unit: int, role: str) -> QuerySet[Post]:
    """Return the posts whose holders may stand in for one of a unit and role; for the office's only those of the office."""
    posts = Post.objects.filter(unit_id=unit, stands_for=None).exclude(role__in=ADMINISTRATORS)
    return posts.filter(role=Role.OFFICE) if role == Role.OFFICE else posts
