"""The room as Django knows it."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """What has to be done: orders, tasks and pledges, one record with one life-cycle."""

    name = "qipan.spine.work"
    label = "work"
