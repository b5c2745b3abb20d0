"""The room of units."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Counties, units, people and posts."""

    name = "qipan.ground.units"
    label = "units"
