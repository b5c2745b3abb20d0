"""How often each unit has asked for what, and how often it was right: returns, extensions, co-ordinations, appeals."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.spine.work.models import Request, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.rows import Named


@dataclass(frozen=True, slots=True)
class Asked:
    """How many items a unit asked something of, how many times it was upheld, and how many wait for an answer."""

    all: int = 0
    upheld: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class UnitRequests:
    """What one unit has asked, by kind of request."""

    unit: Named
    kinds: dict[str, Asked] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything that it asked."""
        return sum(one.all for one in self.kinds.values())


def request_counts(post: Post, year: int) -> list[UnitRequests]:
    """Return what each unit has asked of the items that a post sees, by kind; whoever asked most first (three statements).

    What is counted are items: one that was extended twice counts once.
    """
    seen = WorkItem.objects.filter(SEE.visible(post), year=year)
    rows = (
        Request.objects.filter(work_item__in=seen.values("pk"))
        .order_by()
        .values("by_unit", "kind")
        .annotate(
            all=Count("work_item", distinct=True),
            upheld=Count("work_item", filter=Q(state=Request.State.UPHELD), distinct=True),
            open=Count("work_item", filter=Q(state__in=(Request.State.CONSENT, Request.State.OPEN)), distinct=True),
        )
    )
    found: dict[str, dict[str, Asked]] = {}
    for row in rows:
        found.setdefault(row["by_unit"], {})[row["kind"]] = Asked(row["all"], row["upheld"], row["open"])
    names = {unit.code: unit.name for unit in Unit.objects.filter(county_id=post.unit.county_id, code__in=list(found))}
    out = [UnitRequests(Named(code, names.get(code, Text(code, code))), kinds) for code, kinds in found.items()]
    return sorted(out, key=lambda one: (-one.total, one.unit.code))
