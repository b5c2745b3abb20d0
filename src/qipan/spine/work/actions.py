"""What can happen to a work item. One verb a function; each checks right, version, stage and content, then writes the
item, its log, the journal and the messages in one transaction.

Orders are opened in `opening.py`, tasks in `tasks.py`, items re-checked in `rechecking.py`; what units ask is in
`asking.py`, what is decided of it in `deciding.py`, what is deferred in `deferring.py`, what supporting units add in
`parts.py`, what is merged in `merging.py`, what leaders say in `instructing.py`; all are called from here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Person, Post, Unit
from qipan.ground.units.queries import current_posts
from qipan.spine.work import messages, points
from qipan.spine.work.acting import item_for, ready, reason_of, tell_lead, thing
from qipan.spine.work.asking import appeal, consent, coordinate, extend, give_back, withdraw
from qipan.spine.work.branches import branches
from qipan.spine.work.deciding import decide
from qipan.spine.work.deferring import defer, resume, suspend
from qipan.spine.work.errors import WorkError
from qipan.spine.work.handling import hand_of, put_right, take_on
from qipan.spine.work.holding import anew, held_anew
from qipan.spine.work.instructing import instruct, take_back
from qipan.spine.work.lapsing import lapse
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.lightness.demands import ASKS
from qipan.spine.work.lightness.empowering import lead_for
from qipan.spine.work.lightness.papers import ask_for_papers, may_ask_for_papers
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.limits import ahead
from qipan.spine.work.merging import merge, part
from qipan.spine.work.models import Kind, State, Step, WorkItem
from qipan.spine.work.opening import Finding, Opened, Responsible, open_key, open_orders, proposed, take_counter
from qipan.spine.work.own.dates import set_own_date
from qipan.spine.work.own.finding import log_own
from qipan.spine.work.parts import contribute
from qipan.spine.work.permissions import DIRECT, HANDLE, SEE
from qipan.spine.work.rechecking import Rechecked, recheck, year_of
from qipan.spine.work.tasks import CHECK, PlannedTask, decompose, issue_task, preview_decomposition, task_key
from qipan.spine.work.timing.when import When, as_when, moved_to, set_to
from qipan.spine.work.writing import beside, entry, hang, moment, release, write

__all__ = [
    "Finding", "Opened", "PlannedTask", "Rechecked", "Responsible", "accept", "appeal", "cancel", "consent", "contribute",
    "coordinate", "decide", "decompose", "defer", "extend", "give_back", "instruct", "issue_task", "log_own", "merge", "note",
    "open_orders", "part", "preview_decomposition", "proposed", "reassign", "recheck", "reopen", "report", "resume",
    "set_deadline", "set_own_date", "suspend", "take_back", "withdraw",
]  # fmt: skip


def accept(
    pk: int, *, version: int, by: Post, at: datetime | None = None, person: int | None = None, text: str = ""
) -> WorkItem:
    """Accept an item for the lead unit.

    Args:
        pk: the item.
        version: as it was read.
        by: a head or liaison of the lead unit.
        at: when; now unless told otherwise.
        person: the number of the person who will see to it, from the lead unit; nobody in particular when left out.
        text: what they say to it.

    Raises:
        PermissionDenied: the post does not handle this item.
        StageMissing, Stale, WorkError: it cannot be accepted now.
    """
    now = moment(at)
    item = item_for(pk, HANDLE, by)
    ready(item, version, Action.ACCEPT)
    named: Person | None = None
    if person is not None:
        held = [post for post in current_posts(person, messages.day_of(now)) if post.unit_id == item.lead_id]
        if not held:
            raise WorkError(
                Text("责任人须是牵头单位的在岗人员。", "The person has to hold a post in the lead unit."), "person"
            )
        named = held[0].person
    return take_on(item, version, hand_of(by), now, named=named, text=text)


def report(
    pk: int, *, version: int, by: Post, text: str, fixed_at: datetime, photos: Collection[Photo] = (),
    at: datetime | None = None, without: str = "",
) -> WorkItem:  # fmt: skip
    """Report a fix: what was done, when, and at a site a photo of it.

    Args:
        pk: the item.
        version: as it was read.
        by: a head or liaison of the lead unit.
        text: what was done.
        fixed_at: when it was done: not before it was found, not ahead; it may lie before the acceptance.
        photos: how it looks now.
        at: when it is reported; now unless told otherwise.
        without: why it is reported though supporting units have not added their part; needed where they have not.

    Raises:
        PermissionDenied: the post does not handle this item.
        StageMissing, Stale, WorkError: it cannot be reported so, now.
    """
    now = moment(at)
    return put_right(
        item_for(pk, HANDLE, by), version, hand_of(by), now, text=text, fixed_at=fixed_at, photos=photos, without=without,
    )  # fmt: skip


def reassign(pk: int, *, version: int, by: Post, unit: str, reason: str, at: datetime | None = None) -> WorkItem:
    """Give an item to another lead unit; its limit begins anew, and who has handled it before stays a handler.

    Raises:
        PermissionDenied: only the office reassigns.
        Stale, WorkError: it has ended, the unit is not there or leads it already, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.REASSIGN)
    why = reason_of(reason)
    new = Unit.objects.filter(county_id=item.county_id, code=unit).first()
    if new is None:
        raise WorkError(Text(f"本县没有编号为“{unit}”的单位。", f"The county has no unit {unit!r}."), "unit")
    if new.pk == item.lead_id:
        raise WorkError(Text("该单位已是牵头单位。", "This unit leads it already."), "unit")
    function = item.work_class.function if item.work_class else ""
    new, ground = lead_for(new, year_of(item), item.title, now, check=item.check_key, function=function)
    if new.pk == item.lead_id:
        raise WorkError(Text("该单位已是牵头单位。", "This unit leads it already."), "unit")
    old = item.lead
    with act(actor(by), now) as noted:
        data = {"from": old.code if old else "", "to": new.code, **ground}
        lapsed, changes = lapse(item, by, now)
        changes |= anew(item, now)
        write(
            item, version, [*lapsed, entry(item, Step.REASSIGNED, by, now, text=why, data=data)],
            **changes, state=State.ISSUED, lead_id=new.pk, person_id=None, own_deadline=None, accepted_at=None, reported_at=None,
        )  # fmt: skip
        item.lead = new
        item.supports.remove(new)
        noted.note("work.reassign", thing(item), data)
        weigh(noted, by, now, [(thing(item), why)])
        tree = branches(item.county_id)
        recipients = messages.Recipients([new.pk, old.pk if old else None], messages.day_of(now), tree)
        gone = messages.about(item, f"已改派{new.name_zh}", f"Given to {new.name_en or new.name_zh}")
        messages.tell(
            item, recipients.of(new.pk), "issued", messages.about(item, "交办（改派）", "Assigned to you"), now
        )
        messages.tell(item, recipients.of(old.pk if old else None), "reassigned", gone, now)
    return item


def set_deadline(
    pk: int, *, version: int, by: Post, deadline: datetime | When, reason: str, at: datetime | None = None
) -> WorkItem:
    """Give an item another deadline, in words or as a moment.

    Raises:
        PermissionDenied: only the office sets deadlines.
        Stale, WorkError: it has ended, the deadline is past, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.DEADLINE)
    why = reason_of(reason)
    given = as_when(deadline)
    ahead(given.deadline, now)
    with act(actor(by), now) as noted:
        data = moved_to(item, given)
        write(
            item, version, [entry(item, Step.DEADLINE, by, now, text=why, data=data)],
            **set_to(item, given), **held_anew(item, now),
        )  # fmt: skip
        noted.note("work.deadline", thing(item), data)
        weigh(noted, by, now, [(thing(item), why)])
        words = messages.about(
            item, f"时限改为{messages.said(given.deadline).zh}", f"New deadline {messages.said(given.deadline).en}"
        )
        tell_lead(item, "deadline", words, now, by)
    return item


def cancel(pk: int, *, version: int, by: Post, reason: str, at: datetime | None = None) -> WorkItem:
    """Cancel an item: a mistake, or something that is no longer there. It can be reopened.

    Raises:
        PermissionDenied: only the office cancels.
        Stale, WorkError: it has ended, or no reason is given.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.CANCEL)
    why = reason_of(reason)
    with act(actor(by), now) as noted:
        lapsed, changes = lapse(item, by, now)
        write(
            item, version, [*lapsed, entry(item, Step.CANCELLED, by, now, text=why)],
            **changes, state=State.CANCELLED, closed_at=now, open_key=None, points_at_stake=0, gain_alone=0,
        )  # fmt: skip
        release(item)
        noted.note("work.cancel", thing(item), {})
        points.ask(item.county, by)
        tell_lead(item, "cancelled", messages.about(item, "已撤销", "Cancelled"), now, by)
    return item


def reopen(pk: int, *, version: int, by: Post, reason: str, at: datetime | None = None) -> WorkItem:
    """Open a closed or cancelled item again: another handling round, with its limit anew.

    Raises:
        PermissionDenied: only the office reopens.
        Stale, WorkError: it is open, no reason is given, or the same thing is on another open order meanwhile.
    """
    now = moment(at)
    item = item_for(pk, DIRECT, by)
    ready(item, version, Action.REOPEN)
    why = reason_of(reason)
    key = _key(item)
    changes = anew(item, now)
    with act(actor(by), now) as noted:
        take_counter(item.county_id)
        other = WorkItem.objects.filter(open_key=key).first() if key else None
        if other is not None:
            raise WorkError(
                Text(
                    f"同一点位同一问题已有在办事项{other.number}，请在该事项上办理。",
                    f"The same item at the same site is open as {other.number}; go on there.",
                )
            )
        again = item.handling_round + 1
        written = entry(item, Step.REOPENED, by, now, text=why)
        written.handling_round = again
        write(
            item, version, [written],
            state=State.ISSUED, own_deadline=None, handling_round=again, accepted_at=None, reported_at=None, closed_at=None, moved=None,
            open_key=key, **changes,
        )  # fmt: skip
        noted.note("work.reopen", thing(item), {"round": again})
        points.ask(item.county, by)
        tell_lead(item, "reopened", messages.about(item, "已重新打开，请签收", "Reopened, please accept"), now, by)
    return item


def _key(item: WorkItem) -> str | None:
    """Return what an item carries while it is open, so that nothing is opened twice."""
    if item.kind == Kind.ORDER:
        return open_key(item.county_id, item.cluster, item.item)
    return task_key(item.county_id, item.year, item.check_key) if item.origin_kind == CHECK else None


def note(
    pk: int, *, by: Post, text: str, photos: Collection[Photo] = (), at: datetime | None = None, asks: bool = False
) -> WorkItem:
    """Write a note into an item's log: progress, a question. Whoever sees an item may; it changes nothing else.

    Args:
        pk: the item.
        by: whoever sees it.
        text: what is said.
        photos: what goes with it.
        at: when; now unless told otherwise.
        asks: whether the lead unit has to write or collect something for it; then it counts as a request to the unit.

    Raises:
        PermissionDenied: the post does not see this item, or asks for papers and does not look for the county.
        WorkError: nothing is said, or papers are asked for on an item that has ended.
        OnFile, OverLimit: the ledger answers what is asked for, or the unit was asked enough this month.
    """
    now = moment(at)
    item = item_for(pk, SEE, by)
    words = text.strip()
    if not words:
        raise WorkError(Text("请填写内容。", "Write something."), "text")
    if asks:
        may_ask_for_papers(item, by)
    with act(actor(by), now) as noted:
        written = beside(item, Step.NOTED, by, now, words, {ASKS: True} if asks else {}, Action.NOTE, {})
        hang(written, photos)
        noted.note("work.note", thing(item), {ASKS: True} if asks else {})
        _tell_others(item, by, words, now)
        if asks:
            ask_for_papers(noted, item, written, by, now)
        weigh(noted, by, now, [(thing(item), words)])
    return item


def _tell_others(item: WorkItem, by: Post, words: str, now: datetime) -> None:
    """Tell a note to the others at the table: the liaisons of the item's units, whoever issued it, whoever has spoken."""
    units = {item.lead_id, *item.supports.values_list("pk", flat=True)}
    recipients = messages.Recipients(units, messages.day_of(now), branches(item.county_id))
    told = {post.pk: post for unit in units for post in recipients.of(unit, messages.LIAISON)}
    people = {one.person for one in item.log.filter(step__in=(Step.ISSUED, Step.NOTED)) if one.person is not None}
    told |= {post.pk: post for post in messages.directing(item.county_id, people, now)}
    unit = by.unit
    said = Text(
        f"{unit.name_zh}留言：{messages.short(words, 120)}（{item.number} {messages.short(item.title_zh)}）",
        f"{unit.name_en or unit.name_zh} wrote: {messages.short(words, 120)} "
        f"({item.number} {messages.short(item.title_en or item.title_zh)})",
    )
    others = [post for post in told.values() if post.person_id != by.person_id]
    messages.tell(item, others, "noted", said, now, by=by)
