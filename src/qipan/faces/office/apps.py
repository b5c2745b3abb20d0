"""The office face as a Django application."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Server-rendered pages for officials: templates, tags and the drawings of the board."""

    name = "qipan.faces.office"
    label = "office"
