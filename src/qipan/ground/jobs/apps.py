"""The room of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs and the workers that run them."""

    name = "qipan.ground.jobs"
    label = "jobs"
