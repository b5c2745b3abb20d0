"""What can be asked about campaigns and their years."""

from __future__ import annotations

from qipan.spine.campaigns.models import Campaign, CampaignYear


def latest_campaign(county_id: int) -> Campaign | None:
    """Return the campaign of a county that began last."""
    return Campaign.objects.filter(county_id=county_id).select_related("county", "office").first()


def county_years(county_id: int) -> list[CampaignYear]:
    """Return the years of a county's campaigns, the first year first (one statement).

    Years of earlier campaigns stay readable. Where two campaigns have the same year, it is that of the later one.
    """
    years = CampaignYear.objects.filter(campaign__county_id=county_id).defer("standard__content")
    found = years.select_related("campaign__county", "campaign__office", "standard")
    known = {year.year: year for year in found.order_by("campaign__first_year", "-campaign_id", "year")}
    return [known[number] for number in sorted(known)]
