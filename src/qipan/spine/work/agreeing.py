"""Whether every item is what its log says, and its log what the journal says: looked at in one pass, for `qipan check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.audit.queries import tallies
from qipan.ground.units.models import Unit
from qipan.spine.work.models import LogEntry, Step, WorkItem
from qipan.spine.work.replay import UNKNOWN, Logged, Replayed, replay

_AT_ONCE = 2000
NAMES: Mapping[str, Text] = {
    "state": Text("状态", "state"), "round": Text("办理轮次", "handling round"), "lead": Text("牵头单位", "lead unit"),
    "deadline": Text("时限", "deadline"), "issued_at": Text("交办时间", "moment of issue"),
    "accepted_at": Text("签收时间", "moment of acceptance"), "reported_at": Text("反馈时间", "moment of the report"),
    "closed_at": Text("办结时间", "moment of the end"), "held_since": Text("停止计时的时间", "moment since which the clock stands"),
    "own_deadline": Text("自设时限", "own date"), "merged_into": Text("并入的事项", "item that it was merged into"),
    "asks": Text("待答复的申请", "request that waits"), "instructed_at": Text("批示时间", "moment of the last instruction"),
    "log": Text("办理记录", "log"),
}  # fmt: skip
_VERBS: Mapping[str, tuple[str, ...]] = {
    "work.accept": (Step.ACCEPTED,), "work.report": (Step.REPORTED,), "work.close": (Step.CLOSED,), "work.fail": (Step.FAILED,),
    "work.reopen": (Step.REOPENED,), "work.reassign": (Step.REASSIGNED,), "work.suspend": (Step.SUSPENDED,),
    "work.defer": (Step.DEFERRED,), "work.merge": (Step.MERGED,),
}  # fmt: skip
"""Acts that the journal notes of an item, and the step that each leaves in its log."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An item that is not what its log says."""

    county: str
    number: str
    fields: tuple[str, ...]

    def words(self) -> Text:
        """Say it in words."""
        zh = "、".join(NAMES[name].zh for name in self.fields)
        en = ", ".join(NAMES[name].en for name in self.fields)
        return Text(
            f"{self.county} {self.number}：{zh}与办理记录不符",
            f"{self.county} {self.number}: its log says otherwise of {en}",
        )


def disagreements() -> Iterator[Disagreement]:
    """Yield every item that is not what its log and the journal say (four statements, whatever their number)."""
    noted = tallies("work", tuple(_VERBS))
    codes = set(Unit.objects.values_list("county_id", "code"))
    rows = WorkItem.objects.order_by("id").values_list(
        "id", "county__code", "number", "state", "handling_round", "lead__code", "deadline", "issued_at", "accepted_at",
        "reported_at", "closed_at", "held_since", "own_deadline", "merged_into__number", "request", "instructed_at", "county_id",
    ).iterator(_AT_ONCE)  # fmt: skip
    logs = groupby(_entries(), key=lambda one: one[0])
    at, entries = next(logs, (0, iter(())))
    for pk, county, number, state, handling, lead, *moments, merged, request, instructed, county_id in rows:
        while at and at < pk:
            at, entries = next(logs, (0, iter(())))
        log = [one for _, one in entries] if at == pk else []
        said = replay(log)
        deadline, issued, accepted, reported, closed, held, own = moments
        is_now = Replayed(
            state, handling, lead or UNKNOWN, deadline, issued, accepted, reported, closed, held, own, merged or "", bool(request),
            instructed,
        )  # fmt: skip
        if said.lead != UNKNOWN and (county_id, said.lead) not in codes:
            # A unit's code may have changed since.
            said.lead = is_now.lead
        wrong = [name for name in NAMES if name != "log" and not _agree(getattr(is_now, name), getattr(said, name))]
        if not _as_noted(log, noted.get((county, number), {})):
            wrong.append("log")
        if wrong:
            yield Disagreement(county, number, tuple(wrong))


def _entries() -> Iterator[tuple[int, Logged]]:
    rows = LogEntry.objects.order_by("work_item_id", "id").values_list(
        "work_item_id", "id", "step", "handling_round", "at", "data"
    )
    for item, pk, step, handling, at, data in rows.iterator(_AT_ONCE):
        yield item, Logged(pk, step, handling, at, data)


def _agree(now: Any, said: Any) -> bool:
    if said == UNKNOWN:
        return True
    if isinstance(now, datetime) and isinstance(said, datetime):
        return now == said
    return bool(now == said)


def _as_noted(log: list[Logged], noted: Mapping[str, int]) -> bool:
    """Whether the log has every step that the journal has noted; it may have more, of acts on several items at once."""
    return all(sum(one.step in _VERBS[verb] for one in log) >= count for verb, count in noted.items())
