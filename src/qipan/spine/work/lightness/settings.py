"""Changing how a county runs its work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import WorkSettings
from qipan.spine.work.opening import take_counter
from qipan.spine.work.permissions import SET_LADDER
from qipan.spine.work.writing import moment

RANGES: dict[str, tuple[int, int]] = {
    "requests_a_month": (0, 999),
    "bunching_days": (1, 60),
    "bunching_share": (1, 100),
    "recheck_site_minutes": (1, 480),
    "recheck_photo_minutes": (1, 120),
    "recheck_hours": (0, 2000),
}
"""What is set here, and between which numbers."""


def change_settings(
    county: County, given: Mapping[str, str], *, version: int, by: Post, at: datetime | None = None
) -> WorkSettings:
    """Change the settings of a county's work.

    Args:
        county: whose.
        given: every setting of `RANGES`, as it was entered.
        version: as it was read.
        by: of the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office sets them.
        WorkError: a number cannot be (its field), or someone else has changed them meanwhile (field "version").
    """
    if not SET_LADDER.allows(by, county):
        raise PermissionDenied
    wanted = {name: _number(name, given.get(name, "")) for name in RANGES}
    with act(actor(by), moment(at)) as noted:
        held = take_counter(county.pk)
        if held.version != version:
            raise WorkError(
                Text("您打开页面后，已有人修改过。请看清现在的设置再保存。", "Someone changed them after you opened the page. See what they say now, then save again."),
                "version",
            )  # fmt: skip
        changes = {
            name: [str(getattr(held, name)), str(value)]
            for name, value in wanted.items()
            if getattr(held, name) != value
        }
        if changes:
            for name, value in wanted.items():
                setattr(held, name, value)
            held.version += 1
            held.save(update_fields=[*wanted, "version"])
            noted.note("work.lightness", Thing("county", county.code, county.name_zh), {"changes": changes})
    return held


def _number(name: str, value: str) -> int:
    least, most = RANGES[name]
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and least <= int(value) <= most):
        raise WorkError(
            Text(f"请填写{least}至{most}之间的整数。", f"Write a whole number between {least} and {most}."), name
        )
    return int(value)
