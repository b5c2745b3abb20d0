"""The ladder of urging as rules: which rung an item stands before, and which items it is for. Nothing is written here.

remind → urge → supervise → bulletin → interview → hand-over letter. The days over the deadline propose a rung, a person of
the office decides. It speaks of units and numbers of items, never of persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from qipan.assessment.text import Text
from qipan.spine.work.branches import Branches
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import Escalation, Ladder, Rung, State, WorkItem

RUNGS: tuple[Rung, ...] = tuple(Rung)
GRAVE = frozenset({Rung.BULLETIN, Rung.INTERVIEW, Rung.HANDOVER})
"""Rungs that are reached one by one: each only after the rung below it was confirmed, and has had its days to work."""
ON_PAPER = frozenset({Rung.SUPERVISE, Rung.HANDOVER})
"""Rungs that come with a paper to print."""
NEVER_NAMED = frozenset({"village_committee", "neighbourhood_committee", "village", "community"})
"""Types of units that the ladder does not name: their township is spoken to."""
RUNG_WORDS: dict[str, Text] = {
    Rung.REMIND: Text("提醒", "reminder"), Rung.URGE: Text("催办", "urging"),
    Rung.SUPERVISE: Text("督办", "supervised handling"), Rung.BULLETIN: Text("拟通报", "to be named in a bulletin"),
    Rung.INTERVIEW: Text("拟约谈", "to be invited to an interview"), Rung.HANDOVER: Text("移送", "hand-over letter"),
}  # fmt: skip


def paper_number(rung: str, year: int, serial: int) -> Text:
    """Return the number of a slip or a letter, as offices write the numbers of working forms."""
    zh, en = ("移送", "Hand-over letter") if rung == Rung.HANDOVER else ("督办", "Supervision order")
    return Text(f"{zh}〔{year}〕{serial}号", f"{en} {year}-{serial}")


def may_escalate(item: WorkItem, now: datetime) -> bool:
    """Whether an item may be put on the ladder. The one place that says so, with its twin for lists beside it.

    It is over its deadline, a unit leads it, and it is that unit's turn: what was reported waits for others, and while a
    dispute or a co-ordination request is open, or the item is deferred, nobody is pressed.
    """
    waits = item.held_since is not None or item.deferred_until is not None
    return (
        item.state in {State.ISSUED, State.ACCEPTED} and item.deadline < now and item.lead_id is not None and not waits
    )


def escalatable(now: datetime) -> Q:
    """Return the condition of the items that may be put on the ladder; it says what `may_escalate` says."""
    turn = Q(state__in=(State.ISSUED, State.ACCEPTED), deadline__lt=now, lead__isnull=False)
    return turn & Q(held_since__isnull=True, deferred_until__isnull=True)


def days_over(item: WorkItem, now: datetime) -> int:
    """Return how many calendar days an item is over its deadline's day."""
    return (day_of(now) - day_of(item.deadline)).days


def ladder_of(county_id: int) -> Ladder:
    """Return a county's ladder; the sample where it has set none. Writes nothing."""
    return Ladder.objects.filter(county_id=county_id).first() or Ladder(county_id=county_id, version=0)


def days_of(ladder: Ladder) -> dict[Rung, int]:
    """Return after how many days each rung is proposed."""
    return {rung: getattr(ladder, rung.value) for rung in RUNGS}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on an item under its present deadline, as far as the next proposal depends on it."""

    rung: Rung
    due: Rung
    confirmed: bool
    days: int


def decided(escalations: Iterable[Escalation], item: WorkItem) -> list[Decided]:
    """Return the decisions that count: those under the deadline that the item has now."""
    return [
        Decided(Rung(one.rung), Rung(one.due), one.confirmed, one.days)
        for one in escalations
        if one.deadline == item.deadline
    ]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A rung that an item stands before; `due` is what the days alone give."""

    rung: Rung
    due: Rung
    days: int


def proposal(days: int, limits: dict[Rung, int], before: Sequence[Decided]) -> Proposed | None:
    """Return the rung to be decided on after so many days over the deadline; None where nothing is.

    Args:
        days: over the deadline.
        limits: after how many days each rung comes.
        before: what was decided under this deadline.
    """
    reached = [rung for rung in RUNGS if days >= limits[rung]]
    if not reached:
        return None
    place = due = len(reached) - 1
    confirmed = {one.rung: one.days for one in before if one.confirmed}
    while RUNGS[place] in GRAVE and not _ripe(RUNGS[place], RUNGS[place - 1], days, limits, confirmed):
        place -= 1
    if any(RUNGS.index(rung) >= place for rung in confirmed):
        return None
    if any(not one.confirmed and one.rung == RUNGS[place] and RUNGS.index(one.due) >= due for one in before):
        return None
    return Proposed(RUNGS[place], RUNGS[due], days)


def _ripe(rung: Rung, below: Rung, days: int, limits: dict[Rung, int], confirmed: dict[Rung, int]) -> bool:
    """Whether a grave rung may come: the one below was confirmed, as many days ago as lie between the two."""
    return below in confirmed and days - confirmed[below] >= limits[rung] - limits[below]


def addressee(unit: int, types: dict[int, str], tree: Branches) -> int:
    """Return the unit that the ladder speaks to for a lead unit: itself, or the nearest above a village or community."""
    level, seen = [tree.now(unit)], set[int]()
    while level:
        named = [one for one in level if types.get(one, "") not in NEVER_NAMED]
        if named:
            return named[0]
        seen.update(level)
        level = [up for one in level for up in tree.over.get(one, ()) if up not in seen]
    return unit
