"""The life-cycle of a work item as data: which step leads from where to where, and who may take it. One place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qipan.assessment.text import Text
from qipan.spine.work.errors import STAGES, StageMissing, WorkError
from qipan.spine.work.models import OPEN, State, Step

ANY_OPEN = frozenset(OPEN)
ACTIVE = frozenset({State.ISSUED, State.ACCEPTED, State.REPORTED})
ENDED = frozenset({State.CLOSED, State.CANCELLED})
ALWAYS = frozenset(State)
UNREPORTED = frozenset({State.ISSUED, State.ACCEPTED})


class Action(StrEnum):
    """What a person can do with an item; the names of the verbs in `actions.py` and of the pages' buttons."""

    ACCEPT = "accept"
    REPORT = "report"
    RECHECK = "recheck"
    REASSIGN = "reassign"
    DEADLINE = "deadline"
    CANCEL = "cancel"
    REOPEN = "reopen"
    INSTRUCT = "instruct"
    TAKE_BACK = "take_back"
    NOTE = "note"
    RETURN = "return"
    EXTEND = "extend"
    COORDINATE = "coordinate"
    APPEAL = "appeal"
    CONSENT = "consent"
    DECIDE = "decide"
    DEFER = "defer"
    RESUME = "resume"
    CONTRIBUTE = "contribute"
    OWN_DATE = "own_date"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    MERGE = "merge"
    UNMERGE = "unmerge"


class Who(StrEnum):
    """Whose an action is; `permissions.py` holds the rules."""

    HANDLER = "handler"
    RECHECKER = "rechecker"
    OFFICE = "office"
    LEADER = "leader"
    READER = "reader"
    HEAD = "head"
    JUDGE = "judge"
    SUPPORTER = "supporter"


@dataclass(frozen=True, slots=True)
class Move:
    """One action: the states that it starts from, where it leads (None: it stays), what it is logged as, and who.

    `back`: out of these states it leads back to where the item was (`before`).
    """

    sources: frozenset[State]
    target: State | None
    steps: tuple[Step, ...]
    who: Who
    back: frozenset[State] = frozenset()


MOVES: dict[Action, Move] = {
    Action.ACCEPT: Move(frozenset({State.ISSUED}), State.ACCEPTED, (Step.ACCEPTED,), Who.HANDLER),
    Action.REPORT: Move(frozenset({State.ACCEPTED}), State.REPORTED, (Step.FIXED, Step.REPORTED), Who.HANDLER),
    Action.RECHECK: Move(frozenset({State.REPORTED}), State.CLOSED, (Step.RECHECKED, Step.CLOSED), Who.RECHECKER),
    Action.REASSIGN: Move(ACTIVE, State.ISSUED, (Step.REASSIGNED,), Who.OFFICE),
    Action.DEADLINE: Move(ACTIVE, None, (Step.DEADLINE,), Who.OFFICE),
    Action.CANCEL: Move(ANY_OPEN, State.CANCELLED, (Step.CANCELLED,), Who.OFFICE),
    Action.REOPEN: Move(ENDED, State.ISSUED, (Step.REOPENED,), Who.OFFICE),
    Action.INSTRUCT: Move(ANY_OPEN, None, (Step.INSTRUCTED,), Who.LEADER),
    Action.TAKE_BACK: Move(ANY_OPEN, None, (Step.TAKEN_BACK,), Who.LEADER),
    Action.NOTE: Move(ALWAYS, None, (Step.NOTED,), Who.READER),
    Action.RETURN: Move(UNREPORTED, None, (Step.RETURNED,), Who.HANDLER),
    Action.EXTEND: Move(UNREPORTED, None, (Step.EXTENSION,), Who.HANDLER),
    Action.COORDINATE: Move(UNREPORTED, None, (Step.COORDINATION,), Who.HANDLER),
    Action.APPEAL: Move(UNREPORTED, None, (Step.APPEALED,), Who.HANDLER),
    Action.CONSENT: Move(UNREPORTED, None, (Step.CONSENTED,), Who.HEAD),
    Action.DECIDE: Move(UNREPORTED, None, (Step.DECIDED,), Who.JUDGE),
    Action.DEFER: Move(UNREPORTED, None, (Step.DEFERRED,), Who.OFFICE),
    Action.RESUME: Move(
        UNREPORTED | {State.SUSPENDED}, None, (Step.RESUMED,), Who.OFFICE, frozenset({State.SUSPENDED})
    ),
    Action.CONTRIBUTE: Move(UNREPORTED, None, (Step.CONTRIBUTED,), Who.SUPPORTER),
    Action.OWN_DATE: Move(UNREPORTED, None, (Step.OWN_DATE,), Who.HANDLER),
    Action.WITHDRAW: Move(UNREPORTED, None, (Step.WITHDRAWN,), Who.HANDLER),
    Action.SUSPEND: Move(UNREPORTED, State.SUSPENDED, (Step.SUSPENDED,), Who.OFFICE),
    Action.MERGE: Move(UNREPORTED, State.MERGED, (Step.MERGED,), Who.OFFICE),
    Action.UNMERGE: Move(frozenset({State.MERGED}), None, (Step.UNMERGED,), Who.OFFICE, frozenset({State.MERGED})),
}

#: What a failed re-check does: the item goes round again, to the unit that has accepted it.
FAILED = Move(frozenset({State.REPORTED}), State.ACCEPTED, (Step.FAILED,), Who.RECHECKER)

HANDLING = (Step.ACCEPTED, Step.FIXED, Step.REPORTED)
"""The steps by which someone has handled an item; whoever took one cannot close it."""

#: The stage that an item waits for, by its state: what is missing when someone wants to go further.
AWAITED: dict[State, Step] = {
    State.ISSUED: Step.ACCEPTED,
    State.ACCEPTED: Step.REPORTED,
    State.REPORTED: Step.RECHECKED,
}
_PLACE = {Action.ACCEPT: 0, Action.REPORT: 1, Action.RECHECK: 2}
_AT = {State.ISSUED: 0, State.ACCEPTED: 1, State.REPORTED: 2}


def before(*, accepted: bool) -> State:
    """Return where an item goes back to that was suspended or merged: it was accepted already, or not."""
    return State.ACCEPTED if accepted else State.ISSUED


def refusal(action: Action, state: State) -> WorkError | None:
    """Return why an action cannot start from a state; None where it can."""
    if state in MOVES[action].sources:
        return None
    if state == State.CLOSED:
        return WorkError(Text("已销号；如需再办，请由创城办重新打开。", "It is closed; the office can reopen it."))
    if state == State.CANCELLED:
        return WorkError(Text("已撤销；如需再办，请由创城办重新打开。", "It was cancelled; the office can reopen it."))
    if state == State.SUSPENDED:
        return WorkError(
            Text("已中止；请由创城办恢复后再办理。", "It is suspended; the office has to take it up again first.")
        )
    if state == State.MERGED:
        return WorkError(Text("已并入另一事项，请在该事项上办理。", "It was merged into another item; go on there."))
    if action == Action.UNMERGE:
        return WorkError(Text("未并入其他事项。", "It was not merged into another item."))
    if action in _PLACE and state in _AT and _PLACE[action] > _AT[state]:
        missing = AWAITED[state]
        stage, wanted = STAGES[missing], STAGES[MOVES[action].steps[0]]
        if action == Action.REPORT:
            wanted = STAGES[Step.REPORTED]
        return StageMissing(
            Text(
                f"缺少“{stage.zh}”环节，不能直接{wanted.zh}。请先{stage.zh}。",
                f"The stage “{stage.en}” is missing: {wanted.en} cannot come before it.",
            ),
            missing,
        )
    if action in _PLACE:
        done = STAGES[MOVES[action].steps[-1] if action != Action.ACCEPT else Step.ACCEPTED]
        return WorkError(Text(f"“{done.zh}”已经完成，不必重复。", f"The stage “{done.en}” is done already."))
    if action == Action.REOPEN:
        return WorkError(Text("尚未销号或撤销，不必重新打开。", "It is open; there is nothing to reopen."))
    return WorkError(Text("已反馈，待复查；请等复查结果。", "It is reported; wait for the re-check."))


def check(action: Action, state: State) -> None:
    """Refuse an action that cannot start from a state.

    Raises:
        StageMissing: a stage before it has not happened.
        WorkError: it has happened already, or the item has ended.
    """
    problem = refusal(action, state)
    if problem is not None:
        raise problem
