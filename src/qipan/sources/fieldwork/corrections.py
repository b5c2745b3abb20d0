"""A recorded item is corrected or withdrawn: the ledger keeps both outcomes, and this room the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.reading import WITHDRAWN
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Role
from qipan.sources.fieldwork.checklist import is_fault, question, refusal
from qipan.sources.fieldwork.models import Correction
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import actions as ledger
from qipan.spine.ledger.actions import Fact, RecordError
from qipan.spine.ledger.models import Observation
from qipan.spine.work.errors import WorkError
from qipan.spine.work.opening import Finding, Opened, open_orders

LONGEST_REASON = 500


class CorrectionError(ValueError):
    """A correction that cannot be made: the field, and what would be right."""

    def __init__(self, field: str, words: Text) -> None:
        super().__init__(f"{field}: {words.en}")
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who recorded something, as the values on its record."""

    person: str
    post: str
    unit: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The record that corrects, and the orders that it opened (a correction to a fault)."""

    observation: Observation
    orders: tuple[Opened, ...]


def may_correct(recorder: Recorder, by: Post) -> bool:
    """Whether a post may correct what someone recorded: the one who did, from the same post, and the office."""
    mine = Recorder(str(by.person)[:80], by.title_zh, by.unit.code)
    return by.role == Role.OFFICE or recorder == mine


def correct(
    year: CampaignYear, source: str, where: Sequence[str], item: str, outcome: str, reason: str, *,
    recorder: Recorder, by: Post, corrects: UUID, at: datetime | None = None,
) -> Corrected:  # fmt: skip
    """Correct or withdraw one item of a visit or a review; what was recorded stays in the ledger beside it.

    Args:
        year: the campaign year.
        source: of the observations.
        where: (stratum, cluster) that they stand at.
        item: which one.
        outcome: what is right, or `withdrawn`.
        reason: why.
        recorder: who recorded the visit or the review.
        by: who corrects.
        corrects: the record as the corrector saw it; if another correction came first, nothing happens.
        at: when.

    Raises:
        PermissionDenied: neither who recorded it nor the office.
        CorrectionError: what is wrong.
    """
    if by.unit.county_id != year.campaign.county_id or not may_correct(recorder, by):
        raise PermissionDenied
    if not reason.strip() or len(reason) > LONGEST_REASON:
        words = Text(f"请写明更正理由，最多{LONGEST_REASON}字", f"say why, in at most {LONGEST_REASON} characters")
        raise CorrectionError("reason", words)
    now = at or timezone.now()
    county, book = year.campaign.county_id, rulebook(year)
    stratum, cluster = where
    with act(actor(by), now) as journal:
        ledger.take(county)
        rows = Observation.objects.filter(county_id=county, year=year.year, cluster=cluster, item=item, source=source)
        found = {row.uid: row for row in rows}
        old = found.get(corrects)
        dead = {row.supersedes for row in found.values() if row.supersedes}
        if old is None or old.uid in dead or old.outcome == WITHDRAWN:
            words = Text(
                "此项已有人更正，请看最新结果后再决定", "someone has corrected this item meanwhile: look at what stands"
            )
            raise CorrectionError("item", words)
        asked = question(book, item, stratum)
        against = refusal(asked, outcome) if outcome != WITHDRAWN else None
        if against is not None:
            raise CorrectionError("outcome", against)
        if outcome == old.outcome:
            raise CorrectionError("outcome", Text("与原结果相同", "this is what stands already"))
        try:
            (row,) = ledger.record(
                county, year.year,
                [Fact(item=item, outcome=outcome, observed_at=old.observed_at, supersedes=old.uid, recorded_at=now)],
                by=by,
            )  # fmt: skip
        except RecordError as error:
            problem = error.errors[0][1]
            raise CorrectionError("outcome", problem.remedy or problem.message) from error
        Correction.objects.create(
            county_id=county, source=source, item=item, observation=row.uid, before=old.outcome, after=outcome,
            reason=reason.strip(), at=now, by_person=row.by_person, by_post=row.by_post, by_unit=row.by_unit,
        )  # fmt: skip
        orders: list[Opened] = []
        begins = is_fault(book, item, stratum, outcome) and not is_fault(book, item, stratum, old.outcome)
        if begins and cluster != UNSTRATIFIED:
            finding = Finding(
                item=item, outcome=outcome, seen_at=old.observed_at, stratum=stratum, cluster=cluster,
                check=asked.check, text=reason.strip(), observation=row.uid,
            )  # fmt: skip
            kind, uid = source.split("/", 1)
            try:
                orders = open_orders(year, [finding], by=by, origin=(kind, uid, cluster), at=now)
            except WorkError as error:
                raise CorrectionError("outcome", error.words) from error
        details = {"item": item, "before": old.outcome, "after": outcome}
        journal.note("ledger.correct", Thing("observation", str(old.uid), source), details)
    return Corrected(row, tuple(orders))
