"""The room of campaigns."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns and who answers for what."""

    name = "qipan.spine.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Hear when units end or are merged and when the register of sites changes; say who carries which function."""
        from qipan.ground.sites.signals import duties_changed
        from qipan.ground.units.groups import carried_by
        from qipan.ground.units.signals import unit_ended, unit_merged
        from qipan.spine.campaigns import merging

        unit_merged.connect(merging.on_merged, dispatch_uid="campaigns.merging")
        unit_ended.connect(merging.on_ended, dispatch_uid="campaigns.merging")
        carried_by(merging.carriers)
        duties_changed.connect(merging.on_duties_changed, dispatch_uid="campaigns.merging")
