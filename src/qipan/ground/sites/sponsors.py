"""Who sponsors which places (包联领导、包联单位): a leader and a unit at most for each site and each area, with dates.

The rule by which a site has a sponsor is one, for the list, the filter and the sponsor's own page: its own sponsor of
that kind, else that of the nearest area it lies in. A leader whose post has ended sponsors nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.sites.models import Site, Sponsor
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Role, Unit
from qipan.ground.units.permissions import MANAGE_SITES
from qipan.ground.units.queries import held
from qipan.ground.units.registers import joined, post_words
from qipan.ground.units.types import folded

LEADER: Final = "leader"
UNIT: Final = "unit"
KINDS = (LEADER, UNIT)
_COLUMNS = {LEADER: "post_id", UNIT: "unit_id"}
SPONSORING = (Role.LEADER, Role.HEAD)
"""The roles whose posts can sponsor a place."""


@dataclass(frozen=True, slots=True)
class SponsorName:
    """A sponsor as pages name it: `key` is "p12" for a post and "u7" for a unit."""

    kind: str
    pk: int
    words: Text

    @property
    def key(self) -> str:
        """What filters and forms know it by."""
        return f"{'p' if self.kind == LEADER else 'u'}{self.pk}"


@dataclass(frozen=True, slots=True)
class OfSite:
    """A sponsor of a site; `area` is the unit through whose area it is, None where it is the site's own."""

    sponsor: SponsorName
    area: int | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Sponsored:
    """Who sponsors what in a county on a day."""

    sites: Mapping[str, tuple[OfSite, ...]]
    """By the code of the site: its leader, then its unit."""
    areas: Mapping[int, tuple[SponsorName, ...]]
    names: Mapping[str, SponsorName]
    """Every sponsor of the day by key, in the order of units and posts."""

    def sites_of(self, key: str) -> set[str]:
        """Return the codes of the sites that somebody sponsors."""
        return {code for code, found in self.sites.items() if any(each.sponsor.key == key for each in found)}

    def areas_of(self, key: str) -> list[int]:
        """Return the areas that somebody sponsors."""
        return [area for area, found in self.areas.items() if any(each.key == key for each in found)]


def running(on: date) -> Q:
    """Return the condition of a sponsorship that counts on a day: its leader still holds the post."""
    of_post = Q(post=None) | (
        (Q(post__valid_from=None) | Q(post__valid_from__lte=on)) & (Q(post__valid_to=None) | Q(post__valid_to__gte=on))
    )
    return held(on) & of_post


def sponsored(county_id: int, on: date) -> Sponsored:
    """Return who sponsors what on a day (one statement; three where somebody sponsors anything)."""
    rows = list(
        Sponsor.objects.filter(running(on), county_id=county_id)
        .select_related("post__unit", "post__person", "unit")
        .order_by("post__unit__code", "post_id", "unit__code", "id")
    )
    if not rows:
        return Sponsored({}, {}, {})
    names: dict[str, SponsorName] = {}
    own: dict[tuple[int, str], OfSite] = {}
    of_area: dict[tuple[int, str], OfSite] = {}
    for row in rows:
        name = _name(row)
        names.setdefault(name.key, name)
        if row.site_id is not None:
            own[row.site_id, name.kind] = OfSite(name, None, row.valid_from)
        elif row.area_id is not None:
            of_area[row.area_id, name.kind] = OfSite(name, row.area_id, row.valid_from)
    parents = dict(Unit.objects.filter(county_id=county_id).values_list("pk", "parent_id")) if of_area else {}
    sites: dict[str, tuple[OfSite, ...]] = {}
    there = Site.objects.filter(held(on), county_id=county_id)
    for pk, code, territory in there.values_list("pk", "code", "territory_id"):
        found = [own.get((pk, kind)) or _through(territory, kind, of_area, parents) for kind in KINDS]
        kept = tuple(each for each in found if each is not None)
        if kept:
            sites[code] = kept
    areas: dict[int, tuple[SponsorName, ...]] = {}
    for (area, _kind), each in sorted(of_area.items()):
        areas[area] = (*areas.get(area, ()), each.sponsor)
    return Sponsored(sites, areas, names)


def _through(
    territory: int | None, kind: str, of_area: Mapping[tuple[int, str], OfSite], parents: Mapping[int, int | None]
) -> OfSite | None:
    """Return the sponsor of the nearest area around."""
    seen: set[int] = set()
    while territory is not None and territory not in seen:
        seen.add(territory)
        if (territory, kind) in of_area:
            return of_area[territory, kind]
        territory = parents.get(territory)
    return None


def _name(row: Sponsor) -> SponsorName:
    if row.post is not None:
        return SponsorName(LEADER, row.post.pk, post_words(row.post))
    if row.unit is None:
        raise LookupError(row.pk)
    return SponsorName(UNIT, row.unit.pk, row.unit.name)


def sponsor_name(county_id: int, key: str) -> SponsorName | None:
    """Return a post or a unit of a county as a sponsor; None where there is none (one statement)."""
    if key[:1] not in {"p", "u"} or not key[1:].isdecimal() or len(key) > 12:
        return None
    if key[0] == "p":
        post = Post.objects.filter(pk=int(key[1:]), unit__county_id=county_id).select_related("unit", "person").first()
        return SponsorName(LEADER, post.pk, post_words(post)) if post else None
    unit = Unit.objects.filter(pk=int(key[1:]), county_id=county_id).first()
    return SponsorName(UNIT, unit.pk, unit.name) if unit else None


def own_sponsors(sites: Iterable[int], on: date) -> dict[int, dict[str, int]]:
    """Return the sponsors that sites have of their own, by kind (one statement)."""
    found: dict[int, dict[str, int]] = {}
    for site, post, unit in (
        Sponsor.objects.filter(running(on), site__in=list(sites)).order_by("id").values_list("site_id", "post_id", "unit_id")
    ):  # fmt: skip
        found.setdefault(site, {})[LEADER if post is not None else UNIT] = post if post is not None else unit
    return found


def check_sponsors(county: County, sponsors: Mapping[str, int] | None, kept: Mapping[str, int] | None = None) -> None:
    """Refuse a sponsor that is none of the county's; one that is there already may stay.

    Raises:
        RegisterError: a post or unit that cannot sponsor.
    """
    wanted = {kind: pk for kind, pk in (sponsors or {}).items() if (kept or {}).get(kind) != pk}
    if (
        LEADER in wanted
        and not Post.objects.filter(
            pk=wanted[LEADER], unit__county=county, role__in=SPONSORING, stands_for=None
        ).exists()
    ):
        raise RegisterError(
            Text("包联领导应是本县的领导或负责人岗位", "a sponsoring leader holds a post of leader or head in the county"),
            "sponsor_leader",
        )  # fmt: skip
    if UNIT in wanted and not Unit.objects.filter(pk=wanted[UNIT], county=county).exists():
        raise RegisterError(Text("本县没有这个单位", "the county has no such unit"), "sponsor_unit")


def move_sponsors(
    county: County, place: Mapping[str, int], before: Mapping[str, int], now: Mapping[str, int], since: date
) -> None:
    """Let others sponsor a place ({"site_id": …} or {"area_id": …}) from a day on; what lies before stays."""
    for kind in KINDS:
        if before.get(kind) == now.get(kind):
            continue
        column = _COLUMNS[kind]
        rows = Sponsor.objects.filter(held(since), county=county, **place).exclude(**{column: None})
        rows.filter(valid_from__gte=since).delete()
        rows.update(valid_to=since - timedelta(days=1))
        if kind in now:
            Sponsor.objects.create(county=county, valid_from=since, **place, **{column: now[kind]})


def sponsor_words(sponsors: Mapping[str, int]) -> dict[str, str]:
    """Return sponsors as the journal writes them: a post by its title, never by its holder."""
    said = {f"sponsor_{kind}": "" for kind in KINDS}
    if LEADER in sponsors:
        post = Post.objects.select_related("unit").filter(pk=sponsors[LEADER]).first()
        said["sponsor_leader"] = f"{post.unit.name_zh} {post.title_zh}" if post else ""
    if UNIT in sponsors:
        said["sponsor_unit"] = Unit.objects.filter(pk=sponsors[UNIT]).values_list("code", flat=True).first() or ""
    return said


@dataclass(slots=True)
class LeaderNames:
    """The posts that can sponsor, by the words that lists use for them."""

    words: dict[int, str]
    by_word: dict[str, list[int]]

    def find(self, word: str) -> list[int]:
        """Return the posts that a word may mean: the holder's name, the title, unit and title, or all of it."""
        return self.by_word.get(folded(word), [])


def leader_names(county_id: int, on: date) -> LeaderNames:
    """Return the posts of a county that can sponsor on a day, leaders before heads (one statement)."""
    words: dict[int, str] = {}
    by_word: dict[str, list[int]] = {}
    posts = Post.objects.filter(
        held(on), unit__county_id=county_id, role__in=SPONSORING, stands_for=None
    ).select_related("unit", "person")
    for post in sorted(posts, key=lambda post: (SPONSORING.index(Role(post.role)), post.pk)):
        said = post_words(post)
        words[post.pk] = said.zh
        whole = joined(post.unit.name_zh, post.title_zh)
        spoken = (
            said.zh, said.en, str(post.person), post.person.full_name_en, post.title_zh, whole, f"{post.person}{whole}",
            f"{post.person}{post.title_zh}", f"{post.unit.name_zh}{post.title_zh}",
        )  # fmt: skip
        for word in {folded(each) for each in spoken if each}:
            by_word.setdefault(word, []).append(post.pk)
    return LeaderNames(words, by_word)


# --- many at once ---


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What would become of a place: its sponsors of that kind before and after, as words."""

    name: Text
    code: str
    was: Text
    changes: bool


def plan_many(
    county: County, key: str, kind: str, sites: Collection[str], areas: Collection[int], on: date
) -> list[PlaceChange]:
    """Say what would become of places if somebody sponsored them, or nobody (six statements).

    Args:
        county: whose places.
        key: the sponsor; "-" for nobody.
        kind: which kind of sponsor is set.
        sites: codes of sites.
        areas: units that answer for an area.
        on: the first day.
    """
    here = sponsored(county.pk, on)
    own: dict[str, SponsorName] = {
        code: each.sponsor for code, found in here.sites.items() for each in found
        if each.sponsor.kind == kind and each.area is None
    }  # fmt: skip
    planned = []
    for site in Site.objects.filter(county=county, code__in=list(sites)).order_by("code"):
        planned.append(_change(site.name, site.code, own.get(site.code), key))
    for unit in Unit.objects.filter(county=county, pk__in=list(areas)).order_by("code"):
        was = next((each for each in here.areas.get(unit.pk, ()) if each.kind == kind), None)
        planned.append(_change(unit.name, unit.code, was, key))
    return planned


def _change(name: Text, code: str, was: SponsorName | None, key: str) -> PlaceChange:
    return PlaceChange(name, code, was.words if was else Text(), (was.key if was else "-") != key)


def set_many(
    key: str, kind: str, sites: Collection[str], areas: Collection[int], *, since: date, by: Post
) -> int:  # fmt: skip
    """Let somebody sponsor many places from a day on, or nobody (key "-"); return how many changed.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: there is no such sponsor, or nothing was chosen.
    """
    county = by.unit.county
    if not MANAGE_SITES.allows(by, county):
        raise PermissionDenied
    wanted: dict[str, int] = {}
    if key != "-":
        name = sponsor_name(county.pk, key)
        if name is None or name.kind != kind:
            raise RegisterError(Text("请选择包联领导或包联单位", "choose who sponsors them"), "sponsor")
        wanted = {kind: name.pk}
        check_sponsors(county, wanted)
    if not sites and not areas:
        raise RegisterError(Text("请先勾选点位或区域", "choose sites or areas first"), "places")
    changed = 0
    with act(actor(by)) as done:
        found = list(Site.objects.filter(county=county, code__in=list(sites)).order_by("code"))
        own = own_sponsors([site.pk for site in found], since)
        for site in found:
            before = {name: pk for name, pk in own.get(site.pk, {}).items() if name == kind}
            if before == wanted:
                continue
            move_sponsors(county, {"site_id": site.pk}, before, wanted, since)
            Site.objects.filter(pk=site.pk).update(version=F("version") + 1)
            details = {
                "version": site.version + 1, "since": since.isoformat(),
                "changes": differences(sponsor_words(before), sponsor_words(wanted)),
            }  # fmt: skip
            done.note("sites.sponsor", Thing("site", str(site.pk), f"{site.name_zh} ({site.code})"), details)
            changed += 1
        for unit in Unit.objects.filter(county=county, pk__in=list(areas)).order_by("code"):
            rows = Sponsor.objects.filter(running(since), area=unit).exclude(**{_COLUMNS[kind]: None})
            present = rows.values_list(_COLUMNS[kind], flat=True).last()
            before = {} if present is None else {kind: present}
            if before == wanted:
                continue
            move_sponsors(county, {"area_id": unit.pk}, before, wanted, since)
            details = {
                "since": since.isoformat(), "changes": differences(sponsor_words(before), sponsor_words(wanted)),
            }  # fmt: skip
            done.note("units.sponsor", Thing("unit", str(unit.pk), f"{unit.name_zh} ({unit.code})"), details)
            changed += 1
    return changed


def hand_over(old: Post, new: Post, on: date) -> int:
    """Let what the holder of a post sponsors be another post's from a day on, inside an act; return how many places."""
    return _carry("post_id", old.pk, new.pk, on)


def sponsors_merged(unit: Unit, into: Unit, on: date) -> None:
    """Let what a merged unit sponsors, and who sponsors its area, be the other unit's from a day on, inside an act.

    Where the other's area has a sponsor of that kind already, that one stays.
    """
    _carry("unit_id", unit.pk, into.pk, on)
    taken = {
        LEADER if post is not None else UNIT
        for post in Sponsor.objects.filter(held(on), area=into).values_list("post_id", flat=True)
    }
    for row in Sponsor.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), area=unit):
        kind = LEADER if row.post_id is not None else UNIT
        if kind not in taken:
            Sponsor.objects.create(
                county_id=row.county_id, area=into, post_id=row.post_id, unit_id=row.unit_id, valid_from=on,
                valid_to=row.valid_to,
            )  # fmt: skip
    _end(Q(area=unit), on - timedelta(days=1))


def sponsors_ended(unit: Unit, on: date) -> None:
    """End what a unit sponsors, and who sponsors its area, on its last day, inside an act."""
    _end(Q(unit=unit) | Q(area=unit), on)


def _end(which: Q, on: date) -> None:
    rows = Sponsor.objects.filter(which & (Q(valid_to=None) | Q(valid_to__gt=on)))
    rows.filter(valid_from__gt=on).delete()
    rows.update(valid_to=on)


def _carry(column: str, old: int, new: int, on: date) -> int:
    rows = list(Sponsor.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), **{column: old}))
    later = {row.pk for row in rows if row.valid_from is not None and row.valid_from >= on}
    Sponsor.objects.filter(pk__in=later).update(**{column: new})
    moved = [row for row in rows if row.pk not in later]
    Sponsor.objects.filter(pk__in=[row.pk for row in moved]).update(valid_to=on - timedelta(days=1))
    Sponsor.objects.bulk_create(
        [
            Sponsor(
                county_id=row.county_id, site_id=row.site_id, area_id=row.area_id, valid_from=on, valid_to=row.valid_to,
                **{column: new},
            )
            for row in moved
        ]
    )  # fmt: skip
    return len(rows)
