"""Two items that are the same thing: one goes on as the other. What it tells stays readable, and it can be taken out again.

The merged item has ended and counts nowhere; its lead and supporting units help with the item that goes on. A finding that
cost points goes on only as an order at the same site: whoever re-checks that looks at both. What is found again meanwhile
joins the order that goes on.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, IntegerField, Q, Value, When

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.spine.work import messages, points
from qipan.spine.work.acting import item_for, ready, reason_of, thing
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lifecycle import UNREPORTED, Action, before
from qipan.spine.work.models import State, Step, WorkItem
from qipan.spine.work.permissions import DIRECT
from qipan.spine.work.request_rules import against
from qipan.spine.work.writing import entry, moment, write

MOST_PROPOSED = 5


def merge(pk: int, *, version: int, by: Post, into: str, reason: str, at: datetime | None = None) -> WorkItem:
    """Let an item go on as another one.

    Args:
        pk: the item that ends.
        version: as it was read.
        by: the office.
        into: the number of the item that goes on.
        reason: why they are the same.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office merges.
        Stale, WorkError: it cannot be merged now, there is no such item to go on with, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.MERGE)
    problem = against(Action.MERGE, item, by, now, ())
    if problem is not None:
        raise problem
    why = reason_of(reason)
    with act(actor(by), now) as noted:
        target = _target(item, into.strip())
        helps = [unit for unit in (item.lead, *item.supports.all()) if unit is not None]
        had = {target.lead_id, *target.supports.values_list("pk", flat=True)}
        added = list({unit.pk: unit for unit in helps if unit.pk not in had}.values())
        went = entry(item, Step.MERGED, by, now, text=why, data={"into": target.number})
        write(
            item, version, [went], state=State.MERGED, merged_into_id=target.pk, closed_at=now,
            points_at_stake=0, gain_alone=0,
        )  # fmt: skip
        data = {"number": item.number, "added": [unit.code for unit in added]}
        write(target, target.version, [entry(target, Step.ABSORBED, by, now, text=why, data=data)])
        target.supports.add(*added)
        noted.note("work.merge", thing(item), {"into": target.number})
        points.ask(item.county, by)
        _tell(item, target, "merged", Text(f"已并入{target.number}", f"Merged into {target.number}"), now, by)
    return item


def part(pk: int, *, version: int, by: Post, at: datetime | None = None) -> WorkItem:
    """Take a merged item out again, as long as nothing has happened to either since.

    Raises:
        PermissionDenied: only the office does.
        Stale, WorkError: something has happened since.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.UNMERGE)
    with act(actor(by), now) as noted:
        both = WorkItem.objects.select_for_update().filter(Q(pk=item.pk) | Q(pk=item.merged_into_id)).order_by("pk")
        target = next(one for one in both if one.pk == item.merged_into_id)
        problem = against(Action.UNMERGE, item, by, now, ())
        if problem is not None:
            raise problem
        added = target.log.order_by("-id").values_list("data", flat=True)[0].get("added", [])
        back = entry(item, Step.UNMERGED, by, now, data={"into": target.number})
        write(
            item, version, [back], state=before(accepted=item.accepted_at is not None), merged_into_id=None,
            closed_at=None,
        )  # fmt: skip
        write(target, target.version, [entry(target, Step.UNMERGED, by, now, data={"number": item.number})])
        target.supports.remove(*Unit.objects.filter(county_id=item.county_id, code__in=added))
        noted.note("work.unmerge", thing(item), {"into": target.number})
        points.ask(item.county, by)
        words = Text(f"已撤销与{target.number}的合并", f"No longer merged into {target.number}")
        _tell(item, target, "unmerged", words, now, by)
    return item


def proposed(pk: int) -> list[tuple[str, Text]]:
    """Return the numbers and titles of a few open items that one might be the same as: at its place, or of its unit."""
    item = WorkItem.objects.get(pk=pk)
    here = Q(cluster=item.cluster) if item.cluster else Q(pk__in=())
    near = Case(When(here, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = WorkItem.objects.filter(here | Q(lead_id=item.lead_id), county_id=item.county_id, state__in=UNREPORTED)
    return [(one.number, one.title) for one in found.exclude(pk=item.pk).order_by(near, "-id")[:MOST_PROPOSED]]


def _target(item: WorkItem, number: str) -> WorkItem:
    target = WorkItem.objects.filter(county_id=item.county_id, number=number).first()
    if target is None or target.pk == item.pk:
        raise WorkError(Text("请填写另一件在办事项的编号。", "Give the number of another open item."), "into")
    # Both rows are taken in one order, so that two mergers cannot wait for each other.
    rows = WorkItem.objects.select_for_update().filter(pk__in=(item.pk, target.pk)).order_by("pk")
    target = next(one for one in rows if one.pk == target.pk)
    if target.state not in UNREPORTED:
        raise WorkError(
            Text(
                f"{number}不是待签收或整改中的事项，不能并入。",
                f"{number} is neither to be accepted nor being fixed; nothing can be merged into it.",
            ),
            "into",
        )
    if item.sightings.exclude(observation=None).exists() and not _looked_at_together(item, target):
        raise WorkError(
            Text(
                "该问题已按检查记录扣分，只能并入同一点位的检查问题，复查时一并查看。",
                "Points were lost by this finding: it can go on only as an order from a finding at the same site, so that "
                "whoever re-checks it looks at both.",
            ),
            "into",
        )
    return target


def _looked_at_together(item: WorkItem, target: WorkItem) -> bool:
    """Whether a re-check of the one that goes on can look at the other, too: both are items of a checklist at one site."""
    here = (target.kind, target.cluster, target.stratum, target.year) == (
        item.kind,
        item.cluster,
        item.stratum,
        item.year,
    )
    return here and bool(item.cluster) and bool(item.item) and target.sightings.exclude(observation=None).exists()


def _tell(item: WorkItem, target: WorkItem, kind: str, words: Text, now: datetime, by: Post) -> None:
    """Tell the units of both items."""
    recipients = messages.Recipients([item.lead_id, target.lead_id], messages.day_of(now), branches(item.county_id))
    posts = {post.pk: post for unit in (item.lead_id, target.lead_id) for post in recipients.of(unit)}
    messages.tell(item, posts.values(), kind, messages.about(item, words.zh, words.en), now, by=by)
