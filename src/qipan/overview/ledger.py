"""The ledger as people read it: the list of observations, one of them with its corrections, and the rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from qipan.assessment import explain
from qipan.assessment.reading import MISSING, NOT_APPLICABLE, WITHDRAWN, Reading
from qipan.assessment.rulebook import Counted, Line, Rulebook
from qipan.assessment.scale import SCALE
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.overview.board import type_title
from qipan.overview.points import UnitName
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.scorecards.queries import Standing, standing

STANDS = ("live", "corrected", "corrections", "withdrawn")
"""What stands · what was corrected or taken back · what corrects something · what takes something back."""
MISSES = tuple(sorted(MISSING))
OUTCOME_GROUPS = ("pass", "fail", "other", NOT_APPLICABLE, "missing", *MISSES)
MOST_PLACES = 300
"""A unit's points hang on so many sets of sites at most; beyond them its list is said to be too wide."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which observations are wanted; an empty field is no condition. `unit` is a unit's id, or 0 for nobody."""

    round: str = ""
    stratum: str = ""
    cluster: str = ""
    item: str = ""
    check: str = ""
    node: str = ""
    unit: int | None = None
    by_unit: str = ""
    selection: str = ""
    outcome: str = ""
    stands: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A row of the list. `corrected_by` names what supersedes it; `node` is the criterion that reads it first."""

    seq: int
    uid: UUID
    item: str
    title: Text
    safety: bool
    stratum: str
    cluster: str
    site: Text
    subject: str
    round: str
    selection: str
    outcome: str
    word: Text
    good: bool | None
    weight: int
    observed_at: datetime
    recorded_at: datetime
    by_person: str
    by_post: str
    by_unit: str
    own: bool
    source: str
    supersedes: UUID | None
    corrected_by: UUID | None
    withdrawn: bool
    node: str
    code: str
    node_title: Text

    @property
    def stands(self) -> bool:
        """Whether it counts: nothing supersedes it, and it takes nothing back."""
        return self.corrected_by is None and self.outcome != WITHDRAWN


COLUMNS = (
    "seq", "uid", "item", "stratum", "cluster", "subject", "round_id", "selection", "outcome", "weight",
    "observed_at", "recorded_at", "by_person", "by_post", "by_unit", "own", "source", "supersedes",
)  # fmt: skip
ORDERS: Mapping[str, tuple[str, ...]] = {
    "seq": ("seq",), "-seq": ("-seq",),
    "observed": ("observed_at", "seq"), "-observed": ("-observed_at", "-seq"),
    "site": ("cluster", "item", "seq"), "-site": ("-cluster", "-item", "-seq"),
    "item": ("item", "cluster", "seq"), "-item": ("-item", "-cluster", "-seq"),
}  # fmt: skip


class Book:
    """Words for what the ledger holds: items, types, rounds; read once for a page."""

    def __init__(self, year: CampaignYear) -> None:
        self.year = year
        self.county = year.campaign.county_id
        self.book: Rulebook = rulebook(year)
        self.rounds: dict[int, tuple[str, Text]] = {
            pk: (code, Text(zh, en))
            for pk, code, zh, en in Round.objects.filter(county_id=self.county).values_list(
                "id", "code", "name_zh", "name_en"
            )
        }
        self._titles: dict[str, Text] = {}

    def title(self, item: str) -> Text:
        """Return the title of an item."""
        found = self._titles.get(item)
        if found is None:
            found = self._titles[item] = self._title(item)
        return found

    def _title(self, item: str) -> Text:
        known = self.book.catalogue.items.get(item)
        if known is not None:
            return known.title
        for line, stratum in self.book.by_item.get(item, ()):
            for items in line.check.strata.values():
                for each in items:
                    if each.key == item and each.title:
                        return each.title
            if line.counter and stratum == UNSTRATIFIED:
                return line.check.title
            node = line.standard.nodes.get(item)
            if node is not None:
                return node.title
        return Text(item, item)

    def place(self, item: str, stratum: str) -> Line | None:
        """Return the first check that reads an item there, one with points before a mere counter."""
        lines = [line for line, known in self.book.by_item.get(item, ()) if known == stratum]
        return lines[0] if lines else None

    def matching(self, words: str) -> list[str]:
        """Return the items whose key or title holds some words."""
        wanted = words.casefold().split()
        found = []
        for item in {*self.book.by_item, *self.book.catalogue.items}:
            title = self.title(item)
            text = f"{item} {title.zh} {title.en}".casefold()
            if all(word in text for word in wanted):
                found.append(item)
        return found


def matching(year: CampaignYear, wanted: Wanted, book: Book, now: Standing | None = None) -> QuerySet[Observation]:
    """Return the observations that meet the conditions, unordered.

    Args:
        year: the campaign year.
        wanted: the conditions.
        book: words, with the rounds.
        now: where the year stands; needed where a unit is asked for.
    """
    found = Observation.objects.filter(county_id=book.county, year=year.year)
    if wanted.round:
        ids = [pk for pk, (code, _) in book.rounds.items() if code == wanted.round]
        found = found.filter(round__isnull=True) if wanted.round == "-" else found.filter(round_id__in=ids)
    if wanted.stratum:
        found = found.filter(stratum=wanted.stratum)
    if wanted.cluster:
        found = found.filter(_cluster(book.county, wanted.cluster))
    if wanted.item:
        exact = wanted.item in book.book.by_item or wanted.item in book.book.catalogue.items
        found = found.filter(item=wanted.item) if exact else found.filter(item__in=book.matching(wanted.item))
    if wanted.check or wanted.node:
        found = found.filter(_lines(_wanted_lines(book.book, wanted)))
    if wanted.unit is not None and now is not None:
        found = found.filter(_of_unit(now, wanted.unit or None))
    for name in ("by_unit", "selection"):
        if getattr(wanted, name):
            found = found.filter(**{name: getattr(wanted, name)})
    found = found.filter(_outcome(wanted.outcome), _stands(wanted.stands))
    zone = timezone.get_current_timezone()
    if wanted.since:
        found = found.filter(observed_at__gte=datetime.combine(wanted.since, time(), zone))
    if wanted.until:
        found = found.filter(observed_at__lt=datetime.combine(wanted.until + timedelta(days=1), time(), zone))
    return found


def _cluster(county: int, words: str) -> Q:
    """Match a code exactly, else every site whose code or name holds the words."""
    sites = Site.objects.filter(county_id=county)
    named = sites.filter(Q(code__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words))
    if words == UNSTRATIFIED or sites.filter(code=words).exists():
        return Q(cluster=words)
    return Q(cluster=words) | Q(cluster__in=named.values("code"))


def _wanted_lines(book: Rulebook, wanted: Wanted) -> list[Line]:
    if wanted.check:
        line = book.lines.get(wanted.check)
        return [line] if line is not None else []
    nodes, queue = set(), [wanted.node]
    while queue:
        key = queue.pop()
        if key in book.nodes and key not in nodes:
            nodes.add(key)
            queue.extend(book.nodes[key].children)
    return [line for line in book.lines.values() if line.node in nodes]


def _lines(lines: Iterable[Line]) -> Q:
    """Match what some checks read: by stratum, the items that they look at there."""
    by_stratum: dict[str, set[str]] = {}
    for line in lines:
        for stratum, items in line.strata.items():
            by_stratum.setdefault(stratum, set()).update(items)
    found = Q(pk__in=())
    for stratum, keys in by_stratum.items():
        if keys:
            found |= Q(stratum=stratum, item__in=keys)
    return found


def _of_unit(now: Standing, unit: int | None) -> Q:
    """Match what the points of a unit rest on: sites that share a set of items are asked for together."""
    at: dict[tuple[str, str], set[str]] = {}
    for part in now.of_unit(unit):
        line = now.book.lines.get(part.check)
        if line is not None and part.stratum in line.strata:
            cluster = part.cluster or UNSTRATIFIED
            at.setdefault((part.stratum, cluster), set()).update(line.strata[part.stratum])
    alike: dict[tuple[str, frozenset[str]], list[str]] = {}
    for (stratum, cluster), items in at.items():
        alike.setdefault((stratum, frozenset(items)), []).append(cluster)
    found = Q(pk__in=())
    for (stratum, keys), clusters in list(alike.items())[:MOST_PLACES]:
        found |= Q(stratum=stratum, cluster__in=clusters, item__in=keys)
    return found


def _outcome(group: str) -> Q:
    if not group:
        return Q()
    if group == "missing":
        return Q(outcome__in=MISSES)
    if group == "other":
        return ~Q(outcome__in=("pass", "fail", NOT_APPLICABLE, WITHDRAWN, *MISSES))
    return Q(outcome=group)


def _superseded() -> Exists:
    return Exists(Observation.objects.filter(supersedes=OuterRef("uid")))


def _stands(stands: str) -> Q:
    match stands:
        case "live":
            return Q(~_superseded()) & ~Q(outcome=WITHDRAWN)
        case "corrected":
            return Q(_superseded())
        case "corrections":
            return Q(supersedes__isnull=False)
        case "withdrawn":
            return Q(outcome=WITHDRAWN)
        case _:
            return Q()


def rows(found: QuerySet[Observation], book: Book, sort: str, start: int, end: int) -> list[ObservationRow]:
    """Return a page of observations in an order (three statements)."""
    order = ORDERS.get(sort, ORDERS["-seq"])
    return list(_rows(list(found.order_by(*order)[start:end].values_list(*COLUMNS)), book))


def all_rows(found: QuerySet[Observation], book: Book, sort: str) -> Iterator[ObservationRow]:
    """Yield every observation in an order, a few thousand at a time."""
    order = ORDERS.get(sort, ORDERS["-seq"])
    chunk: list[tuple[Any, ...]] = []
    for each in found.order_by(*order).values_list(*COLUMNS).iterator(2000):
        chunk.append(each)
        if len(chunk) >= 2000:
            yield from _rows(chunk, book)
            chunk = []
    yield from _rows(chunk, book)


def _rows(found: Sequence[tuple[Any, ...]], book: Book) -> Iterator[ObservationRow]:
    if not found:
        return
    uids = [row[1] for row in found]
    corrections = {
        uid: (by, outcome)
        for uid, by, outcome in Observation.objects.filter(supersedes__in=uids).values_list(
            "supersedes", "uid", "outcome"
        )
    }
    codes = {row[4] for row in found}
    sites = {
        code: Text(zh, en)
        for code, zh, en in Site.objects.filter(county_id=book.county, code__in=codes).values_list(
            "code", "name_zh", "name_en"
        )
    }
    for row in found:
        yield _made(row, book, sites, corrections)


def _made(
    row: Sequence[Any],
    book: Book,
    sites: Mapping[str, Text],
    corrections: Mapping[UUID | None, tuple[UUID, str]],
) -> ObservationRow:
    values = dict(zip(COLUMNS, row, strict=True))
    item, stratum, cluster, outcome = (str(values[name]) for name in ("item", "stratum", "cluster", "outcome"))
    line = book.place(item, stratum)
    node = book.book.nodes.get(line.node) if line is not None else None
    known = book.book.catalogue.items.get(item)
    uid = values.pop("uid")
    round_id = values.pop("round_id")
    by = corrections.get(uid)
    return ObservationRow(
        uid=uid,
        title=book.title(item),
        safety=bool(known and known.safety),
        site=sites.get(cluster, Text()),
        round=book.rounds[round_id][0] if round_id in book.rounds else "",
        word=outcome_words(known.options if known else {}, outcome),
        good=is_good(line, item, outcome) if line is not None else None,
        corrected_by=by[0] if by else None,
        withdrawn=bool(by and by[1] == WITHDRAWN),
        node=node.key if node else "",
        code=node.code if node else "",
        node_title=node.title if node else Text(),
        **values,
    )


# --- words ---

OUTCOMES: Mapping[str, Text] = {
    "pass": Text("符合", "complies"),
    "fail": Text("不符合", "fault"),
    "na": Text("不适用", "not applicable"),
    "not_seen": Text("未查看", "not seen"),
    "refused": Text("拒绝", "refused"),
    "lost": Text("记录遗失", "record lost"),
    "disputed": Text("异议中", "disputed"),
    "withdrawn": Text("撤回", "withdrawn"),
}


def outcome_words(options: Mapping[str, Text], outcome: str) -> Text:
    """Return an outcome in words: the option's own, a fixed word, or the raw outcome (a grade, a number)."""
    if options.get(outcome):
        return options[outcome]
    return OUTCOMES.get(outcome, Text(outcome, outcome))


def is_good(line: Line, item: str, outcome: str) -> bool | None:
    """Return whether an outcome is worth all that it can be; None where it says nothing of the kind."""
    if outcome in MISSING or outcome in {NOT_APPLICABLE, WITHDRAWN} or item not in line.values or line.counter:
        return None
    try:
        worth = line.worth(item, outcome)
    except ValueError:  # recorded under an edition that read it
        return None
    return None if worth.excluded else worth.value >= SCALE


# --- one observation ---


@dataclass(frozen=True, slots=True)
class ReadBy:
    """A check that reads an observation, and what the outcome is worth there, as a share in per cent."""

    check: str
    node: str
    code: str
    title: Text
    method: str
    worth: Text
    rule: Text
    reading: Text


@dataclass(frozen=True, slots=True)
class ObservationPage:
    """One observation with the chain of corrections that it belongs to, oldest first, and what reads it."""

    row: ObservationRow
    chain: tuple[ObservationRow, ...]
    later: ObservationRow | None
    """The last look at the same thing after this one, where there is any."""
    same_visit: int
    read_by: tuple[ReadBy, ...]
    round: Text
    type_title: Text


def observation_page(year: CampaignYear, uid: UUID, on: date) -> ObservationPage | None:
    """Return the page of an observation of the county and year; None for any other (about ten statements)."""
    book = Book(year)
    found = Observation.objects.filter(county_id=book.county, year=year.year)
    mine = found.filter(uid=uid).values_list("item", "stratum", "cluster", "source").first()
    if mine is None:
        return None
    item, stratum, cluster, source = mine
    # A correction stands at the place of what it corrects, so the whole chain is among the rows of the place.
    place = found.filter(item=item, stratum=stratum, cluster=cluster).order_by("seq").values_list(*COLUMNS)
    by_uid = {row.uid: row for row in _rows(list(place), book)}
    row = by_uid[uid]
    readings = running.stored_readings(year.pk, Q(cluster=cluster, stratum=stratum))
    now = standing(year, on)
    return ObservationPage(
        row=row,
        chain=tuple(_chain(row, by_uid)),
        later=max(
            (
                each
                for each in by_uid.values()
                if each.stands and each.subject == row.subject and each.observed_at > row.observed_at
            ),
            key=lambda each: (each.observed_at, each.recorded_at, each.seq),
            default=None,
        ),
        same_visit=found.filter(source=source, cluster=cluster).count() if source else 0,
        read_by=tuple(_read_by(book, row, readings)),
        round=next((name for code, name in book.rounds.values() if code == row.round), Text()),
        type_title=type_title(now, stratum) if stratum != UNSTRATIFIED else Text(),
    )


def _chain(row: ObservationRow, by_uid: Mapping[UUID, ObservationRow]) -> Iterator[ObservationRow]:
    first = row
    while first.supersedes is not None and first.supersedes in by_uid:
        first = by_uid[first.supersedes]
    here: ObservationRow | None = first
    while here is not None:
        yield here
        here = by_uid.get(here.corrected_by) if here.corrected_by else None


def _read_by(book: Book, row: ObservationRow, readings: Mapping[running.Key, Reading]) -> Iterator[ReadBy]:
    for line, stratum in book.book.by_item.get(row.item, ()):
        if stratum != row.stratum or line.counter:
            continue
        node = book.book.nodes[line.node]
        value = line.values[row.item]
        reading = readings.get((line.key, stratum, running.cluster_of(line, row.cluster)))
        yield ReadBy(
            line.key, node.key, node.code, node.title, line.check.method, _worth(line, row),
            Text() if isinstance(value, Counted) else value.sentence(),
            explain.reading_line(line, reading) if reading is not None else Text(),
        )  # fmt: skip


def _worth(line: Line, row: ObservationRow) -> Text:
    if row.outcome in MISSING:
        return Text("没有结果，按标准处理", "missing: treated as the standard says")
    if row.outcome == NOT_APPLICABLE:
        return Text("不计入", "leaves the denominator")
    if row.outcome == WITHDRAWN:
        return Text("不再计入", "counts no more")
    try:
        worth = line.worth(row.item, row.outcome)
    except ValueError:
        return Text("现行标准读不出这个结果", "the pinned standard cannot read it")
    if worth.excluded:
        return Text("不计入", "leaves the denominator")
    share = f"{worth.value * 100 / SCALE:.1f}".rstrip("0").rstrip(".") + "%"
    return Text(f"计{share}", f"counts as {share}")


def recorders(now: Standing) -> tuple[str, ...]:
    """Return the units, by code, that recorded anything in the year (one statement; none while nothing has changed)."""
    return _recorders(now.year.campaign.county_id, now.year.year, now.version)


@lru_cache(maxsize=8)
def _recorders(county: int, year: int, version: int) -> tuple[str, ...]:
    # Going through all rows for a handful of names is worth doing once for each version of the ledger.
    found = Observation.objects.filter(county_id=county, year=year).exclude(by_unit="")
    return tuple(sorted(found.values_list("by_unit", flat=True).order_by("by_unit").distinct()))


def carriers(now: Standing, units: Mapping[int, UnitName]) -> list[UnitName]:
    """Return the units that any points fall to, by code."""
    held = {part.answer.unit for part in now.parts}
    return sorted((unit for pk, unit in units.items() if pk in held), key=lambda unit: unit.code)
