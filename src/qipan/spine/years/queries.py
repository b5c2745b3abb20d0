"""What can be asked about the years of a county: which are closed, what their records say, and whether they still do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from qipan.assessment.text import Text
from qipan.spine.campaigns.models import CampaignYear, YearRecord
from qipan.spine.years.content import digest_of

PARTS = ("total", "sections", "units", "types", "checks")
"""What of two records is laid side by side."""


@dataclass(frozen=True, slots=True)
class Record:
    """A frozen record: its number, who made it and when, and whether its year was opened again afterwards."""

    pk: int
    year_pk: int
    year: int
    campaign: Text
    serial: int
    closed_at: datetime
    closed_by: str
    note: str
    digest: str
    carried: int
    reopened_at: datetime | None
    reopened_by: str
    reason: str
    content: Mapping[str, Any]

    @property
    def total(self) -> Mapping[str, Any]:
        """The total in micro-points, with its range."""
        return cast("Mapping[str, Any]", self.content["total"])


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year of a county: which campaign it belongs to, its standard, whether it is closed, and its records, newest first."""

    pk: int
    year: int
    campaign_pk: int
    campaign: Text
    campaign_version: int
    standard: Text
    edition: Text
    standard_hash: str
    closed_at: datetime | None
    records: tuple[Record, ...]

    @property
    def last(self) -> Record | None:
        """The latest record."""
        return self.records[0] if self.records else None


def years_of(county_id: int) -> list[ShownYear]:
    """Return every year of a county, of all its campaigns, the latest first (two statements)."""
    records: dict[int, list[Record]] = {}
    for record in _records(county_id):
        records.setdefault(record.year_pk, []).append(record)
    found = CampaignYear.objects.filter(campaign__county_id=county_id).select_related("campaign", "standard")
    return [
        ShownYear(
            each.pk, each.year, each.campaign_id, each.campaign.name, each.campaign.version,
            Text(each.standard.title_zh, each.standard.title_en),
            Text(each.standard.edition_zh, each.standard.edition_en), each.standard_id, each.closed_at,
            tuple(records.get(each.pk, ())),
        )
        for each in found.defer("standard__content").order_by("-year", "-campaign__first_year")
    ]  # fmt: skip


def year_of_county(county_id: int, pk: int) -> CampaignYear | None:
    """Return a year of a county (one statement)."""
    found = CampaignYear.objects.filter(campaign__county_id=county_id, pk=pk).defer("standard__content")
    return found.select_related("campaign__county", "campaign__office", "standard").first()


def record_of(county_id: int, year_pk: int, serial: int | None = None) -> Record | None:
    """Return one record of a year, the latest when no number is given (one statement)."""
    return next((each for each in _records(county_id, year_pk) if serial in {None, each.serial}), None)


def records_of(county_id: int, year_pk: int) -> list[Record]:
    """Return every record of a year, the newest first (one statement)."""
    return list(_records(county_id, year_pk))


def _records(county_id: int, year_pk: int | None = None) -> Iterator[Record]:
    found = YearRecord.objects.filter(campaign_year__campaign__county_id=county_id)
    if year_pk is not None:
        found = found.filter(campaign_year_id=year_pk)
    for row in found.select_related("campaign_year__campaign").order_by("campaign_year_id", "-serial"):
        year = row.campaign_year
        yield Record(
            row.pk, year.pk, year.year, year.campaign.name, row.serial, row.closed_at, row.closed_by, row.note,
            row.digest, len(row.carried), row.reopened_at, row.reopened_by, row.reason, json.loads(row.content),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that two records of a year say differently: what it is, and its points in each; None where it is not."""

    part: str
    code: str
    name: Text
    was: Mapping[str, Any] | None
    now: Mapping[str, Any] | None


def compared(one: Record, two: Record) -> list[Changed]:
    """Return where two records of a year differ in their points, in the order of the record (no statement)."""
    found = []
    for part in PARTS:
        was, now = _rows(one, part), _rows(two, part)
        for key in [*was, *(key for key in now if key not in was)]:
            old, new = was.get(key), now.get(key)
            if _points(old) != _points(new):
                said = cast("Mapping[str, Any]", new or old)
                name = Text(str(said.get("zh", "")), str(said.get("en", "")))
                found.append(Changed(part, str(said.get("code", "")), name, old, new))
    return found


def _rows(record: Record, part: str) -> dict[str, Mapping[str, Any]]:
    if part == "total":
        return {"": record.total}
    return {str(row.get("key", row["code"])): row for row in record.content[part]}


def _points(row: Mapping[str, Any] | None) -> tuple[int, ...] | None:
    return None if row is None else tuple(row[name] for name in ("possible", "earned", "lost", "unassessed"))


def verify() -> Iterator[Text]:
    """Yield what is wrong with frozen records: a content that its digest does not fit, a record that is not there."""
    rows = YearRecord.objects.select_related("campaign_year__campaign__county").order_by("pk")
    closed = dict(
        CampaignYear.objects.filter(closed_at__isnull=False).values_list("pk", "campaign__county__code")
    )  # fmt: skip
    for row in rows:
        name = f"{row.campaign_year.campaign.county.code} {row.campaign_year.year} #{row.serial}"
        if digest_of(row.content) != row.digest:
            yield Text(
                f"{name}：归档记录与其指纹不符，请从备份恢复",
                f"{name}: the frozen record is not what its digest says; restore it from a backup",
            )
        if row.reopened_at is None:
            closed.pop(row.campaign_year_id, None)
    for pk, county in closed.items():
        year = CampaignYear.objects.values_list("year", flat=True).get(pk=pk)
        yield Text(f"{county} {year}：已归档而没有归档记录", f"{county} {year} is closed and has no frozen record")
