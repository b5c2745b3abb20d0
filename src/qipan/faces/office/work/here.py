"""The work that hangs on a site, a criterion or a unit, for the pages of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from qipan.spine.work.queries import Filters, by_state

if TYPE_CHECKING:
    from qipan.overview.desk import Desk

OPEN = ("issued", "accepted", "reported", "suspended")


@dataclass(frozen=True, slots=True)
class WorkHere:
    """How much work is open and closed somewhere, as far as the post sees it, and the lists of it."""

    open: int
    closed: int
    url: str
    closed_url: str

    @property
    def total(self) -> int:
        """What is open and what is closed; what was cancelled does not count."""
        return self.open + self.closed


def work_here(desk: Desk, *, site: str = "", node: str = "", unit: str = "") -> WorkHere | None:
    """Return the work of the year at a site, under a criterion, or of a unit in any part; None where there is none.

    Args:
        desk: who reads.
        site: code of a site.
        node: key of a node; everything below it counts.
        unit: code of a unit that leads, supports, or has the place in its territory.
    """
    if desk.year is None:
        return None
    filters = Filters(year=desk.year.year, site=site, node=node, unit=unit, role="any" if unit else "lead")
    states = by_state(desk.post, filters, year=desk.year)
    given = {"site": site, "node": node, "unit": unit, "role": "any" if unit else ""}
    query = {name: value for name, value in given.items() if value}
    address = reverse("work_list")
    found = WorkHere(
        sum(states.get(each, 0) for each in OPEN), states.get("closed", 0),
        f"{address}?{urlencode({**query, 'view': 'open'})}", f"{address}?{urlencode({**query, 'view': 'closed'})}",
    )  # fmt: skip
    return found if found.total else None
