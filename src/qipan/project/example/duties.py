"""Who answers for what: functions mapped to units, units responsible at sites, and the answering leads chosen.

Not everything is settled: some functions have no unit, two have more than one, and for some checks with several leads
nobody has been chosen.
"""

from __future__ import annotations

from datetime import date

from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import Unit
from qipan.project.example.people import OFFICE
from qipan.project.example.sites import SitePlan
from qipan.project.example.units import TOWNS, UNITS
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import AnsweringLead, Campaign, CampaignYear, FunctionDuty

UNMAPPED = ("science", "red_cross", "literary_federation")
"""Functions that no unit has been named for; what only they lead is unowned."""

#: The unit responsible at each type of site: for everything there, then for single functions.
TYPE_DUTIES: dict[str, tuple[str, dict[str, str]]] = {
    "main_road": (
        "qs-urban-management",
        {
            "urban_management": "qs-urban-management",
            "sanitation": "qs-urban-management",
            "municipal_works": "qs-urban-management",
            "traffic_police": "qs-traffic-police",
        },
    ),
    "commercial_street": (
        "qs-urban-management",
        {
            "urban_management": "qs-urban-management",
            "sanitation": "qs-urban-management",
            "municipal_works": "qs-urban-management",
            "traffic_police": "qs-traffic-police",
            "commerce": "qs-commerce",
        },
    ),
    "market": ("qs-market-regulation", {"market_regulation": "qs-market-regulation"}),
    "mall_supermarket": ("qs-commerce", {"commerce": "qs-commerce"}),
    "school": ("qs-education", {"education": "qs-education", "all_units": "qs-education"}),
    "school_surroundings": ("qs-market-regulation", {"market_regulation": "qs-market-regulation"}),
    "park_square": ("qs-landscaping", {"landscaping": "qs-landscaping"}),
    "hotel": ("qs-commerce", {"all_units": "qs-commerce"}),
    "gov_hall": (
        "qs-administrative-approval",
        {"administrative_approval": "qs-administrative-approval", "all_units": "qs-administrative-approval"},
    ),
    "hospital": ("qs-health", {"health": "qs-health", "all_units": "qs-health"}),
    "community_clinic": ("qs-health", {"health": "qs-health"}),
    "bus_stop": ("qs-transport", {"transport": "qs-transport", "all_units": "qs-transport"}),
    "bus": ("qs-transport", {"transport": "qs-transport"}),
    "coach_station": ("qs-transport", {"transport": "qs-transport", "all_units": "qs-transport"}),
    "crossing": ("qs-traffic-police", {"traffic_police": "qs-traffic-police"}),
    "construction_site": ("qs-housing", {"housing": "qs-housing"}),
    "culture_venue": ("qs-culture-tourism", {"culture_tourism": "qs-culture-tourism"}),
    "public_toilet": ("qs-urban-management", {"sanitation": "qs-urban-management"}),
    "scenic_spot": ("qs-culture-tourism", {"culture_tourism": "qs-culture-tourism"}),
    "internet_cafe": ("qs-culture-tourism", {"public_security": "qs-public-security"}),
    "emergency_shelter": ("qs-emergency", {}),
    "minor_psych_station": ("qs-education", {}),
    "heritage_site": ("qs-culture-tourism", {}),
    "waterway": ("qs-environment", {}),
    "patriotic_base": ("qs-publicity", {}),
    "youth_center": ("qs-youth-league", {}),
    "travel_agency": ("qs-culture-tourism", {}),
    "tourist_hub": ("qs-culture-tourism", {}),
}

#: Sites whose unit is not that of their type.
SITE_DUTIES: dict[str, str] = {
    "gov_hall-001": "qs-taxation",
    "window_unit-000": "qs-government-office",
    "window_unit-001": "qs-transport",
    "window_unit-002": "qs-development-reform",
    "window_unit-003": "qs-housing",
    "window_unit-004": "qs-housing",
    "window_unit-005": "qs-cyberspace",
    "window_unit-006": "qs-cyberspace",
    "window_unit-007": "qs-government-office",
    "window_unit-008": "qs-human-resources",
    "window_unit-009": "qs-culture-tourism",
    "hotline-000": "qs-market-regulation",
    "hotline-001": "qs-human-resources",
    "hotline-002": "qs-market-regulation",
}

#: Checks with several leads, or none, for which the campaign has chosen nobody yet.
UNDECIDED = (
    "Ⅲ-10/document_review",
    "Ⅲ-17/document_review",
    "Ⅲ-31/document_review",
    "Ⅲ-34/survey",
    "Ⅲ-36/document_review",
    "Ⅲ-51/document_review",
    "Ⅲ-80/document_review",
    "cn-minors-2016:4.2/survey",
    "cn-minors-2016:5.5/document_review",
)
#: Checks whose standard names no lead, given to a unit by the campaign; the others of their kind are unowned.
GIVEN = {
    "Ⅲ-62/authority_opinion": "qs-human-resources",
    "Ⅲ-63/authority_opinion": "qs-human-resources",
    "Ⅲ-68/authority_opinion": "qs-emergency",
    "Ⅲ-38/survey": "qs-administrative-approval",
    "Ⅲ-73/authority_opinion": "qs-environment",
}


def main_unit(site: SitePlan) -> str:
    """Return the unit that answers for a site as a whole: its own, its type's, else the town that it lies in."""
    return SITE_DUTIES.get(site.code) or TYPE_DUTIES.get(site.type, ("", {}))[0] or site.town


def unit_for(site: SitePlan, words: tuple[str, ...]) -> str:
    """Return the unit that answers at a site for the first of these functions, else for the site as a whole."""
    if site.code not in SITE_DUTIES:
        single = TYPE_DUTIES.get(site.type, ("", {}))[1]
        for word in words:
            if word in single:
                return single[word]
            if word == "townships" and site.town:
                return site.town
    return main_unit(site)


def make_function_duties(campaign: Campaign, units: dict[str, Unit], since: date) -> None:
    """Map functions to units."""
    rows = [
        FunctionDuty(campaign=campaign, function=function, unit=units[plan.code], valid_from=since)
        for plan in UNITS
        for function in plan.functions
        if function not in UNMAPPED
    ]
    rows += [
        FunctionDuty(campaign=campaign, function="townships", unit=units[plan.code], valid_from=since) for plan in TOWNS
    ]
    FunctionDuty.objects.bulk_create(rows)


def make_site_duties(plans: list[SitePlan], sites: dict[str, Site], units: dict[str, Unit], since: date) -> None:
    """Name the units responsible at sites; where none is named, the territory answers."""
    rows: list[SiteDuty] = []

    def add(site: SitePlan, function: str, unit: str) -> None:
        rows.append(SiteDuty(site=sites[site.code], function=function, unit=units[unit], valid_from=since))

    for site in plans:
        if own := SITE_DUTIES.get(site.code):
            for function in ("", "all_units", "administrative_approval"):
                add(site, function, own)
            continue
        whole, single = TYPE_DUTIES.get(site.type, ("", {}))
        for function, unit in (("", whole or ("" if site.type in _ASKED else site.town)), *single.items()):
            if unit:
                add(site, function, unit)
    SiteDuty.objects.bulk_create(rows, batch_size=500)


_ASKED = frozenset({"residents", "pupils", "parents"})


def choose_leads(year: CampaignYear, units: dict[str, Unit], on: date) -> None:
    """Choose an answering lead for most checks with several leads: the unit of the function that is named first."""
    book, held = rulebook(year), duties(year, on)
    by = f"{OFFICE.zh}（{OFFICE.title_zh}）"
    rows: list[AnsweringLead] = []
    for key, line in book.lines.items():
        answer = held.lead(line)
        if key in GIVEN:
            unit = units[GIVEN[key]].pk
        elif answer.why == "conflict" and key not in UNDECIDED and len(held.codes(line.check.lead)) > 1:
            unit = answer.candidates[0]
        else:
            continue
        rows.append(AnsweringLead(campaign_year=year, check_key=key, unit_id=unit, chosen_by=by))
    AnsweringLead.objects.bulk_create(rows)
