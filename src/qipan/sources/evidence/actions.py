"""What is learnt at a desk is recorded: a document review, a declared figure, an authority's opinion."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import RECORD_REVIEWS
from qipan.sources.evidence.models import Review
from qipan.sources.fieldwork import counting
from qipan.sources.fieldwork.checklist import Question, desk_items, is_fault, refusal
from qipan.sources.fieldwork.counting import OpenRound
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import actions as ledger
from qipan.spine.ledger.actions import Fact, RecordError
from qipan.spine.ledger.models import Observation
from qipan.spine.work.errors import WorkError
from qipan.spine.work.opening import Finding, Opened, open_orders

METHODS: Mapping[str, frozenset[str]] = {
    Review.Kind.DOCUMENT: frozenset({"document_review", "web_monitor"}),
    Review.Kind.FIGURE: frozenset({"declared_figure"}),
    Review.Kind.OPINION: frozenset({"authority_opinion"}),
}
"""By which methods the checks of a kind are judged; honours and events of the negative list are declared figures."""

DOCUMENTS = "DOC"
"""The class of what is missing in documents."""


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What was found for one item; `order` opens an order to the answering lead if it is not in order."""

    item: str
    outcome: str
    order: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review as it comes from a form; `told` as in a visit."""

    uid: uuid.UUID
    kind: str
    check: str
    observed_on: date
    answers: tuple[ReviewAnswer, ...]
    authority: str = ""
    document: str = ""
    note: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """A review that is on record, and the orders that it opened."""

    review: Review
    orders: tuple[Opened, ...]
    again: bool = False


class ReviewError(ValueError):
    """A review that cannot be recorded: (field or item, words) for each thing that is wrong. Nothing was recorded."""

    def __init__(self, problems: Sequence[tuple[str, Text]]) -> None:
        super().__init__("; ".join(f"{name}: {words.en}" for name, words in problems))
        self.problems = tuple(problems)


def kind_of(line: Line) -> str:
    """Return by which kind of review a check is judged; an empty string for one that is not judged at a desk."""
    return next((str(kind) for kind, methods in METHODS.items() if line.check.method in methods), "")


def observed_at(on: date, now: datetime) -> datetime:
    """Return the moment for a day: now for today, else noon."""
    local = timezone.localtime(now)
    if on == local.date():
        return now
    return datetime.combine(on, time(12), tzinfo=local.tzinfo)


def is_own(year: CampaignYear, line: Line, kind: str, by: Post, on: date) -> bool:
    """Whether a review is a look by the unit that answers for the check, which may lower what stands, never raise it.

    A figure and an opinion are an authority's word, whoever writes them down.
    """
    if kind != Review.Kind.DOCUMENT or line.counter:
        return False
    return duties(year, on, ()).lead(line).unit == by.unit_id


def save_review(year: CampaignYear, review: NewReview, *, by: Post, at: datetime | None = None) -> Saved:
    """Record a review: its observations, and the orders that were asked for, in one transaction.

    Args:
        year: the campaign year that it counts for.
        review: what the form holds.
        by: who reviewed, or took the figure or the opinion down.
        at: when it is recorded; now unless told otherwise.

    Raises:
        PermissionDenied: this post records no reviews.
        ReviewError: with everything that is wrong.
        CountingChanged: an item would count for another round than the form said.
    """
    if not RECORD_REVIEWS.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    county, book = year.campaign.county_id, rulebook(year)
    line = book.lines.get(review.check)
    if line is None or not kind_of(line) or kind_of(line) != review.kind:
        raise ReviewError([("check", Text("标准里没有这项审核", "the standard has no such check at a desk"))])
    with act(actor(by), now) as journal:
        ledger.take(county)
        known = Review.objects.filter(uid=review.uid).first()
        if known is not None:
            if known.county_id != county:
                raise PermissionDenied
            return Saved(known, (), again=True)
        asked = {question.key: question for question in desk_items(book, line)}
        problems = [*_head(year, review, now), *_answers(review, asked)]
        if problems:
            raise ReviewError(problems)
        seen = observed_at(review.observed_on, now)
        open_now = counting.at_desk(county, year.year, asked)
        rounds = {answer.item: open_now.round_of(answer.item, seen) for answer in review.answers}
        counting.hold_to(review.told, rounds)
        own = is_own(year, line, review.kind, by, review.observed_on)
        rows = _record(year, review, rounds, seen, own, by, now)
        counted = [each for each in rounds.values() if each is not None]
        saved = Review(
            uid=review.uid, county_id=county, year=year.year, kind=review.kind, check_key=review.check,
            round_id=counted[0].id if counted else None, observed_on=review.observed_on, recorded_at=now,
            authority=review.authority.strip(), document=review.document.strip(), note=review.note.strip(),
            by_person=str(by.person)[:80], by_post=by.title_zh, by_unit=by.unit.code,
        )  # fmt: skip
        saved.save(force_insert=True)
        orders = _open(year, book, review, rows, rounds, seen, by, now)
        journal.note(
            "reviews.save", Thing("review", str(review.uid), f"{review.check}"),
            {"kind": review.kind, "check": review.check, "items": len(rows), "orders": len(orders)},
        )  # fmt: skip
    return Saved(saved, tuple(orders))


def _head(year: CampaignYear, review: NewReview, now: datetime) -> list[tuple[str, Text]]:
    found = []
    if review.observed_on > timezone.localdate(now):
        found.append(("observed_on", Text("日期不能晚于今天", "the day must not lie ahead")))
    elif review.observed_on.year != year.year:
        words = Text(f"日期应在{year.year}年内", f"the review counts for {year.year}: give a day of that year")
        found.append(("observed_on", words))
    if review.kind != Review.Kind.DOCUMENT and not review.authority.strip():
        found.append(("authority", Text("请填写出具单位", "say which authority declared it or gave the opinion")))
    for name, most in (("authority", 120), ("document", 200)):
        if len(getattr(review, name)) > most:
            found.append((name, Text(f"最多{most}个字", f"at most {most} characters")))
    return found


def _answers(review: NewReview, asked: Mapping[str, Question]) -> list[tuple[str, Text]]:
    if not review.answers:
        return [("answers", Text("还没有填写任何一项", "nothing is answered yet: answer at least one"))]
    problems: list[tuple[str, Text]] = []
    seen: set[str] = set()
    for answer in review.answers:
        question = asked.get(answer.item)
        if question is None:
            problems.append((answer.item, Text("此项不属于这项审核", "this item does not belong to the check")))
        elif answer.item in seen:
            problems.append((answer.item, Text("此项填写了两次", "this item is answered twice")))
        elif (against := refusal(question, answer.outcome)) is not None:
            problems.append((answer.item, against))
        seen.add(answer.item)
    return problems


def _record(
    year: CampaignYear, review: NewReview, rounds: Mapping[str, OpenRound | None], seen: datetime, own: bool, by: Post,
    now: datetime,
) -> dict[str, Observation]:  # fmt: skip
    facts = []
    for answer in review.answers:
        counts = rounds[answer.item]
        facts.append(
            Fact(
                item=answer.item, outcome=answer.outcome, observed_at=seen, stratum=UNSTRATIFIED, cluster=UNSTRATIFIED,
                round=counts.id if counts else None, selection=counts.selection if counts else "chosen", own=own,
                source=f"review/{review.uid}", recorded_at=now,
            )
        )  # fmt: skip
    try:
        rows = ledger.record(year.campaign.county_id, year.year, facts, by=by, taken=True)
    except RecordError as error:
        raise ReviewError(
            [(review.answers[i].item, problem.remedy or problem.message) for i, problem in error.errors]
        ) from error
    return {row.item: row for row in rows}


def _open(
    year: CampaignYear, book: Rulebook, review: NewReview, rows: Mapping[str, Observation],
    rounds: Mapping[str, OpenRound | None], seen: datetime, by: Post, now: datetime,
) -> list[Opened]:  # fmt: skip
    findings = []
    for answer in review.answers:
        if answer.order and is_fault(book, answer.item, UNSTRATIFIED, answer.outcome):
            counts = rounds[answer.item]
            findings.append(
                Finding(
                    item=answer.item, outcome=answer.outcome, seen_at=seen, stratum=UNSTRATIFIED,
                    check=review.check, text=answer.text.strip(), observation=rows[answer.item].uid,
                    work_class=DOCUMENTS, round=counts.code if counts else "",
                )
            )  # fmt: skip
    if not findings:
        return []
    label = review.document.strip() or review.check
    try:
        return open_orders(year, findings, by=by, origin=("review", str(review.uid), label), at=now)
    except WorkError as error:
        raise ReviewError([(findings[0].item, error.words)]) from error
