"""The room as Django knows it."""

from typing import Any

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """What has to be done: orders, tasks and pledges, one record with one life-cycle."""

    name = "qipan.spine.work"
    label = "work"

    def ready(self) -> None:
        """Make known what this room does in the background; give a county that is made its table of classes."""
        from qipan.spine.campaigns.setup import county_made
        from qipan.spine.work import (  # noqa: F401
            deferring,
            digest,
            points,
            reminders,
        )
        from qipan.spine.work.hard import reminding  # noqa: F401
        from qipan.spine.work.mechanisms import actions as mechanism_actions  # noqa: F401
        from qipan.spine.work.office_files import actions  # noqa: F401
        from qipan.spine.work.timing import again  # noqa: F401

        county_made.connect(_begin, dispatch_uid="work.classes")


def _begin(sender: object, *, county: Any, copy_of: Any = None, **_: Any) -> None:
    from qipan.spine.work.classes import seed_classes
    from qipan.spine.work.practice import copy_classes

    if copy_of is None or not copy_classes(copy_of, county):
        seed_classes(county)
