"""A programme's sites with their score and their open work: the campaign's own records, seen from the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post
from qipan.ground.units.queries import held
from qipan.overview.board import Sums
from qipan.overview.sites import site_list
from qipan.overview.sponsors import OwnPlace
from qipan.spine.campaigns.models import CampaignYear, Programme
from qipan.spine.campaigns.programmes import sites_of
from qipan.spine.work.branches import branches
from qipan.spine.work.models import OPEN, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.queries import light_is


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """The places of a programme, and what they come to; sums are of exactly these sites."""

    places: tuple[OwnPlace, ...]
    sums: Sums
    open: int
    late: int


def programme_page(post: Post, year: CampaignYear, programme: Programme, now: datetime) -> ProgrammePage:
    """Return the page of a programme as a post sees it (five statements beside the list of sites)."""
    tree, county = branches(programme.county_id), programme.county_id
    below = set().union(*(tree.below(unit.pk) for unit in programme.units.all()))
    codes = set(sites_of(programme, below).values_list("code", flat=True))
    found = WorkItem.objects.filter(
        SEE.visible(post, tree), county_id=county, year=year.year, state__in=OPEN, cluster__in=codes
    )  # fmt: skip
    rows = (
        found.order_by().values_list("cluster").annotate(n=Count("pk"), late=Count("pk", filter=light_is("late", now)))
    )
    counts = {cluster: (n, late) for cluster, n, late in rows}
    sums, places = Sums(), []
    for row in site_list(year, timezone.localdate(now)).rows:
        if row.code in codes:
            sums.add(row.sums.possible, row.sums.earned, row.sums.lost, row.sums.unassessed)
            places.append(OwnPlace(row, None, *counts.get(row.code, (0, 0))))
    return ProgrammePage(
        tuple(places), sums, sum(n for n, _late in counts.values()), sum(late for _n, late in counts.values())
    )


def site_choices(county_id: int, on: date) -> list[tuple[int, Text]]:
    """Return the sites that a programme can name, in the order of their codes (one statement)."""
    rows = Site.objects.filter(held(on), county_id=county_id).order_by("code")
    return [
        (pk, Text(f"{code} {zh}", f"{code} {en or zh}"))
        for pk, code, zh, en in rows.values_list("pk", "code", "name_zh", "name_en")
    ]


def site_codes(county_id: int, on: date) -> list[tuple[str, Text]]:
    """Return the same sites, named by their codes (one statement)."""
    rows = Site.objects.filter(held(on), county_id=county_id).order_by("code")
    return [
        (code, Text(f"{code} {zh}", f"{code} {en or zh}"))
        for code, zh, en in rows.values_list("code", "name_zh", "name_en")
    ]


def programmes_at(county_id: int, code: str) -> list[tuple[int, Text]]:
    """Return the programmes that a site belongs to, by its name or its territory (five statements at most)."""
    found = list(Programme.objects.filter(county_id=county_id).prefetch_related("units"))
    if not found:
        return []
    tree = branches(county_id)
    site = Site.objects.filter(county_id=county_id, code=code).first()
    if site is None:
        return []
    named = set(site.programmes.values_list("pk", flat=True))
    above = tree.above(site.territory_id) if site.territory_id else set()
    return [(one.pk, one.name) for one in found if one.pk in named or any(unit.pk in above for unit in one.units.all())]
