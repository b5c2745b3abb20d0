"""The room as Django knows it."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files under their hash, and photos with the copies that pages show."""

    name = "qipan.ground.files"
    label = "files"
