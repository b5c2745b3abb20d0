"""Who looked first: the lead unit itself, or others. A unit that finds its own faults must not stand worse for it.

A fault was found by the unit's own look when its first sighting was recorded under a post in the lead unit, or in a unit
below it or merged into it, or when the item says so itself (`self`). Everything else, tasks and pledges with it, was
found or set by others.
"""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from qipan.spine.work.branches import Branches
from qipan.spine.work.models import Sighting, WorkItem

SELF = "self"
"""The kind of origin of what a unit has opened for itself."""
OWN, OTHERS = "own", "others"


def found_by(who: str, tree: Branches) -> QuerySet[WorkItem]:
    """Return the items that their lead unit has found by its own look ("own"), or all the others ("others")."""
    first = Sighting.objects.filter(work_item=OuterRef("pk")).order_by("id").values("by_unit")[:1]
    items = WorkItem.objects.annotate(
        looked=Coalesce(Subquery(first), Value("")), leads=Coalesce(F("lead__code"), Value("?"))
    )
    own = Q(origin_kind=SELF) | Q(looked=F("leads"))
    codes = {unit: code for code, unit in tree.codes.items()}
    below: dict[int, set[str]] = {}
    for unit, code in codes.items():
        for over in tree.above(unit) - {unit}:
            below.setdefault(over, set()).add(code)
    for lead, theirs in below.items():
        own |= Q(lead_id=lead, looked__in=sorted(theirs))
    return items.filter(own) if who == OWN else items.exclude(own)
