"""Gaps: what is missing somewhere in the campaign, each list with what would mend it.

A row leaves its list as soon as what is missing is there; nothing is ticked off by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from django.db.models import Max, Q
from django.utils import timezone

from qipan.assessment.standard import METHODS, UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Role
from qipan.ground.units.queries import held, is_deputy
from qipan.overview.board import largest_losses, site_types, type_title, unit_rows
from qipan.overview.responsibilities import Responsibilities, responsibilities
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import Standing, standing
from qipan.spine.work.models import State, WorkClass, WorkItem

DAYS: Final = 30
"""After so many days without an inspection a site stands in its list, unless another number is asked for."""

Kind = Literal[
    "lead", "function", "people", "checklist", "sites", "inspected", "areas", "marks", "overdue", "limits"
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "lead", "function", "people", "checklist", "sites", "inspected", "areas", "marks", "overdue", "limits",
)  # fmt: skip
"""No answering lead · no unit carries it · no head, deputy in charge or liaison · no checklist · no site · not inspected · an area where
nobody has inspected · below full marks · late · the limit is a sample."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A row of a list: what is missing something, and what.

    `key` names the thing (a check, a function, a unit, a type, a site, a work item, a class); `node` the node of the
    standard that shows it, where there is one. `points` are micro-points that hang on it, `days` how long it has been
    so; None where neither is a measure of it. `method` tells the checks of one criterion apart.
    """

    key: str
    code: str
    title: Text
    note: Text
    node: str = ""
    points: int | None = None
    days: int | None = None
    method: Text = Text()


@dataclass(frozen=True, slots=True)
class Gaps:
    """Every list of a campaign year on a day."""

    standing: Standing
    days: int
    lists: dict[Kind, tuple[Missing, ...]]

    def count(self, kind: Kind) -> int:
        """Return how many rows a list has."""
        return len(self.lists[kind])


def gaps(year: CampaignYear, now: datetime, *, days: int = DAYS) -> Gaps:
    """Return what is missing (nine statements beside the standing's).

    Args:
        year: the campaign year.
        now: the moment by which work is late and an inspection long ago.
        days: after how many days without an inspection a site is listed.
    """
    today = timezone.localdate(now)
    here = standing(year, today)
    duties = responsibilities(year, here)
    at_sites, areas = _inspected(here, duties, today, days)
    lists: dict[Kind, tuple[Missing, ...]] = {
        "lead": tuple(_leads(duties)),
        "function": tuple(_functions(duties)),
        "people": tuple(_people(here, duties, today)),
        "checklist": tuple(_checklists(here)),
        "sites": tuple(_types(here)),
        "inspected": at_sites,
        "areas": areas,
        "marks": tuple(_marks(here)),
        "overdue": tuple(_overdue(year, duties, now)),
        "limits": tuple(_limits(year.campaign.county_id)),
    }
    return Gaps(here, days, lists)


DEPUTY = "deputy"
LACKING: dict[str, Text] = {
    Role.HEAD: Text("无主要负责人", "no head"),
    DEPUTY: Text("无分管负责人", "no deputy in charge"),
    Role.LIAISON: Text("无联络员", "no liaison officer"),
}

WHY_NO_LEAD = {
    "conflict": Text("多个单位可牵头，待选定", "several units could lead; one must be chosen"),
    "no_lead": Text("标准未列牵头单位", "the standard names no lead"),
    "unmapped": Text("牵头职能未对应到单位", "no unit carries the lead's function"),
}


def _leads(found: Responsibilities) -> Iterator[Missing]:
    nodes = found.standing.book.nodes
    for row in found.open:
        node = nodes[row.line.node]
        why = WHY_NO_LEAD.get(row.answer.why, Text("无责任单位", "unowned"))
        yield Missing(
            row.line.key, node.code, node.title, why, node.key, row.sums.possible, method=METHODS[row.line.check.method]
        )


def _functions(found: Responsibilities) -> Iterator[Missing]:
    for row in found.functions:
        if not row.units and (row.leads or row.supports):
            leads, supports = len(row.leads), len(row.supports)
            yield Missing(
                row.code, row.code, row.title,
                Text(f"牵头{leads}项、配合{supports}项测评点", f"leads {leads} and supports {supports} checks"),
            )  # fmt: skip


def _people(here: Standing, found: Responsibilities, today: date) -> Iterator[Missing]:
    """Yield the units that something is asked of and that lack a head, a deputy in charge or a liaison who can sign in."""
    asked = {whose: row.total.possible for whose, row in unit_rows(here).items() if isinstance(whose, int)}
    for units in here.duties.carried.values():
        for unit in units:
            asked.setdefault(unit, 0)
    posts = Post.objects.filter(
        held(today), unit__county_id=here.year.campaign.county_id, person__is_active=True,
        role__in=(Role.HEAD, Role.LIAISON, Role.OFFICE),
    )  # fmt: skip
    held_there: dict[int, set[str]] = {}
    for unit, role, zh, en in posts.values_list("unit_id", "role", "title_zh", "title_en"):
        held_there.setdefault(unit, set()).add(DEPUTY if role == Role.HEAD and is_deputy(Text(zh, en)) else role)
    for unit, points in sorted(asked.items(), key=lambda pair: (-pair[1], pair[0])):
        known, has = found.units.get(unit), held_there.get(unit, set())
        lacks = [words for role, words in LACKING.items() if role not in has]
        # The office of the campaign answers for itself: its own posts see and handle what falls to it.
        if known is None or Role.OFFICE in has or not lacks:
            continue
        *first, last = (words.en for words in lacks)
        note = Text("，".join(words.zh for words in lacks), " and ".join((", ".join(first), last)) if first else last)
        yield Missing(known.code, known.code, known.name, note, points=points)


def _checklists(here: Standing) -> Iterator[Missing]:
    """Yield what cannot be looked at: types without a checklist, and nodes that carry points and have no check."""
    lacking: dict[str, list[str]] = {}
    for line in here.book.lines.values():
        if not line.counter:
            for stratum in line.without_checklist:
                lacking.setdefault(stratum, []).append(line.key)
    points: dict[str, int] = {}
    for part in here.parts:
        if part.stratum in lacking and part.check:
            points[part.stratum] = points.get(part.stratum, 0) + part.possible
    for stratum, checks in sorted(lacking.items(), key=lambda pair: (-points.get(pair[0], 0), pair[0])):
        node = here.book.nodes[here.book.lines[checks[0]].node]
        note = Text(f"{len(checks)}项测评点涉及，无检查单", f"named by {len(checks)} checks, no checklist on file")
        yield Missing(stratum, stratum, type_title(here, stratum), note, node.key, points.get(stratum, 0))
    for key in here.book.bare:
        node = here.book.nodes[key]
        note = Text("该节点有分值而无检查项", "the node carries points, and no check of it is on file")
        yield Missing(key, node.code, node.title, note, key, here.book.bare[key])


def _types(here: Standing) -> Iterator[Missing]:
    absent = set(here.year.absent_types)
    for row in site_types(here):
        if not row.registered and row.stratum not in absent:
            note = Text("标准要求实地考察，尚无登记点位", "the standard looks at it on site; none is registered")
            yield Missing(row.stratum, row.stratum, row.title, note, points=row.sums.possible)


def _inspected(
    here: Standing, found: Responsibilities, today: date, days: int
) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
    """Return the sites that nobody but their own unit has looked at for some days, and the areas without a look."""
    county = here.year.campaign.county_id
    looks = Observation.objects.filter(county_id=county, year__in=(here.year.year - 1, here.year.year), own=False)
    last = dict(looks.exclude(cluster=UNSTRATIFIED).values_list("cluster").annotate(last=Max("observed_at")).order_by())
    since = timezone.make_aware(datetime.combine(today - timedelta(days=days), time.min))
    there = (Q(valid_from=None) | Q(valid_from__lte=today)) & (Q(valid_to=None) | Q(valid_to__gte=today))
    rows = Site.objects.filter(there, county_id=county).order_by("code")
    sites: list[Missing] = []
    areas: dict[int, tuple[datetime | None, int]] = {}
    for code, zh, en, territory in rows.values_list("code", "name_zh", "name_en", "territory_id"):
        seen = last.get(code)
        unit = found.units.get(territory) if territory is not None else None
        if unit is not None:
            newest, count = areas.get(unit.id, (None, 0))
            areas[unit.id] = (max(filter(None, (newest, seen)), default=None), count + 1)
        if seen is None or seen < since:
            note = unit.name if unit else Text("无属地单位", "no territorial unit")
            sites.append(Missing(code, code, Text(zh, en), note, days=_days(seen, today)))
    quiet = [
        Missing(
            found.units[pk].code, found.units[pk].code, found.units[pk].name,
            Text(f"{count}个点位", f"{count} sites"), days=_days(newest, today),
        )
        for pk, (newest, count) in areas.items()
        if newest is None or newest < since
    ]  # fmt: skip
    return tuple(sorted(sites, key=_longest)), tuple(sorted(quiet, key=_longest))


def _days(seen: datetime | None, today: date) -> int | None:
    return None if seen is None else (today - timezone.localdate(seen)).days


def _longest(row: Missing) -> tuple[int, str]:
    """Never looked at comes first, then the longest ago."""
    return (-(10**6) if row.days is None else -row.days, row.key)


def _marks(here: Standing) -> Iterator[Missing]:
    for loss in largest_losses(here, len(here.book.lines)):
        note = Text(f"{loss.places}个点位失分", f"lost at {loss.places} sites") if loss.places else Text("失分", "lost")
        yield Missing(loss.check, loss.code, loss.title, note, loss.node, loss.lost, method=METHODS[loss.method])


def _overdue(year: CampaignYear, found: Responsibilities, now: datetime) -> Iterator[Missing]:
    rows = WorkItem.objects.filter(
        county_id=year.campaign.county_id,
        year=year.year,
        state__in=(State.ISSUED, State.ACCEPTED),
        deadline__lt=now,
        held_since=None,
    ).order_by("deadline", "id")
    for number, zh, en, lead, deadline in rows.values_list("number", "title_zh", "title_en", "lead_id", "deadline"):
        unit = found.units.get(lead) if lead is not None else None
        yield Missing(
            number, number, Text(zh, en), unit.name if unit else Text("无责任单位", "unowned"),
            days=(now - deadline).days,
        )  # fmt: skip


def _limits(county_id: int) -> Iterator[Missing]:
    rows = WorkClass.objects.filter(county_id=county_id, is_active=True, basis=WorkClass.Basis.SAMPLE).order_by("code")
    for each in rows:
        zh, en = UNITS_OF_TIME[each.limit_unit]
        yield Missing(
            each.code, each.code, each.name, Text(f"样例时限：{each.limit}{zh}", f"sample limit: {each.limit} {en}")
        )


UNITS_OF_TIME = {
    "urgent_hour": ("紧急工时", "urgent hours"),
    "working_hour": ("工作时", "working hours"),
    "working_day": ("个工作日", "working days"),
    "calendar_day": ("个自然日", "calendar days"),
}
