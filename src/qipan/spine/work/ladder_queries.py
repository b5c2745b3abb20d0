"""What can be asked about the ladder: the proposals of today by unit, what was decided, and the slips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.permissions import EYES
from qipan.spine.work.branches import branches
from qipan.spine.work.ladder import (
    Proposed,
    addressee,
    days_of,
    days_over,
    decided,
    escalatable,
    ladder_of,
    paper_number,
    proposal,
)  # fmt: skip
from qipan.spine.work.models import Escalation, Ladder, Rung, Slip, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.rows import Named, Row, fetched, rows_of

AT_ONCE = 300
"""Proposals that a page holds; when these are decided the next come."""
DECISIONS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An item that stands before a rung."""

    row: Row
    proposed: Proposed
    last: Rung | None


@dataclass(frozen=True, slots=True)
class UnitLines:
    """The items of one unit that stand before a rung, the longest over its deadline first."""

    unit: Named
    lines: tuple[Line, ...]

    @property
    def wants_day(self) -> bool:
        """Whether a supervision slip comes of it, which names a day."""
        return any(line.proposed.rung == Rung.SUPERVISE for line in self.lines)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the office, for the history."""

    number: str
    rung: str
    confirmed: bool
    days: int
    text: str
    at: datetime
    by_post: str
    unit: Named | None
    slip: int | None
    slip_number: Text | None


@dataclass(frozen=True, slots=True)
class LadderPage:
    """What the page of the ladder shows. `more` proposals wait beyond those that are shown."""

    ladder: Ladder
    units: tuple[UnitLines, ...]
    count: int
    more: int
    decisions: tuple[Decision, ...]
    pages: int
    page: int
    decided: int
    now: datetime


def ladder_page(post: Post, page: int = 1, *, now: datetime | None = None) -> LadderPage:
    """Return the proposals and what was decided (ten statements, whatever their number)."""
    moment = now or timezone.now()
    county = post.unit.county_id
    ladder = ladder_of(county)
    lines = proposals(county, moment, ladder)
    shown = lines[:AT_ONCE]
    history = Escalation.objects.filter(work_item__county_id=county)
    total = history.count()
    pages = max(1, -(-total // DECISIONS))
    page = min(max(1, page), pages)
    past = history.select_related("work_item__lead", "slip")[(page - 1) * DECISIONS : page * DECISIONS]
    return LadderPage(
        ladder, _by_unit(shown, county, moment), len(lines), len(lines) - len(shown),
        tuple(_decision(one) for one in past), pages, page, total, moment,
    )  # fmt: skip


def proposals(
    county_id: int, now: datetime, ladder: Ladder | None = None
) -> list[tuple[WorkItem, Proposed, Rung | None]]:
    """Return the items of a county that stand before a rung, the longest over its deadline first, each with its rung and
    the last one that was confirmed (four statements at most).
    """
    limits = days_of(ladder or ladder_of(county_id))
    found = WorkItem.objects.filter(escalatable(now), county_id=county_id).order_by("deadline", "id")
    lines = []
    for item in fetched(found).prefetch_related("escalations"):
        mine = decided(item.escalations.all(), item)
        wanted = proposal(days_over(item, now), limits, mine)
        if wanted is not None:
            confirmed = [one.rung for one in mine if one.confirmed]
            lines.append((item, wanted, confirmed[0] if confirmed else None))
    return lines


def _by_unit(
    lines: Iterable[tuple[WorkItem, Proposed, Rung | None]], county: int, now: datetime
) -> tuple[UnitLines, ...]:
    kept = list(lines)
    rows = {row.pk: row for row in rows_of([item for item, _, _ in kept], now, county)}
    tree = branches(county)
    units = {unit.pk: unit for unit in Unit.objects.filter(county_id=county)}
    types = {pk: unit.type for pk, unit in units.items()}
    grouped: dict[int, list[Line]] = {}
    for item, proposed, last in kept:
        to = addressee(item.lead_id, types, tree) if item.lead_id is not None else 0
        grouped.setdefault(to, []).append(Line(rows[item.pk], proposed, last))
    found = [UnitLines(Named(units[to].code, units[to].name), tuple(mine)) for to, mine in grouped.items()]
    return tuple(sorted(found, key=lambda one: (-max(line.proposed.days for line in one.lines), one.unit.code)))


def _decision(one: Escalation) -> Decision:
    lead = one.work_item.lead
    return Decision(
        one.work_item.number, one.rung, one.confirmed, one.days, one.text, one.at, one.by_post,
        Named(lead.code, lead.name) if lead is not None else None, one.slip_id,
        paper_number(one.slip.rung, one.slip.year, one.slip.serial) if one.slip is not None else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlipPage:
    """A supervision slip or a hand-over letter as it is printed. What came of its items since stands in their rows."""

    pk: int
    rung: str
    year: int
    serial: int
    unit: Named
    issued_at: datetime
    until: date | None
    text: str
    by_post: str
    lines: tuple[tuple[Row, int, datetime], ...]
    now: datetime
    earlier: tuple[Decision, ...] = ()


def slip_page(post: Post, pk: int, *, now: datetime | None = None) -> SlipPage | None:
    """Return a slip; None where the post sees no such slip. Each line is an item, its days over, its deadline then.

    The office, leaders and inspectors see every slip of the county; heads and liaisons those to their own unit or to one
    below it, and those about items that they see.
    """
    moment = now or timezone.now()
    slip = Slip.objects.select_related("unit").filter(county_id=post.unit.county_id, pk=pk).first()
    if slip is None:
        return None
    told = {one.work_item_id: one for one in slip.escalations.all()}
    items = WorkItem.objects.filter(pk__in=told)
    if Role(post.role) not in EYES and slip.unit_id not in branches(slip.county_id).below(post.unit_id):
        seen = items.filter(SEE.visible(post)).count()
        if seen < len(told):
            return None
    rows = rows_of(fetched(items.order_by("id")), moment, slip.county_id)
    lines = tuple((row, told[row.pk].days, told[row.pk].deadline) for row in rows)
    before = Q(work_item__in=told, confirmed=True, at__lt=slip.issued_at)
    past = Escalation.objects.filter(before).select_related("work_item__lead", "slip").order_by("id")
    return SlipPage(
        slip.pk, slip.rung, slip.year, slip.serial, Named(slip.unit.code, slip.unit.name), slip.issued_at, slip.until,
        slip.text, slip.by_post, lines, moment, tuple(_decision(one) for one in past),
    )  # fmt: skip
