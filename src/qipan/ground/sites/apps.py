"""The room of sites."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """The register of sites."""

    name = "qipan.ground.sites"
    label = "sites"
