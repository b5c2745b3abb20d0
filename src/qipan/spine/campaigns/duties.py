"""Who answers for a check, and for what at a site: functions mapped to units, and the leads that were chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.db.models import FilteredRelation, Q, QuerySet

from qipan.assessment.catalogue import Function, function_names
from qipan.assessment.rulebook import Line
from qipan.ground.sites.models import Site
from qipan.ground.units.queries import held
from qipan.spine.campaigns import books
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear, FunctionDuty

Why = Literal["chosen", "function", "site", "no_lead", "unmapped", "conflict"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The unit that answers (None = unowned), why, and who else could."""

    unit: int | None
    why: Why
    candidates: tuple[int, ...] = ()


@dataclass(slots=True)
class Duties:
    """All that decides whose points are whose, on one day."""

    functions: Mapping[str, Function]
    names: Mapping[str, str]
    carried: dict[str, tuple[int, ...]]
    chosen: dict[str, int]
    site_duties: dict[tuple[str, str], int]
    territory: dict[str, int]
    _leads: dict[str, Answer] = field(default_factory=dict)

    def codes(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the codes of functions that a standard names, in its order; unknown words stay as they are."""
        return tuple(self.names.get(word, word) for word in words)

    def units_of(self, words: tuple[str, ...]) -> tuple[int, ...]:
        """Return the units that carry any of the functions named, each once."""
        return tuple(dict.fromkeys(unit for code in self.codes(words) for unit in self.carried.get(code, ())))

    def lead(self, line: Line) -> Answer:
        """Return the one unit that answers for a check as a whole."""
        found = self._leads.get(line.key)
        if found is None:
            found = self._leads[line.key] = self._lead(line)
        return found

    def _lead(self, line: Line) -> Answer:
        if not line.check.lead:
            candidates = self.units_of(line.check.support)
            why: Why = "no_lead"
        else:
            candidates = self.units_of(line.check.lead)
            why = "unmapped" if not candidates else "function" if len(candidates) == 1 else "conflict"
        unit = self.chosen.get(line.key)
        if unit is not None:
            return Answer(unit, "chosen", candidates)
        return Answer(candidates[0] if why == "function" else None, why, candidates)

    def at_site(self, line: Line, cluster: str) -> Answer:
        """Return the unit to which a check's part at a cluster falls: the one responsible for that site and function,
        else the check's answering lead.
        """
        for code in self.codes(line.check.lead + line.check.support):
            unit = self.site_duties.get((cluster, code))
            if unit is not None:
                return Answer(unit, "site")
            function = self.functions.get(code)
            if function is not None and function.group and cluster in self.territory and code == "townships":
                return Answer(self.territory[cluster], "site")
        unit = self.site_duties.get((cluster, ""))
        return Answer(unit, "site") if unit is not None else self.lead(line)

    def supports(self, line: Line) -> tuple[int, ...]:
        """Return the units that support a check: they see its points as shared and carry none of them."""
        answer = self.lead(line).unit
        others = self.units_of(line.check.support) + self.units_of(line.check.lead)
        return tuple(unit for unit in dict.fromkeys(others) if unit != answer)


def duties(year: CampaignYear, on: date, at: Collection[str] | None = None) -> Duties:
    """Return who answers for what on a day (three statements, whatever the number of sites).

    Args:
        year: the campaign year.
        on: the day.
        at: only at these sites, by their codes; everywhere when None.
    """
    known = books.functions(year)
    county = year.campaign.county_id
    carried: dict[str, list[int]] = {}
    rows = FunctionDuty.objects.filter(held(on), campaign_id=year.campaign_id).order_by("function", "id")
    for function, unit in rows.values_list("function", "unit_id"):
        carried.setdefault(function, []).append(unit)
    chosen = _chosen(year, on)
    there = Q() if at is None else Q(code__in=at)
    site_duties, territory = _at_sites(Site.objects.filter(there, county_id=county), on)
    return Duties(
        functions=known,
        names=function_names(known.values()),
        carried={function: tuple(dict.fromkeys(units)) for function, units in carried.items()},
        chosen=chosen,
        site_duties=site_duties,
        territory=territory,
    )


def _chosen(year: CampaignYear, on: date) -> dict[str, int]:
    """Return the units that were chosen, by check; one that was merged by that day is the unit that took its place."""
    found: dict[str, int] = {}
    rows = AnsweringLead.objects.filter(campaign_year=year).values_list(
        "check_key", "unit_id", "unit__valid_to", "unit__merged_into_id", "unit__merged_into__valid_to",
        "unit__merged_into__merged_into_id",
    )  # fmt: skip
    for check, unit, last, into, into_last, beyond in rows:
        steps = ((unit, last), (into, into_last), (beyond, None))
        standing = next((pk for pk, end in steps if pk is not None and (end is None or end >= on)), None)
        if standing is not None:
            found[check] = standing
    return found


def _at_sites(sites: QuerySet[Site], on: date) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Return who answers at each site for each function (of several the first named), and in whose territory it lies,
    as it was on a day where that has changed since (one statement).
    """
    duties: dict[tuple[str, str], tuple[int, int]] = {}
    territory: dict[str, int | None] = {}
    ends: dict[str, date] = {}
    begun = Q(duties__valid_from=None) | Q(duties__valid_from__lte=on)
    lasting = Q(duties__valid_to=None) | Q(duties__valid_to__gte=on)
    rows = sites.annotate(duty=FilteredRelation("duties", condition=begun & lasting)).values_list(
        "code", "territory_id", "former__unit_id", "former__until", "duty__id", "duty__function", "duty__unit_id"
    )
    for code, unit, former, until, duty, function, answers in rows.order_by():
        if duty is not None:
            duties[code, function] = min(duties.get((code, function), (duty, answers)), (duty, answers))
        if until is not None and until >= on:
            if code not in ends or until < ends[code]:
                territory[code], ends[code] = former, until
        elif code not in ends:
            territory[code] = unit
    return (
        {key: answers for key, (_, answers) in duties.items()},
        {code: unit for code, unit in territory.items() if unit is not None},
    )
