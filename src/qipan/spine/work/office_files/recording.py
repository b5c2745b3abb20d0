"""Writing what a confirmed file says: its pictures first, then every order and task in one transaction; and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.documents.office.pictures import content
from qipan.ground.files.imaging import MOST_BYTES, PhotoError
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import add_photo
from qipan.ground.jobs.progress import Progress
from qipan.ground.notify.actions import send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work import messages, points
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import LogEntry, Sighting, State, Step, WorkItem
from qipan.spine.work.office_files.examining import Examined, both
from qipan.spine.work.office_files.models import ImportedRow, OfficeFile
from qipan.spine.work.office_files.planning import JOIN, NEW_TASK, ORDER, PlannedRow
from qipan.spine.work.opening import Opened, open_orders, take_counter
from qipan.spine.work.permissions import IMPORT_WORK
from qipan.spine.work.tasks import issue_drafts
from qipan.spine.work.writing import entry

ORIGIN = "file"
"""The origin of an item that came from an office's file."""


def write(
    found: OfficeFile, examined: Examined, summary: dict[str, Any], path: Path, progress: Progress, by: Post
) -> bool:
    """Write in one transaction; False where the same rows came in from elsewhere at the same moment: nothing is written."""
    orders = [one for one in examined.plan.rows if one.state in {ORDER, JOIN} and one.finding is not None]
    tasks = [one for one in examined.plan.rows if one.state == NEW_TASK and one.draft is not None]
    photos = _pictures(orders, path, progress, by)
    refused = [one for one in photos.values() if isinstance(one, Text)]
    count = len(orders) + len(tasks)
    progress(count, count, Text(f"写入{count}条", f"writing {count} rows"))
    now = timezone.now()
    try:
        with act(actor(by, found.county), now) as noted:
            rows = _orders(found, examined, orders, photos, by, now) + _tasks(found, examined, tasks, by, now)
            ImportedRow.objects.bulk_create(rows, batch_size=500)
            summary |= {"photos": len(photos) - len(refused), "refused_photos": [both(one) for one in refused[:50]]}
            summary["written"] = {
                "orders": sum(1 for row in rows[: len(orders)] if not row.joined),
                "joined": sum(1 for row in rows if row.joined), "tasks": len(tasks),
            }  # fmt: skip
            OfficeFile.objects.filter(pk=found.pk).update(
                summary=summary, state=OfficeFile.State.RECORDED, recorded_at=now
            )
            noted.note(
                "work.record_file",
                Thing("office_file", str(found.pk), found.name),
                {"year": found.year, **summary["written"]},
            )
            progress.finish({"file": found.pk})
    except IntegrityError:
        return False
    return True


def _pictures(orders: Sequence[PlannedRow], path: Path, progress: Progress, by: Post) -> dict[str, Photo | Text]:
    """Keep the pictures of some rows, each once: part of the archive -> photo, or why it was not taken."""
    parts = {one.part: one for row in orders for one in row.pictures}
    out: dict[str, Photo | Text] = {}
    for number, (part, picture) in enumerate(parts.items()):
        progress(number, len(parts), Text("保存照片", "keeping the photos"))
        try:
            out[part] = add_photo(content(path, picture, MOST_BYTES), by=by)
        except PhotoError as error:
            said = error.words
            out[part] = Text(f"{part.rpartition('/')[2]}：{said.zh}", f"{part.rpartition('/')[2]}: {said.en}")
    return out


def _origin(found: OfficeFile) -> tuple[str, str, str]:
    return ORIGIN, str(found.pk), found.name


def _orders(
    found: OfficeFile, examined: Examined, orders: Sequence[PlannedRow], photos: dict[str, Photo | Text], by: Post,
    now: datetime,
) -> list[ImportedRow]:  # fmt: skip
    findings = []
    for one in orders:
        mine = [photos[picture.part] for picture in one.pictures]
        if one.finding is not None:
            kept = tuple(photo for photo in mine if isinstance(photo, Photo))
            findings.append(replace(one.finding, photos=kept))
    if not findings:
        return []
    take_counter(found.county_id)
    last = (
        Sighting.objects.filter(work_item__county_id=found.county_id)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    opened = open_orders(examined.year, findings, by=by, origin=_origin(found), at=now)
    # Nobody else opens orders in this county meanwhile, so the new sightings are ours, in the order of the findings.
    seen = Sighting.objects.filter(work_item__county_id=found.county_id, pk__gt=last or 0).order_by("pk")
    sightings = list(seen.values_list("pk", flat=True))
    fresh = [(one, got) for one, got in zip(orders, opened, strict=True) if not got.joined]
    _support(fresh)
    return [
        _row(found, one, got.pk, sighting=sighting, joined=got.joined)
        for one, got, sighting in zip(orders, opened, sightings, strict=True)
    ]


def _support(fresh: Sequence[tuple[PlannedRow, Opened]]) -> None:
    """Write the supporting units of the orders that were opened."""
    through = WorkItem.supports.through
    helps = [
        through(workitem_id=got.pk, unit_id=unit)
        for one, got in fresh
        for unit in one.supports
        if got.lead is None or unit != got.lead.pk
    ]
    through.objects.bulk_create(helps, batch_size=500)


def _tasks(
    found: OfficeFile, examined: Examined, tasks: Sequence[PlannedRow], by: Post, now: datetime
) -> list[ImportedRow]:
    drafts = [replace(one.draft, origin=_origin(found)) for one in tasks if one.draft is not None]
    made = issue_drafts(examined.year, drafts, by, now)
    return [_row(found, one, item.pk) for one, item in zip(tasks, made, strict=True)]


def _row(
    found: OfficeFile, one: PlannedRow, item: int, *, sighting: int | None = None, joined: bool = False
) -> ImportedRow:
    return ImportedRow(
        county_id=found.county_id, file_id=found.pk, identity=one.identity, place=one.place.words().zh[:120],
        work_item_id=item, sighting_id=sighting, joined=joined, said=one.said,
    )  # fmt: skip


def undo(file_id: int, *, by: Post, at: datetime | None = None) -> OfficeFile | None:
    """Take an import back: what it opened is cancelled, what it joined loses the sighting. None where there is none.

    Nothing is taken out of a log, and no number is given again. The rows are forgotten, so the file can be imported
    anew.

    Raises:
        PermissionDenied: only the office imports.
        WorkError: somebody has acted on one of the items; nothing is undone.
    """
    if not IMPORT_WORK.allows(by, by.unit.county):
        raise PermissionDenied
    now = at or timezone.now()
    with act(actor(by), now) as noted:
        take_counter(by.unit.county_id)
        found = OfficeFile.objects.select_for_update(of=("self",)).filter(IMPORT_WORK.visible(by), pk=file_id).first()
        if found is None or found.state != OfficeFile.State.RECORDED:
            return None
        rows = list(ImportedRow.objects.filter(file=found).select_related("work_item__lead"))
        opened = {row.work_item_id: row.work_item for row in rows if not row.joined}
        _untouched(list(opened.values()))
        joined = {
            row.work_item_id: row.work_item for row in rows if row.joined and row.work_item_id not in opened
        }  # fmt: skip
        Sighting.objects.filter(pk__in=[row.sighting_id for row in rows if row.joined and row.sighting_id]).delete()
        words = f"导入“{found.name}”已撤销"
        _cancel(list(opened.values()), words, by, now)
        _leave(list(joined.values()), words, by, now)
        for item in opened.values():
            noted.note("work.cancel", Thing("work", item.number, item.title_zh), {"file": found.pk})
        ImportedRow.objects.filter(file=found).delete()
        found.state, found.undone_at = OfficeFile.State.UNDONE, now
        found.undone_by = " ".join(part for part in (by.unit.name_zh, by.title_zh, str(by.person)) if part)[:160]
        found.save(update_fields=["state", "undone_at", "undone_by"])
        noted.note(
            "work.undo_file",
            Thing("office_file", str(found.pk), found.name),
            {"items": len(opened), "joined": len(joined)},
        )
        _tell(list(opened.values()), found, by, now)
        points.ask(by.unit.county, by)
    return found


def touched(file_id: int) -> list[str]:
    """Return the numbers of the items of an import that somebody has acted on since (one statement)."""
    rows = ImportedRow.objects.filter(file_id=file_id, joined=False).exclude(work_item__version=1)
    return list(rows.order_by("work_item__number").values_list("work_item__number", flat=True))


def _untouched(items: Sequence[WorkItem]) -> None:
    moved = sorted(item.number for item in items if item.version != 1 or item.state != State.ISSUED)
    if moved:
        said = "、".join(moved[:5])
        raise WorkError(
            Text(
                f"已有{len(moved)}件有人办理（{said}{'等' if len(moved) > 5 else ''}），不能整体撤销；可在事项页逐件撤销。",
                f"{len(moved)} items were acted on ({', '.join(moved[:5])}): the import cannot be taken back as a whole. Cancel single items on their pages.",
            )
        )  # fmt: skip


def _cancel(items: Sequence[WorkItem], words: str, by: Post, now: datetime) -> None:
    keys = [item.pk for item in items]
    changed = WorkItem.objects.filter(pk__in=keys, version=1, state=State.ISSUED).update(
        state=State.CANCELLED, closed_at=now, open_key=None, points_at_stake=0, gain_alone=0, version=2
    )
    if changed != len(keys):
        transaction.set_rollback(True)
        raise WorkError(
            Text(
                "撤销期间有人办理了其中的事项，没有撤销。",
                "Somebody acted on one of the items meanwhile; nothing was undone.",
            )
        )
    for item in items:
        item.version = 2
    LogEntry.objects.bulk_create([entry(item, Step.CANCELLED, by, now, text=words) for item in items], batch_size=500)


def _leave(items: Sequence[WorkItem], words: str, by: Post, now: datetime) -> None:
    """Write into the log of orders that were joined that the sighting is gone."""
    for item in items:
        WorkItem.objects.filter(pk=item.pk, version=item.version).update(version=item.version + 1)
        item.version += 1
    LogEntry.objects.bulk_create(
        [entry(item, Step.NOTED, by, now, text=f"{words}，并入的这次发现已移除") for item in items]
    )


def _tell(items: Sequence[WorkItem], found: OfficeFile, by: Post, now: datetime) -> None:
    by_lead: dict[int | None, list[WorkItem]] = {}
    for item in items:
        by_lead.setdefault(item.lead_id, []).append(item)
    recipients = messages.Recipients(by_lead, messages.day_of(now), branches(by.unit.county_id))
    notices = []
    for lead, mine in by_lead.items():
        words = Text(
            f"导入的{len(mine)}件已撤销（{messages.short(found.name, 40)}）。第一件：{mine[0].number} {messages.short(mine[0].title_zh)}",
            f"{len(mine)} imported items were withdrawn ({messages.short(found.name, 40)}), the first: {mine[0].number} {messages.short(mine[0].title_zh)}",
        )  # fmt: skip
        notices.append(
            messages.notice(mine[0], recipients.of(lead), "cancelled", words, by=by, address="/work/?view=cancelled")
        )
    send_all(notices, at=now)
