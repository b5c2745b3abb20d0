"""What the lead unit asks of an item: to be rid of it, more time, a word of the office, or another look at the finding.

An item has one open request at a time. What stands against asking is in `request_rules.py`, what comes of it in
`deciding.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.worktime.clock import Limit
from qipan.ground.worktime.queries import clock
from qipan.spine.work import disputes, messages
from qipan.spine.work.acting import item_for, ready, reason_of, tell_lead, thing
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.holding import resumed, stands_for
from qipan.spine.work.lapsing import open_request
from qipan.spine.work.lifecycle import MOVES, Action
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import LimitUnit, Request, Step, WorkItem
from qipan.spine.work.permissions import CONSENT, HANDLE
from qipan.spine.work.request_rules import ASKED, NAMES, WAITS_FOR_CONSENT, against, recorders
from qipan.spine.work.timing.when import When, as_when
from qipan.spine.work.writing import entry, hang, moment, write


def give_back(pk: int, *, version: int, by: Post, reason: str, unit: str = "", at: datetime | None = None) -> Request:
    """Return an item that is not one's own. It goes on, and the clock runs, until the office has decided.

    Args:
        pk: the item.
        version: as it was read.
        by: a head or liaison of the lead unit.
        reason: why it is not this unit's.
        unit: the code of the unit whose it is, if one knows.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: it was returned before, it is too late for it, another request is open, no reason is given.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    _may_ask(Action.RETURN, item, version, by, now)
    if unit and not Unit.objects.filter(county_id=item.county_id, code=unit).exists():
        raise WorkError(Text(f"本县没有编号为“{unit}”的单位。", f"The county has no unit {unit!r}."), "unit")
    if unit and item.lead is not None and unit == item.lead.code:
        raise WorkError(Text("该单位就是现在的牵头单位。", "This unit leads it already."), "unit")
    return _ask(Action.RETURN, item, version, by, now, reason_of(reason), {"unit": unit} if unit else {})


def extend(
    pk: int, *, version: int, by: Post, reason: str, deadline: datetime | When, at: datetime | None = None
) -> Request:
    """Ask for more time. The head of the unit consents before the office decides; a head who asks has consented.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: another request is open, the new deadline is not later, no reason is given.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    _may_ask(Action.EXTEND, item, version, by, now)
    given = as_when(deadline)
    if given.deadline <= max(now, item.deadline):
        raise WorkError(
            Text(
                "新时限应晚于现在的时限，也晚于现在。", "The new deadline has to lie after the present one, and ahead."
            ),
            "deadline",
        )
    most = settings_of(item.county_id).extension_days
    if most and (until := _latest(item, most)) < given.deadline:
        latest = messages.said(until)
        raise WorkError(
            Text(
                f"一次最多延长{most}个工作日（至{latest.zh}）；确需更长的，请提请协调。",
                f"At most {most} working days at a time (until {latest.en}); for longer ask for co-ordination.",
            ),
            "deadline",
        )
    data = {"from": item.deadline.isoformat(), "deadline": given.deadline.isoformat()}
    if given.text:
        data |= {"words": given.text, "cadence": given.cadence}
    return _ask(Action.EXTEND, item, version, by, now, reason_of(reason), data)


def _latest(item: WorkItem, days: int) -> datetime:
    """Return the end of the last day that so many working days after the deadline reach."""
    at = clock(item.county_id).deadline(item.deadline, Limit(days, LimitUnit.WORKING_DAY.value)).at
    local = timezone.localtime(at, timezone.get_default_timezone())
    return local.replace(hour=23, minute=59, second=59, microsecond=999_999)


def coordinate(
    pk: int, *, version: int, by: Post, reason: str, photos: Collection[Photo] = (), at: datetime | None = None
) -> Request:
    """Ask the office to co-ordinate; the clock stands until it has decided, if the county's settings say so.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: another request is open, no reason is given.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    _may_ask(Action.COORDINATE, item, version, by, now)
    return _ask(Action.COORDINATE, item, version, by, now, reason_of(reason), {}, photos)


def appeal(
    pk: int, *, version: int, by: Post, reason: str, photos: Collection[Photo] = (), at: datetime | None = None
) -> Request:
    """Dispute the finding that an order rests on, once. Until it is decided it counts as disputed, not as lost.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: it was disputed before, another request is open, no reason is given.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    _may_ask(Action.APPEAL, item, version, by, now)
    return _ask(Action.APPEAL, item, version, by, now, reason_of(reason), {}, photos)


def _may_ask(action: Action, item: WorkItem, version: int, by: Post, now: datetime) -> None:
    ready(item, version, action)
    problem = against(action, item, by, now, list(item.requests.all()))
    if problem is not None:
        raise problem


def _ask(
    action: Action, item: WorkItem, version: int, by: Post, now: datetime, text: str, proposal: dict[str, Any],
    photos: Collection[Photo] = (),
) -> Request:  # fmt: skip
    kind = ASKED[action]
    step = MOVES[action].steps[0]
    head = CONSENT.allows(by, item)
    waits = kind == Request.Kind.EXTENSION and not head
    with act(actor(by), now) as noted:
        if kind == Request.Kind.APPEAL:
            last = item.sightings.order_by("-id").values_list("pk", flat=True).first() or 0
            proposal = {**disputes.begin(item, by, now).values, "last": last}
        written = entry(item, step, by, now, text=text, data=proposal)
        changes: dict[str, object] = {"request": WAITS_FOR_CONSENT if waits else kind.value}
        if stands_for(kind, item.county_id):
            changes["held_since"] = now
        write(item, version, [written], **changes)
        asked = Request.objects.create(
            work_item=item, kind=kind, state=Request.State.CONSENT if waits else Request.State.OPEN, text=text,
            proposal=proposal, asked_at=now, person=by.person_id, by_person=str(by.person)[:80], by_post=by.title_zh,
            by_unit=by.unit.code,
            **({"consented_at": now, "consented_by": str(by.person)[:80]} if kind == Request.Kind.EXTENSION and head else {}),
        )  # fmt: skip
        hang(written, photos)
        if photos:
            use(list(photos))
            asked.photos.add(*photos)
        noted.note(f"work.{action.value}", thing(item), {"kind": kind.value})
        _tell_asked(item, asked, by, now)
    return asked


def _tell_asked(item: WorkItem, asked: Request, by: Post, now: datetime) -> None:
    name = NAMES[asked.kind]
    unit = by.unit
    if asked.state == Request.State.CONSENT:
        recipients = messages.Recipients([item.lead_id], messages.day_of(now), branches(item.county_id))
        words = messages.about(item, "延期申请待您同意", "An extension waits for your consent")
        messages.tell(item, recipients.of(item.lead_id, (Role.HEAD,)), "consent", words, now, by=by)
        return
    words = messages.about(
        item, f"{unit.name_zh}申请{name.zh}，待决定", f"{unit.name_en or unit.name_zh} asks ({name.en})"
    )
    messages.tell(item, deciders(item, asked.kind, now), "asked", words, now, by=by)


def deciders(item: WorkItem, kind: str, now: datetime) -> Iterable[Post]:
    """Return whom to tell that something is to be decided."""
    if kind != Request.Kind.APPEAL:
        return messages.office(item.county_id, now)
    recorded = recorders(item.log.all())
    return [post for post in messages.eyes(item, now) if post.person_id not in recorded]


def withdraw(pk: int, *, version: int, by: Post, reason: str = "", at: datetime | None = None) -> WorkItem:
    """Take back what the unit asked for, while it is not decided; a dispute is taken back with it, the clock goes on.

    Raises:
        PermissionDenied: the post does not handle this item.
        Stale, WorkError: nothing is open.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    ready(item, version, Action.WITHDRAW)
    problem = against(Action.WITHDRAW, item, by, now, ())
    asked = open_request(item)
    if problem is not None or asked is None:
        raise problem or WorkError(Text("没有可撤回的申请。", "No request is open that could be withdrawn."))
    waited = asked.state == Request.State.CONSENT
    with act(actor(by), now) as noted:
        disputes.take_back(item, asked, by, now)
        written = entry(item, Step.WITHDRAWN, by, now, text=reason.strip(), data={"kind": asked.kind})
        write(item, version, [written], request="", **resumed(item, now))
        asked.state, asked.decided_at, asked.decided_by = Request.State.WITHDRAWN, now, str(by.person)[:80]
        asked.reason = reason.strip()
        asked.save()
        noted.note("work.withdraw", thing(item), {"kind": asked.kind})
        name = NAMES[asked.kind]
        words = messages.about(item, f"已撤回申请：{name.zh}", f"No longer asked for: {name.en}")
        if waited:
            tell_lead(item, "withdrawn", words, now, by)
        else:
            messages.tell(item, deciders(item, asked.kind, now), "withdrawn", words, now, by=by)
    return item


def consent(
    pk: int, *, version: int, by: Post, agrees: bool = True, reason: str = "", at: datetime | None = None
) -> WorkItem:
    """Consent to an extension, or refuse it with a reason; what the head refuses never reaches the office.

    Raises:
        PermissionDenied: the post heads no lead unit of this item.
        Stale, WorkError: no extension waits for consent, or no reason is given for refusing.
    """
    now = moment(at)
    item = item_for(pk, CONSENT, by)
    ready(item, version, Action.CONSENT)
    asked = open_request(item)
    problem = against(Action.CONSENT, item, by, now, [asked] if asked else [])
    if problem is not None or asked is None:
        raise problem or WorkError(Text("没有待您同意的延期申请。", "No extension waits for consent."))
    why = reason.strip() if agrees else reason_of(reason)
    with act(actor(by), now) as noted:
        data = {"kind": asked.kind, "deadline": asked.proposal.get("deadline", "")}
        written = entry(item, Step.CONSENTED if agrees else Step.REFUSED, by, now, text=why, data=data)
        write(item, version, [written], request=asked.kind if agrees else "")
        if agrees:
            asked.state, asked.consented_at, asked.consented_by = Request.State.OPEN, now, str(by.person)[:80]
        else:
            asked.state, asked.decided_at, asked.decided_by = Request.State.REFUSED, now, str(by.person)[:80]
            asked.reason = why
        asked.save()
        noted.note("work.consent", thing(item), {"agrees": agrees})
        if agrees:
            _tell_asked(item, asked, by, now)
        else:
            words = messages.about(item, "负责人未同意延期", "The head did not consent to the extension")
            tell_lead(item, "refused", words, now, by)
    return item
