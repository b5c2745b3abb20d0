"""What can happen to a site: it is added, changed with its duties, ended, taken back."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.sites.models import FormerTerritory, Site, SiteDuty
from qipan.ground.sites.signals import duties_changed
from qipan.ground.sites.sponsors import check_sponsors, move_sponsors, own_sponsors, sponsor_words
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit
from qipan.ground.units.permissions import MANAGE_SITES
from qipan.ground.units.queries import held
from qipan.ground.units.registry import check_days, check_words, free_code


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site as it is entered; an empty code asks for a free one.

    `duties` are the units that answer, by function ("" for everything else there); None leaves them as they are.
    `sponsors` are the post ("leader") and the unit ("unit") that sponsor it; None leaves them as they are.
    """

    name: Text
    type: str
    code: str = ""
    address: str = ""
    territory: int | None = None
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    duties: Mapping[str, int] | None = None
    sponsors: Mapping[str, int] | None = None


def add_site(entry: SiteEntry, *, types: Collection[str], by: Post) -> Site:
    """Add a site to the county of the post.

    Args:
        entry: what is entered.
        types: the codes of types that the county's standard and checklists know; empty for any.
        by: who acts.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        made = write_new(checked(entry, county, types), county, done)
        duties_changed.send(Site, county_id=county.pk)
    return made


def write_new(entry: SiteEntry, county: County, done: Act) -> Site:
    """Write a site whose entry has been checked, with its duties, and note it."""
    made = Site.objects.create(
        county=county, code=entry.code or free_site_code(county), name_zh=entry.name.zh, name_en=entry.name.en,
        type=entry.type, address=entry.address, territory_id=entry.territory, lon=entry.lon, lat=entry.lat,
        valid_from=entry.valid_from, valid_to=entry.valid_to,
    )  # fmt: skip
    for function, unit in (entry.duties or {}).items():
        SiteDuty.objects.create(site=made, function=function, unit_id=unit, valid_from=entry.valid_from)
    sponsors = entry.sponsors or {}
    if sponsors:
        move_sponsors(county, {"site_id": made.pk}, {}, sponsors, entry.valid_from or timezone.localdate())
    said = _spoken(values(made)) | _duty_words(entry.duties or {}) | (sponsor_words(sponsors) if sponsors else {})
    details = {"version": 1, "changes": differences({}, said)}
    done.note("sites.add", Thing("site", str(made.pk), label(made)), details)
    return made


def edit_site(
    pk: int, entry: SiteEntry, *, version: int, since: date, types: Collection[str], by: Post
) -> Site:  # fmt: skip
    """Change what is entered of a site.

    Args:
        pk: which site.
        entry: what it shall be.
        version: as the person who acts saw it.
        since: the first day of another territory or of other duties; what lies before stays as it was.
        types: the codes of types that are known; empty for any.
        by: who acts.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be; `Stale` where somebody was faster.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        kept = _kept(county, pk)
        found = checked(entry, county, types, kept)
        if write_change(kept, found, version, since, county, done):
            duties_changed.send(Site, county_id=county.pk)
        kept.refresh_from_db()
    return kept


def write_change(kept: Site, entry: SiteEntry, version: int, since: date, county: County, done: Act) -> bool:
    """Write a changed site whose entry has been checked, and note it; return whether anything differed."""
    was, now = values(kept), values_of(entry, kept)
    before = current_duties([kept.pk], since).get(kept.pk, {})
    duties = before if entry.duties is None else dict(entry.duties)
    sponsored = own_sponsors([kept.pk], since).get(kept.pk, {})
    sponsors = sponsored if entry.sponsors is None else dict(entry.sponsors)
    if kept.version == version and not differences(was, now) and duties == before and sponsors == sponsored:
        return False
    if not Site.objects.filter(pk=kept.pk, version=version).update(**now, version=version + 1):
        raise stale(county.code, "site", kept.pk, version, Site.objects.get(pk=kept.pk).version)
    if was["territory_id"] != now["territory_id"]:
        FormerTerritory.objects.create(site=kept, unit_id=was["territory_id"], until=since - timedelta(days=1))
    move_duties(kept.pk, before, duties, since)
    move_sponsors(county, {"site_id": kept.pk}, sponsored, sponsors, since)
    details = {
        "version": version + 1, "since": since.isoformat(),
        "changes": differences(
            _spoken(was) | _duty_words(before) | sponsor_words(sponsored),
            _spoken(now) | _duty_words(duties) | sponsor_words(sponsors),
        ),
    }  # fmt: skip
    done.note("sites.edit", Thing("site", str(kept.pk), f"{entry.name.zh} ({now['code']})"), details)
    return True


def move_duties(site: int, before: Mapping[str, int], now: Mapping[str, int], since: date) -> None:
    """Let other units answer for a site from a day on; duties that began on that day or later are replaced."""
    for function in {*before, *now}:
        if before.get(function) == now.get(function):
            continue
        running = SiteDuty.objects.filter(held(since), site_id=site, function=function)
        running.filter(valid_from__gte=since).delete()
        running.update(valid_to=since - timedelta(days=1))
        if function in now:
            SiteDuty.objects.create(site_id=site, function=function, unit_id=now[function], valid_from=since)


def end_site(pk: int, on: date, *, version: int, by: Post) -> Site:
    """Take a site off the register after a day; what was seen there stays.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the day lies before its first; `Stale` where somebody was faster.
    """
    return _set_end(pk, on, version, by, "sites.end")


def reopen_site(pk: int, *, version: int, by: Post) -> Site:
    """Take the end of a site back.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: `Stale` where somebody was faster.
    """
    return _set_end(pk, None, version, by, "sites.reopen")


def _set_end(pk: int, on: date | None, version: int, by: Post, verb: str) -> Site:
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        kept = _kept(county, pk)
        check_days(kept.valid_from, on)
        was = kept.valid_to
        if not Site.objects.filter(pk=pk, version=version).update(valid_to=on, version=version + 1):
            raise stale(county.code, "site", pk, version, kept.version)
        kept.refresh_from_db()
        details = {"version": version + 1, "changes": differences({"valid_to": was}, {"valid_to": on})}
        done.note(verb, Thing("site", str(pk), label(kept)), details)
        duties_changed.send(Site, county_id=county.pk)
    return kept


def current_duties(sites: Iterable[int], on: date) -> dict[int, dict[str, int]]:
    """Return who answers for each site on a day, by function (one statement); the oldest row of a function counts."""
    found: dict[int, dict[str, int]] = {}
    rows = SiteDuty.objects.filter(held(on), site_id__in=list(sites)).order_by("-id")
    for site, function, unit in rows.values_list("site_id", "function", "unit_id"):
        found.setdefault(site, {})[function] = unit
    return found


def checked(entry: SiteEntry, county: County, types: Collection[str], kept: Site | None = None) -> SiteEntry:
    """Return an entry that can be written.

    Raises:
        RegisterError: it cannot.
    """
    zh, en, code, address = entry.name.zh.strip(), entry.name.en.strip(), entry.code.strip(), entry.address.strip()
    check_words(zh, en, code)
    if not entry.type or (types and entry.type not in types and (kept is None or kept.type != entry.type)):
        raise RegisterError(Text("请选择点位类型", "choose a type of site"), "type")
    if len(address) > 160:
        raise RegisterError(Text("地址最多 160 字", "the address has at most 160 characters"), "address")
    taken = Site.objects.filter(county=county, code=code).exclude(pk=kept.pk if kept else 0)
    if code and taken.exists():
        raise RegisterError(Text(f"编号“{code}”已被其他点位使用", f"another site has the code {code}"), "code")
    check_position(entry.lon, entry.lat)
    wanted = {*(entry.duties or {}).values(), *((entry.territory,) if entry.territory else ())}
    known = set(Unit.objects.filter(county=county, pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    if entry.territory and entry.territory not in known:
        raise RegisterError(Text("本县没有这个单位", "the county has no such unit"), "territory")
    if wanted - known:
        raise RegisterError(Text("本县没有这个单位", "the county has no such unit"), "duties")
    check_sponsors(county, entry.sponsors, own_sponsors([kept.pk], timezone.localdate()).get(kept.pk) if kept else None)
    check_days(entry.valid_from, entry.valid_to)
    return SiteEntry(
        Text(zh, en), entry.type, code, address, entry.territory, entry.lon, entry.lat, entry.valid_from, entry.valid_to,
        entry.duties, entry.sponsors,
    )  # fmt: skip


def check_position(lon: float | None, lat: float | None) -> None:
    """Refuse a position that is none."""
    if (lon is None) != (lat is None):
        raise RegisterError(Text("经度和纬度要一起填写", "give longitude and latitude together"), "lon")
    if lon is None or lat is None:
        return
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise RegisterError(
            Text("经度在 -180 到 180 之间，纬度在 -90 到 90 之间（如 112.30, 39.00）", "longitude lies between -180 and 180, latitude between -90 and 90 (such as 112.30, 39.00)"),
            "lon",
        )  # fmt: skip


def free_site_code(county: County, taken: Iterable[str] | None = None) -> str:
    """Return the next free code of a county's sites: S001, S002, …"""
    known = taken if taken is not None else Site.objects.filter(county=county).values_list("code", flat=True)
    return free_code(county, known, "S")


def values(site: Site) -> dict[str, Any]:
    """Return what is entered of a site, by field."""
    return {
        "code": site.code, "name_zh": site.name_zh, "name_en": site.name_en, "type": site.type,
        "address": site.address, "territory_id": site.territory_id, "lon": site.lon, "lat": site.lat,
        "valid_from": site.valid_from, "valid_to": site.valid_to,
    }  # fmt: skip


def values_of(entry: SiteEntry, kept: Site) -> dict[str, Any]:
    """Return what an entry makes of a site, by field."""
    return {
        "code": entry.code or kept.code, "name_zh": entry.name.zh, "name_en": entry.name.en, "type": entry.type,
        "address": entry.address, "territory_id": entry.territory, "lon": entry.lon, "lat": entry.lat,
        "valid_from": entry.valid_from, "valid_to": entry.valid_to,
    }  # fmt: skip


def _spoken(fields: Mapping[str, Any]) -> dict[str, Any]:
    pk = fields.get("territory_id")
    code = Unit.objects.filter(pk=pk).values_list("code", flat=True).first() if pk else ""
    return {name: value for name, value in fields.items() if name != "territory_id"} | {"territory": code}


def _duty_words(duties: Mapping[str, int]) -> dict[str, str]:
    codes = dict(Unit.objects.filter(pk__in=duties.values()).values_list("pk", "code")) if duties else {}
    return {
        "duties": "; ".join(f"{function or '*'}: {codes.get(unit, '')}" for function, unit in sorted(duties.items()))
    }


def label(site: Site) -> str:
    """Return a site as the journal names it."""
    return f"{site.name_zh} ({site.code})"


def _kept(county: County, pk: int) -> Site:
    kept = Site.objects.filter(county=county, pk=pk).first()
    if kept is None:
        raise RegisterError(Text("本县没有这个点位", "the county has no such site"))
    return kept


def _may(by: Post, county: County) -> None:
    if not MANAGE_SITES.allows(by, county):
        raise PermissionDenied
