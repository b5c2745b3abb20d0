"""The room as Django knows it."""

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """Visits to sites: what is looked at, by which list, and what was seen."""

    name = "qipan.sources.fieldwork"
    label = "fieldwork"
