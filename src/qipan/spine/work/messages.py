"""What posts are told of an item: who, and in which words. Written with the act; a reader turns it into a visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import EYES
from qipan.ground.units.queries import held, posts_of
from qipan.spine.work.branches import Branches
from qipan.spine.work.independence import free_posts
from qipan.spine.work.models import WorkItem

BOTH = (Role.HEAD, Role.LIAISON)
LIAISON = (Role.LIAISON,)


def link(number: str) -> str:
    """Return the address of an item's page."""
    return f"/work/{number}/"


def day_of(at: datetime) -> date:
    """Return the day of a moment on the installation's clock."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def said(at: datetime) -> Text:
    """Return a moment as a message states it."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    return Text(f"{local.month}月{local.day}日 {local.hour}:{local:%M}", f"{local.day} {local:%b, %H:%M}")


def short(title: str, most: int = 60) -> str:
    """Return a title that leaves room for the rest of a message."""
    return title if len(title) <= most else title[: most - 1] + "…"


class Recipients:
    """The posts of a few units, asked for once. Where a unit has none, those of the nearest unit above it are told."""

    def __init__(self, units: Iterable[int | None], on: date, tree: Branches) -> None:
        wanted = {unit for unit in units if unit is not None}
        self._tree = tree
        self._posts: dict[int, list[Post]] = {}
        for post in posts_of(tree.all_above(wanted), (*BOTH, Role.SUPPORT), on):
            self._posts.setdefault(post.unit_id, []).append(post)

    def of(self, unit: int | None, roles: Sequence[Role] = BOTH) -> list[Post]:
        """Return whom to tell for a unit."""
        level = [] if unit is None else [unit]
        seen: set[int] = set()
        while level:
            found = [post for one in level for post in self._posts.get(one, ()) if post.role in roles]
            if found:
                return found
            if any(self._posts.get(one) for one in level):
                # The unit has people, only not these: a head without a liaison.
                return [post for one in level for post in self._posts.get(one, ())]
            seen.update(level)
            level = [up for one in level for up in self._tree.over.get(one, ()) if up not in seen]
        return []


def tell(
    item: WorkItem, posts: Iterable[Post], kind: str, words: Text, at: datetime, *, by: Post | None = None
) -> None:
    """Send words about an item to some posts; nobody is told what they did themselves."""
    send_all([notice(item, posts, kind, words, by=by)], at=at)


def notice(
    item: WorkItem, posts: Iterable[Post], kind: str, words: Text, *, by: Post | None, address: str = ""
) -> Notice:
    """Return words about an item for some posts, ready to send; nobody is told what they did themselves."""
    mine = by.pk if by else None
    told = tuple(post for post in posts if post.pk != mine)
    return Notice(told, f"work.{kind}", words, address or link(item.number), ("work", item.number))


def about(item: WorkItem, zh: str, en: str) -> Text:
    """Return words about an item: what happened, its number, its title."""
    return Text(
        f"{zh}：{item.number} {short(item.title_zh)}", f"{en}: {item.number} {short(item.title_en or item.title_zh)}"
    )


def issued(items: Sequence[WorkItem], recipients: Recipients, at: datetime, by: Post | None) -> None:
    """Tell of what was issued, in one statement."""
    send_all(of_issue(items, recipients, by), at=at)


def of_issue(items: Sequence[WorkItem], recipients: Recipients, by: Post | None) -> list[Notice]:
    """Return what the lead's head and liaison, and the territory's liaison, are told of what was issued: one message
    for several items.
    """
    groups: dict[tuple[int | None, str], list[WorkItem]] = {}
    for item in items:
        groups.setdefault((item.lead_id, "lead"), []).append(item)
        if item.territory_id != item.lead_id:
            groups.setdefault((item.territory_id, "territory"), []).append(item)
    found = []
    for (unit, part), mine in groups.items():
        posts = recipients.of(unit, BOTH if part == "lead" else LIAISON)
        if posts:
            found.append(_issued(mine, posts, part, by))
    return found


def _issued(items: list[WorkItem], posts: list[Post], part: str, by: Post | None) -> Notice:
    first = min(items, key=lambda item: item.deadline)
    until = said(first.deadline)
    kind = "issued" if part == "lead" else "issued_here"
    if len(items) == 1:
        zh, en = ("交办", "Assigned to you") if part == "lead" else ("属地内交办", "Assigned in your area")
        words = about(first, zh, en)
        words = Text(f"{words.zh}，时限{until.zh}。", f"{words.en}; due {until.en}.")
        return notice(first, posts, kind, words, by=by)
    count = len(items)
    where_zh, where_en = ("向贵单位", "to you") if part == "lead" else ("在属地内", "in your area")
    words = Text(
        f"{where_zh}交办{count}件，最早时限{until.zh}。第一件：{first.number} {short(first.title_zh)}",
        f"{count} items assigned {where_en}, the first due {until.en}: {first.number} "
        f"{short(first.title_en or first.title_zh)}",
    )
    numbers = ",".join(item.number for item in items)
    address = f"/work/?number={numbers}" if len(numbers) < 180 else "/work/"
    return notice(first, posts, kind, words, by=by, address=address)


def office(county_id: int, at: datetime) -> list[Post]:
    """Return the posts of the campaign office."""
    posts = Post.objects.filter(
        held(day_of(at)), unit__county_id=county_id, role=Role.OFFICE, person__is_active=True
    )  # fmt: skip
    return list(posts.select_related("unit", "person"))


def directing(county_id: int, people: Iterable[int], at: datetime) -> list[Post]:
    """Return the posts of some people who look for the county: they have issued an item, or spoken to it."""
    who = list(people)
    # Who stands in for one of them is told as well.
    theirs = Q(person_id__in=who) | Q(stands_for__person_id__in=who)
    posts = Post.objects.filter(
        held(day_of(at)), theirs, unit__county_id=county_id, role__in=EYES, person__is_active=True
    )
    return list(posts.select_related("unit", "person"))


def eyes(item: WorkItem, at: datetime) -> list[Post]:
    """Return who may look for the county and is told of it: the inspectors and the office, where they are free to."""
    return [post for post in free_posts(item, day_of(at)) if post.role != Role.LEADER]
