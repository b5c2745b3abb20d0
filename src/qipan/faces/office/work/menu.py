"""What a post can do with an item: one main act, the rest in a menu, and why something cannot be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qipan.assessment.text import Text
from qipan.spine.work.links.queries import links_of

if TYPE_CHECKING:
    from qipan.overview.desk import Desk
    from qipan.spine.work.queries import ItemPage, Row

MAIN = {"issued": "accept", "accepted": "report", "reported": "recheck"}
"""What an item waits for, by its state."""
ASKS = ("return", "extend", "coordinate", "appeal")
"""What a unit may ask of an item."""
OTHERS = (
    "contribute", "own_date", *ASKS, "withdraw", "decide", "consent", "instruct", "reassign", "deadline", "defer", "suspend", "resume",
    "note", "merge", "unmerge", "cancel", "reopen",
)  # fmt: skip
"""The rest, in the order of the menu."""
RECHECKING_ROLES = frozenset({"office", "inspector", "leader"})
HANDLING_ROLES = frozenset({"head", "liaison"})


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is offered; `posts`: one tap does it."""

    word: str
    url: str
    note: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Cannot:
    """An act that one would look for, and why it cannot be done."""

    word: str
    why: Text


@dataclass(frozen=True, slots=True)
class Acts:
    """What a post can do with an item. `waits_for` says whose turn it is where it is not this post's."""

    main: Act | None
    others: tuple[Act, ...]
    cannot: tuple[Cannot, ...]
    waits_for: Text | None


def act_word(action: str) -> str:
    """Return the word on an act's button."""
    match action:
        case "accept":
            return pgettext("act", "Accept")
        case "report":
            return pgettext("act", "Report back")
        case "recheck":
            return pgettext("act", "Re-check")
        case "reassign":
            return pgettext("act", "Give to another unit")
        case "deadline":
            return pgettext("act", "Change the deadline")
        case "cancel":
            return pgettext("act", "Cancel the item")
        case "reopen":
            return pgettext("act", "Reopen")
        case "instruct":
            return pgettext("act", "Instruct")
        case "return":
            return pgettext("act", "Return")
        case "extend":
            return pgettext("act", "Ask for an extension")
        case "coordinate":
            return pgettext("act", "Ask for co-ordination")
        case "appeal":
            return pgettext("act", "Dispute the finding")
        case "consent":
            return pgettext("act", "Answer the extension")
        case "decide":
            return pgettext("act", "Decide")
        case "defer":
            return pgettext("act", "Defer")
        case "resume":
            return pgettext("act", "Take up again")
        case "contribute":
            return pgettext("act", "Add your part")
        case "own_date":
            return pgettext("act", "Set your own earlier date")
        case "withdraw":
            return pgettext("act", "Withdraw the request")
        case "suspend":
            return pgettext("act", "Suspend")
        case "merge":
            return pgettext("act", "Merge into another item")
        case "unmerge":
            return pgettext("act", "Undo the merger")
        case _:
            return pgettext("act", "Write a note")


def next_acts(role: str, found: ItemPage) -> Acts:
    """Return what a post of a role can do with an item now."""
    may = {name for name, each in found.actions.items() if each.allowed}
    main = _main(may, found)
    others = tuple(_act(name, found) for name in ("recheck", *OTHERS) if name in may and name != main)
    return Acts(_act(main, found) if main else None, others, tuple(_cannot(role, found)), _waits_for(found))


def beside(desk: Desk, row: Row) -> tuple[Act, ...]:
    """Return what a post can do for a unit that does not sign in: enter its reply, give it a link."""
    may = links_of(desk.post, row.pk)
    out = []
    if may.may_enter:
        word = pgettext("act", "Enter a reply on behalf")
        out.append(Act(word, reverse("work_behalf", args=[row.number]), _("by telephone, on paper, in a chat")))
    if may.may_give or (may.latest is not None and may.latest.is_good):
        word = pgettext("act", "Link or slip for the unit")
        out.append(Act(word, reverse("work_link", args=[row.number]), _("accept and report without an account")))
    return tuple(out)


def _main(may: set[str], found: ItemPage) -> str | None:
    """Return the one act that a page puts first: what the item waits for, else what only this post can do.

    What no unit answers for lies with the campaign office, which can do nothing but give it to someone.
    """
    for answer in ("decide", "consent"):
        if answer in may:
            return answer
    wanted = MAIN.get(found.row.state)
    if wanted in may:
        return wanted
    if "contribute" in may:
        return "contribute"
    why = found.why_unit.data.get("why") if found.why_unit is not None else ""
    if why == "nobody" and "reassign" in may:
        return "reassign"
    if found.row.state == "suspended" and "resume" in may:
        return "resume"
    # Reopening is never proposed: what is closed is closed, and stays so unless someone looks for it in the menu.
    return "instruct" if "instruct" in may else None


def _act(name: str, found: ItemPage) -> Act:
    return Act(act_word(name), reverse(f"work_{name}", args=[found.number]), _note(name), name == "accept")


def _note(name: str) -> str:
    match name:
        case "reassign":
            return _("its limit begins anew")
        case "cancel":
            return _("a mistake, or no longer there")
        case "return":
            return _("it is not this unit's; once, with a reason")
        case "coordinate":
            return _("who leads, until when, who helps: the office decides")
        case "appeal":
            return _("what was found is not so; once")
        case "own_date":
            return _("never later than the deadline; the office sees both")
        case "defer":
            return _("a hard problem, with a leader's approval")
        case "suspend":
            return _("it cannot go on now; its clock stands")
        case "merge":
            return _("the same thing is on another item")
        case "withdraw":
            return _("while it is not decided")
        case _:
            return ""


def _cannot(role: str, found: ItemPage) -> list[Cannot]:
    """Return the stages ahead that this role usually takes and cannot take now, with the reasons."""
    if found.row.state not in MAIN:
        return []
    roles = {"accept": HANDLING_ROLES, "report": HANDLING_ROLES, "recheck": RECHECKING_ROLES}
    ahead = list(roles)[list(MAIN).index(found.row.state) :]
    out = []
    for name in ahead:
        each = found.may(name)
        if role in roles[name] and not each.allowed and each.reason is not None:
            out.append(Cannot(act_word(name), each.reason))
    if not found.row.request and found.row.state != "reported":
        # While a request is open the page says so on top, and not once for each of these.
        asks = ((name, found.may(name)) for name in ASKS)
        out += [
            Cannot(act_word(name), each.reason)
            for name, each in asks
            if each.right and not each.allowed and each.reason
        ]
    return out


def _waits_for(found: ItemPage) -> Text | None:
    name = found.row.lead.name if found.row.lead else Text("牵头单位", "its lead unit")
    if found.row.request == "consent":
        return Text(
            f"待{name.zh}负责人同意延期。", f"Waits for the head of {name.en or name.zh} to consent to an extension."
        )
    if found.row.request == "appeal":
        return Text("异议待裁定。", "The dispute waits for a decision by someone who did not record the finding.")
    if found.row.request:
        return Text("申请待创城办决定。", "What its unit asks waits for a decision by the campaign office.")
    match found.row.state:
        case "issued":
            return Text(f"待{name.zh}签收。", f"Waits for {name.en or name.zh} to accept it.")
        case "accepted":
            return Text(f"{name.zh}整改中，待反馈。", f"{name.en or name.zh} is fixing it and has to report back.")
        case "suspended":
            return Text("已中止，待创城办恢复办理。", "Suspended until the campaign office takes it up again.")
        case "merged":
            return Text("已并入另一事项，请在该事项上办理。", "Merged into another item; it goes on there.")
        case "reported":
            return Text(
                "待承办单位以外的人员复查。", "Waits for a re-check by someone from outside the units that handled it."
            )
        case _:
            return None
