"""Items are attached to a special action by hand, and taken off again."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import SpecialAction
from qipan.spine.work.models import VOID, WorkItem
from qipan.spine.work.special.models import Attachment
from qipan.spine.work.writing import moment

MOST = 500


def attach(pk: int, numbers: str, *, by: Post, at: datetime | None = None) -> int:
    """Attach items to an action by their numbers, as written or pasted; return how many are new there.

    Raises:
        PermissionDenied: the post may not, or there is no such action.
        RegisterError: no number, too many, or one that is no item's.
    """
    now = moment(at)
    action = _action(pk, by)
    wanted = list(dict.fromkeys(re.findall(r"\d{4}-\d{5,}", numbers)))
    if not wanted:
        raise RegisterError(
            Text("请填写事项编号，如2026-00042", "write numbers of items, such as 2026-00042"), "numbers"
        )
    if len(wanted) > MOST:
        raise RegisterError(Text(f"一次最多{MOST}件", f"at most {MOST} at once"), "numbers")
    rows = WorkItem.objects.filter(county_id=by.unit.county_id, number__in=wanted).exclude(state__in=VOID)
    known = {row.number: row.pk for row in rows}
    missing = [number for number in wanted if number not in known]
    if missing:
        raise RegisterError(
            Text(
                f"没有这些事项，或已撤销：{'、'.join(missing[:5])}",
                f"no such item, or cancelled: {', '.join(missing[:5])}",
            ),
            "numbers",
        )
    with act(actor(by), now) as done:
        there = set(Attachment.objects.filter(action=action).values_list("item_id", flat=True))
        fresh = [
            Attachment(action=action, item_id=key, at=now, by_post=by.title_zh)
            for key in known.values()
            if key not in there
        ]
        Attachment.objects.bulk_create(fresh, ignore_conflicts=True)
        if fresh:
            done.note("special.attach", Thing("special", str(action.pk), action.name_zh), {"items": len(fresh)})
    return len(fresh)


def detach(pk: int, number: str, *, by: Post, at: datetime | None = None) -> bool:
    """Take an item off an action again; return whether it was attached.

    Raises:
        PermissionDenied: the post may not, or there is no such action.
    """
    action = _action(pk, by)
    with act(actor(by), moment(at)) as done:
        gone, _ = Attachment.objects.filter(action=action, item__number=number).delete()
        if gone:
            done.note("special.detach", Thing("special", str(action.pk), action.name_zh), {"item": number})
    return bool(gone)


def attached(action: SpecialAction) -> list[str]:
    """Return the numbers of the items that were attached by hand, in their order (one statement)."""
    return list(
        Attachment.objects.filter(action=action).order_by("item__number").values_list("item__number", flat=True)
    )


def _action(pk: int, by: Post) -> SpecialAction:
    found = SpecialAction.objects.filter(pk=pk, campaign__county_id=by.unit.county_id).first()
    if found is None or not MANAGE_CAMPAIGN.allows(by, by.unit.county):
        raise PermissionDenied
    return found
