"""The room of campaigns."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns and who answers for what."""

    name = "qipan.spine.campaigns"
    label = "campaigns"
