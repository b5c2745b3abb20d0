"""What every act on a work item begins and ends with: the item, the right, the version, the stage, the reason, the words."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing
from qipan.ground.units.models import Post
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lifecycle import Action, check
from qipan.spine.work.models import State, WorkItem
from qipan.spine.work.permissions import WorkRule
from qipan.spine.work.writing import stale


def item_for(pk: int, rule: WorkRule, by: Post) -> WorkItem:
    """Return the item if the post may do this to it.

    Raises:
        PermissionDenied: it may not, or there is no such item.
    """
    item = WorkItem.objects.select_related("lead", "territory", "county").filter(pk=pk).first()
    if item is None or not rule.allows(by, item):
        raise PermissionDenied
    return item


def thing(item: WorkItem) -> Thing:
    """Return an item as the journal names it."""
    return Thing("work", item.number, item.title_zh)


def ready(item: WorkItem, version: int, action: Action) -> None:
    """Refuse what was read before someone else acted, and what the stage does not allow.

    Raises:
        StageMissing, Stale, WorkError: it cannot be done now.
    """
    if item.version != version:
        raise stale(item, version)
    check(action, State(item.state))


def reason_of(reason: str, field: str = "reason") -> str:
    """Return a reason that was given.

    Raises:
        WorkError: there is none.
    """
    kept = reason.strip()
    if not kept:
        raise WorkError(Text("请写明理由。", "Say why."), field)
    return kept


def tell_lead(item: WorkItem, kind: str, words: Text, now: datetime, by: Post | None) -> None:
    """Tell the head and the liaison of the lead unit."""
    recipients = messages.Recipients([item.lead_id], messages.day_of(now), branches(item.county_id))
    messages.tell(item, recipients.of(item.lead_id), kind, words, now, by=by)
