"""A county of a chosen size for measuring: judged by the national standard, one of its checklists made 20 items long."""

from __future__ import annotations

import copy
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qipan.spine.campaigns.models import CampaignYear

ROUNDS = 10
CHECKLISTS = "cn-site-checklists"
LONG, ITEMS = "main_road", 20
"""The longest shipped checklist has 13 items; a visit is measured with 20."""


def passes(line: Any, item: str) -> bool:
    """Whether an item of a check at sites is answered by pass or fail."""
    try:
        line.worth(item, "pass")
    except ValueError:
        return False
    return bool(line.check.method == "site_inspection")


def _pack(name: str) -> dict[str, Any]:
    from qipan.ground.documents.yaml_file import read_yaml
    from qipan.project.example.loading import PACKS

    found: dict[str, Any] = copy.deepcopy(read_yaml(PACKS / f"{name}.yaml").data)
    return found


def _longer_checklists(name: str) -> dict[str, Any]:
    """Return the shipped checklists with more items of one type, each like one that is there."""
    pack = _pack(name)
    items = next(kind for kind in pack["types"] if kind["code"] == LONG)["items"]
    plain = [item for item in items if "value" not in item]
    for n in range(len(items), ITEMS):
        items.append({**plain[n % len(plain)], "key": f"{LONG}.more{n}"})
    return pack


def _longer_standard(name: str) -> dict[str, Any]:
    """Return the national standard whose checks of that type read the added items too."""
    pack = _pack(name)
    known = len(next(kind for kind in _pack(CHECKLISTS)["types"] if kind["code"] == LONG)["items"])
    more = [f"{LONG}.more{n}" for n in range(known, ITEMS)]
    lists: list[list[Any]] = []

    def walk(node: dict[str, Any]) -> None:
        for check in node.get("checks", ()):
            found = (check.get("strata") or {}).get(LONG)
            if check["method"] == "site_inspection" and found:
                lists.append(found)
        for child in node.get("children", ()):
            walk(child)

    for node in pack["nodes"]:
        walk(node)
    for n, key in enumerate(more):
        lists[n % len(lists)].append(key)
    return pack


def county() -> CampaignYear:
    """Make a county judged by the national standard, with a unit for each function."""
    from django.utils import timezone

    from qipan.ground.units.models import County, Unit
    from qipan.project.example.loading import COMPANIONS, STANDARD, store_pack
    from qipan.spine.campaigns.books import functions
    from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
    from qipan.spine.standards.actions import store

    county = County.objects.create(code="large", name_zh="测量县")
    now = timezone.now().year
    campaign = Campaign.objects.create(county=county, name_zh="测量", first_year=now, last_year=now)
    year = CampaignYear.objects.create(campaign=campaign, year=now, standard=store(_longer_standard(STANDARD)))
    year.companions.set(
        [store(_longer_checklists(name)) if name == CHECKLISTS else store_pack(name) for name in COMPANIONS]
    )
    for code in functions(year):
        unit = Unit.objects.create(county=county, code=code, name_zh=code, type="department")
        FunctionDuty.objects.create(campaign=campaign, function=code, unit=unit)
    return year


def fill(year: CampaignYear, size: int) -> None:
    """Bring the county's ledger to a size, in realistic grain: each site visited whole in each of ten rounds."""
    from django.db import connection, transaction
    from django.utils import timezone

    from qipan.ground.sites.models import Site
    from qipan.spine.campaigns.books import rulebook
    from qipan.spine.ledger.models import Observation
    from qipan.spine.ledger.recompute import rebuild

    county = year.campaign.county
    Observation.objects.filter(county=county).delete()
    Site.objects.filter(county=county).delete()
    book, chance = rulebook(year), random.Random(1)
    types: dict[str, list[str]] = {}
    for line in book.lines.values():
        if line.check.method == "site_inspection":
            for stratum, items in line.strata.items():
                known = types.setdefault(stratum, [])
                known += [item for item in items if item not in known and passes(line, item)]
    visit_rows = sum(len(items) for items in types.values())
    sites = max(1, size // (visit_rows * ROUNDS))
    begin = timezone.make_aware(datetime(year.year, 1, 2, 9))
    Site.objects.bulk_create(
        [Site(county=county, code=f"{t[:30]}-{n}", name_zh="点", type=t) for t in types for n in range(sites)],
        batch_size=1000,
    )
    columns = (
        "uid", "county_id", "year", "item", "stratum", "cluster", "subject", "selection", "outcome", "weight", "observed_at",
        "recorded_at", "by_person", "by_post", "by_unit", "own", "source",
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(ROUNDS):
            seen = str((begin + timedelta(days=n)).astimezone(tz=None).replace(tzinfo=None))
            for kind, items in types.items():
                for site in range(sites):
                    visit = f"{kind[:30]}-{site}"
                    for item in items:
                        outcome = "fail" if chance.random() < 0.15 else "pass"
                        yield (
                            uuid.UUID(int=chance.getrandbits(128)).hex, county.pk, year.year, item, kind, visit, "", "census",
                            outcome, 1, seen, seen, "", "", "", False, f"{n}/{visit}",
                        )  # fmt: skip

    table = connection.ops.quote_name(Observation._meta.db_table)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 names of our own columns
    with transaction.atomic(), connection.cursor() as cursor:
        ready = rows()
        while chunk := list(islice(ready, 20_000)):
            cursor.executemany(statement, chunk)
        rebuild(year)
