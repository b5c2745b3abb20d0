"""Absences (离岗): who is away from when until when, and who stands in with the rights of the post."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import ADMINISTRATORS, SET_ABSENCES
from qipan.ground.units.queries import held
from qipan.ground.units.registers import post_words
from qipan.ground.units.signals import absence_changed
from qipan.ground.units.standing_in import end_stand_in, own_posts, stand_in_title


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence as a list shows it."""

    pk: int
    post: Text
    deputy: Text
    unit_code: str
    unit: Text
    first: date
    last: date
    version: int
    state: str
    """now, coming or over."""


def set_absence(post: int, deputy: int, first: date, last: date, *, by: Post) -> Post:
    """Say that a post is absent for some days, and who stands in with its rights.

    Args:
        post: whose holder is away.
        deputy: the person who stands in: of the same unit; for a post of the office, of the office.
        first: the first day, today or later.
        last: the last day.
        by: the office, or a head for the posts of their own unit.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it cannot be; the words say why.
    """
    absent = absent_post(post, by=by)
    if absent is None:
        raise PermissionDenied
    today = timezone.localdate()
    with act(actor(by)) as done:
        # Whoever names a deputy for the same post at the same moment waits here.
        Post.objects.select_for_update().filter(pk=absent.pk).first()
        own = _deputy(absent, deputy, first, last, today)
        title = stand_in_title(absent)
        made = Post.objects.create(
            unit=absent.unit, person_id=own.person_id, role=absent.role, title_zh=title.zh, title_en=title.en,
            valid_from=first, valid_to=last, stands_for=absent,
        )  # fmt: skip
        done.note(
            "people.absence",
            Thing("post", str(absent.pk), f"{absent.unit.name_zh} {absent.title_zh}"[:200]),
            {"absent": absent.person.username, "deputy": own.person.username, "first": first.isoformat(), "last": last.isoformat(), "stand_in": made.pk},
        )  # fmt: skip
        absence_changed.send(Post, stand_in=made, absent=absent, deputy=own, ended=None, by=by)
    return made


def end_absence(pk: int, *, version: int, by: Post) -> Post:
    """End an absence before its last day: from now on only the holder of the post acts for it.

    Raises:
        PermissionDenied: the post may not, or there is no such absence.
        RegisterError: it is over; `Stale` where somebody was faster.
    """
    kept = Post.objects.filter(_in_hand(by), pk=pk).exclude(stands_for=None).select_related("unit", "person").first()
    if kept is None or kept.stands_for is None:
        raise PermissionDenied
    today = timezone.localdate()
    with act(actor(by)) as done:
        kept = Post.objects.select_for_update(of=("self",)).select_related("unit", "person").get(pk=pk)
        if kept.version != version:
            raise stale(by.unit.county.code, "post", pk, version, kept.version)
        if kept.valid_to is not None and kept.valid_to < today:
            raise RegisterError(Text("代岗已经结束", "it is over already"))
        # Ended today it is over at once: what the deputy did this morning stays in the log as it was done.
        end_stand_in(kept, today - timedelta(days=1), done)
        own = own_posts(kept.unit_id, kept.role).filter(held(today), person_id=kept.person_id).order_by("id").first()
        absence_changed.send(Post, stand_in=kept, absent=kept.stands_for, deputy=own, ended=today, by=by)
    kept.refresh_from_db()
    return kept


def absent_post(pk: int, *, by: Post) -> Post | None:
    """Return a post for which the reader may name a deputy; None where they may not."""
    found = Post.objects.filter(_in_hand(by), held(timezone.localdate()), pk=pk, stands_for=None)
    return found.exclude(role__in=ADMINISTRATORS).select_related("unit__county", "person").first()


def posts_in_hand(by: Post, on: date) -> list[tuple[int, Text]]:
    """Return the posts for which the reader may name a deputy, by unit (one statement)."""
    rows = Post.objects.filter(_in_hand(by), held(on), stands_for=None, person__is_active=True)
    rows = rows.exclude(role__in=ADMINISTRATORS).select_related("unit", "person").order_by("unit__code", "id")
    return [(row.pk, post_words(row)) for row in rows]


def deputies_for(absent: Post, on: date) -> list[tuple[int, Text]]:
    """Return who could stand in for a post: one line for each person of the unit (one statement)."""
    rows = own_posts(absent.unit_id, absent.role).filter(held(on), person__is_active=True)
    rows = rows.exclude(person_id=absent.person_id).select_related("unit", "person").order_by("id")
    found: dict[int, Text] = {}
    for row in rows:
        found.setdefault(row.person_id, post_words(row))
    return list(found.items())


def absences(by: Post, on: date) -> list[Absence]:
    """Return the absences that the reader may set: of today, then coming, then over for less than a year (one statement)."""
    rows = Post.objects.filter(_in_hand(by), valid_to__gte=on - timedelta(days=365)).exclude(stands_for=None)
    # What was ended before its first day never was.
    return _lines(rows.filter(valid_from__lte=F("valid_to")), on)


def concerning(post: Post, on: date) -> list[Absence]:
    """Return the absences of a post, of today and coming: who will stand in (one statement)."""
    return _lines(Post.objects.filter(stands_for=post, valid_to__gte=on), on)


def _in_hand(by: Post) -> Q:
    """Return the condition of the posts whose absence somebody may set: the office all, a head those of the unit."""
    if by.role not in SET_ABSENCES.roles:
        return Q(pk__in=())
    return Q(unit__county_id=by.unit.county_id) if by.role == Role.OFFICE else Q(unit_id=by.unit_id)


def _lines(rows: QuerySet[Post], on: date) -> list[Absence]:
    found = []
    for row in rows.select_related("unit", "person", "stands_for__unit", "stands_for__person").order_by(
        "valid_from", "id"
    ):
        if row.stands_for is None or row.valid_from is None or row.valid_to is None:
            continue
        state = "over" if row.valid_to < on else "coming" if row.valid_from > on else "now"
        found.append(
            Absence(
                row.pk, post_words(row.stands_for), person_words(row), row.unit.code,
                row.unit.name, row.valid_from, row.valid_to, row.version, state,
            )
        )  # fmt: skip
    order = {"now": 0, "coming": 1, "over": 2}
    return sorted(found, key=lambda one: order[one.state])


def person_words(post: Post) -> Text:
    """Return the name of who holds a post."""
    return Text(str(post.person), post.person.full_name_en or str(post.person))


def _overlapping(first: date, last: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=last)) & (Q(valid_to=None) | Q(valid_to__gte=first))


def _whole(first: date, last: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=first)) & (Q(valid_to=None) | Q(valid_to__gte=last))


def _deputy(absent: Post, deputy: int, first: date, last: date, today: date) -> Post:
    """Return the post on which a deputy belongs to the unit.

    Raises:
        RegisterError: the days or the deputy do not fit.
    """
    if first < today:
        raise RegisterError(Text("开始日期不能早于今天", "the first day is today or later"), "first")
    if last < first:
        raise RegisterError(Text("结束日期早于开始日期", "the last day lies before the first"), "last")
    if absent.valid_to is not None and last > absent.valid_to:
        raise RegisterError(
            Text(f"该岗位{absent.valid_to}到期，代岗不能晚于这一天", f"the post ends on {absent.valid_to}; nobody stands in for it after that"),
            "last",
        )  # fmt: skip
    if deputy == absent.person_id:
        raise RegisterError(Text("不能由本人代本人的岗位", "nobody stands in for themselves"), "deputy")
    own = own_posts(absent.unit_id, absent.role).filter(person_id=deputy, person__is_active=True)
    found = own.filter(_whole(first, last)).select_related("unit", "person").order_by("id").first()
    if found is None:
        raise RegisterError(
            Text("代岗人须为创城办人员，且这些天都在岗", "a deputy for the office is of the office, and holds the post on all these days")
            if absent.role == Role.OFFICE
            else Text("代岗人须是本单位人员，且这些天都在岗", "the deputy is of the same unit, and holds a post there on all these days"),
            "deputy",
        )  # fmt: skip
    meanwhile = Post.objects.filter(_overlapping(first, last), valid_from__lte=F("valid_to")).exclude(stands_for=None)
    meanwhile = meanwhile.select_related("person", "stands_for__person").order_by("valid_from", "id")
    _free(meanwhile.filter(stands_for=absent), "first", "这些天已由{deputy}代岗（{first}至{last}），请先结束那一次",
          "{deputy} stands in already from {first} to {last}; end that first")  # fmt: skip
    _free(meanwhile.filter(stands_for__person_id=deputy), "deputy", "{absent}这些天自己也离岗（{first}至{last}），不能代岗",
          "{absent} is absent too, from {first} to {last}")  # fmt: skip
    _free(meanwhile.filter(person_id=absent.person_id), "deputy", "{deputy}正代{absent}的岗位（{first}至{last}），请先结束那次代岗",
          "{deputy} stands in for {absent} from {first} to {last}; end that first")  # fmt: skip
    return found


def _free(rows: Iterable[Post], field: str, zh: str, en: str) -> None:
    for row in rows:
        absent = row.stands_for
        if absent is None:
            continue
        days = {"first": str(row.valid_from), "last": str(row.valid_to)}
        names = {"deputy": str(row.person), "absent": str(absent.person)}
        names_en = {
            key: who.full_name_en or str(who) for key, who in (("deputy", row.person), ("absent", absent.person))
        }
        raise RegisterError(Text(zh.format(**days, **names), en.format(**days, **names_en)), field)
