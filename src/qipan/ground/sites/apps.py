"""The room of sites."""

from __future__ import annotations

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """The register of sites."""

    name = "qipan.ground.sites"
    label = "sites"

    def ready(self) -> None:
        """Hear when a unit ends or is merged."""
        from qipan.ground.sites import merging
        from qipan.ground.units.signals import unit_ended, unit_merged

        unit_merged.connect(merging.on_merged, dispatch_uid="sites.merging")
        unit_ended.connect(merging.on_ended, dispatch_uid="sites.merging")
