"""The register: 300 sites of a small county town on a river, and of the towns around it.

The county lies nowhere: its coordinates are in the Gulf of Guinea, near 0° N 0° E, so that no map shows a real place
under it. Streets run west to east, avenues north to south; everything else lies along them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

from qipan.ground.sites.models import Site
from qipan.ground.units.models import County, Unit
from qipan.project.example.chance import fraction
from qipan.project.example.units import NORTH, SEAT, SOUTH, TOWNS
from qipan.project.example.words import (
    AVENUES,
    COMMUNITIES,
    COMPOUNDS,
    LANES,
    NAMED,
    SCHOOLS,
    STREETS,
)

LON, LAT = 0.2, 0.1
METRES = 111_320
#: Distances of the streets north of the centre and of the avenues east of it, in metres; the river lies between 滨河北路
#: and 滨河南路.
ROWS = (1500, 1120, 760, 380, 20, -330, -690, -980, -1390)
COLUMNS = (-1840, -1360, -900, -440, 30, 460, 890, 1380, 1870)
RIVER = -835
NORTH_OF = 1000

#: What the county does not have. It has towns and townships, no subdistricts, and no border business of its own.
ABSENT_TYPES = ("metro", "street_office", "street_culture_station", "exit_entry_hall")
#: What it has, with a checklist on file, and nobody has looked at.
NEVER_INSPECTED = ("minor_psych_station", "construction_site")

RESIDENT_ZONES, SCHOOL_ZONES = 12, 2


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site as the example has it; `town` is its territory ("" for what moves or has none)."""

    code: str
    zh: str
    en: str
    type: str
    town: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in metres east and north of the centre, and the town that it belongs to where that is not its place's."""

    x: float
    y: float
    town: str = ""


def _street(row: int, x: float) -> _Spot:
    return _Spot(x, ROWS[row] + 55 * sin(x / 800 + row))


def _avenue(column: int, y: float) -> _Spot:
    return _Spot(COLUMNS[column] + 45 * sin(y / 700 + column), y)


def _beside(spot: _Spot, east: float, north: float) -> _Spot:
    return _Spot(spot.x + east, spot.y + north, spot.town)


def _between(low: float, high: float, *words: object) -> float:
    return low + (high - low) * fraction("place", *words)


def _along(kind: str, number: int) -> _Spot:
    """Return a spot on one of the town's roads; the busy ones in the middle have more of them."""
    if fraction("road", kind, number) < 0.6:
        return _street(1 + int(7 * fraction("row", kind, number)), _between(-1800, 1800, "x", kind, number))
    return _avenue(1 + int(7 * fraction("column", kind, number)), _between(-1350, 1450, "y", kind, number))


def _off_road(kind: str, number: int, low: float, high: float) -> _Spot:
    """Return a spot a little way from a road."""
    spot = _along(kind, number)
    side = 1 if fraction("side", kind, number) < 0.5 else -1
    return _beside(spot, _between(-60, 60, "east", kind, number), side * _between(low, high, "north", kind, number))


#: Direction (radians from east) and distance of the seats of the two towns that reach into the county town.
_NEAR = {SOUTH: (-1.35, 4300.0), NORTH: (1.8, 4700.0)}


def _seat(town: str, kind: str, number: int) -> _Spot:
    """Return a spot in the main street of a town or township outside the county town."""
    place = [plan.code for plan in TOWNS].index(town)
    angle, far = _NEAR.get(town) or (2 * pi * place / len(TOWNS) + 0.4, 6500 + 9000 * fraction("far", town))
    along = _between(-450, 450, "along", kind, number)
    return _Spot(
        far * cos(angle) + along * sin(angle),
        far * sin(angle) + along * cos(angle) + _between(-90, 90, kind, number),
        town,
    )


#: Names that begin with one of these stand in that town.
_IN_TOWN = {plan.zh[:2]: plan.code for plan in TOWNS if plan.code != SEAT}
_OUTER = tuple(plan.code for plan in TOWNS if plan.code != SEAT)


def _named_spot(kind: str, number: int, zh: str) -> _Spot:
    town = next((code for word, code in _IN_TOWN.items() if zh.startswith(word)), "")
    return _seat(town, kind, number) if town else _off_road(kind, number, 30, 110)


def _roads() -> Iterator[tuple[str, str, _Spot]]:
    for row, (zh, en) in enumerate(STREETS):
        yield zh, en, _street(row, _between(-500, 500, "middle", zh))
    for column, (zh, en) in enumerate(AVENUES):
        yield zh, en, _avenue(column, _between(-200, 600, "middle", zh))


def _lanes() -> Iterator[tuple[str, str, _Spot]]:
    for number, (zh, en) in enumerate(LANES):
        spot = _seat(_OUTER[number % 5], "lane", number) if number >= 29 else _off_road("lane", number, 60, 140)
        yield zh, en, spot


def _communities() -> Iterator[tuple[str, str, _Spot]]:
    for number, (zh, en) in enumerate(COMMUNITIES):
        spot = _off_road("community", number, 80, 160)
        if zh in {"渔市", "船厂"}:
            spot = _beside(_street(8, -900 + 1600 * (number - 10)), 0, 120)
        yield f"{zh}社区", f"{en} Community", spot


def _compounds() -> Iterator[tuple[str, str, _Spot]]:
    for number, (zh, en) in enumerate(COMPOUNDS):
        outer = _seat(_OUTER[(number - 44) % 5], "compound", number) if number >= 44 else None
        yield zh, en, outer or _off_road("compound", number, 70, 165)


def _schools() -> Iterator[tuple[str, str, _Spot]]:
    for number, (zh, en) in enumerate(SCHOOLS):
        yield zh, en, _named_spot("school", number, zh)


def _surroundings() -> Iterator[tuple[str, str, _Spot]]:
    for number, (zh, en) in enumerate(SCHOOLS[:15:2]):
        spot = _named_spot("school", 2 * number, zh)
        yield f"{zh}周边", f"Around {en}", _beside(spot, 45, -60)


def _crossings() -> Iterator[tuple[str, str, _Spot]]:
    for row, column in ((1, 2), (1, 4), (2, 3), (2, 4), (2, 5), (3, 1), (3, 4), (3, 6), (4, 4), (5, 5), (7, 3), (7, 5)):
        x = COLUMNS[column] + 45 * sin(ROWS[row] / 700 + column)
        zh = f"{STREETS[row][0]}与{AVENUES[column][0]}路口"
        yield zh, f"{STREETS[row][1]} and {AVENUES[column][1]}", _street(row, x)


def _bus_stops() -> Iterator[tuple[str, str, _Spot]]:
    for number in range(14):
        row, west = 1 + number // 2, number % 2 == 0
        zh, en = STREETS[row]
        name = "西站" if west else "东站"
        yield f"{zh}{name}公交站", f"{en} {'West' if west else 'East'} Stop", _street(row, -1000 if west else 1100)


def _toilets() -> Iterator[tuple[str, str, _Spot]]:
    for number in range(8):
        zh, en = AVENUES[number]
        yield f"{zh}公厕", f"{en} Public Toilet", _beside(_avenue(number, _between(-900, 1200, "wc", number)), 18, 0)


_PLACED = {
    "main_road": _roads,
    "back_lane": _lanes,
    "community": _communities,
    "residential_compound": _compounds,
    "school": _schools,
    "school_surroundings": _surroundings,
    "crossing": _crossings,
    "bus_stop": _bus_stops,
    "public_toilet": _toilets,
}
#: What has no fixed place has no territory.
_NOWHERE = frozenset({"bus", "hotline"})


def _plan(kind: str, number: int, zh: str, en: str, spot: _Spot) -> SitePlan:
    town = spot.town or (SOUTH if spot.y < RIVER else NORTH if spot.y > NORTH_OF else SEAT)
    return SitePlan(
        code=f"{kind}-{number:03}",
        zh=zh,
        en=en,
        type=kind,
        town="" if kind in _NOWHERE else town,
        lon=round(LON + spot.x / METRES, 6),
        lat=round(LAT + spot.y / METRES, 6),
    )


def _zones(found: list[SitePlan]) -> Iterator[SitePlan]:
    communities = [site for site in found if site.type == "community"]
    schools = [site for site in found if site.type == "school"]
    for number in range(RESIDENT_ZONES):
        of = communities[number]
        yield SitePlan(
            f"residents-{number:03}", f"{of.zh}问卷点", f"Survey zone {of.en}", "residents", of.town, of.lon, of.lat
        )
    for kind, zh, en in (("pupils", "学生问卷点", "Pupils of"), ("parents", "家长问卷点", "Parents of")):
        for number in range(SCHOOL_ZONES):
            of = schools[(3, 9)[number]]
            yield SitePlan(f"{kind}-{number:03}", f"{of.zh}{zh}", f"{en} {of.en}", kind, of.town, of.lon, of.lat)


def plan_sites() -> list[SitePlan]:
    """Return every site of the county, survey zones among them."""
    found: list[SitePlan] = []
    for kind, made in _PLACED.items():
        found += [_plan(kind, number, zh, en, spot) for number, (zh, en, spot) in enumerate(made())]
    for kind, names in NAMED.items():
        found += [_plan(kind, n, zh, en, _named_spot(kind, n, zh)) for n, (zh, en) in enumerate(names)]
    return [*found, *_zones(found)]


def make_sites(county: County, units: dict[str, Unit], plans: list[SitePlan]) -> dict[str, Site]:
    """Make the register and return the sites by code."""
    Site.objects.bulk_create(
        [
            Site(
                county=county, code=plan.code, name_zh=plan.zh, name_en=plan.en, type=plan.type,
                territory=units.get(plan.town), lon=plan.lon, lat=plan.lat,
            )
            for plan in plans
        ],
        batch_size=500,
    )  # fmt: skip
    return {site.code: site for site in Site.objects.filter(county=county)}
