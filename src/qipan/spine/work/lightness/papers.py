"""A note that asks the lead unit for papers or figures: who may ask, for what, and that it counts as a request."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import EYES
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work import messages
from qipan.spine.work.acting import tell_lead
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.demands import OVER, Asking, ask, refuse_if_on_file
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.models import OPEN, LogEntry, WorkItem
from qipan.spine.work.rechecking import year_of


def may_ask_for_papers(item: WorkItem, by: Post) -> None:
    """Refuse to ask for papers: by who does not look for the county, of what has ended, for what is on file.

    Raises:
        PermissionDenied: the post asks no unit for papers.
        WorkError: the item has ended.
        OnFile: the ledger of the year has what its check looks at.
    """
    if Role(by.role) not in EYES:
        raise PermissionDenied
    if item.state not in OPEN:
        raise WorkError(
            Text("事项已办结或撤销，不能再要材料。", "It has ended; no papers are asked for any more."), "asks"
        )
    year = year_of(item)
    if year is not None and item.check_key:
        refuse_if_on_file(year, rulebook(year), item.check_key)


def ask_for_papers(noted: Act, item: WorkItem, written: LogEntry, by: Post, now: datetime) -> None:
    """Count a note as a request to the lead unit, and tell the unit.

    Raises:
        OverLimit: the unit was asked enough this month.
    """
    if item.lead is None:
        return
    over = ask(noted, by, now, [Asking(item.lead, item, Demand.Kind.PAPERS)])
    if over:
        written.data = {**written.data, OVER: over[item.pk]}
        written.save(update_fields=["data"])
    said = Text(
        f"请提供材料或数据：{messages.short(written.text, 120)}（{item.number}）",
        f"You are asked for papers or figures: {messages.short(written.text, 120)} ({item.number})",
    )
    tell_lead(item, "asked", said, now, by)
