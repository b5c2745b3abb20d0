"""Reminders of reviews: the owner and the office are told before the day, on it, and each week that it is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.notify.actions import send_all
from qipan.ground.units.models import Post
from qipan.ground.units.queries import held
from qipan.spine.work import messages
from qipan.spine.work.hard.actions import notice
from qipan.spine.work.models import HardProblem

KIND = "work.hard_reviews"
BEFORE = timedelta(days=3)


def remind(now: datetime) -> int:
    """Send what is due everywhere; return of how many problems."""
    today = messages.day_of(now)
    due = HardProblem.objects.filter(solved_at=None, review_on__lte=today + BEFORE).select_related("campaign")
    told = 0
    for problem in due.order_by("id"):
        days = (today - problem.review_on).days
        if days < 0:
            words = Text(f"难点问题{problem.review_on}复核", f"A hard problem is reviewed on {problem.review_on}")
        elif days == 0:
            words = Text("难点问题今天复核", "A hard problem is reviewed today")
        else:
            words = Text(f"难点问题复核已超期{days}天", f"The review of a hard problem is {days} days overdue")
        stage = "before" if days < 0 else str(-(-days // 7))
        posts = messages.office(problem.campaign.county_id, now)
        posts += Post.objects.filter(held(today), pk=problem.owner_id or 0, person__is_active=True)
        key = f"work.hard:{problem.pk}:{problem.review_on}:{stage}"
        with transaction.atomic():
            send_all([notice(problem, tuple(posts), words, key)], at=now)
        told += 1
    return told


@recurring(KIND, cron="20 8 * * *", title=Text("难点问题复核提醒", "Reminders of reviews of hard problems"))
@handles(KIND)
def run(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Remind everywhere."""
    return {"reminded": remind(timezone.now())}
