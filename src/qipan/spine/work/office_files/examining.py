"""Reading an office's file and saying what it would do, as plain data for its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.documents.office.tables import read_tables
from qipan.ground.documents.problems import FileError
from qipan.ground.jobs.progress import Progress
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.lightness.demands import month_of
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.limits import settings_of
from qipan.spine.work.office_files.columns import what_is_missing
from qipan.spine.work.office_files.models import OfficeFile, OfficeWord
from qipan.spine.work.office_files.planning import NEW_TASK, STATES, Plan, PlannedRow, plan
from qipan.spine.work.office_files.rows import ReadTable, read_rows
from qipan.spine.work.office_files.world import World, world_of


@dataclass(slots=True)
class Examined:
    """A file that was read, and what it would do."""

    year: CampaignYear
    plan: Plan
    at: datetime


def examine(
    found: OfficeFile, path: Path, fallback: datetime | None, progress: Progress
) -> tuple[dict[str, Any], Examined | None]:
    """Return the summary of a file, and what it would do; None where it cannot be read."""
    note = Text("读取并核对", "reading and checking")
    progress(0, 0, note)
    words = {(one.kind, one.word): one.means for one in OfficeWord.objects.filter(county_id=found.county_id)}
    chosen = {word: (means[0] if means else "") for (kind, word), means in words.items() if kind == "heading"}
    explained = {word: list(means) for (kind, word), means in words.items() if kind == "unit"}
    year = (
        CampaignYear.objects.filter(campaign__county_id=found.county_id, year=found.year)
        .select_related("campaign__county", "campaign__office")
        .order_by("-id")
        .first()
    )
    try:
        if year is None:
            raise FileError.one(found.name, Text(f"没有{found.year}年度", f"there is no year {found.year}"))
        tables = read_rows(read_tables(path, found.kind), chosen, found.name)
    except FileError as error:
        return _unreadable(error, path, found.name), None
    total = sum(len(one.rows) for one in tables)
    world = world_of(year, explained, _numbers(tables))
    now = timezone.now()
    planned = plan(tables, world, now=now, fallback=fallback, tell=lambda done: progress(done, total, note))
    return _summary(tables, planned, world, explained), Examined(year, planned, now)


def _numbers(tables: Iterable[ReadTable]) -> list[str]:
    return [row.line(name) for table in tables for row in table.rows for name in ("number", "serial") if row.line(name)]


def _unreadable(error: FileError, path: Path, name: str) -> dict[str, Any]:
    problems = [
        {
            "file": name if one.file == str(path) else one.file, "place": both(one.place.words()),
            "message": both(one.message), "remedy": both(one.remedy),
        }
        for one in error.problems[:50]
    ]  # fmt: skip
    return {"unreadable": problems, "rows": 0, "changes": 0, "digest": ""}


def both(words: Text) -> list[str]:
    """Return words in both languages as plain data."""
    return [words.zh, words.en]


def _summary(tables: list[ReadTable], planned: Plan, world: World, explained: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "unreadable": [],
        "rows": len(planned.rows),
        "changes": planned.changes,
        "digest": planned.digest(),
        "counts": {state: planned.count(state) for state in STATES},
        "past": planned.past,
        "over": _over(planned, world),
        "pictures": len({one.part for row in planned.rows if row.state in {"order", "join"} for one in row.pictures}),
        "tables": [_table(one) for one in tables],
        "unknown_units": [
            {"word": word, "rows": count, "near": [[code, *both(name)] for code, name in world.units.near(word)]}
            for word, count in sorted(planned.unknown_units.items(), key=lambda pair: -pair[1])
        ],
        "explained": _explained(tables, explained),
        "lines": [_line(one, world) for one in planned.rows],
    }


def _over(planned: Plan, world: World) -> list[list[str | int]]:
    """Return the units that the tasks of a file would ask more of than the limit of the month: names, had, more."""
    drafts = [one.draft for one in planned.rows if one.draft is not None and one.state == NEW_TASK]
    more = Counter(unit for draft in drafts for unit in (draft.lead.pk, *(one.pk for one in draft.supports)))
    limit = settings_of(world.year.campaign.county_id).requests_a_month
    if not more or not limit:
        return []
    rows = Demand.objects.filter(
        county_id=world.year.campaign.county_id, month=month_of(timezone.now()), unit_id__in=more
    )
    had = Counter(rows.values_list("unit_id", flat=True))
    names = world.units.names.names
    return [[*both(names[pk]), had[pk], count] for pk, count in more.most_common() if had[pk] + count > limit]


def _table(read: ReadTable) -> dict[str, Any]:
    fields = set(read.heading.fields.values())
    return {
        "name": read.name,
        "kind": read.kind,
        "rows": len(read.rows),
        "columns": [
            [word, read.heading.fields.get(column, "")] for column, word in enumerate(read.heading.words) if word
        ],
        "missing": [both(one) for one in what_is_missing(fields)],
    }


def _explained(tables: list[ReadTable], explained: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what was explained earlier and stands in this file, so that it can be seen and changed."""
    if not explained:
        return {}
    said = "\n".join(
        row.words(name) for table in tables for row in table.rows for name in ("lead", "support", "responsible")
    )
    return {word: means for word, means in explained.items() if word in said}


def _line(one: PlannedRow, world: World) -> dict[str, Any]:
    return {
        "place": both(one.place.words()),
        "state": one.state,
        "title": both(one.title),
        "lead": both(one.lead),
        "supports": [both(world.units.names.names[pk]) for pk in one.supports],
        "deadline": one.deadline.isoformat() if one.deadline else "",
        "words": one.words,
        "why": [both(reason) for reason in one.reasons],
        "notes": [both(note) for note in one.notes],
        "item": one.joins,
        "pictures": len(one.pictures),
    }
