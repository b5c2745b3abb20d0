"""The one place that says no: in a closed year nothing is recorded, issued, changed or assigned.

Every action that writes into a year asks here, in its transaction: the ledger before it writes, the work when an item
is issued or its row changes, the campaign when a duty, a lead, a limit or a pin changes. Pages need no rule of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.kinds import JobRefused
from qipan.spine.campaigns.models import CampaignYear


class YearClosed(JobRefused):
    """The year is closed; nothing was changed. `words` say so, and what would be right.

    No kind of `ValueError`, so that no page takes it for a slip of its own form: it is answered in one place. What is
    refused in the background says these words too.
    """

    def __init__(self, year: int, closed_at: datetime) -> None:
        on = day_of(closed_at)
        words = Text(
            f"{year}年度已于{on.year}年{on.month}月{on.day}日归档，该年度不能再登记或更改。新发现的问题请登记到当前年度；"
            "确需更正的，由创城办写明理由后撤销归档。",
            f"{year} was closed on {on.day} {on:%B %Y}: nothing is recorded or changed in it. Record what is found in the year "
            "that runs; where a correction is needed, the campaign office reopens the year with a reason.",
        )
        super().__init__(words)
        self.year = year


def day_of(at: datetime) -> date:
    """Return the day of a moment on the installation's clock."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def refuse_closed(years: Iterable[CampaignYear]) -> None:
    """Refuse where one of some years, read in this transaction, is closed (no statement).

    Raises:
        YearClosed: one is.
    """
    for year in years:
        if year.closed_at is not None:
            raise YearClosed(year.year, year.closed_at)


def refuse_closed_now(county_id: int, year: int) -> None:
    """Refuse where a county's year is closed as the database stands now (one statement).

    Raises:
        YearClosed: it is.
    """
    closed = CampaignYear.objects.filter(campaign__county_id=county_id, year=year, closed_at__isnull=False)
    at = closed.values_list("closed_at", flat=True).first()
    if at is not None:
        raise YearClosed(year, at)


def closed_for() -> Exists:
    """Return the condition that the year of a row with `county_id` and `year` is closed: for the statement that writes."""
    return Exists(
        CampaignYear.objects.filter(
            campaign__county_id=OuterRef("county_id"), year=OuterRef("year"), closed_at__isnull=False
        ).values("pk")
    )


def closed_until(campaign_id: int) -> date | None:
    """Return the last day that belongs to a closed year of a campaign: whoever carried a duty then, carried it.

    A year that is closed before its end keeps the days until its closing; one closed later keeps its own.
    """
    rows = CampaignYear.objects.filter(campaign_id=campaign_id, closed_at__isnull=False)
    ends = [min(day_of(at), date(year, 12, 31)) for year, at in rows.values_list("year", "closed_at") if at is not None]
    return max(ends, default=None)
