"""What can be asked about the register of sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.sites.registry import current_duties
from qipan.ground.sites.sponsors import own_sponsors
from qipan.ground.units.models import Unit


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as it is entered, with who answers for it by function ("" for everything else there)."""

    pk: int
    code: str
    name: Text
    type: str
    address: str
    territory: int | None
    lon: float | None
    lat: float | None
    valid_from: date | None
    valid_to: date | None
    version: int
    duties: dict[str, int]
    current: bool
    sponsors: dict[str, int]
    """The post ("leader") and the unit ("unit") that sponsor it, as it is entered: not those of its area."""


def sites_of(county_id: int, on: date) -> list[SiteRow]:
    """Return the register of a county in the order of codes (three statements)."""
    sites = list(Site.objects.filter(county_id=county_id).order_by("code"))
    duties = current_duties([site.pk for site in sites], on)
    sponsors = own_sponsors([site.pk for site in sites], on)
    return [_row(site, duties.get(site.pk, {}), sponsors.get(site.pk, {}), on) for site in sites]


def site_of(county_id: int, pk: int, on: date) -> SiteRow | None:
    """Return one site of a county, or None."""
    site = Site.objects.filter(county_id=county_id, pk=pk).first()
    if site is None:
        return None
    return _row(site, current_duties([pk], on).get(pk, {}), own_sponsors([pk], on).get(pk, {}), on)


def site_pk(county_id: int, code: str) -> int | None:
    """Return the key of a site by its code."""
    return Site.objects.filter(county_id=county_id, code=code).values_list("pk", flat=True).first()


def unit_titles(county_id: int) -> dict[int, Text]:
    """Return the names of a county's units by key (one statement)."""
    rows = Unit.objects.filter(county_id=county_id)
    return {pk: Text(zh, en) for pk, zh, en in rows.values_list("pk", "name_zh", "name_en")}


def _row(site: Site, duties: dict[str, int], sponsors: dict[str, int], on: date) -> SiteRow:
    return SiteRow(
        pk=site.pk, code=site.code, name=site.name, type=site.type, address=site.address, territory=site.territory_id,
        lon=site.lon, lat=site.lat, valid_from=site.valid_from, valid_to=site.valid_to, version=site.version,
        duties=duties, sponsors=sponsors, current=(site.valid_from is None or site.valid_from <= on) and (site.valid_to is None or site.valid_to >= on),
    )  # fmt: skip
