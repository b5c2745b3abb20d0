"""What units may ask of an item, when, and who answers: the rules of returns, extensions, co-ordinations and appeals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Role
from qipan.ground.units.queries import posts_of
from qipan.ground.worktime.clock import Deadline, Limit
from qipan.ground.worktime.queries import clock
from qipan.spine.work import messages
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.errors import NotIndependent, WorkError
from qipan.spine.work.independence import objection, recheckable
from qipan.spine.work.instructing import may_take_back
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import Kind, LimitUnit, LogEntry, Request, State, Step, WorkItem
from qipan.spine.work.permissions import CONSENT, DIRECT, JUDGE

WAITS_FOR_CONSENT = "consent"
"""What `WorkItem.request` says while an extension waits for the head; else it names the kind that is open."""
ASKED = {
    Action.RETURN: Request.Kind.RETURN,
    Action.EXTEND: Request.Kind.EXTENSION,
    Action.COORDINATE: Request.Kind.COORDINATION,
    Action.APPEAL: Request.Kind.APPEAL,
}
"""Which request an action makes."""
NAMES: dict[str, Text] = {
    Request.Kind.RETURN: Text("退回", "return"),
    Request.Kind.EXTENSION: Text("延期", "extension"),
    Request.Kind.COORDINATION: Text("提请协调", "co-ordination request"),
    Request.Kind.APPEAL: Text("异议", "appeal"),
}
RECORDED = (Step.ISSUED, Step.JOINED)
"""The steps by which someone has recorded what an order rests on."""


def returned_until(item: WorkItem) -> Deadline:
    """Return until when an item can be returned."""
    days = settings_of(item.county_id).return_days
    return clock(item.county_id).deadline(item.issued_at, Limit(days, LimitUnit.WORKING_DAY.value))


def against(
    action: Action, item: WorkItem, by: Post, now: datetime, requests: Sequence[Request],
    tree: Branches | None = None, log: Iterable[LogEntry] | None = None,
) -> WorkError | None:  # fmt: skip
    """Return why something cannot be asked, answered, deferred or resumed now, beside right and stage; None where it can.

    Args:
        action: what someone wants to do.
        item: the item.
        by: who.
        now: when.
        requests: all requests of the item.
        tree: the county's units, where they are at hand.
        log: the item's log, where it is at hand.
    """
    if action in ASKED:
        return _against_asking(ASKED[action], item, now, requests)
    match action:
        case Action.CONSENT if item.request != WAITS_FOR_CONSENT:
            return WorkError(Text("没有待您同意的延期申请。", "No extension waits for consent."))
        case Action.CONSENT if _asked_it(by, requests):
            return NotIndependent(
                Text("延期是您本人申请的，须由另一位负责人同意。", "You asked for this extension yourself; another head has to consent.")
            )  # fmt: skip
        case Action.DECIDE if _asked_it(by, requests):
            return NotIndependent(
                Text(
                    "这项申请是您本人提出的，须由其他人决定。",
                    "You asked for this yourself; someone else has to decide.",
                )
            )
        case Action.DECIDE:
            return _against_deciding(item, by, tree, log)
        case Action.DEFER if item.request:
            return _waits(item)
        case Action.RESUME if item.deferred_until is None and item.state != State.SUSPENDED:
            return WorkError(Text("未挂账，也未中止。", "It is neither deferred nor suspended."))
        case Action.TAKE_BACK if may_take_back(by, list(item.log.order_by("id") if log is None else log)) is None:
            return WorkError(Text("没有可撤回的批示。", "No instruction of yours could be taken back."))
        case Action.WITHDRAW if not item.request:
            return WorkError(Text("没有可撤回的申请。", "No request is open that could be withdrawn."))
        case Action.SUSPEND | Action.MERGE if item.request:
            return _waits(item)
        case Action.SUSPEND | Action.MERGE if item.deferred_until is not None:
            return WorkError(Text("已挂账；请先恢复办理。", "It is deferred; take it up again first."))
        case Action.MERGE:
            return against_merging(item)
        case Action.UNMERGE:
            return against_parting(item)
    return None


def against_merging(item: WorkItem) -> WorkError | None:
    """Return why an item cannot go on as another one."""
    if item.origin_kind == "check":
        return WorkError(
            Text("测评点任务每点一件，不能合并。", "A task of a check stands by itself: there is one for each check.")
        )
    return None


def against_parting(item: WorkItem) -> WorkError | None:
    """Return why a merged item cannot be taken out again: something has happened since."""
    last = LogEntry.objects.filter(work_item_id=item.merged_into_id).order_by("-id").first()
    own = item.log.order_by("-id").first()
    untouched = last is not None and last.step == Step.ABSORBED and last.data.get("number") == item.number
    if untouched and own is not None and own.step == Step.MERGED:
        return None
    return WorkError(
        Text("合并后已有办理记录，不能撤销合并。", "Something has happened since it was merged; that stands.")
    )


def _asked_it(by: Post, requests: Sequence[Request]) -> bool:
    """Whether the person who acts, from whatever post, has asked for what is open: nobody answers themselves."""
    return any(
        one.state in {Request.State.CONSENT, Request.State.OPEN} and one.person == by.person_id for one in requests
    )


def _waits(item: WorkItem) -> WorkError:
    kind = Request.Kind.EXTENSION.value if item.request == WAITS_FOR_CONSENT else item.request
    name = NAMES[kind]
    return WorkError(
        Text(
            f"已有“{name.zh}”申请待处理，请等处理后再提。", f"A request ({name.en}) is open; wait until it is decided."
        )
    )


def _against_asking(kind: str, item: WorkItem, now: datetime, requests: Sequence[Request]) -> WorkError | None:
    if item.request:
        return _waits(item)
    if item.deferred_until is not None:
        return WorkError(
            Text("已挂账，复核日前不必申请。", "It is deferred; nothing need be asked until it is reviewed.")
        )
    once = any(one.kind == kind for one in requests)
    if kind == Request.Kind.RETURN:
        if once:
            return WorkError(
                Text("每件只能退回一次，已退回过；如有困难，请提请协调。",
                     "An item is returned once, and this one has been; ask for co-ordination instead.")
            )  # fmt: skip
        until = returned_until(item).at
        if now > until:
            said = messages.said(until)
            return WorkError(
                Text(f"退回期限已过（{said.zh}）；如有困难，请提请协调。",
                     f"It could be returned until {said.en}; ask for co-ordination instead.")
            )  # fmt: skip
    if kind == Request.Kind.APPEAL:
        if item.kind != Kind.ORDER:
            return WorkError(Text("只有检查发现的问题可以提出异议。", "Only what was found can be disputed."))
        if once:
            return WorkError(
                Text("每件只能提出一次异议，已提出过。", "An order is disputed once, and this one has been.")
            )
    if kind == Request.Kind.EXTENSION and not has_head(item, now):
        return WorkError(
            Text("贵单位没有登记负责人，无人同意延期；请创城办补充登记。",
                 "Your unit has no head on file to consent; the campaign office has to enter one.")
        )  # fmt: skip
    return None


def has_head(item: WorkItem, now: datetime) -> bool:
    """Whether the lead unit has someone who can consent."""
    units = branches(item.county_id).same(item.lead_id) if item.lead_id is not None else ()
    return bool(posts_of(units, (Role.HEAD,), messages.day_of(now)))


def _against_deciding(
    item: WorkItem, by: Post, tree: Branches | None, log: Iterable[LogEntry] | None
) -> WorkError | None:
    if not item.request:
        return WorkError(Text("没有待决定的申请。", "Nothing waits for a decision."))
    if item.request == WAITS_FOR_CONSENT:
        return WorkError(Text("待责任单位负责人同意后再决定。", "The head of the unit has to consent first."))
    if item.request != Request.Kind.APPEAL:
        return None
    entries = list(item.log.all() if log is None else log)
    if by.person_id in recorders(entries):
        return NotIndependent(
            Text("该问题由您登记，须由未参与登记的人员裁定。", "You recorded this finding; someone else has to decide.")
        )
    words = objection(by, item, tree, entries)
    return NotIndependent(words) if words is not None else None


def recorders(log: Iterable[LogEntry]) -> set[int]:
    """Return the numbers of the people who recorded what an order rests on."""
    return {one.person for one in log if one.step in RECORDED and one.person is not None}


def decides(post: Post, item: WorkItem) -> bool:
    """Whether a post has the right to decide what is asked of an item; of an appeal anyone who looks for the county."""
    office_only = item.request not in {"", Request.Kind.APPEAL}
    return (DIRECT if office_only else JUDGE).allows(post, item)


FOR_THE_OFFICE = (Request.Kind.RETURN, Request.Kind.EXTENSION, Request.Kind.COORDINATION)
"""What the office decides, and nobody else."""


def may_direct(post: Post) -> bool:
    """Whether a post decides what only the office decides, of any item of its county."""
    return post.role in {role for role, _reach in DIRECT.reach}


def to_decide(post: Post, tree: Branches | None = None) -> Q:
    """Return the condition of the items of which this post can decide a request now."""
    recorded = LogEntry.objects.filter(work_item_id=OuterRef("pk"), step__in=RECORDED, person=post.person_id)
    disputed = JUDGE.visible(post, tree) & Q(request=Request.Kind.APPEAL) & ~Q(Exists(recorded))
    found = DIRECT.visible(post, tree) & Q(request__in=FOR_THE_OFFICE)
    return found | (disputed & recheckable(post, tree))


def to_consent(post: Post, tree: Branches | None = None) -> Q:
    """Return the condition of the items whose extension waits for the consent of this post."""
    own = Request.objects.filter(work_item_id=OuterRef("pk"), state=Request.State.CONSENT, person=post.person_id)
    return CONSENT.visible(post, tree) & Q(request=WAITS_FOR_CONSENT) & ~Q(Exists(own))
