"""How many working days "立行立改" gives in a county."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import WorkSettings
from qipan.spine.work.opening import take_counter
from qipan.spine.work.permissions import SET_LADDER
from qipan.spine.work.writing import moment

AT_ONCE_MOST = 10
"""What takes longer than so many working days is not done at once."""


def set_at_once_days(days: int, *, version: int, by: Post, at: datetime | None = None) -> WorkSettings:
    """Set how many working days what is to be done at once may take; it counts for what is issued later.

    Args:
        days: from 1 to `AT_ONCE_MOST`.
        version: of the county's settings, as it was read.
        by: of the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office sets it.
        WorkError: the number cannot be (field "days"), or someone else changed the settings meanwhile.
    """
    county = by.unit.county
    if not SET_LADDER.allows(by, county):
        raise PermissionDenied
    if not 1 <= days <= AT_ONCE_MOST:
        raise WorkError(
            Text(f"立行立改应在1至{AT_ONCE_MOST}个工作日之间。", f"“At once” lies between 1 and {AT_ONCE_MOST} working days."),
            "days",
        )  # fmt: skip
    with act(actor(by), moment(at)) as noted:
        settings = take_counter(county.pk)
        if settings.version != version:
            raise WorkError(
                Text(
                    f"您打开页面后，已有人改为{settings.at_once_days}个工作日，请核对后再保存。",
                    f"Someone changed it after you opened the page: it is {settings.at_once_days} working days now.",
                )
            )
        was = settings.at_once_days
        if was != days:
            settings.at_once_days, settings.version = days, version + 1
            settings.save(update_fields=["at_once_days", "version"])
            noted.note("work.at_once", Thing("county", county.code, county.name_zh), {"changes": {"days": [was, days]}})
    return settings
