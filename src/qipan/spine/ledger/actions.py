"""What can happen to the ledger: observations are recorded, rounds are opened and closed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone

from qipan.assessment.batch import MOST_WEIGHT, ObservationError
from qipan.assessment.reading import WITHDRAWN, ClusterReadings, Entry, round_reading
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.tally import Tally
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Actor, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.years.guard import refuse_closed
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Ledger, Listing, Observation, Round, RoundFigure, Selection
from qipan.spine.ledger.placing import place

NAMES_AT_ONCE = 5000
"""Databases bound the values of one statement."""

LONGEST = {
    "item": 80, "stratum": 40, "cluster": 40, "subject": 60, "outcome": 60,
    "by_person": 80, "by_post": 120, "by_unit": 80, "source": 80,
}  # fmt: skip
"""SQLite keeps what is longer than a column, PostgreSQL refuses it."""

UNASKED = -1
"""The version of a ledger that is held by who prepares: nobody else can change it."""

readings_changed = Signal()
"""Sent in the transaction, with `campaign_year` and `keys` (check, stratum, cluster)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One observation to record. `round` is the id of a round of the county, or None."""

    item: str
    outcome: str
    observed_at: datetime
    stratum: str = ""
    cluster: str = ""
    subject: str = ""
    round: int | None = None
    selection: str = "chosen"
    weight: int = 1
    own: bool = False
    source: str = ""
    supersedes: uuid.UUID | None = None
    uid: uuid.UUID = field(default_factory=uuid.uuid4)
    by_person: str = ""
    by_post: str = ""
    by_unit: str = ""
    recorded_at: datetime | None = None


class RecordError(ValueError):
    """Facts that cannot be recorded: (place in the list, error) for each. Nothing was recorded."""

    def __init__(self, errors: list[tuple[int, ObservationError]]) -> None:
        super().__init__("; ".join(f"{i}: {error}" for i, error in errors[:20]))
        self.errors = errors


def years_on(county_id: int, year: int) -> list[CampaignYear]:
    """Return the campaign years of a county that count a year's observations."""
    found = CampaignYear.objects.filter(campaign__county_id=county_id, year=year)
    return list(found.select_related("campaign").order_by("id"))


def open_years_on(county_id: int, year: int) -> list[CampaignYear]:
    """Return the campaign years that count a year's observations, for whoever is about to write to them.

    Raises:
        YearClosed: one of them is closed.
    """
    found = years_on(county_id, year)
    refuse_closed(found)
    return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts that are ready to be written: their rows, and the readings that they make in each campaign year.

    Everything heavy is done here, without a lock; what was prepared holds for one version of the ledger.
    """

    county_id: int
    year: int
    version: int
    rows: list[Observation]
    years: list[CampaignYear]
    books: list[Rulebook]
    readings: list[dict[running.Key, ClusterReadings]]
    now: datetime


def record(
    county_id: int, year: int, facts: Sequence[Fact], *, by: Post | None, taken: bool = False
) -> list[Observation]:
    """Record facts, and bring every reading and tally that they touch up to date, in one transaction.

    Args:
        county_id: whose ledger.
        year: the year that the facts count for.
        facts: in the order of recording.
        by: who records; the facts' own `by_…` stand where they are given.
        taken: whether the caller has taken the ledger in this transaction.

    Raises:
        RecordError: with every fact that no pinned standard can read, or that corrects what is not there.
        YearClosed: the year is closed.
    """
    with act(_actor(by, county_id)) as noted:
        if not taken:
            take(county_id)
        # Nobody else writes to this ledger now, whatever its version.
        prepared = _prepare(county_id, year, facts, by, UNASKED)
        write(prepared)
        if prepared.rows:
            note_recorded(noted, year, prepared.rows)
    return prepared.rows


def note_recorded(noted: Act, year: int, rows: Sequence[Observation], **more: object) -> None:
    """Write one entry of the journal for all that was recorded at once; the ledger itself holds who saw what."""
    first = rows[0]
    details = {"count": len(rows), "year": year, "source": first.source, **more}
    noted.note("ledger.record", Thing("observation", str(first.uid), first.item), details)


def _actor(by: Post | None, county_id: int) -> Actor:
    """Return who acts; where no post does, the program for the county."""
    if by is not None:
        return actor(by)
    return Actor(county=County.objects.values_list("code", flat=True).get(pk=county_id))


def prepare(county_id: int, year: int, facts: Sequence[Fact], *, by: Post | None) -> Prepared:
    """Check facts and read what they change, writing nothing.

    Raises:
        RecordError: with every fact that no pinned standard can read, or that corrects what is not there.
    """
    return _prepare(county_id, year, facts, by, ledger_version(county_id))


def _prepare(county_id: int, year: int, facts: Sequence[Fact], by: Post | None, version: int) -> Prepared:
    years = open_years_on(county_id, year)
    books = [rulebook(one) for one in years]
    placing = Places(books)
    originals = _originals(county_id, [fact.supersedes for fact in facts if fact.supersedes])
    rounds = running.rounds_of(county_id, year)
    rows: list[Observation] = []
    errors: list[tuple[int, ObservationError]] = []
    now = timezone.now()
    for i, fact in enumerate(facts):
        try:
            _check(fact, rounds.ranks)
            row = _row(county_id, year, fact, placing, originals, by, now)
        except ObservationError as error:
            errors.append((i, error))
            continue
        rows.append(row)
        # What a row of the same list is corrected by may follow it; what is corrected once is corrected for good.
        originals[row.uid] = row
        if fact.supersedes is not None:
            originals.pop(fact.supersedes, None)
    if errors:
        raise RecordError(errors)
    touched = {running.Touched(row.item, row.stratum, row.cluster) for row in rows}
    coming = [ledger_entries.coming(row, seq) for seq, row in enumerate(rows, ledger_entries.AFTER_ALL)]
    readings = [
        running.read_keys(book, county_id, year, running.keys_of(book, touched), rounds, coming) for book in books
    ]
    return Prepared(county_id, year, version, rows, years, books, readings, now)


def write(prepared: Prepared) -> None:
    """Write prepared facts. To be called in a transaction that has taken the ledger at the version prepared for."""
    Observation.objects.bulk_create(prepared.rows, batch_size=1000)
    for one, book, readings in zip(prepared.years, prepared.books, prepared.readings, strict=True):
        running.refresh(book, one.pk, readings)
        readings_changed.send(sender=Observation, campaign_year=one, keys=tuple(readings))
        _amend(one, book, prepared.county_id, prepared.rows)


def ledger_version(county_id: int) -> int:
    """Return the version of a county's ledger (one statement)."""
    return Ledger.objects.filter(county_id=county_id).values_list("version", flat=True).first() or 0


def take(county_id: int) -> None:
    """Take a county's ledger for the rest of the transaction and raise its version: writers of a county queue up."""
    if not Ledger.objects.filter(county_id=county_id).update(version=F("version") + 1):
        Ledger.objects.create(county_id=county_id, version=1)


def _originals(county_id: int, names: Iterable[uuid.UUID]) -> dict[uuid.UUID, Observation]:
    wanted = list(names)
    found: dict[uuid.UUID, Observation] = {}
    taken: set[uuid.UUID | None] = set()
    for start in range(0, len(wanted), NAMES_AT_ONCE):
        chunk = wanted[start : start + NAMES_AT_ONCE]
        for row in Observation.objects.filter(Q(county_id=county_id, uid__in=chunk) | Q(supersedes__in=chunk)):
            taken.add(row.supersedes)
            if row.county_id == county_id:
                found[row.uid] = row
    asked = set(wanted) - taken
    return {uid: row for uid, row in found.items() if uid in asked}


def _check(fact: Fact, rounds: Collection[str]) -> None:
    """Refuse what a column of the ledger does not hold, whichever database it is."""
    if fact.round is not None and str(fact.round) not in rounds:
        raise ObservationError(
            "round",
            Text(f"本县没有轮次{fact.round}", f"the county has no round {fact.round}"),
            Text("核对轮次，或留空", "check the round, or leave it empty"),
        )
    if fact.selection not in Selection.values:
        raise ObservationError(
            "selection",
            Text(f"没有抽取方式“{fact.selection}”", f"there is no selection {fact.selection!r}"),
            Text("可用：drawn、census、chosen", "use drawn, census or chosen"),
        )
    if not 1 <= fact.weight <= MOST_WEIGHT:
        raise ObservationError(
            "weight",
            Text(f"权重{fact.weight}超出范围", f"a weight of {fact.weight} is out of range"),
            Text(f"应为1至{MOST_WEIGHT}的整数", f"write a whole number from 1 to {MOST_WEIGHT}"),
        )
    if fact.outcome == WITHDRAWN and fact.supersedes is None:
        raise ObservationError(
            "supersedes",
            Text("没有写明撤回哪条记录", "nothing says which record is withdrawn"),
            Text("填写被撤回记录的编号", "give the id of the record that is taken back"),
        )
    for name, most in LONGEST.items():
        if len(getattr(fact, name)) > most:
            raise ObservationError(
                name,
                Text(f"超过{most}个字", f"is longer than {most} characters"),
                Text("缩短后再登记", "shorten it"),
            )


def _row(
    county_id: int,
    year: int,
    fact: Fact,
    placing: Places,
    originals: dict[uuid.UUID, Observation],
    by: Post | None,
    now: datetime,
) -> Observation:
    stratum, cluster, round_id, selection, source = fact.stratum, fact.cluster, fact.round, fact.selection, fact.source
    subject, own = fact.subject, fact.own
    if fact.supersedes is not None:
        original = originals.get(fact.supersedes)
        if original is not None and original.year != year:
            raise ObservationError(
                "supersedes",
                Text(
                    f"要更正的记录属于{original.year}年度，不是{year}年度",
                    f"what it corrects counts for {original.year}, not for {year}",
                ),
                Text(f"在{original.year}年度登记更正", f"record the correction in {original.year}"),
            )
        if original is None or original.item != fact.item:
            raise ObservationError(
                "supersedes",
                Text(
                    "要更正的记录不存在、已被更正，或不是同一检查项",
                    "what it corrects is not there, is already corrected, or is of another item",
                ),
                Text("填写最新一条记录的编号", "give the id of the latest record"),
            )
        # How a thing came to be looked at, and by whom, cannot be changed by correcting what was seen there.
        stratum, cluster, round_id, selection = (
            original.stratum,
            original.cluster,
            original.round_id,
            original.selection,
        )
        source, subject, own = source or original.source, subject or original.subject, own or original.own
    where = placing.place(fact.item, stratum, cluster, fact.outcome)
    return Observation(
        uid=fact.uid,
        county_id=county_id,
        year=year,
        item=fact.item,
        stratum=where[0],
        cluster=where[1],
        subject=subject,
        round_id=round_id,
        selection=selection,
        outcome=fact.outcome,
        weight=fact.weight,
        observed_at=fact.observed_at,
        recorded_at=fact.recorded_at or now,
        by_person=fact.by_person or (str(by.person) if by else ""),
        by_post=fact.by_post or (by.title_zh if by else ""),
        by_unit=fact.by_unit or (by.unit.code if by else ""),
        own=own,
        source=source,
        supersedes=fact.supersedes,
    )


class Places:
    """Where observations belong by the first pinned standard that can read them; the rows of a file recur."""

    def __init__(self, books: Sequence[Rulebook]) -> None:
        self._books = books
        self._known: dict[tuple[str, str, str], str] = {}

    def place(self, item: str, stratum: str, cluster: str, outcome: str) -> tuple[str, str]:
        """Return the canonical stratum and cluster.

        Raises:
            ObservationError: what the first pinned standard says against it.
        """
        known = self._known.get((item, stratum, outcome))
        if known == UNSTRATIFIED:
            return UNSTRATIFIED, UNSTRATIFIED
        if known is not None and cluster not in {"", UNSTRATIFIED}:
            return known, cluster
        problem: ObservationError | None = None
        for book in self._books:
            try:
                found = place(book, item, stratum, cluster, outcome)
            except ObservationError as error:
                problem = problem or error
            else:
                self._known[item, stratum, outcome] = found[0]
                return found
        raise problem or ObservationError("year", Text("这一年没有活动", "no campaign counts this year"))


# --- rounds ---


def open_round(
    county_id: int,
    code: str,
    name: Text,
    selection: str,
    opened_at: datetime,
    listed: Iterable[tuple[str, str]],
    *,
    seed: str = "",
    due_on: date | None = None,
    by: Post | None = None,
) -> Round:
    """Open a round with its list of (stratum, cluster); what is on it and not seen is missing from now on.

    The journal names the post that opens it; an act that opens it on the way to something more says so itself.
    """
    with act(actor(by)) as noted:
        take(county_id)
        opened = Round.objects.create(
            county_id=county_id, code=code, name_zh=name.zh, name_en=name.en, selection=selection, seed=seed,
            opened_at=opened_at, due_on=due_on,
        )  # fmt: skip
        year = running.year_of(opened_at)
        years = open_years_on(county_id, year)
        pairs = _canonical([rulebook(one) for one in years], listed)
        _list(opened, years, pairs)
        if by is not None:
            details = {"selection": selection, "listed": len(pairs), "seed": seed, "due_on": due_on}
            noted.note("ledger.open_round", Thing("round", code, name.zh or name.en), details)
    return opened


def extend_round(round_id: int, listed: Iterable[tuple[str, str]], *, by: Post | None = None) -> int:
    """Put more (stratum, cluster) on the list of a round that is open; what is on it stays. Return how many came.

    Raises:
        ValueError: the round is closed: what it published stays.
    """
    grown = Round.objects.get(pk=round_id)
    with act(actor(by)) as noted:
        take(grown.county_id)
        grown.refresh_from_db()
        if grown.closed_at is not None:
            raise ValueError("the round is closed")
        years = open_years_on(grown.county_id, running.year_of(grown.opened_at))
        there = set(grown.listings.values_list("stratum", "cluster"))
        pairs = [pair for pair in _canonical([rulebook(one) for one in years], listed) if pair not in there]
        _list(grown, years, pairs)
        if pairs and by is not None:
            noted.note("ledger.extend_round", Thing("round", grown.code, grown.name_zh), {"listed": len(pairs)})
    return len(pairs)


def _list(of: Round, years: Sequence[CampaignYear], pairs: Sequence[tuple[str, str]]) -> None:
    """Put pairs on a round's list and read them: what nobody has seen is missing from now on."""
    Listing.objects.bulk_create(
        [Listing(round=of, stratum=stratum, cluster=cluster) for stratum, cluster in pairs], batch_size=1000
    )
    year = running.year_of(of.opened_at)
    rounds = running.rounds_of(of.county_id, year)
    for one in years:
        book = rulebook(one)
        keys = {
            (line.key, stratum, cluster): line for stratum, cluster in pairs for line in book.lines_of_stratum(stratum)
        }
        running.refresh(book, one.pk, running.read_keys(book, of.county_id, year, keys, rounds))


def _canonical(books: Sequence[Rulebook], listed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a list with each stratum named as observations there are: a standard's word stands for a type."""
    pairs = list(dict.fromkeys(listed))
    names: dict[str, str] = {}
    for stratum in {stratum for stratum, _ in pairs}:
        found = (known for book in books for _, known in book.lines_at(stratum))
        names[stratum] = next(found, stratum)
    return list(dict.fromkeys((names[stratum], cluster) for stratum, cluster in pairs))


def close_round(round_id: int, closed_at: datetime, *, by: Post | None = None) -> Round:
    """Close a round: what it found is published check by check, and stays."""
    closed = Round.objects.get(pk=round_id)
    with act(actor(by)) as noted:
        take(closed.county_id)
        closed.refresh_from_db(fields=["closed_at"])
        if closed.closed_at is not None:
            return closed
        closed.closed_at = closed_at
        closed.save(update_fields=["closed_at"])
        for one in open_years_on(closed.county_id, running.year_of(closed.opened_at)):
            figures = round_figures(one, rulebook(one), closed)
            RoundFigure.objects.bulk_create(
                [_figure(one, closed, key, tally, None) for key, tally in figures.items()], batch_size=1000
            )
        if by is not None:
            noted.note("ledger.close_round", Thing("round", closed.code, closed.name_zh), {"closed_at": closed_at})
    return closed


def _figure(
    year: CampaignYear, of: Round, key: tuple[str, str], tally: Tally, amended_at: datetime | None
) -> RoundFigure:
    return RoundFigure(
        campaign_year=year, round=of, check_key=key[0], stratum=key[1], clusters=tally.clusters, seen=tally.seen,
        sum_y=tally.sum_y, amended_at=amended_at,
    )  # fmt: skip


def round_figures(
    year: CampaignYear, book: Rulebook, of: Round, only: set[str] | None = None
) -> dict[tuple[str, str], Tally]:
    """Return what a round found, by (check, stratum), from its observations and its list.

    Args:
        year: the campaign year.
        book: its rulebook.
        of: the round.
        only: the checks wanted; all when None.
    """
    where: dict[str, object] = {"county_id": of.county_id, "year": year.year, "round_id": of.pk}
    if only is not None:
        where["item__in"] = {item for key in only for items in book.lines[key].strata.values() for item in items}
    # A correction stands in the round of what it corrects, so the round's rows are enough.
    groups = ledger_entries.live(ledger_entries.rows(**where))
    found: dict[running.Key, list[Entry]] = {}
    for (item, stratum, cluster), group in groups.items():
        for line, known in book.places(item, stratum):
            if only is None or line.key in only:
                key = (line.key, known, running.cluster_of(line, cluster))
                found.setdefault(key, []).extend(entry for entry, _ in group)
    for stratum, cluster in of.listings.values_list("stratum", "cluster"):
        for line in book.lines_of_stratum(stratum):
            if only is None or line.key in only:
                found.setdefault((line.key, stratum, cluster), [])
    sums: dict[tuple[str, str], Tally] = {}
    for key, entries in found.items():
        line = book.lines[key[0]]
        if not line.counter:
            sums.setdefault(key[:2], Tally()).add(round_reading(line, key[1], sorted(entries), str(of.pk)))
    return sums


def _amend(year: CampaignYear, book: Rulebook, county_id: int, rows: Sequence[Observation]) -> None:
    """Put a dated amendment beside the published figures of closed rounds that late records change."""
    ids = {row.round_id for row in rows if row.round_id is not None}
    if not ids:
        return
    for closed in Round.objects.filter(pk__in=ids, county_id=county_id, closed_at__isnull=False):
        mine = [row for row in rows if row.round_id == closed.pk]
        late = {line.key for row in mine for line, _ in book.places(row.item, row.stratum)}
        amended_at = max(row.recorded_at for row in mine)
        before = _published(year.pk, closed.pk, late)
        # Of what was withdrawn whole nothing is left, and that too is an amendment.
        figures = {key: Tally() for key in before} | round_figures(year, book, closed, late)
        changed = [
            _figure(year, closed, key, tally, amended_at)
            for key, tally in figures.items()
            if before.get(key) != (tally.clusters, tally.seen, tally.sum_y)
        ]
        RoundFigure.objects.bulk_create(changed, batch_size=1000)


def _published(year: int, of: int, keys: Iterable[str]) -> dict[tuple[str, str], tuple[int, int, int]]:
    figures = RoundFigure.objects.filter(campaign_year_id=year, round_id=of, check_key__in=list(keys)).order_by("id")
    rows = figures.values_list("check_key", "stratum", "clusters", "seen", "sum_y")
    return {(row[0], row[1]): row[2:] for row in rows}
