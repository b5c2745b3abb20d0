"""Hard problems are deferred: with a leader's approval, a reason and a day of review, on which they come back by themselves.

What cannot go on for a reason of its own is suspended by the office, until the office takes it up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, act
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Role
from qipan.ground.units.queries import held
from qipan.spine.work import messages
from qipan.spine.work.acting import item_for, ready, reason_of, tell_lead, thing
from qipan.spine.work.errors import Stale, WorkError
from qipan.spine.work.holding import resumed
from qipan.spine.work.lifecycle import Action, before
from qipan.spine.work.models import State, Step, WorkItem
from qipan.spine.work.permissions import DIRECT
from qipan.spine.work.request_rules import against
from qipan.spine.work.writing import entry, moment, write

KIND = "work.reviews"
TITLE = Text("挂账事项到期复核", "Review of deferred items")


def leaders(county_id: int, on: date) -> list[Post]:
    """Return the posts of leaders who can approve of a deferral."""
    found = Post.objects.filter(held(on), unit__county_id=county_id, role=Role.LEADER, person__is_active=True)
    return list(found.select_related("person", "unit").order_by("id"))


def defer(
    pk: int, *, version: int, by: Post, leader: int | None, reason: str, until: date, at: datetime | None = None
) -> WorkItem:  # fmt: skip
    """Defer an item, or set another day of review: it leaves the late ones and its clock stands.

    Args:
        pk: the item.
        version: as it was read.
        by: the office.
        leader: the post of the leader who has approved.
        reason: why it cannot be settled now, and what is done meanwhile.
        until: the day of review, ahead.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office defers.
        Stale, WorkError: a request is open, no leader, no reason or no day ahead is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.DEFER)
    problem = against(Action.DEFER, item, by, now, ())
    if problem is not None:
        raise problem
    approved = next((post for post in leaders(item.county_id, messages.day_of(now)) if post.pk == leader), None)
    if approved is None:
        raise WorkError(Text("请选择批准挂账的领导。", "Name the leader who has approved."), "leader")
    why = reason_of(reason)
    if until <= messages.day_of(now):
        raise WorkError(Text("复核日期应晚于今天。", "The day of review has to lie ahead."), "until")
    with act(actor(by), now) as noted:
        data = {"leader": str(approved.person), "post": approved.title_zh, "until": until.isoformat()}
        write(
            item, version, [entry(item, Step.DEFERRED, by, now, text=why, data=data)],
            deferred_until=until, held_since=item.held_since or now,
        )  # fmt: skip
        noted.note("work.defer", thing(item), data)
        words = messages.about(item, f"已挂账，{until:%Y-%m-%d}复核", f"Deferred; reviewed on {until:%Y-%m-%d}")
        tell_lead(item, "deferred", words, now, by)
    return item


def suspend(pk: int, *, version: int, by: Post, reason: str, at: datetime | None = None) -> WorkItem:
    """Suspend an item until the office takes it up again: its clock stands, and it is not late meanwhile.

    Raises:
        PermissionDenied: only the office suspends.
        Stale, WorkError: it is reported or has ended, a request is open, it is deferred, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.SUSPEND)
    problem = against(Action.SUSPEND, item, by, now, ())
    if problem is not None:
        raise problem
    why = reason_of(reason)
    with act(actor(by), now) as noted:
        written = entry(item, Step.SUSPENDED, by, now, text=why)
        write(item, version, [written], state=State.SUSPENDED, held_since=item.held_since or now)
        noted.note("work.suspend", thing(item), {})
        tell_lead(item, "suspended", messages.about(item, "已中止，暂停计时", "Suspended; its clock stands"), now, by)
    return item


def resume(pk: int, *, version: int, by: Post, reason: str, at: datetime | None = None) -> WorkItem:
    """Take a suspended item up again, or a deferred one before its day of review; its clock goes on.

    Raises:
        PermissionDenied: only the office does.
        Stale, WorkError: it is neither deferred nor suspended, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.RESUME)
    problem = against(Action.RESUME, item, by, now, ())
    if problem is not None:
        raise problem
    why = reason_of(reason)
    with act(actor(by), now) as noted:
        back = {"state": before(accepted=item.accepted_at is not None)} if item.state == State.SUSPENDED else {}
        write(item, version, [entry(item, Step.RESUMED, by, now, text=why)], **resumed(item, now), **back)
        noted.note("work.resume", thing(item), {})
        tell_lead(item, "resumed", messages.about(item, "恢复办理", "Taken up again"), now, by)
    return item


def review(now: datetime) -> int:
    """Take up every deferred item whose day of review has come; return how many."""
    due = WorkItem.objects.filter(
        deferred_until__lte=messages.day_of(now), state__in=(State.ISSUED, State.ACCEPTED)
    ).select_related("county", "lead")
    taken = 0
    for item in due.order_by("id"):
        try:
            _come_back(item, now)
        except Stale:
            # Someone acts on it at this moment; the next run looks again.
            continue
        taken += 1
    return taken


def _come_back(item: WorkItem, now: datetime) -> None:
    with act(Actor(county=item.county.code), now) as noted:
        came = item.deferred_until
        write(item, item.version, [entry(item, Step.RESUMED, None, now)], **resumed(item, now))
        noted.note("work.resume", thing(item), {"review": came})
        words = messages.about(item, "挂账到期，请复核", "Its day of review has come")
        tell_lead(item, "resumed", words, now, None)
        messages.tell(item, messages.office(item.county_id, now), "review", words, now)


@recurring(KIND, cron="5 * * * *", title=TITLE)
@handles(KIND)
def run(progress: Progress, payload: Mapping[str, object]) -> dict[str, int]:
    """Take up what is due everywhere."""
    return {"taken_up": review(timezone.now())}
