"""What a county knows that an office's file may speak of: units, sites, people, open orders, rows imported before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.queries import held
from qipan.ground.units.types import folded
from qipan.ground.worktime.clock import Clock
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.limits import settings_of
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import WorkItem
from qipan.spine.work.office_files.models import ImportedRow
from qipan.spine.work.office_files.rows import OfficeRow
from qipan.spine.work.office_files.units import UnitWords, cell_units, unit_words
from qipan.spine.work.opening import Desk, Finding, desk_for

_NUMBER = re.compile(r"20\d\d-\d{5,9}")


@dataclass(frozen=True, slots=True)
class Known:
    """An item that a row is known to be: its number, its title, and what the row (or the item) says."""

    number: str
    title: Text
    said: Mapping[str, object]


@dataclass(slots=True)
class World:
    """All that rows are compared with, asked for once."""

    year: CampaignYear
    clock: Clock
    at_once_days: int
    """Working days of what is to be done at once."""
    units: UnitWords
    by_pk: Mapping[int, Unit]
    sites: list[Site]
    rows: Mapping[str, Known]
    numbers: dict[str, Known]
    people: Mapping[tuple[str, int], int]
    items: Mapping[tuple[str, str], str]
    _codes: dict[str, Site] = field(default_factory=dict)
    _names: dict[str, list[Site]] = field(default_factory=dict)
    _territories: dict[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for site in self.sites:
            self._codes[site.code] = site
            self._names.setdefault(folded(site.name_zh), []).append(site)
            if site.name_en:
                self._names.setdefault(folded(site.name_en), []).append(site)

    def unit(self, pk: int) -> Unit | None:
        """Return a unit."""
        return self.by_pk.get(pk)

    def number(self, row: OfficeRow) -> str:
        """Return the number that Qipan gave a row, if it has one; Qipan's own lists carry it in the first column."""
        for name in ("number", "serial"):
            said = row.line(name)
            if _NUMBER.fullmatch(said):
                return said
        return ""

    def site(self, code: str, name: str, territory: int | None) -> tuple[Site | None, Text]:
        """Return the site that a row names, and what is to be said of one that is not found."""
        if code and code in self._codes:
            return self._codes[code], Text()
        if name in self._codes:
            return self._codes[name], Text()
        found = self._names.get(folded(name), []) if name else []
        if len(found) > 1 and territory is not None:
            found = [site for site in found if site.territory_id == territory] or found
        if len(found) == 1:
            return found[0], Text()
        if len(found) > 1:
            return None, Text(
                f"有{len(found)}个点位叫“{name}”，未关联点位", f"{len(found)} sites are called {name}: linked to none"
            )
        if name:
            return None, Text(
                f"点位库里没有“{name}”，地点写入说明", f"{name} is no site of the register: kept as words"
            )
        return None, Text()

    def item(self, key: str, what: str, stratum: str) -> str:
        """Return the item of a checklist that a row means: by its key, or by its very words."""
        if key and ("", key) in self.items:
            return key
        return self.items.get((stratum, folded(what)), "") if stratum else ""

    def territory(self, words: str) -> int | None:
        """Return the unit in whose territory a row says that it lies."""
        if not words:
            return None
        if words not in self._territories:
            found = cell_units(words, self.units)
            self._territories[words] = found.leads[0] if len(found.leads) == 1 else None
        return self._territories[words]

    def person(self, name: str, lead: Unit | None) -> int | None:
        """Return the person of the lead unit who is called so; None where there is none, or there are several."""
        return self.people.get((folded(name), lead.pk)) if name and lead is not None else None

    def desk(self, findings: Sequence[Finding], at: datetime) -> Desk:
        """Return all that is needed to open orders for findings."""
        return desk_for(self.year, findings, at)

    def open_numbers(self, keys: Iterable[str | None]) -> dict[str, str]:
        """Return the numbers of the open orders that have these keys (one statement)."""
        wanted = [key for key in keys if key]
        found = WorkItem.objects.filter(open_key__in=wanted).values_list("open_key", "number")
        return {key: number for key, number in found if key}


def world_of(year: CampaignYear, explained: Mapping[str, Sequence[str]], tables_numbers: Iterable[str]) -> World:
    """Return what a county knows (a dozen statements, however long the file is).

    Args:
        year: the campaign year.
        explained: what the office says that words mean for units.
        tables_numbers: the numbers of Qipan that stand in the file.
    """
    county = year.campaign.county
    today = day_of(timezone.now())
    units = {unit.pk: unit for unit in Unit.objects.filter(county=county)}
    known = ImportedRow.objects.filter(county=county).values_list(
        "identity", "said", "work_item__number", "work_item__title_zh", "work_item__title_en"
    )
    rows = {identity: Known(number, Text(zh, en), said) for identity, said, number, zh, en in known}
    numbers = {
        item.number: Known(
            item.number, item.title,
            {"lead": item.lead.code if item.lead else "", "deadline": day_of(item.deadline).isoformat()},
        )
        for item in WorkItem.objects.filter(county=county, number__in=set(tables_numbers)).select_related("lead")
    }  # fmt: skip
    people: dict[tuple[str, int], int] = {}
    several: set[tuple[str, int]] = set()
    posts = Post.objects.filter(held(today), unit__county=county, person__is_active=True)
    for unit, person, name in posts.values_list("unit_id", "person_id", "person__full_name_zh"):
        key = (folded(name), unit)
        if people.setdefault(key, person) != person:
            several.add(key)
    for key in several:
        del people[key]
    book = rulebook(year)
    items: dict[tuple[str, str], str] = {}
    twice: set[tuple[str, str]] = set()
    for type_code, kind in book.catalogue.types.items():
        for item in kind.items:
            listed = book.catalogue.items.get(item)
            if listed is None:
                continue
            for words in {folded(listed.title.zh), folded(listed.title.en)} - {""}:
                if items.setdefault((type_code, words), item) != item:
                    twice.add((type_code, words))
    for one in twice:
        del items[one]
    items |= {("", item): item for item in book.catalogue.items}
    sites = list(Site.objects.filter(held(today), county=county))
    return World(
        year, clock(county.pk), settings_of(county.pk).at_once_days, unit_words(county, today, explained), units, sites, rows, numbers, people, items,
    )  # fmt: skip
