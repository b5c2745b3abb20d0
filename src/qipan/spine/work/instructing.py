"""What a leader says on an item, and takes back as long as nobody has acted on it. Called through `actions.py`."""

from __future__ import annotations

from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work import messages
from qipan.spine.work.acting import item_for, tell_lead, thing
from qipan.spine.work.errors import WorkError
from qipan.spine.work.holding import held_anew
from qipan.spine.work.lifecycle import Action, check
from qipan.spine.work.lightness.demands import OVER, Asking, ask
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.limits import ahead
from qipan.spine.work.models import LogEntry, State, Step, WorkItem
from qipan.spine.work.permissions import INSTRUCT
from qipan.spine.work.timing.when import When, as_when, moved_to, set_to
from qipan.spine.work.writing import beside, moment

OF = "entry"
"""Under this name a withdrawal says which entry of the log it takes back."""


def instruct(
    pk: int, *, by: Post, text: str, deadline: datetime | When | None = None, at: datetime | None = None
) -> WorkItem:
    """Put a leader's instruction on an item; it stands on top of its page. No version: an instruction never collides.

    Args:
        pk: the item.
        by: a leader.
        text: what is wanted.
        deadline: an earlier or later deadline, if the leader sets one.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only leaders instruct.
        WorkError: it has ended, nothing is said, or the deadline is past.
    """
    now = moment(at)
    item = item_for(pk, INSTRUCT, by)
    check(Action.INSTRUCT, State(item.state))
    words = text.strip()
    if not words:
        raise WorkError(Text("请写明批示内容。", "Say what is wanted."), "text")
    changes: dict[str, object] = {"instructed_at": now}
    data: dict[str, object] = {}
    if deadline is not None:
        given = as_when(deadline)
        ahead(given.deadline, now)
        changes |= {**set_to(item, given), **held_anew(item, now)}
        data = {**moved_to(item, given)}
    with act(actor(by), now) as noted:
        written = beside(item, Step.INSTRUCTED, by, now, words, data, Action.INSTRUCT, changes)
        noted.note("work.instruct", thing(item), data)
        weigh(noted, by, now, [(thing(item), words)])
        over = ask(noted, by, now, [Asking(item.lead, item, Demand.Kind.INSTRUCTION)] if item.lead else [])
        if over:
            written.data = {**written.data, OVER: over[item.pk]}
            written.save(update_fields=["data"])
        told = f"领导批示（{written.by_person}）"
        said = Text(
            f"{told}：{messages.short(words, 120)}（{item.number} {messages.short(item.title_zh)}）",
            f"Instruction by {written.by_person}: {messages.short(words, 120)} "
            f"({item.number} {messages.short(item.title_en or item.title_zh)})",
        )
        tell_lead(item, "instructed", said, now, by)
    return item


def standing_instructions(entries: list[LogEntry]) -> list[LogEntry]:
    """Return the instructions among an item's entries that were not taken back, the oldest first."""
    gone = {each.data.get(OF) for each in entries if each.step == Step.TAKEN_BACK}
    return [each for each in entries if each.step == Step.INSTRUCTED and each.pk not in gone]


def may_take_back(post: Post, entries: list[LogEntry]) -> LogEntry | None:
    """Return the instruction that a post can still take back: the last thing that happened to the item, said by them.

    Args:
        post: whose words.
        entries: the item's log, the oldest first.
    """
    standing = standing_instructions(entries)
    beside_it = {Step.INSTRUCTED, Step.TAKEN_BACK}
    if not standing or standing[-1].person != post.person_id:
        return None
    since = [each for each in entries if each.pk > standing[-1].pk and each.step not in beside_it]
    return None if since else standing[-1]


def take_back(pk: int, *, by: Post, at: datetime | None = None) -> WorkItem:
    """Take back one's last instruction, as long as nobody has done anything on the item since.

    A deadline that it set becomes what it was. The words stay in the log, with the fact that they were taken back.

    Raises:
        PermissionDenied: only leaders instruct.
        WorkError: it has ended, somebody has acted since, or there is nothing of theirs to take back.
    """
    now = moment(at)
    item = item_for(pk, INSTRUCT, by)
    with act(actor(by), now) as noted:
        # The row is taken first: who acts on the item meanwhile waits, and is seen.
        WorkItem.objects.select_for_update().get(pk=item.pk)
        item.refresh_from_db()
        check(Action.TAKE_BACK, State(item.state))
        entries = list(item.log.order_by("id"))
        said = may_take_back(by, entries)
        if said is None:
            raise WorkError(
                Text(
                    "此批示已有人据以办理，或已撤回，不能再撤回；可另作批示说明。",
                    "It has been acted on, or taken back already. Give another instruction instead.",
                )
            )
        left = [each for each in standing_instructions(entries) if each.pk != said.pk]
        changes: dict[str, object] = {"instructed_at": left[-1].at if left else None}
        data: dict[str, object] = {OF: said.pk}
        if "from" in said.data and item.deadline == datetime.fromisoformat(said.data["to"]):
            before = datetime.fromisoformat(said.data["from"])
            was = When(before, said.data.get("words_from", ""), said.data.get("cadence_from", ""))
            changes |= {**set_to(item, was), **held_anew(item, now)}
            data |= {"from": said.data["to"], "to": said.data["from"]}
        written = beside(item, Step.TAKEN_BACK, by, now, "", data, Action.TAKE_BACK, changes)
        noted.note("work.take_back", thing(item), data)
        # What was taken back asks the unit for nothing.
        Demand.objects.filter(work_item=item, kind=Demand.Kind.INSTRUCTION, at=said.at).delete()
        words = Text(
            f"{written.by_person}撤回了批示：{messages.short(said.text, 120)}（{item.number}）",
            f"{written.by_person} took back an instruction: {messages.short(said.text, 120)} ({item.number})",
        )
        tell_lead(item, "instructed", words, now, by)
    return item
