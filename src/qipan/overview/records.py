"""The records of a year: visits and reviews in one list, and what a visit moved at its site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from qipan.assessment import explain
from qipan.assessment.reading import read
from qipan.assessment.text import Text
from qipan.sources.evidence.models import Review
from qipan.sources.evidence.queries import desk_code, desk_title
from qipan.sources.fieldwork.draws import stratum_title
from qipan.sources.fieldwork.models import Visit
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Observation

Year: TypeAlias = CampaignYear
"""A campaign year, for pages, which touch no table."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what the list is narrowed; empty means all."""

    kind: str = ""
    person: str = ""
    round: str = ""
    words: str = ""
    faults: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A visit or a review in the list."""

    kind: str
    uid: UUID
    at: datetime
    recorded_at: datetime
    code: str
    name: Text
    about: Text
    round: str
    by_person: str
    by_unit: str
    items: int
    faults: int


def record_count(year: CampaignYear, wanted: Wanted) -> int:
    """Return how many records there are (two statements)."""
    return _visits(year, wanted).count() + _reviews(year, wanted).count()


def records(year: CampaignYear, wanted: Wanted, start: int = 0, end: int | None = None) -> list[Record]:
    """Return records, the newest first (three statements)."""
    book = rulebook(year)
    visits = _visits(year, wanted).select_related("site", "round").order_by("-recorded_at", "-id")[:end]
    reviews = _reviews(year, wanted).select_related("round").order_by("-recorded_at", "-id")[:end]
    found = [
        Record(
            "visit", each.uid, each.visited_at, each.recorded_at, each.site.code, each.site.name,
            stratum_title(book, each.site.type), each.round.code if each.round else "", each.by_person, each.by_unit,
            each.items, each.faults,
        )
        for each in visits
    ]  # fmt: skip
    rows = list(reviews)
    sources = [f"review/{each.uid}" for each in rows]
    counts = dict(
        Observation.objects.filter(
            county_id=year.campaign.county_id, year=year.year, cluster="-", source__in=sources, supersedes=None
        )
        .values_list("source")
        .annotate(n=Count("seq"))
        .order_by()
    )
    for each in rows:
        line = book.lines.get(each.check_key)
        about = each.document or each.authority
        found.append(
            Record(
                each.kind, each.uid, timezone.make_aware(datetime.combine(each.observed_on, time())), each.recorded_at,
                desk_code(book, line) if line else "",
                desk_title(book, line) if line else Text(each.check_key, each.check_key), Text(about, about),
                each.round.code if each.round else "", each.by_person, each.by_unit,
                counts.get(f"review/{each.uid}", 0), 0,
            )
        )  # fmt: skip
    found.sort(key=lambda record: (record.recorded_at, str(record.uid)), reverse=True)
    return found[start:end]


def _visits(year: CampaignYear, wanted: Wanted):  # type: ignore[no-untyped-def]
    found = Visit.objects.filter(county_id=year.campaign.county_id, year=year.year)
    if wanted.kind not in {"", "visit"}:
        return found.none()
    if wanted.faults:
        found = found.filter(faults__gt=0)
    if wanted.words:
        said = wanted.words
        found = found.filter(
            Q(site__code__icontains=said) | Q(site__name_zh__icontains=said) | Q(site__name_en__icontains=said)
        )
    return found.filter(_both(wanted, "visited_at__date"))


def _reviews(year: CampaignYear, wanted: Wanted):  # type: ignore[no-untyped-def]
    found = Review.objects.filter(county_id=year.campaign.county_id, year=year.year)
    if wanted.kind == "visit" or wanted.faults:
        return found.none()
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.words:
        said = wanted.words
        found = found.filter(Q(check_key__icontains=said) | Q(document__icontains=said) | Q(authority__icontains=said))
    return found.filter(_both(wanted, "observed_on"))


def _both(wanted: Wanted, day: str) -> Q:
    found = Q()
    if wanted.person:
        found &= Q(by_person=wanted.person)
    if wanted.round:
        found &= Q(round__code=wanted.round)
    if wanted.since:
        found &= Q(**{f"{day}__gte": wanted.since})
    if wanted.until:
        found &= Q(**{f"{day}__lte": wanted.until})
    return found


def people(year: CampaignYear) -> list[str]:
    """Return who has recorded anything (two statements)."""
    where = {"county_id": year.campaign.county_id, "year": year.year}
    found = set(Visit.objects.filter(**where).order_by().values_list("by_person", flat=True).distinct())
    found |= set(Review.objects.filter(**where).order_by().values_list("by_person", flat=True).distinct())
    return sorted(found - {""})


# --- what moved ---


@dataclass(frozen=True, slots=True)
class Moved:
    """A check at a site: how it would read without a record, and how it reads with it."""

    check: str
    node: str
    code: str
    title: Text
    before: Text | None
    now: Text
    change: int
    """On `SCALE`; 0 where nothing was read before."""
    enters: bool


def moved(year: CampaignYear, stratum: str, cluster: str, source: str, items: Iterable[str]) -> list[Moved]:
    """Return what a record moved at its place: each check read with and without its observations (three statements)."""
    book, county = rulebook(year), year.campaign.county_id
    touched = {running.Touched(item, stratum, cluster) for item in items}
    keys = running.keys_of(book, touched)
    wanted = {item for key, line in keys.items() for item in line.strata[key[1]]}
    stored = list(ledger_entries.rows(county_id=county, year=year.year, cluster=cluster, item__in=wanted))
    mine = {row[1] for row in stored if row[13] == source}
    # A correction of this record goes with it; a correction that came from elsewhere stands on its own.
    others = [row for row in stored if row[1] not in mine and row[14] not in mine]
    rounds = running.rounds_of(county, year.year)
    listed = running.listed_clusters(rounds, [cluster])
    found = []
    for key, line in keys.items():
        places = [(item, key[1], key[2]) for item in line.strata[key[1]]]
        on_list = key[1:] in listed
        with_it = ledger_entries.entries(ledger_entries.live(stored), places)
        without = ledger_entries.entries(ledger_entries.live(others), places)
        now = read(line, key[1], with_it, rounds.ranks, listed=on_list).now
        before = read(line, key[1], without, rounds.ranks, listed=on_list).now if without else None
        node = book.nodes.get(line.node)
        found.append(
            Moved(
                line.key, line.node, node.code if node else "", line.check.title or (node.title if node else Text()),
                explain.reading_line(line, before) if before is not None and before.applies else None,
                explain.reading_line(line, now), now.y - before.y if before is not None and before.weight else 0,
                now.enters,
            )
        )  # fmt: skip
    return found
