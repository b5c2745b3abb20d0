"""The rounds of a year: what is on their lists, what was seen, and what they published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.sampling import permanent_number
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.sources.fieldwork import draws
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Listing, Observation, Round, RoundFigure, Selection


@dataclass(frozen=True, slots=True)
class Published:
    """What a closed round published of one section: over so many readings, the mean of what was seen."""

    section: str
    code: str
    title: Text
    listed: int
    seen: int
    mean: int | None
    """On `SCALE`; None where nothing was seen."""
    amended: tuple[tuple[datetime, int, int | None], ...]
    """Later figures: the day, readings seen, and the mean."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round with what is on its list, what was seen, and what it published."""

    id: int
    code: str
    name: Text
    selection: str
    seed: str
    opened_at: datetime
    due_on: date | None
    closed_at: datetime | None
    listed: int
    listed_seen: int
    looks: int
    clusters: int
    first: datetime | None
    last: datetime | None
    late: int
    """Records that came in after it was closed."""
    overtaken: bool
    """Still open although a later round of the county has been opened since."""
    overdue: bool
    """Still open after the day by which it is to be closed."""
    days_open: int
    sections: tuple[Published, ...]
    amended_at: datetime | None


def round_list(year: CampaignYear, now: datetime) -> list[RoundRow]:
    """Return the rounds of a county that were opened in the year, newest first (five statements)."""
    county = year.campaign.county_id
    zone = timezone.get_current_timezone()
    begin, end = datetime(year.year, 1, 1, tzinfo=zone), datetime(year.year + 1, 1, 1, tzinfo=zone)
    found = list(
        Round.objects.filter(county_id=county, opened_at__gte=begin, opened_at__lt=end).order_by("opened_at", "id")
    )
    listed = dict(
        Listing.objects.filter(round__county_id=county).values_list("round_id").annotate(n=Count("id")).order_by()
    )
    seen = {
        pk: rest
        for pk, *rest in Observation.objects.filter(county_id=county, year=year.year, round_id__isnull=False)
        .values_list("round_id")
        .annotate(
            looks=Count("seq"),
            clusters=Count("cluster", distinct=True),
            first=Min("observed_at"),
            last=Max("observed_at"),
            late=Count("seq", filter=Q(recorded_at__gt=F("round__closed_at"))),
        )
        .order_by()
    }
    looked = Observation.objects.filter(
        round_id=OuterRef("round_id"), cluster=OuterRef("cluster"), stratum=OuterRef("stratum"),
        county_id=county, year=year.year,
    )  # fmt: skip
    listed_seen = dict(
        Listing.objects.filter(Exists(looked), round__county_id=county)
        .values_list("round_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    figures: dict[int, list[tuple[str, str, int, int, int, datetime | None]]] = {}
    for pk, *figure in (
        RoundFigure.objects.filter(campaign_year=year)
        .order_by("id")
        .values_list("round_id", "check_key", "stratum", "clusters", "seen", "sum_y", "amended_at")
    ):
        figures.setdefault(pk, []).append(tuple(figure))  # type: ignore[arg-type]
    book = rulebook(year)
    made = []
    for i, each in enumerate(found):
        looks, clusters, first, last, late = seen.get(each.pk, (0, 0, None, None, 0))
        published = figures.get(each.pk, [])
        later = [other for other in found[i + 1 :] if other.selection != Selection.CHOSEN and other.opened_at <= now]
        made.append(
            RoundRow(
                each.pk, each.code, Text(each.name_zh, each.name_en), each.selection, each.seed, each.opened_at, each.due_on,
                each.closed_at,
                listed.get(each.pk, 0), listed_seen.get(each.pk, 0), looks, clusters, first, last, late,
                each.closed_at is None and any(other.selection == each.selection for other in later),
                each.closed_at is None and each.due_on is not None and each.due_on < timezone.localdate(now),
                (now - each.opened_at).days, tuple(_published(book, published)),
                max((figure[5] for figure in published if figure[5] is not None), default=None),
            )
        )  # fmt: skip
    return made[::-1]


def _published(
    book: Rulebook, figures: Sequence[tuple[str, str, int, int, int, datetime | None]]
) -> Iterator[Published]:
    """Yield what was published by section; an amended figure replaces its own from its day on."""
    days = sorted({figure[5] for figure in figures if figure[5] is not None})
    for section in book.sections:
        keys = [f for f in figures if f[0] in book.lines and book.nodes[book.lines[f[0]].node].section == section.key]
        if not keys:
            continue
        first = {figure[:2]: figure[2:5] for figure in keys if figure[5] is None}
        amended = []
        for at in days:
            so_far = first | {figure[:2]: figure[2:5] for figure in keys if figure[5] is not None and figure[5] <= at}
            if any(figure[5] == at for figure in keys):
                amended.append((at, *_mean(so_far.values())[1:]))
        clusters, seen, mean = _mean(first.values())
        code = section.code if section.key in book.standard.nodes else ""  # a sub-standard has an id and no code
        yield Published(section.key, code, section.short or section.title, clusters, seen, mean, tuple(amended))


def _mean(figures: Iterable[tuple[int, int, int]]) -> tuple[int, int, int | None]:
    clusters = seen = total = 0
    for one, two, three in figures:
        clusters, seen, total = clusters + one, seen + two, total + three
    return clusters, seen, (total + seen // 2) // seen if seen else None


# --- one round ---


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site on a round's list, with its permanent random number in a draw, and who looked at it in the round."""

    stratum: str
    type_title: Text
    code: str
    name: Text
    territory: Text
    address: str
    number: int | None
    looks: int
    last: datetime | None
    by: tuple[tuple[str, str], ...]
    """(person, code of the unit)"""


@dataclass(frozen=True, slots=True)
class DrawnType:
    """A type on a round's list: how many of how many, how many were seen, and whether today's register says the same.

    `again` is the draw made anew from the register as it stands: None in a census. `left` and `came` are the codes
    by which it differs from the list.
    """

    stratum: str
    title: Text
    listed: int
    registered: int
    seen: int
    again: bool | None
    left: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round with its list."""

    row: RoundRow
    sites: tuple[ListedSite, ...]
    types: tuple[DrawnType, ...]
    is_desk: bool
    """A census without a list: it asks for what is read at a desk."""


def round_page(year: CampaignYear, code: str, now: datetime) -> RoundPage | None:
    """Return a round of the year; None where there is none of that code (nine statements)."""
    row = next((each for each in round_list(year, now) if each.code == code), None)
    if row is None:
        return None
    county, book = year.campaign.county_id, rulebook(year)
    listed = list(Listing.objects.filter(round_id=row.id).order_by("id").values_list("stratum", "cluster"))
    looks = _looks(county, year.year, row.id, sorted({cluster for _, cluster in listed}))
    frames = {frame.stratum: frame for frame in draws.frames(year, timezone.localdate(now))}
    titles = {stratum: draws.stratum_title(book, stratum) for stratum, _ in listed}
    known = {
        each[0]: each[1:]
        for each in Site.objects.filter(county_id=county, code__in=[cluster for _, cluster in listed]).values_list(
            "code", "name_zh", "name_en", "territory__name_zh", "territory__name_en", "address"
        )
    } if len(listed) <= MOST_LISTED else {}  # fmt: skip
    drawn = row.selection == Selection.DRAWN
    sites = []
    for stratum, cluster in listed:
        zh, en, town_zh, town_en, address = known.get(cluster, (cluster, "", "", "", ""))
        count, last, by = looks.get((stratum, cluster), (0, None, ()))
        number = permanent_number(row.seed, stratum, cluster) if drawn else None
        town = Text(town_zh or "", town_en or "")
        sites.append(
            ListedSite(stratum, titles[stratum], cluster, Text(zh, en), town, address, number, count, last, by)
        )
    return RoundPage(
        row, tuple(sites), tuple(_types(row, sites, frames)), not listed and row.selection == Selection.CENSUS
    )


MOST_LISTED = 20_000
"""Databases bound the values of one statement."""


def _looks(
    county: int, year: int, of: int, clusters: Sequence[str]
) -> dict[tuple[str, str], tuple[int, datetime | None, tuple[tuple[str, str], ...]]]:
    found: dict[tuple[str, str], tuple[int, datetime | None, tuple[tuple[str, str], ...]]] = {}
    for start in range(0, len(clusters), 2000):
        rows = (
            Observation.objects.filter(
                county_id=county, year=year, round_id=of, cluster__in=clusters[start : start + 2000]
            )
            .values_list("stratum", "cluster", "by_person", "by_unit")
            .annotate(looks=Count("seq"), last=Max("observed_at"))
            .order_by("last", "by_person")
        )
        for stratum, cluster, person, unit, count, last in rows:
            before, _, by = found.get((stratum, cluster), (0, None, ()))
            found[stratum, cluster] = (before + count, last, (*by, (person, unit)))
    return found


def _types(
    row: RoundRow, sites: Sequence[ListedSite], frames: Mapping[str, draws.Frame]
) -> Iterator[DrawnType]:  # fmt: skip
    by_type: dict[str, list[ListedSite]] = {}
    for site in sites:
        by_type.setdefault(site.stratum, []).append(site)
    for stratum, mine in by_type.items():
        frame = frames.get(stratum)
        codes = [site.code for site in mine]
        again: bool | None = None
        left: tuple[str, ...] = ()
        came: tuple[str, ...] = ()
        if row.selection == Selection.DRAWN and frame is not None:
            anew = [each.code for each in draws.drawn([frame], row.seed, {stratum: len(codes)})]
            again = set(anew) == set(codes)
            left = tuple(code for code in codes if code not in set(anew))
            came = tuple(code for code in anew if code not in set(codes))
        yield DrawnType(
            stratum, mine[0].type_title, len(mine), len(frame.sites) if frame else 0, sum(site.looks > 0 for site in mine),
            again, left, came,
        )  # fmt: skip
