"""What can be asked about reviews: what is judged at a desk, what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.units.models import Post, Unit
from qipan.sources.evidence.actions import METHODS, is_own, kind_of, observed_at
from qipan.sources.evidence.models import Review
from qipan.sources.fieldwork import counting
from qipan.sources.fieldwork.checklist import Question, desk_items
from qipan.sources.fieldwork.corrections import Recorder, may_correct
from qipan.sources.fieldwork.counting import OpenRound
from qipan.sources.fieldwork.queries import ItemSeen, seen_items
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Observation

KINDS = {
    "document": Review.Kind.DOCUMENT.value,
    "figure": Review.Kind.FIGURE.value,
    "opinion": Review.Kind.OPINION.value,
}
"""The words of addresses for the kinds of review."""


@dataclass(frozen=True, slots=True)
class DeskCheck:
    """A check that is judged at a desk, and how much of it has an outcome this year."""

    key: str
    node: str
    code: str
    title: Text
    section: str
    items: int
    answered: int
    last: datetime | None


def desk_title(book: Rulebook, line: Line) -> Text:
    """Return what a check is called: its own title, else that of its node."""
    return line.check.title or (book.nodes[line.node].title if line.node else Text(line.key, line.key))


def desk_code(book: Rulebook, line: Line) -> str:
    """Return the code of a check's node; nothing for honours and events."""
    return book.nodes[line.node].code if line.node else ""


def desk_checks(year: CampaignYear, kind: str) -> list[DeskCheck]:
    """Return the checks of a kind in the order of the standard (one statement)."""
    book = rulebook(year)
    lines = [line for line in book.lines.values() if line.check.method in METHODS[kind]]
    items = {item for line in lines for item in line.strata.get(UNSTRATIFIED, ())}
    last: dict[str, datetime] = {}
    rows = Observation.objects.filter(
        county_id=year.campaign.county_id, year=year.year, cluster=UNSTRATIFIED, item__in=items
    ).order_by("seq")
    for item, outcome, at in rows.values_list("item", "outcome", "observed_at"):
        if outcome == "withdrawn":
            last.pop(item, None)
        else:
            last[item] = at
    found = []
    for line in lines:
        mine = list(line.strata.get(UNSTRATIFIED, ()))
        seen = [last[item] for item in mine if item in last]
        found.append(
            DeskCheck(
                line.key, line.node, desk_code(book, line), desk_title(book, line),
                book.nodes[line.node].section if line.node else "", len(mine), len(seen), max(seen, default=None),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """All that a form for a check shows."""

    key: str
    kind: str
    node: str
    code: str
    title: Text
    evidence: tuple[Text, ...]
    text: Text
    questions: tuple[tuple[Question, OpenRound | None], ...]
    own: bool
    lead: Text | None


def review_form(year: CampaignYear, kind: str, key: str, by: Post, now: datetime) -> ReviewForm | None:
    """Return the form for a check; None where the standard has no such check of that kind."""
    book = rulebook(year)
    line = book.lines.get(key)
    if line is None or kind_of(line) != kind:
        return None
    questions = desk_items(book, line)
    open_now = counting.at_desk(year.campaign.county_id, year.year, [each.key for each in questions])
    today = timezone.localdate(now)
    seen = observed_at(today, now)
    lead = None if line.counter else duties(year, today, ()).lead(line).unit
    unit = Unit.objects.filter(pk=lead).first() if lead is not None else None
    node = book.nodes.get(line.node)
    return ReviewForm(
        key, kind, line.node, desk_code(book, line), desk_title(book, line), line.check.evidence,
        node.text if node else Text(), tuple((each, open_now.round_of(each.key, seen)) for each in questions),
        is_own(year, line, kind, by, today), unit.name if unit else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review."""

    uid: UUID
    kind: str
    key: str
    node: str
    code: str
    title: Text
    observed_on: date
    recorded_at: datetime
    authority: str
    document: str
    note: str
    by_person: str
    by_post: str
    by_unit: str
    items: tuple[ItemSeen, ...]
    may_correct: bool
    recorder: Recorder

    @property
    def source(self) -> str:
        """The source of its observations."""
        return f"review/{self.uid}"


def review_page(year: CampaignYear, uid: UUID, by: Post) -> ReviewPage | None:
    """Return a review with what stands of it."""
    county, book = year.campaign.county_id, rulebook(year)
    review = Review.objects.filter(uid=uid, county_id=county, year=year.year).first()
    if review is None:
        return None
    line = book.lines.get(review.check_key)
    items = list(line.strata.get(UNSTRATIFIED, ())) if line else []
    rows = list(
        Observation.objects.filter(
            county_id=county, year=year.year, cluster=UNSTRATIFIED, source=f"review/{uid}"
        ).order_by("seq")
    )
    recorder = Recorder(review.by_person, review.by_post, review.by_unit)
    found = seen_items(year, f"review/{uid}", UNSTRATIFIED, rows, {})
    found.sort(key=lambda each: items.index(each.item) if each.item in items else len(items))
    title = desk_title(book, line) if line else Text(review.check_key, review.check_key)
    return ReviewPage(
        uid, review.kind, review.check_key, line.node if line else "", desk_code(book, line) if line else "", title,
        review.observed_on, review.recorded_at, review.authority, review.document, review.note, review.by_person,
        review.by_post, review.by_unit, tuple(found), may_correct(recorder, by), recorder,
    )  # fmt: skip
