"""A small county with the packs on file, for tests of the pages: units, sites, two rounds, a survey, documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

import qipan
from qipan.assessment.rulebook import Line
from qipan.assessment.rules import GradedScale, OptionValues, PassFail, Share
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.ledger.actions import Fact, close_round, open_round, record
from qipan.spine.ledger.models import Observation
from qipan.spine.standards.actions import store
from qipan.spine.standards.models import Edition

PACKS = Path(qipan.__file__).parent / "packs"
ZONE = ZoneInfo("Asia/Shanghai")
YEAR = 2026
UNMAPPED = "justice"
"""A function that nobody carries here."""


@cache
def pack(name: str) -> Any:
    """Read a pack on file, once for a run."""
    return yaml.load((PACKS / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    county: County
    campaign: Campaign
    year: CampaignYear
    office: Person
    head: Person


def chance(*words: object) -> float:
    """Return a number in [0, 1) that belongs to these words."""
    return int.from_bytes(hashlib.sha256("|".join(map(str, words)).encode()).digest()[:8], "big") / 2**64


def at(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment of the year."""
    return datetime(YEAR, month, day, hour, tzinfo=ZONE)


def make(*, standard: Any = None, sites: int = 3, observed: bool = True) -> Made:
    """Make the county.

    Args:
        standard: plain data of the main standard; the national one by default.
        sites: of each type.
        observed: record observations.
    """
    county = County.objects.create(code="test-county", name_zh="测试县", name_en="Test County", is_example=True)
    units = _units(county)
    office_unit = units["140925-civilization-office"]
    editions = _editions(standard)
    campaign = Campaign.objects.create(
        county=county, name_zh="测试县创建文明城市", name_en="Test County's campaign", first_year=YEAR - 2,
        last_year=YEAR, office=office_unit,
    )  # fmt: skip
    year = CampaignYear.objects.create(campaign=campaign, year=YEAR, standard=editions[0])
    year.companions.set(editions[1:])
    _functions(campaign, units)
    _sites(county, units, rulebook(year).lines.values(), sites)
    people = [_person("office", office_unit, Role.OFFICE), _person("head", units["140925-publicity"], Role.HEAD)]
    if observed:
        _observe(county, year)
    return Made(county, campaign, year, *people)


def _editions(standard: Any) -> list[Edition]:
    found = [store(standard or pack("cn-national-2015"))]
    if standard is None:
        found.append(store(pack("cn-minors-2016")))
    return [*found, *(store(pack(name)) for name in ("cn-site-checklists", "cn-questionnaires", "functions"))]


def _units(county: County) -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for entry in pack("ningwu-units")["units"]:
        if "committee" in entry["type"] and len(made) > 90:
            continue
        made[entry["code"]] = Unit.objects.create(
            county=county, code=entry["code"], name_zh=entry["name"]["zh"], name_en=entry["name"].get("en", ""),
            type=entry["type"], parent=made.get(entry.get("parent", "")),
        )  # fmt: skip
    return made


def _functions(campaign: Campaign, units: dict[str, Unit]) -> None:
    rows = []
    for entry in pack("ningwu-units")["units"]:
        unit = units.get(entry["code"])
        for function in entry.get("functions", ()) if unit else ():
            if function != UNMAPPED:
                rows.append(FunctionDuty(campaign=campaign, function=function, unit=unit))
    FunctionDuty.objects.bulk_create(rows)


def _sites(county: County, units: dict[str, Unit], lines: Any, each: int) -> None:
    towns = [unit for unit in units.values() if unit.type in {"town", "township"}]
    types = sorted({s for line in lines if not line.one_thing for s, items in line.strata.items() if items})
    for t, kind in enumerate(types):
        for i in range(each):
            town = towns[(t + i) % len(towns)]
            site = Site.objects.create(
                county=county, code=f"{kind[:30]}-{i + 1}", name_zh=f"{kind} {i + 1}号点", name_en=f"{kind} no. {i + 1}",
                type=kind, territory=town,
            )  # fmt: skip
            if i == 0:
                SiteDuty.objects.create(site=site, function="urban_management", unit=units["140925-publicity"])


def _person(name: str, unit: Unit, role: Role) -> Person:
    person = Person.objects.create(username=f"example-{name}", full_name_zh=name, full_name_en=name)
    Post.objects.create(unit=unit, person=person, role=role, title_zh=f"{unit.name_zh}{name}", title_en=f"{name}")
    return person


def _observe(county: County, year: CampaignYear) -> None:
    book = rulebook(year)
    sites: dict[str, list[str]] = {}
    for code, kind in Site.objects.values_list("code", "type"):
        sites.setdefault(kind, []).append(code)
    listed = [(kind, code) for kind, codes in sorted(sites.items()) for code in codes]
    first = open_round(county.pk, "r1", Text("第一轮", "First round"), "census", at(3, 1), listed)
    record(county.pk, YEAR, list(_facts(book.lines.values(), sites, first.pk, at(3, 5))), by=None)
    close_round(first.pk, at(3, 20))
    fixes = [
        Fact(item, "pass", at(4, 9), stratum, cluster, selection="chosen")
        for item, stratum, cluster in failing(county, "main_road")
    ]
    record(county.pk, YEAR, fixes, by=None)


def _facts(lines: Any, sites: dict[str, list[str]], at_round: int, when: datetime) -> Iterator[Fact]:
    done: set[tuple[str, str, str]] = set()
    for line in lines:
        if line.counter or chance("skip", line.key) < 0.12:
            continue
        for stratum, items in line.strata.items():
            clusters = ["-"] if line.one_thing else sites.get(stratum, [])
            for cluster in clusters:
                for item in items:
                    if (item, stratum, cluster) in done or chance("gap", item, cluster) < 0.05:
                        continue
                    done.add((item, stratum, cluster))
                    subjects = [str(n) for n in range(12)] if line.survey else [""]
                    for subject in subjects:
                        yield Fact(
                            item, outcome(line, item, f"{cluster}{subject}"), when, stratum, cluster, subject,
                            round=None if line.one_thing else at_round, selection="census", source=f"{cluster}/{subject}",
                        )  # fmt: skip


def failing(county: County, stratum: str) -> list[tuple[str, str, str]]:
    """Return where an item did not comply at the sites of a type: (item, stratum, cluster)."""
    rows = Observation.objects.filter(county=county, stratum=stratum, outcome="fail").order_by("seq")
    return list(rows.values_list("item", "stratum", "cluster"))


def outcome(line: Line, item: str, place: str) -> str:
    """Return an outcome that the item's value can read."""
    value, at = line.values[item], chance(item, place)
    if at > 0.97 and not line.survey and not line.one_thing:
        return "na"
    match value:
        case PassFail():
            return "fail" if at < 0.25 else "pass"
        case GradedScale():
            grades = list(value.values)
            return grades[int(at * at * len(grades))]
        case OptionValues():
            options = list(value.values)
            return options[int(at * at * len(options))]
        case Share():
            return f"{int(5 + at * 5)} of 10"
        case _:
            return str(int(60 + at * 60))
