"""The room of standards."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """Stored editions."""

    name = "qipan.spine.standards"
    label = "standards"
