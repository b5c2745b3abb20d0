"""The published rates of a county's work: by unit, kind, group of classes or side, for a period, from one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import EYES
from qipan.ground.units.types import unit_types
from qipan.ground.worktime.queries import clock
from qipan.spine.work.branches import Branches
from qipan.spine.work.measures import RATES, Case, Place, Tally, meter_for, places
from qipan.spine.work.models import VOID, WorkItem
from qipan.spine.work.origins import OTHERS, OWN
from qipan.spine.work.permissions import SEE
from qipan.spine.work.queries import Filters, selected

BY = ("unit", "kind", "group", "side")
"""What the rates can be laid out by."""
_COLUMNS = {"unit": "lead__code", "kind": "kind", "group": "work_class__group", "side": "side"}
PLACED_BY = RATES["on_time_handling"]
"""The rate that places in a group go by."""


@dataclass(slots=True)
class RateRow:
    """The rates of one unit, kind, group or side. `key` is what the list is filtered by; "-" is what has none.

    `own` counts what the unit has found by its own look, which is in none of the rates.
    """

    key: str
    name: Text | None
    tally: Tally = field(default_factory=Tally)
    own: int = 0
    place: Place | None = None

    @property
    def is_assessed(self) -> bool:
        """Whether anything was owed or to be closed."""
        return bool(self.tally.counts["owed"] or self.tally.counts["to_close"])


@dataclass(frozen=True, slots=True)
class RateGroup:
    """Rows that are compared with one another: units of one type, or all rows."""

    name: Text | None
    rows: tuple[RateRow, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a county, a branch or a unit. `whole` is missing where a post sees only part of what others lead."""

    whole: RateRow | None
    groups: tuple[RateGroup, ...]
    working_day: timedelta
    now: datetime


def rates(post: Post, filters: Filters, by: str = "unit", *, now: datetime | None = None) -> Rates:
    """Return the rates of what a post sees (ten statements at most, whatever the number of units).

    Args:
        post: who asks. Heads and liaisons get their own unit and those below it, as lead units.
        filters: the year, the period and what else is wanted. What a unit has found itself is never in a rate.
        by: one of `BY`.
        now: the moment for what is late.
    """
    moment = now or timezone.now()
    units = list(Unit.objects.filter(county_id=post.unit.county_id).order_by("id"))
    tree, named = Branches.of(units), {unit.code: unit for unit in units}
    everywhere = post.role in EYES
    within = {code for code, unit in tree.codes.items() if everywhere or unit in tree.below(post.unit_id)}
    counted = clock(post.unit.county_id)
    rows: dict[str, RateRow] = {}
    whole = RateRow(filters.unit, None)
    chosen = by if by in BY else "unit"
    others = _cases(post, filters, chosen, OTHERS, moment, tree)
    meter = meter_for(counted, (case for _lead, _key, case in others))
    for lead, key, case in others:
        if lead in within or everywhere:
            rows.setdefault(key, RateRow(key, None)).tally.add(case, moment, meter)
            whole.tally.add(case, moment, meter)
    for lead, key, _case in _cases(post, filters, chosen, OWN, moment, tree):
        if lead in within or everywhere:
            rows.setdefault(key, RateRow(key, None)).own += 1
            whole.own += 1
    if chosen == "unit":
        groups = _by_type(post, filters, rows, named, within, tree)
    else:
        groups = (RateGroup(None, tuple(sorted(rows.values(), key=lambda row: row.key))),) if rows else ()
    # A sum is shown only where one list shows it: the county's, or one unit's.
    shown = whole if everywhere or filters.unit else None
    return Rates(shown, groups, counted.working_day, moment)


def _cases(
    post: Post, filters: Filters, by: str, found: str, now: datetime, tree: Branches
) -> list[tuple[str, str, Case]]:
    wanted = selected(post, _of(filters, found), now, tree).exclude(state__in=VOID)
    columns = (
        "lead__code",
        _COLUMNS[by],
        "state",
        "issued_at",
        "deadline",
        "reported_at",
        "closed_at",
        "handling_round",
        "held_since",
        "deferred_until",
    )
    rows = wanted.values_list(*columns)
    return [
        (lead or "", key or "-", replace(Case(*rest), rests=held is not None or deferred is not None))
        for lead, key, *rest, held, deferred in rows
    ]


def _of(filters: Filters, found: str) -> Filters:
    kept = {name: getattr(filters, name) for name in ("year", "since", "until", "unit", "kind", "group", "side")}
    return Filters(**kept, found=found)


def _by_type(
    post: Post,
    filters: Filters,
    rows: Mapping[str, RateRow],
    named: Mapping[str, Unit],
    within: Iterable[str],
    tree: Branches,
) -> tuple[RateGroup, ...]:
    """Return the units in groups of one type. A unit that leads something this year and owes nothing now is there too."""
    leads = WorkItem.objects.filter(SEE.visible(post, tree), year=filters.year, lead__isnull=False).order_by()
    asked = set(leads.values_list("lead__code", flat=True).distinct()) & set(within)
    if filters.unit:
        asked &= {filters.unit}
    types = {each.code: each for each in unit_types(post.unit.county_id)}
    grouped: dict[str, list[RateRow]] = {}
    for code in sorted(asked | (set(rows) & set(named))):
        row = rows.get(code) or RateRow(code, None)
        row.name = named[code].name
        grouped.setdefault(named[code].type, []).append(row)
    out = []
    for kind in sorted(grouped, key=lambda kind: (types[kind].position, kind)):
        mine = grouped[kind]
        found = places({row.key: row.tally.ratio(PLACED_BY).share for row in mine}, more=PLACED_BY.more)
        for row in mine:
            row.place = found.get(row.key) if len(mine) > 1 else None
        last = len(mine) + 1
        mine.sort(key=lambda row: (row.place.number if row.place else last, row.key))
        out.append(RateGroup(types[kind].name, tuple(mine)))
    return tuple(out)
