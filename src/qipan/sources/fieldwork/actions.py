"""What can happen to visits: one is saved, with its observations and the orders that its faults open; an item of it
is corrected.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import RECORD_VISITS
from qipan.sources.fieldwork import counting
from qipan.sources.fieldwork.checklist import Question, checklist, is_fault, refusal
from qipan.sources.fieldwork.counting import OpenRound
from qipan.sources.fieldwork.models import Visit, VisitItem
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import Duties, duties
from qipan.spine.campaigns.local import local_words, short_of_local
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import actions as ledger
from qipan.spine.ledger.actions import Fact, RecordError
from qipan.spine.ledger.models import Observation
from qipan.spine.work.errors import WorkError
from qipan.spine.work.opening import Finding, Opened, open_orders

NO_ORDERS: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen of one item. `work_class` and `unit` (a code, with its reason `why`) override what is proposed."""

    item: str
    outcome: str
    text: str = ""
    photos: tuple[Photo, ...] = ()
    work_class: str = ""
    unit: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit as it comes from a form.

    `told` maps items to the code of the round that the form said they would count for (nothing: a chosen look).
    """

    uid: uuid.UUID
    site: str
    visited_at: datetime
    answers: tuple[Answer, ...]
    told: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """A visit that is on record, and what its faults opened; `again` if the same form had been sent before."""

    visit: Visit
    orders: tuple[Opened, ...]
    again: bool = False


class VisitError(ValueError):
    """A visit that cannot be recorded: (field or item, words) for each thing that is wrong. Nothing was recorded."""

    def __init__(self, problems: Sequence[tuple[str, Text]]) -> None:
        super().__init__("; ".join(f"{name}: {words.en}" for name, words in problems))
        self.problems = tuple(problems)


def save_visit(year: CampaignYear, visit: NewVisit, *, by: Post, at: datetime | None = None) -> Saved:
    """Record a visit: its observations, what was written and photographed, and an order for each fault.

    Only what was answered is recorded; the rest stays not seen. Everything is written in one transaction or not at
    all; a form that is sent twice is one visit.

    Args:
        year: the campaign year that it counts for.
        visit: what the form holds.
        by: who visited.
        at: when it is recorded; now unless told otherwise.

    Raises:
        PermissionDenied: this post records no visits.
        VisitError: with everything that is wrong.
        CountingChanged: an item would count for another round than the form said.
    """
    if not RECORD_VISITS.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    county, book = year.campaign.county_id, rulebook(year)
    with act(actor(by), now) as journal:
        # Whoever records in a county waits here for whoever else does, so that what was looked at stands still.
        ledger.take(county)
        known = Visit.objects.filter(uid=visit.uid).select_related("site").first()
        if known is not None:
            if known.county_id != county:
                raise PermissionDenied
            return Saved(known, NO_ORDERS, again=True)
        site = Site.objects.filter(county_id=county, code=visit.site).first()
        if site is None:
            raise VisitError([("site", Text("台账里没有这个点位", "no such site is on the register"))])
        asked = {question.key: question for question in checklist(book, site.type)}
        problems = [*_when(year, visit, site, now), *_answers(visit, asked)]
        if problems:
            raise VisitError(problems)
        open_now = counting.at_site(county, year.year, site.type, site.code)
        rounds = {answer.item: open_now.round_of(answer.item, visit.visited_at) for answer in visit.answers}
        counting.hold_to(visit.told, rounds)
        day = timezone.localdate(visit.visited_at)
        answers = duties(year, day, [site.code])
        rows = _record(year, visit, site, rounds, own_items(book, site, answers, by), by, now)
        faults = [
            _named(year, answer)
            for answer in visit.answers
            if is_fault(book, answer.item, site.type, answer.outcome)
            or short_of_local(year, answer.item, answer.outcome)
        ]
        saved = _write(year, visit, site, rounds, len(faults), by, now)
        _keep(saved, visit, rows)
        # Orders go to whoever answers on the day of their issue, which is mostly that of the visit.
        then = answers if timezone.localdate(now) == day else None
        orders = _open(year, saved, site, visit, faults, asked, rows, rounds, then, by, now)
        counted = sorted({each.code for each in rounds.values() if each is not None})
        journal.note(
            "visits.save",
            Thing("visit", str(visit.uid), f"{site.code} {site.name_zh}"),
            {"site": site.code, "items": len(visit.answers), "faults": len(faults), "rounds": counted},
        )
    return Saved(saved, tuple(orders))


def _named(year: CampaignYear, answer: Answer) -> Answer:
    """Return a fault; one that falls short of the county's own limit only says so where nothing else is written."""
    words = local_words(year, answer.item) if short_of_local(year, answer.item, answer.outcome) else None
    if words is None or answer.text.strip():
        return answer
    return replace(answer, text=f"未达{words.zh}，现场{answer.outcome}")


def _when(year: CampaignYear, visit: NewVisit, site: Site, now: datetime) -> list[tuple[str, Text]]:
    day = timezone.localdate(visit.visited_at)
    if visit.visited_at > now:
        return [("visited_at", Text("查看时间不能晚于现在", "the time of the visit must not lie ahead"))]
    if day.year != year.year:
        words = Text(f"查看时间应在{year.year}年内", f"the visit counts for {year.year}: give a time of that year")
        return [("visited_at", words)]
    if site.valid_to is not None and site.valid_to < day:
        words = Text(
            f"该点位自{site.valid_to:%Y-%m-%d}后已不在台账，当日之后不能登记",
            f"this site left the register after {site.valid_to:%Y-%m-%d}: nothing later can be recorded here",
        )
        return [("site", words)]
    if site.valid_from is not None and site.valid_from > day:
        words = Text(
            f"该点位自{site.valid_from:%Y-%m-%d}起列入台账",
            f"this site is on the register from {site.valid_from:%Y-%m-%d} on",
        )
        return [("site", words)]
    return []


def _answers(visit: NewVisit, asked: Mapping[str, Question]) -> list[tuple[str, Text]]:
    if not visit.answers:
        return [("answers", Text("还没有填写任何检查项", "no item is answered yet: answer at least one"))]
    problems: list[tuple[str, Text]] = []
    seen: set[str] = set()
    for answer in visit.answers:
        question = asked.get(answer.item)
        if question is None:
            words = Text(
                "此项不在该类点位的检查单上，请删去", "this item is not on the checklist of this type: leave it out"
            )
            problems.append((answer.item, words))
        elif answer.item in seen:
            problems.append((answer.item, Text("此项填写了两次", "this item is answered twice")))
        elif (words_against := refusal(question, answer.outcome)) is not None:
            problems.append((answer.item, words_against))
        elif answer.unit and not answer.why.strip():
            words = Text("改派责任单位须写明理由", "say why another unit is responsible")
            problems.append((answer.item, words))
        seen.add(answer.item)
    return problems


def own_items(book: Rulebook, site: Site, answers: Duties, by: Post) -> frozenset[str]:
    """Return the items of a site for which the unit of a post answers: its own look there can only lower what stands."""
    found = set()
    for question in checklist(book, site.type):
        lines = [book.lines[key] for key in question.checks]
        units = {answers.at_site(line, site.code).unit for line in lines} or {answers.site_duties.get((site.code, ""))}
        if by.unit_id in units:
            found.add(question.key)
    return frozenset(found)


def _record(
    year: CampaignYear, visit: NewVisit, site: Site, rounds: Mapping[str, OpenRound | None], own: frozenset[str],
    by: Post, now: datetime,
) -> dict[str, Observation]:  # fmt: skip
    facts = []
    for answer in visit.answers:
        counts = rounds[answer.item]
        facts.append(
            Fact(
                item=answer.item, outcome=answer.outcome, observed_at=visit.visited_at, stratum=site.type,
                cluster=site.code, round=counts.id if counts else None,
                selection=counts.selection if counts else "chosen", own=answer.item in own,
                source=f"visit/{visit.uid}", recorded_at=now,
            )
        )  # fmt: skip
    try:
        rows = ledger.record(year.campaign.county_id, year.year, facts, by=by, taken=True)
    except RecordError as error:
        raise VisitError(
            [(visit.answers[place].item, _both(problem.message, problem.remedy)) for place, problem in error.errors]
        ) from error
    return {row.item: row for row in rows}


def _both(message: Text, remedy: Text) -> Text:
    if not remedy:
        return message
    return Text(f"{message.zh}；{remedy.zh}", f"{message.en}; {remedy.en}")


def _write(
    year: CampaignYear, visit: NewVisit, site: Site, rounds: Mapping[str, OpenRound | None], faults: int, by: Post,
    now: datetime,
) -> Visit:  # fmt: skip
    counted = [each for each in rounds.values() if each is not None]
    saved = Visit(
        uid=visit.uid, county_id=site.county_id, year=year.year, site=site,
        round_id=counted[0].id if counted else None, visited_at=visit.visited_at, recorded_at=now,
        by_person=str(by.person)[:80], by_post=by.title_zh, by_unit=by.unit.code, items=len(visit.answers),
        faults=faults, note=visit.note.strip(),
    )  # fmt: skip
    saved.save(force_insert=True)
    return saved


def _keep(saved: Visit, visit: NewVisit, rows: Mapping[str, Observation]) -> None:
    """Keep what was written and photographed."""
    told = [answer for answer in visit.answers if answer.text.strip() or answer.photos]
    if not told:
        return
    written = VisitItem.objects.bulk_create(
        [
            VisitItem(visit=saved, item=answer.item, observation=rows[answer.item].uid, text=answer.text.strip())
            for answer in told
        ]
    )
    through = VisitItem.photos.through
    hung = [
        through(visititem_id=row.pk, photo_id=photo.pk)
        for row, answer in zip(written, told, strict=True)
        for photo in dict.fromkeys(answer.photos)
    ]
    if hung:
        through.objects.bulk_create(hung)
        use({photo for answer in told for photo in answer.photos})


def _open(
    year: CampaignYear, saved: Visit, site: Site, visit: NewVisit, faults: Sequence[Answer],
    asked: Mapping[str, Question], rows: Mapping[str, Observation], rounds: Mapping[str, OpenRound | None],
    then: Duties | None, by: Post, now: datetime,
) -> list[Opened]:  # fmt: skip
    findings = []
    for answer in faults:
        counts = rounds[answer.item]
        findings.append(
            Finding(
                item=answer.item, outcome=answer.outcome, seen_at=visit.visited_at, stratum=site.type,
                cluster=site.code, check=asked[answer.item].check, text=answer.text.strip(), photos=answer.photos,
                observation=rows[answer.item].uid, work_class=answer.work_class, unit=answer.unit,
                why=answer.why.strip(), round=counts.code if counts else "",
            )
        )  # fmt: skip
    if not findings:
        return []
    try:
        return open_orders(
            year, findings, by=by, origin=("visit", str(saved.uid), f"{site.code} {site.name_zh}"), at=now,
            answers=then, sites=[site],
        )  # fmt: skip
    except WorkError as error:
        named = [answer.item for answer in faults if answer.unit] or [faults[0].item]
        raise VisitError([(named[0], error.words)]) from error
