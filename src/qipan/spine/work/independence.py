"""Nobody closes what they had a hand in: who has handled an item, and who is free to re-check it.

Free is who took no handling step (accepted, fixed, reported), in any handling round, is not named as the person in
charge, and has held no post since the item was issued, with whatever role, in the lead unit, a supporting unit or a unit
that took a handling step, nor in a unit below one of them. Who moves to the office today does not close tomorrow what
their unit had to put right yesterday.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import EYES
from qipan.ground.units.queries import held
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.lifecycle import HANDLING
from qipan.spine.work.models import LogEntry, WorkItem


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who has handled an item: the numbers of the people, and the units."""

    people: frozenset[int]
    units: frozenset[int]


def handlers(item: WorkItem, tree: Branches, log: Iterable[LogEntry] | None = None) -> Handlers:
    """Return who has handled an item.

    Args:
        item: the item.
        tree: the county's units.
        log: the item's log, where it is at hand.
    """
    steps = [entry for entry in (item.log.all() if log is None else log) if entry.step in HANDLING]
    units = {tree.codes[entry.by_unit] for entry in steps if entry.by_unit in tree.codes}
    units |= {unit.pk for unit in item.supports.all()}
    if item.lead_id is not None:
        units.add(item.lead_id)
    # Where a unit was merged, its successor carries on.
    units |= {tree.now(unit) for unit in units}
    people = {entry.person for entry in steps} | {item.person_id}
    return Handlers(frozenset(person for person in people if person is not None), frozenset(units))


def standing_of(posts: Iterable[Post], tree: Branches) -> dict[int, date]:
    """Return every unit that a person's posts bind them to, theirs and all above, with the last day of each.

    Args:
        posts: all posts of the person that have begun, those that have ended among them.
        tree: the county's units.
    """
    found: dict[int, date] = {}
    for post in posts:
        if post.unit_id in tree.over:
            until = post.valid_to or date.max
            for unit in tree.above(post.unit_id):
                found[unit] = max(until, found.get(unit, until))
    return found


def _standing(post: Post, tree: Branches) -> dict[int, date]:
    begun = Post.objects.filter(_begun(timezone.localdate()), person_id=post.person_id).order_by("id")
    return standing_of([post, *begun], tree)


def _begun(on: date) -> Q:
    return Q(valid_from=None) | Q(valid_from__lte=on)


def _bound(standing: dict[int, date], item: WorkItem) -> set[int]:
    """Return the units that bound a person at some time since an item was issued."""
    since = timezone.localdate(item.issued_at)
    return {unit for unit, until in standing.items() if until >= since}


def objection(
    post: Post, item: WorkItem, tree: Branches | None = None, log: Iterable[LogEntry] | None = None
) -> Text | None:
    """Return why a person is not free to re-check an item; None where they are."""
    tree = tree or branches(item.county_id)
    who = handlers(item, tree, log)
    if post.person_id in who.people:
        return Text(
            "您经办过这件事项，不能由本人复查销号。", "You handled this item yourself; someone else has to re-check it."
        )
    if _bound(_standing(post, tree), item) & who.units:
        return Text(
            "自事项交办以来，您曾在承办（或配合）单位或其下属单位任职，须由其他单位的人员复查销号。",
            "Since it was issued you have held a post in a unit that handled or supported this item, or below one; "
            "someone from outside has to re-check it.",
        )
    return None


def may_recheck(post: Post, item: WorkItem, tree: Branches | None = None) -> bool:
    """Whether a person is free to re-check an item."""
    return objection(post, item, tree) is None


def free_posts(item: WorkItem, on: date, tree: Branches | None = None) -> list[Post]:
    """Return the posts whose holders could re-check an item: they look for the county and had no part in handling it.

    Inspectors come first, then the office, then leaders (four statements, the county's units not counted).
    """
    tree = tree or branches(item.county_id)
    who = handlers(item, tree)
    county = Post.objects.filter(unit__county_id=item.county_id, person__is_active=True)
    looking = county.filter(held(on), role__in=EYES).select_related("unit__county", "person").order_by("id")
    posts: dict[int, list[Post]] = {}
    for post in county.filter(_begun(on)).order_by("id"):
        posts.setdefault(post.person_id, []).append(post)
    order = {"inspector": 0, "office": 1, "leader": 2}
    free = [
        post
        for post in looking
        if post.person_id not in who.people
        and not _bound(standing_of(posts.get(post.person_id, ()), tree), item) & who.units
    ]
    return sorted(free, key=lambda post: (order.get(post.role, 9), post.pk))


def recheckable(post: Post, tree: Branches | None = None) -> Q:
    """Return the condition of the items that a person is free to re-check."""
    tree = tree or branches(post.unit.county_id)
    today = timezone.localdate()
    # What binds still binds for every item; what has ended, for the items that were issued by its last day.
    ends: dict[date, set[int]] = {}
    for unit, until in _standing(post, tree).items():
        ends.setdefault(until if until < today else date.max, set()).add(unit)
    own = LogEntry.objects.filter(work_item_id=OuterRef("pk"), step__in=HANDLING, person=post.person_id)
    free = (Q(person_id=None) | ~Q(person_id=post.person_id)) & ~Q(Exists(own))
    for until, units in sorted(ends.items()):
        touched = _touched(units, tree)
        free &= ~(touched if until == date.max else touched & Q(issued_at__lt=_midnight_after(until)))
    return free


def _touched(bound: set[int], tree: Branches) -> Q:
    """Return the condition of the items that some units lead, support or have handled."""
    bound = bound | {unit for unit in tree.successor if tree.now(unit) in bound}
    codes = [code for code, unit in tree.codes.items() if unit in bound]
    helped = WorkItem.supports.through.objects.filter(workitem_id=OuterRef("pk"), unit_id__in=bound)
    handled = LogEntry.objects.filter(work_item_id=OuterRef("pk"), step__in=HANDLING, by_unit__in=codes)
    # A lead that is not there is no unit of anybody's.
    return Q(lead_id__isnull=False, lead_id__in=bound) | Q(Exists(helped)) | Q(Exists(handled))


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
