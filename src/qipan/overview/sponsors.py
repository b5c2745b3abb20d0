"""Sponsors and their places: who sponsors how much, and one sponsor's places with their work and their points.

Nobody is ranked: the list of sponsors counts places, not points, and its order is that of units and posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.sites.sponsors import LEADER, Sponsored, SponsorName, sponsor_name
from qipan.ground.sites.sponsors import sponsored as sponsored_of
from qipan.ground.units.models import Post, Unit, UnitType
from qipan.ground.units.queries import held
from qipan.overview.board import Sums
from qipan.overview.sites import SiteList, SiteRow, site_list
from qipan.spine.campaigns.headquarters import seats_of_post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.models import OPEN, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.queries import Row, light_is
from qipan.spine.work.rows import fetched, rows_of

WORK_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SponsorLine:
    """A sponsor in the list, with how many places."""

    sponsor: SponsorName
    sites: int
    areas: int


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A site of a sponsor: its points, the area through which it is his, and the work there that the reader sees."""

    row: SiteRow
    area: int | None
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class SponsorPage:
    """A sponsor's places, and what they come to; sums are of exactly these sites."""

    sponsor: SponsorName
    listed: SiteList
    places: tuple[OwnPlace, ...]
    areas: tuple[int, ...]
    groups: tuple[tuple[str, Text, Text], ...]
    work: tuple[Row, ...]
    sums: Sums
    open: int
    late: int

    @property
    def has_places(self) -> bool:
        """Whether anything is sponsored."""
        return bool(self.places or self.areas)


def sponsor_lines(county_id: int, on: date) -> tuple[Sponsored, list[SponsorLine]]:
    """Return every sponsor of a day in the order of units and posts (three statements)."""
    found = sponsored_of(county_id, on)
    lines = [
        SponsorLine(name, len(found.sites_of(key)), len(found.areas_of(key))) for key, name in found.names.items()
    ]  # fmt: skip
    return found, lines


def sponsor_page(post: Post, year: CampaignYear, key: str, now: datetime) -> SponsorPage | None:
    """Return a sponsor's page as a post sees it; None for what is no post and no unit of its county.

    Seven statements beside the list of sites; two where there are no places.
    """
    sponsor = sponsor_name(year.campaign.county_id, key)
    return page_of(post, year, sponsor, now) if sponsor is not None else None


def page_of(post: Post, year: CampaignYear, sponsor: SponsorName, now: datetime) -> SponsorPage:
    """Return the page of a sponsor who is known already."""
    today = timezone.localdate(now)
    county = year.campaign.county_id
    listed = site_list(year, today)
    codes = listed.sponsored.sites_of(sponsor.key)
    found = WorkItem.objects.filter(
        SEE.visible(post), county_id=county, year=year.year, state__in=OPEN, cluster__in=codes
    )  # fmt: skip
    counts = _counts(found.order_by(), now) if codes else {}
    through = {
        code: each.area for code in codes for each in listed.sponsored.sites[code] if each.sponsor.key == sponsor.key
    }
    sums = Sums()
    places = []
    for row in listed.rows:
        if row.code in codes:
            sums.add(row.sums.possible, row.sums.earned, row.sums.lost, row.sums.unassessed)
            places.append(OwnPlace(row, through[row.code], *counts.get(row.code, (0, 0))))
    work = rows_of(fetched(found.order_by("deadline", "pk")[:WORK_SHOWN]), now, county) if counts else []
    groups = seats_of_post(year.campaign_id, sponsor.pk, today) if sponsor.kind == LEADER else []
    return SponsorPage(
        sponsor, listed, tuple(places), tuple(listed.sponsored.areas_of(sponsor.key)), tuple(groups), tuple(work),
        sums, sum(n for n, _late in counts.values()), sum(late for _n, late in counts.values()),
    )  # fmt: skip


def _counts(found, now: datetime) -> Mapping[str, tuple[int, int]]:  # type: ignore[no-untyped-def]
    rows = found.values_list("cluster").annotate(n=Count("pk"), late=Count("pk", filter=light_is("late", now)))
    return {cluster: (n, late) for cluster, n, late in rows}


@dataclass(frozen=True, slots=True)
class PlaceToChoose:
    """A site or an area that may be given a sponsor: `key` is a site's code or a unit's number."""

    key: str
    code: str
    name: Text
    note: Text
    sponsors: tuple[Text, ...]


def sites_to_choose(
    county_id: int, on: date, *, kind: str = "", territory: str = "", sponsor: str = "", words: str = ""
) -> list[PlaceToChoose]:  # fmt: skip
    """Return the sites that filters leave, with their present sponsors (four statements)."""
    found = sponsored_of(county_id, on)
    sites = Site.objects.filter(held(on), county_id=county_id).select_related("territory").order_by("code")
    if kind:
        sites = sites.filter(type=kind)
    if territory:
        sites = sites.filter(territory__code=territory)
    theirs = set(found.sites) if sponsor == "-" else found.sites_of(sponsor) if sponsor else set()
    asked = words.casefold().split()
    kept = []
    for site in sites:
        if sponsor and (site.code in theirs) == (sponsor == "-"):
            continue
        text = f"{site.code} {site.name_zh} {site.name_en} {site.address}".casefold()
        if all(word in text for word in asked):
            note = site.territory.name if site.territory else Text()
            now = tuple(each.sponsor.words for each in found.sites.get(site.code, ()))
            kept.append(PlaceToChoose(site.code, site.code, site.name, note, now))
    return kept


def areas_to_choose(county_id: int, on: date, *, words: str = "") -> list[PlaceToChoose]:
    """Return the units that answer for an area, or have sites in their territory (four statements)."""
    found = sponsored_of(county_id, on)
    types = UnitType.objects.filter(county_id=county_id, is_territorial=True).values("code")
    of_type = Unit.objects.filter(held(on), county_id=county_id, merged_into=None, type__in=types)
    with_sites = Unit.objects.filter(held(on), county_id=county_id, merged_into=None, territory_sites__isnull=False)
    units = {unit.pk: unit for unit in (*of_type, *with_sites.distinct())}
    asked = words.casefold().split()
    return [
        PlaceToChoose(
            str(unit.pk), unit.code, unit.name, Text(), tuple(each.words for each in found.areas.get(unit.pk, ()))
        )
        for unit in sorted(units.values(), key=lambda unit: unit.code)
        if all(word in f"{unit.code} {unit.name_zh} {unit.name_en}".casefold() for word in asked)
    ]


def types_and_territories(county_id: int, on: date) -> tuple[list[str], list[tuple[str, Text]]]:
    """Return the types of sites in use, and the units in whose territory sites lie, to filter by (one statement)."""
    rows = Site.objects.filter(held(on), county_id=county_id).values_list(
        "type", "territory__code", "territory__name_zh", "territory__name_en"
    )
    kinds: set[str] = set()
    territories: dict[str, Text] = {}
    for kind, code, zh, en in rows:
        kinds.add(kind)
        if code:
            territories[code] = Text(zh, en)
    return sorted(kinds), sorted(territories.items())
