"""A report is re-checked by someone else: it passes and the item is closed, or it fails and goes round again.

What the re-check saw is a new observation, `chosen`, in the ledger: it moves the readings of its own site and nothing
else. What closing moved is kept with the item, so that its page can say why the score has moved, or why it has not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from qipan.assessment.batch import ObservationError
from qipan.assessment.printing import printed_card
from qipan.assessment.reading import MISSING, NOT_APPLICABLE, NOTHING_READ, WITHDRAWN, Reading
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.rules import OutcomeError
from qipan.assessment.scale import SCALE
from qipan.assessment.scorecard import Scorecard
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import EYES
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.local import short_of_local
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import running
from qipan.spine.ledger.actions import Fact, RecordError, record, years_on
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import card
from qipan.spine.work import messages, points
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.errors import EvidenceMissing, NotIndependent, WorkError
from qipan.spine.work.independence import Handlers, handlers, objection
from qipan.spine.work.lifecycle import Action, check
from qipan.spine.work.lightness.photo_rules import refuse_by_photo
from qipan.spine.work.models import Kind, LogEntry, State, Step, WorkItem
from qipan.spine.work.subtasks import refuse_open
from qipan.spine.work.writing import entry, hang, moment, release, stale, write

PASS, FAIL = "pass", "fail"
SITE, PHOTO = "site", "photo"
"""How a re-check looked."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What a re-check did: whether it closed the item, and what it moved (as `WorkItem.moved` keeps it)."""

    closed: bool
    moved: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a re-check of an item is asked for: an outcome for each of these items, or only pass or fail."""

    items: tuple[str, ...]
    line: Line | None


def absorbed_items(item: WorkItem, log: Iterable[LogEntry | Any]) -> tuple[str, ...]:
    """Return the items of what goes on as this one; asked for only where the log tells of any."""
    if not any(one.step == Step.ABSORBED for one in log):
        return ()
    rows = item.absorbed.exclude(item="").order_by("pk").values_list("item", flat=True)
    return tuple(dict.fromkeys(one for one in rows if one != item.item))


def asked(item: WorkItem, book: Rulebook, others: Iterable[str] = ()) -> Asked:
    """Return what a re-check has to say.

    An order with an item that the pinned packs know is re-checked by that item's own outcome. A task of a check that
    is one thing takes an outcome for each of the check's items. Everything else is passed or failed as a whole.

    Args:
        item: the item.
        book: by which the year is scored.
        others: the items of what was merged into it.
    """
    line = book.lines.get(item.check_key)
    if item.item and (item.item in book.by_item or item.item in book.catalogue.items):
        known = (one for one in others if one in book.by_item or one in book.catalogue.items)
        return Asked((item.item, *known), line)
    if item.kind != Kind.ORDER and line is not None and line.one_thing:
        return Asked(tuple(line.strata.get(UNSTRATIFIED, {})), line)
    return Asked((), line)


def full(book: Rulebook, item: str, outcome: str, line: Line | None = None) -> bool:
    """Whether an outcome is all that the item's own value rule can give, in every check that reads it.

    Raises:
        WorkError: it is no outcome of the item, or none at all.
    """
    if outcome in MISSING or outcome in {NOT_APPLICABLE, WITHDRAWN}:
        raise WorkError(
            Text(
                "复查须看到结果；看不到的，请改日再查；已不存在的，请由创城办撤销。",
                "A re-check needs a result: go again where nothing could be seen; what is no longer there the office "
                "cancels.",
            ),
            "outcome",
        )
    # The check that the order hangs on decides; where it does not read the item, all that do.
    own = line is not None and item in line.values
    rules = [one.worth for one, _ in book.by_item.get(item, ()) if one is line or not own]
    try:
        if rules:
            return all(worth(item, outcome).value == SCALE for worth in rules)
        return book.catalogue.items[item].value.worth(outcome).value == SCALE
    except OutcomeError as error:
        raise WorkError(
            Text(f"结果不能是“{outcome}”：{error.wanted.zh}。", f"{outcome!r} is no outcome here: {error.wanted.en}."),
            "outcome",
        ) from None
    except ValueError:
        raise WorkError(Text(f"结果“{outcome}”应为数字。", f"{outcome!r} should be a number."), "outcome") from None


def recheck(
    pk: int, *, version: int, by: Post, outcome: str = "", text: str = "", photos: Collection[Photo] = (),
    at: datetime | None = None, outcomes: Mapping[str, str] | None = None, by_photo: bool = False,
) -> Rechecked:  # fmt: skip
    """Re-check what was reported; a pass closes the item, a fail sends it round again.

    Args:
        pk: the item.
        version: as it was read.
        by: someone who looks for the county and had no part in the handling.
        outcome: what was seen, as the item's value rule writes it; "pass" or "fail" where there is none.
        text: what they say to it; needed when it fails.
        photos: how it looks.
        at: when it was seen; now unless told otherwise.
        outcomes: for a task of a check with several items, the outcome of each.
        by_photo: whether it was looked at by the photos of the report, and not on site.

    Raises:
        PermissionDenied: this post re-checks nothing here.
        NotIndependent: this person had a part in it.
        StageMissing, EvidenceMissing, Stale, WorkError: it cannot be re-checked so, now.
    """
    now = moment(at)
    item = WorkItem.objects.select_related("lead", "territory", "county").filter(pk=pk).first()
    if item is None or Role(by.role) not in EYES or by.unit.county_id != item.county_id:
        raise PermissionDenied
    if item.version != version:
        raise stale(item, version)
    check(Action.RECHECK, State(item.state))
    tree = branches(item.county_id)
    log = list(item.log.all())
    against = objection(by, item, tree, log)
    if against is not None:
        raise NotIndependent(against)
    reported = item.reported_at
    if reported is not None and now < reported:
        raise WorkError(Text("复查时间不能早于反馈时间。", "A re-check cannot lie before the report."), "at")
    if by_photo:
        refuse_by_photo(item, _report(log))
    year = year_of(item)
    judged = _judge(item, year, outcome, outcomes or {}, handlers(item, tree, log), tree, absorbed_items(item, log))
    if not judged.passed and not text.strip():
        raise WorkError(Text("复查不通过，请写明仍存在的问题。", "Say what is still wrong."), "text")
    if judged.passed:
        refuse_open(item)
    with act(actor(by), now) as noted:
        moved, observation = _record(item, year, judged, by, now)
        step = _passed if judged.passed else _failed
        written = step(item, version, by, now, text.strip(), judged, observation, moved, PHOTO if by_photo else SITE)
        hang(written, photos)
        noted.note(
            "work.close" if judged.passed else "work.fail", Thing("work", item.number, item.title_zh),
            {"outcome": outcome, "outcomes": dict(outcomes or {}), "observation": str(observation or "")},
        )  # fmt: skip
        _tell(item, judged.passed, text.strip(), by, now, tree)
        if judged.facts or judged.passed:
            points.ask(item.county, by)
    return Rechecked(judged.passed, moved if judged.passed else None)


def _report(log: list[LogEntry]) -> Mapping[str, Any]:
    """Return what the latest report says beside its words."""
    return next((one.data for one in reversed(log) if one.step == Step.REPORTED), {})


@dataclass(frozen=True, slots=True)
class _Judged:
    """Whether it passes, what is to be recorded, and the record of someone else that it rests on."""

    passed: bool
    facts: dict[str, str]
    rests_on: UUID | None = None
    outcome: str = ""


def year_of(item: WorkItem) -> CampaignYear | None:
    """Return the campaign year that an item's points belong to: of several campaigns of the county the latest."""
    return points.latest(years_on(item.county_id, item.year))


def _judge(
    item: WorkItem, year: CampaignYear | None, outcome: str, outcomes: Mapping[str, str], who: Handlers, tree: Branches,
    others: tuple[str, ...],
) -> _Judged:  # fmt: skip
    wanted = asked(item, rulebook(year), others) if year is not None else Asked((), None)
    if not wanted.items:
        if outcome not in {PASS, FAIL}:
            raise WorkError(Text("请选择通过或不通过。", "Say whether it passes or fails."), "outcome")
        if outcome == PASS and wanted.line is not None and item.kind != Kind.ORDER:
            return _Judged(True, {}, _evidence(item, wanted.line, who, tree), outcome)
        return _Judged(outcome == PASS, {}, None, outcome)
    if year is None:
        raise WorkError(Text("这一年没有活动。", "No campaign counts this year."))
    book = rulebook(year)
    said = dict(outcomes) if outcomes else {wanted.items[0]: outcome} if len(wanted.items) == 1 else {}
    missing = [one for one in wanted.items if not said.get(one)]
    if missing:
        raise WorkError(
            Text(f"还有{len(missing)}项没有复查结果。", f"{len(missing)} items have no outcome yet."), "outcome"
        )
    strange = [one for one in said if one not in wanted.items]
    if strange:
        raise WorkError(
            Text(f"“{strange[0]}”不属于此事项。", f"{strange[0]!r} does not belong to this item."), "outcome"
        )
    applies = {one: seen for one, seen in said.items() if seen != NOT_APPLICABLE or len(said) == 1}
    if not applies:
        raise WorkError(Text("不能全部为“不适用”。", "Not everything can be not applicable."), "outcome")
    # Each is read, so that a wrong one is named even after one that fails.
    verdicts = [
        full(book, one, seen, wanted.line) and not short_of_local(year, one, seen) for one, seen in applies.items()
    ]
    return _Judged(all(verdicts), said, None, outcome or "；".join(f"{one}={seen}" for one, seen in said.items()))


def _evidence(item: WorkItem, line: Line, who: Handlers, tree: Branches) -> UUID:
    """Return the latest record of a check, newer than the report, by someone outside the units that handled it.

    Raises:
        EvidenceMissing: there is none.
    """
    items = {one for known in line.strata.values() for one in known}
    bound = {code for code, unit in tree.codes.items() if tree.above(unit) & who.units}
    found = (
        Observation.objects.filter(
            county_id=item.county_id, year=item.year, item__in=items, own=False, observed_at__gt=item.reported_at
        )
        .exclude(by_unit__in=bound)
        .exclude(by_unit="")
        .exclude(Q(outcome__in=MISSING) | Q(outcome=WITHDRAWN))
        .order_by("-seq")
        .values_list("uid", flat=True)
        .first()
    )
    if found is None:
        where = messages.said(item.reported_at) if item.reported_at else Text()
        raise EvidenceMissing(
            Text(
                f"该测评点在反馈（{where.zh}）之后还没有承办单位以外人员的检查记录。请先登记一次检查，再销号。",
                f"Nobody from outside has recorded anything for this check since the report ({where.en}). Record a visit "
                "first, then close it.",
            )
        )
    return found


def _record(
    item: WorkItem, year: CampaignYear | None, judged: _Judged, by: Post, now: datetime
) -> tuple[dict[str, Any] | None, UUID | None]:
    """Record what was seen, and return what it moved and the observation."""
    if not judged.facts or year is None:
        # Nothing is recorded here, so that closing moves nothing by itself.
        why = "evidence" if judged.rests_on else "no_item"
        return ({"checks": [], "total": None, "why": [why]} if judged.passed else None), judged.rests_on
    book = rulebook(year)
    facts = [
        Fact(
            one, seen, now, stratum="" if item.stratum == UNSTRATIFIED else item.stratum, cluster=item.cluster,
            selection="chosen", source=f"order/{item.number}",
        )
        for one, seen in judged.facts.items()
    ]  # fmt: skip
    keys = _keys(book, item, judged.facts)
    before = _state(year, keys)
    try:
        rows = record(item.county_id, item.year, facts, by=by)
    except RecordError as error:
        first: ObservationError = error.errors[0][1]
        raise WorkError(first.message, "outcome") from error
    after = _state(year, keys)
    return _moved(book, keys, before, after), rows[0].uid


_Key = tuple[str, str, str]


def _keys(book: Rulebook, item: WorkItem, facts: Mapping[str, str]) -> list[_Key]:
    touched = [
        running.Touched(one, "" if item.stratum == UNSTRATIFIED else item.stratum, item.cluster) for one in facts
    ]
    return [key for key, line in running.keys_of(book, touched).items() if not line.counter]


@dataclass(frozen=True, slots=True)
class _State:
    """Some readings and the printed scorecard at one moment."""

    readings: dict[_Key, Reading]
    card: Scorecard


def _state(year: CampaignYear, keys: Collection[_Key]) -> _State:
    where = Q(check_key__in={key[0] for key in keys}, cluster__in={key[2] for key in keys})
    found = running.stored_readings(year.pk, where)
    return _State({key: found.get(key, NOTHING_READ) for key in keys}, printed_card(card(year)))


def _moved(book: Rulebook, keys: Collection[_Key], before: _State, after: _State) -> dict[str, Any]:
    """Return what was moved: readings, checks and the total before and after, and why it was so much or so little."""
    checks = []
    for key in keys:
        was, now = before.readings[key], after.readings[key]
        old, new = before.card.checks.get(key[0]), after.card.checks.get(key[0])
        checks.append(
            {
                "check": key[0], "stratum": key[1], "cluster": key[2], "y": [was.y, now.y], "enters": now.enters,
                "earned": [old.earned if old else 0, new.earned if new else 0],
                "lost": [old.lost if old else 0, new.lost if new else 0],
                "why": reason(book.lines[key[0]], was, now),
            }
        )  # fmt: skip
    total = [before.card.total.earned, after.card.total.earned]
    why = list(dict.fromkeys(str(one["why"]) for one in checks)) or ["no_check"]
    return {"checks": checks, "total": total, "why": why}


def reason(line: Line, was: Reading, now: Reading) -> str:
    """Return in a word why a reading moved the score, or why not.

    `chosen`: only ever looked at by choice, so it stands for no other site and enters no score. `worst`, `mean`: the
    check reads all rounds. `others`: other items of the same check at the same site still stand against it. `same`:
    it stood as full already. `moved`: the reading moved.
    """
    if not now.enters:
        return "chosen"
    if was.y != now.y:
        return "moved"
    if now.y >= SCALE:
        return "same"
    return line.check.repeat if line.check.repeat in {"worst", "mean"} else "others"


def _passed(
    item: WorkItem, version: int, by: Post, now: datetime, text: str, judged: _Judged, observation: UUID | None,
    moved: dict[str, Any] | None, how: str,
) -> LogEntry:  # fmt: skip
    data = {"outcome": judged.outcome, "outcomes": judged.facts, **({"how": how} if how == PHOTO else {})}
    seen = entry(item, Step.RECHECKED, by, now, text=text, data=data, observation=observation)
    closed = entry(item, Step.CLOSED, by, now, observation=observation)
    stake = {"stake": [item.points_at_stake, item.gain_alone]}
    write(
        item, version, [seen, closed], state=State.CLOSED, closed_at=now, open_key=None,
        moved={**(moved or {}), **stake}, points_at_stake=0, gain_alone=0, points_at=now,
    )  # fmt: skip
    release(item)
    return seen


def _failed(
    item: WorkItem, version: int, by: Post, now: datetime, text: str, judged: _Judged, observation: UUID | None,
    moved: dict[str, Any] | None, how: str,
) -> LogEntry:  # fmt: skip
    data = {"outcome": judged.outcome, "outcomes": judged.facts, **({"how": how} if how == PHOTO else {})}
    seen = entry(item, Step.FAILED, by, now, text=text, data=data, observation=observation)
    write(
        item, version, [seen], state=State.ACCEPTED, reported_at=None, handling_round=item.handling_round + 1
    )  # fmt: skip
    return seen


def _tell(item: WorkItem, passed: bool, text: str, by: Post, now: datetime, tree: Branches) -> None:
    recipients = messages.Recipients([item.lead_id, item.territory_id], messages.day_of(now), tree)
    lead = recipients.of(item.lead_id)
    if not passed:
        words = messages.about(item, "复查不通过，请继续整改", "The re-check failed; go on")
        said = Text(f"{words.zh}。{messages.short(text, 120)}", f"{words.en}. {messages.short(text, 120)}")
        messages.tell(item, lead, "failed", said, now, by=by)
        return
    words = messages.about(item, "复查通过，已销号", "Re-checked and closed")
    posts = [*lead, *recipients.of(item.territory_id, messages.LIAISON)]
    messages.tell(item, posts, "closed", words, now, by=by)
