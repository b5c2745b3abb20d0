"""What can be asked about campaigns and their years."""

from __future__ import annotations

from qipan.spine.campaigns.models import Campaign, CampaignYear


def latest_campaign(county_id: int) -> Campaign | None:
    """Return the campaign of a county that began last."""
    return Campaign.objects.filter(county_id=county_id).select_related("county", "office").first()


def latest_years(county_id: int) -> list[CampaignYear]:
    """Return the years of the campaign of a county that began last, the first year first (one statement)."""
    years = CampaignYear.objects.filter(campaign__county_id=county_id).defer("standard__content")
    found = years.select_related("campaign__county", "campaign__office", "standard")
    ordered = list(found.order_by("-campaign__first_year", "campaign_id", "year"))
    return [year for year in ordered if year.campaign_id == ordered[0].campaign_id]
