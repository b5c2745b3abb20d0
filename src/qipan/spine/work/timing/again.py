"""What comes again and again ("每月25日前"): when the day of one has passed, the next is issued by itself.

Each is an item of its own with its own log and report; it follows the one before it, and only one can. A cancelled one
ends the series, and so does the end of the last campaign year. The unit is the one that leads the last by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import IntegrityError
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.years.guard import YearClosed
from qipan.spine.ledger.actions import years_on
from qipan.spine.work import points
from qipan.spine.work.limits import STANDING
from qipan.spine.work.models import Kind, State, WorkItem
from qipan.spine.work.tasks import follow
from qipan.spine.work.timing.when import When, meaning

KIND = "work.again"
TITLE = Text("续发周期任务", "Tasks that come again")


def next_of(item: WorkItem) -> When | None:
    """Return the next deadline of what comes again; None where its words name none any more."""
    counted = clock(item.county_id)
    named = meaning(item.deadline_text, item.county_id, item.issued_at, counted).named
    last = max(named or item.deadline.astimezone(counted.zone).date(), item.deadline.astimezone(counted.zone).date())
    after = datetime.combine(last + timedelta(days=1), time(), counted.zone)
    found = meaning(item.deadline_text, item.county_id, after, counted)
    return When(found.at, item.deadline_text, found.cadence) if found.at is not None and found.cadence else None


def year_for(item: WorkItem, deadline: datetime) -> CampaignYear | None:
    """Return the campaign year that a deadline falls into; None after the last."""
    return points.latest(years_on(item.county_id, deadline.astimezone(clock(item.county_id).zone).year))


def issue_next(now: datetime) -> int:
    """Issue what comes next after every item whose day has passed; return how many."""
    over = (
        WorkItem.objects.filter(kind=Kind.TASK, deadline__lt=now, followed_by=None)
        .exclude(cadence__in=("", STANDING))
        .exclude(state=State.CANCELLED)
        .select_related("county", "lead")
    )
    made = 0
    for item in over.order_by("id"):
        given = next_of(item)
        year = year_for(item, given.deadline) if given is not None else None
        if given is None or year is None or given.deadline <= now or item.lead is None:
            continue
        try:
            made += follow(item, year, given, now) is not None
        except (IntegrityError, YearClosed):
            # Another worker was first, or the year that it would fall into is closed.
            continue
    return made


@recurring(KIND, cron="20 * * * *", title=TITLE)
@handles(KIND)
def run(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Issue what is due everywhere."""
    return {"issued": issue_next(timezone.now())}
