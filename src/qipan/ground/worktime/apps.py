"""The room as Django knows it."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    """Deadlines in working time, and the calendar that they are counted by."""

    name = "qipan.ground.worktime"
    label = "worktime"
