"""Readings and tallies, kept up in the transaction that records an observation.

One observation touches the readings of its cluster and their tallies, and nothing else: the work does not grow with
the ledger. A reading is made anew from the observations of its cluster by the one reading function, and its tally is
changed by the difference, so that running sums and a recompute can only agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import connection, models
from django.utils import timezone

from qipan.assessment.reading import NOTHING_READ, ClusterReadings, Reading, read, read_as_listed
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.tally import NAMES as TALLY_COLUMNS
from qipan.assessment.tally import Tally
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger.models import Listing, Round, Selection
from qipan.spine.ledger.models import Reading as ReadingRow
from qipan.spine.ledger.models import Tally as TallyRow

READING_COLUMNS = (
    "enters", "value", "weight", "num", "den", "faults", "unknown", "y", "low", "high",
    "na", "not_seen", "refused", "lost", "disputed",
)  # fmt: skip
KEY_COLUMNS = ("level", "check_key", "stratum", "cluster")

CLUSTERS_AT_ONCE = 2000
"""Databases bound the values of one statement; files touch more clusters than that."""

Key: TypeAlias = tuple[str, str, str]
"""(check key, stratum, cluster)"""
LevelKey: TypeAlias = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Touched:
    """A place at which something was recorded: item, stratum, cluster."""

    item: str
    stratum: str
    cluster: str


def keys_of(book: Rulebook, touched: Iterable[Touched]) -> dict[Key, Line]:
    """Return the readings that observations at some places belong to."""
    found: dict[Key, Line] = {}
    for place in touched:
        for line, stratum in book.places(place.item, place.stratum):
            found[line.key, stratum, cluster_of(line, place.cluster)] = line
    return found


def cluster_of(line: Line, cluster: str) -> str:
    """Return the cluster that a check reads: checks of one thing only have one."""
    return UNSTRATIFIED if line.one_thing or line.counter else cluster


@dataclass(frozen=True, slots=True)
class Rounds:
    """A county's rounds: each one's rank by its opening, and those whose lists make clusters enter in a year."""

    ranks: Mapping[str, int]
    listing: tuple[int, ...]
    until: datetime | None = None
    """Only what was on record at this moment is read; None reads everything."""


def rounds_of(county_id: int, year: int, until: datetime | None = None) -> Rounds:
    """Return the rounds of a county as the readings of a year need them (one statement).

    Args:
        county_id: whose rounds.
        year: the year that is read.
        until: leave out what was opened, and read nothing that was recorded, after this moment.
    """
    opened = Round.objects.filter(county_id=county_id)
    if until is not None:
        opened = opened.filter(opened_at__lte=until)
    found = list(opened.order_by("opened_at", "id").values_list("id", "selection", "opened_at"))
    return Rounds(
        {str(number): rank for rank, (number, _, _) in enumerate(found, 1)},
        tuple(number for number, how, at in found if how != Selection.CHOSEN and year_of(at) == year),
        until,
    )


def listed_clusters(rounds: Rounds, clusters: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """Return (stratum, cluster) of what the year's drawn and census rounds have on their lists."""
    if not rounds.listing:
        return set()
    found = Listing.objects.order_by().filter(round_id__in=rounds.listing)
    if clusters is not None:
        found = found.filter(cluster__in=list(clusters))
    return set(found.values_list("stratum", "cluster").distinct())


def year_of(opened_at: datetime) -> int:
    """Return the year that a round counts for: the one in which it was opened."""
    return timezone.localtime(opened_at, timezone.get_default_timezone()).year


def read_keys(
    book: Rulebook,
    county_id: int,
    year: int,
    keys: Mapping[Key, Line],
    rounds: Rounds,
    coming: Iterable[ledger_entries.Row] = (),
) -> dict[Key, ClusterReadings]:
    """Read some checks at some clusters from the ledger (two statements for each two thousand clusters).

    Args:
        book: by which checks are read.
        county_id: whose ledger.
        year: the year that its observations count for.
        keys: what to read.
        rounds: the county's rounds.
        coming: rows that are not stored yet and count as if they were.
    """
    by_cluster: dict[str, dict[Key, Line]] = {}
    for key, line in keys.items():
        by_cluster.setdefault(key[2], {})[key] = line
    unread = defaultdict(list)
    for row in coming:
        unread[row[4]].append(row)
    clusters = sorted(by_cluster)
    out: dict[Key, ClusterReadings] = {}
    for start in range(0, len(clusters), CLUSTERS_AT_ONCE):
        chunk = clusters[start : start + CLUSTERS_AT_ONCE]
        wanted = {key: line for cluster in chunk for key, line in by_cluster[cluster].items()}
        rows = [row for cluster in chunk for row in unread[cluster]]
        out |= _read_chunk(county_id, year, chunk, wanted, rounds, rows)
    return out


def _read_chunk(
    county_id: int,
    year: int,
    clusters: Sequence[str],
    keys: Mapping[Key, Line],
    rounds: Rounds,
    coming: list[ledger_entries.Row],
) -> dict[Key, ClusterReadings]:
    places: dict[Key, list[ledger_entries.Place]] = {
        key: [(item, key[1], key[2]) for item in line.strata[key[1]]] for key, line in keys.items()
    }
    items = {item for found in places.values() for item, _, _ in found}
    on_record = {} if rounds.until is None else {"recorded_at__lte": rounds.until, "observed_at__lte": rounds.until}
    rows = ledger_entries.rows(county_id=county_id, year=year, cluster__in=clusters, item__in=items, **on_record)
    groups = ledger_entries.live([*rows, *coming])
    listed = listed_clusters(rounds, clusters)
    out: dict[Key, ClusterReadings] = {}
    for key, line in keys.items():
        found = ledger_entries.entries(groups, places[key])
        if found:
            out[key] = read(line, key[1], found, rounds.ranks, listed=key[1:] in listed)
        elif key[1:] in listed:
            out[key] = ClusterReadings(read_as_listed(line, key[1]), None)
        else:
            out[key] = ClusterReadings(NOTHING_READ, None)
    return out


def _levels(read_now: Mapping[Key, ClusterReadings]) -> Iterator[tuple[LevelKey, Reading]]:
    for key, both in read_now.items():
        yield (ReadingRow.Level.NOW, *key), both.now
        yield (ReadingRow.Level.FOUND, *key), both.found or NOTHING_READ


def changes(
    campaign_year_id: int, read_now: Mapping[Key, ClusterReadings]
) -> tuple[dict[LevelKey, Reading], dict[tuple[int, str, str], Tally]]:
    """Return the readings that are not as stored, and what they add to their tallies; writes nothing."""
    wanted = dict(_levels(read_now))
    stored = _stored(campaign_year_id, read_now)
    changed = {key: reading for key, reading in wanted.items() if stored.get(key, NOTHING_READ) != reading}
    differences: dict[tuple[int, str, str], Tally] = {}
    for key, reading in changed.items():
        change = differences.setdefault(key[:3], Tally())
        change.add(stored.get(key, NOTHING_READ), -1)
        change.add(reading)
    return changed, differences


def refresh(book: Rulebook, campaign_year_id: int, read_now: Mapping[Key, ClusterReadings]) -> None:
    """Store new readings and change their tallies by the difference (four statements a thousand readings)."""
    changed, differences = changes(campaign_year_id, read_now)
    if changed:
        _save_readings(campaign_year_id, changed)
        add_to_tallies(campaign_year_id, differences)


def _stored(campaign_year_id: int, keys: Iterable[Key]) -> dict[LevelKey, Reading]:
    wanted = set(keys)
    checks, clusters = {key[0] for key in wanted}, sorted({key[2] for key in wanted})
    stored: dict[LevelKey, Reading] = {}
    for start in range(0, len(clusters), CLUSTERS_AT_ONCE):
        found = ReadingRow.objects.filter(
            campaign_year_id=campaign_year_id,
            check_key__in=checks,
            cluster__in=clusters[start : start + CLUSTERS_AT_ONCE],
        )
        rows = found.values_list(*KEY_COLUMNS, *READING_COLUMNS)
        stored |= {row[:4]: Reading(*row[4:]) for row in rows if row[1:4] in wanted}
    return stored


def _save_readings(campaign_year_id: int, changed: Mapping[LevelKey, Reading]) -> None:
    ReadingRow.objects.bulk_create(
        [reading_row(campaign_year_id, key, reading) for key, reading in changed.items()],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["campaign_year", *KEY_COLUMNS],
        update_fields=list(READING_COLUMNS),
    )


def reading_row(campaign_year_id: int, key: LevelKey, reading: Reading) -> ReadingRow:
    """Return the row that stores a reading."""
    names = dict(zip(READING_COLUMNS, astuple(reading), strict=True))
    level, check_key, stratum, cluster = key
    return ReadingRow(
        campaign_year_id=campaign_year_id, level=level, check_key=check_key, stratum=stratum, cluster=cluster, **names
    )


def add_to_tallies(campaign_year_id: int, differences: Mapping[tuple[int, str, str], Tally]) -> None:
    """Add to tallies in place (one statement a thousand tallies); a tally that is not there begins at zero."""
    changes = [(key, change) for key, change in differences.items() if change]
    table = connection.ops.quote_name(TallyRow._meta.db_table)
    columns = ("campaign_year_id", "level", "check_key", "stratum", *TALLY_COLUMNS)
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in TALLY_COLUMNS)
    for start in range(0, len(changes), 1000):
        chunk = changes[start : start + 1000]
        line = f"({', '.join(['%s'] * len(columns))})"
        # Both databases know this form; the ORM has no upsert that adds.
        statement = (
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 every name is a column of our own model
            f"VALUES {', '.join([line] * len(chunk))} "
            f"ON CONFLICT (campaign_year_id, level, check_key, stratum) DO UPDATE SET {sums}"
        )
        values: list[str | int] = []
        for key, change in chunk:
            values += [campaign_year_id, *key, *astuple(change)]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


def replace_all(campaign_year_id: int, read_now: Mapping[Key, ClusterReadings]) -> None:
    """Throw the readings and tallies of a campaign year away and store these: after its editions changed."""
    ReadingRow.objects.filter(campaign_year_id=campaign_year_id).delete()
    TallyRow.objects.filter(campaign_year_id=campaign_year_id).delete()
    kept = [(key, reading) for key, reading in _levels(read_now) if reading != NOTHING_READ]
    sums: dict[tuple[int, str, str], Tally] = {}
    for key, reading in kept:
        sums.setdefault(key[:3], Tally()).add(reading)
    ReadingRow.objects.bulk_create(
        [reading_row(campaign_year_id, key, reading) for key, reading in kept], batch_size=1000
    )
    add_to_tallies(campaign_year_id, sums)


def stored_tallies(campaign_year_id: int, level: int = ReadingRow.Level.NOW) -> dict[tuple[str, str], Tally]:
    """Return the running tallies by (check key, stratum) (one statement)."""
    rows = TallyRow.objects.filter(campaign_year_id=campaign_year_id, level=level)
    return {(row[0], row[1]): Tally(*row[2:]) for row in rows.values_list("check_key", "stratum", *TALLY_COLUMNS)}


def stored_readings(
    campaign_year_id: int, where: models.Q | None = None, level: int = ReadingRow.Level.NOW
) -> dict[Key, Reading]:
    """Return the running readings by (check key, stratum, cluster) (one statement)."""
    rows = ReadingRow.objects.filter(where or models.Q(), campaign_year_id=campaign_year_id, level=level)
    columns: Sequence[str] = ("check_key", "stratum", "cluster", *READING_COLUMNS)
    return {row[:3]: Reading(*row[3:]) for row in rows.values_list(*columns)}
