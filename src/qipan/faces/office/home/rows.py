"""A piece of work as the first pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qipan.assessment.text import Text
from qipan.faces.office.home.routing import served
from qipan.faces.office.work.item import KIND_WORDS
from qipan.faces.office.work.lights import Light, light
from qipan.spine.work.queries import Row


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A piece of work: what, where, its light, and what hangs on it."""

    row: Row
    url: str
    kind: str
    light: Light
    place: Text | None
    unit: Text


def shown_row(row: Row, now: datetime) -> ShownRow:
    """Return a row with its words."""
    return ShownRow(
        row=row,
        url=served("work_item", row.number),
        kind=str(KIND_WORDS[row.kind]),
        light=light(row, now),
        place=row.site.name if row.site else None,
        unit=row.lead.name if row.lead else Text("无责任单位", "unowned"),
    )
