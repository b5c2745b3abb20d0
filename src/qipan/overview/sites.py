"""The register of sites with what was seen at each: the list, its map, and the page of one site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from qipan.assessment import explain
from qipan.assessment.reading import Entry, Reading, latest, observed_of
from qipan.assessment.rulebook import Line
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.sites.sponsors import Sponsored, sponsored
from qipan.overview.board import Sums, type_title
from qipan.overview.criterion import item_title
from qipan.overview.ledger import is_good, outcome_words
from qipan.overview.points import UNOWNED, UnitName, Whose, unit_names
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Listing, Observation, Round
from qipan.spine.ledger.models import Reading as ReadingRow
from qipan.spine.scorecards.queries import OwnedPart, Standing, standing

_NOBODY: Whose = UNOWNED
State = Literal["lost", "partly", "good", "open", "chosen", "never"]
STATES: tuple[State, ...] = ("lost", "partly", "good", "open", "chosen", "never")
"""Loses points · nothing lost, something not seen · all in order · on a list and not seen · only chosen looks, which
count in no score · on the register, and nobody has looked this year."""

ON_MAP: Mapping[State, str] = {
    "lost": "lost", "partly": "partly", "good": "good", "open": "open", "chosen": "open", "never": "open",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site of the register; `sums` is None where none of the standard's points hang on it now."""

    code: str
    name: Text
    type: str
    type_title: Text
    territory: int | None
    lon: float | None
    lat: float | None
    state: State
    sums: Sums
    checks: int
    looks: int
    last: datetime | None
    owners: tuple[Whose, ...]


@dataclass(frozen=True, slots=True)
class SiteList:
    """The whole register, and what of the standard's points hangs on no site of it.

    `elsewhere` holds the points of documents, opinions, surveys' zones that are not registered, types nobody looked
    at, and `by_rule` what rules change; with the sites' sums they add up to the total.
    """

    standing: Standing
    rows: tuple[SiteRow, ...]
    units: dict[int, UnitName]
    types: dict[str, Text]
    not_at_site: Sums
    unseen_types: Sums
    unregistered: Sums
    by_rule: Sums
    sponsored: Sponsored


def site_list(year: CampaignYear, on: date) -> SiteList:
    """Return the register of a county as a campaign year sees it (five statements beside the standing's, seven where
    somebody sponsors a site).
    """
    now = standing(year, on)
    county = year.campaign.county_id
    units = unit_names(county)
    looks = {
        cluster: (count, last)
        for cluster, count, last in Observation.objects.filter(county_id=county, year=year.year)
        .exclude(cluster=UNSTRATIFIED)
        .values_list("cluster")
        .annotate(count=Count("seq"), last=Max("observed_at"))
        .order_by()
    }
    at: dict[str, list[OwnedPart]] = {}
    rest = {"document": Sums(), "unseen": Sums(), "unregistered": Sums()}
    registered = list(
        Site.objects.filter(_there(on), county_id=county)
        .order_by("code")
        .values_list("code", "name_zh", "name_en", "type", "territory_id", "lon", "lat")
    )
    codes = {row[0] for row in registered}
    for part in now.parts:
        if part.cluster in codes:
            at.setdefault(part.cluster, []).append(part)
        else:
            kind = (
                "unseen" if _unseen(now, part) else "document" if part.cluster in {"", UNSTRATIFIED} else "unregistered"
            )
            rest[kind].add(part.possible, part.earned, part.lost, part.unassessed)
    by_rule = Sums()
    for change in now.card.adjustments:
        by_rule.add(0, change.earned, change.lost, change.unassessed)
    titles: dict[str, Text] = {}
    rows = []
    for code, zh, en, kind, territory, lon, lat in registered:
        if kind not in titles:
            titles[kind] = type_title(now, kind)
        count, last = looks.get(code, (0, None))
        rows.append(_row(code, Text(zh, en), kind, titles[kind], territory, lon, lat, at.get(code, ()), count, last))
    return SiteList(
        now, tuple(rows), units, titles, rest["document"], rest["unseen"], rest["unregistered"], by_rule,
        sponsored(county, on),
    )  # fmt: skip


def _there(on: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


def _unseen(now: Standing, part: OwnedPart) -> bool:
    """Whether a part stands for a type of site, or a group of respondents, of which nobody has been looked at."""
    line = now.book.lines.get(part.check)
    return not part.cluster and line is not None and not line.one_thing


def _row(
    code: str, name: Text, kind: str, title: Text, territory: int | None, lon: float | None, lat: float | None,
    parts: Iterable[OwnedPart], looks: int, last: datetime | None,
) -> SiteRow:  # fmt: skip
    sums, checks = Sums(), set()
    owners: dict[Whose, int] = {}
    for part in parts:
        sums.add(part.possible, part.earned, part.lost, part.unassessed)
        checks.add(part.check)
        whose = whose_part(part)
        owners[whose] = owners.get(whose, 0) + part.lost
    return SiteRow(
        code, name, kind, title, territory, lon, lat, _state(sums, bool(checks), looks), sums, len(checks), looks,
        last, tuple(sorted(owners, key=lambda whose: (-owners[whose], str(whose)))),
    )  # fmt: skip


def whose_part(part: OwnedPart) -> Whose:
    """Return whose a part is."""
    return _NOBODY if part.answer.unit is None else part.answer.unit


def _state(sums: Sums, counts: bool, looks: int) -> State:
    if not counts:
        return "chosen" if looks else "never"
    if sums.lost > 0:
        return "lost"
    if not sums.unassessed:
        return "good"
    return "open" if not looks or sums.unassessed >= sums.possible else "partly"


# --- one site ---


@dataclass(frozen=True, slots=True)
class Look:
    """An observation as a page shows it: what, when, how it came about, and by whom."""

    uid: str
    outcome: str
    word: Text
    good: bool | None
    at: datetime
    selection: str
    round: str
    by_unit: Text
    own: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item at the site with what stands; `look` is None where nobody has looked."""

    key: str
    title: Text
    safety: bool
    look: Look | None
    looks: int


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check that is read at the site."""

    check: str
    node: str
    code: str
    title: Text
    method: str
    now: Text
    found: Text | None
    changed: int
    """Now minus found, on `SCALE`; 0 where either is missing."""
    enters: bool
    survey: bool
    answers: int
    sums: Sums
    whose: Whose
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Who answers for what at the site; no function stands for everything else there."""

    function: Text
    unit: int
    since: date | None


@dataclass(frozen=True, slots=True)
class ListedIn:
    """A round that has the site on its list."""

    code: str
    name: Text
    selection: str
    opened_at: datetime
    closed_at: datetime | None
    looks: int


@dataclass(frozen=True, slots=True)
class SitePage:
    """Everything about one site."""

    standing: Standing
    row: SiteRow
    listed: SiteList
    duties: tuple[DutyRow, ...]
    checks: tuple[CheckRow, ...]
    rounds: tuple[ListedIn, ...]
    observations: int
    no_checklist: bool
    dangers: tuple[ItemRow, ...]
    valid_from: date | None
    valid_to: date | None
    units: dict[int, UnitName] = field(default_factory=dict)


def site_page(year: CampaignYear, on: date, code: str) -> SitePage | None:
    """Return the page of a site; None for one that is not on the register (six statements beside the list's)."""
    county = year.campaign.county_id
    site = Site.objects.filter(county_id=county, code=code).values("id", "valid_from", "valid_to").first()
    if site is None:
        return None
    listed = site_list(year, on)
    row = next((row for row in listed.rows if row.code == code), None)
    if row is None:
        return None
    now = listed.standing
    functions = now.duties.functions
    duties = tuple(
        DutyRow(functions[name].title if name in functions else Text(name, name), unit, since)
        for name, unit, since in SiteDuty.objects.filter(_there(on), site_id=site["id"])
        .order_by("function", "id")
        .values_list("function", "unit_id", "valid_from")
    )
    stored = list(
        Observation.objects.filter(county_id=county, year=year.year, cluster=code)
        .order_by("seq")
        .values_list(*ledger_entries.COLUMNS, "by_unit")
    )
    rounds = {
        pk: ListedIn(round_code, Text(zh, en), selection, opened, closed, 0)
        for pk, round_code, zh, en, selection, opened, closed in Round.objects.filter(county_id=county)
        .order_by("opened_at", "id")
        .values_list("id", "code", "name_zh", "name_en", "selection", "opened_at", "closed_at")
    }
    on_lists = set(Listing.objects.filter(round__county_id=county, cluster=code).values_list("round_id", flat=True))
    seen_in: dict[int | None, int] = {}
    for each in stored:
        seen_in[each[6]] = seen_in.get(each[6], 0) + 1
    found = running.stored_readings(year.pk, Q(cluster=code), ReadingRow.Level.FOUND)
    checks = tuple(_checks(now, row, stored, rounds, found, listed.units))
    return SitePage(
        standing=now,
        row=row,
        listed=listed,
        duties=duties,
        checks=checks,
        rounds=tuple(
            ListedIn(each.code, each.name, each.selection, each.opened_at, each.closed_at, seen_in.get(pk, 0))
            for pk, each in rounds.items()
            if pk in on_lists or pk in seen_in
        ),
        observations=len(stored),
        no_checklist=not any(line.strata.get(row.type) for line in now.book.lines.values()),
        dangers=_dangers(checks),
        valid_from=site["valid_from"],
        valid_to=site["valid_to"],
        units=listed.units,
    )


def _dangers(checks: Iterable[CheckRow]) -> tuple[ItemRow, ...]:
    """Return the safety items that stand as faults, each once."""
    found = {
        item.key: item
        for check in checks
        for item in check.items
        if item.safety and item.look is not None and item.look.good is False
    }
    return tuple(found.values())


def _checks(
    now: Standing,
    row: SiteRow,
    stored: list[ledger_entries.Row],
    rounds: Mapping[int, ListedIn],
    found: Mapping[running.Key, Reading],
    units: Mapping[int, UnitName],
) -> Iterable[CheckRow]:
    groups = ledger_entries.live(each[:-1] for each in stored)
    recorders = {each[1]: each[-1] for each in stored}
    by_code = {unit.code: unit.name for unit in units.values()}
    parts = {(part.check, part.stratum): part for part in now.parts if part.cluster == row.code}
    for key in sorted(
        (key for key in now.readings if key[2] == row.code and now.readings[key] is not None),
        key=lambda key: list(now.book.lines).index(key[0]),
    ):
        line, reading = now.book.lines.get(key[0]), now.readings[key]
        if line is None or not (reading.applies or reading.na):
            continue
        part = parts.get(key[:2])
        sums = Sums()
        if part is not None:
            sums.add(part.possible, part.earned, part.lost, part.unassessed)
        node = now.book.nodes[line.node]
        first = found.get(key)
        compare = first is not None and first.weight and reading.weight
        places = {item: groups.get((item, key[1], row.code), []) for item in line.strata.get(key[1], ())}
        yield CheckRow(
            check=line.key,
            node=node.key,
            code=node.code,
            title=node.title,
            method=line.check.method,
            now=explain.reading_line(line, reading),
            found=explain.reading_line(line, first) if first is not None and first.applies else None,
            changed=reading.y - first.y if compare and first is not None else 0,
            enters=reading.enters,
            survey=line.survey,
            answers=len({entry[2] for group in places.values() for entry, _ in group}) if line.survey else 0,
            sums=sums,
            whose=_NOBODY if part is None else whose_part(part),
            items=()
            if line.survey
            else tuple(_item(now, line, item, group, rounds, recorders, by_code) for item, group in places.items()),
        )


def _item(
    now: Standing,
    line: Line,
    item: str,
    group: Sequence[tuple[Entry, UUID]],
    rounds: Mapping[int, ListedIn],
    recorders: Mapping[UUID, str],
    by_code: Mapping[str, Text],
) -> ItemRow:
    known = now.book.catalogue.items.get(item)
    standing_look = _stands(line, item, group)
    look = None
    if standing_look is not None:
        entry, uid = standing_look
        name = recorders.get(uid, "")
        in_round = rounds.get(int(entry[3])) if entry[3] else None
        look = Look(
            uid=str(uid),
            outcome=entry[5],
            word=outcome_words(known.options if known else {}, entry[5]),
            good=is_good(line, item, entry[5]),
            at=moment(entry[0]),
            selection="" if entry[4] else "chosen",
            round=in_round.code if in_round else "",
            by_unit=by_code.get(name, Text(name, name)),
            own=entry[8],
        )
        if entry[4]:
            how = in_round.selection if in_round else "census"
            look = _with_selection(look, how)
    return ItemRow(
        item, known.title if known else item_title(now, line, item), bool(known and known.safety), look, len(group)
    )


def _with_selection(look: Look, how: str) -> Look:
    return Look(
        look.uid, look.outcome, look.word, look.good, look.at, how, look.round, look.by_unit, look.own
    )  # fmt: skip


def _stands(line: Line, item: str, group: Sequence[tuple[Entry, UUID]]) -> tuple[Entry, UUID] | None:
    """Return the observation that stands for an item: the last one that the reading function let stand."""
    ordered = sorted(group, key=lambda pair: pair[0])
    cells = latest(line, [entry for entry, _ in ordered])
    standing_now = {(key[1], cell) for key, cell in cells.items() if key[0] == item}
    fitting = [pair for pair in ordered if (pair[0][2], (pair[0][6], pair[0][5])) in standing_now]
    others = [pair for pair in fitting if not pair[0][8]]
    return (others or fitting)[-1] if fitting else None


def moment(order: int) -> datetime:
    """Return the moment of observation in an order, in local time."""
    return datetime.fromtimestamp(observed_of(order) / 1_000_000, timezone.get_current_timezone())
