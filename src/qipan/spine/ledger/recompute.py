"""The ledger read from nothing, and whether the running sums agree with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from qipan.assessment.reading import ClusterReadings, Reading
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.tally import Tally
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.models import Reading as ReadingRow

CLUSTERS_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """A running reading or tally that is not what the ledger says."""

    campaign_year: int
    level: int
    check_key: str
    stratum: str
    cluster: str
    stored: Reading | Tally | None
    recomputed: Reading | Tally | None

    def __str__(self) -> str:
        place = f"{self.check_key} {self.stratum} {self.cluster or '(tally)'}"
        return f"{place}: stored {self.stored}, recomputed {self.recomputed}"


def recompute(
    book: Rulebook, county_id: int, year: int, until: datetime | None = None
) -> dict[running.Key, ClusterReadings]:
    """Read every check at every cluster of a county's year from its observations and lists alone.

    Args:
        book: by which checks are read.
        county_id: whose ledger.
        year: the year that its observations count for.
        until: as the ledger stood at this moment; None reads everything.
    """
    rounds = running.rounds_of(county_id, year, until)
    out: dict[running.Key, ClusterReadings] = {}
    for chunk in _clusters(county_id, year, rounds):
        keys: dict[running.Key, Line] = {}
        seen = Observation.objects.filter(county_id=county_id, year=year, cluster__in=chunk)
        for item, stratum, cluster in seen.order_by().values_list("item", "stratum", "cluster").distinct():
            keys |= running.keys_of(book, [running.Touched(item, stratum, cluster)])
        for stratum, cluster in running.listed_clusters(rounds, chunk):
            keys |= {(line.key, stratum, cluster): line for line in book.lines_of_stratum(stratum)}
        out |= running.read_keys(book, county_id, year, keys, rounds)
    return out


def _clusters(county_id: int, year: int, rounds: running.Rounds) -> Iterator[list[str]]:
    seen = Observation.objects.filter(county_id=county_id, year=year).values_list("cluster", flat=True).distinct()
    clusters = sorted({*seen.order_by(), *(cluster for _, cluster in running.listed_clusters(rounds))})
    for start in range(0, len(clusters), CLUSTERS_AT_ONCE):
        yield clusters[start : start + CLUSTERS_AT_ONCE]


def rebuild(year: CampaignYear) -> None:
    """Make the readings and tallies of a campaign year anew. To be called inside a transaction."""
    book = rulebook(year)
    running.replace_all(year.pk, recompute(book, year.campaign.county_id, year.year))


def differences(year: CampaignYear) -> Iterator[Difference]:
    """Yield what is stored for a campaign year and is not what its observations say."""
    book = rulebook(year)
    fresh = recompute(book, year.campaign.county_id, year.year)
    for level, pick in ((ReadingRow.Level.NOW, "now"), (ReadingRow.Level.FOUND, "found")):
        wanted: dict[running.Key, Reading] = {}
        sums: dict[tuple[str, str], Tally] = {}
        for key, both in fresh.items():
            reading = getattr(both, pick)
            if reading is not None:
                wanted[key] = reading
                sums.setdefault(key[:2], Tally()).add(reading)
        yield from _compare(year.pk, level, running.stored_readings(year.pk, level=level), wanted)
        stored = {(*key, ""): tally for key, tally in running.stored_tallies(year.pk, level).items() if tally}
        yield from _compare(year.pk, level, stored, {(*key, ""): tally for key, tally in sums.items() if tally})


def _compare(
    year: int,
    level: int,
    stored: Mapping[running.Key, Reading | Tally],
    wanted: Mapping[running.Key, Reading | Tally],
) -> Iterator[Difference]:
    for key in sorted({*stored, *wanted}):
        one, two = stored.get(key), wanted.get(key)
        # A reading taken back to nothing may stay as a row; it says the same as no row.
        if one != two and not (two is None and _nothing(one)) and not (one is None and _nothing(two)):
            yield Difference(year, level, *key, one, two)


def _nothing(one: Reading | Tally | None) -> bool:
    return one is None or (isinstance(one, Reading) and not one.enters and not one.applies and not one.na)


def verify() -> list[Difference]:
    """Return every difference between running and recomputed, of every campaign year."""
    years = CampaignYear.objects.select_related("campaign").order_by("id")
    return [difference for year in years for difference in differences(year)]
