"""What an item must be, worked out from its log alone: an independent reading of the life-cycle, for `qipan check`.

Nothing here is used when an item is acted on; the rows that the acts have written are compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

UNKNOWN = "?"
"""Where the log does not say: entries of an earlier version lack the deadline, and whether a co-ordination holds the clock
is a setting of that day.
"""
DUE = "due"
"""Under this name an entry says which deadline holds from then on."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of a log, as far as it counts."""

    pk: int
    step: str
    round: int
    at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True)
class Replayed:
    """What follows from a log."""

    state: str = ""
    round: int = 0
    lead: str = UNKNOWN
    """Code of the unit."""
    deadline: datetime | str | None = UNKNOWN
    issued_at: datetime | None = None
    accepted_at: datetime | None = None
    reported_at: datetime | None = None
    closed_at: datetime | None = None
    held_since: datetime | str | None = None
    own_deadline: datetime | None = None
    merged_into: str = ""
    """Number of the item that goes on."""
    asks: bool = False
    """Whether a request waits for an answer."""
    instructed_at: datetime | None = None
    instructions: dict[int, datetime] = field(default_factory=dict)
    """Those that stand, by entry."""


def replay(log: Iterable[Logged]) -> Replayed:
    """Return what an item must be after its log, whose entries stand in the order in which they were written."""
    now = Replayed()
    for entry in log:
        _step(now, entry)
        due = entry.data.get(DUE)
        if due is not None:
            now.deadline = datetime.fromisoformat(due)
        elif "to" in entry.data and entry.step in {"deadline", "instructed", "taken_back", "decided"}:
            now.deadline = datetime.fromisoformat(entry.data["to"])
    return now


def _step(now: Replayed, entry: Logged) -> None:
    at, data = entry.at, entry.data
    match entry.step:
        case "issued":
            now.state, now.round, now.issued_at = "issued", entry.round, at
            now.lead = str(data.get("unit") or UNKNOWN)
        case "accepted":
            now.state, now.accepted_at = "accepted", at
        case "reported":
            now.state, now.reported_at = "reported", at
            _goes_on(now)
        case "closed":
            now.state, now.closed_at = "closed", at
        case "failed":
            now.state, now.reported_at, now.round = "accepted", None, now.round + 1
        case "reassigned":
            now.state, now.lead = "issued", str(data.get("to") or UNKNOWN)
            now.accepted_at = now.reported_at = now.own_deadline = None
            _goes_on(now)
            _moved(now)
        case "cancelled":
            now.state, now.closed_at = "cancelled", at
            _goes_on(now)
        case "reopened":
            now.state, now.round = "issued", entry.round
            now.accepted_at = now.reported_at = now.closed_at = now.own_deadline = None
            _moved(now)
        case "suspended":
            now.state, now.held_since = "suspended", now.held_since or at
        case "deferred":
            now.held_since = now.held_since or at
        case "resumed":
            if now.state == "suspended":
                now.state = _before(now)
            _goes_on(now)
        case "merged":
            now.state, now.closed_at, now.merged_into = "merged", at, str(data.get("into", ""))
        case "unmerged" if "into" in data:
            now.state, now.closed_at, now.merged_into = _before(now), None, ""
        case "own_date":
            now.own_deadline = datetime.fromisoformat(data["own"]) if "own" in data else None
        case _:
            _beside(now, entry)


def _beside(now: Replayed, entry: Logged) -> None:
    """Take what happens beside the chain: requests, instructions, a new deadline."""
    match entry.step:
        case "returned" | "extension":
            now.asks = True
        case "coordination":
            now.asks = True
            now.held_since = UNKNOWN
        case "appealed":
            now.asks, now.held_since = True, entry.at
        case "decided" | "withdrawn":
            now.asks = False
            _goes_on(now)
        case "refused" | "lapsed":
            now.asks = False
        case "instructed":
            now.instructions[entry.pk] = entry.at
        case "taken_back":
            now.instructions.pop(int(entry.data.get("entry", 0)), None)
    if entry.step in {"instructed", "taken_back"}:
        now.instructed_at = next(reversed(now.instructions.values()), None)
    if "to" in entry.data and entry.step in {"deadline", "instructed", "taken_back"} and now.held_since is not None:
        now.held_since = entry.at if now.held_since != UNKNOWN else UNKNOWN


def _goes_on(now: Replayed) -> None:
    """Let the clock go on; if it stood, the deadline has moved on with it."""
    if now.held_since is not None:
        _moved(now)
    now.held_since = None


def _moved(now: Replayed) -> None:
    """Forget the deadline: only the entry itself can say what it has become."""
    now.deadline = UNKNOWN


def _before(now: Replayed) -> str:
    return "accepted" if now.accepted_at is not None else "issued"
