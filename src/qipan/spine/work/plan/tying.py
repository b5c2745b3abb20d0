"""Items are tied to a node of the plan: they are then due by its day, and are named before it moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import TimeNode
from qipan.spine.work.errors import Stale
from qipan.spine.work.models import OPEN, Step, WorkItem
from qipan.spine.work.permissions import DIRECT
from qipan.spine.work.plan.hanging import end_of
from qipan.spine.work.plan.moving import node_to_move, tell_units
from qipan.spine.work.rows import Row, fetched, rows_of
from qipan.spine.work.timing.when import When, moved_to, set_to
from qipan.spine.work.writing import entry, moment, write

AT_ONCE = 200
"""Items that the page for tying offers at once; filters bring the others."""


def to_tie(post: Post, node: TimeNode, found: Collection[int], now: datetime) -> list[Row]:
    """Return open items as rows, in the order of their deadlines, without those that hang on the node already."""
    rows = WorkItem.objects.filter(county_id=post.unit.county_id, pk__in=found, state__in=OPEN).exclude(milestone=node)
    return rows_of(fetched(rows.order_by("deadline", "id")), now, post.unit.county_id)


def tie(pk: int, items: Mapping[int, int], *, by: Post, at: datetime | None = None) -> int:
    """Tie items to a node; each is then due by its day. Return how many.

    Args:
        pk: the node.
        items: the version of each item as it was read, by its key.
        by: the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post may not, or there is no such node or item.
        RegisterError: nothing is chosen, the node's day is past, an item has ended or changed meanwhile.
    """
    now = moment(at)
    node = _node(pk, by)
    if not items:
        raise RegisterError(Text("请至少勾选一件事项", "tick at least one item"))
    until = end_of(node.on)
    if until <= now:
        raise RegisterError(
            Text("该节点日期已过，不能作为时限", "the day of this node is past; nothing can be due by it")
        )
    rows = list(
        WorkItem.objects.filter(county_id=by.unit.county_id, pk__in=items).select_related("lead", "county")
        .prefetch_related("supports").order_by("pk")
    )  # fmt: skip
    if len(rows) != len(items) or not all(DIRECT.allows(by, item) for item in rows):
        raise PermissionDenied
    with act(actor(by), now) as done:
        for item in rows:
            if item.state not in OPEN:
                raise RegisterError(Text(f"{item.number}已办结", f"{item.number} has ended"))
            data = {**moved_to(item, When(until)), "milestone": node.pk}
            text = f"按节点“{node.name_zh}”（{node.on}）确定时限"
            try:
                write(
                    item, items[item.pk], [entry(item, Step.DEADLINE, by, now, text=text, data=data)],
                    milestone_id=node.pk, **set_to(item, When(until)),
                )  # fmt: skip
            except Stale as error:
                raise RegisterError(
                    Text(f"{item.number}：{error.words.zh}", f"{item.number}: {error.words.en}")
                ) from error
        done.note(
            "work.tie", Thing("node", str(node.pk), node.name_zh), {"items": len(rows), "due": node.on.isoformat()}
        )
        day = node.on
        tell_units(
            rows, node.name,
            lambda count, zh, en: Text(
                f"贵单位{count}件事项须在节点“{zh}”（{day.month}月{day.day}日）前完成。",
                f"{count} of your items are due by the node {en} ({day.day} {day:%b}).",
            ),
            node.pk, by, now,
        )  # fmt: skip
    return len(rows)


def untie(pk: int, number: str, *, version: int, by: Post, at: datetime | None = None) -> WorkItem:
    """Untie an item from a node; its deadline stays as it is.

    Raises:
        PermissionDenied: the post may not, or there is no such node.
        RegisterError: the item does not hang on it, or somebody acted on it meanwhile.
    """
    now = moment(at)
    node = _node(pk, by)
    item = WorkItem.objects.filter(county_id=by.unit.county_id, number=number, milestone=node).first()
    if item is None:
        raise RegisterError(Text("该事项未挂到本节点", "this item does not hang on the node"))
    if not DIRECT.allows(by, item):
        raise PermissionDenied
    with act(actor(by), now) as done:
        text = f"不再按节点“{node.name_zh}”确定时限，时限不变"
        try:
            write(item, version, [entry(item, Step.NOTED, by, now, text=text)], milestone_id=None)
        except Stale as error:
            raise RegisterError(error.words) from error
        done.note("work.untie", Thing("work", item.number, item.title_zh), {"node": node.name_zh})
    return item


def _node(pk: int, by: Post) -> TimeNode:
    node = node_to_move(by.unit.county_id, pk)
    if node is None or not MANAGE_CAMPAIGN.allows(by, node.campaign.county):
        raise PermissionDenied
    return node
