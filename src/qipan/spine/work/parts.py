"""What supporting units add to an item, and which of them have not; the lead reports when all are in, or says why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.spine.work import messages
from qipan.spine.work.acting import item_for, ready, tell_lead, thing
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.models import LogEntry, Step, WorkItem
from qipan.spine.work.permissions import CONTRIBUTE
from qipan.spine.work.writing import entry, hang, moment, write


def contribute(
    pk: int, *, version: int, by: Post, text: str, photos: Collection[Photo] = (), at: datetime | None = None
) -> WorkItem:
    """Add a supporting unit's part to an item: what it has done, and photos of it.

    Args:
        pk: the item.
        version: as it was read.
        by: a head or liaison of a supporting unit.
        text: what was done.
        photos: how it looks.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post's unit supports no such item.
        Stale, WorkError: it is reported or has ended, or nothing is said.
    """
    now = moment(at)
    item = item_for(pk, CONTRIBUTE, by)
    ready(item, version, Action.CONTRIBUTE)
    done = text.strip()
    if not done:
        raise WorkError(Text("请写明配合情况。", "Say what your unit has done."), "text")
    with act(actor(by), now) as noted:
        written = entry(item, Step.CONTRIBUTED, by, now, text=done)
        write(item, version, [written])
        hang(written, photos)
        noted.note("work.contribute", thing(item), {"round": item.handling_round, "photos": len(photos)})
        name = by.unit
        words = messages.about(item, f"{name.name_zh}已反馈配合情况", f"{name.name_en or name.name_zh} added its part")
        tell_lead(item, "part", words, now, by)
    return item


def missing_parts(item: WorkItem, log: Iterable[LogEntry] | None = None) -> list[Unit]:
    """Return the supporting units that have added no part in this handling round (three statements at most)."""
    supports = list(item.supports.all())
    if not supports:
        return []
    tree = branches(item.county_id)
    entries = item.log.all() if log is None else log
    came = {
        tree.now(tree.codes[one.by_unit])
        for one in entries
        if one.step == Step.CONTRIBUTED and one.handling_round == item.handling_round and one.by_unit in tree.codes
    }
    return [unit for unit in supports if tree.now(unit.pk) not in came]
