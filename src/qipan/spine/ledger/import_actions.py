"""What can happen to a file of observations: handed in, checked, confirmed and recorded, or discarded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from qipan.assessment.batch import LOCAL
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.documents.keeping import keep, kept
from qipan.ground.documents.problems import FileError
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.kinds import JobRefused, handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import IMPORT_OBSERVATIONS
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.years.guard import refuse_closed_now
from qipan.spine.ledger import actions
from qipan.spine.ledger.imports import Import
from qipan.spine.ledger.intake import Intake, Refusal, take_in
from qipan.spine.ledger.models import Round
from qipan.spine.ledger.preview import moves

CHECK = "ledger.import.check"
RECORD = "ledger.import.record"
LARGEST = 256 * 1024 * 1024
FIRST_ROWS = 10
MOST_CORRECTIONS = 100
TRIES = 3
"""How often a file is checked anew when records come in while it is being checked."""


def kept_file(digest: str, kind: str) -> Path:
    """Return where a file that was handed in is kept, under its hash."""
    return kept(_folder(), digest, kind)


def hand_in(name: str, chunks: Iterable[bytes], year: int, *, by: Post) -> Import:
    """Keep a file of observations, and have it checked in the background.

    Raises:
        FileError: it is empty, too large, or of a kind that is not read here.
        YearClosed: the year is closed.
    """
    _may(by)
    digest, kind, size = _keep(name, chunks)
    with act(actor(by)) as noted:
        refuse_closed_now(by.unit.county_id, year)
        added = Import.objects.create(
            county=by.unit.county, year=year, name=name[-200:], digest=digest, kind=kind, size=size,
            by_person=str(by.person), by_post=by.title_zh, by_unit=by.unit.code, added_at=timezone.now(),
        )  # fmt: skip
        _queue(added, CHECK, by)
        _note(noted, "ledger.hand_in_file", added, digest=digest, size=size)
    return added


def check_again(import_id: int, *, by: Post) -> Import | None:
    """Check a file anew: after the register was mended, or the ledger has moved on. None where that makes no sense."""
    _may(by)
    with act(actor(by)) as noted:
        found = _of(import_id, by)
        if found is None or found.state in {Import.State.RECORDED, Import.State.DISCARDED} or _is_busy(found):
            return None
        found.state = Import.State.CHECKING
        found.save(update_fields=["state"])
        _queue(found, CHECK, by)
        _note(noted, "ledger.check_file", found)
    return found


def confirm(import_id: int, *, by: Post) -> Import | None:
    """Have a checked file recorded. None where it is not ready."""
    _may(by)
    with act(actor(by)) as noted:
        found = _of(import_id, by)
        if found is None or found.state != Import.State.READY:
            return None
        found.state = Import.State.RECORDING
        found.recorded_by = " ".join(part for part in (found.county.name_zh and by.unit.name_zh, by.title_zh, str(by.person)) if part)[:160]  # fmt: skip
        found.save(update_fields=["state", "recorded_by"])
        _queue(found, RECORD, by)
        _note(noted, "ledger.confirm_file", found, rows=(found.summary or {}).get("new", 0))
    return found


def discard(import_id: int, *, by: Post) -> Import | None:
    """Put a file aside; nothing of it was recorded. None where that is no longer so."""
    _may(by)
    with act(actor(by)) as noted:
        found = _of(import_id, by)
        if found is None or found.state in {Import.State.RECORDED, Import.State.RECORDING} or _is_busy(found):
            return None
        found.state = Import.State.DISCARDED
        found.save(update_fields=["state"])
        _note(noted, "ledger.discard_file", found)
    return found


def _note(noted: Act, verb: str, found: Import, **details: object) -> None:
    noted.note(verb, Thing("import", str(found.pk), found.name), {"year": found.year, **details})


def _may(by: Post) -> None:
    if not IMPORT_OBSERVATIONS.allows(by, by.unit.county):
        raise PermissionDenied


def _of(import_id: int, by: Post) -> Import | None:
    visible = Import.objects.select_for_update(of=("self",)).select_related("county", "job")
    return visible.filter(IMPORT_OBSERVATIONS.visible(by), pk=import_id).first()


def _is_busy(found: Import) -> bool:
    return found.job is not None and not found.job.has_ended


def _queue(found: Import, kind: str, by: Post) -> None:
    title = {
        CHECK: Text(f"读取并核对“{found.name}”", f"Reading and checking {found.name}"),
        RECORD: Text(f"登记“{found.name}”", f"Recording {found.name}"),
    }[kind]
    title = Text(title.zh[:200], title.en[:200])
    found.job = enqueue(kind, {"import": found.pk, "post": by.pk}, title=title, by=by)
    found.save(update_fields=["job"])


def _keep(name: str, chunks: Iterable[bytes]) -> tuple[str, str, int]:
    """Write a file to its place under its hash; returns hash, kind and size."""
    return keep(_folder(), name, chunks, largest=LARGEST, kind_of=lambda head, _: _kind(name, head))


def _folder() -> Path:
    return Path(settings.DATA) / "imports"


def _kind(name: str, head: bytes) -> str:
    """Return what a file is by its content; its name may say anything."""
    if not head.strip():
        raise FileError.one(
            name, Text("文件是空的", "the file is empty"), Text("选择另一个文件", "choose another file")
        )
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError.one(
            name,
            Text("这是旧式工作簿（.xls、.et）或加密的工作簿", "this is a workbook of the old kind (.xls), or an encrypted one"),
            Text("用表格软件打开后另存为 .xlsx，不加密码", "open it in a spreadsheet program and save it as .xlsx, without a password"),
        )  # fmt: skip
    return "csv"


# --- the work itself ---


@handles(CHECK)
def check(progress: Progress, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read and check a file, and work out what it would change; writes nothing but the preview."""
    found = Import.objects.select_related("county").get(pk=payload["import"])
    if found.state != Import.State.CHECKING:
        return {}
    summary, _ = _examine(found, progress)
    state = Import.State.REFUSED if summary["refused"] or summary["unreadable"] else Import.State.READY
    with transaction.atomic():
        Import.objects.filter(pk=found.pk, state=Import.State.CHECKING).update(summary=summary, state=state)
        progress.finish({"import": found.pk})
    return {}


@handles(RECORD)
def record(progress: Progress, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Record a confirmed file: read and checked once more without a lock, then written in one short transaction."""
    found = Import.objects.select_related("county").get(pk=payload["import"])
    if found.state != Import.State.RECORDING:
        return {}
    by = Post.objects.select_related("unit__county", "person").filter(pk=payload["post"]).first()
    for _ in range(TRIES):
        summary, prepared = _examine(found, progress, by)
        if prepared is None:
            # The register or the ledger has changed since the preview; nothing was recorded.
            with transaction.atomic():
                Import.objects.filter(pk=found.pk).update(summary=summary, state=Import.State.REFUSED)
                progress.finish({"import": found.pk})
            return {}
        progress(0, 0, Text(f"写入{len(prepared.rows)}条", f"writing {len(prepared.rows)} records"))
        if _written(found, prepared, summary, progress, by):
            return {}
    raise JobRefused(MOVED)


def _written(
    found: Import, prepared: actions.Prepared, summary: dict[str, Any], progress: Progress, by: Post | None
) -> bool:
    """Write in one transaction; nothing is written where records have come in since the file was checked."""
    with act(actor(by, found.county)) as noted:
        actions.take(found.county_id)
        if actions.ledger_version(found.county_id) != prepared.version + 1:
            transaction.set_rollback(True)
            return False
        actions.write(prepared)
        if prepared.rows:
            actions.note_recorded(noted, found.year, prepared.rows, file=found.name, digest=found.digest)
        Import.objects.filter(pk=found.pk).update(
            summary=summary, state=Import.State.RECORDED, recorded_at=timezone.now()
        )
        progress.finish({"import": found.pk, "rows": len(prepared.rows)})
    return True


MOVED = Text(
    "核对期间总册有新记录，本文件没有登记。请重新核对后再确认。",
    "Records came in while this file was being checked; nothing of it was recorded. Check it again and confirm.",
)


def _examine(
    found: Import, progress: Progress, by: Post | None = None
) -> tuple[dict[str, Any], actions.Prepared | None]:
    """Read and check a file; the facts are prepared when there is no refusal."""
    now = timezone.now()
    note = Text("读取并核对", "reading and checking")
    progress(0, 0, note)
    try:
        intake = take_in(
            kept_file(found.digest, found.kind), found.kind, found.county_id, found.year, now,
            lambda done, total: progress(done, max(done, total), note),
        )  # fmt: skip
    except FileError as error:
        return _unreadable(error), None
    prepared = None
    if not intake.refused:
        progress(intake.rows, intake.rows, Text("推算得分变化", "working out what the score becomes"))
        try:
            prepared = actions.prepare(found.county_id, found.year, intake.facts, by=by)
        except actions.RecordError as refusals:
            for i, refusal in refusals.errors:
                place = intake.place(intake.lines[i], refusal.column)
                intake.refuse(place, refusal.column, refusal.message, refusal.remedy)
    summary = _summary(intake, prepared, found)
    return summary, prepared


def _unreadable(error: FileError) -> dict[str, Any]:
    problems = [
        {"place": _both(each.place.words()), "message": _both(each.message), "remedy": _both(each.remedy)}
        for each in error.problems[:50]
    ]
    return {"unreadable": problems, "refused": 0, "rows": 0, "new": 0}


def _both(words: Text) -> list[str]:
    return [words.zh, words.en]


def _summary(intake: Intake, prepared: actions.Prepared | None, found: Import) -> dict[str, Any]:
    """Return what the preview shows, as plain data."""
    facts = intake.facts
    codes = dict(Round.objects.filter(county_id=found.county_id).values_list("id", "code"))
    closed = set(Round.objects.filter(county_id=found.county_id, closed_at__isnull=False).values_list("id", flat=True))
    methods = _methods(found) if facts else {}
    first = [
        {
            "line": line, "item": fact.item, "stratum": fact.stratum, "cluster": fact.cluster, "subject": fact.subject,
            "round": codes.get(fact.round or 0, ""), "selection": fact.selection, "outcome": fact.outcome,
            "observed_at": fact.observed_at.astimezone(LOCAL).isoformat(), "supersedes": str(fact.supersedes or ""),
        }
        for line, fact in zip(intake.lines[:FIRST_ROWS], facts[:FIRST_ROWS], strict=True)
    ]  # fmt: skip
    corrections = [(line, fact) for line, fact in zip(intake.lines, facts, strict=True) if fact.supersedes]
    return {
        "unreadable": [],
        "rows": intake.rows,
        "blank": intake.blank,
        "known": intake.known,
        "repeated": intake.repeated,
        "new": len(facts),
        "refused": intake.refused,
        "refused_by": intake.refused_by.most_common(),
        "refusals": [_refusal(each) for each in intake.refusals],
        "unknown_columns": list(intake.unknown_columns)[:20],
        "by_round": Counter(codes.get(fact.round or 0, "") for fact in facts).most_common(),
        "by_type": Counter(fact.stratum for fact in facts).most_common(),
        "by_selection": Counter(fact.selection for fact in facts).most_common(),
        "by_method": Counter(methods.get(fact.item, "") for fact in facts).most_common(),
        "late_rounds": sorted({codes[fact.round] for fact in facts if fact.round in closed and fact.round in codes}),
        "first": first,
        "corrections": [
            {
                "line": line, "uid": str(fact.supersedes), "item": fact.item, "cluster": fact.cluster,
                "was": intake.corrected.get(fact.supersedes, "") if fact.supersedes else "", "is": fact.outcome,
            }
            for line, fact in corrections[:MOST_CORRECTIONS]
        ],
        "corrected": len(corrections),
        "moves": [asdict(move) for move in moves(prepared)] if prepared is not None else [],
    }  # fmt: skip


def _refusal(each: Refusal) -> dict[str, Any]:
    return {
        "place": _both(each.place.words()),
        "line": each.place.line,
        "column": each.column,
        "message": _both(each.message),
        "remedy": _both(each.remedy),
    }


def _methods(found: Import) -> dict[str, str]:
    """Return the method by which each item is checked first."""
    methods: dict[str, str] = {}
    for year in actions.years_on(found.county_id, found.year):
        for item, places in rulebook(year).by_item.items():
            methods.setdefault(item, places[0][0].check.method)
    return methods
