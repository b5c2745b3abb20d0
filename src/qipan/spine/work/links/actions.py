"""What can happen with a link: it is issued, withdrawn, and used to accept and to report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.tokens import digest_of, token_of
from qipan.spine.work.acting import item_for, thing
from qipan.spine.work.errors import WorkError
from qipan.spine.work.handling import LINK, Hand, put_right, take_on
from qipan.spine.work.links.models import SALT, HandlingLink
from qipan.spine.work.links.permissions import may_give
from qipan.spine.work.links.standing import GOOD, Standing, standing_of
from qipan.spine.work.models import State, WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.writing import moment

LONGEST = timedelta(days=60)
"""So long a link is good at most."""
TRIES, WINDOW = 20, timedelta(hours=1)
"""So many forms one link may send in an hour."""


class TooOften(Exception):
    """A link has sent too many forms within the hour."""


def give(pk: int, *, until: datetime, by: Post, at: datetime | None = None) -> HandlingLink:
    """Issue a link for the lead unit of an item; an earlier one of the item ends.

    Args:
        pk: the item.
        until: until when it is good.
        by: a post of the office, or the inspector who found it.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post gives no links for this item.
        WorkError: nobody leads it, nothing can be handled any more, or the time is past or too far off.
    """
    now = moment(at)
    item = item_for(pk, SEE, by)
    if not may_give(by, item):
        raise PermissionDenied
    if item.lead is None:
        raise WorkError(Text("请先指定牵头单位。", "Give it to a unit first."))
    if item.state not in {State.ISSUED, State.ACCEPTED}:
        raise WorkError(Text("该事项已反馈或已结束，不需要链接。", "It was reported or has ended; no link is needed."))
    if until <= now:
        raise WorkError(Text("有效期须晚于现在。", "It has to end later than now."), "until")
    if until > now + LONGEST:
        raise WorkError(Text("有效期最长60天。", "At most 60 days."), "until")
    with act(actor(by), now) as noted:
        _end(item, by, now)
        link = HandlingLink(
            work_item=item, unit=item.lead, handling_round=item.handling_round, issued_at=now, until=until,
            person=by.person_id, by_person=str(by.person)[:80], by_post=by.title_zh[:120], by_unit=by.unit.code,
            window_from=now,
        )  # fmt: skip
        link.digest = digest_of(token_of(SALT, link.uid))
        link.save(force_insert=True)
        noted.note("work.link_give", thing(item), {"unit": item.lead.code, "until": until.isoformat()})
    return link


def withdraw(pk: int, *, by: Post, at: datetime | None = None) -> int:
    """Withdraw the links of an item; returns how many were good for something.

    Raises:
        PermissionDenied: the post gives no links for this item.
    """
    now = moment(at)
    item = item_for(pk, SEE, by)
    if not may_give(by, item):
        raise PermissionDenied
    with act(actor(by), now) as noted:
        gone = _end(item, by, now)
        if gone:
            noted.note("work.link_withdraw", thing(item), {"unit": item.lead.code if item.lead else ""})
    return gone


def _end(item: WorkItem, by: Post, now: datetime) -> int:
    who = f"{by.unit.name_zh} · {by.title_zh}"[:160]
    standing = HandlingLink.objects.filter(work_item=item, withdrawn_at=None, reported_at=None)
    return standing.update(withdrawn_at=now, withdrawn_by=who)


def count_try(link: HandlingLink, at: datetime | None = None) -> None:
    """Count a form that was sent by a link.

    Raises:
        TooOften: it is one too many within the hour.
    """
    now = moment(at)
    mine = HandlingLink.objects.filter(pk=link.pk)
    if mine.filter(window_from__lte=now - WINDOW).update(window_from=now, tries=1):
        return
    if not mine.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        raise TooOften


def journal_actor(link: HandlingLink) -> Actor:
    """Return who acts by a link, as the journal has it: no person, the link in the place of a post."""
    unit = link.unit
    post = f"凭办理链接（由{link.by_post}发给{unit.name_zh}）"
    return Actor(person="", post=post[:120], unit=unit.code, county=unit.county.code)


def _hand(link: HandlingLink, name: str) -> Hand:
    who = name.strip()
    data = {"link": link.pk, "unit": link.unit.code, "issued_by": link.by_post}
    return Hand(journal_actor(link), link.person, who, "", link.unit.code, LINK, data)


def accept_by_link(link: HandlingLink, *, version: int, name: str = "", at: datetime | None = None) -> WorkItem:
    """Accept an item by its link.

    Args:
        link: the link.
        version: of the item, as it was read.
        name: who accepts it for the unit.
        at: when; now unless told otherwise.

    Raises:
        Stale, WorkError: the link is good for this no longer, or not yet.
    """
    now = moment(at)
    item = _item(link, Standing.ACCEPT, now)
    with act(journal_actor(link), now):
        take_on(item, version, _hand(link, name), now)
        HandlingLink.objects.filter(pk=link.pk).update(accepted_at=now)
    return item


def report_by_link(
    link: HandlingLink, *, version: int, name: str, text: str, fixed_at: datetime, photos: Collection[Photo] = (),
    without: str = "", at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Report an item by its link.

    Args:
        link: the link.
        version: of the item, as it was read.
        name: who reports it for the unit.
        text: what was done.
        fixed_at: when it was done.
        photos: how it looks now.
        without: why it is reported without the part of a supporting unit.
        at: when; now unless told otherwise.

    Raises:
        Stale, WorkError: the link is good for this no longer, or what was entered cannot be taken.
    """
    now = moment(at)
    item = _item(link, Standing.REPORT, now)
    if not name.strip():
        raise WorkError(Text("请填写反馈人姓名。", "Say who reports it."), "name")
    with act(journal_actor(link), now):
        put_right(
            item, version, _hand(link, name), now, text=text, fixed_at=fixed_at, photos=photos, without=without
        )  # fmt: skip
        HandlingLink.objects.filter(pk=link.pk).update(reported_at=now)
    return item


def _item(link: HandlingLink, wanted: Standing, now: datetime) -> WorkItem:
    item = WorkItem.objects.select_related("lead", "territory", "county").get(pk=link.work_item_id)
    # What the page showed may have ended since: the link is read anew, and the version guards the rest.
    link.refresh_from_db()
    found = standing_of(link, item, now)
    if found not in GOOD:
        raise WorkError(
            Text("此链接已不能再用于办理，请刷新页面。", "This link is good for nothing more; load it anew.")
        )
    if found != wanted:
        words = (
            Text("请先签收，再反馈。", "Accept it first, then report it.")
            if found == Standing.ACCEPT
            else Text("已签收，不必重复。", "It is accepted already.")
        )
        raise WorkError(words)
    return item
