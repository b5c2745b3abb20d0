"""What can happen to an office's file: handed in and read, settled, confirmed and recorded, put aside, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.documents.keeping import keep, kept
from qipan.ground.documents.office.tables import kind_of
from qipan.ground.documents.problems import FileError
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.kinds import JobRefused, handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.units.acting import actor
from qipan.ground.units.groups import unit_groups
from qipan.ground.units.models import Post, Unit
from qipan.ground.worktime.queries import clock
from qipan.spine.work.lightness.grounds import Grounds, Halt, given
from qipan.spine.work.office_files.columns import FIELDS
from qipan.spine.work.office_files.examining import examine
from qipan.spine.work.office_files.models import OfficeFile, OfficeWord
from qipan.spine.work.office_files.recording import write
from qipan.spine.work.permissions import IMPORT_WORK

READ = "work.office_file.read"
RECORD = "work.office_file.record"
LARGEST = 100 * 1024 * 1024
TRIES = 3
"""How often a file is looked at anew when rows of another come in at the same moment."""


def kept_file(digest: str, kind: str) -> Path:
    """Return where a file that was handed in is kept, under its hash."""
    return kept(_folder(), digest, kind)


def _folder() -> Path:
    return Path(settings.DATA) / "imports"


def hand_in(name: str, chunks: Iterable[bytes], year: int, *, by: Post) -> OfficeFile:
    """Keep a file, and have it read in the background.

    Raises:
        FileError: it is empty, too large, or of a kind that is not read here.
    """
    _may(by)
    digest, kind, size = keep(
        _folder(), name, chunks, largest=LARGEST, kind_of=lambda head, path: _kind(name, head, path)
    )
    with act(actor(by)) as noted:
        added = OfficeFile.objects.create(
            county=by.unit.county, year=year, name=name[-200:], digest=digest, kind=kind, size=size,
            by_person=str(by.person)[:80], by_post=by.title_zh, by_unit=by.unit.code, added_at=timezone.now(),
        )  # fmt: skip
        _queue(added, READ, by)
        _note(noted, "work.hand_in_file", added, digest=digest, size=size)
    return added


def _kind(name: str, head: bytes, path: Path) -> str:
    found = kind_of(head, path)
    if not found:
        empty = not head.strip()
        raise FileError.one(
            name,
            Text("文件是空的", "the file is empty") if empty else Text("这不是表格文件", "this is no table"),
            Text("请选择 .xlsx、.xls、.et、.docx 或 .csv 文件", "choose an .xlsx, .xls, .et, .docx or .csv file"),
        )
    return found


def settle(
    file_id: int, *, by: Post, headings: Mapping[str, str], units: Mapping[str, list[str]], fallback: date | None
) -> OfficeFile | None:
    """Say what words of a file mean, remember it, and have the file read again. None where that makes no sense.

    Args:
        file_id: the file.
        by: the office.
        headings: word over a column -> field; "" for a column that nothing is taken from.
        units: word for units -> their codes, or keys of groups; none to leave the word out.
        fallback: the deadline of rows whose own has passed, or that need one and have none.
    """
    _may(by)
    codes = set(Unit.objects.filter(county=by.unit.county).values_list("code", flat=True))
    codes |= {group.key for group in unit_groups(by.unit.county_id, timezone.localdate())}
    sound = {word[:120]: field for word, field in headings.items() if word and (field == "" or field in FIELDS)}
    meant = {word[:120]: [code for code in some if code in codes] for word, some in units.items() if word}
    with act(actor(by)) as noted:
        found = _of(file_id, by)
        if found is None or found.state not in {OfficeFile.State.READY, OfficeFile.State.UNREADABLE} or _is_busy(found):
            return None
        _remember(by, OfficeWord.Kind.HEADING, {word: [field] if field else [] for word, field in sound.items()})
        _remember(by, OfficeWord.Kind.UNIT, meant)
        found.choices = {**found.choices, "fallback": fallback.isoformat() if fallback else ""}
        found.state = OfficeFile.State.READING
        found.save(update_fields=["state", "choices"])
        _queue(found, READ, by)
        _note(noted, "work.settle_file", found, headings=sound, units=meant)
    return found


def _remember(by: Post, kind: str, words: Mapping[str, list[str]]) -> None:
    for word, means in words.items():
        OfficeWord.objects.update_or_create(
            county=by.unit.county, kind=kind, word=word, defaults={"means": means}
        )  # fmt: skip


def confirm(file_id: int, *, seen: str, by: Post, reason: str = "", leader: int = 0) -> OfficeFile | None:
    """Have a file that was looked at recorded. None where it is not ready, or is not what was looked at any more.

    Args:
        file_id: the file.
        seen: the digest of the preview that was looked at.
        by: the office.
        reason: why units are asked more than the limit of the month, where they are.
        leader: the post of the leader who answers for that.
    """
    _may(by)
    with act(actor(by)) as noted:
        found = _of(file_id, by)
        if found is None or found.state != OfficeFile.State.READY or found.summary.get("digest") != seen:
            return None
        found.state = OfficeFile.State.RECORDING
        found.recorded_by = _who(by)
        found.choices = {**found.choices, "reason": reason.strip(), "leader": leader}
        found.save(update_fields=["state", "recorded_by", "choices"])
        _queue(found, RECORD, by)
        _note(noted, "work.confirm_file", found, rows=found.summary.get("changes", 0))
    return found


def discard(file_id: int, *, by: Post) -> OfficeFile | None:
    """Put a file aside; nothing of it was recorded. None where that is no longer so."""
    _may(by)
    with act(actor(by)) as noted:
        found = _of(file_id, by)
        if found is None or found.state not in {OfficeFile.State.READY, OfficeFile.State.UNREADABLE} or _is_busy(found):
            return None
        found.state = OfficeFile.State.DISCARDED
        found.save(update_fields=["state"])
        _note(noted, "work.discard_file", found)
    return found


def _note(noted: Act, verb: str, found: OfficeFile, **details: object) -> None:
    noted.note(verb, Thing("office_file", str(found.pk), found.name), {"year": found.year, **details})


def _may(by: Post) -> None:
    if not IMPORT_WORK.allows(by, by.unit.county):
        raise PermissionDenied


def _who(by: Post) -> str:
    return " ".join(part for part in (by.unit.name_zh, by.title_zh, str(by.person)) if part)[:160]


def _of(file_id: int, by: Post) -> OfficeFile | None:
    visible = OfficeFile.objects.select_for_update(of=("self",)).select_related("county", "job")
    return visible.filter(IMPORT_WORK.visible(by), pk=file_id).first()


def _is_busy(found: OfficeFile) -> bool:
    return found.job is not None and not found.job.has_ended


def _queue(found: OfficeFile, kind: str, by: Post) -> None:
    title = {
        READ: Text(f"读取“{found.name}”", f"Reading {found.name}"),
        RECORD: Text(f"导入“{found.name}”", f"Importing {found.name}"),
    }[kind]
    title = Text(title.zh[:200], title.en[:200])
    found.job = enqueue(kind, {"file": found.pk, "post": by.pk}, title=title, by=by)
    found.save(update_fields=["job"])


# --- the work itself ---


@handles(READ)
def read(progress: Progress, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read a file and work out what each row would do; writes nothing but the preview."""
    found = OfficeFile.objects.select_related("county").get(pk=payload["file"])
    if found.state != OfficeFile.State.READING:
        return {}
    summary, _ = examine(found, kept_file(found.digest, found.kind), fallback_of(found), progress)
    state = OfficeFile.State.UNREADABLE if summary["unreadable"] else OfficeFile.State.READY
    with transaction.atomic():
        OfficeFile.objects.filter(pk=found.pk, state=OfficeFile.State.READING).update(summary=summary, state=state)
        progress.finish({"file": found.pk})
    return {}


@handles(RECORD)
def record(progress: Progress, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Record a confirmed file: read once more, its pictures kept, then all written in one transaction."""
    found = OfficeFile.objects.select_related("county").get(pk=payload["file"])
    if found.state != OfficeFile.State.RECORDING:
        return {}
    by = Post.objects.select_related("unit__county", "person").get(pk=payload["post"])
    path = kept_file(found.digest, found.kind)
    for _ in range(TRIES):
        summary, examined = examine(found, path, fallback_of(found), progress)
        if examined is None or summary["digest"] != found.summary.get("digest"):
            # What the file would do is no longer what was confirmed; nothing was recorded.
            summary["moved"] = True
            state = OfficeFile.State.UNREADABLE if summary["unreadable"] else OfficeFile.State.READY
            with transaction.atomic():
                OfficeFile.objects.filter(pk=found.pk).update(summary=summary, state=state)
                progress.finish({"file": found.pk})
            return {}
        try:
            with given(Grounds(reason=found.choices.get("reason", ""), leader=found.choices.get("leader", 0))):
                if write(found, examined, summary, path, progress, by):
                    return {}
        except Halt as halt:
            # A rule of lightness stopped it; nothing was recorded, and the page asks for what is missing.
            with transaction.atomic():
                OfficeFile.objects.filter(pk=found.pk).update(
                    summary={**summary, "halted": [halt.words.zh, halt.words.en]}, state=OfficeFile.State.READY
                )
                progress.finish({"file": found.pk})
            return {}
    raise JobRefused(
        Text("导入期间有其他导入同时进行，本文件没有登记。请稍后再确认。", "Another import ran at the same moment; nothing of this file was recorded. Confirm it again later.")
    )  # fmt: skip


def fallback_of(found: OfficeFile) -> datetime | None:
    """Return the deadline that the office has given for rows without one ahead."""
    said = found.choices.get("fallback", "")
    return datetime.combine(date.fromisoformat(said), time(23, 59, 59), clock(found.county_id).zone) if said else None
