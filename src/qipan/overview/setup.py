"""How far a county is set up: counted from what is there, so that no step can be ticked that was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import County, Post, Role, Unit, UnitType
from qipan.ground.units.queries import held
from qipan.ground.worktime.models import CalendarYear
from qipan.overview.board import type_title
from qipan.overview.responsibilities import FunctionRow, responsibilities
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty, TimeNode
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.scorecards.queries import Standing, standing


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What is there, and what is missing. Points are micro-points."""

    campaign: Campaign | None
    years: tuple[int, ...] = ()
    years_without_standard: tuple[int, ...] = ()
    units: int = 0
    """In being, beside the campaign office."""
    units_without_people: int = 0
    """That carry a function or answer for an area, and have neither head nor liaison."""
    people: int = 0
    functions: int = 0
    """That lead a check of the current year's standard."""
    functions_unowned: int = 0
    points_unmapped: int = 0
    """Of checks whose lead nobody carries."""
    points_undecided: int = 0
    """Of checks that several units lead, or for which the standard names no lead: one is to be chosen."""
    sites: int = 0
    types_without_sites: int = 0
    """That the standard inspects, that have no site, and that are not said to be absent."""
    nodes: int = 0
    deciding_node: bool = False
    calendar_years: tuple[int, ...] = ()
    rounds: int = 0
    observed: bool = False
    practice: bool = False


def setup_facts(county: County, campaign: Campaign | None, year: CampaignYear | None, on: date) -> SetupFacts:
    """Return how far a county is set up (ten statements; with a standard, as many more as its standing needs)."""
    carriers = Q()
    if campaign is not None:
        carried = FunctionDuty.objects.filter(held(on), campaign=campaign).values_list("unit_id", flat=True)
        carriers = Q(pk__in=list(carried))
    territorial = list(UnitType.objects.filter(county=county, is_territorial=True).values_list("code", flat=True))
    served = Post.objects.filter(held(on), role__in=(Role.HEAD, Role.LIAISON), unit__county=county)
    in_being = Unit.objects.filter(held(on), county=county)
    owing = in_being.filter(carriers | Q(type__in=territorial)) if carriers or territorial else in_being.none()
    posts = Post.objects.filter(held(on), unit__county=county).aggregate(people=Count("person", distinct=True))
    sites = dict(
        Site.objects.filter(held(on), county=county).order_by().values_list("type").annotate(number=Count("id"))
    )
    nodes = TimeNode.objects.filter(campaign=campaign).values_list("decides", flat=True) if campaign else ()
    pinned = [each.year for each in campaign.years.order_by("year")] if campaign else []
    cycle = range(campaign.first_year, campaign.last_year + 1) if campaign else ()
    standard = _by_standard(year, on, sites) if year else _Named()
    deciding = list(nodes)
    return SetupFacts(
        campaign=campaign,
        years=tuple(pinned),
        years_without_standard=tuple(each for each in cycle if each not in pinned),
        units=max(in_being.count() - 1, 0),
        units_without_people=owing.exclude(pk__in=served.values("unit_id")).count(),
        people=posts["people"],
        functions=standard.functions,
        functions_unowned=standard.unowned,
        points_unmapped=standard.unmapped,
        points_undecided=standard.undecided,
        sites=sum(sites.values()),
        types_without_sites=standard.types,
        nodes=len(deciding),
        deciding_node=any(deciding),
        calendar_years=tuple(
            CalendarYear.objects.filter(calendar_id=county.pk).order_by("year").values_list("year", flat=True)
        ),
        rounds=Round.objects.filter(county=county).count(),
        observed=Observation.objects.filter(county=county).exists(),
        practice=County.objects.filter(practice_of=county).exists(),
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """What the standard names: functions that lead, those nobody carries, points by why they are nobody's, types."""

    functions: int = 0
    unowned: int = 0
    unmapped: int = 0
    undecided: int = 0
    types: int = 0


def _by_standard(year: CampaignYear, on: date, sites: dict[str, int]) -> _Named:
    now = standing(year, on)
    found = responsibilities(year, now)
    # A function that only supports, such as that of all units together, may belong to nobody in particular.
    leading = [row for row in found.functions if row.leads]
    unmapped = sum(check.sums.possible for check in found.open if check.answer.why == "unmapped")
    undecided = sum(check.sums.possible for check in found.open if check.answer.why != "unmapped")
    unowned = sum(1 for row in leading if not row.units)
    return _Named(len(leading), unowned, unmapped, undecided, len(types_without_sites(now, sites)))


def types_without_sites(now: Standing, sites: dict[str, int]) -> list[str]:
    """Return the site types that the standard inspects here and that have no site, those said to be absent left out."""
    return sorted(_inspected(now) - set(sites) - set(now.year.absent_types))


def _inspected(now: Standing) -> set[str]:
    """The site types that the standard looks at on site."""
    return {
        stratum
        for line in now.book.lines.values()
        if not (line.one_thing or line.survey or line.counter)
        for stratum, items in line.strata.items()
        if items and stratum != UNSTRATIFIED
    }


@dataclass(frozen=True, slots=True)
class OwedFunction:
    """A function with the points of the checks that it leads."""

    row: FunctionRow
    points: int


def owed_functions(year: CampaignYear, now: Standing) -> list[OwedFunction]:
    """Return the functions that the pinned standard names, those that nobody carries first, then by their points.

    A check that several functions lead counts whole for each of them: that much hangs on it.
    """
    found = responsibilities(year, now)
    rows = [
        OwedFunction(row, sum(now.card.checks[key].possible for key in row.leads if key in now.card.checks))
        for row in found.functions
    ]
    return sorted(rows, key=lambda one: (bool(one.row.units), -one.points, -len(one.row.supports), one.row.code))


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A site type that the standard inspects: how many sites there are of it."""

    code: str
    title: Text
    sites: int


def absent_choices(year: CampaignYear, on: date) -> tuple[str, list[TypeChoice]]:
    """Return the cut that the standard publishes (empty if none), and the site types that could be absent."""
    now = standing(year, on)
    sites = Site.objects.filter(held(on), county_id=year.campaign.county_id).order_by()
    counts = dict(sites.values_list("type").annotate(number=Count("id")))
    codes = {*_inspected(now), *year.absent_types}
    types = [TypeChoice(code, type_title(now, code), counts.get(code, 0)) for code in codes]
    cut = now.book.standard.cut
    published = f"{float(cut.points):g}" if cut else ""
    return published, sorted(types, key=lambda one: (one.sites > 0, one.code))
