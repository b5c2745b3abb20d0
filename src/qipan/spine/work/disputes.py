"""What an appeal does in the ledger. A dispute is an observation of its own: until it is decided the outcome counts as
disputed, not as lost. Rejected, it is withdrawn and stands as found; upheld, the finding is corrected or withdrawn too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qipan.assessment.batch import ObservationError
from qipan.assessment.reading import WITHDRAWN
from qipan.assessment.text import Text
from qipan.ground.units.models import Post
from qipan.spine.campaigns.books import rulebook
from qipan.spine.ledger.actions import Fact, RecordError, record
from qipan.spine.ledger.models import Observation
from qipan.spine.work import points
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import Request, WorkItem
from qipan.spine.work.rechecking import full, year_of

DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """The records of the ledger that a dispute is about, and the record of the dispute itself."""

    about: tuple[UUID, ...]
    record: UUID | None

    @property
    def values(self) -> dict[str, object]:
        """The records as a request keeps them."""
        return {"about": [str(uid) for uid in self.about], "record": str(self.record) if self.record else ""}


def standing_findings(item: WorkItem) -> list[Observation]:
    """Return the records that an order rests on as they stand today: corrected ones by their correction, withdrawn not."""
    seen = item.sightings.exclude(observation=None).values_list("observation", flat=True)
    names = {uid for uid in seen if uid is not None}
    rows = Observation.objects.filter(county_id=item.county_id, year=item.year, uid__in=names)
    found = {row.uid: row for row in rows}
    while names:
        corrected = Observation.objects.filter(county_id=item.county_id, supersedes__in=names)
        names = set()
        for row in corrected:
            if row.supersedes is not None:
                found.pop(row.supersedes, None)
            found[row.uid] = row
            names.add(row.uid)
    return sorted((row for row in found.values() if row.outcome != WITHDRAWN), key=lambda row: row.seq)


def rests_on_records(item: WorkItem) -> bool:
    """Whether an order came with records of the ledger; one of no checklist did not."""
    return item.sightings.exclude(observation=None).exists()


def begin(item: WorkItem, by: Post, now: datetime) -> Dispute:
    """Record that what an order rests on is disputed.

    Raises:
        WorkError: what it rested on is corrected or withdrawn already.
    """
    rests = standing_findings(item)
    if not rests:
        if item.from_year is not None:
            raise WorkError(
                Text(
                    f"该问题是{item.from_year}年度发现的，该年度已归档、得分已封存，不能再提异议；确有错误的，请联系创城办。",
                    f"This was found in {item.from_year}, which is closed: its score is frozen and nothing in it is disputed "
                    "any more. If it is wrong, tell the campaign office.",
                )
            )
        if rests_on_records(item):
            raise WorkError(
                Text(
                    "所依据的检查记录已撤回，无须再提异议。",
                    "The record it rested on was withdrawn; nothing is disputed.",
                )
            )
        return Dispute((), None)
    last = rests[-1]
    fact = Fact(
        last.item, DISPUTED, max(now, *(row.observed_at for row in rests)), stratum=last.stratum, cluster=last.cluster,
        subject=last.subject, selection="chosen", source=f"appeal/{item.number}",
    )  # fmt: skip
    _record(item, [fact], by)
    return Dispute(tuple(row.uid for row in rests), fact.uid)


def take_back(item: WorkItem, asked: Request, by: Post, now: datetime) -> None:
    """Withdraw a dispute: its finding stands as found. Of another request nothing is recorded."""
    facts = _withdrawn(item, asked, now)
    if facts:
        _record(item, facts, by)


def uphold(item: WorkItem, asked: Request, outcome: str, by: Post, now: datetime) -> list[UUID]:
    """Correct the disputed findings, or withdraw them, and the dispute with them; return the records made.

    Args:
        item: the order.
        asked: the appeal.
        outcome: what should have been recorded, in full order; empty withdraws the finding.
        by: who decides.
        now: when.

    Raises:
        WorkError: the outcome is no outcome of the item, or says that something was wrong after all.
    """
    about = {UUID(uid) for uid in asked.proposal.get("about", ())}
    rests = [row for row in standing_findings(item) if row.uid in about]
    if outcome and rests:
        year = year_of(item)
        book = rulebook(year) if year is not None else None
        if book is not None and not full(book, item.item, outcome, book.lines.get(item.check_key)):
            raise WorkError(
                Text(
                    "异议成立的，结果应为符合要求；仍有问题的，请选“不成立”。",
                    "An upheld appeal says that it was in order; where something was wrong after all, reject it.",
                ),
                "outcome",
            )
    facts = [
        Fact(row.item, outcome or WITHDRAWN, row.observed_at, supersedes=row.uid) for row in rests
    ] + _withdrawn(item, asked, now)  # fmt: skip
    if facts:
        _record(item, facts, by)
    return [fact.uid for fact in facts]


def seen_since(item: WorkItem, asked: Request) -> bool:
    """Whether the same thing was found again while its dispute was open."""
    return item.sightings.filter(pk__gt=asked.proposal.get("last", 0)).exists()


def _withdrawn(item: WorkItem, asked: Request, now: datetime) -> list[Fact]:
    uid = asked.proposal.get("record") if asked.kind == Request.Kind.APPEAL else None
    return [Fact(item.item, WITHDRAWN, now, supersedes=UUID(str(uid)))] if uid else []


def _record(item: WorkItem, facts: Iterable[Fact], by: Post) -> None:
    try:
        record(item.county_id, item.year, list(facts), by=by)
    except RecordError as error:
        first: ObservationError = error.errors[0][1]
        raise WorkError(first.message, "outcome") from error
    points.ask(item.county, by)
