"""What can be asked about campaigns and their years."""

from __future__ import annotations

from qipan.spine.campaigns.models import Campaign, CampaignYear


def latest_campaign(county_id: int) -> Campaign | None:
    """Return the campaign of a county that began last."""
    return Campaign.objects.filter(county_id=county_id).select_related("county", "office").first()


def years_of(campaign_id: int) -> list[CampaignYear]:
    """Return the years of a campaign, the first one first, each with its campaign and its standard's name."""
    years = CampaignYear.objects.filter(campaign_id=campaign_id).select_related("campaign__county", "standard")
    return list(years.defer("standard__content").order_by("year"))
