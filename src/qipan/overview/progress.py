"""How the work goes: what is open, due and late, by hardware and software, by unit and on the chessboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from qipan.overview.points import UNOWNED, Whose
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing
from qipan.spine.work.models import OPEN, VOID, State, WorkItem

OWED = (State.ISSUED, State.ACCEPTED)
"""What waits for the unit that leads it; what is reported waits for someone else."""


@dataclass(slots=True)
class Side:
    """Hardware or software: how many pieces of work there are, and how many are closed; cancelled ones do not count."""

    all: int = 0
    closed: int = 0

    @property
    def percent(self) -> int:
        """The closed ones of a hundred, half up; 0 where there is no work."""
        return (200 * self.closed + self.all) // (2 * self.all) if self.all else 0


@dataclass(slots=True)
class LateUnit:
    """A unit with late work: how many pieces, and the oldest deadline."""

    whose: Whose
    late: int
    oldest: datetime


@dataclass(slots=True)
class Marks:
    """What work at one place of the chessboard is late or due."""

    late: int = 0
    due: int = 0


@dataclass(slots=True)
class Progress:
    """The state of a year's work at a moment. `marks` is by unit and section; a section is "" where no check has one."""

    at: datetime
    open: int = 0
    due: int = 0
    late: int = 0
    waiting: int = 0
    closed: int = 0
    closed_this_week: int = 0
    asked: int = 0
    sides: dict[str, Side] = field(default_factory=dict)
    units: list[LateUnit] = field(default_factory=list)
    marks: dict[tuple[Whose, str], Marks] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is work at all."""
        return bool(self.open or self.closed)


def week_of(now: datetime) -> datetime:
    """Return the Monday, 0:00, of a moment's week."""
    local = timezone.localtime(now)
    return timezone.make_aware(datetime.combine(local.date() - timedelta(days=local.weekday()), time.min))


def progress(year: CampaignYear, now: datetime, sections: Mapping[str, str]) -> Progress:
    """Return how a year's work goes (two statements).

    Args:
        year: the campaign year.
        now: the moment by which work is late or due.
        sections: the section of each check, and of each node.
    """
    found = Progress(now)
    items = WorkItem.objects.filter(county_id=year.campaign.county_id, year=year.year).order_by()
    owed = Q(state__in=OWED, held_since=None)
    late, due = owed & Q(deadline__lt=now), owed & Q(deadline__gte=now, due_from__lte=now)
    counts = items.values("state", "side").annotate(
        all=Count("pk"), late=Count("pk", filter=late), due=Count("pk", filter=due),
        recent=Count("pk", filter=Q(state=State.CLOSED, closed_at__gte=week_of(now))), asked=Count("pk", filter=~Q(request="")),
    )  # fmt: skip
    for row in counts:
        if row["state"] in OPEN:
            found.open += row["all"]
        if row["state"] == State.REPORTED:
            found.waiting += row["all"]
        if row["state"] == State.CLOSED:
            found.closed += row["all"]
        found.late += row["late"]
        found.due += row["due"]
        found.closed_this_week += row["recent"]
        found.asked += row["asked"]
        if row["side"] and row["state"] not in VOID:
            side = found.sides.setdefault(row["side"], Side())
            side.all += row["all"]
            side.closed += row["all"] if row["state"] == State.CLOSED else 0
    _places(found, items.filter(late | due), late, due, sections)
    return found


def _places(found: Progress, items: QuerySet[WorkItem], late: Q, due: Q, sections: Mapping[str, str]) -> None:
    units: dict[Whose, LateUnit] = {}
    rows = items.values("lead_id", "check_key", "node").annotate(
        late=Count("pk", filter=late), due=Count("pk", filter=due), oldest=Min("deadline")
    )
    for row in rows:
        whose: Whose = UNOWNED if row["lead_id"] is None else row["lead_id"]
        section = sections.get(row["check_key"]) or sections.get(row["node"], "")
        mark = found.marks.setdefault((whose, section), Marks())
        mark.late += row["late"]
        mark.due += row["due"]
        if row["late"]:
            unit = units.setdefault(whose, LateUnit(whose, 0, row["oldest"]))
            unit.late += row["late"]
            unit.oldest = min(unit.oldest, row["oldest"])
    found.units = sorted(units.values(), key=lambda unit: (-unit.late, unit.oldest, str(unit.whose)))


def sections_of(now: Standing) -> dict[str, str]:
    """Return the section of each check and of each node of a year's book."""
    nodes = {key: node.section for key, node in now.book.nodes.items()}
    return nodes | {key: nodes[line.node] for key, line in now.book.lines.items() if line.node in nodes}
