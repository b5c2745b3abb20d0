"""Handing over a post (交接): what waits there stands in one list, which both sign; the second signature carries it over.

The work itself is the unit's and stays there. What hangs on the post goes to the successor's: drafts, unread messages,
places that it sponsors, and the items in which its holder was named as the person who sees to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.notify.models import Message
from qipan.ground.sites import sponsors
from qipan.ground.sites.models import Sponsor
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Draft, Post
from qipan.ground.units.people import end_handed_over
from qipan.ground.units.permissions import MANAGE_PEOPLE
from qipan.ground.units.queries import held
from qipan.ground.units.registers import post_words
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import OPEN, Handover, LogEntry, Step, WorkItem
from qipan.spine.work.writing import entry, moment

LONGEST_NOTES = 5000


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An open item in the list, as it stood."""

    number: str
    title: Text
    state: str
    deadline: datetime
    named: bool
    """Whether the holder is the person named in it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What waits at a post."""

    items: tuple[ListedItem, ...]
    drafts: tuple[str, ...]
    unread: int
    places: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.items or self.drafts or self.unread or self.places)


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """A hand-over with its list, and what the reader may do with it."""

    pk: int
    old: Text
    new: Text
    on: date
    notes: str
    contents: Contents
    begun_at: datetime
    begun_by: str
    given_at: datetime | None
    given_by: str
    taken_at: datetime | None
    taken_by: str
    cancelled_at: datetime | None
    version: int
    may_give: bool
    may_take: bool
    may_cancel: bool


def contents_of(post: Post) -> Contents:
    """Return what waits at a post now (five statements)."""
    tree = branches(post.unit.county_id)
    items = WorkItem.objects.filter(lead_id__in=tree.same(post.unit_id), state__in=OPEN).order_by("deadline", "pk")
    return Contents(
        tuple(
            ListedItem(item.number, item.title, item.state, item.deadline, item.person_id == post.person_id)
            for item in items
        ),
        tuple(Draft.objects.filter(post=post).order_by("form").values_list("form", flat=True)),
        Message.objects.filter(post=post, read_at=None).count(),
        Sponsor.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()), post=post).count(),
    )


def successors(post: Post, on: date) -> list[tuple[int, Text]]:
    """Return the posts to which a post may be handed over: same unit and role, another person (one statement)."""
    rows = Post.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on),
        unit_id=post.unit_id,
        role=post.role,
        person__is_active=True,
        stands_for=None,
    ).exclude(person_id=post.person_id)
    return [(row.pk, post_words(row)) for row in rows.select_related("unit", "person").order_by("id")]


def post_to_hand_over(pk: int, *, by: Post, on: date) -> Post | None:
    """Return a post that the reader may hand over: one's own, or for the office any of the county that is held."""
    found = Post.objects.filter(held(on), pk=pk, unit__county_id=by.unit.county_id, stands_for=None)
    post = found.select_related("unit__county", "person").first()
    return post if post is not None and _may_begin(post, by) else None


def running_of(post: int) -> int | None:
    """Return the hand-over of a post that is under way, from it or to it (one statement)."""
    rows = Handover.objects.filter(Q(old_id=post) | Q(new_id=post), taken_at=None, cancelled_at=None)
    return rows.values_list("pk", flat=True).first()


def waiting_for(post: Post) -> int | None:
    """Return the hand-over that waits for the signature of a post's holder (one statement)."""
    mine = Q(old=post, given_at=None) | Q(new=post, given_at__isnull=False)
    return Handover.objects.filter(mine, taken_at=None, cancelled_at=None).values_list("pk", flat=True).first()


def handover_page(post: Post, pk: int) -> HandoverPage | None:
    """Return a hand-over for those whom it concerns: both holders and the office; None for others."""
    row = _concerned(post, pk)
    if row is None:
        return None
    over = row.taken_at is not None or row.cancelled_at is not None
    return HandoverPage(
        row.pk, post_words(row.old), post_words(row.new), row.on, row.notes,
        _read(row.contents) if row.given_at else contents_of(row.old), row.begun_at, row.begun_by, row.given_at,
        row.given_by, row.taken_at, row.taken_by, row.cancelled_at, row.version,
        may_give=not over and row.given_at is None and row.old_id == post.pk,
        may_take=not over and row.given_at is not None and row.new_id == post.pk,
        may_cancel=not over and (row.old_id == post.pk or MANAGE_PEOPLE.allows(post, row.old.unit.county)),
    )  # fmt: skip


def begin(old: int, new: int, on: date, *, by: Post, notes: str = "", at: datetime | None = None) -> int:
    """Begin to hand a post over; both holders are told.

    Args:
        old: the post that is handed over.
        new: the successor's post.
        on: the successor's first day.
        by: who acts: the holder, or the office.
        notes: what the successor should know.
        at: when.

    Returns:
        the hand-over's number; that of the one under way, where there is one between the two.

    Raises:
        PermissionDenied: the post may not.
        WorkError: the successor holds no such post, or another hand-over is under way.
    """
    now = moment(at)
    today = messages.day_of(now)
    post = post_to_hand_over(old, by=by, on=today)
    if post is None:
        raise PermissionDenied
    if new not in {pk for pk, _ in successors(post, today)}:
        raise WorkError(
            Text("接任者须先在同一单位有同一角色的岗位。", "The successor first needs a post of the same role in the same unit."), "new"
        )  # fmt: skip
    if on < today or (post.valid_from is not None and on <= post.valid_from):
        raise WorkError(
            Text("接任日期不能早于今天，也不能早于原任的起始日期。", "The successor's first day is today or later, and after the holder's first."), "on"
        )  # fmt: skip
    with act(actor(by), now) as done:
        under_way = Handover.objects.filter(
            Q(old_id__in=(old, new)) | Q(new_id__in=(old, new)), taken_at=None, cancelled_at=None
        ).first()
        if under_way is not None:
            if (under_way.old_id, under_way.new_id, under_way.on) == (old, new, on):
                return under_way.pk
            raise WorkError(
                Text(
                    "其中一个岗位正在交接，先完成或取消。",
                    "One of the posts is being handed over already; finish or cancel that first.",
                )
            )
        successor = Post.objects.select_related("unit__county", "person").get(pk=new)
        row = Handover.objects.create(
            county_id=post.unit.county_id, old=post, new=successor, on=on, notes=notes.strip()[:LONGEST_NOTES],
            begun_at=now, begun_by=_signature(by),
        )  # fmt: skip
        words = Text(
            f"岗位交接：{post_words(post).zh}交接给{post_words(successor).zh}，{on.isoformat()}起。请原任先确认清单。",
            f"Hand-over from {on.isoformat()}: {post_words(post).en} to {post_words(successor).en}. The holder signs first.",
        )
        _tell(row, [post, successor], "begun", words, now, by)
        done.note("work.handover_begin", _thing(row), {"version": 1, "on": on.isoformat(), "to": successor.title_zh})
    return row.pk


def give(pk: int, *, version: int, notes: str, by: Post, at: datetime | None = None) -> Handover:
    """Sign the list as the holder: it is kept as it stands, and the successor is asked to sign.

    Raises:
        PermissionDenied: it is not the holder's to sign.
        WorkError: it was signed, cancelled or changed meanwhile.
    """
    now = moment(at)
    row = _concerned(by, pk)
    if row is None or row.old_id != by.pk:
        raise PermissionDenied
    with act(actor(by), now) as done:
        contents = contents_of(row.old)
        _write(
            row, version, given_at__isnull=True, values={
                "given_at": now, "given_by": _signature(by), "notes": notes.strip()[:LONGEST_NOTES],
                "contents": _plain(contents),
            },
        )  # fmt: skip
        words = Text(
            f"{row.given_by}已确认交接清单（未办结{len(contents.items)}件），请您核对并确认接收。",
            f"{row.given_by} has signed the hand-over ({len(contents.items)} open items). Read it, and sign to take over.",
        )
        _tell(row, [row.new], "given", words, now, by)
        done.note("work.handover_give", _thing(row), {"version": row.version, "items": len(contents.items)})
    return row


def take(pk: int, *, version: int, by: Post, at: datetime | None = None) -> Handover:
    """Sign the list as the successor: what hangs on the post goes over, and the old post ends.

    Raises:
        PermissionDenied: it is not the successor's to sign.
        WorkError: the holder has not signed, or it was signed, cancelled or changed meanwhile.
    """
    now = moment(at)
    row = _concerned(by, pk)
    if row is None or row.new_id != by.pk:
        raise PermissionDenied
    with act(actor(by), now) as done:
        _write(row, version, given_at__isnull=False, values={"taken_at": now, "taken_by": _signature(by)})
        named = _name_in_items(row, by, now)
        there = Draft.objects.filter(post=row.new).values("form")
        drafts = Draft.objects.filter(post=row.old).exclude(form__in=list(there.values_list("form", flat=True)))
        moved = drafts.update(post=row.new)
        known = list(Message.objects.filter(post=row.new).exclude(key=None).values_list("key", flat=True))
        unread = Message.objects.filter(post=row.old, read_at=None).filter(Q(key=None) | ~Q(key__in=known))
        told = unread.update(post=row.new)
        places = sponsors.hand_over(row.old, row.new, row.on)
        end_handed_over(row.old, row.on - timedelta(days=1), done)
        words = Text(
            f"{row.taken_by}已确认接收，岗位交接完成。", f"{row.taken_by} has signed: the hand-over is complete."
        )
        _tell(row, [row.old], "taken", words, now, by)
        counts = {"named": named, "drafts": moved, "messages": told, "places": places}
        done.note("work.handover_take", _thing(row), {"version": row.version} | counts)
    return row


def cancel(pk: int, *, version: int, by: Post, at: datetime | None = None) -> Handover:
    """Cancel a hand-over that is not complete; nothing has gone over.

    Raises:
        PermissionDenied: neither the holder nor the office.
        WorkError: it was completed, cancelled or changed meanwhile.
    """
    now = moment(at)
    row = _concerned(by, pk)
    if row is None or not (row.old_id == by.pk or MANAGE_PEOPLE.allows(by, row.old.unit.county)):
        raise PermissionDenied
    with act(actor(by), now) as done:
        _write(row, version, values={"cancelled_at": now})
        words = Text("岗位交接已取消，一切照旧。", "The hand-over was cancelled; everything stays as it was.")
        _tell(row, [row.old, row.new], "cancelled", words, now, by)
        done.note("work.handover_cancel", _thing(row), {"version": row.version})
    return row


def _may_begin(post: Post, by: Post) -> bool:
    return post.pk == by.pk or MANAGE_PEOPLE.allows(by, post.unit.county)


def _concerned(post: Post, pk: int) -> Handover | None:
    row = (
        Handover.objects.filter(pk=pk, county_id=post.unit.county_id)
        .select_related("old__unit__county", "old__person", "new__unit__county", "new__person")
        .first()
    )
    if row is None or not (post.pk in {row.old_id, row.new_id} or MANAGE_PEOPLE.allows(post, row.old.unit.county)):
        return None
    return row


def _write(row: Handover, version: int, *, values: Mapping[str, Any], **still: bool) -> None:
    """Change a hand-over that is under way and that nobody has changed since `version`."""
    found = Handover.objects.filter(pk=row.pk, version=version, taken_at=None, cancelled_at=None, **still)
    if not found.update(version=version + 1, **values):
        raise WorkError(
            Text("此交接已有变化，请看清后再确认。", "This hand-over has changed meanwhile. Look at it again before you sign.")
        )  # fmt: skip
    row.refresh_from_db()


def _name_in_items(row: Handover, by: Post, now: datetime) -> int:
    """Name the successor in the open items in which the holder was named, each with a line in its log."""
    tree = branches(row.county_id)
    mine = WorkItem.objects.filter(
        lead_id__in=tree.same(row.old.unit_id), state__in=OPEN, person_id=row.old.person_id
    ).order_by("pk")
    items = list(mine)
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(
        person_id=row.new.person_id, version=F("version") + 1
    )
    text = f"岗位交接：经办人由{row.old.person}变更为{row.new.person}。"
    entries = []
    for item in items:
        item.version += 1
        entries.append(entry(item, Step.NOTED, by, now, text=text, data={"handover": row.pk}))
    LogEntry.objects.bulk_create(entries, batch_size=500)
    return len(items)


def _tell(row: Handover, posts: list[Post], what: str, words: Text, now: datetime, by: Post) -> None:
    told = tuple(post for post in posts if post.pk != by.pk)
    thing = ("handover", str(row.pk))
    send_all([Notice(told, f"work.handover_{what}", words, f"/handover/{row.pk}/", thing)], at=now)


def _signature(post: Post) -> str:
    return f"{post.person}（{post.unit.name_zh} {post.title_zh}）"[:160]


def _thing(row: Handover) -> Thing:
    return Thing("handover", str(row.pk), f"{row.old.unit.name_zh} {row.old.title_zh}")


def _plain(contents: Contents) -> dict[str, Any]:
    return {
        "items": [
            {
                "number": item.number, "title_zh": item.title.zh, "title_en": item.title.en, "state": item.state,
                "deadline": item.deadline.isoformat(), "named": item.named,
            }
            for item in contents.items
        ],
        "drafts": list(contents.drafts), "unread": contents.unread, "places": contents.places,
    }  # fmt: skip


def _read(kept: Mapping[str, Any]) -> Contents:
    return Contents(
        tuple(
            ListedItem(
                item["number"], Text(item["title_zh"], item["title_en"]), item["state"],
                datetime.fromisoformat(item["deadline"]), item["named"],
            )
            for item in kept["items"]
        ),
        tuple(kept["drafts"]), kept["unread"], kept["places"],
    )  # fmt: skip
