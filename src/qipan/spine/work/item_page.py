"""An item's own page as values: the chain with its people, what was seen and done, the clock, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.files.queries import Picture
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.permissions import EYES
from qipan.ground.units.queries import posts_of
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.independence import objection
from qipan.spine.work.instructing import standing_instructions
from qipan.spine.work.lifecycle import MOVES, Action, Who, refusal
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import CHAIN, LogEntry, Request, Sighting, State, Step, WorkClass, WorkItem
from qipan.spine.work.opening import title_of
from qipan.spine.work.parts import missing_parts
from qipan.spine.work.permissions import CONSENT, CONTRIBUTE, DIRECT, HANDLE, INSTRUCT, SEE
from qipan.spine.work.rechecking import absorbed_items, asked, year_of
from qipan.spine.work.request_rules import against, decides
from qipan.spine.work.rows import Named, Row, rows_of


@dataclass(frozen=True, slots=True)
class LogLine:
    """A step of the log."""

    pk: int
    step: str
    round: int
    at: datetime
    recorded_at: datetime
    person: str
    post: str
    unit: Named | None
    text: str
    data: dict[str, Any]
    photos: tuple[Picture, ...]
    observation: UUID | None


@dataclass(frozen=True, slots=True)
class Stone:
    """A stone of the chain: done (with who and when), failed, next (what it waits for), or open."""

    step: str
    state: str
    line: LogLine | None


@dataclass(frozen=True, slots=True)
class ChainRound:
    """One handling round: a row of stones."""

    number: int
    stones: tuple[Stone, ...]
    reopened: LogLine | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding that the item rests on."""

    outcome: str
    text: str
    at: datetime
    person: str
    post: str
    unit: Named | None
    photos: tuple[Picture, ...]
    observation: UUID | None


@dataclass(frozen=True, slots=True)
class ClockView:
    """Working time: how much the item has had, how much is left (below zero: over), how much it was given.

    It runs until the report, and goes on when the re-check fails. Urgent hours and calendar days run day and night.
    """

    elapsed: timedelta
    left: timedelta
    given: timedelta
    working_day: timedelta
    runs: bool
    day_and_night: bool

    @property
    def share(self) -> float:
        """The part of the time that is used up; above 1 when it is over."""
        return self.elapsed / self.given if self.given else 1.0


@dataclass(frozen=True, slots=True)
class Allowed:
    """An action: whether the reader may take it now, and if not, why; `right`: whether it is theirs at all."""

    action: str
    allowed: bool
    reason: Text | None = None
    right: bool = True


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the unit asked of an item, and what became of it."""

    kind: str
    state: str
    text: str
    asked_at: datetime
    person: str
    unit: Named | None
    proposal: dict[str, Any]
    consented_by: str
    consented_at: datetime | None
    photos: tuple[Picture, ...]

    @property
    def is_open(self) -> bool:
        """Whether someone still has to answer."""
        return self.state in {Request.State.CONSENT, Request.State.OPEN}


@dataclass(frozen=True, slots=True)
class Question:
    """What a re-check asks: an item, what it is called, its value rule (kind, and what can be written)."""

    item: str
    title: Text
    kind: str
    wanted: Text
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassView:
    """The class of a finding with its three criteria, and where its limit comes from."""

    code: str
    name: Text
    opens: Text
    closes: Text
    limit: int
    limit_unit: str
    basis: str
    source: str


class ItemPage:
    """All that the page of an item shows. Each part is asked for when it is first read: a form pays for what it shows.

    `limit` is the limit as it was when the item was issued; the class may state another by now.
    """

    def __init__(self, post: Post, item: WorkItem, tree: Branches, now: datetime) -> None:
        self._post, self._item, self._tree = post, item, tree
        # Querysets: each is asked once, by whoever reads it first.
        self._log: Sequence[LogEntry] = item.log.prefetch_related("photos")  # type: ignore[assignment]
        self._sightings: Sequence[Sighting] = item.sightings.prefetch_related("photos")  # type: ignore[assignment]
        self._requests: Sequence[Request] = item.requests.prefetch_related("photos")  # type: ignore[assignment]
        self._allowed: dict[str, Allowed] = {}
        self.now = now
        self.pk, self.number, self.county_id = item.pk, item.number, item.county_id
        self.text, self.deliverable, self.deadline_text = item.text, item.deliverable, item.deadline_text
        self.due_from, self.calendar_gap, self.moved = item.due_from, item.calendar_gap, item.moved
        self.limit, self.limit_unit = item.limit, item.limit_unit
        self.work_class = _class(item)
        self.merged_into = (item.merged_into.number, item.merged_into.title) if item.merged_into is not None else None

    @cached_property
    def row(self) -> Row:
        """The item as a list shows it; `supports` are the supporting units."""
        (row,) = rows_of([self._item], self.now, self.county_id)
        return row

    def may(self, action: str) -> Allowed:
        """Whether the reader may do one thing now, and if not, why."""
        if action not in self._allowed:
            self._allowed[action] = _may(
                Action(action), self._post, self._item, self._tree, self._log, self._requests, self.now
            )
        return self._allowed[action]

    @cached_property
    def actions(self) -> dict[str, Allowed]:
        """Every action, with whether the reader may take it now, and why not."""
        return {action.value: self.may(action.value) for action in MOVES}

    @cached_property
    def _names(self) -> dict[str, Named]:
        codes = {one.by_unit for written in (self._log, self._sightings, self._requests) for one in written}
        rows = Unit.objects.filter(county_id=self.county_id, code__in=codes - {""})
        return {unit.code: Named(unit.code, unit.name) for unit in rows}

    @cached_property
    def log(self) -> tuple[LogLine, ...]:
        """Every step, the oldest first."""
        return tuple(_line(one, self._names) for one in self._log)

    @cached_property
    def why_unit(self) -> LogLine | None:
        """The step that says why its lead unit leads."""
        return next((one for one in reversed(self.log) if one.step in {Step.ISSUED, Step.REASSIGNED}), None)

    @cached_property
    def chain(self) -> tuple[ChainRound, ...]:
        """The stones of every handling round."""
        return _chain(self._item, self.log)

    @cached_property
    def sightings(self) -> tuple[Seen, ...]:
        """What it rests on."""
        return tuple(_seen(one, self._names) for one in self._sightings)

    @property
    def reports(self) -> tuple[LogLine, ...]:
        """The reports of the lead unit."""
        return tuple(one for one in self.log if one.step == Step.REPORTED)

    @property
    def rechecks(self) -> tuple[LogLine, ...]:
        """What was seen by whoever looked again."""
        return tuple(one for one in self.log if one.step in {Step.RECHECKED, Step.FAILED})

    @cached_property
    def instructions(self) -> tuple[LogLine, ...]:
        """What leaders have said and not taken back, the newest first."""
        return tuple(_line(one, self._names) for one in reversed(standing_instructions(list(self._log))))

    @cached_property
    def clock(self) -> ClockView:
        """Its working time."""
        return _clock(self._item, self.now)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What a re-check asks; nothing where the year has no standard."""
        year = year_of(self._item)
        if year is None:
            return ()
        return _questions(self._item, rulebook(year), absorbed_items(self._item, list(self._log)))

    @cached_property
    def people(self) -> tuple[tuple[int, str], ...]:
        """Whom its unit can name to see to it; nobody where it is not the reader's to accept."""
        return _people(self._item, self.now) if self.may(Action.ACCEPT).allowed else ()

    @cached_property
    def requests(self) -> tuple[RequestView, ...]:
        """What its units asked."""
        return tuple(_request(one, self._names) for one in self._requests)

    @property
    def parts(self) -> tuple[LogLine, ...]:
        """What supporting units have added in this round of handling."""
        return tuple(one for one in self.log if one.step == Step.CONTRIBUTED and one.round == self._item.handling_round)

    @cached_property
    def missing(self) -> tuple[Named, ...]:
        """The supporting units that have not."""
        return tuple(Named(unit.code, unit.name) for unit in missing_parts(self._item, list(self._log)))

    @cached_property
    def absorbed(self) -> tuple[tuple[str, Text], ...]:
        """The items that go on as this one; asked for only where the log tells of any."""
        if not any(one.step == Step.ABSORBED for one in self._log):
            return ()
        return tuple((one.number, one.title) for one in self._item.absorbed.order_by("pk"))

    @property
    def before(self) -> tuple[Picture, ...]:
        """Photos of what was found."""
        return tuple(picture for one in self.sightings for picture in one.photos)

    @property
    def after(self) -> tuple[Picture, ...]:
        """Photos of the latest report."""
        return next((one.photos for one in reversed(self.reports) if one.photos), ())


def item_page(post: Post, number: str, *, now: datetime | None = None) -> ItemPage | None:
    """Return the page of an item; None where the post sees no such item (statements do not grow with the log).

    Args:
        post: who reads.
        number: of the item, in the county of the post.
        now: the moment for light and clock.
    """
    # Names of units only: the columns that nobody reads are half of what this costs.
    found = WorkItem.objects.filter(county_id=post.unit.county_id, number=number)
    item = (
        found.select_related("lead", "territory", "work_class", "person")
        .prefetch_related("supports")
        .only(
            *(field.attname for field in WorkItem._meta.concrete_fields),
            *(f"work_class__{field.attname}" for field in WorkClass._meta.concrete_fields),
            *(f"{unit}__{column}" for unit in ("lead", "territory") for column in ("code", "name_zh", "name_en")),
            "person__full_name_zh", "person__full_name_en", "person__username",
        )
        .first()
    )  # fmt: skip
    if item is None:
        return None
    tree = branches(item.county_id)
    return ItemPage(post, item, tree, now or timezone.now()) if SEE.allows(post, item, tree) else None


def _request(one: Request, names: dict[str, Named]) -> RequestView:
    return RequestView(
        one.kind, one.state, one.text, one.asked_at, one.by_person, names.get(one.by_unit), one.proposal,
        one.consented_by, one.consented_at, _pictures(one.photos.all()),
    )  # fmt: skip


def allowed(
    post: Post, item: WorkItem, tree: Branches | None = None, log: Sequence[LogEntry] | None = None,
    asked: Sequence[Request] | None = None, *, now: datetime | None = None,
) -> dict[str, Allowed]:  # fmt: skip
    """Return every action with whether a post may take it now, and why not."""
    tree = tree or branches(item.county_id)
    requests = list(item.requests.all()) if asked is None else asked
    log = list(item.log.all()) if log is None else log
    moment = now or timezone.now()
    return {action.value: _may(action, post, item, tree, log, requests, moment) for action in MOVES}


def _may(
    action: Action, post: Post, item: WorkItem, tree: Branches, log: Sequence[LogEntry], requests: Sequence[Request],
    now: datetime,
) -> Allowed:  # fmt: skip
    who = MOVES[action].who
    problem = _no_right(post, item, who, tree)
    right = problem is None
    if problem is None:
        stage = refusal(action, State(item.state))
        problem = stage.words if stage is not None else None
    if problem is None and who == Who.RECHECKER:
        problem = objection(post, item, tree, log)
    if problem is None:
        stands = against(action, item, post, now, requests, tree, log)
        problem = stands.words if stands is not None else None
    return Allowed(action.value, problem is None, problem, right)


_NO_RIGHT = {
    Who.HANDLER: Text("由牵头单位负责人或联络员办理。", "For the head or liaison of the lead unit."),
    Who.RECHECKER: Text("由创城办、督查员或领导复查。", "For the office, an inspector or a leader."),
    Who.OFFICE: Text("由创城办办理。", "For the campaign office."),
    Who.LEADER: Text("由领导批示。", "For a leader."),
    Who.READER: Text("无权查看。", "Not for this post."),
    Who.HEAD: Text("由牵头单位负责人（或其指定的副职）办理。", "For the head of the lead unit, or the deputy."),
    Who.JUDGE: Text(
        "由创城办决定；异议由未参与登记的人员裁定。", "For the office; an appeal for someone who did not record it."
    ),
    Who.SUPPORTER: Text("由配合单位办理。", "For a supporting unit."),
}


def _no_right(post: Post, item: WorkItem, who: Who, tree: Branches) -> Text | None:
    match who:
        case Who.HANDLER:
            may = HANDLE.allows(post, item, tree)
        case Who.RECHECKER:
            may = Role(post.role) in EYES and post.unit.county_id == item.county_id
        case Who.OFFICE:
            may = DIRECT.allows(post, item, tree)
        case Who.LEADER:
            may = INSTRUCT.allows(post, item, tree)
        case Who.HEAD:
            may = CONSENT.allows(post, item, tree)
        case Who.JUDGE:
            may = decides(post, item)
        case Who.SUPPORTER:
            may = CONTRIBUTE.allows(post, item, tree)
        case _:
            may = SEE.allows(post, item, tree)
    return None if may else _NO_RIGHT[who]


def _pictures(photos: Iterable[Photo]) -> tuple[Picture, ...]:
    return tuple(
        Picture(
            photo.uid, photo.width, photo.height, photo.taken_at, photo.lon, photo.lat, photo.added_at,
            photo.added_by_person, photo.added_by_unit,
        )
        for photo in photos
    )  # fmt: skip


def _line(one: LogEntry, names: dict[str, Named]) -> LogLine:
    return LogLine(
        one.pk, one.step, one.handling_round, one.at, one.recorded_at, one.by_person, one.by_post,
        names.get(one.by_unit), one.text, one.data, _pictures(one.photos.all()), one.observation,
    )  # fmt: skip


def _seen(one: Sighting, names: dict[str, Named]) -> Seen:
    return Seen(
        one.outcome, one.text, one.seen_at, one.by_person, one.by_post, names.get(one.by_unit),
        _pictures(one.photos.all()), one.observation,
    )  # fmt: skip


_NEXT = {State.ISSUED: Step.ACCEPTED, State.ACCEPTED: Step.FIXED, State.REPORTED: Step.RECHECKED}


def _chain(item: WorkItem, lines: Sequence[LogLine]) -> tuple[ChainRound, ...]:
    """Return the stones of every handling round; what an earlier round has done of issue and acceptance counts on."""
    rounds: list[ChainRound] = []
    carried: dict[str, LogLine] = {}
    for number in range(1, item.handling_round + 1):
        mine: dict[str, LogLine] = {}
        reopened: LogLine | None = None
        for line in lines:
            if line.round != number:
                continue
            if line.step in {Step.REASSIGNED, Step.REOPENED}:
                # It begins anew: with another unit, or in another round.
                for step in (Step.ACCEPTED, Step.FIXED, Step.REPORTED):
                    mine.pop(step, None)
                    carried.pop(step, None)
                reopened = line if line.step == Step.REOPENED else reopened
                carried[Step.ISSUED] = line
                mine.pop(Step.ISSUED, None)
            mine[line.step] = line
        known = {**carried, **mine}
        last = number == item.handling_round
        stones = tuple(_stone(item, step, known, mine, last=last) for step in CHAIN)
        rounds.append(ChainRound(number, stones, reopened))
        carried = {step: known[step] for step in (Step.ISSUED, Step.ACCEPTED) if step in known}
    return tuple(rounds)


def _stone(item: WorkItem, step: Step, known: dict[str, LogLine], mine: dict[str, LogLine], *, last: bool) -> Stone:
    if step == Step.RECHECKED and Step.FAILED in mine:
        return Stone(step, "failed", mine[Step.FAILED])
    if step in known:
        return Stone(step, "done", known[step])
    if last and _NEXT.get(State(item.state)) == step:
        return Stone(step, "next", None)
    return Stone(step, "open", None)


def _clock(item: WorkItem, now: datetime) -> ClockView:
    counted = clock(item.county_id)
    until = item.reported_at or item.closed_at or item.held_since or now
    straight = item.limit_unit in {"urgent_hour", "calendar_day"}

    def between(start: datetime, end: datetime) -> timedelta:
        return end - start if straight else counted.working_time(start, end)

    return ClockView(
        between(item.issued_at, until), between(until, item.deadline), between(item.issued_at, item.deadline),
        counted.working_day, item.state in {State.ISSUED, State.ACCEPTED} and item.held_since is None, straight,
    )  # fmt: skip


def _class(item: WorkItem) -> ClassView | None:
    one = item.work_class
    if one is None:
        return None
    return ClassView(
        one.code, one.name, Text(one.opens_zh, one.opens_en), Text(one.closes_zh, one.closes_en), one.limit,
        one.limit_unit, one.basis, one.source,
    )  # fmt: skip


def _questions(item: WorkItem, book: Rulebook, others: tuple[str, ...]) -> tuple[Question, ...]:
    wanted = asked(item, book, others)
    out = []
    for key in wanted.items:
        line = wanted.line if wanted.line is not None and key in wanted.line.values else None
        line = line or next((one for one, _ in book.by_item.get(key, ())), None)
        rule = line.values[key] if line is not None else book.catalogue.items[key].value
        words = rule.wanted() if hasattr(rule, "wanted") else Text("可填整数", "write a whole number")
        choices = tuple(getattr(rule, "values", {})) or (("pass", "fail") if rule.kind == "pass_fail" else ())
        out.append(Question(key, title_of(book, key, line), rule.kind, words, choices))
    return tuple(out)


def _people(item: WorkItem, now: datetime) -> tuple[tuple[int, str], ...]:
    """Return who can be named as the person who sees to it: everyone with a post in the lead unit."""
    posts = posts_of([item.lead_id] if item.lead_id else [], list(Role), day_of(now))
    return tuple({post.person_id: str(post.person) for post in posts}.items())
