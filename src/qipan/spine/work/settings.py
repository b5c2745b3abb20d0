"""How a county runs its work, as the office sets it: when an item can be returned, how long an extension may be, when a
light turns, and whether the clock stands while the office co-ordinates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import WorkSettings
from qipan.spine.work.opening import take_counter
from qipan.spine.work.permissions import SET_RULES
from qipan.spine.work.writing import moment

RANGES = {
    "return_days": (1, 30), "extension_days": (0, 250), "due_share": (0, 90), "due_working_days": (0, 60),
}  # fmt: skip
"""The numbers of the settings, with the least and the most that each may be."""


def set_rules(
    county: County, numbers: Mapping[str, int], *, coordination_pauses: bool, version: int, by: Post,
    at: datetime | None = None,
) -> WorkSettings:  # fmt: skip
    """Set how a county runs its work; what is issued, asked or given another deadline from now on goes by it.

    Args:
        county: whose work.
        numbers: one for each of `RANGES`.
        coordination_pauses: whether the clock stands while a co-ordination is open.
        version: as it was read.
        by: of the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office sets it.
        WorkError: a number cannot be, or someone else has set it meanwhile (field "version").
    """
    if not SET_RULES.allows(by, county):
        raise PermissionDenied
    for name, (least, most) in RANGES.items():
        if not least <= numbers[name] <= most:
            raise WorkError(Text(f"应为{least}至{most}的整数。", f"Write a whole number from {least} to {most}."), name)
    wanted = {name: numbers[name] for name in RANGES} | {"coordination_pauses": coordination_pauses}
    with act(actor(by), moment(at)) as noted:
        held = take_counter(county.pk)
        was = {name: getattr(held, name) for name in wanted}
        if not WorkSettings.objects.filter(pk=held.pk, version=version).update(**wanted, version=F("version") + 1):
            raise WorkError(
                Text("您打开页面后，已有人修改过。请看清现在的数值再保存。",
                     "Someone changed it after you opened the page. See what it says now, then save again."),
                "version",
            )  # fmt: skip
        changes = {name: [was[name], value] for name, value in wanted.items() if was[name] != value}
        noted.note("work.settings", Thing("work_settings", county.code, county.name_zh), {"changes": changes})
    return settings_of(county.pk)
