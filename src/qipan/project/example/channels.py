"""Two dry runs: what a town's group and the county's would be told this morning. The example sends nothing outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.units.models import County, Unit
from qipan.spine.work.digest import KIND


def make_channels(county: County, unit: Unit, at: datetime) -> None:
    """Enter a dry run for a unit and one for the county, with a message each that the worker makes and records."""
    plans: Mapping[str, Unit | None] = {"全县工作群（试运行）": None, f"{unit.name_zh}工作群（试运行）": unit}
    for name, whose in plans.items():
        made = Channel.objects.create(county=county, unit=whose, kind=Channel.Kind.DRY, name=name, entered_at=at)
        Delivery.objects.create(channel=made, kind=KIND, key=f"{KIND}:example", made_at=at, next_at=at)
