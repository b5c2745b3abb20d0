"""Rows of an item's log, and the one way in which an item's row is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.units.models import Post
from qipan.spine.campaigns.years.guard import closed_for, refuse_closed_now
from qipan.spine.work.errors import Stale
from qipan.spine.work.lifecycle import Action, check
from qipan.spine.work.models import LogEntry, State, Step, WorkItem
from qipan.spine.work.replay import DUE

#: Under this name an entry says after which act (version of the item) it was written.
VERSION = "v"


def entry(
    item: WorkItem, step: Step, by: Post | None, at: datetime, *, text: str = "", data: Mapping[str, Any] | None = None,
    observation: UUID | None = None, recorded: datetime | None = None,
) -> LogEntry:  # fmt: skip
    """Return an entry of an item's log, not yet stored.

    Args:
        item: the item, as it stands after the act.
        step: what happened.
        by: who did it.
        at: when it happened.
        text: what they wrote.
        data: what else belongs to the step (JSON).
        observation: the record of the ledger that goes with it.
        recorded: when it was written down, if not when it happened.
    """
    return LogEntry(
        work_item=item, step=step, handling_round=item.handling_round, at=at, recorded_at=recorded or at,
        person=by.person_id if by else None, by_person=str(by.person)[:80] if by else "",
        by_post=by.title_zh if by else "", by_unit=by.unit.code if by else "", text=text,
        data={**(data or {}), **_due(item, step == Step.ISSUED), VERSION: item.version}, observation=observation,
    )  # fmt: skip


def _due(item: WorkItem, says_so: bool) -> dict[str, str]:
    """Return the deadline as the log keeps it, of an entry by which it came about."""
    return {DUE: item.deadline.isoformat()} if says_so else {}


def write(item: WorkItem, version: int, entries: Collection[LogEntry], **changes: Any) -> None:
    """Change an item's row, if nobody has changed it since `version`, and store the log of the act.

    Raises:
        Stale: someone has.
        YearClosed: the item's year is closed.
    """
    mine = WorkItem.objects.filter(~closed_for(), pk=item.pk, version=version)
    if not mine.update(version=version + 1, **changes):
        refuse_closed_now(item.county_id, item.year)
        raise stale(item, version)
    for name, value in changes.items():
        setattr(item, name, value)
    item.version = version + 1
    for each in entries:
        each.data = {**each.data, VERSION: item.version}
    if "deadline" in changes and entries:
        last = list(entries)[-1]
        last.data = {**last.data, **_due(item, True)}
    LogEntry.objects.bulk_create(entries)


def beside(
    item: WorkItem, step: Step, by: Post, now: datetime, text: str, data: dict[str, object], action: Action,
    changes: dict[str, object],
) -> LogEntry:  # fmt: skip
    """Write a step that stands beside the chain, whatever others do meanwhile; the act waits for the item's row.

    Raises:
        YearClosed: the item's year is closed.
    """
    if not WorkItem.objects.filter(~closed_for(), pk=item.pk).update(version=F("version") + 1, **changes):
        refuse_closed_now(item.county_id, item.year)
    item.refresh_from_db()
    # What others did between our reading and our writing may have ended the item.
    check(action, State(item.state))
    written = entry(item, step, by, now, text=text, data={**data, **_due(item, "deadline" in changes)})
    written.save(force_insert=True)
    return written


def stale(item: WorkItem, version: int) -> Stale:
    """Return the error of someone who acts on what is no longer so, with what has changed since."""
    item.refresh_from_db()
    changes = [one for one in item.log.all() if one.data.get(VERSION, 1) > version]
    who = "、".join(dict.fromkeys(one.by_person for one in changes if one.by_person)) or "其他人"
    names = ", ".join(dict.fromkeys(one.by_person for one in changes if one.by_person)) or "someone else"
    words = Text(
        f"您打开页面后，{who}已办理过此事项。请查看变化后再提交，您填写的内容仍在。",
        f"{names} acted on this item after you opened it. See what changed, then send again; your text is kept.",
    )
    return Stale(words, item, changes)


def release(item: WorkItem) -> None:
    """Let go of what was merged into an item that has ended: found again, it opens an order of its own."""
    item.absorbed.exclude(open_key=None).update(open_key=None)


def hang(entry: LogEntry, photos: Collection[Photo]) -> None:
    """Hang photos on an entry of the log."""
    if photos:
        use(list(photos))
        entry.photos.add(*photos)


def moment(at: datetime | None) -> datetime:
    """Return the moment of an act: now unless told otherwise."""
    return at or timezone.now()
