"""One node of the book in full: its checks with rule and arithmetic, their sites and items, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias
from uuid import UUID

from django.db.models import Q

from qipan.assessment import explain
from qipan.assessment.catalogue import CatalogueItem
from qipan.assessment.reading import MISSING, NOT_APPLICABLE, NOTHING_READ, Entry, Reading, latest, observed_of
from qipan.assessment.rulebook import BookNode, Counted, Line
from qipan.assessment.scale import SCALE
from qipan.assessment.scorecard import Adjustment, CheckScore, StratumScore, score_check
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.tally import Tally
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.overview.assumptions import Assumption, rests_on
from qipan.overview.board import type_title
from qipan.overview.points import UNOWNED, UnitName, Whose, unit_names
from qipan.overview.standard import TreeNode, judging_line, tree
from qipan.spine.campaigns.duties import Answer
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Reading as ReadingRow
from qipan.spine.ledger.models import RoundFigure
from qipan.spine.scorecards.queries import OwnedPart, Standing, standing

SITES_SHOWN = 20
Groups: TypeAlias = Mapping[ledger_entries.Place, list[tuple[Entry, UUID]]]
Outcome = Literal["full", "partial", "none", "na", "excluded", "missing"]


@dataclass(slots=True)
class ItemRow:
    """An item of a check and how its last outcomes fell at the clusters that enter."""

    key: str
    title: Text
    value: Text
    known: CatalogueItem | None
    stratum: str
    counts: Counter[Outcome] = field(default_factory=Counter)
    options: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A type within a check: registered, seen, its share now and as it was found."""

    stratum: str
    title: Text
    score: StratumScore
    registered: int
    official_sample: int | None
    checklist: bool
    """A checklist of the type is on file, whether or not an item of it fits here."""
    now: Fraction | None
    found: Fraction | None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """What falls to one cluster of a check, and how it reads. `cluster` is empty where nobody has looked."""

    stratum: str
    cluster: str
    name: Text
    reading: Text
    enters: bool
    possible: int
    lost: int
    unassessed: int
    whose: Whose


@dataclass(frozen=True, slots=True)
class Published:
    """What a closed round published of a check and type; an amendment has the day on which it was made."""

    round: Text
    code: str
    stratum: Text
    closed_at: datetime | None
    amended_at: datetime | None
    clusters: int
    seen: int
    mean: Fraction | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The lead that was chosen, by whom and when."""

    chosen_by: str
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check of the node."""

    line: Line
    score: CheckScore
    found: CheckScore
    arithmetic: tuple[Text, ...]
    rule: Text
    strata: tuple[StratumRow, ...]
    sites: tuple[SiteRow, ...]
    sites_in_all: int
    items: tuple[ItemRow, ...]
    answer: Answer
    choice: Choice | None
    leads: tuple[Text, ...]
    supporting: tuple[Text, ...]
    supports: tuple[int, ...]
    published: tuple[Published, ...]
    rests_on: tuple[Assumption, ...]
    changed: bool
    """Now and found are not the same."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """The page of a node."""

    standing: Standing
    node: BookNode
    tree: TreeNode
    above: tuple[BookNode, ...]
    children: tuple[TreeNode, ...]
    worst: int
    best: int
    checks: tuple[CheckView, ...]
    units: dict[int, UnitName]
    adjustments: tuple[Adjustment, ...]
    judged: Line | None


@dataclass(frozen=True, slots=True)
class ItemAtSite:
    """The last outcome of an item at one cluster; counts where several answered."""

    title: Text
    key: str
    safety: bool
    outcomes: tuple[tuple[str, Outcome, int], ...]
    observed_at: datetime | None
    at_random: bool


def criterion(year: CampaignYear, now: Standing, key: str) -> Criterion | None:
    """Return the page of a node, or None if the book has no such node (seven statements)."""
    node = now.book.nodes.get(key)
    if node is None:
        return None
    whole = tree(now)
    score = now.card.nodes[key]
    above = tuple(reversed([one for one in now.book.ancestors(key) if one.key != key]))
    lines = [now.book.lines[one] for one in node.lines]
    return Criterion(
        standing=now,
        node=node,
        tree=whole.nodes[key],
        above=above,
        children=tuple(whole.nodes[child] for child in node.children),
        worst=score.worst,
        best=score.best,
        checks=tuple(_checks(year, now, lines)) if lines else (),
        units=unit_names(year.campaign.county_id),
        adjustments=tuple(change for change in now.card.adjustments if change.node == key),
        judged=judging_line(now.book, node),
    )


def _checks(year: CampaignYear, now: Standing, lines: Sequence[Line]) -> Iterable[CheckView]:
    keys = {line.key for line in lines}
    first = running.stored_readings(year.pk, Q(check_key__in=keys), ReadingRow.Level.FOUND)
    parts: dict[str, list[OwnedPart]] = {}
    for part in now.parts:
        if part.check in keys:
            parts.setdefault(part.check, []).append(part)
    readings: dict[str, dict[tuple[str, str], Reading]] = {}
    for (check, stratum, cluster), reading in now.readings.items():
        if check in keys:
            readings.setdefault(check, {})[stratum, cluster] = reading
    types = {stratum for line in lines if not line.one_thing for stratum in line.strata}
    registered, names = _sites(year.campaign.county_id, types, readings)
    published = _published(year, now, keys)
    choices = {
        check: Choice(by, at)
        for check, by, at in AnsweringLead.objects.filter(campaign_year=year, check_key__in=keys).values_list(
            "check_key", "chosen_by", "chosen_at"
        )
    }
    groups = _observations(year, lines)
    for line in lines:
        score = now.card.checks[line.key]
        looked = _as_found(line, first, readings.get(line.key, {}))
        found = score_check(line, looked, score.possible, frozenset(year.absent_types))
        titles = {stratum: type_title(now, stratum) for stratum in line.strata if stratum != UNSTRATIFIED}
        sites = _site_rows(line, parts.get(line.key, []), readings.get(line.key, {}), names)
        yield CheckView(
            line=line,
            score=score,
            found=found,
            arithmetic=tuple(explain.arithmetic(line, score, now.book.catalogue, titles)),
            rule=explain.in_a_sentence(line),
            strata=tuple(_strata(now, line, score, found, registered)),
            sites=tuple(sites[:SITES_SHOWN]),
            sites_in_all=len(sites),
            items=tuple(_items(now, line, groups, readings.get(line.key, {}))),
            answer=now.duties.lead(line),
            choice=choices.get(line.key),
            leads=tuple(function_title(now, word) for word in line.check.lead),
            supporting=tuple(function_title(now, word) for word in line.check.support),
            supports=now.duties.supports(line),
            published=tuple(published.get(line.key, ())),
            rests_on=tuple(rests_on(now, line)),
            changed=found.status != "not_assessed" and not _same(found.share, score.share),
        )


def _as_found(
    line: Line, first: Mapping[running.Key, Reading], now: Mapping[tuple[str, str], Reading]
) -> dict[tuple[str, str], Tally]:
    """Return tallies of the first looks; a cluster without one counts as it stands now, so that only what later looks
    changed makes a difference.
    """
    sums: dict[tuple[str, str], Tally] = {}
    for (stratum, cluster), reading in now.items():
        look = first.get((line.key, stratum, cluster))
        sums.setdefault((line.key, stratum), Tally()).add(look if look is not None and look.enters else reading)
    return sums


def _same(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] * two[1] == two[0] * one[1] and bool(one[1]) == bool(two[1])


def function_title(now: Standing, word: str) -> Text:
    """Return the title of a function that a standard names, or the word itself where no pack knows it."""
    known = now.duties.functions.get(now.duties.names.get(word, word))
    return known.title if known else Text(word, word)


def _sites(
    county: int, types: set[str], readings: Mapping[str, Mapping[tuple[str, str], Reading]]
) -> tuple[Counter[str], dict[str, Text]]:
    """Return how many sites of each type are registered, and the names of all of them and of what was read."""
    rows = Site.objects.filter(county_id=county, type__in=types).values_list("code", "type", "name_zh", "name_en")
    registered: Counter[str] = Counter()
    names: dict[str, Text] = {}
    for code, kind, zh, en in rows if types else ():
        registered[kind] += 1
        names[code] = Text(zh, en)
    return registered, names


def _strata(
    now: Standing, line: Line, score: CheckScore, found: CheckScore, registered: Counter[str]
) -> Iterable[StratumRow]:
    named = {now.book.catalogue.canonical(code, line.standard.aliases): s for code, s in line.standard.strata.items()}
    first = {s.stratum: s for s in found.strata}
    for s in score.strata:
        official = named[s.stratum].official_sample if s.stratum in named else None
        yield StratumRow(
            stratum=s.stratum,
            title=type_title(now, s.stratum) if s.stratum != UNSTRATIFIED else Text("本项", "this item"),
            score=s,
            registered=registered.get(s.stratum, 0),
            official_sample=official,
            checklist=s.stratum in now.book.catalogue.types,
            now=_mean(line, s),
            found=_mean(line, first[s.stratum]),
        )


def _mean(line: Line, s: StratumScore) -> Fraction | None:
    num, den = s.y if line.check.missing == "excluded" else s.low
    return Fraction(num, den) if den and s.seen else None


def _site_rows(
    line: Line, parts: list[OwnedPart], readings: Mapping[tuple[str, str], Reading], names: Mapping[str, Text]
) -> list[SiteRow]:
    """Return one row for each part, most lost first, then the clusters that were looked at and do not enter."""
    rows, seen = [], set()
    for part in parts:
        place = (part.stratum, part.cluster)
        seen.add(place)
        reading = readings.get(place)
        rows.append(
            SiteRow(
                part.stratum, part.cluster, names.get(part.cluster, Text(part.cluster, part.cluster)),
                explain.reading_line(line, reading) if reading else Text(), True, part.possible, part.lost,
                part.unassessed, UNOWNED if part.answer.unit is None else part.answer.unit,
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (-row.lost, -row.unassessed, row.stratum, row.cluster))
    for (stratum, cluster), reading in sorted(readings.items()):
        if (stratum, cluster) not in seen and reading != NOTHING_READ and (reading.applies or reading.na):
            name = names.get(cluster, Text(cluster, cluster))
            words = explain.reading_line(line, reading)
            rows.append(SiteRow(stratum, cluster, name, words, reading.enters, 0, 0, 0, None))
    return rows


def _observations(year: CampaignYear, lines: Sequence[Line]) -> Groups:
    items = {item for line in lines for known in line.strata.values() for item in known}
    rows = ledger_entries.rows(county_id=year.campaign.county_id, year=year.year, item__in=items)
    return ledger_entries.live(rows)


def _items(now: Standing, line: Line, groups: Groups, readings: Mapping[tuple[str, str], Reading]) -> Iterable[ItemRow]:
    by_place: dict[tuple[str, str], list[Entry]] = {}
    for (item, stratum, cluster), found in groups.items():
        at = now.book.catalogue.canonical(stratum, line.standard.aliases) if stratum else stratum
        if item in line.strata.get(at, ()):
            by_place.setdefault((at, running.cluster_of(line, cluster)), []).extend(entry for entry, _ in found)
    rows: dict[tuple[str, str], ItemRow] = {}
    for stratum, item in ((s, i) for s, items in line.strata.items() for i in items):
        value = line.values[item]
        words = Text() if isinstance(value, Counted) else value.sentence()
        known = now.book.catalogue.items.get(item)
        rows[stratum, item] = ItemRow(item, item_title(now, line, item), words, known, stratum)
    for (stratum, cluster), reading in readings.items():
        if not reading.enters or stratum not in line.strata:
            continue
        cells = latest(line, sorted(by_place.get((stratum, cluster), ())))
        answered = {item for item, _ in cells}
        for (item, _), (weight, outcome) in cells.items():
            row = rows[stratum, item]
            row.counts[outcome_kind(line, item, outcome)] += weight
            row.options[outcome] += weight
        for item in line.strata[stratum]:
            if item not in answered:
                rows[stratum, item].counts["missing"] += 1
    return rows.values()


def outcome_kind(line: Line, item: str, outcome: str) -> Outcome:
    """Return what an outcome amounts to."""
    if outcome == NOT_APPLICABLE:
        return "na"
    if outcome in MISSING:
        return "missing"
    worth = line.worth(item, outcome)
    if worth.excluded:
        return "excluded"
    return "full" if worth.value >= SCALE else "partial" if worth.value > 0 else "none"


def item_title(now: Standing, line: Line, item: str) -> Text:
    """Return an item's title: the standard's, the checklist's, the node's of the same code, or its key."""
    for items in line.check.strata.values():
        for one in items:
            if one.key == item and one.title:
                return one.title
    known = now.book.catalogue.items.get(item)
    if known is not None:
        return known.title
    node = line.standard.nodes.get(item)
    return node.title if node else Text(item, item)


def _published(year: CampaignYear, now: Standing, keys: set[str]) -> dict[str, list[Published]]:
    """Return what rounds published of some checks, in the order of publishing (one statement)."""
    rows = RoundFigure.objects.filter(campaign_year=year, check_key__in=keys).order_by(
        "round__opened_at", "round_id", "stratum", "id"
    )
    found: dict[str, list[Published]] = {}
    for check, stratum, clusters, seen, sum_y, amended, zh, en, code, closed in rows.values_list(
        "check_key", "stratum", "clusters", "seen", "sum_y", "amended_at", "round__name_zh", "round__name_en",
        "round__code", "round__closed_at",
    ):  # fmt: skip
        title = Text("本项", "this item") if stratum == UNSTRATIFIED else type_title(now, stratum)
        mean = Fraction(sum_y, seen * SCALE) if seen else None
        found.setdefault(check, []).append(Published(Text(zh, en), code, title, closed, amended, clusters, seen, mean))
    return found


def at_site(year: CampaignYear, check: str, stratum: str, cluster: str) -> list[ItemAtSite]:
    """Return the last outcome of each item of a check at one cluster."""
    now = standing(year)
    line = now.book.lines.get(check)
    if line is None or stratum not in line.strata:
        return []
    rows = ledger_entries.rows(
        county_id=year.campaign.county_id, year=year.year, cluster=cluster, item__in=list(line.strata[stratum])
    )
    entries = sorted(entry for group in ledger_entries.live(rows).values() for entry, _ in group)
    cells = latest(line, entries)
    when = {(entry[1], entry[2], entry[5]): entry for entry in entries}
    made = []
    for item in line.strata[stratum]:
        found: Counter[tuple[str, Outcome]] = Counter()
        seen: list[Entry] = []
        for (known, subject), (weight, outcome) in cells.items():
            if known == item:
                found[outcome, outcome_kind(line, item, outcome)] += weight
                seen.append(when[item, subject, outcome])
        last = max(seen, default=None)
        catalogued = now.book.catalogue.items.get(item)
        made.append(
            ItemAtSite(
                title=item_title(now, line, item),
                key=item,
                safety=bool(catalogued and catalogued.safety),
                outcomes=tuple((word, kind, count) for (word, kind), count in sorted(found.items())),
                observed_at=_moment(last) if last else None,
                at_random=last[4] if last else False,
            )
        )
    return made


def _moment(entry: Entry) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=observed_of(entry[0]))
