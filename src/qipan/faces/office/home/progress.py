"""The board's sheet on work: its figures with the lists that they open, hardware beside software, and who must move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.faces.office.home.links import work_url
from qipan.overview.points import UnitName
from qipan.overview.progress import LateUnit, Progress

UNITS_SHOWN = 6
SIDES = {"hardware": Text("硬件", "Hardware"), "software": Text("软件", "Software")}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of pieces of work, and the list that has as many."""

    kind: str
    count: int
    word: str
    url: str


@dataclass(frozen=True, slots=True)
class SideFigure:
    """How much of the hardware or the software is closed."""

    title: Text
    percent: int
    closed: Figure
    open: Figure


@dataclass(frozen=True, slots=True)
class Mover:
    """A unit with late work."""

    name: Text
    late: int
    oldest: datetime
    days: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownProgress:
    """What the sheet shows."""

    figures: tuple[Figure, ...]
    sides: tuple[SideFigure, ...]
    movers: tuple[Mover, ...]
    more: int
    late_url: str


def shown(found: Progress | None, units: Mapping[int, UnitName]) -> ShownProgress | None:
    """Return the sheet; None on the board of an earlier day, and where there is no work at all."""
    if found is None or not found.any:
        return None
    figures: tuple[Figure, ...] = (
        Figure("open", found.open, _("open"), work_url(view="open")),
        Figure("due", found.due, _("due soon"), work_url(light="due")),
        Figure("late", found.late, _("late"), work_url(light="late")),
        Figure("waiting", found.waiting, _("wait for re-check"), work_url(light="reported")),
        Figure("closed", found.closed_this_week, _("closed this week"), work_url(special="closed_week")),
    )
    if found.asked:
        figures += (Figure("asked", found.asked, _("with an open request"), work_url(special="asked")),)
    movers = [_mover(unit, found, units) for unit in found.units[:UNITS_SHOWN]]
    return ShownProgress(
        figures,
        tuple(_side(side, found) for side in SIDES if side in found.sides),
        tuple(movers),
        max(0, len(found.units) - UNITS_SHOWN),
        work_url(light="late"),
    )


def _side(side: str, found: Progress) -> SideFigure:
    counts = found.sides[side]
    return SideFigure(
        SIDES[side],
        counts.percent,
        Figure("closed", counts.closed, _("closed"), work_url(side=side, view="closed")),
        Figure("open", counts.all - counts.closed, _("open"), work_url(side=side, view="open")),
    )


def _mover(unit: LateUnit, found: Progress, units: Mapping[int, UnitName]) -> Mover:
    known = units.get(unit.whose) if isinstance(unit.whose, int) else None
    name = known.name if known else Text("无责任单位", "Unowned")
    url = work_url(light="late", unit=known.code) if known else ""
    return Mover(name, unit.late, unit.oldest, (found.at - unit.oldest).days, url)
